"""How much more is said of a brand than usual, and what a quiet post is then a part of."""

from __future__ import annotations

import pytest

from monitor.core.excess import DEFAULT, excess, part_of
from monitor.core.meaning import UNKNOWN


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
        ({"heard": 10.0, "usual": 0.0}, True),
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
        "just enough speak",
        "another incident is spoken of more",
    ],
)
def test_a_quiet_post_is_part_of_what_everybody_speaks_of(changed, is_part: bool) -> None:
    known = {"heard": 60.0, "usual": 4.0, "share": 1.0, "alike": 0.01, "near": 0.0} | changed
    heard, usual = known.pop("heard"), known.pop("usual")
    assert (part_of(heard, usual, **known) >= DEFAULT.odds) is is_part
