"""Find all that is held of a person: mentions, what passes them on, what names them.

Writes nothing (see `store_forget`). Looks at every mention: who is meant is told by functions that
SQL asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import json_text
from monitor.core.forgetting import MARK, Asked, Forgotten, Person
from monitor.errors import NotFoundError

#: Posts that are blanked in one transaction: a second, while the daemon waits.
_AT_ONCE = 100
_FUNCTIONS: Mapping[str, Callable[..., bool]] = {
    "is_author": Person.is_author,
    "is_like": Person.is_like,
    "is_named_in": Person.is_named_in,
    "may_name": Person.may_be_named_in,
    "has_address": Person.has_address,
}
_SOURCE = "SELECT id FROM sources WHERE name = ?"
# A sub-query asks of each author once.
_AUTHORS = """
SELECT author, sources.name, count(*) FROM mentions JOIN sources ON sources.id = source_id
WHERE (:source IS NULL OR source_id = :source) AND author IN (
  SELECT author FROM (SELECT DISTINCT author FROM mentions) WHERE {which}
)
GROUP BY author, sources.name ORDER BY count(*) DESC, author, sources.name
"""
_OWN = """
SELECT id FROM mentions
WHERE author IN (SELECT value FROM json_each(:authors))
  AND (:source IS NULL OR source_id = :source)
"""
# Also those that were blanked before: they name what they pass on by its id.
_PASSED_ON = """
SELECT passed.id FROM mentions AS passed
CROSS JOIN mentions AS said
  ON said.source_id = passed.source_id AND said.native_id = passed.repost_of
WHERE passed.repost_of IS NOT NULL AND said.id IN (SELECT value FROM json_each(:ids))
UNION
SELECT id FROM mentions
WHERE fingerprint IN (
    SELECT fingerprint FROM mentions
    WHERE id IN (SELECT value FROM json_each(:ids)) AND fingerprint <> ''
  )
  AND (:source IS NULL OR source_id = :source) AND is_named_in(title, text)
"""
_NAMED = """
SELECT id FROM mentions
WHERE (:source IS NULL OR source_id = :source) AND is_named_in(title, text)
"""
_BLANKED_BEFORE = """
SELECT id FROM mentions
WHERE deleted_at IS NOT NULL AND native_id NOT GLOB :mark || '*'
  AND (:source IS NULL OR source_id = :source) AND (has_address(url) OR has_address(native_id))
"""
_STATEMENTS = """
SELECT id, incident_id, url, title, text FROM statements
WHERE deleted_at IS NULL AND (:source IS NULL OR source_id = :source) AND is_named_in(title, text)
"""
_NOTES = """
SELECT DISTINCT incident_id FROM actions WHERE is_named_in(text) ORDER BY incident_id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What there is of a person: ids of mentions and statements, each in one place alone."""

    asked: Asked
    source_id: int | None
    found: Forgotten
    own: frozenset[int]
    passed_on: frozenset[int]
    named: frozenset[int]
    #: Blanked before; their addresses name the person.
    blanked: frozenset[int]

    @property
    def mentions(self) -> tuple[int, ...]:
        """Their own last: if it is cut off before, the rest is found by them once more."""
        return tuple(
            id_
            for ids in (self.passed_on, self.named, self.blanked, self.own)
            for id_ in sorted(ids)
        )

    @property
    def parts(self) -> Iterator[tuple[int, ...]]:
        """What one transaction takes; the last one sees to all that tells of the person."""
        ids = self.mentions
        yield from (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
        yield ()


def plan(connection: Connection, asked: Asked) -> Plan:
    """Look what there is.

    Raises:
        NotFoundError: There is no such source.
    """
    for name, function in _FUNCTIONS.items():
        asks = partial(function, asked.person)
        connection.create_function(name, -1, asks, deterministic=True)
    source = _source_id(connection, asked.source)
    where: dict[str, object] = {"source": source, "mark": MARK}
    authors = _authors(connection, "is_author(author)", where)
    given = json_text(sorted({author for author, *_ in authors}))
    own = _ids(connection, _OWN, {**where, "authors": given})
    ids = json_text(sorted(own))
    passed_on = _ids(connection, _PASSED_ON, {**where, "ids": ids}) - own
    named = _ids(connection, _NAMED, where) - own - passed_on
    blanked = _ids(connection, _BLANKED_BEFORE, where) - own - passed_on
    alike = () if authors else _authors(connection, "is_like(author)", where)
    return Plan(
        asked=asked,
        source_id=source,
        found=Forgotten(
            authors=authors,
            alike=alike,
            mentions=len(own),
            passed_on=len(passed_on),
            named=len(named) if asked.named else 0,
            named_left=0 if asked.named else len(named) + len(statements(connection, source)),
            addresses=len(blanked),
            notes_in=tuple(row[0] for row in connection.execute(_NOTES)),
        ),
        own=own,
        passed_on=passed_on,
        named=named if asked.named else frozenset(),
        blanked=blanked,
    )


def _source_id(connection: Connection, name: str | None) -> int | None:
    if name is None:
        return None
    row = connection.execute(_SOURCE, (name,)).fetchone()
    if row is None:
        raise NotFoundError(f"there is no source {name!r}")
    return int(row[0])


def _authors(
    connection: Connection, which: str, where: Mapping[str, object]
) -> tuple[tuple[str, str, int], ...]:
    found = connection.execute(_AUTHORS.format(which=which), where)
    return tuple((author, source, count) for author, source, count in found)


def _ids(connection: Connection, statement: str, where: Mapping[str, object]) -> frozenset[int]:
    return frozenset(row[0] for row in connection.execute(statement, where))


def statements(connection: Connection, source_id: int | None) -> list[Row]:
    return connection.execute(_STATEMENTS, {"source": source_id}).fetchall()
