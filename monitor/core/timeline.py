"""When the mentions of one story were said, in bounded memory.

Beyond `MAX_TIMES` points every second one is dropped and those that stay stand for twice as
many: the shape of the curve is kept, to one part in thousands.
"""

from __future__ import annotations

from bisect import insort

MAX_TIMES = 5000


class Timeline:
    """Points in time, ascending, each standing for `weight` mentions."""

    __slots__ = ("_skipped", "_times", "weight")

    def __init__(self) -> None:
        self.weight = 1
        self._skipped = 0
        #: Seconds since the epoch.
        self._times: list[float] = []

    def add(self, time: float) -> None:
        """Out of order is fine; posts are often seen late."""
        self._skipped += 1
        if self._skipped < self.weight:
            return
        self._skipped = 0
        insort(self._times, time)
        if len(self._times) > MAX_TIMES:
            self._halve()

    def absorb(self, other: Timeline) -> None:
        """Take the points of `other`, at the coarser of the two weights."""
        while self.weight < other.weight:
            self._halve()
        self._times = sorted(self._times + other._times[:: self.weight // other.weight or 1])
        while len(self._times) > MAX_TIMES:
            self._halve()

    def since_first(self) -> tuple[float, ...]:
        """Seconds since the first point, ascending."""
        return tuple(time - self._times[0] for time in self._times)

    def _halve(self) -> None:
        # The first point stays: it is where the age of the story is counted from.
        self._times = self._times[::2]
        self.weight *= 2
