"""Platt scaling of every yes/no column and a temperature for stance, on rows never trained on.

The network is run as it ships (int8, through the adapter's own encoder), so that what
quantisation does to the scores is calibrated away as well. Harms with too few positives share
one slope and offset; where even those are too few, only the tilt of the loss is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax

from models.train.losses import POSITIVE
from models.train.rows import HARM_COLUMNS, SIGMOIDS, STANCES, Row

Floats = NDArray[np.float64]
#: Fewest rows of the rarer class on which slope and offset are fitted.
FEWEST = 25
#: What the rows of a corpus other than RepLab weigh in `about` and `alarm`: those were chosen
#: for their harms, RepLab's were found by a brand's name as in daily use.
ELSEWHERE = 0.2
#: Corpora whose other columns were judged text by text; those of the others come from rules.
JUDGED_ONE_BY_ONE = ("own", "guardian_business", "utility_outage", "xci_complaints")


def fit(
    rows: Sequence[Row], logits: Mapping[str, Floats]
) -> tuple[dict[str, tuple[float, float]], float]:
    """Slope and offset by column, and the temperature of stance.

    `logits` holds by column one raw output per row.
    """
    rare = [name for name in HARM_COLUMNS if _rarer(name, rows) < FEWEST]
    together = _fitted(rare, rows, logits)
    fitted = {
        name: together if name in rare else _fitted([name], rows, logits) for name in SIGMOIDS
    }
    return fitted, _temperature(rows, np.stack([logits[name] for name in STANCES], axis=1))


def column(name: str, rows: Sequence[Row], logits: Floats) -> tuple[float, float]:
    """Slope and offset of one column, from one raw output per row."""
    return _fitted([name], rows, {name: logits})


def _rarer(name: str, rows: Sequence[Row]) -> float:
    truth = [row.targets[name] for row in rows if name in row.targets]
    return min(sum(truth), len(truth) - sum(truth))


def _fitted(
    names: Sequence[str], rows: Sequence[Row], logits: Mapping[str, Floats]
) -> tuple[float, float]:
    """One slope and offset for all `names` taken together."""
    found = [
        (logits[name][place], row.targets[name], _weight(name, row))
        for name in names
        for place, row in enumerate(rows)
        if name in row.targets
    ]
    scores, truth, weights = np.array(found, dtype=float).reshape(-1, 3).T
    if min(truth.sum(), (1 - truth).sum()) < FEWEST:
        tilts = [POSITIVE.get(name.split("_", maxsplit=1)[0], 1.0) for name in names] or [1.0]
        return 1.0, -log(max(tilts))
    return platt(scores, truth, weights)


def _weight(name: str, row: Row) -> float:
    as_in_daily_use = row.origin == "replab2013"
    if name in ("about", "alarm"):
        return 1.0 if as_in_daily_use else ELSEWHERE
    return 1.0 if row.origin in JUDGED_ONE_BY_ONE else ELSEWHERE


def platt(scores: Floats, truth: Floats, weights: Floats) -> tuple[float, float]:
    """Slope and offset that minimise the log loss; the slope is not negative."""

    def loss(bend: Floats) -> float:
        p = np.clip(expit(bend[0] * scores + bend[1]), 1e-7, 1 - 1e-7)
        each = truth * np.log(p) + (1 - truth) * np.log(1 - p)
        return float(-(weights * each).sum() / weights.sum())

    found = minimize(loss, x0=np.array([1.0, 0.0]), bounds=[(0.05, 5.0), (-10.0, 10.0)])
    return float(found.x[0]), float(found.x[1])


def _temperature(rows: Sequence[Row], scores: Floats) -> float:
    known = [place for place, row in enumerate(rows) if STANCES[0] in row.targets]
    truth = np.array([[rows[place].targets[name] for name in STANCES] for place in known])

    def loss(temperature: float) -> float:
        return float(-(truth * log_softmax(scores[known] / temperature, axis=1)).sum(1).mean())

    return float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x)
