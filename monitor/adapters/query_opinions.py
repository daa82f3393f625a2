"""Mentions with what was read of them, for the digest; and decisions of a story, for the report.

Recomputes nothing.
"""

from __future__ import annotations

import json
from datetime import datetime

from monitor.adapters.connect import Connection
from monitor.adapters.rows import moment, time_text
from monitor.core.digest import Opinion
from monitor.core.dossier import TurnedAway
from monitor.core.echoes import MOST
from monitor.core.missed import ALARMED, Judged
from monitor.core.plaintext import shown_text
from monitor.core.policy import Reason

_OPINIONS = """
SELECT brand, said_at, sources.name AS source, author, mentions.url, title, text, repost_of,
  story_id,
  (SELECT max(value) FROM engagement WHERE mention_id = mentions.id AND name = 'likes') AS likes,
  (SELECT max(value) FROM engagement WHERE mention_id = mentions.id AND name = 'reposts')
    AS reposts,
  json_extract(harms, '$.praise') AS praise, complaint,
  row_number() OVER (PARTITION BY brand, fingerprint ORDER BY said_at, mentions.id) AS copy
FROM mentions
JOIN verdicts ON verdicts.mention_id = mentions.id
JOIN sources ON sources.id = mentions.source_id
LEFT JOIN story_mentions ON story_mentions.mention_id = mentions.id
WHERE said_at >= ? AND said_at < ? AND about >= 0.5 AND language_trained AND deleted_at IS NULL
ORDER BY said_at, mentions.id
"""
# What came from another story was judged there first; what was another incident was told.
_JUDGED = """
SELECT at, risk FROM decisions
WHERE (
  incident_id = :id
  OR story_id = (SELECT story_id FROM incidents WHERE id = :id)
  OR mention_id IN (SELECT mention_id FROM incident_mentions WHERE incident_id = :id)
) AND coalesce(incident_id, :id) = :id AND reason <> :old
ORDER BY at, id
"""
# What no name of the brand alone stood in, and what was filed to no story.
_TURNED_AWAY = """
SELECT mentions.said_at, alarm, verdicts.harms
FROM incidents
JOIN mentions ON mentions.brand = incidents.brand
  AND mentions.said_at >= :since AND mentions.said_at <= incidents.last_seen_at
JOIN verdicts ON verdicts.mention_id = mentions.id
LEFT JOIN story_mentions ON story_mentions.mention_id = mentions.id
WHERE incidents.id = :id AND story_mentions.story_id IS NULL
  AND NOT certain AND NOT history AND language_trained AND alarm >= :alarm
ORDER BY mentions.said_at, mentions.id
"""


def opinions(connection: Connection, since: datetime, until: datetime) -> tuple[Opinion, ...]:
    rows = connection.execute(_OPINIONS, (time_text(since), time_text(until)))
    return tuple(
        Opinion(
            brand=row["brand"],
            at=moment(row["said_at"]),
            source=row["source"],
            author=row["author"],
            url=row["url"],
            text=shown_text(row["title"], row["text"]),
            praise=row["praise"] or 0.0,
            complaint=row["complaint"],
            is_copy=row["copy"] > 1 or row["repost_of"] is not None,
            story=row["story_id"],
            likes=_count(row["likes"]),
            reposts=_count(row["reposts"]),
        )
        for row in rows
    )


def _count(told: float | None) -> int:
    """A count from outside, which may be anything."""
    return int(min(max(told or 0.0, 0.0), MOST))


def judged(connection: Connection, incident_id: int) -> tuple[Judged, ...]:
    """Each time the story of an incident was judged, before it was one too."""
    rows = connection.execute(_JUDGED, {"id": incident_id, "old": Reason.OLD_NEWS.value})
    return tuple(Judged(at=moment(row["at"]), risk=row["risk"]) for row in rows)


def turned_away(
    connection: Connection, incident_id: int, *, since: datetime
) -> tuple[TurnedAway, ...]:
    """Mentions with an ambiguous name that alarmed, and were taken for not being about it."""
    values = {"id": incident_id, "since": time_text(since), "alarm": ALARMED}
    rows = connection.execute(_TURNED_AWAY, values)
    return tuple(
        TurnedAway(at=moment(row["said_at"]), alarm=row["alarm"], harms=json.loads(row["harms"]))
        for row in rows
    )
