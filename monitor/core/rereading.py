"""When the counts of a post are read again: at first every few minutes, later twice a day.

Does not ask, nor know which posts matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SOONEST = timedelta(minutes=5)
#: While its incident is open.
LATEST = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """A stored post whose counts may be read again."""

    native_id: str
    url: str | None
    #: When it was first seen, and when its counts were last asked for.
    seen_at: datetime
    asked_at: datetime | None = None


def due_at(post: Followed) -> datetime:
    """After 5, 10, 20, 40 … minutes: each reading as long after the last as that after the first.

    Cascades slow down about as fast as they age, so equal steps of the logarithm of time tell most
    for the least requests (the same grid as the growth model's fractions of the age).
    """
    last = post.asked_at or post.seen_at
    return last + min(LATEST, max(SOONEST, last - post.seen_at))


def due(posts: Iterable[Followed], *, now: datetime, most: int) -> tuple[Followed, ...]:
    """Those whose time has come, longest due first, at most `most`."""
    waiting = sorted((post for post in posts if due_at(post) <= now), key=due_at)
    return tuple(waiting[:most])
