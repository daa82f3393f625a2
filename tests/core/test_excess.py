"""How much more is said of a brand than usual, and what a quiet post is then a part of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.excess import DAY, DEFAULT, Daily, excess, part_of
from monitor.core.meaning import UNKNOWN
from tests.core.facts import HOUR, NOON

#: Noon of the day, and how many were said.
WEEK = ((0, 4), (1, 6), (2, 2), (3, 4), (4, 40))


@pytest.fixture
def daily() -> Daily:
    """Four a day, and forty on the fifth."""
    found = Daily()
    for day, mentions in WEEK:
        found.count(NOON + day * DAY, mentions)
    return found


class TestDaily:
    """Mentions by day."""

    def test_usual_is_the_mean_of_the_days_before(self, daily: Daily) -> None:
        assert daily.usual(NOON + 4 * DAY) == 4.0
        assert daily.usual(NOON + 5 * DAY) == pytest.approx(56 / 5)

    def test_nobody_knows_what_is_usual_after_two_days(self, daily: Daily) -> None:
        assert daily.usual(NOON + 2 * DAY) is None
        assert daily.usual(NOON + 3 * DAY) == 4.0

    def test_a_day_on_which_nothing_was_said_counts(self, daily: Daily) -> None:
        daily.count(NOON + 7 * DAY)
        assert daily.usual(NOON + 7 * DAY) == pytest.approx(56 / 7)

    def test_what_lies_more_than_four_weeks_back_is_not_usual(self, daily: Daily) -> None:
        daily.count(NOON + 30 * DAY)
        assert daily.usual(NOON + 30 * DAY) == pytest.approx((2 + 4 + 40) / 28)

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
        self, daily: Daily, after_noon: timedelta, lately: float
    ) -> None:
        assert daily.lately(NOON + 4 * DAY + after_noon) == lately

    def test_of_a_brand_that_nobody_spoke_of_nothing_is_known(self) -> None:
        assert Daily().lately(NOON) == 0.0
        assert Daily().usual(NOON) is None

    def test_a_late_mention_counts_for_its_day(self, daily: Daily) -> None:
        daily.count(NOON + 2 * DAY, 4)
        assert daily.usual(NOON + 4 * DAY) == 5.0
        assert daily.lately(NOON + 4 * DAY) == 42.0

    def test_what_is_older_than_all_that_was_heard_is_remembered(self, daily: Daily) -> None:
        daily.count(NOON - 4 * DAY, 8)
        assert daily.usual(NOON) == 2.0

    def test_so_old_that_it_is_forgotten_it_changes_nothing(self, daily: Daily) -> None:
        daily.count(NOON - 400 * DAY, 99)
        assert daily.usual(NOON + 4 * DAY) == 4.0
        assert daily.lately(NOON + 4 * DAY) == 42.0

    def test_after_a_long_silence_it_begins_anew(self, daily: Daily) -> None:
        daily.count(NOON + 400 * DAY, 7)
        assert daily.lately(NOON + 400 * DAY) == 7.0
        assert daily.usual(NOON + 400 * DAY) is None

    def test_it_remembers_four_months_and_no_more(self) -> None:
        daily = Daily()
        for day in range(500):
            daily.count(NOON + day * DAY)
        assert len(daily._counts) == 120


@pytest.mark.parametrize(
    ("heard", "usual", "odds"),
    [
        (60.0, 4.0, 9.0),
        (6.0, 4.0, 0.0),
        (3.0, 4.0, 0.0),
        (10.0, 0.0, 9.0),
        (200.0, 100.0, 200 / 110 - 1),
    ],
    ids=[
        "ten times what a usual day may bring",
        "the most that a usual day may bring",
        "a quiet day",
        "a brand that nobody speaks of is held to one a day",
        "twice as much",
    ],
)
def test_the_odds_of_excess(heard: float, usual: float, odds: float) -> None:
    assert excess(heard, usual) == pytest.approx(odds)


@pytest.mark.parametrize(
    ("changed", "is_part"),
    [
        ({}, True),
        ({"near": -0.5, "alike": 0.0}, False),
        ({"near": -0.5, "alike": 0.08}, True),
        ({"heard": 14.0, "near": -0.9, "alike": 0.9}, False),
        ({"near": UNKNOWN}, False),
        ({"usual": 12.0}, False),
        ({"usual": None}, False),
        ({"heard": 9.0, "usual": 0.0}, False),
        ({"share": 0.3}, False),
    ],
    ids=[
        "most of what is said is of it",
        "what means another thing is not",
        "unless it shares its words",
        "words alone are not enough, however many",
        "what nobody can tell is not",
        "no more is said than on a loud day",
        "nobody knows what is usual",
        "too few speak at all",
        "another incident is spoken of more",
    ],
)
def test_a_quiet_post_is_part_of_what_everybody_speaks_of(changed, is_part: bool) -> None:
    known = {"heard": 60.0, "usual": 4.0, "share": 1.0, "alike": 0.01, "near": 0.0} | changed
    heard, usual = known.pop("heard"), known.pop("usual")
    assert (part_of(heard, usual, **known) >= DEFAULT.odds) is is_part
