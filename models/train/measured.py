"""What the model is measured on: readings, what is true of them, and the groups they come from.

Four splits are brand-, domain- or time-disjoint, by construction or as checked against the rows
that trained; a split for which that does not hold is left out, and the reason is given:

- RepLab's `dev` brands, English: no training row is about them.
- `incident_dev`: none of its texts trained. Other texts on the same firms did, so it is the tuning
  set of the harms, not a test of unseen brands. Its part about brands of which no training row
  speaks is measured once more by itself.
- X-CI, two whole domains of firms, and the Guardian headlines of `incident_dev` from a day on
  after which no Guardian headline trained (`data.apart`). Only that newspaper is told apart by
  time: what other corpora may say of the same weeks carries no date.

RepLab gives no time-disjoint split: its train and dev brands share the same months. GoEmotions
gives no split at all: its anger is a mood of Reddit, not moral anger at a brand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.train.corpus import Split
from models.train.data import apart, held_out, replab
from models.train.data.held_out import Judged
from models.train.rows import BINARY, STANCES, Row
from monitor.core.types import Reading

#: Heads in the order of the table.
_APART = "unseen domains and later headlines"
HEADS = ("about", "stance", "alarm", "complaint", "outrage", "firsthand", "severity", "harms")


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One split; `gold` holds by head one value for each reading, None where it is not known."""

    name: str
    title: str
    readings: tuple[Reading, ...]
    groups: tuple[str, ...]
    gold: Mapping[str, tuple[Any, ...]]
    #: The corpus whose rows alone teach the baselines here, if it trained the model; else all do.
    taught_by: str = ""
    #: Whether its texts are kept out of training by `data.apart`: older models may know them.
    apart: bool = False

    def thinned(self, most: int) -> Measured:
        """About `most` of the readings, spread over all: for trying things out."""
        step = max(1, len(self.readings) // most)
        return replace(
            self,
            readings=self.readings[::step],
            groups=self.groups[::step],
            gold={head: values[::step] for head, values in self.gold.items()},
        )

    def known(self, head: str) -> list[int]:
        """Places of the readings of which the truth is known."""
        return [place for place, value in enumerate(self.gold[head]) if value is not None]


def splits(data: Path, rows: Split) -> tuple[list[Measured], list[str]]:
    """Every split that these training rows leave honest, and why others are not shown."""
    judged = held_out.incident_dev(data / "incident_dev")
    found = [
        of_rows(
            "replab_dev_english", "RepLab dev brands", _dev(data), ("about", "stance", "alarm")
        ),
        of_judged("incident_dev", "incident_dev", judged),
        of_judged(
            "incident_dev_unseen",
            "incident_dev, unseen brands",
            [each for each in judged if each.reading.brand.casefold() not in _brands(rows)],
        ),
    ]
    if count := _trained(rows, apart.keys(data)):
        return found, [f"{_APART}: {count} rows of them train"]
    return [*found, *_apart(data)], []


def honest(
    sets: Sequence[Measured], settings: Mapping[str, object]
) -> tuple[list[Measured], list[str]]:
    """Those of `sets` that a model with these settings was trained without."""
    if settings.get("apart") == apart.LEFT_OUT or not any(each.apart for each in sets):
        return list(sets), []
    kept = [each for each in sets if not each.apart]
    return kept, [f"{_APART}: the model does not say that it was trained without them"]


def _dev(data: Path) -> list[Row]:
    return list(replab.rows(data / "replab2013", fold="dev"))


def _apart(data: Path) -> Iterator[Measured]:
    complaints, late = apart.complaints(data), apart.late_headlines(data)
    for each in (
        of_rows("xci_unseen", "X-CI, unseen domains", complaints, ("complaint",)),
        of_judged("guardian_late", f"Guardian, from {apart.LATE}", late),
    ):
        yield replace(each, apart=True)


def _trained(rows: Split, keys: frozenset[str]) -> int:
    """How many rows hold a text with one of the `keys`; a teacher's count as well."""
    every = (*rows.train, *rows.calibration, *rows.unlabelled)
    return sum(not keys.isdisjoint(held_out.text_keys(row.reading.text)) for row in every)


def _brands(rows: Split) -> frozenset[str]:
    return frozenset(
        name.casefold()
        for row in (*rows.train, *rows.calibration)
        for name in (row.reading.brand, *row.aliases)
    )


def of_rows(name: str, title: str, rows: Sequence[Row], heads: Sequence[str]) -> Measured:
    """From labelled rows of one corpus."""
    return Measured(
        name=name,
        title=title,
        readings=tuple(row.reading for row in rows),
        groups=tuple(row.group for row in rows),
        gold={head: tuple(_target(row, head) for row in rows) for head in heads},
        taught_by="replab2013" if rows and rows[0].origin == "replab2013" else "",
    )


def _target(row: Row, head: str) -> Any:
    if head == "stance":
        known = STANCES[0] in row.targets
        return max(STANCES, key=row.targets.__getitem__) if known else None
    return row.targets.get(head)


def of_judged(name: str, title: str, judged: Sequence[Judged]) -> Measured:
    """From texts of two annotators; every field where they agree."""
    return Measured(
        name=name,
        title=title,
        readings=tuple(each.reading for each in judged),
        groups=tuple(each.reading.brand for each in judged),
        gold={head: tuple(_agreed(each, head) for each in judged) for head in HEADS[1:]},
    )


def _agreed(judged: Judged, head: str) -> Any:
    value = judged.gold.get(head)
    return float(value) if value is not None and head in BINARY else value
