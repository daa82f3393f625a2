"""What stands for the ids of posts that are forgotten (see `store_forget`).

A source may go on showing such a post: it is known by the stand-in for its id, a salted hash, and
not taken in again. Runs inside the transaction of its caller.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from monitor.adapters.connect import Connection
from monitor.adapters.rows import json_text
from monitor.core.forgetting import MARK, salt_of, stand_in

_STAND_IN = """
SELECT native_id FROM {table}
WHERE source_id = ? AND native_id > '{mark}' AND native_id < '{mark}~' LIMIT 1
"""
_STAND_INS = tuple(_STAND_IN.format(table=table, mark=MARK) for table in ("mentions", "forgotten"))
_MET = """
SELECT native_id FROM mentions
WHERE source_id = :source_id AND native_id IN (SELECT value FROM json_each(:ids))
UNION
SELECT native_id FROM forgotten
WHERE source_id = :source_id AND native_id IN (SELECT value FROM json_each(:ids))
"""
_SHOWN_AGAIN = """
UPDATE forgotten SET at = :at
WHERE source_id = :source_id AND native_id IN (SELECT value FROM json_each(:ids))
"""


def forgotten_among(
    connection: Connection, native_ids: Collection[str], *, source_id: int, at: str
) -> frozenset[str]:
    """Those of these ids that are of posts which are forgotten here."""
    salt = _salt(connection, source_id)
    if salt is None:
        return frozenset()
    of = {stand_in(salt, one): one for one in native_ids}
    where = {"source_id": source_id, "ids": json_text(list(of)), "at": at}
    connection.execute(_SHOWN_AGAIN, where)
    return frozenset(of[row[0]] for row in connection.execute(_MET, where))


def salt_for(connection: Connection, source_id: int) -> str:
    """What the stand-ins of this source are salted with; new for its first."""
    return _salt(connection, source_id) or secrets.token_hex(8)


def _salt(connection: Connection, source_id: int) -> str | None:
    """One for each source, and in what it made: a copy of the database knows its own."""
    for statement in _STAND_INS:
        if row := connection.execute(statement, (source_id,)).fetchone():
            return salt_of(row[0])
    return None
