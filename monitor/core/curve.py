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
#: Spans of which the latest events are counted, in seconds.
_SPANS = (300.0, 900.0, 3600.0)
#: Which of the first events, counted from 0, tell how it began.
_FIRST = (1, 4, 9)
#: Gaps of which the mean is the usual one.
_GAPS = 20
#: Points that a curve with echoes is drawn with.
_POINTS = 2000
#: When a post is passed on: c up to 5 minutes, then c (t / 5 min)^-1.242. SEISMIC (Zhao et al.
#: 2015), figures of TiDeH (Kobayashi and Lambiotte 2016).
_EARLY, _THETA = 300.0, 0.242
#: In a log, for seconds: below half a minute a difference says nothing.
_BLUR = 30.0


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
        """Events up to `age`."""
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
    """What the regressions see of a curve: logs of counts, of spans over the age, of rates."""
    times = curve.times if len(curve.times) else np.zeros(1)
    age = max(curve.age, YOUNGEST)
    count = len(times)
    early = np.searchsorted(times, [curve.age * each for each in _FRACTIONS], side="right")
    recent = np.log((count - early + 0.5) / (count + 0.5))
    ahead = math.log(max(curve.horizon / age, 1.0))
    size = math.log(curve.weight * count)
    shape = [*_pauses(curve, times, age), *_rates(curve, times), *_beginning(curve, times)]
    return np.array([size, math.log(age), ahead, *recent, *shape, *_infection(curve, times)])


def asked(seen: Array, count: float, threshold: float) -> Array:
    """What the probability of reaching `threshold` is read from.

    `seen` are the features; what is added to them are two that it never rises with.
    """
    wanted = max(threshold, 1.0)
    return np.append(seen, [math.log(wanted / max(count, 1.0)), math.log(wanted)])


def _pauses(curve: Curve, times: Array, age: float) -> list[float]:
    """For how long nothing came, half of it and the last six came, beside age and usual gap."""
    places = (-1, len(times) // 2, max(0, len(times) - 6))
    back = [max(0.0, curve.age - times[place]) for place in places]
    gaps = np.diff(times[-_GAPS - 1 :]) if len(times) > 1 else np.array([curve.age])
    usual = float(np.mean(gaps)) / curve.weight
    shares = [math.log((each + _BLUR) / (age + _BLUR)) for each in back]
    return [*shares, math.log(usual + 1.0), math.log((back[0] + 10.0) / (usual + 10.0))]


def _rates(curve: Curve, times: Array) -> list[float]:
    """Events of the latest minutes."""
    starts = np.searchsorted(times, [curve.age - span for span in _SPANS], side="left")
    return [math.log(curve.weight * (len(times) - start) + 0.5) for start in starts.tolist()]


def _beginning(curve: Curve, times: Array) -> list[float]:
    places = [min(len(times) - 1, int(each / curve.weight)) for each in _FIRST]
    return [math.log(times[place] + _BLUR) for place in places]


def _infection(curve: Curve, times: Array) -> list[float]:
    """Events that an event brings: of all, of the last half, of the last quarter; and ahead."""
    count = len(times)
    passed = _passed_on(curve.age - times)
    found = [(count - 0.5) / (passed.sum() + 0.5)]
    for part in (0.5, 0.75):
        start = part * curve.age
        came = count - np.searchsorted(times, start, side="right")
        found.append((came + 0.5) / ((passed - _passed_on(start - times)).sum() + 0.5))
    ahead = (_passed_on(curve.horizon - times) - passed).sum() / count
    return [*np.log(found).tolist(), math.log1p(max(0.0, ahead) * found[0])]


def _passed_on(elapsed: Array) -> Array:
    """The share of an event's own events that have come after so long."""
    early = np.clip(elapsed, 0.0, _EARLY) / _EARLY
    late = (1.0 - (np.maximum(elapsed, _EARLY) / _EARLY) ** -_THETA) / _THETA
    return (early + late) / (1.0 + 1.0 / _THETA)
