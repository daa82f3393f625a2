"""A brand's mentions by day: what is usual, what was said lately, what is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.daily import DAY, Daily, day_of, start_of
from tests.core.facts import HOUR, NOON

#: Noon of the day, and how many were said.
WEEK = ((0, 4), (1, 6), (2, 2), (3, 4), (4, 40))


#: Which days say what is usual.
MONTH = {"days": 28, "known": 3}


@pytest.fixture
def daily() -> Daily:
    """Four a day, and forty on the fifth."""
    found = Daily()
    for day, mentions in WEEK:
        found.count(NOON + day * DAY, mentions)
    return found


def test_a_day_begins_at_midnight_utc() -> None:
    midnight = start_of(day_of(NOON))

    assert midnight <= NOON < midnight + DAY
    assert day_of(midnight) == day_of(NOON) == day_of(midnight - timedelta(microseconds=1)) + 1


def test_usual_is_the_mean_of_the_days_before(daily: Daily) -> None:
    assert daily.usual(NOON + 4 * DAY, **MONTH) == 4.0
    assert daily.usual(NOON + 5 * DAY, **MONTH) == pytest.approx(56 / 5)


def test_nobody_knows_what_is_usual_after_two_days(daily: Daily) -> None:
    assert daily.usual(NOON + 2 * DAY, **MONTH) is None
    assert daily.usual(NOON + 3 * DAY, **MONTH) == 4.0


def test_a_day_on_which_nothing_was_said_counts(daily: Daily) -> None:
    daily.count(NOON + 7 * DAY)
    assert daily.usual(NOON + 7 * DAY, **MONTH) == pytest.approx(56 / 7)


def test_what_lies_more_than_four_weeks_back_is_not_usual(daily: Daily) -> None:
    daily.count(NOON + 30 * DAY)
    assert daily.usual(NOON + 30 * DAY, **MONTH) == pytest.approx((2 + 4 + 40) / 28)


@pytest.mark.parametrize(
    ("after_noon", "lately"),
    [
        (timedelta(), 40 + 4 / 2),
        (6 * HOUR, 40 + 4 / 4),
        (12 * HOUR, 40.0),
        (18 * HOUR, 40 * 3 / 4),
        (3 * DAY, 0.0),
    ],
)
def test_the_last_day_takes_its_share_of_the_one_before(
    daily: Daily, after_noon: timedelta, lately: float
) -> None:
    assert daily.lately(NOON + 4 * DAY + after_noon) == lately


def test_of_a_brand_that_nobody_spoke_of_nothing_is_known() -> None:
    assert Daily().lately(NOON) == 0.0
    assert Daily().usual(NOON, **MONTH) is None


def test_a_late_mention_counts_for_its_day(daily: Daily) -> None:
    daily.count(NOON + 2 * DAY, 4)
    assert daily.usual(NOON + 4 * DAY, **MONTH) == 5.0
    assert daily.lately(NOON + 4 * DAY) == 42.0


def test_what_is_older_than_all_that_was_heard_is_remembered(daily: Daily) -> None:
    daily.count(NOON - 4 * DAY, 8)
    assert daily.usual(NOON, **MONTH) == 2.0


def test_so_old_that_it_is_forgotten_it_changes_nothing(daily: Daily) -> None:
    daily.count(NOON - 400 * DAY, 99)
    assert daily.usual(NOON + 4 * DAY, **MONTH) == 4.0
    assert daily.lately(NOON + 4 * DAY) == 42.0


def test_after_a_long_silence_it_begins_anew(daily: Daily) -> None:
    daily.count(NOON + 400 * DAY, 7)
    assert daily.lately(NOON + 400 * DAY) == 7.0
    assert daily.usual(NOON + 400 * DAY, **MONTH) is None


def test_it_remembers_four_months_and_no_more() -> None:
    daily = Daily()
    for day in range(500):
        daily.count(NOON + day * DAY)
    assert len(daily._counts) == 120


@pytest.mark.parametrize(("day", "mentions"), [(-3, 56), (0, 56), (3, 44), (4, 40), (5, 0)])
def test_mentions_since_a_day(daily: Daily, day: int, mentions: int) -> None:
    assert daily.since(NOON + day * DAY) == mentions
