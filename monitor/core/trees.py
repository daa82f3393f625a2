"""A sum of small decision trees as plain arrays: what gradient boosting leaves behind.

Reads them, does not grow them (see `models/train/growth`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Trees:
    """Regression trees whose answers are added up; all arrays are of shape (trees, nodes).

    Node 0 is the root. A leaf leads to itself.
    """

    start: float
    feature: Whole
    threshold: Floats
    #: Where to go if the feature is at most the threshold, and where if not.
    left: Whole
    right: Whole
    value: Floats

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """From lists of one length for each tree. `KeyError` or `ValueError` if they are not."""
        trees = [_tree(*each) for each in zip(*(data[name] for name in _ARRAYS), strict=True)]
        nodes = max(len(tree[0]) for tree in trees)
        feature, threshold, left, right, value = (
            np.array([_padded(tree[part], nodes) for tree in trees]) for part in range(5)
        )
        return cls(
            start=float(data["start"]),
            # What is filled up with is no feature, but leads nowhere else either.
            feature=np.where(left == np.arange(nodes), 0, feature).astype(np.int64),
            threshold=threshold,
            left=left.astype(np.int64),
            right=right.astype(np.int64),
            value=value,
        )

    def __call__(self, features: Floats) -> float:
        """The sum for one row of features."""
        rows = np.arange(len(self.feature))
        node = np.zeros(len(rows), dtype=np.int64)
        while True:
            goes_left = features[self.feature[rows, node]] <= self.threshold[rows, node]
            following = np.where(goes_left, self.left[rows, node], self.right[rows, node])
            if np.array_equal(following, node):
                return self.start + float(self.value[rows, node].sum())
            node = following


_ARRAYS = ("feature", "threshold", "left", "right", "value")


def _tree(
    feature: Sequence[int],
    threshold: Sequence[float],
    left: Sequence[int],
    right: Sequence[int],
    value: Sequence[float],
) -> tuple[Sequence[float], ...]:
    """The five lists of one tree. `ValueError` unless they lead from the root to leaves."""
    count = len(feature)
    if not count or any(len(each) != count for each in (threshold, left, right, value)):
        raise ValueError("the lists of a tree differ in length, or are empty")
    if any(
        not _leads_on(place, *each, count)
        for place, each in enumerate(zip(left, right, strict=True))
    ):
        raise ValueError("a node of a tree leads back, or out of it")
    return feature, threshold, left, right, value


def _leads_on(place: int, left: int, right: int, count: int) -> bool:
    return left == right == place or (place < left < count and place < right < count)


def _padded(values: Sequence[float], length: int) -> list[float]:
    """Filled up with leaves that no node leads to."""
    return [*values, *range(len(values), length)]
