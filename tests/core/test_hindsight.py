"""Whether a post that says an ambiguous name alone is about the brand, by what else is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.hindsight import about_beside, bears_on, is_doubtful
from monitor.core.tally import StoryFacts
from monitor.core.types import Verdict
from tests.core.facts import NOON, mention, verdict

HOURS = timedelta(hours=1)


def metal(about: float, *, product: float = 0.9, alarm: float = 0.8) -> Verdict:
    """Metal in somebody's oats, and how far the classifier takes them for the brand's."""
    return verdict(about=about, alarm=alarm, harms={"product": product})


def report(*, product: float = 0.9, later: timedelta = timedelta()) -> StoryFacts:
    at = NOON + later
    harms = {"product": product, "service": 0.9}
    return StoryFacts(
        brand="Fernhill", at=at, first_at=at, last_at=at, first_seen_at=at, harms=harms
    )


@pytest.mark.parametrize(
    ("certain", "about", "alarm", "doubtful"),
    [
        (False, 0.4, 0.25, True),
        (False, 0.4, 0.24, False),
        (False, 0.5, 0.9, False),
        (True, 0.02, 0.9, False),
    ],
    ids=[
        "it would matter",
        "it alarms nobody",
        "it counts anyway",
        "a sure no of a name that means the brand alone is believed",
    ],
)
def test_worth_a_second_look(certain: bool, about: float, alarm: float, doubtful: bool) -> None:
    assert is_doubtful(mention(certain=certain), metal(about, alarm=alarm)) is doubtful


def test_the_probability_is_that_of_the_text_times_what_the_story_tells() -> None:
    """Odds of 1 to 4, doubled for the same harm, times exp(7.3 near - 2.97): even at 0.5018."""
    beside = [about_beside(metal(0.2), near=n) for n in (0.5, 0.502)]

    assert beside[0] < 0.5 < beside[1]
    assert beside == pytest.approx([0.4967, 0.5003], abs=1e-4)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (metal(0.4, product=0.39), report()),
        (metal(0.4), report(product=0.39)),
        (metal(0.4), report(later=6 * HOURS + timedelta(seconds=1))),
        (metal(0.4), report(later=-6 * HOURS - timedelta(seconds=1))),
        (verdict(about=0.4, harms={"service": 0.9}), report()),
    ],
    ids=[
        "it alleges something else",
        "the story alleges something else",
        "the story is of the evening",
        "the story was of the night before",
        "poor service is everybody's",
    ],
)
def test_what_shares_no_grave_harm_of_the_same_hours_is_told_by_its_text_alone(
    said: Verdict, told: StoryFacts
) -> None:
    assert not bears_on(told, mention(0), said)


def test_within_hours_before_or_after_is_near_enough() -> None:
    for later in (6 * HOURS, -6 * HOURS):
        assert bears_on(report(later=later), mention(0), metal(0.2, product=0.4))
        assert bears_on(report(later=later, product=0.4), mention(0), metal(0.2))


def test_a_story_about_something_else_is_no_evidence_against_it() -> None:
    assert about_beside(metal(0.4), near=-0.5) == 0.4
