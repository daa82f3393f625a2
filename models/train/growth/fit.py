"""Fits the growth model: quantile regression, conformal widening, prior, probability of virality.

Measures nothing (see `report`). The late part of no set is ever seen here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression

from models.train.growth.cascades import Moment
from monitor.core.curve import Array, Curve, asked, features
from monitor.core.growth import LEAST, QUANTILES, Chance, Fitted, Grid, GrowthModel, Logs
from monitor.core.trees import Trees

#: What a moment of each set counts: of two with large cascades alone, of one hashtag, most of
#: whose are over when first seen, and of topics of brands. Where a curve is all that is known, it
#: may be any cascade.
MIXED = {"ced": 1.0, "tideh": 0.3, "auspol": 1.0}
EVERYDAY = {"tideh": 0.5, "auspol": 1.0, "replab": 1.0}
#: Trees, and their size: larger ones fit the past better and the future worse. `DRAWN` is the
#: share of the features that a split looks at.
GROWN: Mapping[str, Any] = {"max_leaf_nodes": 8, "max_features": 0.4, "random_state": 0}
TREES, RATE, LEAST_IN_LEAF = 130, 0.06, 40
CHANCE_TREES, CHANCE_RATE, CHANCE_LEAST_IN_LEAF = 150, 0.08, 100
COUNTS = (5.0, 20.0, 100.0)
AGES = (0.0, 1800.0, 3 * 3600.0, 12 * 3600.0)
PRIOR_COUNTS = (1.0, 2.0, 3.0)
PRIOR_AGES = (0.0, 900.0, 3600.0, 6 * 3600.0)
#: By set.
Moments = Mapping[str, Sequence[Moment]]
#: A moment with the quantiles that were forecast for it.
Forecasted = tuple[Moment, Logs]
Cell = Callable[[Sequence[Forecasted]], list[float]]
#: Features of each question, whether the size was reached, how many mentions there were.
Questions = tuple[Array, Array, Array]
#: Fewer rows say nothing of a quantile.
LEAST_ROWS = 40


def fitted(rows: Moments, held: Moments, rng: np.random.Generator) -> GrowthModel:
    """Fit on `rows`, calibrate on the later `held`."""
    mixed, everyday = (_of_kind(rows, held, each, rng) for each in (MIXED, EVERYDAY))
    return GrowthModel(mixed=mixed, everyday=everyday)


def _of_kind(
    rows: Moments, held: Moments, weights: Mapping[str, float], rng: np.random.Generator
) -> Fitted:
    seen = [(row, weight) for name, weight in weights.items() for row in rows[name]]
    later = [row for name in weights for row in held[name]]
    grown = [(row, weight) for row, weight in seen if row.curve.count >= LEAST]
    quantiles = regressions(*zip(*grown, strict=True))
    model = Fitted(prior=_prior([row for row, _ in seen]), quantiles=quantiles)
    return replace(
        model,
        conformal=_conformal(model, [row for row in later if row.curve.count >= LEAST]),
        chance=_chance(seen, later, rng),
    )


def regressions(rows: Sequence[Moment], weights: Sequence[float]) -> tuple[Trees, ...]:
    """Boosted trees for each of `QUANTILES` of log growth."""
    seen = np.array([features(row.curve) for row in rows])
    grown = np.array([row.log_growth for row in rows])
    return tuple(
        Trees.load(dumped(boosted(quantile).fit(seen, grown, sample_weight=weights)))
        for quantile in QUANTILES
    )


def boosted(quantile: float) -> HistGradientBoostingRegressor:
    """Friedman (2002), Stochastic gradient boosting, on the pinball loss."""
    return HistGradientBoostingRegressor(
        loss="quantile",
        quantile=quantile,
        max_iter=TREES,
        learning_rate=RATE,
        min_samples_leaf=LEAST_IN_LEAF,
        **GROWN,
    )


def dumped(
    fitted: HistGradientBoostingRegressor | HistGradientBoostingClassifier,
) -> dict[str, Any]:
    """The trees as lists, rounded, as `core.trees` reads them."""
    # There is no public way to them; a test compares what is read with what was grown.
    trees = [each[0].nodes for each in fitted._predictors]  # noqa: SLF001
    leaves = [tree["is_leaf"].astype(bool) for tree in trees]
    pairs = list(zip(trees, leaves, strict=True))
    return {
        "start": _rounded(np.ravel(fitted._baseline_prediction))[0],  # noqa: SLF001
        "feature": [np.where(leaf, 0, tree["feature_idx"]).tolist() for tree, leaf in pairs],
        "threshold": [_rounded(np.where(leaf, 0, tree["num_threshold"])) for tree, leaf in pairs],
        "left": [_next(tree["left"], leaf) for tree, leaf in pairs],
        "right": [_next(tree["right"], leaf) for tree, leaf in pairs],
        "value": [_rounded(np.where(leaf, tree["value"], 0)) for tree, leaf in pairs],
    }


def _rounded(values: Array) -> list[float]:
    return [float(f"{value:.5g}") for value in values.tolist()]


def _next(children: Array, leaf: Array) -> list[int]:
    """Where a node leads; a leaf to itself."""
    found: list[int] = np.where(leaf, np.arange(len(children)), children).tolist()
    return found


def _conformal(model: Fitted, held: Sequence[Moment]) -> Grid:
    """By how much each end must move for a tenth of `held` to lie beyond it (CQR)."""
    found = [(row, model.logs(row.curve)) for row in held]

    def cell(rows: Sequence[Forecasted]) -> list[float]:
        down = np.quantile([logs[0] - row.log_growth for row, logs in rows], 0.9)
        up = np.quantile([row.log_growth - logs[2] for row, logs in rows], 0.9)
        return [float(down), 0.0, float(up)]

    return _gridded(found, COUNTS, AGES, cell)


def _prior(rows: Sequence[Moment]) -> Grid:
    """How stories of one to four mentions went on: most of them stopped."""
    nothing = (0.0, 0.0, 0.0)
    small = [(row, nothing) for row in rows if row.curve.count < LEAST]

    def cell(rows: Sequence[Forecasted]) -> list[float]:
        grown = [row.log_growth for row, _ in rows]
        return [float(each) for each in np.quantile(grown, QUANTILES)]

    return _gridded(small, PRIOR_COUNTS, PRIOR_AGES, cell)


def _gridded(
    rows: Sequence[Forecasted], counts: tuple[float, ...], ages: tuple[float, ...], cell: Cell
) -> Grid:
    table = []
    for low, high in zip(counts, (*counts[1:], np.inf), strict=True):
        line = [each for each in rows if low <= each[0].curve.count < high]
        spans = zip(ages, (*ages[1:], np.inf), strict=True)
        cells = [[each for each in line if a <= each[0].curve.age < b] for a, b in spans]
        # A thin cell borrows from its row, a thin row from all.
        table.append(tuple(_triple(cell(_enough(each, line, rows))) for each in cells))
    return Grid(counts=counts, ages=ages, cells=tuple(table))


def _enough(*choices: Sequence[Forecasted]) -> Sequence[Forecasted]:
    """The first that has enough rows, else the last."""
    return next((rows for rows in choices if len(rows) >= LEAST_ROWS), choices[-1])


def _triple(values: Sequence[float]) -> Logs:
    low, middle, high = (round(value, 4) for value in values)
    return low, middle, high


def _chance(
    rows: Sequence[tuple[Moment, float]], held: Sequence[Moment], rng: np.random.Generator
) -> Chance:
    """Boosted trees on sizes drawn anew for each row, scaled on the later ones."""
    seen, reached, weights = _questions(rows, rng)
    boosted = chance_boosted(seen.shape[1]).fit(seen, reached, sample_weight=weights)
    trees = Trees.load(dumped(boosted))
    later, came, counts = _questions([(row, row.curve.count) for row in held], rng)
    odds = boosted.decision_function(later)[:, None]
    small = counts < LEAST
    scaled = (_platt(odds[part], came[part]) for part in (small, ~small))
    return Chance(trees=trees, small=next(scaled), others=next(scaled))


def _questions(rows: Iterable[tuple[Moment, float]], rng: np.random.Generator) -> Questions:
    """What is asked of each row, whether it came, and the number that goes with the row."""
    asked_of = [
        (asked(seen, row.curve.count, size), row.final >= size, number)
        for row, number in rows
        for seen in [features(row.curve)]
        for size in thresholds(row.curve, rng)
    ]
    seen, reached, numbers = zip(*asked_of, strict=True)
    return np.array(seen), np.array(reached, dtype=np.float64), np.array(numbers)


def chance_boosted(width: int) -> HistGradientBoostingClassifier:
    """Never likelier the larger the size: the last two features."""
    return HistGradientBoostingClassifier(
        max_iter=CHANCE_TREES,
        learning_rate=CHANCE_RATE,
        min_samples_leaf=CHANCE_LEAST_IN_LEAF,
        monotonic_cst=[0] * (width - 2) + [-1, -1],
        **GROWN,
    )


def _platt(odds: Array, came: Array) -> tuple[float, float]:
    found = LogisticRegression(C=100.0).fit(odds, came)
    return round(float(found.intercept_[0]), 6), round(float(found.coef_[0, 0]), 6)


def thresholds(curve: Curve, rng: np.random.Generator, each: int = 3) -> list[float]:
    """Sizes not yet reached: up to fifty times as many, and round sizes a leader would ask for."""
    factors = np.exp(rng.uniform(np.log(1.1), np.log(50.0), each))
    asked_for = [size for size in (50.0, 100.0, 300.0, 500.0, 1000.0) if size > curve.count]
    return [*(curve.count * factors).tolist(), *asked_for]
