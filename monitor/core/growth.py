"""How large a story will be: an 80 % interval, and the probability of reaching a size.

The model is arrays that `models/train/growth` fitted, twice over: on all cascades that there are,
and on everyday ones alone, most of which are over when they are first seen. For stories of five
mentions or more gradient-boosted trees tell three quantiles of log(final / now), made wider or
narrower by split-conformal calibration (Romano et al. 2019); below, a table tells how small
stories went on, and the interval ends where the probability of a size falls to a tenth: when their
posts came tells which few grow. Its middle is at most where that falls to a half. Does not judge
what is said: size is not importance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from monitor.core.curve import Array, Curve, asked, curve_of, features
from monitor.core.tally import StoryFacts
from monitor.core.trees import Trees
from monitor.core.types import Forecast

#: Below, the shape of a curve says nothing: the forecast is a prior.
LEAST = 5
#: What counts as viral as long as nothing is known of the brand: larger than each of the 3,333
#: retweet cascades of one hashtag in evently's #auspol (309).
VIRAL_SIZE = 500.0
QUANTILES = (0.1, 0.5, 0.9)
#: The probability of larger sizes was not fitted.
LARGEST = 1000
#: Quantiles of log(final / now).
Logs = tuple[float, float, float]


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
    cells: tuple[tuple[Logs, ...], ...]

    def __call__(self, count: float, age: float) -> Logs:
        return self.cells[_place(self.counts, count)][_place(self.ages, age)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """The probability of reaching a size: trees on `curve.asked`, then Platt (1999) scaling."""

    trees: Trees
    #: Constant and slope: of stories under `LEAST` mentions, and of the others.
    small: tuple[float, float]
    others: tuple[float, float]

    def __call__(self, curve: Curve, threshold: float) -> float:
        return self._asked(features(curve), curve.count, threshold)

    def growths(self, curve: Curve, probabilities: Iterable[float]) -> tuple[float, ...]:
        """log(size / now) of the largest sizes that are reached with higher probabilities."""
        seen, now = features(curve), max(curve.count, 1)
        return tuple(math.log(self._most(seen, curve.count, each) / now) for each in probabilities)

    def _most(self, seen: Array, count: float, probability: float) -> int:
        """The largest size that is reached with a higher probability; at least what is there.

        In steps that double until one is too far, then in halves of it: it falls with the size.
        """
        size, step = max(1, math.ceil(count)), 1
        while size + step <= LARGEST and self._asked(seen, count, size + step) > probability:
            size, step = size + step, 2 * step
        while step := step // 2:
            further = min(size + step, LARGEST)
            size = further if self._asked(seen, count, further) > probability else size
        return size

    def _asked(self, seen: Array, count: float, threshold: float) -> float:
        constant, slope = self.small if count < LEAST else self.others
        return logistic(constant + slope * self.trees(asked(seen, count, threshold)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitted:
    """What was fitted on one kind of story."""

    #: Of small stories.
    prior: Grid
    #: By quantile, of `curve.features`.
    quantiles: tuple[Trees, ...] = ()
    #: What is taken from p10 and added to p90, in logs; the middle is not used.
    conformal: Grid | None = None
    #: None if it was not calibrated to within .05.
    chance: Chance | None = None

    def logs(self, curve: Curve) -> Logs:
        """Quantiles .1, .5 and .9, ascending and not negative."""
        if curve.count < LEAST or not self.quantiles:
            low, middle, high = self._small(curve)
        else:
            seen = features(curve)
            low, middle, high = (each(seen) for each in self.quantiles)
        if curve.count >= LEAST and self.conformal:
            down, _, up = self.conformal(curve.count, curve.age)
            low, high = low - down, high + up
        low, middle, high = sorted((max(low, 0.0), max(middle, 0.0), max(high, 0.0)))
        return low, middle, high

    def _small(self, curve: Curve) -> Logs:
        """As stories of that count and age went on, as far as this one may by its horizon."""
        low, middle, high = self.prior(curve.count, curve.age)
        if curve.count < LEAST and self.chance:
            half, high = self.chance.growths(curve, (1 - each for each in QUANTILES[1:]))
            # Not above it: most single posts are over, and what is expected counts as risk.
            middle = min(middle, half)
        return low, middle, high

    def viral(self, curve: Curve, threshold: float) -> float | None:
        """The probability of reaching `threshold`, as far as it can be said."""
        # A first post that is not itself in the row is there all the same.
        if max(curve.count, 1) >= threshold:
            return 1.0
        if curve.horizon <= curve.age:
            return 0.0
        return self.chance(curve, threshold) if self.chance else None


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowthModel:
    """See `models/train/growth` for how it was fitted, on what, and how well it does."""

    #: On all cascades: where nothing is known of a curve but its times.
    mixed: Fitted
    #: On everyday ones: most of them stop.
    everyday: Fitted
    #: What was measured, for people.
    card: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def default(cls) -> GrowthModel:
        """Rough quantiles for want of a fitted model; it never says how likely virality is."""
        cells = (((0.0, 0.0, math.log(4.0)),), ((0.0, math.log(1.5), math.log(10.0)),))
        rough = Fitted(prior=Grid(counts=(1, LEAST), ages=(0.0,), cells=cells))
        return cls(mixed=rough, everyday=rough)

    @classmethod
    def load_dict(cls, data: Mapping[str, Any]) -> GrowthModel:
        """From the JSON that training wrote. `KeyError` for a part that is missing."""
        return cls(
            mixed=_fitted(data["mixed"]), everyday=_fitted(data["everyday"]), card=data["card"]
        )

    def logs(self, curve: Curve, *, everyday: float) -> Logs:
        """`everyday` is how sure it is that the story is of that kind, 0 to 1."""
        asked = [(share, each.logs(curve)) for share, each in self._asked(everyday)]
        low, middle, high = (sum(share * logs[i] for share, logs in asked) for i in range(3))
        return low, middle, high

    def viral(self, curve: Curve, threshold: float, *, everyday: float) -> float | None:
        """The probability of reaching `threshold`; None if it cannot be said."""
        total = 0.0
        for share, each in self._asked(everyday):
            found = each.viral(curve, threshold)
            if found is None:
                return None
            total += share * found
        return total

    def _asked(self, everyday: float) -> tuple[tuple[float, Fitted], ...]:
        """Which of the two is asked, and how much it counts."""
        both = ((everyday, self.everyday), (1.0 - everyday, self.mixed))
        return tuple((share, each) for share, each in both if share > 0.0)


def forecast(
    facts: StoryFacts,
    now: datetime,
    model: GrowthModel,
    *,
    horizon: timedelta = timedelta(days=1),
    threshold: float | None = VIRAL_SIZE,
    everyday: float = 1.0,
) -> Forecast:
    """How many mentions a story will have had `horizon` from now.

    It grows as what is known of its spread does: mentions, and what was counted on them. Of that
    as well, `threshold` is the size that counts as viral for the brand; None: no probability is
    wanted.
    """
    curve = curve_of(facts, now=now, horizon=horizon)
    found = score(curve, model, threshold=threshold, everyday=everyday)
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
    followers: Sequence[float] | None,
    *,
    at: float,
    horizon: float,
    threshold: float | None,
    model: GrowthModel,
) -> GrowthScore:
    """Forecast for one row of `monitor score growth`; seconds since the first post throughout.

    How many followers there are tells nothing that the times do not (measured, see
    `models/train/README.md`); that they are known tells that the story is an everyday one.
    """
    known = np.sort(np.asarray([time for time in times if time <= at], dtype=np.float64))
    curve = Curve(times=known, age=at, horizon=horizon)
    return score(curve, model, threshold=threshold, everyday=float(followers is not None))


def score(
    curve: Curve, model: GrowthModel, *, threshold: float | None, everyday: float = 0.0
) -> GrowthScore:
    """Forecast for one curve."""
    is_over = curve.horizon <= curve.age
    logs = (0.0, 0.0, 0.0) if is_over else model.logs(curve, everyday=everyday)
    # As in `viral`, there is a first post.
    p10, p50, p90 = (max(curve.count, 1) * math.exp(each) for each in logs)
    viral = None if threshold is None else model.viral(curve, threshold, everyday=everyday)
    return GrowthScore(now=round(curve.count), p10=p10, p50=p50, p90=p90, viral=viral)


def logistic(value: float) -> float:
    """A probability from its log odds, however large."""
    return 0.5 * (1.0 + math.tanh(value / 2.0))


def _place(edges: Sequence[float], value: float) -> int:
    return max(0, int(np.searchsorted(edges, value, side="right")) - 1)


def _fitted(data: Mapping[str, Any]) -> Fitted:
    chance = data["chance"]
    return Fitted(
        prior=_grid(data["prior"]),
        quantiles=tuple(map(Trees.load, data["quantiles"])),
        conformal=_grid(data["conformal"]),
        chance=_chance(chance) if chance else None,
    )


def _chance(data: Mapping[str, Any]) -> Chance:
    small, others = (data[name] for name in ("small", "others"))
    return Chance(
        trees=Trees.load(data["trees"]),
        small=(small[0], small[1]),
        others=(others[0], others[1]),
    )


def _grid(data: Mapping[str, Any]) -> Grid:
    cells = tuple(tuple((c[0], c[1], c[2]) for c in row) for row in data["cells"])
    return Grid(counts=tuple(data["counts"]), ages=tuple(data["ages"]), cells=cells)
