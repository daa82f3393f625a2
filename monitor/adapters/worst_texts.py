"""Which mentions of an incident show best what is alleged, each wording once: its evidence.

Weighs nothing itself: the weight follows from the verdicts. Reads only.
"""

from __future__ import annotations

from itertools import islice

from monitor.adapters.connect import Connection, Row
from monitor.core.types import full_text
from monitor.core.wordings import each_once

# Worst first, each text once and the original before its reposts. What was not read yet, or not
# understood, comes last. Quotations of a text are texts of their own here.
_WORST = """
SELECT * FROM (
  SELECT mentions.*, sources.name AS source,
    min(incident_mentions.at, mentions.seen_at) AS came_at,
    coalesce(
      language_trained * about * (alarm + negative + firsthand / 2 + severity / 4), 0
    ) AS weight,
    row_number() OVER (
      PARTITION BY fingerprint ORDER BY repost_of IS NOT NULL, said_at, mentions.id
    ) AS copy
  FROM incident_mentions
  JOIN mentions ON mentions.id = incident_mentions.mention_id
  JOIN sources ON sources.id = mentions.source_id
  LEFT JOIN verdicts ON verdicts.mention_id = mentions.id
  WHERE incident_mentions.incident_id = ?
)
WHERE copy = 1 AND came_at > ? ORDER BY weight DESC, said_at, id LIMIT ?
"""
#: Rows that are looked through for each that is wanted: most of a loud story are quotations.
_LOOKED_THROUGH = 10


def worst_texts(
    connection: Connection, incident_id: int, limit: int, *, since: str = ""
) -> list[Row]:
    """Rows of `mentions` with the name of the source, worst first: none says what another says.

    No quotation and no repost of another, that is; a repost whose original is not among them
    stands for it. `since`: a time as it is stored; those alone that were first seen and came to
    the incident after it, and are no copies of what was there.
    """
    rows = connection.execute(_WORST, (incident_id, since, _LOOKED_THROUGH * limit)).fetchall()
    known = {row["native_id"] for row in rows}
    own = [row for row in rows if row["repost_of"] not in known]
    texts = ((row["fingerprint"], full_text(row["title"], row["text"])) for row in own)
    return [own[place] for place in islice(each_once(texts), limit)]
