"""When a story is a side of an incident because its brand seldom has two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import exp

import pytest

from monitor.core.daily import DAY
from monitor.core.kinship import Other
from monitor.core.seldom import HOUR, odds_of, of_its_own, rate, side_of
from monitor.core.tally import StoryFacts

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FALL = {"safety": 0.9}


def story(harms: dict[str, float], *, ago: timedelta = timedelta()) -> StoryFacts:
    at = NOON - ago
    return StoryFacts(
        brand="Wyldecoast", at=NOON, first_at=at, last_at=at, first_seen_at=at, harms=harms
    )


def beside(harms: dict[str, float], *, ago: timedelta = timedelta(), near: float = 0.2) -> Other:
    return Other(facts=story(harms, ago=ago), alike=0.0, near=near, is_loud=True)


@pytest.mark.parametrize(
    ("harms", "other", "begun", "is_side"),
    [
        ({}, beside(FALL, ago=HOUR / 6), [], True),
        ({}, beside(FALL, ago=HOUR / 6), [NOON - 2 * DAY] * 50, False),
        (FALL, beside(FALL, ago=HOUR), [], True),
        (FALL, beside(FALL, ago=2 * HOUR, near=0.5), [], False),
        ({"privacy": 0.7}, beside(FALL, near=0.9), [], False),
        ({"privacy": 0.5}, beside(FALL, ago=HOUR), [], True),
        ({"legal": 0.9, "service": 0.9}, beside(FALL, ago=HOUR), [], True),
        ({}, beside(FALL, ago=20 * HOUR, near=0.3), [], True),
        ({}, beside(FALL, ago=20 * HOUR, near=-0.1), [], False),
        ({}, beside(FALL, ago=DAY + HOUR / 60, near=0.9), [], False),
        ({}, beside({"praise": 0.9}), [], False),
        ({"praise": 0.9}, beside(FALL), [], False),
        ({}, beside(FALL, near=-1.0), [], False),
    ],
    ids=[
        "the mother says within minutes what no headline does",
        "of a brand that is in trouble daily it may be another matter",
        "the child who fell, and the ride that stopped an hour ago",
        "two accidents of one day are two",
        "who is sure of a leak tells something new, however near it sounds",
        "who hints at one does not",
        "reactions and routine are nothing of its own",
        "the day after, of a brand that is at peace otherwise",
        "the day after, and it means something else",
        "nobody has spoken of it for a day",
        "what is praised is no side of a scandal",
        "nor is praise",
        "nobody knows what it means",
    ],
)
def test_a_story_is_a_side_of_an_incident_if_two_at_once_are_less_likely(
    harms: dict[str, float], other: Other, begun: list[datetime], is_side: bool
) -> None:
    assert (side_of(story(harms), {7: other}, begun=begun) is not None) is is_side


def test_the_likeliest_incident_is_named_with_the_odds_and_of_two_alike_the_oldest() -> None:
    late, soon = beside(FALL, ago=9 * HOUR), beside(FALL, ago=HOUR)

    assert side_of(story({}), {1: late, 2: soon, 3: soon}, begun=()) == (
        2,
        "told while the incident is, odds 82: this brand seldom has two",
    )
    assert side_of(story({}), {}, begun=()) is None


def test_the_odds_are_those_of_another_side_by_now_to_another_matter_times_the_likelihood() -> (
    None
):
    """24 a day, after three hours of silence a quarter of them, to two a day of other matters."""
    new, other = story({"privacy": 0.5}), beside({"privacy": 0.2}, ago=3 * HOUR, near=0.3)

    likelihood = exp(5.4 * 0.3 - 3.1 * 0.5 * 0.8 - 1.1)
    assert odds_of(new, other, usual=2.0) == pytest.approx(24 / 4 / 2 * likelihood)


def test_from_four_to_one_it_is_a_side() -> None:
    usual = 24.0 * exp(5.4 * 0.2 - 1.1) / 4.0
    quiet = 7.0 * usual - 1.0  # incidents of seven days that make it so usual
    begun = [NOON - 2 * DAY] * int(quiet)

    assert odds_of(story({}), beside(FALL), usual=usual) == pytest.approx(4.0)
    assert side_of(story({}), {1: beside(FALL)}, begun=begun) is not None
    assert side_of(story({}), {1: beside(FALL)}, begun=[*begun, begun[0]]) is None


def test_the_odds_hold_for_a_day_and_where_it_is_known_what_a_text_means() -> None:
    assert odds_of(story({}), beside(FALL, ago=DAY), usual=1.0) > 0.0
    assert odds_of(story({}), beside(FALL, near=-0.99), usual=1.0) > 0.0
    assert odds_of(story({}), beside(FALL, near=-1.0), usual=1.0) == 0.0


def test_what_comes_late_is_as_far_from_an_incident_as_what_comes_early() -> None:
    early, late = story({}, ago=5 * HOUR), story({}, ago=-5 * HOUR)

    found = odds_of(early, beside(FALL), usual=1.0), odds_of(late, beside(FALL), usual=1.0)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("ago", "counts"),
    [
        (DAY - HOUR, False),
        (DAY, True),
        (8 * DAY, True),
        (8 * DAY + HOUR, False),
    ],
    ids=["may be the very event", "a day ago", "eight days ago", "long ago"],
)
def test_what_a_brand_is_used_to_is_told_by_the_incidents_of_the_week_before(
    ago: timedelta, counts: bool
) -> None:
    assert rate([NOON - ago], NOON) == pytest.approx((1 + counts) / 7)


@pytest.mark.parametrize(
    ("new", "open_", "is_soon", "own"),
    [
        ({}, {}, True, 0.0),
        ({"privacy": 0.8}, {"privacy": 0.5}, True, 0.4),
        ({"privacy": 0.8, "safety": 0.9}, {"safety": 0.8}, True, 0.8),
        (FALL, FALL, True, 0.09),
        (FALL, FALL, False, 0.9),
        ({"service": 0.9, "executive": 0.9, "legal": 0.9, "boycott": 0.9}, {}, True, 0.0),
        ({}, {"praise": 0.6}, True, 0.6),
        ({"praise": 0.6}, {}, True, 0.6),
        ({"praise": 0.5}, {"praise": 0.6}, True, 0.3),
    ],
    ids=[
        "nothing",
        "what the other half says is half its own",
        "the harm that it has most to itself",
        "an accident that both tell within the hour",
        "another accident",
        "what a scandal brings about, and routine",
        "what is praised, without praise",
        "praise",
        "praise of both",
    ],
)
def test_what_a_story_has_to_itself(
    new: dict[str, float], open_: dict[str, float], is_soon: bool, own: float
) -> None:
    assert of_its_own(new, open_, is_soon=is_soon) == pytest.approx(own)


def test_so_sure_of_a_harm_of_its_own_that_it_stays_by_itself() -> None:
    other = beside({}, near=0.9)

    assert odds_of(story({"privacy": 0.6}), other, usual=0.01) == 0.0
    assert odds_of(story({"privacy": 0.59}), other, usual=0.01) > 0.0


def test_an_accident_of_the_last_hour_is_the_same_one() -> None:
    just = replace(beside(FALL, ago=HOUR))

    assert odds_of(story(FALL), just, usual=1.0) > 0.0
    assert odds_of(story(FALL), beside(FALL, ago=HOUR + HOUR / 60), usual=1.0) == 0.0
