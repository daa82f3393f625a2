"""Rows as plain dicts: the shape in which answers leave the database.

Runs the statement it is given and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.adapters.connect import Connection, Row
from monitor.core.types import DELETED

#: One row, ready for `--json`.
Answer = dict[str, Any]

_JSON = frozenset({"harms", "parts", "body", "checks", "breaches", "line", "resembles"})
_FLAGS = frozenset({"certain", "history", "blind", "configured", "language_trained"})


def answers(
    connection: Connection, statement: str, values: Sequence[object] | Mapping[str, object] = ()
) -> list[Answer]:
    """All rows."""
    return [as_answer(row) for row in connection.execute(statement, values)]


def answer(
    connection: Connection, statement: str, values: Sequence[object] | Mapping[str, object] = ()
) -> Answer | None:
    """The first row, or None."""
    return next(iter(answers(connection, statement, values)), None)


def as_answer(row: Row) -> Answer:
    """JSON columns parsed and flags as true or false; what was deleted says so."""
    found = {name: _value(name, row[name]) for name in row.keys()}  # noqa: SIM118 - a Row
    return found | {"text": DELETED} if found.get("deleted_at") and "text" in found else found


def _value(name: str, value: object) -> object:
    if name in _JSON and isinstance(value, str):
        return json.loads(value)
    if name in _FLAGS and value is not None:
        return bool(value)
    return value
