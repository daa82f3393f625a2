"""Silences that stand in the configuration: from one time until another, or each week anew.

They hold back what quiet hours and `monitor silence` do, and lose nothing. Does not read the
configuration, nor store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.core import quiet
from monitor.core.settings import PlannedSilence, Settings, Window
from monitor.core.silences import LONGEST, Silence, silent_until
from monitor.core.types import Level

#: Who asked for it, as it is shown.
ACTOR = "config.toml"
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


def due_at(
    at: datetime,
    *,
    brand: str,
    level: Level | None,
    settings: Settings,
    asked: Sequence[Silence] = (),
) -> datetime:
    """When an alert made at `at` goes out; `asked` are the silences that people asked for.

    A silence that begins before quiet hours end holds on, and quiet hours that begin before it
    ends: what lets an alert go at a time at which something else holds it lets nothing go.
    """
    for _ in range(2 + len(asked)):
        at = quiet.held_until(at, level, settings.alerts.quiet_hours) or at
        silences = (*holding(settings, at), *asked)
        at = silent_until(at, brand=brand, level=level, silences=silences) or at
    return at


def holding(settings: Settings, at: datetime) -> tuple[Silence, ...]:
    """Those that hold at `at`, whatever the brand."""
    return tuple(one for one in coming(settings, at) if one.starts_at <= at)


def coming(settings: Settings, now: datetime) -> tuple[Silence, ...]:
    """Of each that is not over its span now, or the next; the first to begin first."""
    found = (occurrence(one, now) for one in settings.silences)
    return tuple(sorted((one for one in found if one), key=lambda one: one.starts_at))


def occurrence(planned: PlannedSilence, now: datetime) -> Silence | None:
    """The span that holds at `now`, or the next; None: it is over."""
    spans = _fixed(planned) if planned.windows == () else _weekly(planned.windows, now)
    for starts_at, ends_at in spans:
        if ends_at > now:
            return Silence(
                brand=planned.brand,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=f"{planned.name}: {planned.reason}",
                actor=ACTOR,
            )
    return None


def is_endless(windows: Iterable[Window]) -> bool:
    """Whether they leave no time at which anything is told."""
    # Any week will do: what goes on for a week without a gap goes on for ever.
    (starts_at, ends_at), *_ = _weekly(tuple(windows), datetime(2026, 1, 7, tzinfo=UTC))
    return ends_at - starts_at >= _WEEK


def _fixed(planned: PlannedSilence) -> Iterator[tuple[datetime, datetime]]:
    if planned.starts_at and planned.ends_at:
        yield planned.starts_at, planned.ends_at


def _weekly(windows: tuple[Window, ...], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Spans of the weeks around `now`, ascending; those that follow each other are one."""
    first = now.date() - _WEEK - _DAY
    days = [first + at * _DAY for at in range((LONGEST + _WEEK).days)]
    spans = sorted(_span(window, day) for window in windows for day in days if _is_of(window, day))
    starts_at, ends_at = spans[0]
    for start, end in spans[1:]:
        if start > ends_at:
            yield starts_at, ends_at
            starts_at = start
        ends_at = max(ends_at, end)
    yield starts_at, ends_at


def _is_of(window: Window, day: date) -> bool:
    return not window.days or day.weekday() in window.days


def _span(window: Window, day: date) -> tuple[datetime, datetime]:
    """From a local day on, in UTC; where clocks change it is the longer one."""
    hours = window.hours
    last = day + _DAY if hours.end <= hours.start else day
    return min(_passes(day, hours.start, hours.zone)), max(_passes(last, hours.end, hours.zone))


def _passes(day: date, minute: int, zone: str) -> list[datetime]:
    """A wall time may come twice, or not at all."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return [wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
