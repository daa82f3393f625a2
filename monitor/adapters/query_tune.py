"""The history that `monitor tune` learns from: each story at its highest risk.

Reads what was decided then; recomputes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.adapters.connect import Connection
from monitor.adapters.query_rows import Answer as Row
from monitor.adapters.query_rows import answers
from monitor.adapters.rows import moment, time_text
from monitor.core.answers import dismissed_as
from monitor.core.policy import Reason
from monitor.core.tuning import Heard, History, Label

# One that was merged into another is a story of its own: people had been told of both by then. An
# incident whose story became part of an older, quiet one is no second page: it goes by its own id.
# With one max(), SQLite takes the bare columns from the row that has it:
# https://sqlite.org/lang_select.html#bareagg
_STORIES = """
WITH told AS (
  SELECT story_id, max(incident_id) AS incident_id FROM decisions
  WHERE incident_id IS NOT NULL GROUP BY story_id
), peaks AS (
  SELECT decisions.story_id, max(risk) AS risk, at, mention_id,
    COALESCE(decisions.incident_id, told.incident_id) AS owner
  FROM decisions LEFT JOIN told ON told.story_id = decisions.story_id
  WHERE decisions.story_id IS NOT NULL AND reason <> :old AND (:since IS NULL OR at >= :since)
  GROUP BY owner, CASE WHEN owner IS NULL THEN decisions.story_id END
)
SELECT peaks.story_id, peaks.risk, peaks.at, stories.brand, peaks.owner AS incident_id,
  COALESCE(incidents.title, mentions.title, mentions.text, '') AS title, incidents.status,
  (SELECT text FROM actions WHERE incident_id = incidents.id AND verb = 'dismiss'
    ORDER BY id DESC LIMIT 1) AS dismissal,
  EXISTS (SELECT 1 FROM actions WHERE incident_id = incidents.id
    AND verb IN ('acknowledge', 'resolve')) AS answered
FROM peaks JOIN stories ON stories.id = peaks.story_id
LEFT JOIN incidents ON incidents.id = peaks.owner
LEFT JOIN mentions ON mentions.id = peaks.mention_id
ORDER BY peaks.story_id
"""
_SPANS = """
SELECT brand, min(at) AS first, max(at) AS last
FROM decisions JOIN stories ON stories.id = story_id
WHERE reason <> :old AND (:since IS NULL OR at >= :since) GROUP BY brand
"""


def history(connection: Connection, *, since: datetime | None) -> History:
    """Stories that were judged, the silent ones too; those people called duplicates left out."""
    values = {
        "old": Reason.OLD_NEWS.value,
        "since": None if since is None else time_text(since),
    }
    rows = answers(connection, _STORIES, values)
    spans = answers(connection, _SPANS, values)
    return History(
        stories=tuple(_heard(row) for row in rows if not _is_duplicate(row)),
        weeks={row["brand"]: _weeks(row) for row in spans},
    )


def _weeks(row: Row) -> float:
    return (moment(row["last"]) - moment(row["first"])) / timedelta(weeks=1)


def _is_duplicate(row: Row) -> bool:
    return row["status"] == "dismissed" and dismissed_as(row["dismissal"] or "") == "duplicate"


def _heard(row: Row) -> Heard:
    return Heard(
        story_id=row["story_id"],
        incident_id=row["incident_id"],
        brand=row["brand"],
        title=row["title"],
        risk=row["risk"],
        at=moment(row["at"]),
        answer=_answer(row),
    )


def _answer(row: Row) -> Label:
    if row["status"] == "dismissed":
        return Label.NOISE
    return Label.REAL if row["answered"] else Label.NONE
