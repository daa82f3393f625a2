"""What a system says of a list of readings, in one shape for the model and all it is beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.train.rows import BINARY, HARM_COLUMNS, LEVELS, STANCES, Row
from monitor.core.types import HARMS, Verdict

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """A head of which the system says nothing is missing."""

    #: By yes/no column of the network, one score for each reading; 0.5 or more is a yes.
    scores: Mapping[str, Floats] = field(default_factory=dict)
    #: What to rank by, where `scores` were calibrated group by group.
    ranks: Mapping[str, Floats] = field(default_factory=dict)
    #: Whether the scores are meant as probabilities.
    probable: bool = True
    stances: tuple[str, ...] = ()
    #: 0 to 4.
    severity: Floats | None = None

    def part(self, places: slice | list[int]) -> Answers:
        """Of some of the readings."""
        return Answers(
            scores={name: column[places] for name, column in self.scores.items()},
            ranks={name: column[places] for name, column in self.ranks.items()},
            probable=self.probable,
            stances=tuple(np.array(self.stances)[places].tolist()) if self.stances else (),
            severity=None if self.severity is None else self.severity[places],
        )

    def harms(self) -> list[dict[str, float]]:
        """Scores of the harms by reading; empty if any harm is missing."""
        columns = [self.scores.get(name) for name in HARM_COLUMNS]
        known = [column for column in columns if column is not None]
        if len(known) < len(columns):
            return []
        return [
            {name: float(score) for name, score in zip(HARMS, scores, strict=True)}
            for scores in zip(*known, strict=True)
        ]


def of_verdicts(verdicts: Sequence[Verdict]) -> Answers:
    """The model's own."""
    plain = {name: np.array([getattr(each, name) for each in verdicts]) for name in BINARY}
    harms = {f"harm_{name}": np.array([each.harms[name] for each in verdicts]) for name in HARMS}
    return Answers(
        scores=plain | harms,
        stances=tuple(map(chosen, verdicts)),
        severity=np.array([each.severity for each in verdicts]),
    )


def chosen(verdict: Verdict) -> str:
    """The likeliest stance."""
    return max(STANCES, key=lambda name: float(getattr(verdict.stance, name)))


def of_the_majority(rows: Sequence[Row], count: int) -> Answers:
    """What the training rows hold most often, said of each of `count` readings."""
    known = [name for name in (*BINARY, *HARM_COLUMNS) if any(name in row.targets for row in rows)]
    return Answers(
        scores={name: np.full(count, _rate(rows, name)) for name in known},
        stances=(_commonest(rows),) * count,
        severity=np.full(count, _middle(rows)),
    )


def _rate(rows: Sequence[Row], name: str) -> float:
    return float(np.mean([row.targets[name] for row in rows if name in row.targets]))


def _commonest(rows: Sequence[Row]) -> str:
    return max(STANCES, key=lambda name: sum(row.targets.get(name, 0.0) for row in rows))


def _middle(rows: Sequence[Row]) -> float:
    """Median severity of the rows of which all of it is known, 0 without such rows."""
    levels = [
        sum(row.targets[name] for name in LEVELS)
        for row in rows
        if all(name in row.targets for name in LEVELS)
    ]
    return float(np.median(levels)) if levels else 0.0
