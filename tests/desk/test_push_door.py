"""`POST /push` on a real socket: who may push, what is read, how it is answered."""

from __future__ import annotations

import asyncio
import gzip
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import pytest

from monitor.core.pushing import Complaint, Receipt, Refusal
from monitor.desk.inbox import Inbox
from monitor.desk.metrics import Metrics
from monitor.desk.overview import Overview
from monitor.desk.push import MAX_BODY, MOST_AT_ONCE, PushDoor, is_bearer
from monitor.desk.server import bind, serve
from monitor.desk.web import Views, desk
from tests.desk.alerts import NOON

TOKEN = "tøken-of-the-feeder"
HEADERS = {
    "Authorization": b"Bearer " + TOKEN.encode(),
    "Content-Type": "application/x-ndjson",
}


@dataclass
class Behind:
    """Who stores what comes; remembers it."""

    token: str | None = TOKEN
    ready: bool = True
    says: Receipt | Refusal = field(default_factory=lambda: Receipt(accepted=1))
    bodies: list[tuple[bytes, bool]] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def take(self, body: bytes, *, history: bool) -> Receipt | Refusal:
        if self.hold:
            await self.hold.wait()
        self.bodies.append((body, history))
        return self.says


@dataclass
class Served:
    behind: Behind
    url: str
    port: int
    loop: asyncio.AbstractEventLoop
    client: httpx.Client

    def push(self, content: object = b"{}", **headers: object) -> httpx.Response:
        return self.client.post(self.url, content=content, headers=HEADERS | headers)  # type: ignore[arg-type]


async def _nothing() -> Overview:
    return Overview()


async def _none() -> tuple[str, ...]:
    return ()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The desk as the daemon serves it, in a thread of its own."""
    behind = Behind()
    door = PushDoor(
        token=lambda: behind.token,
        take=lambda: behind.take if behind.ready else None,
        patience=0.5,
    )
    app = desk(
        Views(overview=_nothing, recent=_none, not_ready=_none),
        inbox=Inbox(list),
        metrics=Metrics(clock=lambda: NOON),
        push=door,
        clock=lambda: NOON,
        hosts=lambda: ("desk.example",),
    )
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    loops: list[asyncio.AbstractEventLoop] = []
    stop, started = asyncio.Event(), threading.Event()

    async def life() -> None:
        loops.append(asyncio.get_running_loop())
        started.set()
        await serve(app, listener, stop=stop)

    thread = threading.Thread(target=lambda: asyncio.run(life()))
    thread.start()
    started.wait()
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield Served(behind, f"http://127.0.0.1:{port}/push", port, loops[0], client)
    loops[0].call_soon_threadsafe(stop.set)
    thread.join()


@pytest.fixture(autouse=True)
def _afresh(served: Served) -> None:
    served.behind.__init__()  # type: ignore[misc]


def test_the_answer_says_what_became_of_each_record(served: Served):
    wrong = Complaint(line=3, error="id: missing")
    served.behind.says = Receipt(
        accepted=1, updated=2, unmatched=3, deleted=4, ignored=5, errors=(wrong,)
    )
    answer = served.push(b'{"id": 1}')

    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 1,
        "updated": 2,
        "unmatched": 3,
        "deleted": 4,
        "ignored": 5,
        "errors": [{"line": 3, "error": "id: missing"}],
    }
    assert served.behind.bodies == [(b'{"id": 1}', False)]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("query", "history"), [("", False), ("?history=true", True), ("?history=0", False)]
)
def test_a_sender_may_say_that_it_sends_the_past(served: Served, query: str, history):
    served.client.post(served.url + query, content=b"{}", headers=HEADERS)  # type: ignore[arg-type]

    assert served.behind.bodies == [(b"{}", history)]


# --- who


@pytest.mark.parametrize(
    "authorization",
    [
        b"",
        b"Bearer",
        b"Bearer wrong",
        b"Bearer " + TOKEN.encode()[:-1],
        b"Bearer " + TOKEN.encode() + b"x",
        b"Basic " + TOKEN.encode(),
        TOKEN.encode(),
        b"Bearer " + TOKEN.encode("latin-1"),
    ],
)
def test_who_does_not_say_the_token_is_told_how_and_nothing_is_read(served, authorization):
    answer = served.push(Authorization=authorization)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert TOKEN not in answer.text
    assert served.behind.bodies == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(scheme):
    assert is_bearer(f"{scheme}  abc ", "abc")
    assert not is_bearer(f"{scheme} ", "abc")


def test_the_token_is_no_matter_of_the_address(served: Served):
    answer = served.client.post(f"{served.url}?access_token={TOKEN}", content=b"{}")
    assert answer.status_code == 401


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_in_the_configuration_it_is_closed_to_everybody(served: Served, token):
    served.behind.token = token
    for authorization in (b"Bearer", b"", b"Bearer None"):
        answer = served.push(Authorization=authorization)
        assert answer.status_code == 403
        assert answer.json() == {"error": "push is closed: monitor.push_token is not set"}


def test_a_new_token_holds_at_once(served: Served):
    served.behind.token = "other"
    assert served.push().status_code == 401
    assert served.push(Authorization="Bearer other").status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [("desk.example", 200), ("127.0.0.1", 200), ("evil.example", 421), ("10.0.0.1", 421)],
)
def test_a_name_that_was_made_to_point_here_is_not_answered(served: Served, host, status):
    """DNS rebinding; `public_url` is let in."""
    assert served.push(Host=host).status_code == status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(served: Served, method: str):
    assert served.client.request(method, served.url, headers=HEADERS).status_code == 405  # type: ignore[arg-type]


# --- what


@pytest.mark.parametrize(
    ("headers", "pack"),
    [
        ({"Content-Type": "application/json; charset=utf-8"}, bytes),
        ({"Content-Type": "text/plain"}, bytes),
        ({"Content-Type": ""}, bytes),
        ({"Content-Encoding": "identity"}, bytes),
        ({"Content-Encoding": "gzip"}, gzip.compress),
        ({"Content-Encoding": "GZIP"}, gzip.compress),
        ({"Content-Encoding": "deflate"}, zlib.compress),
        ({"Content-Type": "application/gzip"}, gzip.compress),
    ],
)
def test_bodies_come_packed_or_not(served: Served, headers, pack: Callable[[bytes], bytes]):
    assert served.push(pack(b'{"id": 1}'), **headers).status_code == 200
    assert served.behind.bodies == [(b'{"id": 1}', False)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/xml"},
        {"Content-Encoding": "br"},
        {"Content-Encoding": "gzip, gzip"},
    ],
)
def test_what_is_not_understood_is_refused_and_said(served: Served, headers):
    answer = served.push(**headers)

    assert answer.status_code == 415
    assert "application/x-ndjson" in answer.headers["accept"]
    assert answer.headers["accept-encoding"] == "gzip"


def test_five_mebibytes_are_the_most(served: Served):
    most = b" " * MAX_BODY
    assert served.push(most).status_code == 200
    assert served.push(most + b" ").status_code == 413
    assert served.push(gzip.compress(most), **{"Content-Encoding": "gzip"}).status_code == 200
    assert len(served.behind.bodies) == 2


def endless() -> Iterator[bytes]:
    for _ in range(1_000):
        yield b"x" * 65_536


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b'{"id": "' + b"x" * 10_000_000 + b'"}', {}),
        (gzip.compress(b"0" * 50_000_000, 1, mtime=0), {"Content-Encoding": "gzip"}),
        (gzip.compress(b" " * (MAX_BODY + 1), mtime=0), {"Content-Encoding": "gzip"}),
    ],
    ids=["a line of 10 MB", "a bomb", "a byte too much"],
)
def test_too_much_is_refused(served: Served, content, headers):
    answer = served.push(content, **headers)

    assert answer.status_code == 413
    assert served.behind.bodies == []


def test_a_body_without_end_is_cut_off(served: Served):
    # Or the connection is closed while we are still sending: that is the point.
    with suppress(httpx.TransportError):
        assert served.push(endless()).status_code == 413
    assert served.behind.bodies == []
    assert served.push().status_code == 200


@pytest.mark.parametrize(
    "content", [b"not packed at all", gzip.compress(b"{}" * 1_000, mtime=0)[:-10], b"\x1f\x8b"]
)
def test_what_cannot_be_unpacked_is_refused(served: Served, content):
    answer = served.push(content, **{"Content-Encoding": "gzip"})

    assert answer.status_code == 400
    assert "compressed body" in answer.json()["error"]


async def raw(served: Served, *pieces: bytes) -> bytes:
    """Send as no library would; return what comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    answer = await asyncio.wait_for(reader.read(), timeout=10)
    writer.close()
    return answer


