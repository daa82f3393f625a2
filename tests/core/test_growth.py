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

from monitor.core.curve import Curve
from monitor.core.growth import (
    LARGEST,
    LEAST,
    QUANTILES,
    VIRAL_SIZE,
    Chance,
    Fitted,
    Grid,
    GrowthModel,
    forecast,
    logistic,
    score,
    score_row,
)
from monitor.core.trees import Trees
from tests.core.facts import HOUR, NOON, story

SHIPPED = Path(__file__).parents[2] / "models/incident/growth.json"
DAY, WEEK = 86400.0, 7 * 86400.0
WIDTH = 24


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


def below(feature: int, threshold: float) -> Trees:
    """One tree that says 1 up to a value of a feature, and -1 above."""
    tree = {"feature": [[feature, 0, 0]], "threshold": [[threshold, 0.0, 0.0]]}
    leads = {"left": [[1, 1, 2]], "right": [[2, 1, 2]]}
    return Trees.load(tree | leads | {"start": 0.0, "value": [[0.0, 1.0, -1.0]]})


def fitted(*logs: float, conformal: Grid | None = None, chance: Chance | None = None) -> Fitted:
    """Says the same of every story of five or more; of smaller ones 0, log 2 and log 3."""
    return Fitted(
        prior=Grid(counts=(1.0,), ages=(0.0,), cells=(((0.0, math.log(2), math.log(3)),),)),
        quantiles=tuple(map(always, logs)),
        conformal=conformal,
        chance=chance,
    )


def flat(*logs: float, conformal: Grid | None = None, chance: Chance | None = None) -> GrowthModel:
    """The same of everyday stories and of all."""
    both = fitted(*logs, conformal=conformal, chance=chance)
    return GrowthModel(mixed=both, everyday=both)


def odds(others: float, *, small: float = 0.0) -> Chance:
    """These log odds, whatever the size; of small stories the other ones."""
    return Chance(trees=always(0.0), small=(small, 1.0), others=(others, 1.0))


def asked(told: Curve, model: GrowthModel, threshold: float, everyday: float) -> float:
    """The probability of that size, which is known."""
    viral = score(told, model, threshold=threshold, everyday=everyday).viral
    assert viral is not None
    return viral


