"""How near in meaning sides of an event are, measured on events made of a few vectors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra `train` is not installed")

from models.train.measure_sides import NAME, Event, fitted, renamed, sides
from monitor.core.settings import Brand
from tests.fakes import verdict

UNITED = Brand(
    name="United Airlines", aliases=("@united", "United Express"), ambiguous=("United",)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("United Airlines again", f"{NAME} again"),
        ("hey @united, on united express", f"hey {NAME}, on {NAME}"),
        ("UNITED's crew", f"{NAME}'s crew"),
        ("they reunited at the gate", "they reunited at the gate"),
    ],
)
def test_an_event_is_told_of_a_made_up_brand(text: str, expected: str) -> None:
    assert renamed(text, UNITED) == expected


def event(leaning: tuple[int, int], *, mentions: int = 14, alarm: float = 0.9) -> Event:
    """One that leans one way, after as many mentions that lean no way at all."""
    calm = replace(verdict(), vector=bytes((60, 60)))
    grave = replace(verdict(alarm=alarm), vector=bytes(number % 256 for number in leaning))
    told = tuple(range(mentions, 2 * mentions))
    return Event(verdicts=(calm,) * mentions + (grave,) * mentions, telling=told)


def rounded(found: Iterable[float]) -> set[float]:
    return {round(float(each), 2) for each in found}


def test_later_mentions_of_the_event_are_its_sides_and_those_of_others_are_not() -> None:
    own, other = sides([event((120, 10)), event((10, 120))])

    assert (len(own), len(other)) == (2 * 4, 2 * 12)
    assert rounded(own) == {1.0}
    assert max(other) < -0.8


def test_what_does_not_alarm_is_no_side() -> None:
    own, other = sides([event((120, 10)), event((10, 120), alarm=0.2)])

    assert (len(own), len(other)) == (4, 12)


def test_an_event_of_few_mentions_is_only_laid_beside_others() -> None:
    own, other = sides([event((120, 10)), event((10, 120), mentions=10)])

    assert (len(own), len(other)) == (4, 10)


def test_the_fit_is_the_log_likelihood_ratio_of_two_normal_distributions() -> None:
    """Of means .6 and .2 and deviation .2: slope .4 / .04, and 0 half way between."""
    random = np.random.default_rng(1)
    own, other = random.normal(0.6, 0.2, 20_000), random.normal(0.2, 0.2, 5_000)

    slope, offset = fitted(own.astype(np.float32), other.astype(np.float32))

    assert slope == pytest.approx(10, rel=0.05)
    assert -offset / slope == pytest.approx(0.4, abs=0.01)
