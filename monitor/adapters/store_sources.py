"""Which sources there are and when they are due.

Runs inside the transaction of its caller (see `store`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.adapters.connect import Connection
from monitor.adapters.rows import json_text, moment, source_from, time_text
from monitor.core.polling import SourceHealth, SourceState
from monitor.core.pushing import KIND
from monitor.core.settings import SourceSettings

_ADD = """
INSERT INTO sources (name, kind, url, next_poll_at, state, state_since, note, began_at)
VALUES (:name, :kind, :url, :due, :state, :now, :note, :now)
ON CONFLICT (name) DO NOTHING
"""
# The one source that is gone, and asked the same of the same: it has another name now. Under a new
# one all that it shows would be mentions anew, and counted twice.
_RENAME = """
UPDATE sources SET name = :name WHERE id IN (
  SELECT min(id) FROM sources
  WHERE configured AND state <> 'disabled' AND kind = :kind AND url = :url
    AND name NOT IN (SELECT value FROM json_each(:kept))
  HAVING count(*) = 1
) AND NOT EXISTS (SELECT 1 FROM sources WHERE name = :name)
"""
# A new address is a new source under an old name: no validators, no failures, not given up.
# So is one that comes back into the configuration, which is also how a person revives one.
_RENEW = """
UPDATE sources SET kind = :kind, url = :url, configured = 1,
  etag = NULL, last_modified = NULL, next_poll_at = :due, failures = 0,
  state = :state, state_since = :now, note = :note, last_unconditional_at = NULL,
  gone = 0, gone_since = NULL, moved_to = NULL, moved = 0, moved_since = NULL,
  moved_url = NULL, ttl_seconds = NULL, blind = 0, cursor = '', shown = '', began_at = :now
WHERE name = :name AND (url <> :url OR kind <> :kind OR NOT configured)
"""
# What is pushed makes its own sources: they go when nothing may be pushed any more.
_DROP = """
UPDATE sources SET configured = 0, state = 'disabled', state_since = :now, next_poll_at = NULL,
  note = 'taken out of the configuration', blind = 0
WHERE configured AND name NOT IN (SELECT value FROM json_each(:kept))
  AND NOT (:pushed AND kind = 'push')
"""
# From hour to hour by the index, however many news came in each.
_NEWS = """
WITH RECURSIVE hours (at) AS (
  SELECT max(at) FROM polls WHERE source_id = :id AND coalesce(changed, new_items) > 0
  UNION ALL
  SELECT (
    SELECT max(polls.at) FROM polls
    WHERE source_id = :id AND coalesce(changed, new_items) > 0
      AND polls.at < substr(hours.at, 1, length('YYYY-MM-DDTHH'))
  ) FROM hours WHERE hours.at IS NOT NULL
  LIMIT :limit
)
SELECT at FROM hours
WHERE at > coalesce((SELECT began_at FROM sources WHERE id = :id), '') ORDER BY at
"""
#: Why a source is stale before its first answer.
UNASKED = "not asked yet"
_DUE = """
SELECT * FROM sources
WHERE configured AND state <> 'disabled' AND kind <> 'push' AND coalesce(next_poll_at, '') <= ?
ORDER BY coalesce(next_poll_at, ''), id
"""


def sync_sources(
    connection: Connection,
    sources: Sequence[SourceSettings],
    *,
    now: datetime,
    pushed: bool = False,
) -> None:
    kept = json_text([source.name for source in sources])
    for source in sources:
        same = {"name": source.name, "kind": source.kind, "url": source.url, "kept": kept}
        connection.execute(_RENAME, same)
        _open(connection, source, now=now)
    connection.execute(_DROP, {"now": time_text(now), "kept": kept, "pushed": pushed})


def open_pushed(connection: Connection, source: SourceSettings, *, now: datetime) -> SourceState:
    """Give a source that something is pushed to; it is made if there is none."""
    _open(connection, source, now=now)
    found = "SELECT * FROM sources WHERE name = ?"
    return source_from(connection.execute(found, (source.name,)).fetchone())


def _open(connection: Connection, source: SourceSettings, *, now: datetime) -> None:
    # What is pushed is never asked: its door is open. Of all others nothing is known yet.
    is_pushed = source.kind == KIND
    health = SourceHealth.HEALTHY if is_pushed else SourceHealth.STALE
    values = {
        "name": source.name,
        "kind": source.kind,
        "url": source.url,
        "now": time_text(now),
        "due": None if is_pushed else time_text(now),
        "state": health.value,
        "note": "" if is_pushed else UNASKED,
    }
    connection.execute(_ADD, values)
    connection.execute(_RENEW, values)


def source_states(connection: Connection) -> tuple[SourceState, ...]:
    rows = connection.execute("SELECT * FROM sources WHERE configured ORDER BY id")
    return tuple(source_from(row) for row in rows)


def due_sources(connection: Connection, now: datetime) -> tuple[SourceState, ...]:
    return tuple(source_from(row) for row in connection.execute(_DUE, (time_text(now),)))


def news_times(connection: Connection, source_id: int, *, limit: int) -> tuple[datetime, ...]:
    rows = connection.execute(_NEWS, {"id": source_id, "limit": limit})
    return tuple(moment(at) for (at,) in rows)


def reserve_poll(
    connection: Connection, source_id: int, *, until: datetime, note: str | None
) -> None:
    connection.execute(
        "UPDATE sources SET next_poll_at = ?, note = coalesce(?, note) WHERE id = ?",
        (time_text(until), note, source_id),
    )
