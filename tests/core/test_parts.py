"""Rounded parts add up to the rounded risk, to the last digit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.parts import MAX_PARTS, exact_parts
from monitor.core.types import Part


def parts(*values: float) -> tuple[Part, ...]:
    return tuple(
        Part(name=f"part {n}", value=value, sentence=f"Sentence {n}.")
        for n, value in enumerate(values)
    )


def values(made: tuple[Part, ...]) -> list[float]:
    return [part.value for part in made]


def decimal_sum(made: tuple[Part, ...]) -> Decimal:
    return sum((Decimal(str(part.value)) for part in made), Decimal(0))


TABLE = {
    "as it is": ((0.4, 0.2), 0.6, [0.4, 0.2]),
    "thirds: the part that lost most gets it": (
        (0.333333, 0.333333, 0.333334),
        1.0,
        [0.3333, 0.3333, 0.3334],
    ),
    "one too many: the part that gained most gives it": (
        (0.00006, 0.00007, 0.00007),
        0.0002,
        [0.0, 0.0001, 0.0001],
    ),
    "a part that takes away": ((0.5, -0.12345), 0.3766, [0.5, -0.1234]),
    "what the parts do not explain": ((0.4, 0.2), 0.7, [0.4, 0.2, 0.1]),
    "what they explain too much": ((0.4, 0.2), 0.5, [0.4, 0.2, -0.1]),
    "a difference that rounding could have made": ((0.4, 0.2), 0.6002, [0.4001, 0.2001]),
    "one that it could not": ((0.4, 0.2), 0.6003, [0.4, 0.2, 0.0003]),
    "no parts at all": ((), 0.3, [0.3]),
    "nothing": ((), 0.0, []),
}


@pytest.mark.parametrize("name", TABLE)
def test_parts_and_what_becomes_of_them(name: str) -> None:
    given_values, total, expected = TABLE[name]
    assert values(exact_parts(parts(*given_values), total=total)) == expected


def test_names_and_sentences_stay_with_their_values() -> None:
    assert exact_parts(parts(0.2), total=0.5) == (
        *parts(0.2),
        Part(name="other", value=0.3, sentence="What the other parts do not explain."),
    )


def test_of_many_parts_the_ten_largest_are_shown_in_their_order() -> None:
    made = exact_parts(parts(*[0.01, -0.09, *[0.02] * 9, 0.03]), total=0.13)
    assert values(made) == [-0.09, *[0.02] * 8, 0.03, 0.03]
    assert [part.name for part in made] == [
        "part 1",
        *[f"part {n}" for n in range(2, 10)],
        "part 11",
        "other",
    ]


def test_ten_parts_are_all_shown() -> None:
    assert len(exact_parts(parts(*[0.05] * 10), total=0.5)) == 10


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), max_size=14), st.floats(0, 1) | st.none())
def test_whatever_the_parts_they_add_up_exactly(
    given_values: list[float], total: float | None
) -> None:
    total = sum(given_values) if total is None else total
    made = exact_parts(parts(*given_values), total=total)
    assert decimal_sum(made) == round(Decimal(str(round(total, 4))), 4)
    assert len(made) <= MAX_PARTS
