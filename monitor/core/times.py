"""Points in time are aware and in UTC. Does not parse or format."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(at: datetime) -> datetime:
    """The same moment in UTC; without a zone it is taken for UTC. `OverflowError` at the edges."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