def head(length: int) -> bytes:
    lines = [
        b"POST /push HTTP/1.1",
        b"Host: localhost",
        b"Authorization: Bearer " + TOKEN.encode(),
        f"Content-Length: {length}".encode(),
        b"Connection: close",
    ]
    return b"\r\n".join([*lines, b"", b""])


def test_a_body_that_trickles_is_not_waited_for(served: Served):
    answer = asyncio.run(raw(served, head(100), b"{"))

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert served.behind.bodies == []


def test_a_body_that_breaks_off_is_not_taken(served: Served):
    async def story() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", served.port)
        writer.write(head(100) + b'{"id": 1}')
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    asyncio.run(story())
    assert served.push(b"[]").status_code == 200
    assert served.behind.bodies == [(b"[]", False)]


def test_a_length_that_lies_is_refused_before_anything_is_read(served: Served):
    answer = asyncio.run(raw(served, head(10**12)))
    assert answer.startswith(b"HTTP/1.1 413 ")


# --- when


def test_while_the_monitor_starts_senders_are_to_wait(served: Served):
    served.behind.ready = False
    answer = served.push()

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def test_a_refusal_says_when_to_come_back(served: Served):
    served.behind.says = Refusal(status=429, reason="later", retry_after=60)
    answer = served.push()

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert answer.json() == {"error": "later"}


def test_only_a_few_requests_are_in_hand_at_a_time(served: Served):
    async def hold() -> asyncio.Event:
        return asyncio.Event()

    served.behind.hold = _in(served.loop, hold())

    async def push(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(served.url, content=b"{}", headers=HEADERS)  # type: ignore[arg-type]

    async def story() -> list[httpx.Response]:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            tasks = [asyncio.create_task(push(client)) for _ in range(MOST_AT_ONCE + 1)]
            first = (await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED))[0]
            assert [task.result().status_code for task in first] == [503]
            assert served.behind.hold is not None
            served.loop.call_soon_threadsafe(served.behind.hold.set)
            return await asyncio.gather(*tasks)

    answers = asyncio.run(story())
    assert sorted(one.status_code for one in answers) == [200] * MOST_AT_ONCE + [503]
    assert served.push().status_code == 200, "and then there is room again"


def _in(loop: asyncio.AbstractEventLoop, work: Awaitable[asyncio.Event]) -> asyncio.Event:
    return asyncio.run_coroutine_threadsafe(work, loop).result()  # type: ignore[arg-type]


def test_without_a_door_there_is_none():
    app = desk(
        Views(overview=_nothing, recent=_none, not_ready=_none),
        inbox=Inbox(list),
        metrics=Metrics(clock=lambda: NOON),
        clock=lambda: NOON,
    )
    assert "/push" not in [getattr(route, "path", "") for route in app.routes]
