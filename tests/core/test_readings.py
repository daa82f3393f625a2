"""Who answers for what is grave, and how far others say so in words of their own."""

from __future__ import annotations

from math import log
from typing import Any

import pytest

from monitor.core.readings import Readings, leading
from monitor.core.types import Mention
from tests.core.facts import mention, verdict

NEWS: dict[str, Any] = {"title": "Fire at Acme", "kind": "feed"}


def heard(*said: tuple[Mention, dict[str, Any]]) -> Readings:
    readings = Readings()
    for one, values in said:
        readings.add(one, verdict(**values))
    return readings


@pytest.mark.parametrize(
    ("known", "firsthand", "vouched", "edited"),
    [
        ({}, 0.2, 0.2, 0.0),
        ({}, 0.9, 0.9, 0.0),
        (NEWS, 0.0, 1.0, 1.0),
        ({"title": "Help", "kind": "forum"}, 0.3, 0.3, 0.0),
        ({"title": "Avoid", "kind": "appstore"}, 0.3, 0.3, 0.0),
    ],
    ids=["hearsay", "an eyewitness", "a paper", "a thread of a forum", "a review"],
)
def test_what_is_grave_is_vouched_for_by_an_eyewitness_or_an_editor(
    known: dict[str, Any], firsthand: float, vouched: float, edited: float
) -> None:
    readings = heard((mention(1, **known), {"alarm": 0.8, "firsthand": firsthand}))

    assert readings.vouched == pytest.approx(vouched)
    assert readings.edited == edited


def test_an_editor_answers_for_what_he_prints_alone() -> None:
    """A paper's small matter beside a grave rumour: discounted by how far its alarm lags."""
    readings = heard(
        (mention(1), {"alarm": 0.8, "firsthand": 0.0}), (mention(2, **NEWS), {"alarm": 0.2})
    )

    assert readings.vouched == readings.edited == pytest.approx(0.25)


def gain(alarm: float) -> float:
    """Log-odds over those of a tenth."""
    return log(alarm / (1 - alarm)) - log(0.1 / 0.9)


def test_each_further_text_adds_half_as_much_as_the_one_before() -> None:
    alone = heard((mention(1), {"alarm": 0.6}))
    backed = heard(*((mention(n), {"alarm": alarm}) for n, alarm in enumerate((0.6, 0.5, 0.4))))

    assert alone.backing == 0.0
    assert backed.backing == pytest.approx(gain(0.5) / 2 + gain(0.4) / 4)


def test_ordinary_texts_and_copies_add_nothing() -> None:
    readings = Readings()
    readings.add(mention(1), verdict(alarm=0.6), wording="w")
    readings.add(mention(2), verdict(alarm=0.6), wording="w")
    readings.add(mention(3), verdict(alarm=0.1))
    readings.add(mention(4), verdict(alarm=0.0))

    assert readings.backing == 0.0


def test_of_a_large_story_only_what_lies_behind_the_leading_texts_adds() -> None:
    """Two of twelve texts lead by half, so the third is the first further one."""
    alarms = (0.6, 0.5, 0.4, *[0.05] * 9)
    readings = heard(*((mention(n), {"alarm": alarm}) for n, alarm in enumerate(alarms)))

    assert readings.backing == pytest.approx(gain(0.4) / 2)


def test_certainty_backs_with_all_that_can_be_said() -> None:
    readings = heard(*((mention(n), {"alarm": 1.0}) for n in range(2)))

    assert 5 < readings.backing < 10


def test_who_speaks_of_what_followed_takes_nothing_from_what_is_alleged() -> None:
    """A wrong dose, told by three, is not forgotten over inquiry, union and helpline."""
    doses = [(mention(n), {"alarm": 0.8, "harms": {"safety": 0.7}}) for n in range(1, 4)]
    talk = [(mention(n), {"alarm": 0.85, "harms": {"legal": 0.1}}) for n in range(4, 16)]

    assert heard(*doses, *talk).harms["safety"] == pytest.approx(0.7 * 0.8 / 0.85)


def test_a_harm_that_hardly_alarms_is_hardly_alleged() -> None:
    """Tick bites in a park are no harm done by the park's hotel, in a story of its cruelty."""
    readings = heard(
        (mention(1), {"alarm": 0.8, "harms": {"mistreatment": 0.9}}),
        (mention(2), {"alarm": 0.1, "harms": {"safety": 0.8}}),
    )

    assert readings.harms["mistreatment"] == pytest.approx(0.9)
    assert readings.harms["safety"] == pytest.approx(0.1)


def test_among_many_texts_one_that_alleges_a_harm_is_a_slip() -> None:
    alone = (mention(1), {"alarm": 0.8, "harms": {"safety": 0.9}})
    others = [(mention(n), {"alarm": 0.7, "harms": {"service": 0.9}}) for n in range(2, 34)]

    assert heard(alone, *others).harms["safety"] == pytest.approx(0.9 / leading(33))
