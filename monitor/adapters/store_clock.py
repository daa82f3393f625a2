"""What was planned by a clock that has been set back since.

A machine whose clock ran ahead (until NTP put it right) has planned its polls and attempts for a
time that is hours, or years, away: it would wait in silence and look healthy. Runs inside the
transaction of its caller (see `store`). Leaves what has happened as it was written down.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.adapters.connect import Connection
from monitor.adapters.rows import maybe_moment, moment, time_text

#: What is set right by less than this is waited for.
TOLERANCE = timedelta(minutes=1)
#: Table, key, and the column that says when; what quiet hours hold is meant for that very time.
_PLANNED = (
    ("sources", "id", "next_poll_at", "TRUE"),
    ("webhooks", "name", "not_before", "TRUE"),
    (
        "deliveries",
        "id",
        "next_attempt_at",
        """
        state = 'pending' AND (attempt > 0 OR next_attempt_at <= (
          SELECT created_at FROM alerts WHERE alerts.id = alert_id))
        """,
    ),
)


def set_back(connection: Connection, *, last: datetime | None, now: datetime) -> timedelta:
    """Say how far the clock was set back since `last`, and bring what is planned as much nearer.

    Zero: it was not, or by less than `TOLERANCE`.
    """
    by = last - now if last else timedelta(0)
    if by < TOLERANCE:
        return timedelta(0)
    for planned in _PLANNED:
        _bring_nearer(connection, *planned, by=by, now=now)
    return by


def _bring_nearer(
    connection: Connection,
    table: str,
    key: str,
    column: str,
    where: str,
    *,
    by: timedelta,
    now: datetime,
) -> None:
    found = f"SELECT {column}, {key} FROM {table} WHERE {column} > ? AND {where}"  # noqa: S608 - names of ours
    rows = connection.execute(found, (time_text(now),)).fetchall()
    connection.executemany(
        f"UPDATE {table} SET {column} = ? WHERE {key} = ?",  # noqa: S608 - names of ours
        [(time_text(max(now, moment(at) - by)), which) for at, which in rows],
    )


def last_beat(connection: Connection, name: str) -> datetime | None:
    """When a daemon of this name last wrote that it is there."""
    row = connection.execute("SELECT at FROM heartbeats WHERE name = ?", (name,)).fetchone()
    return maybe_moment(row["at"]) if row else None
