"""Questions about one thing: an incident and all that belongs to it, why a mention was not told.

Says what was decided and with which numbers, from the rows written then; recomputes nothing.
"""

from __future__ import annotations

from monitor.adapters import sql
from monitor.adapters.connect import Connection
from monitor.adapters.query_rows import Answer, answer, answers, as_answer
from monitor.adapters.store_memory import latest_readings
from monitor.adapters.worst_texts import worst_texts

_DECISIONS = """
SELECT id, at, story_id, incident_id, mention_id, reason, level, risk, parts FROM decisions
"""
# One decision is taken for all mentions of a story that are read together, and names the newest
# of them: the first decision that names this one or a later one is the one about it. So it is for
# each story that the mention came to, from then on.
_ON_ITS_WAY = """
id IN (
  WITH steps AS (
    SELECT from_story, to_story, at FROM regrouped_mentions
    JOIN regroupings ON regroupings.id = regrouping_id
    WHERE mention_id = :mention ORDER BY regrouping_id
  ),
  way (story_id, since) AS (
    SELECT iif(
      EXISTS (SELECT 1 FROM steps),
      (SELECT from_story FROM steps LIMIT 1),
      (SELECT story_id FROM story_mentions WHERE mention_id = :mention)
    ), ''
    UNION ALL
    SELECT to_story, at FROM steps
  )
  SELECT min(decisions.id) FROM way JOIN decisions
    ON decisions.story_id = way.story_id AND decisions.at >= way.since
  WHERE decisions.mention_id >= :mention GROUP BY way.story_id, way.since
)
"""
_PATH = """
SELECT at, actor, verb, from_story, to_story, why
FROM regrouped_mentions JOIN regroupings ON regroupings.id = regrouping_id
WHERE mention_id = ? ORDER BY regrouping_id
"""
_DELIVERIES = """
SELECT deliveries.id, alert_id, incident_id, type, level, created_at, webhook, state, attempt,
  next_attempt_at, delivered_at,
  (SELECT status FROM attempts WHERE delivery_id = deliveries.id ORDER BY id DESC LIMIT 1)
    AS last_status,
  (SELECT error FROM attempts WHERE delivery_id = deliveries.id ORDER BY id DESC LIMIT 1)
    AS last_error
FROM deliveries JOIN alerts ON alerts.id = alert_id
"""
# What was said first is told of that moment, not the title, which may be of a later mention, nor
# talk from before the story began; and of an alert, what it says: the decisions of a batch are
# more than one.
_TIMELINE = """
SELECT at, what, who,
  CASE what WHEN 'first seen' THEN (
    SELECT coalesce(title, text)
    FROM incident_mentions JOIN mentions ON mentions.id = mention_id
    WHERE incident_mentions.incident_id = :id AND said_at <= incident_timeline.at
    ORDER BY said_at DESC, mentions.id LIMIT 1
  ) ELSE detail END AS detail,
  (
    SELECT body ->> '$.data.reason' FROM alerts
    WHERE alerts.incident_id = :id AND type = what AND created_at = incident_timeline.at
  ) AS reason
FROM incident_timeline WHERE incident_id = :id
"""
_STATEMENTS = """
SELECT id, at, url, title, text, checks FROM statements WHERE incident_id = ? ORDER BY at, id
"""
_EVIDENCE_FIELDS = ("url", "source", "author", "title", "text", "published_at", "seen_at")
_VERDICT = """
SELECT mention_id, model, at, language, about, negative, neutral, positive, alarm, complaint,
  outrage, firsthand, severity, harms, language_trained
FROM verdicts WHERE mention_id = ?
"""
_FILED = "SELECT story_id, how FROM story_mentions WHERE mention_id = ?"
_MEMBER_OF = """
SELECT incident_id AS id, at, title, level, status
FROM incident_mentions JOIN incidents ON incidents.id = incident_id
WHERE mention_id = ? ORDER BY incident_id
"""


def show_incident(connection: Connection, incident_id: int, *, evidence: int = 5) -> Answer | None:
    """The row, the newest decision, evidence, timeline and deliveries; None if there is none."""
    row = answer(connection, "SELECT * FROM incidents WHERE id = ?", (incident_id,))
    if row is None:
        return None
    newest = f"{_DECISIONS} WHERE incident_id = ? ORDER BY id DESC LIMIT 1"
    deliveries = f"{_DELIVERIES} WHERE incident_id = ? ORDER BY deliveries.id"
    return {
        **row,
        "decision": answer(connection, newest, (incident_id,)),
        "evidence": _evidence(connection, incident_id, limit=evidence),
        "statements": answers(connection, _STATEMENTS, (incident_id,)),
        "timeline": answers(connection, _TIMELINE, {"id": incident_id}),
        "deliveries": answers(connection, deliveries, (incident_id,)),
    }


def _evidence(connection: Connection, incident_id: int, *, limit: int) -> list[Answer]:
    worst = worst_texts(connection, incident_id, limit)
    engagement = latest_readings(connection, [row["id"] for row in worst])
    return [
        {
            "mention": row["id"],
            **{name: row[name] for name in _EVIDENCE_FIELDS},
            "engagement": engagement.get(row["id"], {}),
        }
        for row in map(as_answer, worst)
    ]


def why_mention(connection: Connection, mention_id: int) -> Answer | None:
    """How a mention was matched, read, filed and decided; None if there is none."""
    row = answer(connection, f"{sql.MENTIONS} WHERE mentions.id = ?", (mention_id,))
    if row is None:
        return None
    decisions = f"{_DECISIONS} WHERE {_ON_ITS_WAY} ORDER BY id"
    return {
        "mention": {
            **row,
            "engagement": latest_readings(connection, [mention_id]).get(mention_id, {}),
        },
        "verdict": answer(connection, _VERDICT, (mention_id,)),
        "filed": answer(connection, _FILED, (mention_id,)),
        "path": answers(connection, _PATH, (mention_id,)),
        "incidents": answers(connection, _MEMBER_OF, (mention_id,)),
        "decisions": answers(connection, decisions, {"mention": mention_id}),
    }


def why_incident(connection: Connection, incident_id: int, *, limit: int = 50) -> Answer | None:
    """The newest decisions about an incident, newest first; None if there is none."""
    row = answer(connection, "SELECT * FROM incidents WHERE id = ?", (incident_id,))
    if row is None:
        return None
    decisions = f"{_DECISIONS} WHERE incident_id = ? ORDER BY id DESC LIMIT ?"
    return {
        "incident": row,
        "decisions": answers(connection, decisions, (incident_id, limit)),
    }


def list_deliveries(
    connection: Connection, *, dead: bool = False, limit: int = 100
) -> list[Answer]:
    """Newest first; `dead` leaves only what was given up."""
    where = "WHERE state = 'dead'" if dead else ""
    return answers(
        connection, f"{_DELIVERIES} {where} ORDER BY deliveries.id DESC LIMIT ?", (limit,)
    )


def list_alerts(connection: Connection, *, limit: int = 50) -> list[Answer]:
    """Newest first, each with its body and what became of it at each webhook."""
    rows = answers(connection, "SELECT * FROM alerts ORDER BY id DESC LIMIT ?", (limit,))
    oldest = rows[-1]["id"] if rows else 0
    by_alert: dict[int, list[Answer]] = {row["id"]: [] for row in rows}
    for row in answers(
        connection, f"{_DELIVERIES} WHERE alert_id >= ? ORDER BY webhook", (oldest,)
    ):
        by_alert[row["alert_id"]].append(row)
    return [{**row, "deliveries": by_alert[row["id"]]} for row in rows]
