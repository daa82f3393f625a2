"""Silences: whom they hold back, until when, and which are not kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.silences import LONGEST, Silence, asked, silent_until
from monitor.core.types import Level
from monitor.errors import InputError
from tests.core.facts import HOUR, MINUTE, NOON

WORK = Silence(brand="Acme", starts_at=NOON, ends_at=NOON + HOUR, reason="new tills", actor="kim")


def held(*silences: Silence, at: Any = NOON, brand: str = "Acme", level: Any = Level.WARNING):
    return silent_until(at, brand=brand, level=level, silences=silences or (WORK,))


@pytest.mark.parametrize("level", [Level.WATCH, Level.WARNING])
def test_what_is_not_critical_is_held_until_its_end(level: Level) -> None:
    assert held(level=level) == NOON + HOUR
    assert held(level=Level.CRITICAL) is None


@pytest.mark.parametrize(
    ("at", "holds"),
    [(NOON - MINUTE, False), (NOON, True), (NOON + 59 * MINUTE, True), (NOON + HOUR, False)],
)
def test_it_holds_from_its_beginning_to_its_end(at: Any, holds: bool) -> None:
    assert (held(at=at) is not None) is holds


def test_it_is_of_its_brand_or_of_all() -> None:
    assert held(brand="Other") is None
    assert held(replace(WORK, brand=None), brand="Other") == NOON + HOUR


def test_of_several_the_last_end_counts() -> None:
    assert held(WORK, replace(WORK, ends_at=NOON + 3 * HOUR)) == NOON + 3 * HOUR


def test_what_can_be_kept_is_kept_as_it_is() -> None:
    assert asked(WORK, now=NOON) == WORK
    longest = replace(WORK, ends_at=NOON + LONGEST)
    assert asked(longest, now=NOON) == longest


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"reason": "  "}, "say why"),
        ({"ends_at": NOON}, "ends after it begins"),
        ({"starts_at": NOON - 2 * HOUR, "ends_at": NOON - HOUR}, "and after now"),
        ({"ends_at": NOON + LONGEST + timedelta(seconds=1)}, "30 days at most"),
    ],
)
def test_what_cannot_be_kept_says_why(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        asked(replace(WORK, **change), now=NOON)
