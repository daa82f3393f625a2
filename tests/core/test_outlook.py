"""What is viral for whom: the size that one story in a hundred of the brand exceeds."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.growth import Chance, GrowthModel, logistic
from monitor.core.outlook import EVERYDAY, LEAST_SIZE, Outlook, everyday, viral_sizes
from tests.core.facts import NOON, story
from tests.core.test_growth import WIDTH, always, below, fitted, flat


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
    near = Chance(trees=below(WIDTH, math.log(4)), small=(0.0, 1.0), others=(0.0, 1.0))
    model = flat(0.0, 1.0, 2.0, chance=near)
    known = story(mention_count=20, times=tuple(range(20)))
    large, small = (Outlook(model=model, viral=each) for each in ({}, {known.brand: 60.0}))

    told, usual = small(known, NOON), large(known, NOON)
    assert told is not None
    assert usual is not None
    # Up to four times the count is likely: 60 is, the usual 500 is not.
    assert told.viral_probability == pytest.approx(logistic(1.0))
    assert usual.viral_probability == pytest.approx(logistic(-1.0))
    assert told.at == NOON + timedelta(days=1)


class TestWhatABrandsStoriesAreLike:
    """Everyday stories stop where they are; the others grow to seven times."""

    MODEL = GrowthModel(mixed=fitted(1.0, 2.0, 3.0), everyday=fitted(0.0, 0.0, 0.5))
    OVER = tuple(float(second) for second in range(10))
    GREW = (*OVER, *(5000.0 + second for second in range(64)))
    SMALL = (*OVER[:4], *GREW[10:])

    @pytest.mark.parametrize(
        ("past", "log_odds"),
        [
            ([OVER], 1.0),
            ([OVER, OVER], 2.0),
            ([GREW], -1.0),
            ([GREW, OVER], 0.0),
            # Halfway between the two forecasts it speaks for neither.
            ([(*OVER, *GREW[10:][:17])], 2 - 2 * math.log(2.7)),
            # Too small after an hour for any forecast.
            ([SMALL], None),
        ],
    )
    def test_each_past_story_speaks_for_the_forecast_that_came_nearer(
        self, past: list[tuple[float, ...]], log_odds: float | None
    ) -> None:
        found = everyday((("Acme", times) for times in past), self.MODEL)
        start = math.log(EVERYDAY / (1 - EVERYDAY))
        expected = {} if log_odds is None else {"Acme": logistic(start + log_odds)}
        assert found == pytest.approx(expected)

    @pytest.mark.parametrize(("hours", "log_odds"), [(168.1, 0.5), (167.9, -0.5)])
    def test_they_are_forecast_for_a_week_from_their_first_hour(
        self, hours: float, log_odds: float
    ) -> None:
        """The everyday forecast is right up to a horizon of so many hours, and wrong beyond."""
        horizon = below(2, math.log(hours))
        everyday_ = replace(fitted(0.0, 0.0, 0.5), quantiles=(always(0.0), horizon, always(3.0)))
        model = GrowthModel(mixed=fitted(0.0, 0.5, 0.5), everyday=everyday_)
        past = (*self.OVER, *(5000.0 + second for second in range(17)))
        found = everyday([("Acme", past)], model)
        assert found["Acme"] == pytest.approx(logistic(math.log(9) + log_odds), abs=0.01)

    def test_brands_are_told_apart(self) -> None:
        past = [("a", self.OVER), *[("b", self.GREW)] * 5]
        found = everyday(past, self.MODEL)
        assert found["a"] > EVERYDAY > 0.1 > found["b"]

    def test_what_was_learnt_is_forecast_by(self) -> None:
        plain = Outlook(model=self.MODEL)
        learnt = plain.learnt([("Acme", 90, 200)], [("Acme", self.GREW)] * 9)
        known = story(mention_count=20, times=tuple(range(20)))
        before, after = plain(known, NOON), learnt(known, NOON)
        assert learnt.viral == {"Acme": 90.0}
        assert before is not None
        assert after is not None
        assert before.p50 == pytest.approx(20 * math.exp(2 * (1 - EVERYDAY)))
        assert after.p50 == pytest.approx(20 * math.exp(2.0), rel=0.01)


def test_before_its_first_mention_nothing_is_forecast() -> None:
    assert Outlook(model=GrowthModel.default())(story(mention_count=0), NOON) is None
