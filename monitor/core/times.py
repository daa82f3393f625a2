"""Points in time are aware and in UTC; days in words. Does not parse."""

from __future__ import annotations

from datetime import UTC, date, datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def utc(at: datetime) -> datetime:
    """The same moment in UTC; without a zone it is taken for UTC. `OverflowError` at the edges."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def day_text(day: date) -> str:
    """`9 Apr 2017`, whatever the locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
