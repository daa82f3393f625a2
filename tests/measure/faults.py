"""Every kind of source against a server that goes wrong, and how often servers are asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

import click
import structlog

from monitor.adapters.parse import ProcessReader
from monitor.core import schedule
from monitor.core.aftermath import after_poll
from monitor.core.polling import Fetched, FetchFailed, FetchResult, SourceState
from monitor.sources.registry import KINDS
from tests.measure.report import Row, report, say
from tests.sources import counters, folders, onair
from tests.sources.faulty import FAULTS, Outcome, follow, reading
from tests.sources.flowing import FLOWS, kind_of

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
#: Of a day's answers, how many are errors, and how many ask us to slow down.
ERRORS, REFUSALS = 0.01, 0.002


@click.command()
@click.option("--kind", default="", help="Kinds whose name holds this.")
@click.option("--fault", default="", help="Faults whose name holds this.")
def faults(kind: str, fault: str) -> None:
    """Items lost and taken in twice, for each kind of source and each fault."""
    _be_quiet()
    rows = asyncio.run(_tried(kind, fault))
    report("Items of a service whose every third answer goes wrong", rows)
    tried = {kind_of(name) for name in FLOWS} | {"file"}
    missing = sorted(name for name, one in KINDS.items() if one.polled and name not in tried)
    if missing:
        say(f"without a service to try them with: {', '.join(missing)}")


async def _tried(kind: str, fault: str) -> list[Row]:
    rows: list[Row] = []
    async with reading(None) as reader:
        for name, wrong in product(sorted(FLOWS), FAULTS):
            if kind in name and fault in wrong:
                found = await follow(name, FAULTS[wrong], reader=reader)
                rows.append(_row(f"{name}: {wrong}", found))
        rows += await _counted(kind, fault, reader)
        rows += await _heard(kind, fault, reader)
        return rows + await _dropped(kind, fault, reader)


async def _counted(kind: str, fault: str, reader: ProcessReader) -> list[Row]:
    """The same for the counts of posts that are read again."""
    rows: list[Row] = []
    for name, wrong in product(counters.RECOUNTS, FAULTS):
        if kind in name and fault in wrong:
            found = await counters.recount(name, FAULTS[wrong], reader=reader)
            rows.append(_row(f"{name}: {wrong}", found))
    return rows


def _row(name: str, found: Outcome) -> Row:
    say(f"{name}: {_words(found)}")
    return name, _words(found), "0 lost, 0 twice", not found.lost and not found.twice


async def _heard(kind: str, fault: str, reader: ProcessReader) -> list[Row]:
    """The same for a stream beside the polls."""
    rows: list[Row] = []
    for wrong in onair.WRONG:
        if kind in "mastodon, live" and fault in wrong:
            found, heard = await onair.follow(wrong, reader=reader)
            words = (
                f"{len(found.lost)} lost, {found.twice} twice, of {found.said}, {heard} of them"
                f" heard first ({found.faulty} times, {found.asked} connections)"
            )
            say(f"mastodon, live: {wrong}: {words}")
            met = not found.lost and not found.twice
            rows.append((f"mastodon, live: {wrong}", words, "0 lost, 0 twice", met))
    return rows


async def _dropped(kind: str, fault: str, reader: ProcessReader) -> list[Row]:
    """The same for folders, which have faults of their own."""
    rows: list[Row] = []
    for form, wrong in product(folders.FORMS, folders.WRONG):
        if kind in f"file, {form}" and fault in wrong:
            found = await folders.follow(form, wrong, reader=reader)
            rows.append(_row(f"file, {form}: {wrong}", found))
    return rows


def _words(found: Outcome) -> str:
    return (
        f"{len(found.lost)} lost, {found.twice} twice, of {found.said} "
        f"({found.faulty} of {found.asked} bad)"
    )


def _be_quiet() -> None:
    # Every fault is logged, as it should be; here they are counted.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One source of a simulated day."""

    name: str
    host: str
    every: timedelta
    floor: timedelta
    #: Requests an hour that the server allows us, all sources together.
    allowed: int


#: How often a hundred sources are asked if the configuration says every five minutes, beside what
#: their servers publish (see the table of sources in the README).
HUNDRED: tuple[tuple[str, int, str, int], ...] = (
    ("feed", 60, "", 60),
    ("mastodon", 10, "mastodon.example", 3_600),
    ("hackernews", 10, "hn.algolia.com", 10_000),
    ("reddit", 10, "oauth.reddit.com", 6_000),
    ("lemmy", 5, "lemmy.example", 1_000),
    ("gdelt", 5, "api.gdeltproject.org", 720),
)


@click.command()
def day() -> None:
    """Requests an hour that a hundred sources make in a simulated day, beside what is allowed."""
    asked: Counter[str] = Counter()
    busiest: Counter[tuple[str, int]] = Counter()
    allowed: dict[str, int] = {}
    for number, source in enumerate(_hundred()):
        allowed[source.host] = source.allowed
        for at in _requests(source, Random(number)):
            asked[source.host] += 1
            busiest[source.host, at.hour] += 1
    rows: list[Row] = []
    for host in sorted(asked):
        most = max(count for (name, _), count in busiest.items() if name == host)
        met = most <= allowed[host]
        text = f"{asked[host] / 24:.1f} on average, {most} in the busiest"
        rows.append((host, text, f"at most {allowed[host]:,}", met))
    report("Requests an hour of a hundred sources, every = 5m, a simulated day", rows)


def _hundred() -> Iterator[Watched]:
    for kind, count, host, allowed in HUNDRED:
        for number in range(count):
            yield Watched(
                name=f"{kind} {number}",
                host=host or f"news{number:02}.example",
                every=timedelta(minutes=5),
                floor=KINDS[kind].floor,
                allowed=allowed,
            )


def _requests(source: Watched, chance: Random) -> Iterator[datetime]:
    """When a source is asked: the real plan after each answer, on a virtual clock."""
    state = SourceState(id=1, name=source.name, kind="", url=f"https://{source.host}")
    now = MIDNIGHT + chance.random() * source.every
    while now < MIDNIGHT + DAY:
        yield now
        answer = _answer(chance)
        planned = schedule.plan(
            state,
            answer,
            every=source.every,
            floor=source.floor,
            now=now,
            jitter=chance.random(),
        )
        state = after_poll(state, answer, planned, now=now)
        now = planned.next_poll_at or MIDNIGHT + DAY


def _answer(chance: Random) -> FetchResult:
    luck = chance.random()
    if luck < REFUSALS:
        return FetchFailed(reason="slow down", status=429)
    if luck < REFUSALS + ERRORS:
        return FetchFailed(reason="broken", status=502)
    return Fetched(status=200, headers={}, body=b"", url="")
