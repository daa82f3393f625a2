"""Opening the database file: which SQLite, which pragmas, which error for which trouble.

Does not create tables (see `migrations`) and runs no query of the program. A connection belongs
to the thread that opened it.
"""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from monitor.errors import BusyError, DatabaseError, FullError

if TYPE_CHECKING:
    import sqlite3
else:
    # pysqlite3 where it is installed, else the one that came with Python.
    from sqlite_utils.utils import sqlite3

#: Earlier releases can corrupt a WAL database when two connections write and checkpoint at the
#: same moment: https://sqlite.org/wal.html#walresetbug
FIRST_SAFE_RELEASE = (3, 51, 3)
BUSY_TIMEOUT_MS = 5_000
_TRIES = 50
_JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024
_LARGEST_PAGE_BYTES = 64 * 1024
_USED_UP = "there is no room left for it, or the quota of its owner is used up"

#: Name of a database that lives in memory and ends with its connection.
MEMORY = ":memory:"

Connection = sqlite3.Connection
Row = sqlite3.Row
IntegrityError = sqlite3.IntegrityError
OperationalError = sqlite3.OperationalError
ProgrammingError = sqlite3.ProgrammingError
complete_statement = sqlite3.complete_statement


def open_writer(
    path: Path | str, *, create: bool = True, pause: Callable[[float], None] = time.sleep
) -> Database:
    """Open for reading and writing.

    Args:
        path: The file, or `MEMORY`.
        create: Whether a missing file is made; otherwise it is an error.
        pause: Waits for so many seconds, while another program makes the same file.

    Raises:
        DatabaseError: The file is missing, may not be written, or is no database.
    """
    if not create:
        _must_exist(path)
    with translated(path), _closed_on_error(_connect(str(path))) as database:
        # Has an effect before the first table only: pruned pages can be given back to the disk.
        database.execute("PRAGMA auto_vacuum = INCREMENTAL")
        # What was deleted is overwritten, not only forgotten: releases differ in the default.
        database.execute("PRAGMA secure_delete = ON")
        _enter_wal(database, pause)
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(f"PRAGMA journal_size_limit = {_JOURNAL_LIMIT_BYTES}")
        # A file that may only be read opens without a word: find out now.
        database.execute("BEGIN IMMEDIATE")
        database.execute("ROLLBACK")
        return database


def open_reader(path: Path | str) -> Database:
    """Open an existing file for reading only; what others commit is seen.

    Raises:
        DatabaseError: The file is missing, may not be read, or is no database.
    """
    _must_exist(path)
    address = f"{Path(path).absolute().as_uri()}?mode=ro"
    try:
        return _reader(path, address)
    except DatabaseError as error:
        if not _needs_files(error) or not _is_at_rest(path):
            raise
        # In a folder where nothing can be written, SQLite cannot make the files that readers of a
        # write-ahead log share: https://sqlite.org/wal.html#read_only_databases
        return _reader(path, f"{address}&immutable=1")


def _reader(path: Path | str, address: str) -> Database:
    with translated(path), _closed_on_error(_connect(address)) as database:
        database.execute("PRAGMA schema_version")
        return database


def _needs_files(error: DatabaseError) -> bool:
    """Whether a reader could not make the files that it needs beside a write-ahead log.

    A disk that may only be read and a folder of somebody else are told apart: "unable to open
    database file" and "attempt to write a readonly database" (`unixOpen` in os_unix.c).
    """
    return any(words in str(error) for words in ("unable to open", "readonly database"))


def _is_at_rest(path: Path | str) -> bool:
    """Whether all of it is in the file itself: nobody has it open, or has written yet."""
    log = Path(f"{path}-wal")
    return not log.exists() or log.stat().st_size == 0


def connect_new(path: Path) -> Connection:
    """A plain connection to an empty file; `OperationalError` if it cannot be opened."""
    return sqlite3.connect(path)


