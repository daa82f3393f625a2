"""A source that answers and brings nothing: how long is too long, by its own history."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest

from monitor.core.expected import LEAST, LEAST_GAPS, MOST, YEAR, allowed, silence

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def news(*gaps: timedelta) -> list[datetime]:
    """Times whose gaps these are; the last of them is noon."""
    ends = accumulate(gaps, initial=timedelta(0))
    return [NOON - sum(gaps, timedelta(0)) + end for end in ends]


def hourly(days: int) -> list[datetime]:
    return news(*[HOUR] * (24 * days))


def test_a_source_of_every_two_hours_may_be_silent_for_less_than_a_day_by_its_rhythm():
    assert allowed(news(*[2 * HOUR] * 100)) == LEAST


def test_a_source_of_every_four_hours_may_be_silent_for_a_good_part_of_two_days():
    most = allowed(news(*[4 * HOUR] * 160))
    assert most is not None
    assert 30 * HOUR < most < 33 * HOUR, "4 ln(2190) is 30.8"


def test_that_a_source_of_every_hour_is_silent_for_more_than_a_day_is_said():
    assert silence(hourly(14), seen=NOON + 25 * HOUR) == 25 * HOUR
    assert silence(hourly(14), seen=NOON + DAY) is None


def test_it_is_said_for_as_long_as_it_lasts():
    assert silence(hourly(14), seen=NOON + 90 * DAY) == 90 * DAY


@pytest.mark.parametrize(
    "history",
    [
        [],
        [NOON],
        news(*[DAY] * (LEAST_GAPS - 1)),
        hourly(7),
    ],
    ids=["nothing", "one", "too few", "not yet a week"],
)
def test_a_short_history_says_nothing(history):
    assert allowed(history) is None
    assert silence(history, seen=NOON + 99 * DAY) is None


def test_a_history_that_is_just_long_enough_speaks():
    assert allowed(news(*[DAY] * LEAST_GAPS)) is not None
    assert allowed(news(*[8 * DAY / LEAST_GAPS] * LEAST_GAPS)) is not None


def test_a_source_that_pauses_at_weekends_may_do_so_again():
    week = [HOUR] * 100 + [68 * HOUR]
    assert allowed(news(*week, *[HOUR] * 50)) == 136 * HOUR


def test_a_source_that_speaks_once_a_day_is_given_more_than_a_week():
    most = allowed(news(*[DAY] * 27))
    assert most is not None
    assert 6 * DAY < most < 8 * DAY


def test_only_the_last_four_weeks_of_news_count():
    slow_once = news(30 * DAY, *[4 * HOUR] * 160)
    assert allowed(slow_once) == allowed(slow_once[1:])
    assert allowed(news(*[2 * DAY] * LEAST_GAPS)) is None


def at_random(draw: random.Random) -> Iterator[timedelta]:
    while True:
        yield timedelta(hours=draw.expovariate(1.0))


def by_day(draw: random.Random) -> Iterator[timedelta]:
    """Ten times as much by day as by night."""
    now, last = 0.0, 0.0
    while True:
        now += draw.expovariate(2.0)
        if draw.random() < (1.0 if now % 24 < 14 else 0.1):
            yield timedelta(hours=now - last)
            last = now


def in_bursts(draw: random.Random) -> Iterator[timedelta]:
    """Stories that bring a dozen posts within minutes, and hours of peace between them."""
    while True:
        yield timedelta(hours=draw.expovariate(1 / 6))
        yield from (timedelta(minutes=draw.expovariate(0.5)) for _ in range(draw.randrange(12)))


def in_the_office(draw: random.Random) -> Iterator[timedelta]:
    """Monday to Friday from nine to five, a few days off each month."""
    at, last, off = NOON, NOON, set[object]()
    while True:
        at += timedelta(hours=draw.expovariate(2.0))
        off |= {at.date()} if at.hour == 0 and draw.random() < 0.02 else set()
        if 9 <= at.hour < 17 and at.weekday() < 5 and at.date() not in off:
            yield at - last
            last = at


def now_and_then(draw: random.Random) -> Iterator[timedelta]:
    """The blog of somebody who writes when there is something to say."""
    while True:
        yield timedelta(days=draw.expovariate(1.2))


@pytest.mark.parametrize("world", [at_random, by_day, in_bursts, in_the_office, now_and_then])
def test_false_alarms_are_rarer_than_one_a_year_and_source(
    world: Callable[[random.Random], Iterator[timedelta]],
):
    alarms = sum(_alarms(world, seed=seed) for seed in range(4))
    assert alarms <= 4


def _alarms(world: Callable[[random.Random], Iterator[timedelta]], *, seed: int) -> int:
    """How many gaps of a year are longer than what was allowed before them, one source."""
    gaps = world(random.Random(seed))
    times, found = [NOON], 0
    while times[-1] - NOON < YEAR:
        gap = next(gaps)
        # The bound hardly moves from one gap to the next: only the long ones are worth the time.
        if gap > LEAST:
            most = allowed(times[-MOST:])
            found += most is not None and gap > most
        # As the store gives them: of each hour the last.
        is_same_hour = (times[-1] + gap).replace(minute=0) <= times[-1]
        times[-1 if is_same_hour else len(times) :] = [times[-1] + gap]
    return found
