"""Which sources there are and when they are due.

Runs inside the transaction of its caller (see `store`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.adapters.connect import Connection
from monitor.adapters.rows import json_text, source_from, time_text
from monitor.core.polling import SourceState
from monitor.core.settings import SourceSettings

_ADD = """
INSERT INTO sources (name, kind, url, next_poll_at, state_since)
VALUES (:name, :kind, :url, :now, :now)
ON CONFLICT (name) DO NOTHING
"""
# A new address is a new source under an old name: no validators, no failures, not given up.
# So is one that comes back into the configuration, which is also how a person revives one.
_RENEW = """
UPDATE sources SET kind = :kind, url = :url, configured = 1,
  etag = NULL, last_modified = NULL, next_poll_at = :now, failures = 0,
  state = 'healthy', state_since = :now, note = '', last_unconditional_at = NULL,
  gone = 0, gone_since = NULL, moved_to = NULL, moved = 0, moved_since = NULL,
  moved_url = NULL, ttl_seconds = NULL, blind = 0, cursor = ''
WHERE name = :name AND (url <> :url OR kind <> :kind OR NOT configured)
"""
_DROP = """
UPDATE sources SET configured = 0, state = 'disabled', state_since = ?, next_poll_at = NULL,
  note = 'taken out of the configuration', blind = 0
WHERE configured AND name NOT IN (SELECT value FROM json_each(?))
"""
_DUE = """
SELECT * FROM sources
WHERE configured AND state <> 'disabled' AND coalesce(next_poll_at, '') <= ?
ORDER BY coalesce(next_poll_at, ''), id
"""


def sync_sources(
    connection: Connection, sources: Sequence[SourceSettings], *, now: datetime
) -> None:
    at = time_text(now)
    for source in sources:
        values = {"name": source.name, "kind": source.kind, "url": source.url, "now": at}
        connection.execute(_ADD, values)
        connection.execute(_RENEW, values)
    connection.execute(_DROP, (at, json_text([source.name for source in sources])))


def source_states(connection: Connection) -> tuple[SourceState, ...]:
    rows = connection.execute("SELECT * FROM sources WHERE configured ORDER BY id")
    return tuple(source_from(row) for row in rows)


def due_sources(connection: Connection, now: datetime) -> tuple[SourceState, ...]:
    return tuple(source_from(row) for row in connection.execute(_DUE, (time_text(now),)))


def reserve_poll(connection: Connection, source_id: int, *, until: datetime) -> None:
    connection.execute(
        "UPDATE sources SET next_poll_at = ? WHERE id = ?", (time_text(until), source_id)
    )
