"""A real WebSocket server on loopback that says what a test tells it to.

    async with jetstream([frame, frame, HangUp()]) as server:     # the same at each visit
    async with jetstream([frame, RESET], [frame]) as server:      # by visit; the last repeats

`server.visits` are the addresses asked for, in order. After its last step it waits in silence.
"""

from __future__ import annotations

import asyncio
import http
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol


@dataclass(frozen=True)
class Refuse:
    """Answer with this instead of a stream."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Gate:
    """Wait until the test opens it."""

    event: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class HangUp:
    code: int = 1000
    reason: str = ""


@dataclass(frozen=True)
class Resume:
    """Send what was said since the place that is asked for, at most so much, then break off."""

    #: (place, frame), in the order in which they are sent.
    said: Sequence[tuple[int, bytes]]
    most: int


#: Cut the connection in the middle of a frame.
RESET = object()
Step = bytes | Refuse | Gate | HangUp | Resume | object


@dataclass
class Jetstream:
    """What came to the server, and what it is to say."""

    scripts: list[Sequence[Step]]
    visits: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    #: Frames handed to the network so far.
    said: int = 0
    #: Set once anything was said.
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    server: Server | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"ws://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/subscribe"

    def script(self) -> Sequence[Step]:
        return self.scripts[min(len(self.visits), len(self.scripts)) - 1]

    def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        self.visits.append(request.path)
        self.headers.append({name.lower(): text for name, text in request.headers.raw_items()})
        step = next(iter(self.script()), None)
        if not isinstance(step, Refuse):
            return None
        response = connection.respond(http.HTTPStatus(step.status), step.body.decode())
        for name, text in step.headers:
            response.headers[name] = text
        return response

    async def perform(self, connection: ServerConnection) -> None:
        try:
            for step in self.script():
                await self._step(connection, step)
            await connection.wait_closed()
        except ConnectionClosed:
            pass

    async def _step(self, connection: ServerConnection, step: Step) -> None:
        match step:
            case bytes():
                await connection.send(step, text=True)
                self.said += 1
                self.heard.set()
            case Gate():
                ways = [step.event.wait(), connection.wait_closed()]
                tasks = [asyncio.ensure_future(way) for way in ways]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()
            case Resume():
                start = int(self.visits[-1].rpartition("cursor=")[2])
                wanted = [frame for place, frame in step.said if place >= start]
                for frame in wanted[: step.most]:
                    await connection.send(frame, text=True)
                if len(wanted) > step.most:
                    connection.transport.abort()
            case HangUp():
                await connection.close(step.code, step.reason)
            case _:
                # The head of a frame of 100 bytes, and nothing after it.
                connection.transport.write(b"\x81\x64{")
                connection.transport.abort()


@asynccontextmanager
async def jetstream(*visits: Sequence[Step], **options: Any) -> AsyncIterator[Jetstream]:
    """Serve until the end of the block; one script for each visit, the last one repeats."""
    stage = Jetstream(list(visits))
    async with serve(
        stage.perform,
        "127.0.0.1",
        0,
        process_request=stage.answer,
        subprotocols=[Subprotocol("xrpc.v1.json")],
        select_subprotocol=lambda _, offered: next(iter(offered), None),
        compression=options.pop("compression", None),
        close_timeout=0.1,
        ping_interval=None,
        **options,
    ) as server:
        stage.server = server
        yield stage
