"""Points in time are aware and in UTC; which can be true. Does not parse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: Clocks that never were set say 1970, an empty field of a program says year 1.
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
#: By so much the clocks of others may be fast, or their zone wrong.
FAST = timedelta(days=1)


def utc(at: datetime) -> datetime:
    """The same moment in UTC; without a zone it is taken for UTC. `OverflowError` at the edges."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def can_be_true(at: datetime, *, now: datetime) -> bool:
    """Whether something can have been said or seen then."""
    return OLDEST <= at <= now + FAST
