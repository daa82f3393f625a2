"""What the brand itself said: which posts belong to no incident yet, and which one they went to.

Runs inside the transaction of its caller (see `store`). Posts are taken in by `store_poll`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.adapters.connect import Connection
from monitor.adapters.rows import json_text, moment, time_text
from monitor.core.spoken_of import Spoken
from monitor.core.types import full_text

_UNHEARD = """
SELECT id, brand, at, url, title, text FROM statements
WHERE incident_id IS NULL AND deleted_at IS NULL AND at >= ? ORDER BY at, id
"""
_HEAR = """
UPDATE statements SET incident_id = ?, checks = ?, why = ?
WHERE id = ? AND incident_id IS NULL AND deleted_at IS NULL
"""


def unheard(connection: Connection, since: datetime) -> tuple[Spoken, ...]:
    rows = connection.execute(_UNHEARD, (time_text(since),)).fetchall()
    return tuple(
        Spoken(
            id=row["id"],
            brand=row["brand"],
            at=moment(row["at"]),
            url=row["url"],
            text=full_text(row["title"], row["text"]),
        )
        for row in rows
    )


def hear(
    connection: Connection,
    statement_id: int,
    incident_id: int,
    *,
    checks: Mapping[str, object],
    why: str,
) -> bool:
    """Say of which incident it speaks; False if that was said before, or it was taken back."""
    values = (incident_id, json_text(checks), why, statement_id)
    return connection.execute(_HEAR, values).rowcount > 0
