"""Counts, shares, moments and spans of time as people read them, whatever the machine's locale.

Does not parse, and does not write what programs read (see `event.iso`, `config.writing.span`). A
span is said in three ways: `lasting` in a sentence, `distance` from now beside what it is about,
`compact` where its second unit matters.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)
#: Seconds of each unit that a span is written in, the largest first.
UNITS: Mapping[str, int] = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def counted(count: int, noun: str) -> str:
    """A number and its noun: 1 mention, 12,000 mentions."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def tenths(count: float) -> str:
    """A count that is expected: what is rare is never 0.0."""
    return f"{count:,.1f}" if count >= 0.05 else "hardly any"


def percent(share: float) -> str:
    """A probability: what is not sure is never 0 or 100 %."""
    if share < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def is_sure(probability: float) -> bool:
    """Whether it has come to pass: only what is there already is sure."""
    return probability >= 1


def day_text(day: date) -> str:
    """9 Apr 2017."""
    # strftime would use the names of the machine's language.
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment(at: datetime) -> str:
    """22 Nov 2026, 12:00 UTC."""
    at = at.astimezone(UTC)
    return f"{day_text(at.date())}, {at:%H:%M} UTC"


def lasting(span: timedelta) -> str:
    """Seconds, minutes from 1 minute, hours from 2 hours, days from 2 days: 90 minutes."""
    seconds = round(span / _SECOND)
    if 0 < seconds < 60:
        return counted(seconds, "second")
    minutes = round(span / _MINUTE)
    if minutes < 120:
        return counted(minutes, "minute")
    hours = _nearest(minutes / 60)
    return counted(hours, "hour") if hours < 48 else counted(_nearest(hours / 24), "day")


def _nearest(value: float) -> int:
    """Just half goes up: `round` would say 34, 36 and 36 days of three days in a row."""
    return math.floor(value + 0.5)


def distance(at: datetime, now: datetime) -> str:
    """How far a time is from now, in the largest unit that is not zero: in 12 min, 3 h ago."""
    seconds = int(abs(at - now) / _SECOND)
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            shown = f"{seconds // size} {unit}"
            return f"in {shown}" if at > now else f"{shown} ago"
    return "now"


def compact(span: timedelta) -> str:
    """Two units at most: 5m, 1h 40m, 2d."""
    rest, parts = math.ceil(span / _SECOND), []
    for unit, size in UNITS.items():
        count, rest = divmod(rest, size)
        parts += [f"{count}{unit}"] if count else []
    return " ".join(parts[:2]) or "0s"
