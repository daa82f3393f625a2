"""A story as a curve of events, and what the growth model sees of it.

Does not forecast (see `growth`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.core.tally import StoryFacts

Array = NDArray[np.float64]

#: Younger stories are treated as this old, in seconds: no data is finer.
YOUNGEST: Final = 300.0
#: Parts of the age at which the count is compared with the count now.
_FRACTIONS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 7 / 8)
#: Points that a curve with echoes is drawn with.
_POINTS = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """A story as far as it is known; `horizon` and `age` are seconds since its first post."""

    #: Seconds since the first post, ascending, none after `age`.
    times: Array
    age: float
    horizon: float
    #: How many events each of `times` stands for.
    weight: float = 1.0

    @property
    def count(self) -> float:
        return self.weight * len(self.times)


def curve_of(facts: StoryFacts, *, now: datetime, horizon: timedelta) -> Curve:
    """The mentions of a story, and what was counted on them without being seen."""
    age = (now - facts.first_at).total_seconds()
    times, weight = _with_echoes(facts, age) if facts.echoes else (facts.times, facts.times_weight)
    return Curve(
        times=np.asarray(times, dtype=np.float64),
        age=age,
        horizon=age + horizon.total_seconds(),
        weight=float(weight),
    )


def _with_echoes(facts: StoryFacts, age: float) -> tuple[Array, float]:
    """Points that stand for equally many events each."""
    mentions = [(time, float(facts.times_weight)) for time in facts.times]
    times, events = np.array(sorted([*mentions, *facts.echoes])).T
    reached = np.cumsum(events)
    points = min(_POINTS, max(1, round(reached[-1])))
    weight = reached[-1] / points
    # Half a point before its end each is safe from rounding; the first event is the first post.
    places = np.searchsorted(reached, weight * (np.arange(points) + 0.5))
    drawn = np.minimum(times[places], age)
    drawn[0] = 0.0
    return drawn, float(weight)


def features(curve: Curve) -> Array:
    """What the regression sees of a curve with at least one mention; all logs, no units."""
    age = max(curve.age, YOUNGEST)
    count = len(curve.times)
    early = np.searchsorted(curve.times, [curve.age * each for each in _FRACTIONS], side="right")
    recent = np.log((count - early + 0.5) / (count + 0.5))
    silence = math.log((max(0.0, curve.age - curve.times[-1]) + 30.0) / (age + 30.0))
    median = math.log((max(0.0, curve.age - curve.times[count // 2]) + 30.0) / (age + 30.0))
    size, old = math.log(curve.count), math.log(age)
    ahead = math.log(max(curve.horizon / age, 1.0))
    return np.array([size, old, ahead, *recent, silence, median])
