"""How surprising a count is against the counts of the days before: the arithmetic of `volume`.

A negative binomial, whose mean and variance fade with a half-life and follow the hour of the week
once enough weeks are known. Does not know mentions, clocks or thresholds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from scipy.special import betainc, gammainc

#: The least that is expected: no brand is so quiet that one post is a wonder.
_LEAST_MEAN = 0.05
#: Counts of posts vary more than a Poisson process even when they look calm.
_LEAST_DISPERSION = 1.2
#: Surprise (decimal digits of improbability) at which the score is one half.
_HALF_SCORE = 6.0
_LEAST_PROBABILITY = 1e-300
#: A quiet hour of the week expects no less than a quarter of the average, a loud one no more than
#: four times as much.
_FACTOR_RANGE = (0.25, 4.0)
#: Weeks that the hour-of-week pattern remembers.
_WEEKS = 4


def tail(count: int, mean: float, variance: float) -> float:
    """P(X >= count) of a negative binomial of that mean and variance, Poisson as its limit.

    As regularised incomplete beta and gamma functions: NIST DLMF 8.17.24 and 8.4.10.
    """
    if count <= 0:
        return 1.0
    if variance <= mean * (1 + 1e-9):
        return float(gammainc(count, mean))
    size = mean * mean / (variance - mean)
    return float(betainc(count, size, mean / (size + mean)))


def _digits(probability: float) -> float:
    """Surprise: -log10 of the probability, at most 300."""
    return max(0.0, -math.log10(max(probability, _LEAST_PROBABILITY)))


def score(surprise: float) -> float:
    """Surprise brought to 0 to 1: one half at a chance of one in a million."""
    return surprise / (surprise + _HALF_SCORE)


def digits(score: float) -> float:
    """The surprise behind a score below 1."""
    return _HALF_SCORE * score / (1 - score)


@dataclass(slots=True)
class Baseline:
    """Mean and variance of the counts so far; a count `half_life` steps ago weighs one half."""

    half_life: float
    steps: int = 0
    _sum: float = 0.0
    _squares: float = 0.0

    def learn(self, value: float) -> None:
        """One more step."""
        self.skip(1)
        self._sum += value
        self._squares += value * value

    def skip(self, steps: int) -> None:
        """So many steps of nothing."""
        fade = 0.5 ** (steps / self.half_life)
        self._sum *= fade
        self._squares *= fade
        self.steps += steps

    def add_late(self, age: int, width: int) -> None:
        """One more in each of `width` counts, `age` steps ago; the start moves back if need be."""
        self.steps = max(self.steps, age + width)
        added = width * 0.5 ** (age / self.half_life)
        self._sum += added
        self._squares += added

    @property
    def mean(self) -> float:
        """A count a step, never below .05."""
        return max(_LEAST_MEAN, self._sum / self._weight)

    @property
    def variance(self) -> float:
        """Of the counts of a step, never below 1.2 times the mean."""
        spread = self._squares / self._weight - (self._sum / self._weight) ** 2
        return max(spread, self.mean * _LEAST_DISPERSION)

    @property
    def _weight(self) -> float:
        """Sum of the weights of all steps, at least that of one."""
        fade = math.pow(0.5, 1 / self.half_life)
        return (1 - math.pow(fade, max(self.steps, 1))) / (1 - fade)

    def surprise(self, count: int, factor: float = 1.0) -> float:
        """Digits of surprise at a count where `factor` times the mean is expected."""
        mean = self.mean * factor
        # The shape of the distribution stays, its scale follows the factor.
        variance = mean + (self.variance - self.mean) * factor * factor
        return _digits(tail(count, mean, variance))


@dataclass(slots=True)
class Season:
    """The pattern of the week: how much each hour (or other slot) has of the average."""

    slots: int
    #: Weeks before the pattern is used.
    after: int
    seen: int = 0
    _means: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._means = [0.0] * self.slots

    def learn(self, slot: int, count: float) -> None:
        """One more slot has passed; `slot` counts on from week to week."""
        weight = 1 / min(self.seen // self.slots + 1, _WEEKS)
        here = slot % self.slots
        self._means[here] += weight * (count - self._means[here])
        self.seen += 1

    def factor(self, slot: int) -> float:
        """Expected at that slot, as a multiple of the average; 1 until enough weeks are known.

        Smoothed over its neighbours, and drawn to 1 as if a tenth of it were average.
        """
        average = sum(self._means) / self.slots
        if self.seen < self.after * self.slots or average <= 0:
            return 1.0
        before, here, after = (self._means[(slot + by) % self.slots] for by in (-1, 0, 1))
        smooth = (before + 2 * here + after) / 4
        low, high = _FACTOR_RANGE
        return min(high, max(low, 0.9 * smooth / average + 0.1))
