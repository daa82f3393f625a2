"""Where something happened, by what follows "at" or "in"."""

from __future__ import annotations

import pytest

from monitor.core.places import place_of


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("The driver at Gate 7 waited", "Gate 7"),
        ("Thanks to the crew in New York City!", "New York City"),
        ("Great help from Maria at St Pancras", "Maria"),
        ("It was in March, near Kings Cross", "Kings Cross"),
        ("The best in town", None),
        ("Thanks to all at L" + "o" * 59 + ", near Kings Cross", "L" + "o" * 59),
        ("Thanks to all at L" + "o" * 60 + ", near Kings Cross", "Kings Cross"),
        ("", None),
    ],
)
def test_the_place_is_what_the_author_names(text: str, place: str | None) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("at Beacon Bank", None),
        ("at Beacon they care, near Kings Cross", "Kings Cross"),
        ("in Beacon Bank\u2019s Leeds", "Leeds"),
        ("at BB Leeds", "Leeds"),
        ("at Beacon Hill", "Beacon Hill"),
    ],
)
def test_the_brand_is_no_place(text: str, place: str | None) -> None:
    assert place_of(text, ("Beacon Bank", "BB")) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Thanks to all at Macy's", None),
        ("the shoe desk at Macy\u2019s, near Herald Square", "Herald Square"),
        ("at Macy's Chicago", "Chicago"),
    ],
)
def test_nor_is_a_brand_with_a_possessive_in_its_name(text: str, place: str | None) -> None:
    assert place_of(text, ("Macy's",)) == place
