"""Dates that are written in figures alone, as no standard has them: 2026/11/24 9:05, 24.11.2026.

Does not read ISO 8601 or RFC 822, nor guess which of two figures is the month.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?!\d)", re.ASCII)
#: With other signs than full stops it begins in the day here and in the month there.
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)", re.ASCII)
#: Readers of other formats make another day of these.
_NOT_ISO = re.compile(r"\d{4}\s?[/.年]|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{4}", re.ASCII)
_TIME = re.compile(
    r"[T,\s]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(?:([ap])\.?m\.?)?"
    r"\s*(?:Z|UTC|GMT|([+-])(\d{2}):?(\d{2})(?:\s*(?:UTC|GMT))?)?",
    re.ASCII | re.IGNORECASE,
)


def is_date(text: str) -> bool:
    """Whether it begins as such a date does."""
    return _NOT_ISO.match(text) is not None


def moment(text: str) -> datetime:
    """In UTC, unless it says otherwise. `ValueError` for what is none, or may be one of two."""
    if found := _YEAR_FIRST.match(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.match(text):
        day, month, year = map(int, found.groups())
    else:
        raise ValueError(text)
    return _at(datetime(year, month, day, tzinfo=UTC), text[found.end() :].strip())


def _at(day: datetime, time: str) -> datetime:
    if not time:
        return day
    found = _TIME.fullmatch(time)
    if found is None:
        raise ValueError(time)
    hour, half = int(found[1]), (found[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    minute, second = int(found[2]), int(found[3] or 0)
    return day.replace(hour=hour, minute=minute, second=second, tzinfo=_zone(found))


def _zone(found: re.Match[str]) -> timezone:
    _, _, _, _, sign, hours, minutes = found.groups()
    if sign is None:
        return UTC
    east = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(east if sign == "+" else -east)
