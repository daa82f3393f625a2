"""When people talk of a brand again as they did before an incident: how much, and how badly.

The days before say what is usual; from the worst day on, the first three in a row that lie within
it are the return. Volume and stance are told apart: people may go quiet and stay bitter. Does not
read the database, does not word what it finds (see `recovery_lines`), and does not say that the
incident caused what is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import sqrt
from statistics import median

#: Days before an incident that say what is usual: four of each day of the week.
BASELINE = 28
#: With fewer there is no baseline: two of each day of the week.
LEAST_DAYS = 14
#: Of the days before, this many mentions must have been read to say what stance is usual.
LEAST_READ = 30
#: A day on which fewer were read says nothing of how the share varies from day to day.
_LEAST_OF_A_DAY = 5
#: Days in a row within the usual range: one quiet Sunday is no recovery.
STAY = 3
#: So long after it began it is followed.
FOLLOWED = 90
#: Usual is up to so many spreads above the middle.
WIDE = 2.0
#: Of the median absolute deviation, so that it estimates the standard deviation of a normal:
#: https://en.wikipedia.org/wiki/Median_absolute_deviation
_MAD = 1.4826


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """What was said of a brand on one day (UTC)."""

    date: date
    #: Reposts too.
    mentions: int = 0
    #: Of them, those whose stance was read, and those that are mostly negative.
    read: int = 0
    negative: int = 0
    #: Why these numbers may be too small; empty: all could be seen.
    gap: str = ""

    @property
    def share(self) -> float | None:
        """Of negative ones among those read, 0 to 1; None: none was read."""
        return self.negative / self.read if self.read else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """One day against what is usual."""

    date: date
    #: Mentions a day, or a share of 0 to 1; None: nothing was read that day.
    value: float | None
    #: The upper end of the usual range on such a day.
    most: float

    @property
    def is_usual(self) -> bool:
        return self.value is None or self.value <= self.most


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """The way of volume, or of stance, back to what is usual."""

    #: Median of mentions a day, or share of negative ones of all that was read before.
    usual: float
    #: The worst day.
    peak: Observation
    #: The newest whole day that could be seen.
    latest: Observation | None
    #: The first day of the return; None: not yet.
    returned: date | None
    #: From the day on which it began; None: not yet.
    days: int | None

    @property
    def has_left(self) -> bool:
        """Whether it was out of its usual range at all."""
        return not self.peak.is_usual

    @property
    def is_back(self) -> bool:
        return self.days is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """How a brand recovered from one incident, as far as that is known."""

    #: The day on which the story was first said.
    began: date
    #: From the first that is known to the newest whole one, each of them.
    days: tuple[Day, ...]
    #: Days before that could be seen, and what was read on them.
    baseline: int
    read: int
    negative: int
    #: None: no baseline, or not one whole day since.
    volume: Track | None
    stance: Track | None

    @property
    def after(self) -> tuple[Day, ...]:
        return tuple(day for day in self.days if day.date >= self.began)

    @property
    def gaps(self) -> tuple[Day, ...]:
        """Days that count for nothing good: what was said on them is not fully known."""
        return tuple(day for day in self.days if day.gap)

    @property
    def days_to_return(self) -> int | None:
        """Until both were back; None: not yet, or it cannot be said."""
        tracks = [track.days for track in (self.volume, self.stance) if track]
        known = [days for days in tracks if days is not None]
        return max(known) if len(known) == 2 else None


def recovery(days: Sequence[Day], *, began: date, last: date) -> Recovery:
    """Judge the days of a brand, ascending and without holes, up to the newest whole one.

    `last` is the day of the incident's newest mention: the worst day is looked for up to then.
    """
    before = [day for day in days if day.date < began and not day.gap][-BASELINE:]
    after = [day for day in days if day.date >= began]
    read, negative = sum(day.read for day in before), sum(day.negative for day in before)
    enough = len(before) >= LEAST_DAYS and bool(after)
    return Recovery(
        began=began,
        days=tuple(days),
        baseline=len(before),
        read=read,
        negative=negative,
        volume=_volume(before, after, last) if enough else None,
        stance=_stance(before, after, last) if enough and read >= LEAST_READ else None,
    )


def _volume(before: Sequence[Day], after: Sequence[Day], last: date) -> Track:
    """Usual: the median and twice the spread, which is never taken below that of a Poisson."""
    counts = [day.mentions for day in before]
    middle = median(counts)
    most = middle + WIDE * max(_spread(counts, middle), sqrt(max(middle, 1.0)))
    observed = [Observation(date=d.date, value=float(d.mentions), most=most) for d in after]
    return _track(middle, after, observed, peak=_worst(after, observed, last, _count))


def _stance(before: Sequence[Day], after: Sequence[Day], last: date) -> Track:
    """Usual: the share of all days, and twice the spread of days or of so small a sample."""
    read, negative = sum(day.read for day in before), sum(day.negative for day in before)
    share = negative / read
    shares = [day.negative / day.read for day in before if day.read >= _LEAST_OF_A_DAY]
    spread = _spread(shares, share)
    # Never 0 or 1 (Laplace's rule): a brand that had no bad word may have one.
    smooth = (negative + 1) / (read + 2)

    def most(day: Day) -> float:
        chance = sqrt(smooth * (1 - smooth) / max(day.read, 1))
        # One bad word more than usual is never a crisis, however few were read.
        return share + max(WIDE * max(spread, chance), 1 / max(day.read, 1))

    observed = [Observation(date=day.date, value=day.share, most=most(day)) for day in after]

    def excess(day: Day) -> float:
        return day.negative - share * day.read

    return _track(share, after, observed, peak=_worst(after, observed, last, excess))


def _track(
    usual: float, after: Sequence[Day], observed: Sequence[Observation], *, peak: int
) -> Track:
    seen = [one for one, day in zip(observed, after, strict=True) if not day.gap]
    returned = _returned(after[peak:], observed[peak:])
    found = Track(
        usual=usual,
        peak=observed[peak],
        latest=seen[-1] if seen else None,
        returned=returned,
        days=None if returned is None else (returned - after[0].date).days,
    )
    return found if found.has_left else replace(found, returned=None, days=0)


def _returned(after: Sequence[Day], observed: Sequence[Observation]) -> date | None:
    """When the first run of usual days begins; days that could not be seen do not count."""
    run: list[date] = []
    for day, observation in zip(after, observed, strict=True):
        if not observation.is_usual:
            run = []
        elif not day.gap:
            run.append(day.date)
        if len(run) == STAY:
            return run[0]
    return None


def _worst(
    after: Sequence[Day],
    observed: Sequence[Observation],
    last: date,
    excess: Callable[[Day], float],
) -> int:
    """The first of the worst days while the story was told; unusual ones before the others."""
    told = [at for at, day in enumerate(after) if day.date <= last]
    return max(told, key=lambda at: (not observed[at].is_usual, excess(after[at]), -at))


def _count(day: Day) -> float:
    return day.mentions


def _spread(values: Iterable[float], middle: float) -> float:
    apart = [abs(value - middle) for value in values]
    return _MAD * median(apart) if apart else 0.0
