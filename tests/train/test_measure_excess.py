"""What tells a quiet post of an event from other talk of its days, measured on a few made up."""

from __future__ import annotations

from datetime import timedelta

import pytest

pytest.importorskip("sklearn", reason="the extra `train` is not installed")

from models.train.measure_excess import Beside, Post, beside, fitted
from monitor.core.meaning import Meaning
from tests.core.facts import HOUR, NOON

EVENT, TALK, OTHER = (120, 10, 10), (10, 120, 10), (10, 40, 100)


def post(
    text: str, leaning: tuple[int, int, int], *, tells: bool, alarm: float, ago: timedelta
) -> Post:
    return Post(
        brand="Meridian",
        at=NOON - ago,
        text=text,
        tells=tells,
        alarm=alarm,
        meaning=Meaning(model="m", packed=bytes(leaning)),
    )


def alarming(ago: int) -> Post:
    return post(f"man dragged off plane {ago}", EVENT, tells=True, alarm=0.9, ago=ago * HOUR)


JOKE = post("seats come with a fight now", EVENT, tells=True, alarm=0.1, ago=2 * HOUR)
LOUNGE = post("new lounge opens", OTHER, tells=False, alarm=0.1, ago=HOUR)
KNOWN = [alarming(5), alarming(4), alarming(3)]


def test_quiet_posts_are_laid_beside_the_event() -> None:
    before = post("queue at the gate", TALK, tells=False, alarm=0.1, ago=6 * HOUR)
    of_it, other = beside([before, *KNOWN, JOKE, LOUNGE])

    assert (of_it.tells, other.tells) == (True, False)
    assert of_it.near > 0.0 > other.near


@pytest.mark.parametrize(
    "posts",
    [
        [*KNOWN[1:], JOKE],
        [alarming(40), alarming(39), alarming(38), JOKE],
        [*KNOWN, alarming(2)],
        [*KNOWN, post("man dragged off plane", EVENT, tells=True, alarm=0.1, ago=HOUR)],
    ],
    ids=[
        "too little is known of the event",
        "nobody spoke of it for a day",
        "what alarms is not quiet",
        "grouping put it there",
    ],
)
def test_nothing_else_is(posts: list[Post]) -> None:
    assert not list(beside(posts))


def test_the_fit_finds_what_tells_them_apart() -> None:
    found = [Beside(alike=0.0, near=n / 10, tells=n > 0) for n in (-6, -5, -4, 4, 5, 6)]
    found += [Beside(alike=0.05, near=0.0, tells=tells) for tells in (True, True, False)]
    words, meaning, _ = fitted([*found, Beside(alike=0.0, near=0.0, tells=False)])

    assert words > 0
    assert meaning > 0
