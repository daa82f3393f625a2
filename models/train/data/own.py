"""The texts written for this project, on invented brands, labelled in every part.

Those of the first ten parts train or calibrate, by their brand; the later ones train alone: what
calibrates has to stay what it was, for older weights are averaged into what ships.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.train.data.files import clean, json_lines
from models.train.rows import BINARY, Row, harms, severity, stance
from monitor.core.types import Reading

WEIGHT = 1.5
#: Parts of which a tenth of the brands calibrates.
_FIRST = frozenset(f"part{number}" for number in range(1, 11))
#: How the groups of the other parts begin.
LATER = "own, later:"


def rows(folder: Path) -> Iterator[Row]:
    """Every line of every file of the corpus folder."""
    for path in sorted(folder.glob("*.jsonl")):
        yield from part(path)


def part(path: Path) -> Iterator[Row]:
    """Every line of one file."""
    kind = "own:" if path.stem in _FIRST else LATER
    return (_row(raw, kind) for raw in json_lines(path))


def _row(raw: dict[str, Any], kind: str) -> Row:
    reading = Reading(
        brand=raw["brand"],
        description=raw["description"],
        text=clean(raw["text"]),
        source=raw.get("source", ""),
    )
    return Row(
        origin="own",
        group=f"{kind}{raw['brand']}",
        reading=reading,
        targets=_targets(raw),
        weight=WEIGHT,
        extra={"kind": raw["sector"]},
    )


def _targets(raw: dict[str, Any]) -> dict[str, float]:
    if not raw["about"]:
        return {"about": 0.0}
    plain = {name: float(raw[name]) for name in BINARY}
    return plain | stance(raw["stance"]) | harms(raw["harms"]) | severity(int(raw["severity"]))
