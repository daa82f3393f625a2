"""Posts of open incidents whose counts are read again, and what came of it.

Runs inside the transaction of its caller (see `store`).
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.adapters.connect import Connection
from monitor.adapters.rows import json_text, maybe_moment, moment, plain, time_text
from monitor.adapters.store_blank import blank, blank_reposts
from monitor.adapters.store_poll import record_readings
from monitor.core.polling import Reread
from monitor.core.rereading import Followed

#: The newest of a source: a story of thousands is measured by a part of it.
_MOST = 500
_FOLLOWED = """
SELECT native_id, url, min(seen_at) AS seen_at, max(asked_at) AS asked_at FROM mentions
WHERE source_id = ? AND deleted_at IS NULL AND repost_of IS NULL AND id IN (
  SELECT mention_id FROM incident_mentions JOIN incidents ON incidents.id = incident_id
  WHERE status IN ('open', 'acknowledged', 'snoozed')
)
GROUP BY native_id ORDER BY seen_at DESC LIMIT ?
"""
_ASKED = """
UPDATE mentions SET asked_at = ?
WHERE source_id = ? AND native_id IN (SELECT value FROM json_each(?))
"""
_IDS = "SELECT id FROM mentions WHERE source_id = ? AND native_id = ? AND deleted_at IS NULL"


def followed(connection: Connection, source_id: int) -> tuple[Followed, ...]:
    return tuple(
        Followed(
            native_id=row["native_id"],
            url=row["url"],
            seen_at=moment(row["seen_at"]),
            asked_at=maybe_moment(row["asked_at"]),
        )
        for row in connection.execute(_FOLLOWED, (source_id, _MOST))
    )


def record_reread(connection: Connection, intent: Reread) -> int:
    """Write when posts were asked for, their counts, and which are gone; say how many changed."""
    at = time_text(intent.at)
    asked = json_text([plain(native_id) for native_id in intent.asked])
    connection.execute(_ASKED, (at, intent.source_id, asked))
    # Whatever an answer speaks of: only what it was asked for counts.
    answered = {one: counts for one, counts in intent.counts.items() if one in intent.asked}
    gone = [native_id for native_id, counts in answered.items() if counts is None]
    for native_id in gone:
        blank(connection, plain(native_id), source_id=intent.source_id, at=at)
    blank_reposts(connection, gone, source_id=intent.source_id, at=at)
    return sum(
        _read(connection, plain(native_id), counts, source=intent.source_id, at=at)
        for native_id, counts in answered.items()
        if counts
    )


def _read(
    connection: Connection, native_id: str, counts: Mapping[str, float], *, source: int, at: str
) -> int:
    ids = connection.execute(_IDS, (source, native_id)).fetchall()
    return sum(record_readings(connection, mention, at, counts) for (mention,) in ids)
