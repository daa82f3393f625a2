"""Take a deleted text out of what quotes it here: titles of incidents, alerts, decisions.

Runs inside the transaction of its caller (see `store_blank`). How a quote is known is in
`core.blanking`. An alert that still waits is never sent with the text again; of one that was
delivered only the copy kept here changes.
"""

from __future__ import annotations

import json
from dataclasses import replace

from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import json_text
from monitor.core.blanking import Gone, blanked, neutral_title, words_without
from monitor.core.brief import title_of
from monitor.core.plaintext import tidy

#: Those that it is part of, and those that it was part of before people regrouped it.
_INCIDENTS = """
SELECT id, brand, title, harms FROM incidents WHERE id IN (
  SELECT incident_id FROM incident_mentions WHERE mention_id = :mention
  UNION
  SELECT incidents.id FROM regrouped_mentions
  JOIN regroupings ON regroupings.id = regrouping_id
  JOIN incidents ON incidents.story_id IN (from_story, to_story)
  WHERE regrouped_mentions.mention_id = :mention
)
"""
_EDITED = """
SELECT 1 FROM evidence_chain
WHERE incident_id = ? AND instr(line, '"kind":"edit"') AND json_extract(line, '$.mention') = ?
LIMIT 1
"""
_LEFT = """
SELECT mentions.title, mentions.text FROM incident_mentions
JOIN mentions ON mentions.id = incident_mentions.mention_id
LEFT JOIN verdicts ON verdicts.mention_id = mentions.id
WHERE incident_id = ? AND deleted_at IS NULL AND text <> ''
ORDER BY
  coalesce(language_trained * about * (alarm + negative + firsthand / 2 + severity / 4), 0) DESC,
  said_at, mentions.id
"""
_RENAME = "UPDATE incidents SET title = ? WHERE id = ?"
_SAY = """
INSERT INTO actions (incident_id, at, actor, verb, text) VALUES (?, ?, 'monitor', 'rename', ?)
"""
#: A look at the raw JSON first: few alerts quote it.
_ALERTS = """
SELECT id, body FROM alerts
WHERE {which} AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(alerts.body, value))
"""
_OF_INCIDENT = _ALERTS.format(which="incident_id = ?")
_DIGESTS = _ALERTS.format(which="type = ?")
_DIGEST = "praise.digest"
_KEEP = "UPDATE alerts SET body = ? WHERE id = ?"
_DECISIONS = """
SELECT id, parts FROM decisions WHERE incident_id = ? AND instr(parts, 'Moved most by')
"""
#: As many characters of a text tell whether an alert may quote it.
_PROBE_CHARS = 24


def unquote(connection: Connection, gone: Gone, mention: int, *, at: str) -> None:
    """Take it out of everything, after the mention itself was blanked."""
    for row in connection.execute(_INCIDENTS, {"mention": mention}).fetchall():
        renamed = _renamed(connection, row, gone, mention, at=at)
        if unquote_alerts(connection, renamed, row["id"]):
            _unquote_decisions(connection, renamed, row["id"])
    _unquote(connection, gone, connection.execute(_DIGESTS, (_DIGEST, _probes(gone))).fetchall())


def unquote_alerts(connection: Connection, gone: Gone, incident_id: int) -> bool:
    """Say whether any alert of this incident quoted it."""
    rows = connection.execute(_OF_INCIDENT, (incident_id, _probes(gone))).fetchall()
    return _unquote(connection, gone, rows)


def _renamed(connection: Connection, row: Row, gone: Gone, mention: int, *, at: str) -> Gone:
    """Another title for an incident that was called by this text."""
    left = connection.execute(_LEFT, (row["id"],))
    if not _names(connection, row, gone, mention):
        return gone
    best = left.fetchone()
    title = title_of(best["title"], best["text"]) if best else ""
    title = title or neutral_title(row["brand"], json.loads(row["harms"]))
    connection.execute(_RENAME, (title, row["id"]))
    why = "its title was what was deleted: it is called by what is left now"
    connection.execute(_SAY, (row["id"], at, why))
    return replace(gone, old_title=row["title"], new_title=title)


def _names(connection: Connection, row: Row, gone: Gone, mention: int) -> bool:
    """Whether the incident is called by this text alone, or by what stood there before an edit."""
    if gone.is_source_of(row["title"]):
        return not gone.is_said_by_others
    if connection.execute(_EDITED, (row["id"], mention)).fetchone() is None:
        return False
    others = connection.execute(_LEFT, (row["id"],))
    said = (Gone(url=None, title=one["title"], text=one["text"]) for one in others)
    return not any(one.is_source_of(row["title"]) for one in said)


def _unquote(connection: Connection, gone: Gone, rows: list[Row]) -> bool:
    without = [(blanked(row["body"], gone), row["id"]) for row in rows]
    connection.executemany(_KEEP, without)
    return any(body != row["body"] for (body, _), row in zip(without, rows, strict=True))


def _probes(gone: Gone) -> str:
    """What stands in the JSON of an alert that quotes it."""
    called = title_of(gone.title, gone.text)
    starts = [gone.text, gone.title or "", gone.old_title, called]
    seen = [gone.url or "", *(tidy(text)[:_PROBE_CHARS] for text in starts)]
    # As `core.event.serialized` writes it, without the quotation marks around.
    return json_text([json.dumps(one, ensure_ascii=False)[1:-1] for one in seen if one])


def _unquote_decisions(connection: Connection, gone: Gone, incident_id: int) -> None:
    for row in connection.execute(_DECISIONS, (incident_id,)).fetchall():
        parts = json.loads(row["parts"])
        without = [{**one, "sentence": words_without(one["sentence"], gone)} for one in parts]
        if without != parts:
            values = json_text(without), row["id"]
            connection.execute("UPDATE decisions SET parts = ? WHERE id = ?", values)
