"""Reposts, quotes and replies that were counted on posts but never seen themselves.

A post whose counts rise from reading to reading travels on, though no new mention was found: the
rise counts as that many events, spread between the two readings. Does not ask for counts (see
`rereading`), nor forecast (see `growth`).

What is counted: each kind of `NAMES` is a person who carries the post on or answers it, as are the
events that the growth model was fitted on; likes and views are a hundred times as many and carry
nothing on. Counts that are not known are not zero: they say nothing. A count that falls takes
nothing back, and of one post that was seen in two places the highest reading counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import ceil, log1p
from typing import Final

from monitor.core.types import Mention

NAMES: Final = ("reposts", "quotes", "replies")
#: Readings are never closer, in seconds.
STEP: Final = 300.0
#: Between two readings events become rarer as 1 / (age + SOON), in seconds: evenly on the
#: logarithm of the age, on which posts are read again as well.
SOON: Final = 60.0
#: No post has more; whoever says so is not believed beyond it.
MOST: Final = 1e7
#: Posts whose last reading is remembered, times kinds of counts; further ones say nothing.
MAX_READ: Final = 6000
#: Steps that are kept apart: two weeks. What came earlier is put to the oldest of them.
MAX_STEPS: Final = 4032


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """One reading of one count of one post."""

    #: The same for each place where the post was seen.
    post: str
    said_at: datetime
    at: datetime
    name: str
    value: float


def counts_of(mention: Mention) -> tuple[Count, ...]:
    """What stood on a post when it was seen first; a repost shows what it reposts."""
    if mention.repost_of is not None:
        return ()
    return tuple(
        Count(
            post=post_of(mention),
            said_at=mention.at,
            at=mention.seen_at,
            name=name,
            value=mention.engagement[name],
        )
        for name in NAMES
        if name in mention.engagement
    )


def post_of(mention: Mention) -> str:
    """A name of the post that does not depend on where it was seen."""
    return mention.url or f"{mention.source_id}/{mention.native_id}"


class Echoes:
    """When the posts of one story were passed on and answered; merges with another one."""

    def __init__(self) -> None:
        #: Of each post and kind of count: when it was read last, and the highest value so far.
        self._read: dict[tuple[str, str], tuple[float, float]] = {}
        #: How many events, or parts of one, came in which step since the epoch.
        self._steps: dict[int, float] = {}
        self.total = 0.0

    def add(self, count: Count) -> bool:
        """Take one reading; whether it is a rise. One that was taken already changes nothing."""
        key, at = (count.post, count.name), count.at.timestamp()
        said = min(count.said_at.timestamp(), at)
        since, before = self._read.get(key, (said, 0.0))
        is_new = key not in self._read
        if count.name not in NAMES or at < since or (is_new and len(self._read) >= MAX_READ):
            return False
        value = min(count.value, MOST)
        self._read[key] = at, max(value, before)
        if value <= before:
            return False
        self._spread(value - before, said=said, since=since, until=at)
        return True

    def absorb(self, other: Echoes) -> None:
        """Add all that `other` counted; of a post that both know, the events of both."""
        for key, read in other._read.items():
            self._read[key] = max(read, self._read.get(key, read))
        for step, events in other._steps.items():
            self._put(step, events)
        self.total += other.total
        self._trim()

    def since(self, first: datetime, *, seen: int) -> tuple[tuple[float, float], ...]:
        """(seconds since `first`, events), ascending; without the `seen` ones.

        Which of them were seen as mentions is not known: each counts for a little less.
        """
        unseen = max(0.0, 1.0 - seen / self.total) if self.total else 0.0
        if not unseen:
            return ()
        start = first.timestamp()
        return tuple(
            (max(0.0, (step + 0.5) * STEP - start), events * unseen)
            for step, events in sorted(self._steps.items())
        )

    def _spread(self, events: float, *, said: float, since: float, until: float) -> None:
        since = max(since, until - STEP * MAX_STEPS)
        first = int(since // STEP)
        steps = range(first, first + max(1, ceil(until / STEP) - first))
        edges = [min(max(step * STEP, since), until) for step in steps]
        elapsed = [log1p((edge - said) / SOON) for edge in (*edges, until)]
        span = elapsed[-1] - elapsed[0]
        for step, (begin, end) in zip(steps, pairwise(elapsed), strict=True):
            # Read in the moment when it was said: all of it is of that step.
            self._put(step, events * ((end - begin) / span if span else 1.0))
        self.total += events
        self._trim()

    def _trim(self) -> None:
        if len(self._steps) <= MAX_STEPS:
            return
        steps = sorted(self._steps)
        for step in steps[:-MAX_STEPS]:
            self._put(steps[-MAX_STEPS], self._steps.pop(step))

    def _put(self, step: int, events: float) -> None:
        self._steps[step] = self._steps.get(step, 0.0) + events
