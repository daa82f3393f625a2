"""Intervals by bootstrap over groups: brands are drawn, not texts.

Texts of one brand are alike, so drawing texts would make the intervals too narrow. The same
draws serve every system, which pairs them. Knows no measure and no corpus.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 1000
SEED = 20121231


def draws(groups: Sequence[str], *, resamples: int = RESAMPLES, seed: int = SEED) -> Floats:
    """How often each row counts, shape (1 + resamples, rows); the first are the rows as they are.

    As many groups as there are, with replacement, whole: the cluster bootstrap of Field & Welsh
    (2007).
    """
    names, places = np.unique(list(groups), return_inverse=True)
    shares = np.full(len(names), 1 / len(names))
    drawn = np.random.default_rng(seed).multinomial(len(names), shares, size=resamples)
    return np.vstack([np.ones(len(places)), drawn[:, places]])


def interval(values: Floats) -> tuple[float, float]:
    """The middle 95 % of what the draws give, without those that leave the figure undefined."""
    found = values[1:][~np.isnan(values[1:])]
    if not len(found):
        return float("nan"), float("nan")
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def estimate(values: Floats) -> dict[str, float]:
    """The figure on the rows as they are, and its interval."""
    low, high = interval(values)
    return {"value": float(values[0]), "low": low, "high": high}
