"""What the loops read back: unread mentions, remembered stories, incidents and their evidence.

Writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.adapters import sql, store_echoes
from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import mention_from, time_text, verdict_from
from monitor.adapters.rows_incident import incident_from, parts_from
from monitor.adapters.worst_texts import worst_texts
from monitor.core.echoes import NAMES
from monitor.core.filing import Remembered
from monitor.core.intake import ASSUMED
from monitor.core.reading import UNREAD
from monitor.core.shares import MOST, Share
from monitor.core.types import Evidence, Incident, Mention, Part, as_evidence

_UNREAD = """
SELECT mentions.*, sources.name AS source, story_id
FROM unread
JOIN mentions ON mentions.id = unread.mention_id
JOIN sources ON sources.id = mentions.source_id
LEFT JOIN story_mentions ON story_mentions.mention_id = mentions.id
ORDER BY unread.said_at, unread.mention_id LIMIT ?
"""
_REMEMBERED = """
SELECT mentions.*, sources.name AS source, verdicts.language AS read_language, model, about,
  negative, neutral, positive, alarm, complaint, outrage, firsthand, severity, harms,
  language_trained, vector, story_id,
  (SELECT max(id) FROM incidents WHERE incidents.story_id = story_mentions.story_id)
    AS incident_id
"""
# CROSS JOIN fixes the order of the loops: from the few young stories to their mentions.
_YOUNG = f"""
{_REMEMBERED}
FROM stories
CROSS JOIN story_mentions ON story_mentions.story_id = stories.id
JOIN verdicts ON verdicts.mention_id = story_mentions.mention_id
JOIN mentions ON mentions.id = story_mentions.mention_id
JOIN sources ON sources.id = mentions.source_id
WHERE stories.last_added_at > ?
ORDER BY said_at, mentions.id
"""
_OF_STORIES = f"""
{_REMEMBERED}
FROM story_mentions
JOIN verdicts ON verdicts.mention_id = story_mentions.mention_id
JOIN mentions ON mentions.id = story_mentions.mention_id
JOIN sources ON sources.id = mentions.source_id
WHERE story_id IN (SELECT value FROM json_each(?))
ORDER BY said_at, mentions.id
"""  # noqa: S608 - statements of ours
# A merge brings mentions today that were said days ago: those are not new.
_SINCE_TOLD = """
WITH told(at) AS (
  SELECT coalesce(max(created_at), '') FROM alerts
  WHERE incident_id = :id AND type LIKE 'incident.%'
)
SELECT told.at, (
  SELECT count(*) FROM incident_mentions AS came JOIN mentions ON mentions.id = mention_id
  WHERE came.incident_id = :id AND min(came.at, seen_at) > told.at
) FROM told
"""
_ONE = f"""
{_REMEMBERED}
FROM mentions
JOIN verdicts ON verdicts.mention_id = mentions.id
JOIN sources ON sources.id = mentions.source_id
LEFT JOIN story_mentions ON story_mentions.mention_id = mentions.id
WHERE mentions.id = ?
"""
# Mentions, and what was counted on them at most: the same measure as that of a story's spread.
_SIZES = """
WITH told AS (
  SELECT mention_id, max(value) AS most FROM engagement
  WHERE name IN (SELECT value FROM json_each(?)) GROUP BY mention_id, name
), carried AS (
  SELECT story_id, sum(most) AS most FROM told
  JOIN mentions ON mentions.id = told.mention_id AND repost_of IS NULL
  JOIN story_mentions ON story_mentions.mention_id = told.mention_id
  GROUP BY story_id
)
SELECT brand, size, count(*) FROM (
  SELECT brand, count(*) + CAST(coalesce(most, 0) AS INTEGER) AS size
  FROM story_mentions JOIN stories ON stories.id = story_mentions.story_id
  LEFT JOIN carried ON carried.story_id = stories.id
  GROUP BY stories.id
) GROUP BY brand, size ORDER BY brand, size
"""
# Walked from the newest; the verdicts hold what the share had made of them.
_SHARES = """
SELECT brand, count(*) AS mentions, sum(about) AS about FROM (
  SELECT brand, about, row_number() OVER (PARTITION BY brand ORDER BY mentions.id DESC) AS age
  FROM mentions JOIN verdicts ON verdicts.mention_id = mentions.id
  WHERE NOT certain AND matched_by <> ? AND model <> ? AND repost_of IS NULL
) WHERE age <= ? GROUP BY brand
"""
_WORDS = "SELECT id, title, text FROM mentions WHERE id IN (SELECT value FROM json_each(?))"
_MISSING = """
SELECT 1 FROM json_each(?) WHERE value NOT IN (SELECT id FROM mentions) LIMIT 1
"""
_LIVE = "SELECT * FROM incidents WHERE status IN ('open', 'acknowledged', 'snoozed') ORDER BY id"
_NEWEST_PARTS = "SELECT parts FROM decisions WHERE incident_id = ? ORDER BY id DESC LIMIT 1"
_BATCH = 500


def unassessed(connection: Connection, limit: int) -> tuple[Mention, ...]:
    rows = connection.execute(_UNREAD, (limit,)).fetchall()
    found = zip(rows, _mentions(connection, rows), strict=True)
    return tuple(replace(mention, story_id=row["story_id"]) for row, mention in found)


def remembered(connection: Connection, since: datetime) -> Iterator[Remembered]:
    return _filed(connection, _YOUNG, (time_text(since),))


def remembered_of(connection: Connection, stories: Collection[int]) -> Iterator[Remembered]:
    return _filed(connection, _OF_STORIES, (json.dumps(sorted(stories)),))


def remembered_one(connection: Connection, mention_id: int) -> Remembered | None:
    return next(_filed(connection, _ONE, (mention_id,)), None)


def _filed(
    connection: Connection, statement: str, values: Sequence[object]
) -> Iterator[Remembered]:
    cursor = connection.execute(statement, values)
    while rows := cursor.fetchmany(_BATCH):
        counts = store_echoes.of_mentions(connection, [row["id"] for row in rows])
        for row, mention in zip(rows, _mentions(connection, rows), strict=True):
            yield Remembered(
                mention=mention,
                verdict=verdict_from(row),
                story_id=row["story_id"] or 0,
                incident_id=row["incident_id"],
                counts=tuple(counts.get(mention.id, ())),
            )


def story_sizes(connection: Connection) -> tuple[tuple[str, int, int], ...]:
    """How many stories of each brand have spread how far."""
    return tuple(tuple(row) for row in connection.execute(_SIZES, (json.dumps(NAMES),)))


def name_shares(connection: Connection) -> dict[str, Share]:
    """What the ambiguous names of each brand stood for in the newest mentions of them."""
    rows = connection.execute(_SHARES, (ASSUMED, UNREAD, MOST))
    return {row["brand"]: Share(mentions=row["mentions"], about=row["about"]) for row in rows}


def has_mentions(connection: Connection, mention_ids: Collection[int]) -> bool:
    missing = connection.execute(_MISSING, (json.dumps(sorted(mention_ids)),)).fetchone()
    return missing is None


def changed(connection: Connection, mentions: Sequence[Mention]) -> frozenset[int]:
    """Those of them that say something else by now, or nothing."""
    rows = connection.execute(_WORDS, (json.dumps([mention.id for mention in mentions]),))
    words = {row["id"]: (row["title"], row["text"]) for row in rows}
    return frozenset(one.id for one in mentions if words.get(one.id) != (one.title, one.text))


def live_incidents(connection: Connection) -> tuple[Incident, ...]:
    return tuple(incident_from(row) for row in connection.execute(_LIVE))


def incident(connection: Connection, incident_id: int) -> Incident | None:
    row = connection.execute("SELECT * FROM incidents WHERE id = ?", (incident_id,)).fetchone()
    return None if row is None else incident_from(row)


def evidence(connection: Connection, incident_id: int, limit: int) -> tuple[Evidence, ...]:
    worst = worst_texts(connection, incident_id, limit)
    return tuple(map(as_evidence, _mentions(connection, worst)))


def since_told(connection: Connection, incident_id: int) -> tuple[int, Evidence | None]:
    told_at, count = connection.execute(_SINCE_TOLD, {"id": incident_id}).fetchone()
    worst = worst_texts(connection, incident_id, 1, since=told_at) if count else []
    return count, next(map(as_evidence, _mentions(connection, worst)), None)


def parts(connection: Connection, incident_id: int) -> tuple[Part, ...]:
    """The parts of the incident's newest decision."""
    row = connection.execute(_NEWEST_PARTS, (incident_id,)).fetchone()
    return () if row is None else parts_from(row["parts"])


