"""A Mastodon server whose stream goes wrong, while its lists are polled: what is lost?

The real listener, poll stage, fetcher, worker process and store, on loopback; the clocks are made
up. Every third round the stream goes wrong in one way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from random import Random
from typing import Any
from urllib.parse import unquote

from monitor.adapters.events import EventStream
from monitor.adapters.parse import ProcessReader
from monitor.adapters.store import SqliteStore
from monitor.adapters.transport import guarded_client
from monitor.core.brands import Matcher
from monitor.core.settings import Secret, Settings, SourceSettings
from monitor.stages.follow import Tools
from monitor.stages.poll import Poll
from monitor.stages.running import inline
from monitor.stages.stream import Streams
from tests.fakes import FakeClock, FakeTelemetry
from tests.servers import RESET, Answer, Received, serving
from tests.sources.faulty import (
    QUIET,
    ROUND,
    ROUNDS,
    Outcome,
    loopback,
    polling,
    reading,
    settings_of,
)
from tests.sources.services import START, Fediverse, Post

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
_END = object()


def event(name: str, data: object) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"event: {name}\ndata: {text}\n\n".encode()


@dataclass
class Air:
    """The server: its lists, and what it says on its stream."""

    service: Fediverse = field(default_factory=Fediverse)
    waiting: SimpleQueue[Any] = field(default_factory=SimpleQueue)
    #: Instead of a stream, once.
    refusal: Answer | None = None
    #: Connections so far, and whether one is open.
    opened: int = 0
    is_open: bool = False

    def __call__(self, request: Received) -> Answer:
        if request.path.startswith("/api/v1/streaming/"):
            assert request.headers["authorization"] == "Bearer t"
            refusal, self.refusal = self.refusal, None
            return refusal or Answer(wire=self._say())
        meant, _, rest = request.path.removeprefix("/").partition("/")
        return Answer(body=self.service(f"{unquote(meant)}/{rest}"))

    def _say(self) -> Iterator[Any]:
        while not self.waiting.empty():
            self.waiting.get()  # said while nobody listened
        yield HEAD + b":thump\n"
        self.opened += 1
        self.is_open = True
        while (step := self._next()) is not _END:
            yield step
            if step is RESET:
                break
        self.is_open = False

    def _next(self) -> Any:
        try:
            return self.waiting.get(timeout=0.01)
        except Empty:
            return b""

    def events(self, posts: Sequence[Post]) -> list[bytes]:
        return [event("update", self.service.status(post)) for post in posts]

    def say(self, *steps: Any) -> None:
        for step in steps:
            self.waiting.put(step)


@dataclass
class Round:
    """What a fault may do."""

    air: Air
    posts: Sequence[Post]
    #: That of the listener.
    clock: FakeClock
    before: Sequence[Post]

    @property
    def half(self) -> int:
        return len(self.posts) // 2


Wrong = Callable[[Round], Awaitable[None]]
_JUNK = [
    b"event: update\ndata: {\n\n",
    b"event: update\n\n",
    b"\xff\xfe\n\n",
    b"data:[" * 99,
    b"\n\n",
]


async def _well(on: Round) -> None:
    on.air.say(b":thump\n", *on.air.events(on.posts))


async def _cut(on: Round) -> None:
    events = on.air.events(on.posts)
    on.air.say(*events[: on.half], events[-1][:50] if events else b"", RESET)


async def _goodbye(on: Round) -> None:
    on.air.say(*on.air.events(on.posts[: on.half]), _END)


async def _garbage(on: Round) -> None:
    events = on.air.events(on.posts)
    on.air.say(*_JUNK, *events[: on.half], *_JUNK, *events[on.half :])


async def _endless(on: Round) -> None:
    on.air.say(*on.air.events(on.posts[: on.half]), *[b"x" * 2**16] * 20)


async def _silent(on: Round) -> None:
    on.clock.forward(timedelta(seconds=61))


def _refused(answer: Answer) -> Wrong:
    async def wrong(on: Round) -> None:
        on.air.refusal = answer
        on.air.say(RESET)

    return wrong


async def _twice(on: Round) -> None:
    events = on.air.events(on.posts)
    on.air.say(*events, *events, *on.air.events(on.before[-5:]))


async def _out_of_order(on: Round) -> None:
    on.air.say(*on.air.events(on.posts)[::-1])


async def _other_names(on: Round) -> None:
    posts = [{f"{key}_v9": 1 for key in on.air.service.status(post)} for post in on.posts]
    on.air.say(*(event("update", post) for post in posts))


WRONG: Mapping[str, Wrong] = {
    "none": _well,
    "cut": _cut,
    "goodbye": _goodbye,
    "garbage": _garbage,
    "endless line": _endless,
    "silence": _silent,
    "401": _refused(Answer(status=401, body=b'{"error":"Missing access token"}')),
    "429, Retry-After": _refused(Answer(status=429, headers={"Retry-After": "60"})),
    "503": _refused(Answer(status=503)),
    "a page instead": _refused(Answer(body=b"<html>")),
    "everything twice": _twice,
    "other order": _out_of_order,
    "other names": _other_names,
}


@dataclass
class Show:
    """The listener and the poll stage, on one store."""

    air: Air
    store: SqliteStore
    streams: Streams
    poll: Poll
    #: Of the polls, and of the listener.
    clock: FakeClock
    ear: FakeClock

    def stored(self) -> list[str]:
        rows = self.store._connection.execute("SELECT native_id FROM mentions").fetchall()
        return [str(row[0]) for row in rows]

    async def wait(self, done: Callable[[], bool], *, within: float = 0.5) -> None:
        """Until it is so, or it will never be."""
        async with asyncio.timeout(within * 40):
            for _ in range(int(within / 0.005)):
                if done():
                    return
                await asyncio.sleep(0.005)

    async def look(self) -> None:
        self.air.service.now = self.clock.forward(ROUND)
        await self.poll.round(self.clock(), everything=True)


def tools(store: SqliteStore, settings: Settings, client: Any, clock: FakeClock) -> Tools:
    async def sleep(seconds: float) -> None:
        clock.forward(timedelta(seconds=seconds))
        await asyncio.sleep(0.01)

    return Tools(
        matcher=Matcher(settings.brands),
        store=store,
        stream=EventStream(client),
        events=EventStream(client),
        db=inline,
        clock=clock,
        jitter=lambda: 0.5,
        telemetry=FakeTelemetry(),
        wake=lambda: None,
        sleep=sleep,
    )


async def show(stack: AsyncExitStack, reader: ProcessReader | None = None) -> Show:
    """Everything wired; it ends with the stack."""
    air, clock, ear = Air(), FakeClock(START), FakeClock(START)
    server = stack.enter_context(serving(air))
    store = stack.enter_context(SqliteStore.in_memory())
    source = SourceSettings(
        name="live",
        kind="mastodon",
        url=f"{server.url}/tags/united",
        every=ROUND,
        backfill=None,
        query=("",),
        token=Secret("t"),
        stream=True,
    )
    settings = settings_of(source)
    processes = await stack.enter_async_context(reading(reader))
    client = await stack.enter_async_context(guarded_client(user_agent="t", allow=["127.0.0.1"]))
    fetcher = await stack.enter_async_context(loopback(server))
    streams = Streams(settings, tools(store, settings, client, ear))
    stack.push_async_callback(streams.close)
    poll = polling(settings, store, fetcher, processes, clock, beside=streams.beside)
    await poll.start(START)
    return Show(air, store, streams, poll, clock, ear)


async def follow(
    wrong: str, *, seed: int = 1, reader: ProcessReader | None = None
) -> tuple[Outcome, int]:
    """Some hours of posts, heard and polled; and how many of them were heard before any poll."""
    chance, heard, faults = Random(seed), 0, 0
    async with AsyncExitStack() as stack:
        on = await show(stack, reader)
        await on.streams.step(START)
        await on.wait(lambda: on.air.is_open)
        for number in range(ROUNDS + QUIET):
            is_wrong = number < ROUNDS and number % 3 == 2
            faults += is_wrong
            heard += await _round(on, WRONG[wrong if is_wrong else "none"], chance, number)
        stored = on.stored()
    said = frozenset(on.air.service.names(on.air.service.posts))
    return Outcome.of(said, stored, faulty=faults, asked=on.air.opened), heard


async def _round(on: Show, wrong: Wrong, chance: Random, number: int) -> int:
    """One round; gives how many posts the stream brought."""
    service, before = on.air.service, list(on.air.service.posts)
    if number < ROUNDS:
        seconds = sorted(chance.sample(range(1, 590), chance.choice([1, 3, 24])))
        service.add(*(on.clock() + timedelta(seconds=second) for second in seconds))
    posts = service.posts[len(before) :]
    known = len(on.stored())
    await wrong(Round(on.air, posts, on.ear, before))
    await on.wait(lambda: len(on.stored()) == known + len(posts), within=1.0 if posts else 0.05)
    heard = len(on.stored()) - known
    await on.look()
    await on.wait(lambda: on.air.is_open, within=1.0)
    return heard
