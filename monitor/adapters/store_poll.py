"""What a poll writes: the state of its source, new and changed mentions, readings, statements.

Runs inside the transaction of its caller (see `store`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.adapters import sql, store_chain
from monitor.adapters.connect import Connection, Row
from monitor.adapters.rows import (
    Values,
    json_text,
    maybe_plain,
    mention_values,
    plain,
    readings,
    source_values,
    time_text,
)
from monitor.adapters.store_blank import blank, blank_reposts
from monitor.adapters.store_standins import forgotten_among
from monitor.adapters.store_stream import of_pages
from monitor.adapters.store_twins import Beside, twin
from monitor.core.polling import NewMention, OwnedPost, PageIntent, PollIntent, SourceState
from monitor.core.statements import stored
from monitor.core.types import full_text

_FIND = """
SELECT * FROM mentions
WHERE source_id = :source_id AND native_id = :native_id AND brand = :brand
"""
_FORGOTTEN = """
UPDATE forgotten SET at = :seen_at
WHERE source_id = :source_id AND native_id = :native_id AND brand = :brand
"""
_EDIT = """
UPDATE mentions SET title = :title, text = :text, fingerprint = :fingerprint,
  language = :language, matched_by = :matched_by, certain = :certain
WHERE id = :id
"""
_TOUCH = """
UPDATE mentions SET native_id = :native_id, url = :url, author = :author,
  author_followers = :author_followers, published_at = :published_at
