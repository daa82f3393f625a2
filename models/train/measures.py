"""The figures of the card, from truths and what a system said. Knows no model and no corpus.

Each figure comes as an array, one value for each row of `weights`, which has the shape
(weightings, rows): the data as they are first, then the draws of the bootstrap. Without weights
it is one value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.train.ranking import Order, ratio
from models.train.reliability import equal_count, equal_width, error

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Figures = dict[str, Floats]


def yes_no(
    truth: Sequence[float],
    said: Sequence[float] | Floats,
    weights: Floats | None = None,
    *,
    probable: bool = True,
    ranks: Floats | None = None,
) -> Figures:
    """One yes/no head; a score of 0.5 or more is a yes.

    Calibration is judged only where the scores are meant as probabilities; `ranks` are scores to
    rank by, if not these.
    """
    y, p, w = np.asarray(truth, float), np.asarray(said, float), _weights(weights, len(truth))
    order = Order.of(y, p if ranks is None else ranks, w)
    return {
        "macro_f1": _macro([_f1(y == each, (p >= 0.5) == each, w) for each in (True, False)]),
        "f1": _f1(y == 1.0, p >= 0.5, w),
        "average_precision": order.average_precision(),
        "auc": order.auc(),
        "precision_at_20": order.precision_at(20),
        "recall_at_1": order.recall_at(0.01),
        "recall_at_5": order.recall_at(0.05),
        **(_calibration(y, p, w) if probable else {}),
    }


def _calibration(truth: Floats, said: Floats, weights: Floats) -> Figures:
    return {
        "calibration_error": error(said, truth, equal_width(said), weights),
        "adaptive_calibration_error": error(said, truth, equal_count(said), weights),
    }


def choice(truth: Sequence[str], chosen: Sequence[str], weights: Floats | None = None) -> Figures:
    """Macro-F1 and accuracy of a head with several classes."""
    y, p, w = np.asarray(truth), np.asarray(chosen), _weights(weights, len(truth))
    classes = sorted({*truth, *chosen})
    return {
        "macro_f1": _macro([_f1(y == each, p == each, w) for each in classes]),
        "accuracy": _mean((y == p).astype(float), w),
    }


def several(
    truth: Sequence[frozenset[str]],
    said: Sequence[Mapping[str, float]],
    weights: Floats | None = None,
) -> Figures:
    """Micro-F1 at 0.5 over all names that may hold together."""
    names = sorted(said[0])
    y = np.array([[name in held for name in names] for held in truth])
    p = np.array([[row[name] >= 0.5 for name in names] for row in said])
    w = _weights(weights, len(truth))
    both, either = (y & p).sum(axis=1), y.sum(axis=1) + p.sum(axis=1)
    return {"micro_f1": np.nan_to_num(2 * ratio(w @ both, w @ either))}


def level(truth: Sequence[int], value: Sequence[float], weights: Floats | None = None) -> Figures:
    """Mean absolute error, and quadratic kappa of the value rounded (Cohen 1968)."""
    y, v, w = np.asarray(truth, float), np.asarray(value, float), _weights(weights, len(truth))
    return {"mean_error": _mean(np.abs(y - v), w), "kappa": _kappa(y, np.rint(v), w)}


def _kappa(y: Floats, v: Floats, w: Floats) -> Floats:
    """With squared distances, chance disagreement follows from the moments of both."""
    apart = _mean((y - v) ** 2, w)
    by_chance = _mean(y**2, w) + _mean(v**2, w) - 2 * _mean(y, w) * _mean(v, w)
    return 1 - ratio(apart, by_chance)


def _f1(truth: Bools, said: Bools, weights: Floats) -> Floats:
    """Not a number where the class is neither there nor said."""
    return 2 * ratio(weights @ (truth & said), weights @ truth.astype(int) + weights @ said)


def _macro(each: Sequence[Floats]) -> Floats:
    """Mean over the classes that are there or said; one is, wherever there are rows."""
    table = np.vstack(each)
    return np.asarray(np.nansum(table, axis=0) / (~np.isnan(table)).sum(axis=0), dtype=float)


def _mean(values: Floats, weights: Floats) -> Floats:
    return ratio(weights @ values, weights.sum(axis=1))


def _weights(weights: Floats | None, rows: int) -> Floats:
    return np.ones((1, rows)) if weights is None else weights
