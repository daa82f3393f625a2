"""How much more is said of a brand than usual, and whether a quiet post is part of that.

In the days of a scandal most of what is said of a brand is about it, the share price, the joke and
the worried question too, though it alleges nothing and shares no word with the report. As many
mentions as there are beyond the usual are laid to the incident (as excess deaths are to an
epidemic); a post's words and meaning then say how likely it is one of them. Raises no alarm, and
does not look at what else is alleged (see `kinship`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from math import exp, sqrt

from monitor.core.cusum import day_of
from monitor.core.meaning import UNKNOWN

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ExcessRules:
    """When what is said beyond the usual is laid to an incident."""

    #: Mentions of the last day below which nothing is.
    least: int = 10
    #: Days before the incident that say what is usual, and how many of them must be known.
    days: int = 28
    known: int = 3
    #: Odds from which a post is taken for a part of it: four of five are.
    odds: float = 4.0
    #: Of the log-likelihood ratio that a quiet post of those days tells of the incident: per
    #: cosine of words, per nearness in meaning, and offset (`models.train.measure_excess`).
    told: tuple[float, float, float] = (30.5, 2.23, -0.03)
    #: Words more alike than this say no more.
    alike: float = 0.1


DEFAULT = ExcessRules()
#: Days that are remembered: an incident may be long, and the days before it count.
_REMEMBERED = 120


@dataclass(slots=True)
class Daily:
    """Mentions of one brand by day (UTC), oldest first; late ones count for their own day."""

    #: Of each day up to the newest.
    _counts: deque[int] = field(default_factory=partial(deque, maxlen=_REMEMBERED))
    _newest: int = 0

    def count(self, at: datetime, mentions: int = 1) -> None:
        """So many more on that day; what is older than all that is remembered is left out."""
        day = day_of(at)
        if self._counts and day <= self._newest - _REMEMBERED:
            return
        if self._newest <= day - _REMEMBERED:
            self._counts.clear()
        if not self._counts:
            self._newest = day
        self._counts.extendleft([0] * (self._newest - len(self._counts) - day + 1))
        self._counts.extend([0] * (day - self._newest))
        self._newest = max(self._newest, day)
        self._counts[day - self._newest - 1] += mentions

    def lately(self, at: datetime) -> float:
        """Mentions of the 24 hours before `at`, as far as whole days tell."""
        passed = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)) / DAY
        today, yesterday = self._on(day_of(at)), self._on(day_of(at) - 1)
        return (today or 0) + (1.0 - passed) * (yesterday or 0)

    def usual(self, before: datetime, rules: ExcessRules = DEFAULT) -> float | None:
        """Mentions a day on the days before that of `before`; None if too few are known."""
        end = day_of(before)
        found = [n for day in range(end - rules.days, end) if (n := self._on(day)) is not None]
        return sum(found) / len(found) if len(found) >= rules.known else None

    def _on(self, day: int) -> int | None:
        """None for a day that is not known."""
        place = day - self._newest - 1
        return self._counts[place] if -len(self._counts) <= place < 0 else None


def excess(heard: float, usual: float) -> float:
    """Odds that a mention of a day with `heard` is beyond what is usual, however it varies."""
    most = max(1.0, usual + sqrt(usual))
    return max(0.0, heard / most - 1.0)


def part_of(
    heard: float,
    usual: float | None,
    *,
    share: float,
    alike: float,
    near: float,
    rules: ExcessRules = DEFAULT,
) -> float:
    """Odds that a quiet post is part of an incident; 0 if too little is said or known.

    `heard` are the brand's mentions of the last day, `share` is the incident's of all in loud
    incidents; `alike` the cosine of words, 0 to 1, `near` the nearness in meaning, -1 to 1.
    """
    if usual is None or heard < rules.least or near == UNKNOWN:
        return 0.0
    words, meaning, offset = rules.told
    ratio = exp(words * min(alike, rules.alike) + meaning * near + offset)
    return share * excess(heard, usual) * ratio
