"""Platt scaling of every yes/no column and a temperature for stance, on rows never trained on.

The network is run as it ships (int8, through the adapter's own encoder), so that what
quantisation does to the scores is calibrated away as well. Columns with too few positives
keep a slope of one and get an offset for the tilt of the loss only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax

from models.train.losses import POSITIVE
from models.train.rows import SIGMOIDS, STANCES, Row

Floats = NDArray[np.float64]
#: Fewest rows of the rarer class on which slope and offset are fitted.
FEWEST = 25
#: What the rows of a corpus other than RepLab weigh in `about` and `alarm`: those were chosen
#: for their harms, RepLab's were found by a brand's name as in daily use.
ELSEWHERE = 0.2


def fit(
    rows: Sequence[Row], logits: Mapping[str, Floats]
) -> tuple[dict[str, tuple[float, float]], float]:
    """Slope and offset by column, and the temperature of stance.

    `logits` holds by column one raw output per row.
    """
    platt = {name: _column(name, rows, logits[name]) for name in SIGMOIDS}
    return platt, _temperature(rows, np.stack([logits[name] for name in STANCES], axis=1))


def _column(name: str, rows: Sequence[Row], scores: Floats) -> tuple[float, float]:
    known = np.array([name in row.targets for row in rows])
    truth = np.array([row.targets.get(name, 0.0) for row in rows])[known]
    weights = np.array([_weight(name, row) for row in rows])[known]
    if min(truth.sum(), (1 - truth).sum()) < FEWEST:
        return 1.0, -log(POSITIVE.get(name.split("_", maxsplit=1)[0], 1.0))
    return platt(scores[known], truth, weights)


def _weight(name: str, row: Row) -> float:
    return ELSEWHERE if name in ("about", "alarm") and row.origin != "replab2013" else 1.0


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


def calibration_error(probabilities: Floats, truth: Floats, *, bins: int = 10) -> float:
    """Expected calibration error with bins of equal width.

    Naeini, Cooper & Hauskrecht (2015).
    """
    places = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [
        abs(probabilities[places == each].sum() - truth[places == each].sum())
        for each in range(bins)
    ]
    return float(sum(gaps) / len(truth))