def story_of(connection: Connection, incident_id: int) -> int | None:
    row = connection.execute(
        "SELECT story_id FROM incidents WHERE id = ?", (incident_id,)
    ).fetchone()
    return None if row is None else row["story_id"]


def incident_of(connection: Connection, story_id: int) -> int | None:
    """The incident that stands for a story."""
    newest = "SELECT max(id) FROM incidents WHERE story_id = ?"
    found: int | None = connection.execute(newest, (story_id,)).fetchone()[0]
    return found


def next_id(connection: Connection, table: str) -> int:
    """The id after the largest ever used, whether or not its row still exists."""
    row = connection.execute(
        "SELECT seq + 1 FROM sqlite_sequence WHERE name = ?", (table,)
    ).fetchone()
    return 1 if row is None else int(row[0])


def latest_readings(
    connection: Connection, mention_ids: Sequence[int]
) -> dict[int, dict[str, float]]:
    """The newest value of each kind of engagement, by mention."""
    found: dict[int, dict[str, float]] = {}
    for row in connection.execute(sql.READINGS, (json.dumps(mention_ids),)):
        found.setdefault(row["mention_id"], {})[row["name"]] = row["value"]
    return found


def _mentions(connection: Connection, rows: Sequence[Row]) -> Iterator[Mention]:
    engagement = latest_readings(connection, [row["id"] for row in rows])
    none: Mapping[str, float] = {}
    return (mention_from(row, engagement.get(row["id"], none)) for row in rows)
