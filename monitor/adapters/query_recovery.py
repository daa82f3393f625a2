"""What was said of a brand day by day around an incident, and which days could be seen.

Counts what is stored; what follows from it is `core.recovery`. Days are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import time_text
from monitor.core import pushing
from monitor.core.recovery import BASELINE, FOLLOWED, Day, Recovery, recovery

_INCIDENT = "SELECT brand, first_seen_at, last_seen_at FROM incidents WHERE id = ?"
# Reposts count, with the verdict of their text. What was older than the watch does not.
_DAYS = """
SELECT substr(mentions.said_at, 1, 10) AS day,
  count(*) FILTER (WHERE about >= 0.5) AS mentions,
  count(*) FILTER (WHERE about >= 0.5 AND language_trained) AS read,
  count(*) FILTER (
    WHERE about >= 0.5 AND language_trained AND negative > neutral AND negative > positive
  ) AS negative,
  count(unread.mention_id) AS unread
FROM mentions
LEFT JOIN verdicts ON verdicts.mention_id = mentions.id
LEFT JOIN unread ON unread.mention_id = mentions.id
WHERE brand = :brand AND mentions.said_at >= :since AND mentions.said_at < :until AND NOT history
GROUP BY day
"""
_FIRST = """
SELECT substr(said_at, 1, 10) FROM mentions WHERE brand = ? AND NOT history
ORDER BY said_at LIMIT 1
"""
# Pruning leaves what belongs to an incident: the oldest other mention shows how far it went.
_KEPT = """
SELECT substr(seen_at, 1, 10) FROM mentions
WHERE NOT EXISTS (SELECT 1 FROM incident_mentions WHERE mention_id = mentions.id)
ORDER BY seen_at LIMIT 1
"""
_SOURCES = """
SELECT name, kind, url, day, polls, seen
FROM coverage JOIN sources ON sources.id = source_id
WHERE source_id IN (
  SELECT DISTINCT source_id FROM mentions
  WHERE brand = :brand AND said_at >= :since AND said_at < :until
)
ORDER BY day
"""
_DAY = timedelta(days=1)
_REPLAYED = "replay:"
_SHOWN_NAMES = 3
_UNKNOWN = "the watch was not begun, or not all is kept"


@dataclass(slots=True)
class _Source:
    """One source that brings what is said of the brand."""

    name: str
    #: It comes by itself: a day without anything is no sign of blindness.
    is_passive: bool
    #: Day -> how often it was asked, and answered.
    days: dict[str, tuple[int, int]] = field(default_factory=dict)

    def is_blind(self, day: str) -> bool:
        polls, seen = self.days.get(day, (0, 0))
        return 2 * seen < polls

    def covers(self, day: str) -> bool:
        return day in self.days or (self.is_passive and min(self.days) < day < max(self.days))


def recovered(connection: Connection, incident_id: int, *, now: datetime) -> Recovery | None:
    """None if there is no such incident."""
    row = connection.execute(_INCIDENT, (incident_id,)).fetchone()
    if row is None:
        return None
    began, last = _date(row["first_seen_at"]), _date(row["last_seen_at"])
    first, end = _moved(began, -BASELINE), min(now.date(), _moved(began, FOLLOWED))
    values = {"brand": row["brand"], "since": _midnight(first), "until": _midnight(end)}
    sources = _sources(connection.execute(_SOURCES, values))
    known = _known(connection, row["brand"], sources) or max(began, end)
    # A monitor that was turned off for good saw nothing since: those days are no part of it.
    end = min([end, *([_last(sources) + _DAY] if sources else [])])
    counts = {one["day"]: one for one in connection.execute(_DAYS, values)}
    days = [_day(at, counts, sources, known) for at in _each(max(first, min(known, began)), end)]
    return recovery(days, began=began, last=last)


def _last(sources: Sequence[_Source]) -> date:
    return _date(max(max(source.days) for source in sources))


def _known(connection: Connection, brand: str, sources: Sequence[_Source]) -> date | None:
    """The first whole day on which the brand was watched and of which all is kept."""
    watched = connection.execute(_FIRST, (brand,)).fetchone()
    kept = connection.execute(_KEPT).fetchone()
    if watched is None or kept is None or not sources:
        return None
    asked = min(min(source.days) for source in sources)
    return max(map(_date, (watched[0], kept[0], asked))) + _DAY


def _sources(rows: Iterator[Row]) -> tuple[_Source, ...]:
    found: dict[str, _Source] = {}
    for row in rows:
        is_passive = row["kind"] == pushing.KIND or row["url"].startswith(_REPLAYED)
        source = found.setdefault(row["name"], _Source(row["name"], is_passive))
        source.days[row["day"]] = row["polls"], row["seen"]
    return tuple(found.values())


def _day(at: date, counts: Mapping[str, Row], sources: Sequence[_Source], known: date) -> Day:
    row = counts.get(str(at))
    unread = row["unread"] if row else 0
    gap = _gap(str(at), unread, sources) if at >= known else _UNKNOWN
    if row is None:
        return Day(date=at, gap=gap)
    return Day(
        date=at, mentions=row["mentions"], read=row["read"], negative=row["negative"], gap=gap
    )


def _gap(day: str, unread: int, sources: Sequence[_Source]) -> str:
    """Why what was said on a day may not be known in full."""
    if not any(source.covers(day) for source in sources):
        return "no source was asked"
    if blind := [source.name for source in sources if source.is_blind(day)]:
        more = ", …" if len(blind) > _SHOWN_NAMES else ""
        return f"{', '.join(blind[:_SHOWN_NAMES])}{more} could not be seen"
    return "not all of it was read yet" if unread else ""


def _each(first: date, end: date) -> Iterator[date]:
    """Days from `first` up to `end`, which is not one of them."""
    return (first + at * _DAY for at in range((end - first).days))


def _moved(day: date, by: int) -> date:
    """So many days on, or the end of the calendar: a database may hold what cannot be true."""
    try:
        return day + by * _DAY
    except OverflowError:
        return date.min if by < 0 else date.max


def _date(text: str) -> date:
    return date.fromisoformat(text[:10])


def _midnight(day: date) -> str:
    return time_text(datetime.combine(day, time(), UTC))
