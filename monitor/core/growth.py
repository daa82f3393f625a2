"""How large a story will be: an 80 % interval, and the probability of reaching a size.

The model is arrays that `models/train/growth` fitted: for stories of five mentions or more
gradient-boosted trees for three quantiles of log(final / now), made wider or narrower by
split-conformal calibration (Romano et al. 2019); below, a table of how small stories went on, wide
and said to be so. Does not judge what is said: size is not importance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from monitor.core.curve import YOUNGEST, Curve, curve_of, features
from monitor.core.tally import StoryFacts
from monitor.core.trees import Trees
from monitor.core.types import Forecast

#: Below, the shape of a curve says nothing: the forecast is a prior.
LEAST = 5
#: What counts as viral as long as nothing is known of the brand: larger than each of the 3,333
#: retweet cascades of one hashtag in evently's #auspol (309).
VIRAL_SIZE = 500.0
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthScore:
    """Forecast of one row: now <= p10 <= p50 <= p90; `viral` is None if it cannot be said."""

    now: int
    p10: float
    p50: float
    p90: float
    viral: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Triples of numbers by count (rows) and age (columns), each from its lower edge on."""

    counts: tuple[float, ...]
    ages: tuple[float, ...]
    cells: tuple[tuple[tuple[float, float, float], ...], ...]

    def __call__(self, count: float, age: float) -> tuple[float, float, float]:
        return self.cells[_place(self.counts, count)][_place(self.ages, age)]


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthModel:
    """What was fitted; see `models/train/growth` for how, on what, and how well it does."""

    #: Quantiles of log(final / now) of small stories.
    prior: Grid
    #: By quantile, of `features`.
    quantiles: tuple[Trees, ...] = ()
    #: What is taken from p10 and added to p90, in logs; the middle is not used.
    conformal: Grid | None = None
    #: Logistic regressions on `viral_features`: of small stories, and of the others; empty where
    #: the probability was not calibrated to within .05.
    viral_small: tuple[float, ...] = ()
    viral: tuple[float, ...] = ()
    #: What was measured, for people.
    card: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def default(cls) -> GrowthModel:
        """Rough quantiles for want of a fitted model; it never says how likely virality is."""
        cells = (((0.0, 0.0, math.log(4.0)),), ((0.0, math.log(1.5), math.log(10.0)),))
        return cls(prior=Grid(counts=(1, LEAST), ages=(0.0,), cells=cells))

    @classmethod
    def load_dict(cls, data: Mapping[str, Any]) -> GrowthModel:
        """From the JSON that training wrote. `KeyError` for a part that is missing."""
        return cls(
            prior=_grid(data["prior"]),
            quantiles=tuple(map(Trees.load, data["quantiles"])),
            conformal=_grid(data["conformal"]),
            viral_small=tuple(data["viral_small"]),
            viral=tuple(data["viral"]),
            card=data["card"],
        )


def forecast(
    facts: StoryFacts,
    now: datetime,
    model: GrowthModel,
    *,
    horizon: timedelta = timedelta(days=1),
    threshold: float | None = VIRAL_SIZE,
) -> Forecast:
    """How many mentions a story will have had `horizon` from now.

    It grows as what is known of its spread does: mentions, and what was counted on them. Of that
    as well, `threshold` is the size that counts as viral for the brand; None: no probability is
    wanted.
    """
    curve = curve_of(facts, now=now, horizon=horizon)
    found = score(curve, model, threshold=threshold)
    # The timeline may have thinned what the tally counted, and there is more than was seen.
    scale = facts.mention_count / max(curve.count, 1.0)
    return Forecast(
        now=facts.mention_count,
        p10=found.p10 * scale,
        p50=found.p50 * scale,
        p90=found.p90 * scale,
        at=now + horizon,
        viral_probability=found.viral,
    )


def score_row(
    times: Sequence[float],
    followers: Sequence[float] | None,  # noqa: ARG001 - part of the row; not used by this model
    *,
    at: float,
    horizon: float,
    threshold: float | None,
    model: GrowthModel,
) -> GrowthScore:
    """Forecast for one row of `monitor score growth`; seconds since the first post throughout."""
    known = np.sort(np.asarray([time for time in times if time <= at], dtype=np.float64))
    return score(Curve(times=known, age=at, horizon=horizon), model, threshold=threshold)


def score(curve: Curve, model: GrowthModel, *, threshold: float | None) -> GrowthScore:
    """Forecast for one curve."""
    logs = log_growth(curve, model) if curve.horizon > curve.age else (0.0, 0.0, 0.0)
    # A first post that is not itself in the row is there all the same.
    p10, p50, p90 = (max(curve.count, 1) * math.exp(each) for each in logs)
    viral = None if threshold is None else _viral(curve, logs, threshold, model)
    return GrowthScore(now=round(curve.count), p10=p10, p50=p50, p90=p90, viral=viral)


def log_growth(curve: Curve, model: GrowthModel) -> tuple[float, float, float]:
    """Quantiles .1, .5 and .9 of log(final / now), ascending and not negative."""
    if curve.count < LEAST or not model.quantiles:
        low, middle, high = model.prior(curve.count, curve.age)
    else:
        found = features(curve)
        low, middle, high = (each(found) for each in model.quantiles)
        if model.conformal:
            down, _, up = model.conformal(curve.count, curve.age)
            low, high = low - down, high + up
    low, middle, high = sorted((max(low, 0.0), max(middle, 0.0), max(high, 0.0)))
    return low, middle, high


def viral_features(
    curve: Curve, logs: tuple[float, float, float], threshold: float
) -> tuple[float, ...]:
    """What the probability of reaching `threshold` is read from; the first is the constant."""
    wanted = math.log(max(threshold, 1.0) / max(curve.count, 1))
    spread = logs[2] - logs[0] + 0.1
    age = math.log(max(curve.age, YOUNGEST))
    ahead = math.log(max(curve.horizon / max(curve.age, YOUNGEST), 1.0))
    size = math.log(max(curve.count, 1))
    distance = (wanted - logs[1]) / spread
    return (1.0, distance, wanted, logs[1], logs[2], size, age, ahead)


def _viral(
    curve: Curve, logs: tuple[float, float, float], threshold: float, model: GrowthModel
) -> float | None:
    if curve.count >= threshold:
        return 1.0
    if curve.horizon <= curve.age:
        return 0.0
    weights = model.viral_small if curve.count < LEAST else model.viral
    if not weights:
        return None
    seen = viral_features(curve, logs, threshold)
    return _logistic(sum(w * x for w, x in zip(weights, seen, strict=True)))


def _logistic(value: float) -> float:
    return 0.5 * (1.0 + math.tanh(value / 2.0))


def _place(edges: Sequence[float], value: float) -> int:
    return max(0, int(np.searchsorted(edges, value, side="right")) - 1)


def _grid(data: Mapping[str, Any]) -> Grid:
    cells = tuple(tuple((c[0], c[1], c[2]) for c in row) for row in data["cells"])
    return Grid(counts=tuple(data["counts"]), ages=tuple(data["ages"]), cells=cells)
