"""The rows that calibrate: of what trained nothing, and of RepLab's `dev` brands.

How often a mention of a brand's name is about the brand differs from brand to brand by far more
than six brands can show, so the ten `dev` brands calibrate `about` and `alarm` as well. What is
reported of them is calibrated without them, see `crossfit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

from models.train.augment import unrelated
from models.train.corpus import Split
from models.train.data import replab
from models.train.rows import Row

#: What the `dev` brands calibrate.
COLUMNS: Final = ("about", "alarm")


def rows(parts: Split, data: Path, *, clean: bool) -> list[Row]:
    """Calibration rows; RepLab's texts have no open licence and calibrate no clean build."""
    return [*branded(parts), *(() if clean else _dev(data))]


def branded(parts: Split) -> list[Row]:
    """Calibration rows, each before a brand: those that name none get an invented one."""
    return [
        row if row.reading.brand else unrelated(row, Random(place))
        for place, row in enumerate(parts.calibration)
    ]


def _dev(data: Path) -> Iterator[Row]:
    for row in replab.rows(data / "replab2013", fold="dev"):
        known = {name: row.targets[name] for name in COLUMNS if name in row.targets}
        yield replace(row, targets=known)
