"""Near-duplicates among texts that are drawn."""

from __future__ import annotations

import pytest

from models.train.alike import nearly_equal

TEN = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        (TEN, TEN.upper() + " https://t.co/x", True),
        (TEN, TEN + " eleven", True),  # 8 of 9 shingles
        (TEN, "zero " + TEN + " eleven", True),  # 8 of 10: just enough
        (TEN, "zero " + TEN + " eleven twelve", False),  # 8 of 11
        (TEN, TEN.replace("five", "5"), False),  # 5 of 11
        ("one two", "one two three", False),
        ("!", "?", False),
        ("", "", True),
        (
            "这家航空公司把乘客拖下了飞机真是太可怕了",
            "这家航空公司把乘客拖下了飞机真是太可怕了吧",
            True,
        ),
    ],
)
def test_near_duplicates_share_four_fifths_of_their_shingles(a: str, b: str, near: bool) -> None:
    assert nearly_equal(a, b) is near
    assert nearly_equal(b, a) is near