WHERE id = :id
"""
_LATEST_READINGS = """
SELECT name, value, max(seen_at) FROM engagement WHERE mention_id = ? GROUP BY name
"""
_READING = """
INSERT INTO engagement (mention_id, seen_at, name, value) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET value = excluded.value
"""
# Unless the source was given a new address meanwhile.
_CURSOR = "UPDATE sources SET cursor = :cursor WHERE id = :id AND configured AND url = :url"
_POLL = """
INSERT INTO polls (source_id, at, outcome, status, items, new_items, seconds, note, changed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FIND_STATEMENT = """
SELECT id, deleted_at FROM statements
WHERE source_id = :source_id AND native_id = :native_id AND brand = :brand
UNION ALL
SELECT id, deleted_at FROM statements WHERE url = :url AND brand = :brand
LIMIT 1
"""
# Another source may show no more of it than its first lines: that is no edit.
_EDIT_STATEMENT = """
UPDATE statements SET title = :title, text = :text,
  checks = iif((title, text) IS (:title, :text) OR incident_id IS NULL, checks, :checks)
WHERE id = :id AND coalesce(source_id, :source_id) = :source_id
"""
_DELETED = """
SELECT native_id FROM mentions
WHERE source_id = ? AND native_id IN (SELECT value FROM json_each(?)) AND deleted_at IS NOT NULL
"""


def record_page(connection: Connection, intent: PageIntent) -> int:
    """Write what a page brought and the cursor after it; say how many mentions were new."""
    if intent.moves:
        _move(connection, intent)
    if intent.deleted_pages:
        found = of_pages(connection, intent.source.id, intent.deleted_pages)
        intent = replace(intent, deleted=(*intent.deleted, *found))
    new = _write_page(connection, intent)
    if not intent.names_reposts:
        _blank_reposts(connection, intent)
    return new


def _move(connection: Connection, intent: PageIntent) -> None:
    where = {"cursor": intent.source.cursor, "id": intent.source.id, "url": intent.source.url}
    connection.execute(_CURSOR, where)


def record_poll(connection: Connection, intent: PollIntent) -> int:
    """Write all of it; say how many mentions of the last page were new."""
    source_id = intent.source.id
    _write_source(connection, intent.source)
    new = _write_page(connection, intent, listed=intent.listed)
    _blank_reposts(connection, intent)
    what = (intent.outcome, intent.status, intent.items, intent.new + new, intent.seconds)
    note = plain(intent.source.note)
    connection.execute(_POLL, (source_id, time_text(intent.at), *what, note, intent.changed))
    return new


def _blank_reposts(connection: Connection, intent: PageIntent | PollIntent) -> None:
    at = time_text(intent.at)
    blank_reposts(connection, intent.deleted, source_id=intent.source.id, at=at)


def _blank_late_reposts(connection: Connection, intent: PageIntent | PollIntent) -> None:
    """What passes on a post that was deleted before comes with its words once more."""
    of = {mention.native_id: mention.repost_of for mention in intent.mentions if mention.repost_of}
    where = (intent.source.id, json_text([plain(original) for original in of.values()]))
    gone = {row["native_id"] for row in connection.execute(_DELETED, where)} if of else set()
    for native_id, original in of.items():
        if plain(original) in gone:
            at = time_text(intent.at)
            blank(connection, plain(native_id), source_id=intent.source.id, at=at)


def _write_page(
    connection: Connection, intent: PageIntent | PollIntent, *, listed: str = ""
) -> int:
    source_id = intent.source.id
    mentions = _not_forgotten(connection, intent)
    shown = frozenset(plain(mention.native_id) for mention in mentions)
    beside = Beside(shown=shown, listed=listed) if intent.renames else None
    new = sum(
        _take_in(
            connection,
            mention_values(mention, source_id=source_id),
            mention,
            shown=shown,
            beside=beside,
        )
        for mention in mentions
    )
    for post in intent.owned:
        _state(connection, post, source_id=source_id)
    for native_id in intent.deleted:
        blank(connection, plain(native_id), source_id=source_id, at=time_text(intent.at))
    _blank_late_reposts(connection, intent)
    return new


def _not_forgotten(connection: Connection, intent: PageIntent | PollIntent) -> list[NewMention]:
    """Those that are not of a person who is forgotten here, nor pass on what was."""
    ids = {plain(id_) for one in intent.mentions for id_ in (one.native_id, one.repost_of) if id_}
    at = time_text(intent.at)
    gone = forgotten_among(connection, ids, source_id=intent.source.id, at=at)
    return [
        one
        for one in intent.mentions
        if gone.isdisjoint((plain(one.native_id), plain(one.repost_of or "")))
    ]


def _write_source(connection: Connection, source: SourceState) -> None:
    """Write the new state, unless the source was taken out or given a new address meanwhile.

    The configuration may have been reloaded while the poll was under way.
    """
    values = source_values(source)
    columns = tuple(values)
    connection.execute(
        sql.upsert("sources", columns, key="id", update=columns[columns.index("url") + 1 :])
        + " WHERE configured AND sources.url = excluded.url",
        values,
    )


def _take_in(
    connection: Connection,
    values: Values,
    mention: NewMention,
    *,
    shown: frozenset[str],
    beside: Beside | None,
) -> bool:
    """Store one mention; say whether it was not known before."""
    known = connection.execute(_FIND, values).fetchone()
    if known is not None and known["deleted_at"] is None:
        _edit(connection, known, values)
    elif known is None and beside and values["fingerprint"]:
        known = twin(connection, values, beside)
    if known is not None and known["deleted_at"] is not None:
        return False
    if known is not None:
        _touch(connection, known, values, shown=shown)
        record_readings(connection, known["id"], values["seen_at"], mention.engagement)
        return False
    if connection.execute(_FORGOTTEN, values).rowcount:
        return False
    _add(connection, values, mention)
    return True


def _add(connection: Connection, values: Values, mention: NewMention) -> None:
    cursor = connection.execute(sql.insert("mentions", tuple(values)), values)
    known_as = (cursor.lastrowid, values["seen_at"])
    rows = ((*known_as, *reading) for reading in readings(mention.engagement))
    connection.executemany(_READING, rows)


def _edit(connection: Connection, known: Row, values: Values) -> None:
    """Take over a changed text, to be read again; it stays in the story it was filed to."""
    if (known["title"], known["text"]) == (values["title"], values["text"]):
        return
    connection.execute(_EDIT, {**values, "id": known["id"]})
    # A trigger puts the mention back on the work list.
    connection.execute("DELETE FROM verdicts WHERE mention_id = ?", (known["id"],))
    store_chain.edited(connection, known["id"], at=values["seen_at"])


def _touch(connection: Connection, known: Row, values: Values, *, shown: frozenset[str]) -> None:
    kept = _kept(known, values, shown=shown)
    if any(known[column] != value for column, value in kept.items()):
        connection.execute(_TOUCH, {**kept, "id": known["id"]})
        if any(known[column] != kept[column] for column in ("url", "author", "published_at")):
            store_chain.edited(connection, known["id"], at=values["seen_at"])


def _kept(known: Row, values: Values, *, shown: frozenset[str]) -> Values:
    """What may change without a new reading; nothing that was known becomes unknown."""
    # An entry that is shown under both ids keeps the first, or they would swap at every poll.
    native_id = known["native_id"] if known["native_id"] in shown else values["native_id"]
    return {
        "native_id": native_id,
        "url": values["url"] or known["url"],
        "author": values["author"] or known["author"],
        "author_followers": _first(values["author_followers"], known["author_followers"]),
        # The first date stands: many feeds renew it at every edit, and old news stays old.
        "published_at": known["published_at"] or values["published_at"],
    }


def _first(new: int | None, old: int | None) -> int | None:
    return old if new is None else new


def record_readings(
    connection: Connection, mention_id: int, seen_at: str, counts: Mapping[str, float]
) -> int:
    """Write the counts that changed since the last reading; say how many did."""
    if not counts:
        return 0
    latest = {row[0]: row[1] for row in connection.execute(_LATEST_READINGS, (mention_id,))}
    changed = [
        (mention_id, seen_at, name, value)
        for name, value in readings(counts)
        if latest.get(name) != value
    ]
    connection.executemany(_READING, changed)
    seen = [(name, seen_at, value) for _, _, name, value in changed]
    store_chain.counted(connection, mention_id, seen, at=seen_at)
    return len(changed)


def _state(connection: Connection, post: OwnedPost, *, source_id: int) -> None:
    """Store a post of the brand itself once, whatever id or source shows it again."""
    values = {
        "source_id": source_id,
        "native_id": plain(post.native_id),
        "brand": post.brand,
        "at": time_text(post.at),
        "url": maybe_plain(post.url),
        "title": maybe_plain(post.title),
        "text": plain(post.text),
    }
    known = connection.execute(_FIND_STATEMENT, values).fetchone()
    if known is None:
        connection.execute(sql.insert("statements", tuple(values)), values)
    elif known["deleted_at"] is None:
        checks = json_text(stored(full_text(post.title, post.text)))
        connection.execute(_EDIT_STATEMENT, {**values, "id": known["id"], "checks": checks})