def _enter_wal(database: Database, pause: Callable[[float], None]) -> None:
    """Switch to a write-ahead log; SQLite itself does not wait for the lock this needs.

    `pagerExclusiveLock` in pager.c fails at once while another connection writes, whatever the
    busy timeout is.
    """
    tries = _TRIES
    while not _is_wal(database, last=not tries):
        tries -= 1
        pause(BUSY_TIMEOUT_MS / 1000 / _TRIES)


def _is_wal(database: Database, *, last: bool) -> bool:
    try:
        database.execute("PRAGMA journal_mode = WAL")
    except OperationalError as error:
        if last or not _is_busy(str(error)):
            raise
        return False
    return True


def _write_beside(path: Path | str) -> None:
    """Write as much as a page has at most beside the file, and leave nothing.

    Where there is room for a part of it the system writes that part, and says why at the next.
    """
    with tempfile.TemporaryFile(dir=Path(path).parent) as file:
        file.write(bytes(_LARGEST_PAGE_BYTES))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def translated(
    path: Path | str, *, write_beside: Callable[[Path | str], None] = _write_beside
) -> Iterator[None]:
    """Turn SQLite's errors about the file into a `DatabaseError` that names it.

    Broken constraints and wrong SQL are bugs and pass unchanged.
    """
    try:
        yield
    except (IntegrityError, ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.DatabaseError as error:
        message = str(error)
        # Of a quota that is used up SQLite says what it says of a broken disk: only ENOSPC is
        # "full" to it (`unixWrite` in os_unix.c).
        if "disk I/O" in message and _is_used_up(path, write_beside):
            raise FullError(f"database {path}: {_USED_UP}") from error
        raise _kind(message)(f"database {path}: {_in_words(message)}") from error


def release_warning(release: tuple[int, ...] = sqlite3.sqlite_version_info) -> str | None:
    """Say in a sentence that this SQLite can damage a database; None if it cannot."""
    if release >= FIRST_SAFE_RELEASE:
        return None
    version, safe = (".".join(map(str, numbers)) for numbers in (release, FIRST_SAFE_RELEASE))
    return (
        f"SQLite {version} can corrupt a database that two programs write at the same moment; "
        f"{safe} and newer cannot: pip install pysqlite3"
    )


def _connect(address: str) -> Database:
    connection = sqlite3.connect(
        address,
        # Transactions are begun by name: a deferred one that turns into a write fails at once
        # when another process is writing, however long the busy timeout is.
        isolation_level=None,
        timeout=BUSY_TIMEOUT_MS / 1000,
        uri=address.startswith("file:"),
        cached_statements=256,
    )
    connection.row_factory = sqlite3.Row
    # None of these reads the file.
    for setting in ("foreign_keys = ON", "trusted_schema = OFF", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    return Database(connection, execute_plugins=False)


@contextmanager
def _closed_on_error(database: Database) -> Iterator[Database]:
    try:
        yield database
    except BaseException:
        database.close()
        raise


def _must_exist(path: Path | str) -> None:
    if not Path(path).exists():
        raise DatabaseError(f"database {path}: there is no such file yet; `monitor run` makes it")


def _is_used_up(path: Path | str, write_beside: Callable[[Path | str], None]) -> bool:
    """Whether nothing more may be written where the file lies, though what is there is sound."""
    try:
        write_beside(path)
    except OSError as e:
        return e.errno in {errno.EDQUOT, errno.ENOSPC}
    return False


def _kind(message: str) -> type[DatabaseError]:
    if _is_busy(message):
        return BusyError
    return FullError if "is full" in message else DatabaseError


def _is_busy(message: str) -> bool:
    return "locked" in message or "busy" in message


def _in_words(message: str) -> str:
    if _is_busy(message):
        return f"another program has been writing to it for {BUSY_TIMEOUT_MS // 1000} s"
    if "not a database" in message:
        return "this file is not an SQLite database"
    return message
