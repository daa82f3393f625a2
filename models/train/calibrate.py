"""Platt scaling of every yes/no column and a temperature for stance, on rows never trained on.

The network is run as it ships (int8, through the adapter's own encoder), so that what
quantisation does to the scores is calibrated away as well. The harms, some of which have few
positives, are each drawn towards what fits all of them. Where positives are too few for any fit,
only the tilt of the loss is taken back.
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
#: Slope and offset.
Line = tuple[float, float]
#: Fewest rows of the rarer class on which slope and offset are fitted.
FEWEST = 25
#: How near slope and offset of a harm are held to those of all; `incident_dev` says the same of
#: a third and of three times as much.
PRIOR = (120.0, 30.0)
#: What the rows of a corpus other than RepLab weigh in `about` and `alarm`: those were chosen
#: for their harms, RepLab's were found by a brand's name as in daily use.
ELSEWHERE = 0.2
#: Corpora whose other columns were judged text by text; those of the others come from rules.
JUDGED_ONE_BY_ONE = ("own", "guardian_business", "utility_outage", "xci_complaints")


def fit(rows: Sequence[Row], logits: Mapping[str, Floats]) -> tuple[dict[str, Line], float]:
    """Slope and offset by column, and the temperature of stance.

    `logits` holds by column one raw output per row.
    """
    together = _fitted(HARM_COLUMNS, rows, logits)
    fitted = {
        name: _fitted([name], rows, logits, prior=together if name in HARM_COLUMNS else None)
        for name in SIGMOIDS
    }
    return fitted, _temperature(rows, np.stack([logits[name] for name in STANCES], axis=1))


def column(name: str, rows: Sequence[Row], logits: Floats) -> Line:
    """Slope and offset of one column, from one raw output per row."""
    return _fitted([name], rows, {name: logits})


def _fitted(
    names: Sequence[str],
    rows: Sequence[Row],
    logits: Mapping[str, Floats],
    *,
    prior: Line | None = None,
) -> Line:
    """One slope and offset for all `names` taken together."""
    found = [
        (logits[name][place], row.targets[name], _weight(name, row))
        for name in names
        for place, row in enumerate(rows)
        if name in row.targets
    ]
    scores, truth, weights = np.array(found, dtype=float).reshape(-1, 3).T
    if prior is None and min(truth.sum(), (1 - truth).sum()) < FEWEST:
        tilts = [POSITIVE.get(name.split("_", maxsplit=1)[0], 1.0) for name in names]
        return 1.0, -log(max(tilts))
    return platt(scores, truth, weights, prior=prior)


def _weight(name: str, row: Row) -> float:
    as_in_daily_use = row.origin == "replab2013"
    if name in ("about", "alarm"):
        return 1.0 if as_in_daily_use else ELSEWHERE
    return 1.0 if row.origin in JUDGED_ONE_BY_ONE else ELSEWHERE


def platt(scores: Floats, truth: Floats, weights: Floats, *, prior: Line | None = None) -> Line:
    """Slope and offset that minimise the log loss; the slope is not negative.

    With a `prior`, the mode of the posterior: normal around it, with the precisions of `PRIOR`.
    """
    centre = np.array(prior or (1.0, 0.0))
    precisions = np.array(PRIOR if prior else (0.0, 0.0))

    def loss(bend: Floats) -> float:
        p = np.clip(expit(bend[0] * scores + bend[1]), 1e-7, 1 - 1e-7)
        each = truth * np.log(p) + (1 - truth) * np.log(1 - p)
        drawn = 0.5 * (precisions * (bend - centre) ** 2).sum()
        return float((drawn - (weights * each).sum()) / (1.0 + weights.sum()))

    found = minimize(loss, x0=centre, bounds=[(0.05, 5.0), (-10.0, 10.0)])
    return float(found.x[0]), float(found.x[1])


def _temperature(rows: Sequence[Row], scores: Floats) -> float:
    known = [place for place, row in enumerate(rows) if STANCES[0] in row.targets]
    truth = np.array([[rows[place].targets[name] for name in STANCES] for place in known])

    def loss(temperature: float) -> float:
        return float(-(truth * log_softmax(scores[known] / temperature, axis=1)).sum(1).mean())

    return float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x)
