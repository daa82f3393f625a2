"""Every kind of source against a server that goes wrong: what is lost, what is taken in twice.

The real fetcher, worker processes, poll stage and store; only the service behind the server and
the clock are made up. A kind takes part by a line in `flowing.FLOWS`.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit

from monitor.adapters.fetch import HttpFetcher, Limits
from monitor.adapters.parse import ProcessReader
from monitor.adapters.store import SqliteStore
from monitor.adapters.transport import guarded_client, user_agent
from monitor.config.freeze import shipped_model
from monitor.core.polling import FetchResult, Request
from monitor.core.settings import Brand, Secret, Settings, SourceSettings
from monitor.core.streams import Beside
from monitor.ports import Fetcher
from monitor.sources.registry import KINDS
from monitor.stages.poll import Poll
from monitor.stages.running import inline
from tests.fakes import FakeClock, FakeTelemetry
from tests.servers import Answer, Received, Server, serving
from tests.sources.flowing import FLOWS, Flow, kind_of
from tests.sources.services import START

ROUND = timedelta(minutes=10)
ROUNDS, QUIET = 14, 6
#: Seconds that a slow answer takes, and that we wait for it.
SLOW, PATIENCE = 1.2, 0.6


class Fault(Protocol):
    """Makes a bad answer of a good one; `before` is the good answer before it."""

    def __call__(self, good: Answer, before: Answer) -> Answer: ...


def _refused(status: int, **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda good, before: Answer(status=status, headers=named)


def _slow(good: Answer, before: Answer) -> Answer:
    return replace(good, delay=SLOW)


def _cut_off(good: Answer, before: Answer) -> Answer:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(good.body)}\r\n\r\n".encode()
    return Answer(wire=[head, good.body[: len(good.body) // 2]])


def _changed(good: Answer, before: Answer) -> Answer:
    """Another release of the server calls everything by another name."""
    try:
        body = json.dumps(_renamed(json.loads(good.body))).encode()
    except ValueError:
        body = re.sub(rb"<(/?)(item|entry)", rb"<\1thing", good.body)
    return replace(good, body=body)


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"{key}_v9": _renamed(inner) for key, inner in value.items()}
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value


def _again(good: Answer, before: Answer) -> Answer:
    return before


def _shuffled(good: Answer, before: Answer) -> Answer:
    """Rows in the other order."""
    try:
        return replace(good, body=json.dumps(_turned(json.loads(good.body))).encode())
    except ValueError:
        rows = re.findall(rb"<item>.*?</item>|<entry>.*?</entry>", good.body, re.DOTALL)
        pieces = re.split(rb"<item>.*?</item>|<entry>.*?</entry>", good.body, flags=re.DOTALL)
        turned = [*reversed(rows), b""]
        body = b"".join(piece + row for piece, row in zip(pieces, turned, strict=True))
        return replace(good, body=body)


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turned(inner) for key, inner in value.items()}
    return value[::-1] if isinstance(value, list) else value


FAULTS: Mapping[str, Fault] = {
    "none": lambda good, before: good,
    "429": _refused(429),
    "429, Retry-After": _refused(429, retry_after="60"),
    "500": _refused(500),
    "slow": _slow,
    "cut off": _cut_off,
    "other names": _changed,
    "cursor too old": _refused(400),
    "page again": _again,
    "other order": _shuffled,
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of all that was said."""

    said: int
    lost: frozenset[str]
    #: Stored under more than one id, or under one that nobody gave.
    twice: int
    #: Answers that went wrong, of so many.
    faulty: int
    asked: int

    @classmethod
    def of(
        cls, said: frozenset[str], stored: Sequence[str], *, faulty: int, asked: int
    ) -> Outcome:
        """What was said beside what is stored."""
        return cls(
            said=len(said),
            lost=said - set(stored),
            twice=len(stored) - len(said & set(stored)),
            faulty=faulty,
            asked=asked,
        )


class _Loopback:
    """Asks the server on loopback whatever host is meant, and does not wait between requests."""

    def __init__(self, fetcher: HttpFetcher, base: str) -> None:
        self._fetcher = fetcher
        self._base = base

    async def fetch(self, request: Request) -> FetchResult:
        parts = urlsplit(request.url)
        meant = quote(f"{parts.scheme}://{parts.netloc}", safe="")
        rest = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return await self._fetcher.fetch(
            Request(url=f"{self._base}/{meant}{rest}", headers=request.headers)
        )


