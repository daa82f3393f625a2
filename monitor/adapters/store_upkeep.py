"""Keeping the database well: pruning, backup, checks, numbers for the metrics.

Runs inside the transaction of its caller where one is needed (see `store`).
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from monitor.adapters.connect import Connection
from monitor.adapters.rows import Values, maybe_moment, time_text
from monitor.adapters.store_clock import last_beat, set_back
from monitor.core import expected
from monitor.core.pruning import Pruned
from monitor.errors import DatabaseError, InputError

_OLD = """
SELECT id FROM mentions
WHERE seen_at < ? AND NOT EXISTS (
  SELECT 1 FROM incident_mentions WHERE mention_id = mentions.id
)
ORDER BY seen_at LIMIT ?
"""
_FORGET = """
INSERT INTO forgotten (source_id, native_id, brand, at)
SELECT source_id, native_id, brand, ? FROM mentions WHERE id = ?
ON CONFLICT DO UPDATE SET at = excluded.at
"""
# The last news of a source stay, or after a month nobody could say any more that it is silent.
_OLD_POLLS = """
WITH last (source_id, at) AS MATERIALIZED (
  SELECT id, (
    SELECT max(at) FROM polls WHERE source_id = sources.id AND coalesce(changed, new_items) > 0
  ) FROM sources
)
DELETE FROM polls WHERE id IN (
  SELECT polls.id FROM polls JOIN last USING (source_id)
  WHERE polls.at < :before AND NOT (
    coalesce(changed, new_items) > 0 AND polls.at >= date(last.at, :window)
  ) LIMIT :limit
)
"""
# A poll may be dated by a clock that ran ahead, and was set back since (see `store_clock`).
_NEWEST = """
SELECT min(at) FROM (
  SELECT max(at) AS at FROM polls UNION ALL SELECT at FROM heartbeats WHERE name = 'daemon'
)
"""
#: What follows its mention out: silent decisions, empty stories; each `(before, limit)`.
_LEFTOVERS = (
    """
    DELETE FROM decisions WHERE id IN (
      SELECT id FROM decisions WHERE incident_id IS NULL AND at < ? LIMIT ?)
    """,
    """
    DELETE FROM stories WHERE id IN (
      SELECT id FROM stories WHERE last_added_at < ?
        AND NOT EXISTS (SELECT 1 FROM story_mentions WHERE story_id = stories.id)
        AND NOT EXISTS (SELECT 1 FROM incidents WHERE story_id = stories.id)
      LIMIT ?)
    """,
)
#: A source asked every second leaves 86,400 rows a day, and their worth is gone sooner.
_POLLS_KEPT = timedelta(days=30)
#: A pruned mention that its source has not shown for so long is not expected back.
_FORGET_AFTER = timedelta(days=30)
_FREED_PAGES = 2000
_BLANKED = """
SELECT 1 FROM mentions WHERE deleted_at >= :since
UNION ALL
SELECT 1 FROM statements WHERE deleted_at >= :since
LIMIT 1
"""
#: Full text keeps the words of a row that went until its parts are merged into one, by and by:
#: https://sqlite.org/fts5.html#the_merge_command
_MERGE = "INSERT INTO mentions_fts (mentions_fts, rank) VALUES ('merge', ?)"
_MERGED_PAGES = 200

_COUNTS = """
SELECT
  (SELECT count(*) FROM unread) AS backlog,
  (SELECT count(*) FROM deliveries WHERE state = 'pending') AS deliveries_pending,
  (SELECT count(*) FROM deliveries WHERE state = 'dead') AS deliveries_dead,
  (
    SELECT min(created_at) FROM deliveries JOIN alerts ON alerts.id = alert_id
    WHERE state = 'pending'
  ) AS oldest_pending_at
