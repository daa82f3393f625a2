"""Silences that people asked for: planned work, a campaign that will be talked of.

As quiet hours do, they hold back what is not critical, and lose nothing: what is held goes out at
their end, the newest state of each incident first. Does not store (see `Store`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.types import Level
from monitor.errors import InputError

#: A silence that nobody remembers is blindness.
LONGEST = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """A span in which only critical alerts go out."""

    #: None: all brands.
    brand: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    actor: str
    #: 0: not stored yet.
    id: int = 0

    def holds(self, brand: str, at: datetime) -> bool:
        return self.brand in {None, brand} and self.starts_at <= at < self.ends_at


def asked(silence: Silence, *, now: datetime) -> Silence:
    """The silence if it can be kept. `InputError` says why not."""
    if not silence.reason.strip():
        raise InputError("say why: somebody will wonder what was not told")
    if silence.ends_at <= max(silence.starts_at, now):
        raise InputError("a silence ends after it begins, and after now")
    if silence.ends_at - silence.starts_at > LONGEST:
        raise InputError(f"a silence lasts {LONGEST.days} days at most")
    return silence


def silent_until(
    at: datetime, *, brand: str, level: Level | None, silences: Iterable[Silence]
) -> datetime | None:
    """When an alert made at `at` may go out; None: at once. What is critical is never held."""
    if level is Level.CRITICAL:
        return None
    ends = [one.ends_at for one in silences if one.holds(brand, at)]
    return max(ends, default=None)
