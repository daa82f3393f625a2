"""When a second story is another side of an incident that is open already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.kinship import kinship
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


def test_a_repost_that_comes_late_is_as_near_as_one_that_comes_early():
    late = story({}, ago=-30 * HOURS)

    assert kinship(story({}), late, alike=0.9) is None
