"""Figures of an order: average precision, AUC, how many of the first are right, what is found.

All for many weightings of the same rows at once, as the bootstrap needs. Rows with equal scores
have no order among them: they enter together, and a cut through them takes each in part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """Rows taken from the highest score down; one column after each block of equal scores."""

    #: Weight of the rows taken so far, shape (weightings, 1 + blocks); the first column is 0.
    taken: Floats
    #: Weight of the true ones among them.
    hits: Floats

    @classmethod
    def of(cls, truth: Floats, score: Floats, weights: Floats) -> Self:
        """`truth` 0 or 1 and `score` of shape (rows,), `weights` of shape (weightings, rows)."""
        order = np.argsort(-score, kind="stable")
        ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, [True]))
        sorted_weights = weights[:, order]
        return cls(
            taken=_from_zero(np.cumsum(sorted_weights, axis=1)[:, ends]),
            hits=_from_zero(np.cumsum(sorted_weights * truth[order], axis=1)[:, ends]),
        )

    def average_precision(self) -> Floats:
        """Precision at each block, weighted by the share of the true rows it brings."""
        precision = self.hits[:, 1:] / np.maximum(self.taken[:, 1:], 1e-12)
        return ratio((np.diff(self.hits) * precision).sum(axis=1), self.hits[:, -1])

    def auc(self) -> Floats:
        """Area under the curve of true against false rows taken; half a point for a tie."""
        false = self.taken - self.hits
        area = (np.diff(false) * (self.hits[:, 1:] + self.hits[:, :-1]) / 2).sum(axis=1)
        return ratio(area, self.hits[:, -1] * false[:, -1])

    def precision_at(self, first: int) -> Floats:
        """Share of true rows among the `first`, or among all if there are fewer."""
        places = np.minimum(first, self.taken[:, -1])
        return ratio(self._hits_at(places), places)

    def recall_at(self, share: float) -> Floats:
        """Share of the true rows found when this share of all rows is flagged."""
        return ratio(self._hits_at(share * self.taken[:, -1]), self.hits[:, -1])

    def _hits_at(self, places: Floats) -> Floats:
        cuts = zip(places, self.taken, self.hits, strict=True)
        return np.array([np.interp(place, taken, hits) for place, taken, hits in cuts])


def _from_zero(sums: Floats) -> Floats:
    return np.hstack([np.zeros((len(sums), 1)), sums])


def ratio(above: Floats, below: Floats) -> Floats:
    """`above / below`; not a number where a draw brought no row to divide by."""
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)
