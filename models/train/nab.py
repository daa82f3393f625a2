"""The score of the Numenta Anomaly Benchmark, standard profile, for one file.

Lavin & Ahmad (2015), Evaluating real-time anomaly detection algorithms. Holds no detector.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Cost of a false alarm; a hit earns 1, a miss costs 1.
FALSE_ALARM = 0.11
#: The first rows are not scored: a share, at most so many.
PROBATION, MOST_PROBATION = 0.15, 750
#: False alarms so many windows' lengths behind a window cost all of `FALSE_ALARM`.
_FAR = 3.0

#: First and last row.
Window = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """One file, or several added up."""

    raw: float = 0.0
    windows: int = 0
    hit: int = 0
    false_alarms: int = 0
    #: Rows that were scored.
    rows: int = 0

    def __add__(self, other: Scored) -> Scored:
        return Scored(
            raw=self.raw + other.raw,
            windows=self.windows + other.windows,
            hit=self.hit + other.hit,
            false_alarms=self.false_alarms + other.false_alarms,
            rows=self.rows + other.rows,
        )

    @property
    def normalised(self) -> float:
        """100 for all windows at their first row and nothing else, 0 for silence."""
        return 100.0 * (self.raw + self.windows) / (2.0 * self.windows)


def scored(detections: Sequence[int], windows: Sequence[Window], rows: int) -> Scored:
    """Score the rows at which something was detected, ascending."""
    first = min(int(PROBATION * rows), MOST_PROBATION)
    known = [row for row in detections if row >= first]
    hits = [_hit(known, window) for window in windows]
    false = [row for row in known if not any(a <= row <= b for a, b in windows)]
    cost = sum(_false_alarm(row, windows) for row in false)
    return Scored(
        raw=sum(-1.0 if hit is None else hit for hit in hits) + cost,
        windows=len(windows),
        hit=sum(hit is not None for hit in hits),
        false_alarms=len(false),
        rows=rows - first,
    )


def _hit(detections: Sequence[int], window: Window) -> float | None:
    """What the earliest detection in a window earns: 1 at its first row."""
    first, last = window
    inside = next((row for row in detections if first <= row <= last), None)
    if inside is None:
        return None
    return _sigmoid(-(last - inside + 1) / (last - first + 1)) / _sigmoid(-1.0)


def _false_alarm(row: int, windows: Sequence[Window]) -> float:
    before = [(first, last) for first, last in windows if last < row]
    if not before:
        return -FALSE_ALARM
    first, last = before[-1]
    behind = (row - last) / (last - first)
    return FALSE_ALARM * (_sigmoid(behind) if behind <= _FAR else -1.0)


def _sigmoid(place: float) -> float:
    return 2.0 / (1.0 + math.exp(5.0 * place)) - 1.0
