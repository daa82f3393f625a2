"""Frames of Jetstream a second on one core: from the socket to the rows, by number of aliases."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import structlog

from monitor.adapters.store import SqliteStore
from monitor.adapters.stream import WebSocketStream
from monitor.adapters.transport import Dialer
from monitor.core.brands import Matcher
from monitor.core.settings import Brand, SourceSettings
from monitor.sources.registry import KINDS, STREAMS
from monitor.stages.follow import Follower, Tools
from monitor.threads import on
from tests.fakes import FakeTelemetry
from tests.jetstreams import HangUp, jetstream
from tests.measure.report import Row, report, say
from tests.sources import frames

GOAL = 2_000.0
ALIASES = (10, 1_000, 10_000)
#: Of 1,000 frames of the whole network, about what the recorded ones hold; the rest are likes.
MIX = {"post": 110, "repost": 100, "follow": 50, "delete": 25}
#: Posts of 1,000 that name a brand.
NAMED = 10
_SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or"))
_SCRIPTS = (
    "",
    "",
    "",
    "かなテスト語彙今日天気旅行駅",
    "가나다라마바사아자차",
    "абвгдежзиклмн",
    "áéíõçãü",
)


@dataclass(frozen=True, kw_only=True)
class Speed:
    """What one run took."""

    frames: int
    rows: int
    seconds: float
    #: Of the processor, all threads.
    busy: float


@click.command()
@click.option("--count", default=60_000, show_default=True, help="Frames of each run.")
@click.option("--aliases", multiple=True, type=int, default=ALIASES, show_default=True)
@click.option("--seed", default=1, show_default=True)
def stream(count: int, aliases: tuple[int, ...], seed: int) -> None:
    """Frames a second that the stream path takes, on one core."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    rows: list[Row] = []
    for names in aliases:
        for mixed in (True, False):
            what = f"{names:,} aliases, {'the whole network' if mixed else 'posts alone'}"
            speed = _run(names, count, mixed=mixed, seed=seed)
            # On a machine that does something else as well, the clock on the wall says little.
            rate = speed.frames / speed.busy
            wall = speed.frames / speed.seconds
            say(f"{what}: {wall:,.0f}/s by the clock, {speed.rows} rows")
            rows.append((what, f"{rate:,.0f}", f"at least {GOAL:,.0f}", rate >= GOAL))
    report(
        f"Frames of Jetstream v1 a second of one core, from a socket on loopback to the rows,"
        f" {count:,} made-up frames each",
        rows,
    )


def _run(aliases: int, count: int, *, mixed: bool, seed: int) -> Speed:
    names = list(_names(aliases, random.Random(seed)))
    with _server(names, count, mixed=mixed, seed=seed) as url, TemporaryDirectory() as folder:
        return asyncio.run(_follow(url, names, Path(folder) / "monitor.db", count))


async def _follow(url: str, names: Sequence[str], path: Path, count: int) -> Speed:
    """Follow the stream to its end, as the daemon does, on one core."""
    source = SourceSettings(name="sky", kind="bluesky", url=url, every=timedelta(minutes=5))
    with ThreadPoolExecutor(1) as thread:
        db = on(thread)
        store = await db(SqliteStore.open, path)
        try:
            await db(store.sync_sources, (source,), now=datetime.now(UTC))
            (state,) = await db(store.source_states)
            follower = Follower(
                source,
                state,
                kind=KINDS["bluesky"],
                streaming=STREAMS["bluesky"],
                tools=_tools(store, names, db),
            )
            seconds, busy = await _timed(follower.connect)
            rows = await db(lambda: sum(1 for _ in store.unassessed(10**6)))
        finally:
            await db(store.close)
    return Speed(frames=count, rows=rows, seconds=seconds, busy=busy)


async def _timed(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Seconds on the clock and of the processor, with one core to run on."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        wall, busy = time.perf_counter(), time.process_time()
        await work()
        return time.perf_counter() - wall, time.process_time() - busy
    finally:
        os.sched_setaffinity(0, before)


def _tools(store: SqliteStore, names: Sequence[str], db: object) -> Tools:
    dial = Dialer(allow=["127.0.0.1"])
    # Ten aliases make a brand.
    brands = [
        Brand(name=f"brand {start}", aliases=tuple(names[start : start + 10]))
        for start in range(0, len(names), 10)
    ]
    return Tools(
        matcher=Matcher(brands),
        store=store,
        stream=WebSocketStream(dial, trust=dial.trust, user_agent="measure"),
        events=WebSocketStream(dial, trust=dial.trust, user_agent="measure"),
        db=db,  # type: ignore[arg-type]
        clock=lambda: datetime.now(UTC),
        jitter=random.random,
        telemetry=FakeTelemetry(),
        wake=lambda: None,
    )


@contextmanager
def _server(names: Sequence[str], count: int, *, mixed: bool, seed: int) -> Iterator[str]:
    """The address of a server in a process of its own, on the other core."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    arguments = (theirs, list(names), count, mixed, seed)
    process = context.Process(target=_serve, args=arguments, daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection, names: list[str], count: int, mixed: bool, seed: int) -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    async def run() -> None:
        said = [*made_up(names, count, mixed=mixed, seed=seed), HangUp()]
        async with jetstream(said) as server:
            pipe.send(server.url)
            await asyncio.Event().wait()

    asyncio.run(run())


def made_up(names: Sequence[str], count: int, *, mixed: bool, seed: int) -> Iterator[bytes]:
    """Frames of the shape of recorded ones, with words that nobody said."""
    chance = random.Random(seed)
    kinds = random.Random(seed).choices(
        [*MIX, "like"], [*MIX.values(), 1_000 - sum(MIX.values())], k=count
    )
    # Two thousand a second, up to now.
    start = datetime.now(UTC) - timedelta(hours=1)
    for number, kind in enumerate(kinds, start=1):
        at, author = start + timedelta(seconds=number / 2_000), chance.randrange(10**6)
        other = frames.uri(chance.randrange(1, number + 1), author=chance.randrange(10**6))
        if not mixed or kind == "post":
            yield frames.post(number, _text(names, chance), author=author, at=at)
        elif kind == "repost":
            yield frames.repost(number, other, author=author, at=at)
        elif kind == "delete":
            yield frames.delete(number, of=number // 2, author=author, at=at)
        else:
            yield frames.like(number, other, author=author, at=at)


def _text(names: Sequence[str], chance: random.Random) -> str:
    """A post of some words, a quarter of them in other scripts."""
    words = [_word(chance) for _ in range(chance.randrange(3, 40))]
    script = chance.choice(_SCRIPTS)
    if script:
        words = ["".join(chance.choices(script, k=chance.randrange(2, 6))) for _ in words]
    if chance.randrange(1_000) < NAMED:
        words.insert(chance.randrange(len(words)), chance.choice(names))
    return " ".join(words)


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randrange(1, 5)))


def _names(count: int, chance: random.Random) -> Iterator[str]:
    """Different names of two long words: few texts hold one by accident."""
    seen: set[str] = set()
    while len(seen) < count:
        name = " ".join("".join(chance.choices(_SYLLABLES, k=3)).title() for _ in range(2))
        if name not in seen:
            seen.add(name)
            yield name
