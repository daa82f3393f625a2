"""When a second story is another side of an incident that is open already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.kinship import kinship, side
from monitor.core.tally import StoryFacts

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def story(harms: dict[str, float], *, ago: timedelta = timedelta()) -> StoryFacts:
    at = NOON - ago
    return StoryFacts(
        brand="Meridian Air", at=NOON, first_at=at, last_at=at, first_seen_at=at, harms=harms
    )


HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("harms", "open_harms", "ago", "alike", "tie"),
    [
        ({}, {}, 2 * HOURS, 0.12, "of the same day, and similar 0.12"),
        ({"legal": 0.9}, {"safety": 0.9}, 2 * HOURS, 0.02, None),
        ({}, {}, 30 * HOURS, 0.50, None),
        (
            {"mistreatment": 0.9},
            {"mistreatment": 0.6},
            12 * HOURS,
            0.04,
            "both allege mistreatment, similar 0.04",
        ),
        ({"mistreatment": 0.9}, {"mistreatment": 0.6}, 12 * HOURS, 0.0, None),
        ({"safety": 0.9}, {"safety": 0.9}, timedelta(minutes=2), 0.0, None),
        ({"mistreatment": 0.9}, {"mistreatment": 0.3}, 2 * HOURS, 0.05, None),
        ({"service": 0.9}, {"service": 0.9}, 2 * HOURS, 0.05, None),
        (
            {"safety": 0.7, "privacy": 0.6},
            {"privacy": 0.9, "safety": 0.5},
            2 * HOURS,
            0.05,
            "both allege privacy, similar 0.05",
        ),
    ],
    ids=[
        "words of one day that are alike",
        "other harms in other words are another story",
        "what was last told the day before yesterday is another story",
        "the same harm, half a day apart, with some words in common",
        "the same harm, half a day apart, without a word in common",
        "two accidents of one day are two, if no word ties them",
        "a harm that one of them hardly alleges ties nothing",
        "routine service ties nothing",
        "the harm that both allege most is named",
    ],
)
def test_stories_are_tied_by_words_harms_and_time(harms, open_harms, ago, alike, tie):
    assert kinship(story(harms), story(open_harms, ago=ago), alike=alike) == tie


def crowd(count: int, harms: dict[str, float], *, ago: timedelta = timedelta()) -> StoryFacts:
    """An incident with so many mentions, the last of them so long ago."""
    first = NOON - ago - timedelta(seconds=count - 1)
    return replace(
        story(harms, ago=ago),
        first_at=first,
        mention_count=count,
        times=tuple(float(n) for n in range(count)),
    )


@pytest.mark.parametrize(
    ("harms", "open_", "tie"),
    [
        ({}, crowd(40, {"mistreatment": 0.8}), "a side of what 40 posts of a day speak of"),
        (
            {"mistreatment": 0.9, "legal": 0.9},
            crowd(10, {"mistreatment": 0.3}),
            "a side of what 10 posts of a day speak of",
        ),
        ({}, crowd(9, {"mistreatment": 0.8}), None),
        ({"legal": 0.9}, crowd(9, {"legal": 0.8}), None),
        ({"outage": 0.4}, crowd(3, {"outage": 0.9}), "a side of what 3 posts of a day speak of"),
        ({"outage": 0.4}, crowd(2, {"outage": 0.9}), None),
        ({}, crowd(40, {}, ago=25 * HOURS), None),
        ({"privacy": 0.4}, crowd(40, {"mistreatment": 0.8}), None),
        ({"mistreatment": 0.9}, crowd(40, {"mistreatment": 0.29}), None),
        ({"privacy": 0.39}, crowd(40, {}), "a side of what 40 posts of a day speak of"),
        ({"safety": 0.9}, crowd(40, {"safety": 0.9}), None),
        (
            {"service": 0.9, "executive": 0.9, "boycott": 0.9},
            crowd(40, {"outage": 0.9}),
            "a side of what 40 posts of a day speak of",
        ),
    ],
    ids=[
        "jokes and share prices while everybody speaks of it",
        "the same harm and its reactions",
        "too few speak of it",
        "a reaction is no harm to share",
        "a few tell of the same harm",
        "two are not a few",
        "nobody has spoken of it for a day",
        "another grave harm is another matter",
        "the incident hardly alleges it",
        "a harm that is hardly alleged is none",
        "two accidents are two, even now",
        "reactions and routine",
    ],
)
def test_while_everybody_speaks_of_one_thing_the_rest_is_a_side_of_it(
    harms: dict[str, float], open_: StoryFacts, tie: str | None
) -> None:
    assert side(story(harms), open_) == tie


def test_what_was_said_before_the_last_day_is_no_crowd() -> None:
    slow = replace(crowd(40, {}), first_at=NOON - 40 * HOURS)
    hourly = replace(slow, times=tuple(3600.0 * n for n in range(1, 41)))

    assert side(story({}), hourly) == "a side of what 24 posts of a day speak of"


def test_a_repost_that_comes_late_is_as_near_as_one_that_comes_early():
    late = story({}, ago=-30 * HOURS)

    assert kinship(story({}), late, alike=0.9) is None
