"""A real HTTP server on loopback that says what a test tells it to, byte by byte if need be.

    with serving(Answer(body=b"<rss/>")) as server:            # the same answer each time
    with serving([Answer(status=503), Answer()]) as server:     # a script; its last line repeats
    with serving({"/a": Answer(), "/b": [..]}) as server:       # by path; 404 elsewhere
    with serving(lambda request: Answer(...)) as server:        # by code
    with serving(Answer(), tls=context) as server:              # over TLS

`server.url` has no final slash; `server.requests` is what came, in order.
"""

from __future__ import annotations

import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

#: A step of `Answer.wire`: reset the connection instead of closing it.
RESET = object()


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request as it came."""

    method: str
    path: str
    #: By lower-case name.
    headers: Mapping[str, str]
    body: bytes
    #: When it came: time.monotonic().
    at: float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer; `wire` instead of the rest for full control."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Seconds before the answer starts.
    delay: float = 0.0
    #: Steps: bytes are sent as they are, numbers are seconds to wait, RESET cuts the connection.
    wire: Iterable[Any] | None = None


Handler = Callable[[Received], Answer]
Script = Answer | Sequence[Answer] | Mapping[str, Any] | Handler


class Server(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1, or the one named; one thread per connection."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = True
    request_queue_size = 64

    def __init__(
        self, script: Script, port: int = 0, *, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.scheme = "https" if tls else "http"
        if tls:
            # The handshake is left to the thread of the connection: one client delays no other.
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.handler = _handler(script)
        self.requests: list[Received] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        #: Requests being answered now, and the most there ever were at once.
        self.in_flight = 0
        self.most_in_flight = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def wait_for(self, count: int, *, within: float = 10.0) -> list[Received]:
        """Block until `count` requests have come."""
        end = time.monotonic() + within
        while len(self.requests) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.requests)} of {count} requests within {within} s")
            time.sleep(0.005)
        return self.requests[:count]

    @contextmanager
    def counted(self, request: Received) -> Iterator[None]:
        with self._lock:
            self.requests.append(request)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of many tests."""


@contextmanager
def serving(
    script: Script, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Serve until the end of the block."""
    server = Server(script, port, tls=tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(script: Script) -> Handler:
    if isinstance(script, Answer):
        return lambda _: script
    if isinstance(script, Mapping):
        by_path = {path: _handler(part) for path, part in script.items()}
        return lambda request: by_path.get(request.path, _nothing)(request)
    if callable(script):
        return script
    answers, lock = list(script), threading.Lock()

    def next_answer(_: Received) -> Answer:
        with lock:
            return answers.pop(0) if len(answers) > 1 else answers[0]

    return next_answer


def _nothing(_: Received) -> Answer:
    return Answer(status=404)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Received(
            method=self.command,
            path=self.path,
            headers=headers,
            body=self.rfile.read(int(headers.get("content-length", "0"))),
            at=time.monotonic(),
        )
        with self.server.counted(request), suppress(OSError):
            answer = self.server.handler(request)
            self.server.stopping.wait(answer.delay)
            if answer.wire is None:
                self._say(answer)
            else:
                self._perform(answer.wire)

    do_POST = do_HEAD = do_GET  # noqa: N815 - its name

    def _say(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        named = {name.lower() for name in answer.headers}
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304 and not named & {"content-length", "transfer-encoding"}:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _perform(self, steps: Iterable[Any]) -> None:
        self.close_connection = True
        for step in steps:
            if self.server.stopping.is_set():
                return
            if step is RESET:
                # A close that lingers for zero seconds is sent as a reset.
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                return
            if isinstance(step, bytes):
                self.wfile.write(step)
            else:
                self.server.stopping.wait(step)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its signature
        """Tests look at `requests`."""
