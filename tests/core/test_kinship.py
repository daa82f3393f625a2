"""When a second story is another side of an incident that is open already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.kinship import (
    Other,
    are_one,
    kin,
    kinship,
    like_the_rest,
    side,
    tells_of_another,
)
from monitor.core.tally import StoryFacts

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def story(harms: dict[str, float], *, ago: timedelta = timedelta()) -> StoryFacts:
    at = NOON - ago
    return StoryFacts(
        brand="Meridian Air", at=NOON, first_at=at, last_at=at, first_seen_at=at, harms=harms
    )


HOURS = timedelta(hours=1)
OUTAGE = {"outage": 0.9}
POISON = {"product": 0.9, "safety": 0.8}


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


@pytest.mark.parametrize(
    ("harms", "open_harms", "alike", "near", "is_tied"),
    [
        ({"mistreatment": 0.6}, {"labour": 0.9}, 0.12, 0.24, False),
        ({"mistreatment": 0.59}, {"labour": 0.9}, 0.12, 0.24, True),
        ({"mistreatment": 0.9}, {"labour": 0.9}, 0.12, 0.25, True),
        ({"mistreatment": 0.9}, {"labour": 0.9}, 0.12, -1.0, True),
        ({"mistreatment": 0.9}, {"mistreatment": 0.3}, 0.12, 0.0, True),
        ({"safety": 1.0}, {"safety": 0.7}, 0.13, 0.19, False),
        ({"legal": 0.9, "service": 0.9}, {}, 0.12, 0.0, True),
    ],
    ids=[
        "a passenger mocked, and a desk unstaffed",
        "not sure enough to allege it",
        "it means something like it",
        "nobody knows what it means",
        "the harm is known",
        "a lorry on its side, and metal in what it carried",
        "a reaction is no harm of its own",
    ],
)
def test_words_alone_do_not_tie_a_grave_harm_of_its_own_that_means_something_else(
    harms, open_harms, alike, near, is_tied
):
    tie = kinship(story(harms), story(open_harms), alike=alike, near=near)

    assert (tie is not None) is is_tied


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


@pytest.mark.parametrize(
    ("near", "heard", "ago", "is_side"),
    [
        (0.7, 10, timedelta(), True),
        (0.59, 10, timedelta(), False),
        (0.45, 30, timedelta(), True),
        (0.35, 30, timedelta(), False),
        (0.25, 140, timedelta(), True),
        (-0.2, 140, timedelta(), False),
        (-1.0, 400, timedelta(), False),
        (0.95, 9, 7 * HOURS, False),
        (0.9, 140, 25 * HOURS, False),
    ],
    ids=[
        "ten speak of it, and it means nearly the same",
        "ten speak of it, and it may be another scandal",
        "thirty speak of it: less will do",
        "thirty speak of it, and it is like any grave story",
        "the world speaks of it: what is not quite apart is part of it",
        "the world speaks of it, and this is something else",
        "nobody knows what it means",
        "no crowd, and not of the same hours",
        "nobody has spoken of it for a day",
    ],
)
def test_the_more_speak_of_it_the_less_near_a_side_must_be_in_meaning(
    near: float, heard: int, ago: timedelta, is_side: bool
) -> None:
    tie = like_the_rest(story({"privacy": 0.9}), story({}, ago=ago), near=near, heard=heard)

    expected = f"near in meaning, {near:.2f}, to what {heard} posts of a day speak of"
    assert tie == (expected if is_side else None)


@pytest.mark.parametrize(
    ("harm", "near", "heard", "ago", "is_side"),
    [
        (0.4, 0.51, 1, 6 * HOURS, True),
        (0.4, 0.51, 9, timedelta(), True),
        (0.4, 0.50, 9, timedelta(), False),
        (0.39, 0.95, 9, timedelta(), False),
        (0.9, 0.95, 1, 6 * HOURS + timedelta(minutes=1), False),
    ],
    ids=[
        "the fire, and the missing of the fire",
        "nine are no crowd: they make it no likelier",
        "grave as well, but it may be another scandal",
        "it means the same and alleges something else",
        "of the morning and of the night",
    ],
)
def test_however_few_speak_of_it_the_same_harm_that_means_the_same_within_hours_is_a_side(
    harm: float, near: float, heard: int, ago: timedelta, is_side: bool
) -> None:
    new, open_ = story({"safety": harm}), story({"safety": 0.9}, ago=ago)

    tie = like_the_rest(new, open_, near=near, heard=heard)

    expected = f"near in meaning, {near:.2f}, and both allege safety"
    assert tie == (expected if is_side else None)
    assert tie == like_the_rest(open_, new, near=near, heard=heard)


def test_the_odds_of_a_side_are_those_of_the_crowd_times_the_likelihood_ratio() -> None:
    """Bayes: 40 posts at .1 each and a ratio of exp(7.3 near - 2.97) are odds of 4 at .4068."""
    new, open_ = story({}), story({})

    assert like_the_rest(new, open_, near=0.407, heard=40)
    assert not like_the_rest(new, open_, near=0.406, heard=40)


@pytest.mark.parametrize(
    ("one", "other", "near", "is_one"),
    [
        (crowd(7, {}), crowd(3, {}), 0.4, True),
        (crowd(7, {}), crowd(3, {}), 0.39, False),
        (crowd(7, {}), crowd(2, {}), 0.59, False),
        (crowd(6, {}), crowd(3, {}), 0.59, False),
        (crowd(40, {}), crowd(40, {}, ago=25 * HOURS), 0.9, False),
        (crowd(40, {"safety": 0.9}), crowd(9, {"privacy": 0.9}), 0.5, True),
    ],
    ids=[
        "both go on, and mean much the same",
        "they mean something else",
        "a single voice or two may be anything",
        "too few speak of either",
        "one of them is of the day before",
        "whatever they allege",
    ],
)
def test_two_incidents_that_both_go_on_are_one_if_they_mean_the_same(
    one: StoryFacts, other: StoryFacts, near: float, is_one: bool
) -> None:
    tie = f"near in meaning, {near:.2f}, and both spoken of today" if is_one else None

    assert are_one(one, other, near=near) == tie
    assert are_one(other, one, near=near) == tie


@pytest.mark.parametrize(
    ("one", "other", "near", "is_one"),
    [
        (crowd(2, OUTAGE), crowd(1, OUTAGE, ago=6 * HOURS), 0.51, True),
        (crowd(2, OUTAGE), crowd(1, OUTAGE), 0.5, False),
        (crowd(2, OUTAGE), crowd(1, {"privacy": 0.9}), 0.6, True),
        (crowd(2, OUTAGE), crowd(1, {"privacy": 0.9}), 0.59, False),
        (crowd(1, OUTAGE), crowd(1, OUTAGE), 0.9, False),
        (crowd(2, OUTAGE), crowd(1, OUTAGE, ago=7 * HOURS), 0.9, False),
        (crowd(2, POISON), crowd(1, {"product": 0.9}), 0.59, False),
        (crowd(2, POISON), crowd(1, {"product": 0.9}), 0.6, True),
        (crowd(2, POISON), crowd(1, {"product": 0.9, "safety": 0.3}), 0.51, True),
    ],
    ids=[
        "both allege it, and they mean much the same",
        "both allege it, and it may be two of a kind",
        "they allege something else and mean nearly the same",
        "they allege something else",
        "two posts are too few to tell",
        "of the morning and of the night",
        "one is grave besides",
        "one is grave besides, and they mean nearly the same",
        "the other hints at it too",
    ],
)
def test_two_small_incidents_of_the_same_hours_are_one_if_they_mean_nearly_the_same(
    one: StoryFacts, other: StoryFacts, near: float, is_one: bool
) -> None:
    tie = f"near in meaning, {near:.2f}, and of the same hours" if is_one else None

    assert are_one(one, other, near=near) == tie
    assert are_one(other, one, near=near) == tie


def beside(
    facts: StoryFacts, *, alike: float = 0.0, near: float = -1.0, is_loud: bool = True
) -> Other:
    return Other(facts=facts, alike=alike, near=near, is_loud=is_loud)


@pytest.mark.parametrize(
    ("new", "others", "found"),
    [
        ({}, {}, None),
        ({}, {1: beside(crowd(40, {}), alike=0.2), 2: beside(crowd(9, {}), alike=0.3)}, 2),
        ({}, {1: beside(crowd(40, {})), 2: beside(story({}), alike=0.2, is_loud=False)}, 2),
        ({}, {1: beside(crowd(11, {})), 2: beside(crowd(12, {}))}, 2),
        ({}, {1: beside(crowd(40, {}), is_loud=False)}, None),
        (OUTAGE, {1: beside(crowd(40, {}), near=0.9), 2: beside(crowd(3, OUTAGE))}, 2),
        (OUTAGE, {1: beside(crowd(30, {}), near=0.5), 2: beside(crowd(20, {}), near=0.6)}, 2),
        (OUTAGE, {1: beside(crowd(6, {}), near=0.7), 2: beside(crowd(5, {}), near=0.1)}, 1),
        (OUTAGE, {1: beside(crowd(90, {}), near=0.5, is_loud=False)}, None),
        (OUTAGE, {1: beside(crowd(2, OUTAGE), near=0.6, is_loud=False)}, 1),
        (OUTAGE, {1: beside(crowd(2, {}), alike=0.2, near=0.1)}, None),
        (OUTAGE, {1: beside(crowd(40, {}), near=0.5), 2: beside(crowd(40, {}), near=0.5)}, 1),
    ],
    ids=[
        "nothing is open",
        "the most alike in words",
        "words tie before the crowd does, also what is only watched",
        "of two crowds the larger",
        "what is only watched is no crowd",
        "the same harm before the same meaning",
        "of two in meaning the nearer",
        "the crowd is all who speak of loud incidents",
        "what is only watched lends no crowd",
        "but what alleges and means the same is a side of it",
        "the same words for another harm",
        "of equals the oldest",
    ],
)
def test_the_incident_it_is_a_side_of(
    new: dict[str, float], others: dict[int, Other], found: int | None
) -> None:
    tie = kin(story(new), others)

    assert (tie[0] if tie else None) == found


def test_it_is_said_what_ties_them() -> None:
    assert kin(story(OUTAGE), {7: beside(crowd(40, {}), near=0.5)}) == (
        7,
        "near in meaning, 0.50, to what 40 posts of a day speak of",
    )


@pytest.mark.parametrize(
    ("harms", "is_another"),
    [
        ({}, False),
        ({"mistreatment": 0.9}, False),
        ({"privacy": 0.39}, False),
        ({"privacy": 0.4}, True),
        ({"safety": 0.9}, True),
        ({"legal": 0.9, "boycott": 0.9, "service": 0.9}, False),
        ({"praise": 0.4}, True),
    ],
    ids=[
        "nothing is alleged",
        "what the incident alleges too",
        "another harm, hardly",
        "another harm",
        "an accident is always another one",
        "what a scandal brings about, and the daily queue",
        "praise",
    ],
)
def test_what_a_quiet_post_may_tell_besides(harms: dict[str, float], is_another: bool) -> None:
    open_ = story({"mistreatment": 0.8, "safety": 0.8})
    assert tells_of_another(story(harms), open_) is is_another
