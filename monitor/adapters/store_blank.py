"""Blank what was deleted where it was said: words and author go, counts and evidence stay.

Runs inside the transaction of its caller (see `store`). What was read of it (the verdict), where
it belongs and the fingerprint of its words stay, so that incidents keep their size and a copy is
still known as one. What was sent to people in alerts is theirs.
"""

from __future__ import annotations

from monitor.adapters import store_chain
from monitor.adapters.connect import Connection

_BLANK = """
UPDATE mentions SET title = NULL, text = '', author = NULL, deleted_at = :at
WHERE source_id = :source_id AND native_id = :native_id AND deleted_at IS NULL
RETURNING id
"""
# Nothing is left to read.
_NOT_TO_READ = "DELETE FROM unread WHERE mention_id = ?"
_SAY = """
INSERT INTO actions (incident_id, at, actor, verb, text)
SELECT incident_id, :at, 'monitor', 'blank',
  'mention ' || :mention || ' was deleted by its author or the network: its words are blanked here'
FROM incident_mentions WHERE mention_id = :mention
"""


def blank(connection: Connection, native_id: str, *, source_id: int, at: str) -> None:
    """Blank all mentions of this native id once, and say so in the log of their incidents."""
    where = {"native_id": native_id, "source_id": source_id, "at": at}
    for (mention,) in connection.execute(_BLANK, where).fetchall():
        connection.execute(_NOT_TO_READ, (mention,))
        connection.execute(_SAY, {"mention": mention, "at": at})
        store_chain.blanked(connection, mention, at=at)
