"""Forget a person: blank what they said, what passes it on, and what is told of it here.

Blanks as if each post were deleted (see `store_blank`), and its address and its own id with it; a
stand-in for the id is kept, so that a source that goes on showing the post does not bring it back.
What others say of the person goes if that is asked for. The caller opens the transactions: one
for each part, so that the daemon writes in between.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

from monitor.adapters.connect import Connection
from monitor.adapters.rows import json_text
from monitor.adapters.store_blank import Cause, blank_mention, blank_statement
from monitor.adapters.store_person import Plan, plan, statements
from monitor.adapters.store_standins import salt_for
from monitor.core import forgetting
from monitor.core.forgetting import MARK, Asked, Forgotten, Person, stand_in

Begin = Callable[[], AbstractContextManager[None]]

_PRUNED = """
SELECT source_id, native_id, brand FROM forgotten
WHERE (:source IS NULL OR source_id = :source) AND has_address(native_id)
"""
_RENAMED = """
UPDATE forgotten SET native_id = ? WHERE source_id = ? AND native_id = ? AND brand = ?
"""
_ROW = """
SELECT id, source_id, native_id, brand, url, title, text, fingerprint, repost_of, deleted_at
FROM mentions WHERE id = ?
"""
_NOWHERE = """
UPDATE mentions SET url = NULL, native_id = :native_id, repost_of = :repost_of WHERE id = :id
"""
_COLUMNS = {
    "incidents": "title",
    "alerts": "body",
    "decisions": "parts",
    "statements": "text",
}
# What is changed by whichever statement is counted once: a trigger of this connection alone.
_CHANGED = "CREATE TEMP TABLE changed (what TEXT, id INTEGER, PRIMARY KEY (what, id))"
_COUNT = """
CREATE TEMP TRIGGER {table}_counted AFTER UPDATE OF {column} ON main.{table}
WHEN old.{column} <> new.{column}
BEGIN INSERT OR IGNORE INTO changed VALUES ('{table}', new.id); END
"""
_COUNTING = (
    _CHANGED,
    *(_COUNT.format(table=of, column=column) for of, column in _COLUMNS.items()),
)
_COUNTED_NO_MORE = (*(f"DROP TRIGGER {table}_counted" for table in _COLUMNS), "DROP TABLE changed")

#: The table and the id of a row that was changed.
Changed = tuple[str, int]


class _UndoneError(Exception):
    """A trial ends: nothing of its transaction is kept."""


def forget(connection: Connection, begin: Begin, asked: Asked, *, at: str) -> Forgotten:
    """Forget a person; `begin` opens a transaction. See `store.SqliteStore.forget`."""
    found = plan(connection, asked)
    cause = _cause(found)
    changed: set[Changed] = set()
    for part in found.parts:
        with suppress(_UndoneError), begin():
            changed |= _carry_out(connection, found, part, cause, at=at)
            if asked.is_trial:
                raise _UndoneError
    count = Counter(what for what, _ in changed)
    return replace(
        found.found,
        statements=count["statements"],
        titles=count["incidents"],
        alerts=count["alerts"],
        decisions=count["decisions"],
    )


def _carry_out(
    connection: Connection, plan: Plan, part: Collection[int], cause: Cause, *, at: str
) -> frozenset[Changed]:
    """Forget these mentions; of none, what is left of the person elsewhere. Say what changed."""
    for statement in _COUNTING:
        connection.execute(statement)
    for mention_id in part:
        _forget_mention(connection, plan, mention_id, cause, at=at)
    if not part:
        _forget_statements(connection, plan, cause, at=at)
        _forget_in_messages(connection, plan.asked)
        _forget_pruned(connection, plan)
    changed = frozenset((what, id_) for what, id_ in connection.execute("SELECT * FROM changed"))
    for statement in _COUNTED_NO_MORE:
        connection.execute(statement)
    return changed


def _forget_mention(
    connection: Connection, plan: Plan, mention_id: int, cause: Cause, *, at: str
) -> None:
    row = connection.execute(_ROW, (mention_id,)).fetchone()
    if row is None or row["native_id"].startswith(MARK):
        return
    if row["deleted_at"] is None:
        blank_mention(connection, row, cause, at=at)
    salt = salt_for(connection, row["source_id"])
    new = {"id": mention_id, "native_id": stand_in(salt, row["native_id"])}
    of = row["repost_of"]
    passes_on = of is not None and mention_id in plan.passed_on
    connection.execute(_NOWHERE, {**new, "repost_of": stand_in(salt, of) if passes_on else of})


def _cause(plan: Plan) -> Cause:
    return Cause(
        actor=plan.asked.actor,
        verb="forget",
        why="forgotten, as a person asked",
        is_forgotten=True,
        leaving=frozenset(plan.mentions),
    )


def _forget_statements(connection: Connection, plan: Plan, cause: Cause, *, at: str) -> None:
    for row in statements(connection, plan.source_id) if plan.asked.named else ():
        blank_statement(connection, row, cause, at=at)


def _forget_in_messages(connection: Connection, asked: Asked) -> None:
    """What was told of a post that was pruned since, or edited; names in words of others."""
    told = connection.execute("SELECT id, body FROM alerts WHERE may_name(body)")
    for id_, body in told.fetchall():
        without = forgetting.body_without(body, asked)
        if without != body:
            connection.execute("UPDATE alerts SET body = ? WHERE id = ?", (without, id_))
    if asked.named and asked.source is None:
        _take_out_names(connection, asked.person)


def _take_out_names(connection: Connection, person: Person) -> None:
    titled = connection.execute("SELECT id, title FROM incidents WHERE is_named_in(title)")
    for id_, title in titled.fetchall():
        values = person.without(title), id_
        connection.execute("UPDATE incidents SET title = ? WHERE id = ?", values)
    told = connection.execute("SELECT id, parts FROM decisions WHERE is_named_in(parts)")
    for id_, parts in told.fetchall():
        values = json_text(forgetting.parts_without(json.loads(parts), person)), id_
        connection.execute("UPDATE decisions SET parts = ? WHERE id = ?", values)


def _forget_pruned(connection: Connection, plan: Plan) -> None:
    """Ids of posts that were pruned, of whose author nothing else is left."""
    for row in connection.execute(_PRUNED, {"source": plan.source_id}).fetchall():
        new = stand_in(salt_for(connection, row["source_id"]), row["native_id"])
        connection.execute(_RENAMED, (new, *tuple(row)))