class TestSmallStories:
    def test_under_five_mentions_the_prior_speaks(self) -> None:
        told = score(steady(LEAST - 1), flat(1.0, 2.0, 3.0), threshold=None)
        assert (told.now, told.p10) == (4, 4.0)
        assert (told.p50, told.p90) == pytest.approx((8.0, 12.0))

    @pytest.mark.parametrize("most", [4, 5, 6, 7, 30, 31, 32, 33, 999])
    def test_its_ends_are_the_last_sizes_that_are_likelier_than_that(self, most: int) -> None:
        likely = below(WIDTH + 1, math.log(most + 0.5))
        chance = Chance(trees=likely, small=(0.0, 9.0), others=(0.0, 0.0))
        told = score(steady(4), flat(chance=chance), threshold=most + 1)
        assert (told.p50, told.p90) == pytest.approx((min(most, 8), most))
        assert told.viral == pytest.approx(0.0, abs=0.001)

    def test_no_size_is_expected_beyond_those_whose_probability_is_known(self) -> None:
        told = score(steady(4), flat(chance=odds(0.0, small=9.0)), threshold=LARGEST)
        assert told.p90 == pytest.approx(LARGEST)

    @pytest.mark.parametrize("known", [0.0, 1.0], ids=["mixed", "everyday"])
    @pytest.mark.parametrize("age", [600.0, 2400.0, 7300.0, 21500.0])
    def test_what_ships_does_not_contradict_itself(
        self, shipped: GrowthModel, age: float, known: float
    ) -> None:
        young = curve(0.0, 0.25 * age, 0.75 * age, age=age, horizon=DAY)
        told = score(young, shipped, threshold=None, everyday=known)
        assert asked(young, shipped, told.p90 + 1, known) <= 0.1
        assert asked(young, shipped, told.p50, known) >= 0.5

    def test_the_middle_knows_that_the_horizon_is_near(self, shipped: GrowthModel) -> None:
        soon = curve(0.0, 1.0, 2.0, age=5.0, horizon=10.0)
        assert asked(soon, shipped, 5, 0.0) < 0.5
        assert score(soon, shipped, threshold=None).p50 < 5

    def test_from_five_on_the_regression_does(self) -> None:
        told = score(steady(LEAST), flat(1.0, 2.0, 3.0), threshold=None)
        assert told.p50 == pytest.approx(5 * math.exp(2))

    def test_a_row_without_its_first_post_has_one_all_the_same(self) -> None:
        told = score(curve(), flat(), threshold=None)
        assert (told.now, told.p10, told.p50) == pytest.approx((0, 1.0, 2.0))

    @pytest.mark.parametrize("horizon", [WEEK, 0.0], ids=["ahead", "over"])
    def test_nor_does_it_matter_that_nothing_more_is_likely(self, horizon: float) -> None:
        model = flat(chance=odds(0.0, small=-9.0))
        told = score(curve(horizon=horizon), model, threshold=1)
        assert (told.p10, told.p50, told.p90) == pytest.approx((1.0, 1.0, 1.0))
        assert told.viral == 1.0

    def test_a_first_post_alone_is_one_and_no_more(self) -> None:
        likely = Chance(trees=below(WIDTH + 1, math.log(5.5)), small=(0.0, 9.0), others=(0.0, 0.0))
        assert score(steady(1), flat(chance=likely), threshold=None).p90 == pytest.approx(5.0)
        told = score(steady(1), flat(chance=odds(0.0, small=-9.0)), threshold=2)
        assert told.viral == pytest.approx(0.0, abs=0.001)

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
        assert (told.p10, told.p50, told.p90) == pytest.approx((20.0, 30.0, 200.0))
        small = score(steady(4), GrowthModel.default(), threshold=100)
        assert (small.p10, small.p50, small.p90) == pytest.approx((4.0, 4.0, 16.0))
        assert told.viral is None


class TestOrder:
    def test_the_interval_is_sorted_and_never_below_now(self) -> None:
        told = score(steady(10), flat(2.0, -1.0, 0.5), threshold=None)
        assert (told.p10, told.p50) == pytest.approx((10.0, 10 * math.exp(0.5)))
        assert told.p90 == pytest.approx(10 * math.exp(2.0))

    def test_calibration_moves_the_ends_and_not_the_middle(self) -> None:
        wider = Grid(counts=(5.0,), ages=(0.0,), cells=(((0.25, 9.0, 0.5),),))
        found = fitted(1.0, 2.0, 3.0, conformal=wider).logs(steady(10))
        assert found == (0.75, 2.0, 3.5)

    def test_calibration_leaves_the_prior_of_small_stories_alone(self) -> None:
        wider = Grid(counts=(1.0,), ages=(0.0,), cells=(((9.0, 9.0, 9.0),),))
        found = fitted(1.0, 2.0, 3.0, conformal=wider).logs(steady(4))
        assert found == (0.0, math.log(2), math.log(3))

    def test_at_the_horizon_nothing_more_comes(self) -> None:
        model = flat(1.0, 2.0, 3.0, chance=odds(9.0))
        told = score(steady(10, horizon=3600.0), model, threshold=11)
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
        followers = None if len(times) % 2 else [1.0] * len(times)
        told = score_row(times, followers, at=at, horizon=horizon, threshold=wanted, model=shipped)
        assert told.now == sum(time <= at for time in times)
        assert told.now <= told.p10 <= told.p50 <= told.p90 < math.inf
        assert told.viral is not None
        assert 0.0 <= told.viral <= 1.0


