"""Figures and their intervals, with scikit-learn as the judge. Needs the extra `train`."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")
metrics = pytest.importorskip("sklearn.metrics", reason="the extra `train` is not installed")

from models.train import measures  # noqa: E402
from models.train.ranking import Order  # noqa: E402
from models.train.reliability import (  # noqa: E402
    calibration_error,
    curve,
    equal_count,
    equal_width,
    error,
)
from models.train.resample import draws, estimate  # noqa: E402


@pytest.fixture(params=[1, 2, 3])
def drawn(request):
    """Truths, scores with ties, and whole weights, as a draw of rows gives them."""
    random = np.random.default_rng(request.param)
    truth = (random.random(60) < 0.3).astype(float)
    score = np.clip(np.round(truth * 0.2 + random.random(60) * 0.8, 1), 0, 1)
    return truth, score, random.integers(0, 3, (4, 60)).astype(float)


class TestAgainstScikitLearn:
    def test_order(self, drawn) -> None:
        truth, score, weights = drawn
        found = Order.of(truth, score, weights)
        for place, weight in enumerate(weights):
            precision = metrics.average_precision_score(truth, score, sample_weight=weight)
            auc = metrics.roc_auc_score(truth, score, sample_weight=weight)
            assert found.average_precision()[place] == pytest.approx(precision)
            assert found.auc()[place] == pytest.approx(auc)

    def test_f1(self, drawn) -> None:
        truth, score, weights = drawn
        found = measures.yes_no(truth, score, weights)
        for place, weight in enumerate(weights):
            said = {"y_true": truth, "y_pred": score >= 0.5, "sample_weight": weight}
            assert found["macro_f1"][place] == pytest.approx(
                metrics.f1_score(**said, average="macro")
            )
            assert found["f1"][place] == pytest.approx(metrics.f1_score(**said))

    def test_choice_of_three(self, drawn) -> None:
        truth, score, weights = drawn
        names = np.array(["good", "bad", "neither"])
        is_, said = (
            names[(truth + score > 0.6).astype(int) + (score > 0.9)],
            names[(score * 2.9).astype(int)],
        )
        found = measures.choice(is_.tolist(), said.tolist(), weights)
        for place, weight in enumerate(weights):
            macro = metrics.f1_score(is_, said, sample_weight=weight, average="macro")
            accuracy = metrics.accuracy_score(is_, said, sample_weight=weight)
            assert found["macro_f1"][place] == pytest.approx(macro)
            assert found["accuracy"][place] == pytest.approx(accuracy)

    def test_level(self, drawn) -> None:
        truth, score, weights = drawn
        levels = (truth * 2 + (score > 0.4)).astype(int)
        found = measures.level(levels.tolist(), (score * 4).tolist(), weights)
        for place, weight in enumerate(weights):
            kappa = metrics.cohen_kappa_score(
                levels, np.rint(score * 4).astype(int), weights="quadratic", sample_weight=weight
            )
            assert found["kappa"][place] == pytest.approx(kappa)

    def test_names_that_hold_together(self, drawn) -> None:
        truth, score, weights = drawn
        held = [
            frozenset(["a"] * int(y) + ["b"] * int(p > 0.7))
            for y, p in zip(truth, score, strict=True)
        ]
        said = [{"a": p, "b": 1 - p} for p in score]
        found = measures.several(held, said, weights)
        table = np.array([["a" in each, "b" in each] for each in held])
        guess = np.array([[each["a"] >= 0.5, each["b"] >= 0.5] for each in said])
        for place, weight in enumerate(weights):
            micro = metrics.f1_score(table, guess, sample_weight=weight, average="micro")
            assert found["micro_f1"][place] == pytest.approx(micro)


class TestTheFirst:
    TRUTH = np.array([1.0, 0, 1, 0, 0, 0, 0, 0, 0, 1])
    SCORE = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0])

    def order(self, score=SCORE) -> Order:
        return Order.of(self.TRUTH, score, np.ones((1, 10)))

    @pytest.mark.parametrize(("first", "right"), [(1, 1), (2, 1 / 2), (3, 2 / 3), (100, 0.3)])
    def test_share_that_is_right(self, first: int, right: float) -> None:
        assert self.order().precision_at(first) == pytest.approx([right])

    @pytest.mark.parametrize(("share", "found"), [(0.1, 1 / 3), (0.3, 2 / 3), (1.0, 1)])
    def test_share_that_is_found(self, share: float, found: float) -> None:
        assert self.order().recall_at(share) == pytest.approx([found])

    def test_among_equal_scores_luck_decides(self) -> None:
        constant = self.order(np.full(10, 0.5))
        assert constant.precision_at(2) == pytest.approx([0.3])
        assert constant.recall_at(0.05) == pytest.approx([0.05])
        assert constant.auc() == pytest.approx([0.5])

    def test_nothing_can_be_found_where_nothing_is(self) -> None:
        order = Order.of(np.zeros(3), np.arange(3.0), np.ones((1, 3)))
        assert np.isnan([*order.average_precision(), *order.auc(), *order.recall_at(0.5)]).all()


class TestDraws:
    def test_whole_groups_are_drawn_and_as_many_as_there_are(self) -> None:
        groups = ["a", "b", "a", "c", "c", "c"]
        found = draws(groups, resamples=200)
        assert found[0].tolist() == [1.0] * 6
        assert (found[:, 0] == found[:, 2]).all()
        assert (found[:, 3] == found[:, 5]).all()
        assert (found[:, 0] + found[:, 1] + found[:, 3] == 3).all()

    def test_the_same_seed_draws_the_same(self) -> None:
        one, other, third = (draws(list("abcdef"), resamples=5, seed=seed) for seed in (1, 1, 2))
        assert (one == other).all()
        assert (one != third).any()

    def test_the_interval_of_a_mean_is_as_wide_as_theory_says(self) -> None:
        values = np.random.default_rng(1).normal(size=400)
        weights = draws([str(place) for place in range(400)])
        found = estimate(weights @ values / weights.sum(axis=1))
        assert found["value"] == pytest.approx(values.mean())
        width = 2 * 1.96 * values.std() / 20
        assert found["high"] - found["low"] == pytest.approx(width, rel=0.1)

    def test_groups_that_hold_together_widen_it(self) -> None:
        values = np.repeat(np.random.default_rng(1).normal(size=20), 20)

        def width(groups: list[str]) -> float:
            weights = draws(groups)
            found = estimate(weights @ values / weights.sum(axis=1))
            return found["high"] - found["low"]

        alone = [str(place) for place in range(400)]
        assert width([str(place // 20) for place in range(400)]) > 3 * width(alone)

    def test_draws_that_leave_a_figure_undefined_are_left_out(self) -> None:
        found = estimate(np.array([0.5, np.nan, 0.4, 0.6, np.nan]))
        assert 0.4 <= found["low"] < found["high"] <= 0.6
        assert np.isnan(estimate(np.array([0.5, np.nan]))["low"])


class TestReliability:
    TRUTH = np.array([0.0, 0.0, 1.0, 1.0])

    def test_bins_say_what_was_said_and_what_came(self) -> None:
        said = np.array([0.11, 0.13, 0.19, 1.0])
        low, high = curve(said, self.TRUTH, equal_width(said))
        assert (low.said, low.came, low.n) == (pytest.approx(0.1433), pytest.approx(0.3333), 3)
        assert (high.said, high.came, high.n) == (1.0, 1.0, 1)

    def test_bins_of_equal_count_keep_equal_probabilities_together(self) -> None:
        said = np.array([0.1] * 6 + [0.2, 0.3, 0.4, 0.5])
        assert equal_count(said, 5).tolist() == [1] * 6 + [3, 3, 4, 4]

    def test_rare_events_are_judged_finer_by_equal_count(self) -> None:
        said = np.repeat([0.01, 0.09], 100)
        truth = np.concatenate([np.arange(100) < 9, np.arange(100) < 1]).astype(float)
        assert calibration_error(said, truth) == pytest.approx(0.0)
        assert calibration_error(said, truth, adaptive=True) == pytest.approx(0.08)

    def test_each_weighting_has_its_error(self) -> None:
        said = np.full(4, 0.25)
        found = error(said, self.TRUTH, equal_width(said), np.array([[1, 1, 1, 1], [3, 0, 1, 0]]))
        assert found == pytest.approx([0.25, 0.0])

    def test_scores_that_are_no_probabilities_are_not_judged(self) -> None:
        found = measures.yes_no(self.TRUTH, [0.1, 0.2, 0.3, 0.9], probable=False)
        assert not {name for name in found if "calibration" in name}
