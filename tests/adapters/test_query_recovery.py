"""What was said of a brand day by day, and which days could be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.queries import Queries
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.policy import Reason
from monitor.core.polling import SourceState
from monitor.core.recovery import FOLLOWED, Day, Recovery
from monitor.core.recovery_lines import lines
from monitor.core.types import Level, Stance
from monitor.errors import NotFoundError
from tests.adapters.store_values import (
    NOON,
    after,
    decision,
    filed,
    incident,
    mention,
    poll,
    read_all,
    source,
    verdict,
)

ANGRY = Stance(negative=0.8, neutral=0.1, positive=0.1)
CALM = Stance(negative=0.3, neutral=0.4, positive=0.3)
HAPPY = Stance(negative=0.4, neutral=0.1, positive=0.5)
TODAY = after(days=5, hours=3)
BEGAN = NOON.date()


@pytest.fixture
def queries(store: SqliteStore, path: Path) -> Iterator[Queries]:
    with Queries.open(path) as queries:
        yield queries


class Log:
    """Writes what one source brings, day by day."""

    def __init__(self, store: SqliteStore, state: SourceState) -> None:
        self.store, self.state = store, state
        self.ids: list[int] = []

    def day(self, number: int, count: int = 0, *, stance: Stance = CALM, **changes: object):
        """`count` mentions on a day that is so many days from NOON, all read."""
        at = after(days=number)
        names = [f"{self.state.id}-{number}-{n}-{len(self.ids)}" for n in range(count)]
        said = [mention(name, published_at=at, seen_at=at, **changes) for name in names]
        self.store.record_poll(poll(self.state, *said, at=at))
        new = [one.id for one in self.store.unassessed(1000)]
        self.store.record_assessment(read_all(new, stance=stance))
        self.ids += new

    def failed(self, number: int, times: int = 1) -> None:
        for n in range(times):
            at = after(days=number, minutes=n)
            self.store.record_poll(poll(self.state, at=at, outcome="failed"))


@pytest.fixture
def log(store: SqliteStore, news: SourceState) -> Log:
    return Log(store, news)


def opened(log: Log, *ids: int, last: int = 0) -> None:
    """An incident that began at NOON."""
    log.store.record_assessment(
        AssessIntent(
            at=NOON,
            incidents=((incident(level=Level.CRITICAL, last_seen_at=after(days=last)), 1),),
            members=tuple((1, id_) for id_ in ids),
        )
    )


def asked(queries: Queries) -> Recovery:
    return queries.recovery(1, now=TODAY)


def of(found: Recovery, number: int) -> Day:
    wanted = BEGAN + timedelta(days=number)
    return next(day for day in found.days if day.date == wanted)


def test_each_day_is_counted_with_what_was_read_in_it(log: Log, queries: Queries) -> None:
    log.day(-21, 1)
    for number in range(-20, 0):
        log.day(number, 3)
    log.day(0, 40, stance=ANGRY)
    for number in range(1, 6):
        log.day(number, 3, stance=HAPPY)
    opened(log)
    found = asked(queries)
    # The first day is left out: the watch may have begun in its midst; today is not over.
    assert found.days[0].date == BEGAN - timedelta(days=20)
    assert found.days[-1].date == BEGAN + timedelta(days=4)
    assert of(found, 0) == Day(date=BEGAN, mentions=40, read=40, negative=40)
    assert of(found, -1) == Day(date=BEGAN - timedelta(days=1), mentions=3, read=3)
    assert (found.baseline, found.days_to_return) == (20, 1)


def test_reposts_count_too(log: Log, queries: Queries) -> None:
    log.day(-1, 1)
    log.day(0, 2)
    log.day(0, 3, stance=ANGRY, repost_of="x")
    opened(log)
    assert of(asked(queries), 0) == Day(date=BEGAN, mentions=5, read=5, negative=3)


def test_what_is_not_about_the_brand_or_not_understood_is_not_read(
    log: Log, queries: Queries
) -> None:
    log.day(-1, 1)
    log.day(0, 3)
    about, foreign = log.ids[-2:]
    verdicts = (
        (about, verdict(about=0.49)),
        (foreign, verdict(language_trained=False, stance=ANGRY)),
    )
    log.store.record_assessment(AssessIntent(at=NOON, verdicts=verdicts))
    opened(log)
    day = of(asked(queries), 0)
    assert (day.mentions, day.read, day.negative) == (2, 1, 0)


def test_history_and_other_brands_are_no_part_of_it(log: Log, queries: Queries) -> None:
    log.day(-2, 1)
    log.day(-1, 4, history=True)
    log.day(-1, 5, brand="Other")
    log.day(0, 1)
    opened(log)
    assert of(asked(queries), -1).mentions == 0


def test_what_is_not_read_yet_may_be_more(log: Log, queries: Queries) -> None:
    log.day(-1, 1)
    log.day(0, 1)
    late = mention("late", published_at=NOON, seen_at=NOON)
    log.store.record_poll(poll(log.state, late))
    opened(log)
    assert of(asked(queries), 0).gap == "not all of it was read yet"


def test_a_day_on_which_the_source_did_not_answer_is_a_gap(log: Log, queries: Queries) -> None:
    log.day(-1, 1)
    log.day(0, 1)
    log.day(1)
    log.failed(1)
    log.day(2)
    log.failed(2, times=2)
    log.failed(3)
    log.day(4)
    opened(log)
    found = asked(queries)
    gaps = [of(found, number).gap for number in range(5)]
    assert gaps == ["", "", "news could not be seen", "news could not be seen", ""]


def test_a_day_on_which_nobody_asked_is_a_gap_until_the_monitor_was_turned_off(
    log: Log, queries: Queries
) -> None:
    log.day(-1, 1)
    log.day(0, 1)
    log.day(2)
    opened(log)
    found = asked(queries)
    assert [of(found, number).gap for number in range(3)] == ["", "no source was asked", ""]
    assert found.days[-1].date == BEGAN + timedelta(days=2)


def test_only_sources_that_speak_of_the_brand_count(log: Log, queries: Queries) -> None:
    more = [source(name, url=f"https://{name}.example/") for name in ("a", "b", "c", "d", "mute")]
    log.store.sync_sources([source(), *more], now=NOON)
    states = {one.name: one for one in log.store.source_states()}
    log.day(-1, 1)
    for name in "abcd":
        Log(log.store, states[name]).day(-1, 1)
        Log(log.store, states[name]).failed(0)
    Log(log.store, states["mute"]).failed(0)
    log.day(0, 1)
    opened(log)
    assert of(asked(queries), 0).gap == "a, b, c, … could not be seen"


@pytest.mark.parametrize("passive", [{"kind": "push"}, {"url": "replay:news"}])
def test_what_comes_by_itself_may_be_silent_for_a_day(
    store: SqliteStore, queries: Queries, passive: dict[str, Any]
) -> None:
    store.sync_sources([replace(source("itself"), **passive)], now=NOON)
    (state,) = (one for one in store.source_states() if one.name == "itself")
    log = Log(store, state)
    log.day(-2, 1)
    log.day(0, 1)
    log.day(3, 1)
    opened(log)
    found = asked(queries)
    assert [day.gap for day in found.days] == [""] * 5
    assert found.days[-1].date == BEGAN + timedelta(days=3)


def test_what_was_pruned_is_not_taken_for_quiet(log: Log, queries: Queries) -> None:
    log.day(-20, 1)
    for number in range(-19, 1):
        log.day(number, 1)
    opened(log, log.ids[0], log.ids[-1])
    log.store.prune(before=after(days=-9), limit=100)
    assert asked(queries).days[0].date == BEGAN - timedelta(days=8)


def test_it_is_followed_for_ninety_days(log: Log, queries: Queries) -> None:
    log.day(-1, 1)
    log.day(0, 1)
    for number in (89, 90):
        log.day(number, 1)
    opened(log)
    found = queries.recovery(1, now=after(days=200))
    assert len(found.after) == FOLLOWED
    assert found.days[-1].date == BEGAN + timedelta(days=89)


@pytest.mark.parametrize(
    "lost",
    [
        "INSERT INTO incident_mentions SELECT 1, id, seen_at FROM mentions",
        "UPDATE mentions SET history = 1",
        "DELETE FROM coverage",
    ],
)
def test_what_is_not_known_is_said_to_be_so(log: Log, queries: Queries, lost: str) -> None:
    for number in range(-20, 3):
        log.day(number, 2)
    opened(log)
    (log.store._connection).execute(lost)
    found = asked(queries)
    assert (found.baseline, found.days[0].date) == (0, BEGAN)
    assert found.days[0].gap == "the watch was not begun, or not all is kept"


def test_an_incident_of_the_first_day_is_followed_without_a_baseline(
    log: Log, queries: Queries
) -> None:
    log.day(0, 7)
    log.day(1, 2)
    opened(log)
    found = asked(queries)
    assert [day.mentions for day in found.days] == [7, 2]
    assert [bool(day.gap) for day in found.days] == [True, False]
    assert lines(found)[0].startswith("No baseline: 0 days before 22 Nov 2026")


def test_an_incident_that_is_not_there_is_named(queries: Queries) -> None:
    with pytest.raises(NotFoundError, match="there is no incident 1"):
        asked(queries)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_beginning_at_the_edge_of_the_calendar_is_survived(
    log: Log, queries: Queries, year: int
) -> None:
    log.day(0, 1)
    began = NOON.replace(year=year, month=1 if year == 1 else 12, day=1)
    what = incident(first_seen_at=began, last_seen_at=max(began, NOON))
    log.store.record_assessment(AssessIntent(at=NOON, incidents=((what, 1),)))
    found = asked(queries)
    assert found.began == began.date()
    assert found.days_to_return is None


def test_days_are_those_of_utc(log: Log, queries: Queries) -> None:
    log.day(-2, 1)
    midnight = NOON.replace(hour=0)
    for name, at in (("before", midnight - timedelta(microseconds=1)), ("after", midnight)):
        log.store.record_poll(poll(log.state, mention(name, published_at=at, seen_at=at), at=at))
    new = [one.id for one in log.store.unassessed(10)]
    log.store.record_assessment(read_all(new))
    opened(log)
    found = asked(queries)
    assert [day.mentions for day in found.days] == [1, 1]
    assert isinstance(found.began, date)


def test_what_came_from_another_story_was_judged_there_first(log: Log, queries: Queries) -> None:
    """Of the incident are its decisions, those of its story, and those on its mentions."""
    log.day(0, 3)
    moved, own, other = log.ids
    opened(log, moved, own)
    log.store.record_assessment(AssessIntent(at=NOON, incidents=((incident(2), 2),)))

    def judged(mention_id: int, story: int, risk: float, incident_id: int | None = None) -> None:
        made = decision(incident_id, story_id=story, risk=risk)
        one = replace(made, mention_id=mention_id, at=after(minutes=round(100 * risk)))
        filings = (filed(mention_id, story),)
        log.store.record_assessment(AssessIntent(at=NOON, filed=filings, decisions=(one,)))

    judged(moved, 7, 0.1)
    judged(own, 1, 0.2)
    judged(own, 1, 0.6, incident_id=1)
    judged(moved, 2, 0.7, incident_id=2)
    judged(other, 7, 0.3)
    old = replace(decision(None, risk=0.15, reason=Reason.OLD_NEWS.value), mention_id=own)
    log.store.record_assessment(AssessIntent(at=NOON, decisions=(old,)))
    assert [one.risk for one in queries.judged(1)] == [0.1, 0.2, 0.6]


def test_turned_away_is_what_alarmed_with_an_ambiguous_name_and_is_in_no_story(
    log: Log, queries: Queries
) -> None:
    heard: dict[str, tuple[dict[str, Any], float]] = {
        "turned away": ({"certain": False}, 0.3),
        "its own name": ({}, 0.4),
        "calm": ({"certain": False}, 0.29),
        "history": ({"certain": False, "history": True}, 0.4),
        "in a story": ({"certain": False}, 0.4),
        "of another brand": ({"certain": False, "brand": "Other"}, 0.4),
        "too old": ({"certain": False, "published_at": NOON - timedelta(days=2)}, 0.4),
    }
    for name, (known, _) in heard.items():
        log.store.record_poll(poll(log.state, mention(name, **known), at=NOON))
    new = {one.native_id: one.id for one in log.store.unassessed(10)}
    verdicts = tuple((new[name], verdict(alarm=alarm)) for name, (_, alarm) in heard.items())
    filings = (filed(new["in a story"]),)
    log.store.record_assessment(AssessIntent(at=NOON, verdicts=verdicts, filed=filings))
    opened(log)

    [found] = queries.turned_away(1, since=NOON - timedelta(days=1))
    assert (found.at, found.alarm, found.harms["safety"]) == (NOON, 0.3, 0.125)
