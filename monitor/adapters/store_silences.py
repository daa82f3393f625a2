"""Silences in the database, and what they do to alerts that are written meanwhile.

Runs inside the transaction of its caller (see `store`).
"""

from __future__ import annotations

from datetime import datetime

from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import maybe_plain, moment, plain, time_text
from monitor.core.outbox import NewAlert
from monitor.core.planned import due_at
from monitor.core.settings import Settings
from monitor.core.silences import Silence
from monitor.core.types import Level
from monitor.errors import NotFoundError

_ADD = """
INSERT INTO silences (brand, starts_at, ends_at, reason, actor, made_at)
VALUES (?, ?, ?, ?, ?, ?)
"""
_NOT_OVER = "SELECT * FROM silences WHERE ends_at > ? ORDER BY starts_at, id"
# An alert bears the time at which its step began: a silence "from now on" that was made while it
# was read and weighed is there before it is recorded, and holds it.
_MET = """
SELECT id, brand, ends_at, reason, actor,
  iif(made_at > :at AND starts_at <= made_at, min(starts_at, :at), starts_at) AS starts_at
FROM silences WHERE ends_at > :at
"""
_END = "UPDATE silences SET starts_at = min(starts_at, :now), ends_at = :now WHERE id = :id"
# Not tried yet and not due: held on purpose. What was tried before waits for its receiver.
_HELD = """
SELECT deliveries.id, next_attempt_at, alerts.created_at, alerts.level, brand
FROM deliveries
JOIN alerts ON alerts.id = alert_id
JOIN incidents ON incidents.id = alerts.incident_id
WHERE state = 'pending' AND attempt = 0 AND next_attempt_at > ?
"""
_MOVE = "UPDATE deliveries SET next_attempt_at = ? WHERE id = ?"


def add(connection: Connection, silence: Silence, settings: Settings, *, now: datetime) -> int:
    """Keep it; what something else holds until a time that lies in it is held on."""
    values = (
        maybe_plain(silence.brand),
        time_text(silence.starts_at),
        time_text(silence.ends_at),
        plain(silence.reason),
        plain(silence.actor),
        time_text(now),
    )
    number = connection.execute(_ADD, values).lastrowid or 0
    later = []
    for row in connection.execute(_HELD, (time_text(now),)).fetchall():
        until = moment(row["next_attempt_at"])
        due = _due(connection, settings, row) if silence.holds(row["brand"], until) else until
        if due > until:
            later.append((time_text(due), row["id"]))
    connection.executemany(_MOVE, later)
    return number


def not_over(connection: Connection, now: datetime) -> tuple[Silence, ...]:
    return tuple(map(_silence, connection.execute(_NOT_OVER, (time_text(now),))))


def end(connection: Connection, silence_id: int, settings: Settings, *, now: datetime) -> Silence:
    """End it at once and let go what nothing else holds. `NotFoundError` if there is none."""
    found = next((one for one in not_over(connection, now) if one.id == silence_id), None)
    if found is None:
        raise NotFoundError(f"there is no silence {silence_id} that could be ended")
    connection.execute(_END, {"id": silence_id, "now": time_text(now)})
    let_go(connection, settings, now=now)
    return found


def held_until(connection: Connection, alert: NewAlert) -> datetime | None:
    """When a silence lets this alert out, and all else that holds then; None: there is none."""
    if alert.held_by is None:
        return None
    silences = _met(connection, alert.created_at)
    if not silences:
        return None
    named = "SELECT brand FROM incidents WHERE id = ?"
    (brand,) = connection.execute(named, (alert.incident_id,)).fetchone()
    return due_at(
        alert.created_at,
        brand=brand,
        level=alert.level,
        settings=alert.held_by,
        asked=silences,
    )


def let_go(connection: Connection, settings: Settings, *, now: datetime) -> int:
    """Send earlier what nothing holds any more, such as a silence taken out of the configuration.

    Nothing is held longer than it was; says how many deliveries are due earlier.
    """
    earlier = []
    for row in connection.execute(_HELD, (time_text(now),)).fetchall():
        due = max(_due(connection, settings, row), now)
        if due < moment(row["next_attempt_at"]):
            earlier.append((time_text(due), row["id"]))
    connection.executemany(_MOVE, earlier)
    return len(earlier)


def _due(connection: Connection, settings: Settings, row: Row) -> datetime:
    """When all that holds an alert lets it out."""
    made, level = moment(row["created_at"]), Level.parse(row["level"])
    silences = _met(connection, made)
    return due_at(made, brand=row["brand"], level=level, settings=settings, asked=silences)


def _met(connection: Connection, at: datetime) -> tuple[Silence, ...]:
    """What an alert of this time meets."""
    return tuple(map(_silence, connection.execute(_MET, {"at": time_text(at)})))


def _silence(row: Row) -> Silence:
    return Silence(
        id=row["id"],
        brand=row["brand"],
        starts_at=moment(row["starts_at"]),
        ends_at=moment(row["ends_at"]),
        reason=row["reason"],
        actor=row["actor"],
    )
