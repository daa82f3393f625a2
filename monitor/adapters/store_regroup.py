"""Mentions that go from one story to another: how it is written, and what is asked of it later.

Runs inside the transaction of its caller (see `store`). Every regrouping is kept with who made it
and why: the automatic merges as well as the repairs of people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from monitor.adapters import store_chain
from monitor.adapters.connect import Connection
from monitor.adapters.rows import plain, time_text
from monitor.core.filing import Regrouping, Repaired

_REGROUPING = """
INSERT INTO regroupings (at, actor, verb, from_story, to_story, why, is_repair)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_STORY = """
INSERT INTO stories (id, brand, last_added_at) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET last_added_at = max(last_added_at, excluded.last_added_at)
"""
# How it was first filed stays as it was: what came after is in the regroupings.
_REFILE = """
INSERT INTO story_mentions (mention_id, story_id, how) VALUES (?, ?, 'by hand')
ON CONFLICT (mention_id) DO UPDATE SET story_id = excluded.story_id
"""
# With a merge all go, those too that were edited and wait to be read again.
_ALL = "SELECT mention_id FROM story_mentions WHERE story_id = ?"
_LEAVE = """
DELETE FROM incident_mentions
WHERE incident_id IN (SELECT id FROM incidents WHERE story_id = ?)
  AND mention_id IN (SELECT value FROM json_each(?))
RETURNING incident_id, mention_id
"""
_KEEP_APART = "INSERT INTO kept_apart (story_id, other_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
_APART_FROM = """
SELECT iif(story_id = :story, other_id, story_id) FROM kept_apart
WHERE :story IN (story_id, other_id)
"""
_APART_NO_MORE = "DELETE FROM kept_apart WHERE ? IN (story_id, other_id)"
_REPAIRS = """
SELECT id, from_story, to_story FROM regroupings WHERE is_repair AND id > ? ORDER BY id
"""
# A story that was merged away is merged once: what took it in may itself have gone further.
_SURVIVOR = """
WITH RECURSIVE home (story_id) AS (
  SELECT story_id FROM incidents WHERE id = ?
  UNION
  SELECT to_story FROM regroupings JOIN home ON from_story = home.story_id WHERE verb = 'merge'
)
SELECT max(id) FROM incidents
WHERE status <> 'merged' AND story_id IN (SELECT story_id FROM home)
"""


def add_to_story(connection: Connection, story_id: int, brand: str, *, at: datetime) -> None:
    """There is such a story, and something was added to it then."""
    connection.execute(_STORY, (story_id, brand, time_text(at)))


def regroup(connection: Connection, regroupings: Iterable[Regrouping]) -> None:
    for one in regroupings:
        _write(connection, one)


def _write(connection: Connection, one: Regrouping) -> None:
    add_to_story(connection, one.to_story, one.brand, at=one.at)
    went = _going(connection, one)
    _log(connection, one, went)
    connection.executemany(_REFILE, ((mention_id, one.to_story) for mention_id in went))
    if one.from_story is None:
        return
    if one.verb == "merge":
        _merge_apart(connection, one.from_story, one.to_story)
    else:
        leaving = (one.from_story, json.dumps(one.mention_ids))
        for incident_id, mention_id in connection.execute(_LEAVE, leaving).fetchall():
            store_chain.left(connection, incident_id, mention_id, at=time_text(one.at))
    if one.apart:
        _keep_apart(connection, one.from_story, one.to_story)


def _going(connection: Connection, one: Regrouping) -> Sequence[int]:
    if one.verb != "merge":
        return one.mention_ids
    return [row["mention_id"] for row in connection.execute(_ALL, (one.from_story,))]


def _log(connection: Connection, one: Regrouping, went: Sequence[int]) -> None:
    stories = one.from_story, one.to_story
    who = time_text(one.at), plain(one.actor), one.verb
    cursor = connection.execute(_REGROUPING, (*who, *stories, plain(one.why), one.is_repair))
    connection.executemany(
        "INSERT INTO regrouped_mentions (mention_id, regrouping_id) VALUES (?, ?)",
        ((mention_id, cursor.lastrowid) for mention_id in went),
    )


def _merge_apart(connection: Connection, gone: int, kept: int) -> None:
    """What was kept apart from a story stays apart from the one that took it in."""
    others = [row[0] for row in connection.execute(_APART_FROM, {"story": gone})]
    connection.execute(_APART_NO_MORE, (gone,))
    for other in others:
        if other != kept:
            _keep_apart(connection, kept, other)


def _keep_apart(connection: Connection, one: int, other: int) -> None:
    connection.execute(_KEEP_APART, sorted((one, other)))


def repairs_since(connection: Connection, last: int) -> Repaired:
    rows = connection.execute(_REPAIRS, (last,)).fetchall()
    stories = {story for row in rows for story in (row["from_story"], row["to_story"])}
    newest = rows[-1]["id"] if rows else last
    return Repaired(last=newest, stories=tuple(sorted(stories - {None})))


def kept_apart(connection: Connection) -> tuple[tuple[int, int], ...]:
    rows = connection.execute("SELECT story_id, other_id FROM kept_apart ORDER BY 1, 2")
    return tuple((row[0], row[1]) for row in rows)


def survivor_of(connection: Connection, incident_id: int) -> int | None:
    """The incident that a merged one is part of by now."""
    found: int | None = connection.execute(_SURVIVOR, (incident_id,)).fetchone()[0]
    return found
