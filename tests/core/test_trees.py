"""Boosted trees as arrays: read as they were grown, refused when they do not end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from monitor.core.trees import Trees


def data(**changes: Any) -> dict[str, Any]:
    """First tree: x0 <= 1 ? 10 : (x1 <= 5 ? 20 : 30). Second tree: always 1. From 100 on."""
    trees = {
        "start": 100.0,
        "feature": [[0, 0, 1, 0, 0], [0]],
        "threshold": [[1.0, 0.0, 5.0, 0.0, 0.0], [0.0]],
        "left": [[1, 1, 3, 3, 4], [0]],
        "right": [[2, 1, 4, 3, 4], [0]],
        "value": [[0.0, 10.0, 0.0, 20.0, 30.0], [1.0]],
    }
    return trees | changes


@pytest.mark.parametrize(
    ("row", "expected"),
    [((0.0, 9.0), 111.0), ((1.0, 9.0), 111.0), ((1.1, 5.0), 121.0), ((2.0, 5.1), 131.0)],
)
def test_each_tree_gives_the_value_of_the_leaf_it_leads_to(
    row: tuple[float, float], expected: float
) -> None:
    assert Trees.load(data())(np.array(row)) == expected


def test_what_was_read_can_be_written_and_read_again() -> None:
    known = Trees.load(data())
    arrays = {name: getattr(known, name).tolist() for name in data() if name != "start"}
    again = Trees.load(arrays | {"start": known.start})
    assert [again(np.array([x, 5.5])) for x in (0.0, 2.0)] == [111.0, 131.0]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"left": [[1, 0, 3, 3, 4], [0]]}, "leads back"),
        ({"right": [[2, 1, 5, 3, 4], [0]]}, "out of it"),
        ({"left": [[1, 1, 3, 3, 4], [0, 1]]}, "differ in length"),
        ({"feature": [[], []]}, "are empty"),
        ({"feature": [[0, 0, 1, 0, 0]]}, "zip"),
    ],
)
def test_a_tree_that_would_not_end_is_refused(changes: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        Trees.load(data(**changes))


def test_a_part_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match="value"):
        Trees.load({name: part for name, part in data().items() if name != "value"})
