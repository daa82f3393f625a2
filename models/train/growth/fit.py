"""Fits the growth model: quantile regression, conformal widening, prior, probability of virality.

Measures nothing (see `report`). The late part of no set is ever seen here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LogisticRegression

from models.train.growth.cascades import Moment
from monitor.core.curve import Array, Curve, features
from monitor.core.growth import (
    LEAST,
    QUANTILES,
    Grid,
    GrowthModel,
    log_growth,
    viral_features,
)
from monitor.core.trees import Trees

#: Trees of a quantile, and their size: larger ones fit the past better and the future worse.
TREES, RATE, LEAVES, DEPTH, LEAST_IN_LEAF = 100, 0.08, 8, 5, 40
#: Share of the rows, and of the features, that a tree and a split look at.
DRAWN = 0.5
COUNTS = (5.0, 20.0, 100.0)
AGES = (0.0, 1800.0, 3 * 3600.0, 12 * 3600.0)
PRIOR_COUNTS = (1.0, 2.0, 3.0)
PRIOR_AGES = (0.0, 900.0, 3600.0, 6 * 3600.0)
#: A moment with the quantiles that were forecast for it.
Forecasted = tuple[Moment, tuple[float, float, float]]
Cell = Callable[[Sequence[Forecasted]], list[float]]
#: Fewer rows say nothing of a quantile.
LEAST_ROWS = 40


def fitted(
    rows: Sequence[Moment], held: Sequence[Moment], rng: np.random.Generator
) -> GrowthModel:
    """Fit on `rows`, calibrate on the later `held`."""
    grown = [row for row in rows if row.curve.count >= LEAST]
    model = GrowthModel(prior=_prior(rows), quantiles=regressions(grown))
    grown_held = [row for row in held if row.curve.count >= LEAST]
    model = replace(model, conformal=_conformal(model, grown_held))
    small = [row for row in held if row.curve.count < LEAST]
    return replace(
        model,
        viral=_viral(model, grown_held, rng),
        viral_small=_viral(model, small, rng),
    )


def regressions(rows: Sequence[Moment]) -> tuple[Trees, ...]:
    """Boosted trees for each of `QUANTILES` of log growth."""
    seen = np.array([features(row.curve) for row in rows])
    grown = np.array([row.log_growth for row in rows])
    return tuple(Trees.load(dumped(boosted(quantile).fit(seen, grown))) for quantile in QUANTILES)


def boosted(quantile: float) -> GradientBoostingRegressor:
    """Friedman (2002), Stochastic gradient boosting, on the pinball loss."""
    return GradientBoostingRegressor(
        loss="quantile",
        alpha=quantile,
        n_estimators=TREES,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        max_depth=DEPTH,
        min_samples_leaf=LEAST_IN_LEAF,
        subsample=DRAWN,
        max_features=DRAWN,
        random_state=0,
    )


def dumped(fitted: GradientBoostingRegressor) -> dict[str, Any]:
    """The trees as lists, rounded, as `core.trees` reads them."""
    trees = [each.tree_ for each in fitted.estimators_[:, 0]]
    inner = [tree.children_left >= 0 for tree in trees]
    return {
        "start": round(float(fitted.init_.constant_[0, 0]), 6),
        "feature": [np.where(i, t.feature, 0).tolist() for t, i in zip(trees, inner, strict=True)],
        "threshold": [_rounded(tree.threshold) for tree in trees],
        "left": [_next(tree.children_left, i) for tree, i in zip(trees, inner, strict=True)],
        "right": [_next(tree.children_right, i) for tree, i in zip(trees, inner, strict=True)],
        "value": [_rounded(RATE * tree.value[:, 0, 0]) for tree in trees],
    }


def _rounded(values: Array) -> list[float]:
    return [round(float(value), 6) for value in values]


def _next(children: Array, inner: Array) -> list[int]:
    """Where a node leads; a leaf to itself."""
    found: list[int] = np.where(inner, children, np.arange(len(children))).tolist()
    return found


def _conformal(model: GrowthModel, held: Sequence[Moment]) -> Grid:
    """By how much each end must move for a tenth of `held` to lie beyond it (CQR)."""
    found = [(row, log_growth(row.curve, model)) for row in held]

    def cell(rows: Sequence[Forecasted]) -> list[float]:
        down = np.quantile([logs[0] - row.log_growth for row, logs in rows], 0.9)
        up = np.quantile([row.log_growth - logs[2] for row, logs in rows], 0.9)
        return [float(down), 0.0, float(up)]

    return _gridded(found, COUNTS, AGES, cell)


def _prior(rows: Sequence[Moment]) -> Grid:
    """How stories of one to four mentions went on, in every set: most of them stopped."""
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


def _triple(values: Sequence[float]) -> tuple[float, float, float]:
    low, middle, high = (round(value, 4) for value in values)
    return low, middle, high


def _viral(
    model: GrowthModel, held: Sequence[Moment], rng: np.random.Generator
) -> tuple[float, ...]:
    """Logistic regression on thresholds drawn anew for each row, from near to far."""
    seen, reached = [], []
    for row in held:
        for threshold in thresholds(row.curve, rng):
            logs = log_growth(row.curve, model)
            seen.append(viral_features(row.curve, logs, threshold))
            reached.append(row.final >= threshold)
    found = LogisticRegression(fit_intercept=False, C=1.0, max_iter=2000).fit(seen, reached)
    return tuple(round(float(weight), 6) for weight in found.coef_[0])


def thresholds(curve: Curve, rng: np.random.Generator, each: int = 3) -> list[float]:
    """Sizes not yet reached: up to fifty times as many, and round sizes a leader would ask for."""
    factors = np.exp(rng.uniform(np.log(1.1), np.log(50.0), each))
    asked = [size for size in (50.0, 100.0, 300.0, 500.0, 1000.0) if size > curve.count]
    return [*(curve.count * factors).tolist(), *asked]