class TestVirality:
    #: The wanted size over the count comes after the features: likely up to three times.
    MODEL = flat(
        0.0,
        1.0,
        2.0,
        chance=Chance(trees=below(WIDTH, math.log(3)), small=(0.0, 0.0), others=(-1.0, 2.0)),
    )

    def test_what_was_reached_is_certain(self) -> None:
        assert score(steady(10), self.MODEL, threshold=10).viral == 1.0
        assert score(steady(10), self.MODEL, threshold=3).viral == 1.0

    def test_what_the_trees_say_is_scaled(self) -> None:
        near, far = (score(steady(10), self.MODEL, threshold=n).viral for n in (30, 31))
        assert near == pytest.approx(1 / (1 + math.exp(-1)))
        assert far == pytest.approx(1 / (1 + math.exp(3)))

    def test_small_stories_are_scaled_by_themselves(self) -> None:
        model = flat(0.0, 1.0, 2.0, chance=odds(9.0, small=0.0))
        assert score(steady(LEAST - 1), model, threshold=50).viral == pytest.approx(0.5)
        assert score(steady(LEAST), model, threshold=50).viral == pytest.approx(logistic(9.0))

    def test_nothing_is_said_when_nobody_asks_or_it_was_not_calibrated(self) -> None:
        assert score(steady(10), self.MODEL, threshold=None).viral is None
        assert score(steady(10), flat(0.0, 1.0, 2.0), threshold=50).viral is None

    @pytest.mark.parametrize(("odds", "sure"), [(0.0, 0.5), (1000.0, 1.0), (-1000.0, 0.0)])
    def test_no_odds_are_too_large(self, odds: float, sure: float) -> None:
        assert logistic(odds) == pytest.approx(sure)


