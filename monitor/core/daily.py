"""Mentions of one brand by day (UTC), in bounded memory. Judges nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

DAY = timedelta(days=1)


def day_of(at: datetime) -> int:
    """Days since 1970, UTC."""
    return int(at.astimezone(UTC).timestamp() // DAY.total_seconds())


def start_of(day: int) -> datetime:
    """The first moment of a day that `day_of` counted."""
    return datetime.fromtimestamp(day * DAY.total_seconds(), UTC)


@dataclass(slots=True)
class Daily:
    """Counts of the last days, oldest first; a late mention counts for its own day."""

    #: Days: by default an incident may be long, and there are still days before it.
    remembered: int = 120
    #: Of each day up to the newest.
    _counts: deque[int] = field(init=False)
    _newest: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._counts = deque(maxlen=self.remembered)

    def count(self, at: datetime, mentions: int = 1) -> None:
        """So many more on that day; what is older than all that is remembered is left out."""
        day = day_of(at)
        if self._counts and day <= self._newest - self.remembered:
            return
        if self._newest <= day - self.remembered:
            self._counts.clear()
        if not self._counts:
            self._newest = day
        self._counts.extendleft([0] * (self._newest - len(self._counts) - day + 1))
        self._counts.extend([0] * (day - self._newest))
        self._newest = max(self._newest, day)
        self._counts[day - self._newest - 1] += mentions

    def since(self, at: datetime) -> int:
        """Mentions from the day of `at` on."""
        return sum(islice(reversed(self._counts), max(0, self._newest - day_of(at) + 1)))

    def lately(self, at: datetime) -> float:
        """Mentions of the 24 hours before `at`, as far as whole days tell."""
        passed = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)) / DAY
        today, yesterday = self._on(day_of(at)), self._on(day_of(at) - 1)
        return (today or 0) + (1.0 - passed) * (yesterday or 0)

    def usual(self, before: datetime, *, days: int, known: int) -> float | None:
        """Mentions a day on the `days` before that of `before`; None if fewer are `known`."""
        end = day_of(before)
        found = [n for day in range(end - days, end) if (n := self._on(day)) is not None]
        return sum(found) / len(found) if len(found) >= known else None

    def _on(self, day: int) -> int | None:
        """None for a day that is not known."""
        place = day - self._newest - 1
        return self._counts[place] if -len(self._counts) <= place < 0 else None
