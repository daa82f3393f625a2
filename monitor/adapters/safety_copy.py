"""A copy of the database beside it, made before its schema is changed; the last two are kept.

`monitor.db` of schema 8 gets `monitor.db.schema8-20261122T155639Z.bak`. Does not migrate. To go
back to an older release: stop the daemon and put the copy in the place of the database (without
the `-wal` and `-shm` files beside it).
"""

from __future__ import annotations

import re
import shutil
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlite_utils import Database

from monitor.adapters.connect import OperationalError, connect_new
from monitor.errors import DatabaseError

KEPT = 2
_NAME = re.compile(r"\.schema\d+-(\d{8}T\d{6}Z)\.bak$")
#: What the migration itself, and whoever else writes to this disk, need besides.
_SPARE_BYTES = 16 * 1024 * 1024
#: Pages between two looks whether somebody else wants to write.
_STEP_PAGES = 4096


def keep_copy(
    database: Database, path: Path, *, version: int, now: datetime | None = None
) -> Path:
    """Copy the database as it is, and forget all but the last two copies; say where it is.

    `now` goes into the name, the wall clock if it is None: nothing is decided by it.

    Raises:
        DatabaseError: There is no room, or it cannot be written; nothing is left of it then.
    """
    _require_room(database, path, version)
    made = now or datetime.now(UTC)
    copy = path.with_name(f"{path.name}.schema{version}-{made:%Y%m%dT%H%M%SZ}.bak")
    unfinished = copy.with_suffix(".part")
    try:
        _write(database, unfinished)
        shutil.copymode(path, unfinished)
        unfinished.replace(copy)
    except (OSError, OperationalError) as e:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise DatabaseError(_refusal(path, version, str(e))) from e
    _forget_older(path)
    _tell(copy)
    return copy


def copies(path: Path) -> list[Path]:
    """The copies of a database, the oldest first."""
    found = [one for one in path.parent.glob(f"{path.name}.schema*.bak") if _made_at(one)]
    return sorted(found, key=_made_at)


def _write(database: Database, target: Path) -> None:
    """By SQLite's own backup, so that what lies in the write-ahead log is in it."""
    target.unlink(missing_ok=True)
    # Ours alone, until it has the mode of what it is a copy of.
    target.touch(mode=0o600)
    other = connect_new(target)
    try:
        database.conn.backup(other, pages=_STEP_PAGES)
    finally:
        other.close()


def _require_room(database: Database, path: Path, version: int) -> None:
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (page_bytes,) = database.execute("PRAGMA page_size").fetchone()
    need, free = pages * page_bytes + _SPARE_BYTES, shutil.disk_usage(path.parent).free
    if need > free:
        room = f"it needs {need / 1e6:,.0f} MB and there are {free / 1e6:,.0f} MB"
        raise DatabaseError(_refusal(path, version, room))


def _refusal(path: Path, version: int, why: str) -> str:
    return (
        f"database {path}: made by an older release (schema {version}), and it cannot be copied "
        f"before it is brought up to date: {why}. Make room, or run `monitor db migrate "
        "--no-backup`"
    )


def _forget_older(path: Path) -> None:
    for old in copies(path)[:-KEPT]:
        # One that cannot be deleted is no reason to stay on the old schema.
        with suppress(OSError):
            old.unlink()


def _made_at(copy: Path) -> str:
    found = _NAME.search(copy.name)
    return found[1] if found else ""


def _tell(copy: Path) -> None:
    """In the log of the daemon; on stderr where a command has none."""
    if structlog.is_configured():
        structlog.get_logger().info("database copied before migrating", copy=str(copy))
    else:
        sys.stderr.write(f"the database is brought up to date; it was copied to {copy} before\n")
