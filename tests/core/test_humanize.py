"""Counts, shares, moments and spans as people read them."""

from __future__ import annotations

from datetime import date, timedelta, timezone

import pytest

from monitor.core.humanize import compact, counted, day_text, distance, lasting, moment, percent
from tests.core.facts import HOUR, MINUTE, NOON

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def test_one_thing_and_many() -> None:
    assert [counted(n, "day") for n in (0, 1, 12_000)] == ["0 days", "1 day", "12,000 days"]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.126, "13 %"),
        (0.0099, "under 1 %"),
        (0.9901, "over 99 %"),
        (0.01, "1 %"),
        (0.99, "99 %"),
        (0.0, "under 1 %"),
        (1.0, "100 %"),
    ],
)
def test_a_probability_is_never_said_to_be_quite_none(share: float, words: str) -> None:
    assert percent(share) == words


def test_a_moment_is_told_in_utc_whatever_its_zone() -> None:
    assert moment(NOON.astimezone(timezone(5 * HOUR))) == "6 May 2024, 12:00 UTC"
    assert day_text(date(2017, 4, 9)) == "9 Apr 2017"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (SECOND, "1 second"),
        (MINUTE / 3, "20 seconds"),
        (MINUTE, "1 minute"),
        (0 * MINUTE, "0 minutes"),
        (119 * MINUTE, "119 minutes"),
        (120 * MINUTE, "2 hours"),
        (47 * HOUR, "47 hours"),
        (72 * HOUR, "3 days"),
        (1512 * HOUR, "63 days"),
        (60 * HOUR, "3 days"),
        (84 * HOUR, "4 days"),
        (108 * HOUR, "5 days"),
    ],
)
def test_a_span_in_a_sentence(span: timedelta, words: str) -> None:
    assert lasting(span) == words


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (59 * SECOND, "now"),
        (-59 * SECOND, "now"),
        (MINUTE, "in 1 min"),
        (-59 * MINUTE, "59 min ago"),
        (HOUR, "in 1 h"),
        (HOUR - SECOND, "in 59 min"),
        (23 * HOUR + 20 * MINUTE, "in 23 h"),
        (SECOND - DAY, "23 h ago"),
        (-3 * DAY, "3 d ago"),
    ],
)
def test_how_far_a_time_is_from_now_is_never_said_to_be_more_than_it_is(
    away: timedelta, words: str
) -> None:
    assert distance(NOON + away, NOON) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0s"),
        (SECOND / 4, "1s"),
        (90 * SECOND, "1m 30s"),
        (5 * MINUTE, "5m"),
        (100 * MINUTE, "1h 40m"),
        (2 * DAY, "2d"),
        (DAY + HOUR + MINUTE, "1d 1h"),
    ],
)
def test_a_span_of_two_units(span: timedelta, words: str) -> None:
    assert compact(span) == words
