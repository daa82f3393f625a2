"""Whether more is said than the days before would make one expect.

Two ways in, one arithmetic: `Volume` is fed mention by mention, `Counts` row by row. Does not look
at what is said: size is not importance.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.surprise import Baseline, Season, digits, score

_WEEK = timedelta(weeks=1)
_HOUR = timedelta(hours=1)
#: A series without news for so long is forgotten; its baseline has faded to nothing.
_FORGET = timedelta(weeks=8)
#: Of a window, which is held in memory: an hour of seconds. Nearer rows have a shorter one.
_MOST_STEPS = 3_600


@dataclass(frozen=True, kw_only=True, slots=True)
class VolumeRules:
    """Spans are taken from the clock; longer steps of a series stretch them."""

    step: timedelta = timedelta(minutes=5)
    window: timedelta = timedelta(hours=1)
    half_life: timedelta = timedelta(days=3)
    #: History needed before a burst is called one.
    warm_up: timedelta = timedelta(days=1)
    #: Weeks before the hour of the week is taken into account.
    season_after: int = 3
    #: Score of a burst: 2.2 digits, one chance in 170 of a window. In the middle of a wide plateau
    #: (`models.train.measure_volume`).
    burst: float = 0.27
    #: Fewer in the window are never a burst.
    least: int = 5
    #: No second burst within this time, unless it is `renewed` times as surprising.
    refractory: timedelta = timedelta(hours=24)
    renewed: float = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Surprise:
    """What the last window holds against what was expected of it."""

    #: With the mention or row that is being scored.
    count: int
    expected: float
    #: 0 to 1, a score and not a probability: 0.5 is one chance in a million.
    score: float
    #: Enough history for the score to mean something.
    warm: bool
    #: An onset: surprising enough, and not the continuation of the last one.
    burst: bool


class Volume:
    """Surprise of each series of single mentions, judged before it is learnt from."""

    def __init__(self, rules: VolumeRules | None = None) -> None:
        self._rules = rules or VolumeRules()
        self._series: dict[str, _Series] = {}

    def open(self, series: str, at: datetime) -> None:
        """Note that a series is watched from `at` on, even if nothing is said."""
        self._series.setdefault(series, _Series(self._rules, self._step(at)))

    def score(self, series: str, at: datetime, more: int = 1) -> Surprise:
        """How surprising `more` mentions at `at` are, none of them learnt; changes nothing.

        A mention older than the newest one is judged as if it came now.
        """
        known = self._series.get(series) or _Series(self._rules, self._step(at))
        return known.judge(self._step(at), more)

    def learn(self, series: str, at: datetime) -> None:
        """Add one mention; late ones are put where they belong."""
        self.open(series, at)
        self._series[series].learn(self._step(at), 1)

    def expire(self, now: datetime) -> None:
        """Forget series in which nothing was said for eight weeks."""
        oldest = self._step(now - _FORGET)
        self._series = {name: one for name, one in self._series.items() if one.now >= oldest}

    def _step(self, at: datetime) -> int:
        return int(at.timestamp() // self._rules.step.total_seconds())


class Counts:
    """Surprise of series of evenly spaced counts; the spacing is that of the first two rows."""

    def __init__(self, rules: VolumeRules | None = None) -> None:
        self._rules = rules or VolumeRules()
        self._first: dict[str, tuple[datetime, int]] = {}
        self._series: dict[str, _Series] = {}

    def score_and_learn(self, series: str, time: datetime, count: int) -> Surprise:
        """Judge one row, then learn it; `ValueError` for a row that is not later than the last."""
        if series not in self._first:
            self._first[series] = (time, count)
            return Surprise(count=count, expected=0.0, score=0.0, warm=False, burst=False)
        known = self._series.get(series) or self._start(series, time)
        step = known.step_of(time)
        if step <= known.now:
            raise ValueError(f"{time.isoformat()} is not later than the row before")
        surprise = known.judge(step, count)
        known.learn(step, count)
        return surprise

    def _start(self, series: str, second: datetime) -> _Series:
        first, count = self._first[series]
        if second <= first:
            raise ValueError(f"{second.isoformat()} is not later than the row before")
        rules = _stretched(self._rules, second - first)
        step = int(first.timestamp() // rules.step.total_seconds())
        started = self._series[series] = _Series(rules, step)
        started.learn(step, count)
        return started


def _stretched(rules: VolumeRules, step: timedelta) -> VolumeRules:
    """The rules for rows of that spacing: a window has at least one row, a history 24 windows."""
    held = min(rules.window, _MOST_STEPS * min(step, rules.window))
    window = max(held, step)
    return replace(
        rules,
        step=step,
        window=window,
        half_life=max(rules.half_life, 48 * window),
        warm_up=max(rules.warm_up, 24 * window),
    )


@dataclass(slots=True)
class _Series:
    """One series on a grid of steps: the window that moves along, and what it moved over."""

    rules: VolumeRules
    #: The newest step.
    now: int
    last_burst: tuple[int, float] | None = None
    ring: list[int] = field(init=False)
    baseline: Baseline = field(init=False)
    season: Season = field(init=False)

    def __post_init__(self) -> None:
        self.ring = [0] * max(1, round(self.rules.window / self.rules.step))
        self.baseline = Baseline(self.rules.half_life / self.rules.step)
        self.season = Season(self._slot(self._week), self.rules.season_after)

    @property
    def _week(self) -> int:
        """Steps of a week; at least one: rows further apart have no pattern of the week."""
        return max(1, round(_WEEK / self.rules.step))

    def _slot(self, step: int) -> int:
        return step // max(1, round(_HOUR / self.rules.step))

    def step_of(self, time: datetime) -> int:
        return int(time.timestamp() // self.rules.step.total_seconds())

    def judge(self, step: int, more: int) -> Surprise:
        """What the window holds at `step` with `more` in it."""
        step = max(step, self.now)
        count = more + self._held(step)
        factor = self.season.factor(self._slot(step))
        surprise = self.baseline.surprise(count, factor)
        judged = score(surprise)
        warm = (self.baseline.steps + step - self.now) * self.rules.step >= self.rules.warm_up
        loud = judged >= self.rules.burst and count >= self.rules.least
        return Surprise(
            count=count,
            expected=self.baseline.mean * factor,
            score=judged,
            warm=warm,
            burst=warm and loud and self._is_onset(step, surprise),
        )

    def _held(self, step: int) -> int:
        """Sum of the window that ends with `step`, which is not before `now`."""
        kept = range(step - len(self.ring) + 1, self.now + 1)
        return sum(self.ring[one % len(self.ring)] for one in kept)

    def _is_onset(self, step: int, surprise: float) -> bool:
        if self.last_burst is None or self._is_over(step, self.last_burst[0]):
            return True
        # While the window fills with what began the burst, it is the same onset.
        is_filling = step - self.last_burst[0] < len(self.ring)
        return not is_filling and surprise >= self.last_burst[1] * self.rules.renewed

    def _is_over(self, step: int, last: int) -> bool:
        return (step - last) * self.rules.step >= self.rules.refractory

    def learn(self, step: int, count: int) -> None:
        judged = self.judge(step, count)
        self._advance(step)
        self._note_burst(judged)
        age = self.now - step
        if age < len(self.ring):
            self.ring[step % len(self.ring)] += count
        else:
            self.baseline.add_late(age, len(self.ring))

    def _note_burst(self, judged: Surprise) -> None:
        """Keep the onset of a burst and its peak: what merely grows is not a second burst."""
        surprise = digits(judged.score)
        if judged.burst:
            self.last_burst = (self.now, surprise)
        elif self.last_burst is not None:
            onset, peak = self.last_burst
            self.last_burst = (onset, max(peak, surprise))

    def _advance(self, step: int) -> None:
        """Close the steps before `step`; long silences are passed over at once."""
        drained = min(step, self.now + len(self.ring))
        while self.now < drained:
            self._close()
        while self.now < step:
            self._pass_over(min(step - self.now, self._week))

    def _close(self) -> None:
        slot = self._slot(self.now)
        self.baseline.learn(sum(self.ring) / self.season.factor(slot))
        if self._slot(self.now + 1) != slot:
            self.season.learn(slot, sum(self.ring))
        self.now += 1
        self.ring[self.now % len(self.ring)] = 0

    def _pass_over(self, steps: int) -> None:
        """So many steps of silence with an empty window."""
        self.baseline.skip(steps)
        for slot in range(self._slot(self.now), self._slot(self.now + steps)):
            self.season.learn(slot, 0)
        self.now += steps
