"""What was counted on posts, reading by reading: of mentions that are remembered, or lately.

Writes nothing; what it comes to is in `core.echoes`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import moment, time_text
from monitor.core.echoes import NAMES, Count

# A repost shows the counts of what it reposts.
_READINGS = """
SELECT mention_id, coalesce(url, source_id || '/' || native_id) AS post, said_at,
  engagement.seen_at AS at, name, value
FROM engagement JOIN mentions ON mentions.id = mention_id
WHERE mention_id IN (SELECT value FROM json_each(?))
  AND name IN (SELECT value FROM json_each(?)) AND engagement.seen_at > ?
  AND repost_of IS NULL AND NOT history
ORDER BY engagement.seen_at, mention_id, name
"""
# Those whose counts are read again. Each is a look into the key of the table: there is no index by
# time, and it would be paid for with every reading.
_OF_LIVE = """
SELECT DISTINCT story_mentions.mention_id, story_mentions.story_id
FROM incidents
JOIN story_mentions ON story_mentions.story_id = incidents.story_id
WHERE status IN ('open', 'acknowledged', 'snoozed')
"""
_EVER = ""


def of_mentions(connection: Connection, mention_ids: Sequence[int]) -> dict[int, list[Count]]:
    """All readings of these mentions, oldest first."""
    found: dict[int, list[Count]] = {}
    for mention_id, count in _readings(connection, mention_ids, _EVER):
        found.setdefault(mention_id, []).append(count)
    return found


def since(connection: Connection, when: datetime) -> tuple[tuple[int, Count], ...]:
    """(story, reading) of the stories of live incidents after `when`, oldest first."""
    stories = dict(tuple(row) for row in connection.execute(_OF_LIVE))
    found = _readings(connection, list(stories), time_text(when))
    return tuple((stories[mention_id], count) for mention_id, count in found)


def _readings(
    connection: Connection, mention_ids: Sequence[int], since: str
) -> list[tuple[int, Count]]:
    values = (json.dumps(mention_ids), json.dumps(NAMES), since)
    return [(row["mention_id"], _count(row)) for row in connection.execute(_READINGS, values)]


def _count(row: Row) -> Count:
    return Count(
        post=row["post"],
        said_at=moment(row["said_at"]),
        at=moment(row["at"]),
        name=row["name"],
        value=row["value"],
    )
