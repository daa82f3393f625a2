"""Blank what was deleted where it was said: words and author go, counts and evidence stay.

Runs inside the transaction of its caller (see `store`). What was read of it (the verdict), where
it belongs and the fingerprint of its words stay, so that incidents keep their size and a copy is
still known as one. What quotes it here is seen to in `store_unquote`; what was sent to people is
theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from monitor.adapters import store_chain, store_unquote
from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import json_text, plain
from monitor.core.blanking import Gone
from monitor.core.types import DELETED, full_text

_FOUND = """
SELECT id, native_id, brand, url, title, text, fingerprint FROM mentions
WHERE source_id = :source_id AND native_id = :native_id AND deleted_at IS NULL
"""
_BLANK = """
UPDATE mentions SET title = NULL, text = '', author = NULL, deleted_at = ? WHERE id = ?
"""
# A vector can be turned back into much of what was said.
_NO_VECTOR = "UPDATE verdicts SET vector = NULL WHERE mention_id = ?"
# Nothing is left to read.
_NOT_TO_READ = "DELETE FROM unread WHERE mention_id = ?"
_SAY = """
INSERT INTO actions (incident_id, at, actor, verb, text)
SELECT incident_id, :at, :actor, :verb,
  'mention ' || :mention || ' was ' || :why || ': its words are blanked here'
FROM incident_mentions WHERE mention_id = :mention
"""
# Reposts go with what they pass on. An index finds texts of this fingerprint.
_SAID_BY_OTHERS = """
SELECT id FROM mentions
WHERE fingerprint = :fingerprint AND fingerprint <> '' AND brand = :brand AND id <> :id
  AND deleted_at IS NULL AND coalesce(repost_of, '') <> :native_id
"""
# The daemon has stories in mind, and takes those over anew that somebody regrouped.
_READ_ANEW = """
INSERT INTO regroupings (at, actor, verb, from_story, to_story, why, is_repair)
SELECT :at, 'monitor', 'move', story_id, story_id, 'mention ' || :mention || ' was blanked', 1
FROM story_mentions WHERE mention_id = :mention AND story_id IS NOT NULL
"""
_REPOSTS = """
SELECT DISTINCT native_id FROM mentions
WHERE source_id = :source_id AND repost_of IN (SELECT value FROM json_each(:ids))
  AND deleted_at IS NULL
"""
_STATEMENTS = """
SELECT id, incident_id, url, title, text FROM statements
WHERE source_id = :source_id AND native_id = :native_id AND deleted_at IS NULL
"""
_BLANK_STATEMENT = """
UPDATE statements SET title = NULL, text = :text, digest = :digest, deleted_at = :at,
  checks = json_remove(checks, '$.policy')
WHERE id = :id
"""
_SAY_OF_STATEMENT = """
INSERT INTO actions (incident_id, at, actor, verb, text) VALUES (?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """Why something is blanked, as the log of its incidents tells it."""

    actor: str = "monitor"
    verb: str = "blank"
    why: str = "deleted by its author or the network"
    #: Where it was said is blanked with it (see `store_forget`).
    is_forgotten: bool = False
    #: Mentions that are about to be blanked with it: who says the same there does not count.
    leaving: AbstractSet[int] = frozenset()


_DELETED = Cause()
_TAKEN_BACK = Cause(why="taken back where it was made")


def blank(connection: Connection, native_id: str, *, source_id: int, at: str) -> None:
    """Blank all that is stored of this native id once, and say so in the log of its incidents."""
    where = {"native_id": native_id, "source_id": source_id}
    for row in connection.execute(_FOUND, where).fetchall():
        blank_mention(connection, row, _DELETED, at=at)
    for row in connection.execute(_STATEMENTS, where).fetchall():
        blank_statement(connection, row, _TAKEN_BACK, at=at)


def blank_reposts(
    connection: Connection, native_ids: Collection[str], *, source_id: int, at: str
) -> None:
    """Blank what passes these on: it says the same.

    Looks through all mentions of the source, once for all ids; a stream, which deletes all day
    long, finds its reposts by an index (`store_stream.gone`).
    """
    if native_ids:
        where = {"source_id": source_id, "ids": json_text([plain(one) for one in native_ids])}
        for (native_id,) in connection.execute(_REPOSTS, where).fetchall():
            blank(connection, native_id, source_id=source_id, at=at)


def blank_mention(connection: Connection, row: Row, cause: Cause, *, at: str) -> None:
    """`row` holds what `_FOUND` asks for."""
    mention = row["id"]
    others = connection.execute(_SAID_BY_OTHERS, dict(row))
    gone = Gone(
        url=row["url"],
        title=row["title"],
        text=row["text"],
        is_said_by_others=any(id_ not in cause.leaving for (id_,) in others),
        is_forgotten=cause.is_forgotten,
    )
    connection.execute(_BLANK, (at, mention))
    connection.execute(_NO_VECTOR, (mention,))
    connection.execute(_NOT_TO_READ, (mention,))
    said = {"mention": mention, "at": at}
    told = {"actor": cause.actor, "verb": cause.verb, "why": cause.why}
    connection.execute(_SAY, said | told)
    connection.execute(_READ_ANEW, said)
    store_unquote.unquote(connection, gone, mention, at=at)
    store_chain.blanked(connection, mention, at=at)


def blank_statement(connection: Connection, row: Row, cause: Cause, *, at: str) -> None:
    """`row` holds what `_STATEMENTS` asks for."""
    text = full_text(row["title"], row["text"])
    digest = sha256(text.encode()).hexdigest()
    values = {"id": row["id"], "text": DELETED, "digest": digest, "at": at}
    connection.execute(_BLANK_STATEMENT, values)
    if row["incident_id"] is None:
        return
    said = f"statement {row['id']} was {cause.why}: its words are blanked here (SHA-256 {digest})"
    by = (cause.actor, cause.verb, said)
    connection.execute(_SAY_OF_STATEMENT, (row["incident_id"], at, *by))
    gone = Gone(url=row["url"], title=row["title"], text=row["text"])
    store_unquote.unquote_alerts(connection, gone, row["incident_id"])
