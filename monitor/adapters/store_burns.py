"""What slow burns are made of: the allegations of the last months, and where mentions were filed.

Writes nothing, and decides nothing (see `core.slowburn`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import moment, time_text
from monitor.core.burns import Allegation, PastDay
from monitor.core.filing import Placed
from monitor.core.meaning import Meaning
from monitor.core.slowburn import FULL, LEAST, ROUTINE, alleged
from monitor.core.speakers import is_fresh
from monitor.core.types import full_text

_DAYS = """
SELECT brand, substr(said_at, 1, 10) AS day, count(*) AS mentions,
  sum(NOT history) AS watched
FROM mentions JOIN story_mentions ON mention_id = mentions.id
WHERE said_at >= ? AND story_id IS NOT NULL GROUP BY brand, day ORDER BY day, brand
"""
_ALLEGING = """
SELECT mentions.id, brand, coalesce(author, url, native_id) AS author, author_followers, title,
  text, said_at, history, alarm * about AS alarm, complaint * about AS complaint, harms,
  model, vector
FROM mentions
JOIN story_mentions ON story_mentions.mention_id = mentions.id AND story_id IS NOT NULL
JOIN verdicts ON verdicts.mention_id = mentions.id
WHERE said_at >= ? AND repost_of IS NULL AND language_trained
  AND max(alarm, complaint) * about >= {least}
  AND EXISTS (
    SELECT 1 FROM json_each(harms)
    WHERE key NOT IN ({routine}) AND value * max(alarm, complaint) * about >= {least}
  )
ORDER BY said_at, mentions.id
"""
# Most mentions allege nothing, and SQLite reads their harms faster than we do; it may let one too
# many through. The last word is that of `alleged`.
_READ = _ALLEGING.format(
    least=(1.0 - 1e-9) * FULL * LEAST,
    routine=", ".join(f"'{harm}'" for harm in sorted(ROUTINE)),
)
_FILED = """
SELECT mention_id, story_id,
  (SELECT max(id) FROM incidents WHERE incidents.story_id = story_mentions.story_id) AS incident
FROM story_mentions
WHERE story_id IS NOT NULL AND mention_id IN (SELECT value FROM json_each(?))
ORDER BY mention_id
"""


def past_days(connection: Connection, since: datetime) -> Iterator[PastDay]:
    """Each brand's days with mentions since then, oldest first."""
    made: dict[tuple[str, str], list[Allegation]] = defaultdict(list)
    for row in connection.execute(_READ, (time_text(since),)):
        said = _allegation(row)
        if said.harms:
            made[row["brand"], row["said_at"][:10]].append(said)
    for row in connection.execute(_DAYS, (time_text(since),)):
        found = tuple(made[row["brand"], row["day"]])
        yield PastDay(
            brand=row["brand"],
            at=moment(f"{row['day']}T00:00:00Z"),
            allegations=found,
            others=row["mentions"] - len(found),
            watched=row["watched"],
        )


def _allegation(row: Row) -> Allegation:
    harms = alleged(
        json.loads(row["harms"]),
        alarm=row["alarm"],
        complaint=row["complaint"],
        fresh=is_fresh(row["author_followers"]),
    )
    return Allegation(
        mention_id=row["id"],
        author=row["author"],
        at=moment(row["said_at"]),
        harms=harms,
        text=full_text(row["title"], row["text"]),
        is_history=bool(row["history"]),
        meaning=Meaning(model=row["model"], packed=row["vector"]) if row["vector"] else None,
    )


def placed(connection: Connection, mention_ids: Sequence[int]) -> tuple[Placed, ...]:
    """Where these mentions are filed, as far as they still are."""
    rows = connection.execute(_FILED, (json.dumps(list(mention_ids)),))
    return tuple(
        Placed(mention_id=row["mention_id"], story_id=row["story_id"], incident_id=row["incident"])
        for row in rows
    )
