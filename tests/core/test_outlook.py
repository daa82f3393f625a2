"""What is viral for whom: the size that one story in a hundred of the brand exceeds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.growth import VIRAL_SIZE, GrowthModel
from monitor.core.outlook import LEAST_SIZE, Outlook, viral_sizes
from tests.core.facts import NOON, story
from tests.core.test_growth import flat


@pytest.mark.parametrize(
    ("sizes", "viral"),
    [
        ([("a", 1, 990), ("a", 80, 9), ("a", 700, 1)], {"a": LEAST_SIZE}),
        ([("a", 1, 900), ("a", 80, 90), ("a", 700, 10)], {"a": 80.0}),
        ([("a", 1, 900), ("a", 80, 89), ("a", 700, 11)], {"a": 700.0}),
        ([("a", 90, 199)], {}),
        ([("a", 90, 200), ("b", 70, 150), ("b", 60, 50)], {"a": 90.0, "b": 70.0}),
        ([], {}),
    ],
)
def test_one_story_in_a_hundred_is_larger(
    sizes: list[tuple[str, int, int]], viral: dict[str, float]
) -> None:
    assert viral_sizes(sizes) == viral


def test_a_brand_is_measured_by_its_own_stories() -> None:
    model = flat(0.0, 1.0, 2.0, viral=(0.0, 0.0, -1.0, *(0.0,) * 5))
    known = story(mention_count=20, times=tuple(range(20)))
    large, small = (Outlook(model=model, viral=each) for each in ({}, {known.brand: 60.0}))

    told, usual = small(known, NOON), large(known, NOON)
    assert told is not None
    assert usual is not None
    # The logistic of minus log(threshold / count).
    assert told.viral_probability == pytest.approx(1 / 4)
    assert usual.viral_probability == pytest.approx(1 / (1 + VIRAL_SIZE / 20))
    assert told.at == NOON + timedelta(days=1)


def test_before_its_first_mention_nothing_is_forecast() -> None:
    assert Outlook(model=GrowthModel.default())(story(mention_count=0), NOON) is None
