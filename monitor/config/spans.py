"""Times as config.toml writes them: daily hours, hours of some days, single moments.

Each reader raises `ValueError` that says what the text should look like. Does not know any key.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.core.settings import DAYS, QuietHours, Window

_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_HOURS = re.compile(rf"{_TIME}-{_TIME} (\S+)")
_WINDOW = re.compile(r"(?:([A-Za-z,-]+) )?(\d\d:\d\d-\d\d:\d\d \S+)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?) ([A-Za-z]\S*)")


def quiet_hours(text: object) -> QuietHours:
    """`22:00-07:00 Europe/London`."""
    match = _HOURS.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'should look like "22:00-07:00 Europe/London", not {text!r}')
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return QuietHours(start=start, end=end, zone=_zone(match[5]).key)


def window(text: object) -> Window:
    """`22:00-02:00 Europe/London`, `Sat 22:00-02:00 UTC`, `Mon-Fri,Sun 02:00-03:00 UTC`."""
    match = _WINDOW.fullmatch(text) if isinstance(text, str) else None
    days = None if match is None else _days(match[1] or "")
    if match is None or days is None:
        raise ValueError(
            'should look like "Sat 22:00-02:00 Europe/London", "Mon-Fri 02:00-03:00 UTC" or '
            f'"22:00-07:00 UTC", not {text!r}'
        )
    return Window(hours=quiet_hours(match[2]), days=days)


def moment(value: object) -> datetime:
    """`2026-12-01T22:00:00Z` as TOML has it or as text, `"2026-12-01 22:00 Europe/London"`."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    try:
        if match is not None:
            at = datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=_zone(match[3]))
        else:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as e:
        raise ValueError(f"should be a time, not {value!r} ({e})") from e
    if at.tzinfo is None:
        raise ValueError(
            'should say its zone: 2026-12-01T22:00:00Z or "2026-12-01 22:00 Europe/London", '
            f"not {value!s}"
        )
    try:
        return at.astimezone(UTC)
    except OverflowError as e:
        raise ValueError(f"should be a time that UTC has, too, not {value!s}") from e


def _days(text: str) -> tuple[int, ...] | None:
    """Numbers of `Mon-Fri,Sun`, Monday is 0; none for no text; None if it is something else."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        ends = [DAYS.index(name) if name in DAYS else None for name in (first, last or first)]
        if None in ends:
            return None
        start, end = (number or 0 for number in ends)
        found |= {at % 7 for at in range(start, end + 1 + 7 * (end < start))}
    return tuple(sorted(found)) if bool(found) is bool(text) else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as e:
        raise ValueError(f"{name!r} is not a time zone") from e