"""


def prune(connection: Connection, *, before: datetime, limit: int) -> Pruned:
    """Delete up to `limit` mentions that belong to no incident, and what hangs on them.

    And as many rows of each log at most: a source that is asked, or pushed to, every second fills
    that of the polls faster than it comes of age.
    """
    at = time_text(before)
    ids = [(row["id"],) for row in connection.execute(_OLD, (at, limit))]
    # A source may go on showing it for years: it must not be taken in as new.
    connection.executemany(_FORGET, ((at, *id_) for id_ in ids))
    connection.executemany("DELETE FROM mentions WHERE id = ?", ids)
    left_over = [connection.execute(each, (at, limit)).rowcount for each in _LEFTOVERS]
    polls = _prune_polls(connection, before=before, limit=limit)
    stale = time_text(before - _FORGET_AFTER)
    connection.execute("DELETE FROM forgotten WHERE at < ?", (stale,))
    return Pruned(mentions=len(ids), is_more=max(len(ids), polls, *left_over) >= limit)


def _prune_polls(connection: Connection, *, before: datetime, limit: int) -> int:
    newest = maybe_moment(connection.execute(_NEWEST).fetchone()[0])
    oldest = before if newest is None else max(before, newest - _POLLS_KEPT)
    window = f"-{expected.WINDOW.days} days"
    where = {"before": time_text(oldest), "window": window, "limit": limit}
    return connection.execute(_OLD_POLLS, where).rowcount


def give_back_pages(connection: Connection) -> None:
    """Shrink the file by pages that pruning freed, a bounded number at a time."""
    connection.execute(f"PRAGMA incremental_vacuum({_FREED_PAGES})").fetchall()


def wipe(connection: Connection, *, since: datetime | None) -> bool:
    """Overwrite what is left of deleted words in the search index and in the write-ahead log.

    Unless nothing was blanked since then. Not within a transaction: others may write in between.
    False: somebody reads a state from before, and the log is kept for them.
    """
    if since and not connection.execute(_BLANKED, {"since": time_text(since)}).fetchone():
        return True
    connection.execute(_MERGE, (-_MERGED_PAGES,))
    while _goes_on(connection):
        pass
    # Somebody who reads a state from before keeps the log as it is: the next time does it.
    is_kept, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_kept


def _goes_on(connection: Connection) -> bool:
    """Merge some more; a merge that had nothing to do changes fewer than two rows."""
    before = connection.total_changes
    connection.execute(_MERGE, (_MERGED_PAGES,))
    return connection.total_changes - before >= 2


def backup(connection: Connection, path: Path, *, like: Path) -> None:
    """Write a consistent, compact copy while others go on writing; whoever may read `like` may it.

    Raises:
        InputError: There is such a file.
        DatabaseError: It cannot be written; nothing is left of it then.
    """
    try:
        # Ours alone until it has the mode of its original; SQLite writes to an empty file.
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as e:
        raise InputError(f"{path} exists; a backup goes to a new file") from e
    except OSError as e:
        raise DatabaseError(f"database {path}: {e.strerror}") from e
    try:
        connection.execute("VACUUM INTO ?", (str(path),))
        shutil.copymode(like, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def check(connection: Connection) -> tuple[str, ...]:
    """What is wrong with the file, in sentences; empty if nothing is."""
    found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    problems = [] if found == ["ok"] else found
    for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        problems.append(f"row {rowid} of {table} refers to a row of {parent} that does not exist")
    return tuple(problems)


def counts(connection: Connection) -> Values:
    """Numbers for the metrics; `oldest_pending_at` is a time as text, or None."""
    return dict(connection.execute(_COUNTS).fetchone())


def beat(connection: Connection, name: str, *, now: datetime) -> timedelta:
    """Write that the daemon is there; say how far its clock was set back since it last did."""
    back = set_back(connection, last=last_beat(connection, name), now=now)
    connection.execute(
        "INSERT INTO heartbeats (name, at) VALUES (?, ?) "
        "ON CONFLICT DO UPDATE SET at = excluded.at",
        (name, time_text(now)),
    )
    return back
