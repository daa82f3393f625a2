"""Whether the largest stories are told early: the probability of virality beside the plain count.

The size asked for is the ninth decile of the past; of all stories of the latest part, small ones
too. The count is as good as it can be made: a logistic regression on its logarithm, fitted on the
part that calibrates the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from models.train.growth.cascades import FARTHEST, Cascade, Moment, Parts, seen
from models.train.reliability import calibration_error
from monitor.core.curve import Array
from monitor.core.growth import GrowthModel

AGES = {"5 min": 300, "15 min": 900, "30 min": 1800, "1 h": 3600, "3 h": 10800}


def top_table(model: GrowthModel, parts: Parts) -> list[dict[str, Any]]:
    """Ranking and calibration at each age."""
    size = float(np.quantile([_seen(each, FARTHEST).final for each in parts.fit], 0.9))
    return [
        {"age": age} | _beside_count(model, parts, size=size, age=seconds)
        for age, seconds in AGES.items()
    ]


def _beside_count(model: GrowthModel, parts: Parts, *, size: float, age: float) -> dict[str, Any]:
    past = [_seen(each, age) for each in parts.calibrate]
    rows = [_seen(each, age) for each in parts.late]
    came = np.array([float(row.final >= size) for row in rows])
    said = np.array([model.viral(row.curve, size, everyday=0.0) or 0.0 for row in rows])
    count = _by_count(past, size).predict_proba(_logs(rows))[:, 1]
    base = float(np.mean([row.final >= size for row in past]))
    figures: dict[str, float] = {"rows": len(rows), "reached": int(came.sum())}
    for name, each in (("model", said), ("count", count)):
        figures |= {f"{name} {key}": value for key, value in _figures(each, came).items()}
    return figures | {"base rate brier": round(float(np.mean((base - came) ** 2)), 4)}


def _figures(said: Array, came: Array) -> dict[str, float]:
    found = {
        "AUC": roc_auc_score(came, said),
        "AP": average_precision_score(came, said),
        "brier": np.mean((said - came) ** 2),
        "calibration error": calibration_error(said, came),
    }
    return {name: round(float(value), 4) for name, value in found.items()}


def _by_count(rows: Sequence[Moment], size: float) -> LogisticRegression:
    return LogisticRegression(C=100.0).fit(_logs(rows), [row.final >= size for row in rows])


def _logs(rows: Sequence[Moment]) -> Array:
    return np.log([[max(row.curve.count, 1)] for row in rows])


def _seen(cascade: Cascade, age: float) -> Moment:
    return seen(cascade, age=age, horizon=FARTHEST)
