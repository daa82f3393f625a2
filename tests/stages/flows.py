"""A stream that is a script, and a follower of it on a real store. Tests nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.adapters.store import SqliteStore
from monitor.adapters.stream import Patience, WebSocketStream
from monitor.adapters.transport import Dialer
from monitor.core.brands import Matcher
from monitor.core.polling import Request, SourceState
from monitor.core.settings import Settings, SourceSettings
from monitor.errors import StreamError
from monitor.sources.registry import KINDS, STREAMS
from monitor.stages.follow import Follower, Tools
from monitor.stages.running import inline
from monitor.stages.stream import Streams
from tests.fakes import FakeClock, FakeTelemetry
from tests.jetstreams import Jetstream
from tests.sources.frames import START
from tests.stages.conftest import SETTINGS

#: Later than all that the tests have said, bar those that are about time.
NOW = START + timedelta(minutes=2)
URL = "wss://jetstream.example/subscribe"
SKY = SourceSettings(name="sky", kind="bluesky", url=URL, every=timedelta(minutes=5))

#: One take: frames that came, a time in which nothing came, or the end.
Take = Sequence[bytes] | timedelta | StreamError
OVER = StreamError("the connection broke off")


class EnoughError(Exception):
    """The script is over: nothing more is to be tried."""


@dataclass
class FakeStream:
    """Plays one script for each visit; at its end the connection breaks off."""

    clock: FakeClock
    visits: list[Sequence[Take]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    closed: int = 0

    @asynccontextmanager
    async def open(
        self, request: Request, *, subprotocols: Sequence[str], largest_frame: int
    ) -> AsyncIterator[FakeFrames]:
        self.asked.append(request)
        assert subprotocols == ("xrpc.v1.json",)
        assert largest_frame == 2**20
        if len(self.asked) > len(self.visits):
            raise EnoughError
        takes = list(self.visits[len(self.asked) - 1])
        if takes and isinstance(takes[0], StreamError):
            raise takes[0]
        try:
            yield FakeFrames(takes, self.clock)
        finally:
            self.closed += 1

    @property
    def places(self) -> list[str]:
        """The cursors that were asked with."""
        return [request.url.rpartition("cursor=")[2] for request in self.asked]


@dataclass
class FakeFrames:
    takes: list[Take]
    clock: FakeClock

    async def take(self, *, within: float, most: int) -> Sequence[bytes]:
        assert (within, most) in {(0.25, 128), (10.0, 1)}
        step = self.takes.pop(0) if self.takes else OVER
        if isinstance(step, StreamError):
            raise step
        if isinstance(step, timedelta):
            self.clock.forward(step)
            return []
        return step


@dataclass
class Flow:
    """A stream, who follows it, and what came of it."""

    store: SqliteStore
    source: SourceSettings = SKY
    settings: Settings = SETTINGS
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    telemetry: FakeTelemetry = field(default_factory=FakeTelemetry)
    slept: list[float] = field(default_factory=list)
    woken: int = 0

    def __post_init__(self) -> None:
        self.settings = replace(self.settings, sources=(self.source,))
        self.stream = FakeStream(self.clock)
        self.store.sync_sources((self.source,), now=self.clock())
        self.tools = Tools(
            matcher=Matcher(self.settings.brands),
            store=self.store,
            stream=self.stream,
            events=self.stream,
            db=inline,
            clock=self.clock,
            jitter=lambda: 1.0,
            telemetry=self.telemetry,
            wake=self._wake,
            sleep=self._sleep,
        )
        self.streams = Streams(self.settings, self.tools)

    def follower(self) -> Follower:
        """A new one, as after a restart."""
        kind, streaming = KINDS["bluesky"], STREAMS["bluesky"]
        return Follower(self.source, self.state, kind=kind, streaming=streaming, tools=self.tools)

    async def play(self, *visits: Sequence[Take]) -> None:
        """Follow it through these visits, and no further."""
        self.stream.visits += visits
        try:
            await self.follower().run()
        except EnoughError:
            self.stream.asked.pop()

    @property
    def state(self) -> SourceState:
        return self.store.source_states()[0]

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.store._connection.execute(statement)]

    @property
    def texts(self) -> list[object]:
        return [row[0] for row in self.rows("SELECT text FROM mentions ORDER BY id")]

    async def until(self, done: Callable[[], bool]) -> None:
        """Let the tasks run until it is so; they never wait for the clock on the wall."""
        for _ in range(1_000):
            if done():
                return
            await asyncio.sleep(0)
        raise AssertionError("it never came about")

    def at(self, moment: datetime) -> None:
        self.clock.now = moment

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.forward(timedelta(seconds=seconds))

    def _wake(self) -> None:
        self.woken += 1


class Live(Flow):
    """A flow whose stream is real; it sleeps no longer than a moment."""

    def follow(self, server: Jetstream, *, allow: str = "127.0.0.1") -> Streams:
        url = server.url
        self.source = replace(SKY, url=url)
        self.settings = replace(self.settings, sources=(self.source,))
        self.store.sync_sources((self.source,), now=self.clock())
        dial = Dialer(allow=[allow])
        real = WebSocketStream(
            dial, trust=dial.trust, user_agent="t", patience=Patience(close=0.1), read_ahead=4
        )
        self.tools = replace(self.tools, stream=real)
        self.streams = Streams(self.settings, self.tools)
        return self.streams

    async def shows(self, done: Callable[[], bool]) -> None:
        """Wait for the loop, which runs beside."""
        await self.streams.step(self.clock())
        async with asyncio.timeout(20):
            while not done():  # noqa: ASYNC110 - it is written by a loop that tells nobody
                await asyncio.sleep(0.005)

    def notes(self) -> list[str]:
        return [str(row[0]) for row in self.rows("SELECT note FROM polls ORDER BY id")]
