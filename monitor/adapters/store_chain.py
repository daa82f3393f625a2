"""The chain of evidence in the database: a line for all that is seen of an incident's mentions.

Lines are written by those who take the thing in, at the moment they do, and never made up from
what the tables hold later: that would launder whatever was changed meanwhile. Runs inside the
transaction of its caller (see `store`). What lines prove is in `core.chain`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from monitor.adapters.connect import Connection, Row
from monitor.core import chain
from monitor.core.chain import ChainLine, Facts, Held

_HEAD = """
SELECT number, line, hash FROM evidence_chain WHERE incident_id = ? ORDER BY number DESC LIMIT 1
"""
_LINES = "SELECT number, line, hash FROM evidence_chain WHERE incident_id = ? ORDER BY number"
_ADD = "INSERT INTO evidence_chain (incident_id, number, line, hash) VALUES (?, ?, ?, ?)"
_MEMBERS = """
SELECT mentions.*, sources.name AS source, salt FROM incident_mentions
JOIN mentions ON mentions.id = incident_mentions.mention_id
JOIN sources ON sources.id = mentions.source_id
LEFT JOIN evidence_salts ON evidence_salts.mention_id = mentions.id
WHERE incident_id = ? ORDER BY mentions.id
"""
_ONE = """
SELECT mentions.*, sources.name AS source, salt FROM mentions
JOIN sources ON sources.id = mentions.source_id
LEFT JOIN evidence_salts ON evidence_salts.mention_id = mentions.id
WHERE mentions.id = ?
"""
_INCIDENTS = "SELECT incident_id FROM incident_mentions WHERE mention_id = ? ORDER BY incident_id"
_READINGS = """
SELECT name, seen_at, value FROM engagement WHERE mention_id = ? ORDER BY seen_at, name
"""
_SALT = "INSERT INTO evidence_salts (mention_id, salt) VALUES (?, ?) ON CONFLICT DO NOTHING"
_OLD = "SELECT incident_id, mention_id, at FROM incident_mentions ORDER BY at, mention_id"
_SEEN = ("source", "url", "author", "title", "text", "published_at", "seen_at")


def added(connection: Connection, incident_id: int, mention_id: int, *, at: str) -> None:
    """A mention joined an incident: what it says, and all counts read so far."""
    facts = {"mention": mention_id, "digest": _digest(connection, mention_id)}
    _append(connection, [incident_id], chain.MENTION, at=at, facts=facts)
    for row in connection.execute(_READINGS, (mention_id,)).fetchall():
        _reading(connection, [incident_id], mention_id, tuple(row), at=at)


def left(connection: Connection, incident_id: int, mention_id: int, *, at: str) -> None:
    _append(connection, [incident_id], chain.LEFT, at=at, facts={"mention": mention_id})


def edited(connection: Connection, mention_id: int, *, at: str) -> None:
    """The source shows it otherwise than before; written after the change."""
    incidents = _incidents(connection, mention_id)
    if incidents:
        facts = {"mention": mention_id, "digest": _digest(connection, mention_id)}
        _append(connection, incidents, chain.EDIT, at=at, facts=facts)


def blanked(connection: Connection, mention_id: int, *, at: str) -> None:
    """Its text is gone, and the salt with it: the digest tells nothing any more."""
    facts = {"mention": mention_id}
    _append(connection, _incidents(connection, mention_id), chain.BLANKED, at=at, facts=facts)
    connection.execute("DELETE FROM evidence_salts WHERE mention_id = ?", (mention_id,))


def counted(
    connection: Connection, mention_id: int, readings: Iterable[tuple[str, str, float]], *, at: str
) -> None:
    """Counts that were read: (name, seen_at, value)."""
    incidents = _incidents(connection, mention_id)
    for reading in readings if incidents else ():
        _reading(connection, incidents, mention_id, reading, at=at)


def backfill(connection: Connection) -> None:
    """Lines for what an older release had: they prove it from now on, not from then."""
    for row in connection.execute(_OLD).fetchall():
        added(connection, row["incident_id"], row["mention_id"], at=row["at"])


def lines(connection: Connection, incident_id: int) -> tuple[ChainLine, ...]:
    return tuple(map(_line, connection.execute(_LINES, (incident_id,))))


def held(connection: Connection, incident_id: int) -> tuple[Held, ...]:
    """The mentions of the incident as they are now."""
    rows = connection.execute(_MEMBERS, (incident_id,)).fetchall()
    return tuple(
        Held(
            mention_id=row["id"],
            content=None if row["deleted_at"] else _content(row),
            salt=row["salt"],
            readings={
                (name, seen_at): value
                for name, seen_at, value in connection.execute(_READINGS, (row["id"],))
            },
        )
        for row in rows
    )


def _incidents(connection: Connection, mention_id: int) -> list[int]:
    return [row[0] for row in connection.execute(_INCIDENTS, (mention_id,))]


def _digest(connection: Connection, mention_id: int) -> str:
    """Empty for one that was blanked before."""
    row = connection.execute(_ONE, (mention_id,)).fetchone()
    if row["deleted_at"]:
        return ""
    if row["salt"] is None:
        connection.execute(_SALT, (mention_id, secrets.token_hex(16)))
        row = connection.execute(_ONE, (mention_id,)).fetchone()
    return chain.digest(row["salt"], _content(row))


def _content(row: Row) -> Facts:
    return {name: row[name] for name in _SEEN}


def _reading(
    connection: Connection,
    incidents: Sequence[int],
    mention_id: int,
    reading: Sequence[object],
    *,
    at: str,
) -> None:
    name, seen_at, value = reading
    facts = {"mention": mention_id, "name": name, "seen_at": seen_at, "value": value}
    _append(connection, incidents, chain.READING, at=at, facts=facts)


def _append(
    connection: Connection, incidents: Iterable[int], kind: str, *, at: str, facts: Facts
) -> None:
    for incident_id in incidents:
        head = connection.execute(_HEAD, (incident_id,)).fetchone()
        line = chain.forged(_line(head) if head else None, kind, at=at, facts=facts)
        connection.execute(_ADD, (incident_id, line.number, line.text, line.hash))


def _line(row: Row) -> ChainLine:
    return ChainLine(number=row["number"], text=row["line"], hash=row["hash"])
