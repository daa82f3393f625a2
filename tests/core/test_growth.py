"""How large a story will be: an interval in order, and a probability that knows its limits."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.curve import Curve, features
from monitor.core.growth import (
    LEAST,
    QUANTILES,
    VIRAL_SIZE,
    Grid,
    GrowthModel,
    forecast,
    log_growth,
    score,
    score_row,
    viral_features,
)
from monitor.core.trees import Trees
from tests.core.facts import HOUR, NOON, story

SHIPPED = Path(__file__).parents[2] / "models/incident/growth.json"
DAY, WEEK = 86400.0, 7 * 86400.0
WIDTH = 11


@pytest.fixture(scope="module")
def shipped() -> GrowthModel:
    return GrowthModel.load_dict(json.loads(SHIPPED.read_text(encoding="utf-8")))


def curve(*times: float, age: float = 3600.0, horizon: float = WEEK, weight: int = 1) -> Curve:
    known = np.array(times, dtype=np.float64)
    return Curve(times=known, age=age, horizon=horizon, weight=weight)


def steady(count: int, age: float = 3600.0, **known: Any) -> Curve:
    return curve(*np.linspace(0, age, count, endpoint=False), age=age, **known)


def always(value: float) -> Trees:
    """One tree that is a leaf."""
    leaf = {"feature": [[0]], "threshold": [[0.0]], "left": [[0]], "right": [[0]]}
    return Trees.load(leaf | {"start": 0.0, "value": [[value]]})


def flat(
    *logs: float, conformal: Grid | None = None, viral: tuple[float, ...] = ()
) -> GrowthModel:
    """Says the same of every story of five or more; of smaller ones 0, log 2 and log 3."""
    return GrowthModel(
        prior=Grid(counts=(1.0,), ages=(0.0,), cells=(((0.0, math.log(2), math.log(3)),),)),
        quantiles=tuple(map(always, logs)),
        conformal=conformal,
        viral=viral,
        viral_small=viral,
    )


class TestSmallStories:
    def test_under_five_mentions_the_prior_speaks(self) -> None:
        told = score(steady(LEAST - 1), flat(1.0, 2.0, 3.0), threshold=None)
        assert (told.now, told.p10) == (4, 4.0)
        assert (told.p50, told.p90) == pytest.approx((8.0, 12.0))

    def test_from_five_on_the_regression_does(self) -> None:
        told = score(steady(LEAST), flat(1.0, 2.0, 3.0), threshold=None)
        assert told.p50 == pytest.approx(5 * math.exp(2))

    def test_a_row_without_its_first_post_has_one_all_the_same(self) -> None:
        told = score(curve(), flat(), threshold=None)
        assert (told.now, told.p10, told.p50) == pytest.approx((0, 1.0, 2.0))

    @pytest.mark.parametrize(
        ("count", "age", "low"),
        [(1, 10, 1.0), (2, 10, 3.0), (9, 10, 3.0), (0, 60, 2.0), (5, 99, 4.0)],
    )
    def test_a_grid_is_read_from_the_lower_edge(self, count: int, age: int, low: float) -> None:
        rows = [[(1.0, 0.0, 0.0), (2.0, 0.0, 0.0)], [(3.0, 0.0, 0.0), (4.0, 0.0, 0.0)]]
        grid = Grid(counts=(1, 2), ages=(0, 60), cells=tuple(tuple(row) for row in rows))
        assert grid(count, age)[0] == low

    def test_without_a_fitted_model_the_interval_is_wide_and_nothing_is_called_viral(self) -> None:
        told = score(steady(20), GrowthModel.default(), threshold=100)
        assert (told.p10, told.p90) == pytest.approx((20.0, 200.0))
        assert told.viral is None


class TestOrder:
    def test_the_interval_is_sorted_and_never_below_now(self) -> None:
        told = score(steady(10), flat(2.0, -1.0, 0.5), threshold=None)
        assert (told.p10, told.p50) == pytest.approx((10.0, 10 * math.exp(0.5)))
        assert told.p90 == pytest.approx(10 * math.exp(2.0))

    def test_calibration_moves_the_ends_and_not_the_middle(self) -> None:
        wider = Grid(counts=(5.0,), ages=(0.0,), cells=(((0.25, 9.0, 0.5),),))
        found = log_growth(steady(10), flat(1.0, 2.0, 3.0, conformal=wider))
        assert found == (0.75, 2.0, 3.5)

    def test_at_the_horizon_nothing_more_comes(self) -> None:
        told = score(
            steady(10, horizon=3600.0), flat(1.0, 2.0, 3.0, viral=(9.0,) * 8), threshold=11
        )
        assert (told.p10, told.p90, told.viral) == (10.0, 10.0, 0.0)

    @settings(max_examples=40)
    @given(
        st.lists(st.floats(0, 2e5), max_size=80),
        st.floats(0, 2e5),
        st.floats(0, 1e6),
        st.floats(1, 1e6),
    )
    def test_whatever_the_row(
        self, shipped: GrowthModel, times: list[float], at: float, horizon: float, wanted: float
    ) -> None:
        told = score_row(times, None, at=at, horizon=horizon, threshold=wanted, model=shipped)
        assert told.now == sum(time <= at for time in times)
        assert told.now <= told.p10 <= told.p50 <= told.p90 < math.inf
        assert told.viral is not None
        assert 0.0 <= told.viral <= 1.0


class TestVirality:
    MODEL = flat(0.0, 1.0, 2.0, viral=(0.5, -2.0, *(0.0,) * 6))

    def test_what_was_reached_is_certain(self) -> None:
        assert score(steady(10), self.MODEL, threshold=10).viral == 1.0
        assert score(steady(10), self.MODEL, threshold=3).viral == 1.0

    def test_what_is_far_is_unlikely(self) -> None:
        found = [score(steady(10), self.MODEL, threshold=n).viral or 0.0 for n in (11, 27, 500)]
        assert found == sorted(found, reverse=True)
        assert found[-1] < 0.1

    def test_it_is_the_logistic_of_the_weighted_features(self) -> None:
        seen = viral_features(steady(10), (0.0, 1.0, 2.0), 100)
        expected = 1 / (1 + math.exp(-(0.5 - 2.0 * seen[1])))
        assert score(steady(10), self.MODEL, threshold=100).viral == pytest.approx(expected)

    def test_the_features_are_what_they_are_called(self) -> None:
        seen = viral_features(steady(10, age=3600, horizon=7200), (0.2, 1.0, 2.0), 100)
        assert seen == pytest.approx(
            (
                1,
                (math.log(10) - 1) / 1.9,
                math.log(10),
                1,
                2,
                math.log(10),
                math.log(3600),
                math.log(2),
            )
        )

    def test_small_stories_have_weights_of_their_own(self) -> None:
        model = GrowthModel(prior=self.MODEL.prior, viral_small=(9.0, *(0.0,) * 7))
        assert score(steady(2), model, threshold=50).viral == pytest.approx(1, abs=1e-3)
        assert score(steady(10), model, threshold=50).viral is None

    def test_nothing_is_said_when_nobody_asks(self) -> None:
        assert score(steady(10), self.MODEL, threshold=None).viral is None


class TestFeatures:
    def test_a_steady_curve(self) -> None:
        found = features(curve(0, 900, 1800, 2700, age=3600, horizon=7200))
        assert len(found) == WIDTH
        assert found[0] == pytest.approx(math.log(4))
        assert found[1] == pytest.approx(math.log(3600))
        assert found[2] == pytest.approx(math.log(2))
        # Until a sixteenth, an eighth, a quarter, half, three and seven eighths of the age.
        later = np.array([3, 3, 2, 1, 0, 0])
        assert found[3:9] == pytest.approx(np.log((later + 0.5) / 4.5))
        assert found[9] == pytest.approx(math.log(930 / 3630))
        assert found[10] == pytest.approx(math.log(1830 / 3630))

    def test_the_first_minutes_are_all_alike(self) -> None:
        assert features(curve(0, age=0.0))[1] == features(curve(0, age=299.0))[1]
        assert np.isfinite(features(curve(0, age=0.0, horizon=0.0))).all()

    def test_a_thinned_curve_has_its_true_size(self) -> None:
        assert features(steady(10, weight=4))[0] == pytest.approx(math.log(40))


class TestForecast:
    def test_it_looks_a_day_ahead_from_now(self) -> None:
        known = story(mention_count=6, times=tuple(range(6)))
        told = forecast(known, NOON, flat(0.0, 1.0, 2.0))
        assert (told.now, told.p10) == (6, 6.0)
        assert told.p50 == pytest.approx(6 * math.e)
        assert told.at == NOON + timedelta(days=1)
        assert told.viral_probability is None

    def test_the_horizon_can_be_moved(self) -> None:
        told = forecast(story(), NOON, flat(0.0, 1.0, 2.0), horizon=HOUR)
        assert told.at == NOON + HOUR

    def test_age_and_horizon_count_from_the_first_post(self) -> None:
        model = flat(0.0, 1.0, 2.0, viral=(0.0,) * 6 + (0.0, 1.0))
        known = story(first_at=NOON - HOUR, mention_count=6, times=tuple(range(6)))
        told = forecast(known, NOON, model, horizon=HOUR)
        # The logistic of log(horizon / age) = log(2 h / 1 h).
        assert told.viral_probability == pytest.approx(2 / 3)

    def test_thinned_times_are_scaled_to_what_was_counted(self) -> None:
        known = story(mention_count=21, times=tuple(range(10)), times_weight=2)
        told = forecast(known, NOON, flat(0.0, 1.0, 2.0))
        assert (told.now, told.p10) == pytest.approx((21, 21.0))

    def test_viral_is_what_no_small_hashtag_reached_unless_told_otherwise(self) -> None:
        model = flat(0.0, 1.0, 2.0, viral=(9.0, *(0.0,) * 7))
        many = story(mention_count=int(VIRAL_SIZE), times=tuple(range(int(VIRAL_SIZE))))
        assert forecast(many, NOON, model).viral_probability == 1.0
        assert forecast(many, NOON, model, threshold=None).viral_probability is None
        assert 0.99 < (forecast(story(), NOON, model).viral_probability or 0.0) < 1.0


class TestRows:
    def test_entries_after_the_moment_are_ignored_and_order_does_not_matter(self) -> None:
        one = score_row(
            [0, 1, 2, 3, 4, 99], None, at=10, horizon=60, threshold=None, model=flat(0, 1, 2)
        )
        two = score_row(
            [4, 3, 2, 1, 0], [1] * 5, at=10, horizon=60, threshold=None, model=flat(0, 1, 2)
        )
        assert one == two
        assert one.now == 5


class TestTheShippedModel:
    def test_its_trees_ask_for_nothing_but_the_features(self, shipped: GrowthModel) -> None:
        assert len(shipped.quantiles) == len(QUANTILES)
        assert all(each.feature.max() < WIDTH for each in shipped.quantiles)

    def test_its_card_tells_a_coverage_near_80_percent(self, shipped: GrowthModel) -> None:
        assert 0.78 <= shipped.card["coverage"]["all"]["coverage"] <= 0.82

    def test_what_it_calls_a_probability_was_calibrated(self, shipped: GrowthModel) -> None:
        for part in shipped.card["viral"].values():
            assert part["calibration error"] <= 0.05
            assert part["brier"] < part["brier of base rate"]

    def test_a_story_that_takes_off_will_be_larger_than_one_that_stopped(
        self, shipped: GrowthModel
    ) -> None:
        rising = curve(*(3600 * np.sqrt(np.linspace(0, 1, 60))))
        over = curve(*np.linspace(0, 300, 60))
        told, last = (score(each, shipped, threshold=500) for each in (rising, over))
        assert told.p50 > 1.3 * last.p50
        assert (told.viral or 0) > (last.viral or 0)

    def test_the_interval_narrows_with_age(self, shipped: GrowthModel) -> None:
        young, old = steady(60, age=900), curve(*np.linspace(0, DAY, 60), age=2 * DAY)
        ratios = [
            (found := score(each, shipped, threshold=None)).p90 / found.p10
            for each in (young, old)
        ]
        assert ratios[0] > 1.3 * ratios[1]
