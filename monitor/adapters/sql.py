"""Statements used by several modules: inserts and upserts built from our own names, and joins.

No table or column name ever comes from outside; values are always bound. Runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

#: A mention with the name of its source, as `rows.mention_from` reads it.
MENTIONS = """
SELECT mentions.*, sources.name AS source
FROM mentions JOIN sources ON sources.id = mentions.source_id
"""

#: The newest reading of each kind; SQLite takes `value` from the row of the maximum:
#: https://sqlite.org/lang_select.html#bareagg
READINGS = """
SELECT mention_id, name, value, max(seen_at) FROM engagement
WHERE mention_id IN (SELECT value FROM json_each(?))
GROUP BY mention_id, name
"""


@cache
def insert(table: str, columns: tuple[str, ...]) -> str:
    """One row, values bound by the name of their column."""
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - names of ours
        f"VALUES ({', '.join(f':{column}' for column in columns)})"
    )


@cache
def upsert(table: str, columns: tuple[str, ...], *, key: str, update: tuple[str, ...]) -> str:
    """As `insert`; a row that has the key already gets only the columns in `update`."""
    return f"{insert(table, columns)} ON CONFLICT ({key}) DO UPDATE SET {assign(update)}"


@cache
def update(table: str, columns: tuple[str, ...], *, key: str) -> str:
    """The row that has the key, values bound by the name of their column."""
    assigned = ", ".join(f"{column} = :{column}" for column in columns)
    return f"UPDATE {table} SET {assigned} WHERE {key} = :{key}"  # noqa: S608 - names of ours


def assign(columns: Iterable[str]) -> str:
    """For an upsert: the column becomes what was to be inserted."""
    return ", ".join(f"{column} = excluded.{column}" for column in columns)