class TestEverydayStories:
    MODEL = GrowthModel(
        mixed=fitted(1.0, 2.0, 3.0, chance=odds(math.log(3))),
        everyday=fitted(0.0, 0.5, 1.0, chance=odds(-math.log(3))),
    )

    @pytest.mark.parametrize(
        ("everyday", "p50", "viral"), [(0.0, 2.0, 0.75), (1.0, 0.5, 0.25), (0.5, 1.25, 0.5)]
    )
    def test_the_surer_the_more_the_forecast_is_theirs(
        self, everyday: float, p50: float, viral: float
    ) -> None:
        told = score(steady(10), self.MODEL, threshold=50, everyday=everyday)
        assert told.p50 == pytest.approx(10 * math.exp(p50))
        assert told.viral == pytest.approx(viral)

    def test_nothing_is_said_of_a_mixture_half_of_which_is_not_calibrated(self) -> None:
        model = GrowthModel(mixed=self.MODEL.mixed, everyday=fitted(0.0, 0.5, 1.0))
        told = [
            score(steady(10), model, threshold=50, everyday=each).viral for each in (0.0, 0.5, 1.0)
        ]
        assert told == [pytest.approx(0.75), None, None]

    def test_a_row_with_followers_is_taken_for_one(self) -> None:
        times = list(range(10))
        told = [
            score_row(times, each, at=60, horizon=90, threshold=None, model=self.MODEL).p50
            for each in (None, [1.0] * 10)
        ]
        assert told == pytest.approx([10 * math.exp(2.0), 10 * math.exp(0.5)])

    def test_a_story_is_taken_for_one_unless_told_otherwise(self) -> None:
        known = story(mention_count=10, times=tuple(range(10)))
        assert forecast(known, NOON, self.MODEL).p50 == pytest.approx(10 * math.exp(0.5))
        other = forecast(known, NOON, self.MODEL, everyday=0.0)
        assert other.p50 == pytest.approx(10 * math.exp(2.0))


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
        # The third feature is log(horizon / age) = log(2 h / 1 h).
        just = Chance(trees=below(2, math.log(2)), small=(0.0, 1.0), others=(0.0, 1.0))
        known = story(first_at=NOON - HOUR, mention_count=6, times=tuple(range(6)))
        told = [
            forecast(known, NOON, flat(0.0, 1.0, 2.0, chance=just), horizon=each)
            for each in (HOUR, 1.01 * HOUR)
        ]
        assert [each.viral_probability for each in told] == pytest.approx(
            [logistic(1.0), logistic(-1.0)]
        )

    def test_thinned_times_are_scaled_to_what_was_counted(self) -> None:
        known = story(mention_count=21, times=tuple(range(10)), times_weight=2)
        told = forecast(known, NOON, flat(0.0, 1.0, 2.0))
        assert (told.now, told.p10) == pytest.approx((21, 21.0))

    def test_viral_is_what_no_small_hashtag_reached_unless_told_otherwise(self) -> None:
        model = flat(0.0, 1.0, 2.0, chance=odds(9.0, small=9.0))
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
    def test_its_numbers_are_those_that_training_wrote(self, shipped: GrowthModel) -> None:
        written = json.loads(SHIPPED.read_text(encoding="utf-8"))["everyday"]
        read, chance = shipped.everyday, shipped.everyday.chance
        assert chance is not None
        assert [*chance.small] == written["chance"]["small"]
        assert [*chance.others] == written["chance"]["others"]
        for grid, name in ((read.prior, "prior"), (read.conformal, "conformal")):
            assert grid is not None
            assert [[[*cell] for cell in row] for row in grid.cells] == written[name]["cells"]
            assert [[*grid.counts], [*grid.ages]] == [
                written[name]["counts"],
                written[name]["ages"],
            ]

    def test_its_trees_ask_for_nothing_but_the_features(self, shipped: GrowthModel) -> None:
        for kind in (shipped.mixed, shipped.everyday):
            assert len(kind.quantiles) == len(QUANTILES)
            assert all(each.feature.max() < WIDTH for each in kind.quantiles)
            assert kind.chance is None or kind.chance.trees.feature.max() < WIDTH + 2

    def test_its_card_tells_a_coverage_near_80_percent(self, shipped: GrowthModel) -> None:
        assert 0.78 <= shipped.card["coverage"]["ced"]["coverage"] <= 0.84

    def test_what_it_calls_a_probability_was_calibrated(self, shipped: GrowthModel) -> None:
        for name, part in shipped.card["viral"].items():
            if "ced" not in name:
                assert part["calibration error"] <= 0.05
                assert part["brier"] < part["brier of base rate"]

    @pytest.mark.parametrize("everyday", [0.0, 1.0])
    def test_a_story_that_takes_off_will_be_larger_than_one_that_stopped(
        self, shipped: GrowthModel, everyday: float
    ) -> None:
        rising = curve(*(3600 * np.sqrt(np.linspace(0, 1, 60))))
        over = curve(*np.linspace(0, 300, 60))
        told, last = (
            score(each, shipped, threshold=500, everyday=everyday) for each in (rising, over)
        )
        assert told.p50 > 1.3 * last.p50
        assert (told.viral or 0) > (last.viral or 0)

    def test_an_everyday_story_that_went_quiet_is_over(self, shipped: GrowthModel) -> None:
        quiet = curve(*np.linspace(0, 900, 8), age=3600.0)
        everyday, any_ = (score(quiet, shipped, threshold=None, everyday=w) for w in (1.0, 0.0))
        assert everyday.p50 < 1.5 * quiet.count < 1.5 * any_.p50

    @pytest.mark.parametrize("everyday", [0.0, 1.0])
    def test_the_larger_the_size_the_less_likely(
        self, shipped: GrowthModel, everyday: float
    ) -> None:
        told = [
            shipped.viral(steady(40), size, everyday=everyday) or 0.0
            for size in (50, 100, 200, 500, 1000, 5000)
        ]
        assert told == sorted(told, reverse=True)

    def test_the_interval_narrows_with_age(self, shipped: GrowthModel) -> None:
        young, old = steady(60, age=900), curve(*np.linspace(0, DAY, 60), age=2 * DAY)
        ratios = [
            (found := score(each, shipped, threshold=None)).p90 / found.p10
            for each in (young, old)
        ]
        assert ratios[0] > 1.3 * ratios[1]