class Faulty:
    """Answers for a service; every third answer goes wrong while `on`."""

    def __init__(self, flow: Flow, service: Any, fault: Fault) -> None:
        self.flow, self.service, self.fault = flow, service, fault
        self.on = True
        self.asked = self.faulty = 0
        self._before: Answer | None = None

    def __call__(self, request: Received) -> Answer:
        self.asked += 1
        meant, _, rest = request.path.removeprefix("/").partition("/")
        said = self.service(f"{unquote(meant)}/{rest}")
        good = said if isinstance(said, Answer) else self._answer(said)
        before, self._before = self._before or good, good
        if not self.on or self.asked % 3 != 2:
            return good
        self.faulty += 1
        return self.fault(good, before)

    def _answer(self, body: bytes) -> Answer:
        return Answer(body=body, headers=self.flow.headers)


async def follow(
    name: str, fault: Fault, *, seed: int = 1, reader: ProcessReader | None = None
) -> Outcome:
    """Some hours of posts, polled every ten minutes; then an hour in which nothing goes wrong.

    With a `reader` its processes are used, and left for the next.
    """
    flow = FLOWS[name]
    service = flow.service()
    handler = Faulty(flow, service, fault)
    with ExitStack() as stack:
        server = stack.enter_context(serving(handler))
        store = stack.enter_context(SqliteStore.in_memory())
        async with reading(reader) as processes:
            await _watch(name, server, store, handler, chance=Random(seed), reader=processes)
        rows = store._connection.execute("SELECT native_id FROM mentions").fetchall()
    stored = [str(row[0]) for row in rows]
    said = frozenset(service.names(service.posts))
    return Outcome.of(said, stored, faulty=handler.faulty, asked=handler.asked)


@asynccontextmanager
async def reading(reader: ProcessReader | None) -> AsyncIterator[ProcessReader]:
    """The one that is given, or one that is closed at the end."""
    mine = reader or ProcessReader()
    try:
        yield mine
    finally:
        if reader is None:
            await mine.close()


async def _watch(
    name: str,
    server: Server,
    store: SqliteStore,
    handler: Faulty,
    *,
    chance: Random,
    reader: ProcessReader,
) -> None:
    clock = FakeClock(START)
    async with loopback(server) as fetcher:
        poll = polling(settings_for(name, handler.flow), store, fetcher, reader, clock)
        await poll.start(START)
        for number in range(ROUNDS + QUIET):
            handler.on = number < ROUNDS
            if handler.on:
                _say(handler.service, clock, chance)
            handler.service.now = clock.forward(ROUND)
            await poll.round(clock(), everything=True)


@asynccontextmanager
async def loopback(server: Server) -> AsyncIterator[Fetcher]:
    """The real fetcher; whatever host is meant, it is the server on loopback that is asked."""
    agent = user_agent("mailto:you@example.com")
    async with guarded_client(user_agent=agent, allow=["127.0.0.1"]) as client:
        yield _Loopback(HttpFetcher(client, limits=Limits(total=PATIENCE)), server.url)


def polling(
    settings: Settings,
    store: SqliteStore,
    fetcher: Fetcher,
    reader: ProcessReader,
    clock: FakeClock,
    *,
    beside: Callable[[str], Beside] = lambda _: Beside(),
) -> Poll:
    """The poll stage on what is given."""
    return Poll(
        settings=settings,
        store=store,
        fetcher=fetcher,
        reader=reader,
        db=inline,
        clock=clock,
        jitter=lambda: 0.5,
        telemetry=FakeTelemetry(),
        wake=lambda: None,
        beside=beside,
    )


def _say(service: Any, clock: FakeClock, chance: Random) -> None:
    """Up to two dozen posts in the ten minutes to come, in order."""
    seconds = sorted(chance.sample(range(1, 590), chance.choice([0, 1, 3, 24])))
    service.add(*(clock() + timedelta(seconds=second) for second in seconds))


def settings_for(name: str, flow: Flow) -> Settings:
    kind = KINDS[kind_of(name)]
    names = kind.queries(flow.url, ("United",), bool(flow.token)) if kind.searches else ()
    source = SourceSettings(
        name=name,
        kind=kind.name,
        url=flow.url,
        every=ROUND,
        backfill=None,
        query=names,
        token=Secret(flow.token) if flow.token else None,
    )
    return settings_of(source)


def settings_of(source: SourceSettings) -> Settings:
    """One brand, and one source to find it in."""
    return Settings(
        database=shipped_model(),
        model=shipped_model(),
        brands=(Brand(name="United", aliases=("United",)),),
        sources=(source,),
    )
