"""The schema and its history: `sqlite_utils.Migrations`, with `user_version` as the guard.

A released migration is never edited; a change of the schema is a new one at the end. Does not
open files (see `connect`).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from sqlite_utils import Database, Migrations

from monitor.adapters import store_chain
from monitor.adapters.connect import MEMORY, complete_statement
from monitor.adapters.safety_copy import keep_copy
from monitor.errors import DatabaseError

MIGRATIONS = Migrations("brand-monitor")
_SCHEMA = files("monitor.adapters") / "schema"


@MIGRATIONS()
def m001_first_schema(db: Database) -> None:
    for part in ("tables", "search", "views"):
        _run(db, f"m001_{part}.sql")


@MIGRATIONS()
def m002_languages(db: Database) -> None:
    _run(db, "m002_languages.sql")


@MIGRATIONS()
def m003_regroupings(db: Database) -> None:
    _run(db, "m003_regroupings.sql")


@MIGRATIONS()
def m004_cursors(db: Database) -> None:
    _run(db, "m004_cursors.sql")


@MIGRATIONS()
def m005_response(db: Database) -> None:
    _run(db, "m005_response.sql")
    store_chain.backfill(db.conn)


@MIGRATIONS()
def m006_vectors(db: Database) -> None:
    _run(db, "m006_vectors.sql")


@MIGRATIONS()
def m007_coverage(db: Database) -> None:
    _run(db, "m007_coverage.sql")


@MIGRATIONS()
def m008_resembles(db: Database) -> None:
    _run(db, "m008_resembles.sql")


@MIGRATIONS()
def m009_deletions(db: Database) -> None:
    _run(db, "m009_deletions.sql")


@MIGRATIONS()
def m010_news(db: Database) -> None:
    _run(db, "m010_news.sql")


#: Number of migrations: what `user_version` says of a database that is up to date.
SCHEMA_VERSION = 10


def migrate(db: Database, *, path: Path | str, backup: bool = True) -> tuple[str, ...]:
    """Bring the schema up to date in one transaction; say which migrations were applied.

    One that holds something is copied first, unless `backup` is False (see `safety_copy`).

    Raises:
        DatabaseError: A newer release wrote the database, or another program did; or it cannot
            be copied.
    """
    refuse_stranger(db, path=path)
    version = _version(db)
    if version == SCHEMA_VERSION:
        return ()
    if version and backup and path != MEMORY:
        keep_copy(db, Path(path), version=version)
    db.execute("BEGIN IMMEDIATE")
    # Inside our transaction each migration is a savepoint: all of them, or none.
    try:
        applied = tuple(migration.name for migration in MIGRATIONS.pending(db))
        MIGRATIONS.apply(db)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        db.rollback()
        raise
    db.commit()
    return applied


def refuse_stranger(db: Database, *, path: object) -> None:
    """Raise `DatabaseError` for a schema that this release must not touch."""
    if (version := _version(db)) > SCHEMA_VERSION:
        raise DatabaseError(
            f"database {path}: made by a newer release (schema {version}, this one knows "
            f"{SCHEMA_VERSION}); install that release or newer"
        )
    if db.table_names() and not MIGRATIONS.applied(db):
        raise DatabaseError(f"database {path}: holds the tables of another program")


def require_current(db: Database, *, path: object) -> None:
    """Raise `DatabaseError` unless the schema is the one this release reads."""
    refuse_stranger(db, path=path)
    if (version := _version(db)) < SCHEMA_VERSION:
        raise DatabaseError(
            f"database {path}: made by an older release (schema {version}, this one reads "
            f"{SCHEMA_VERSION}); run `monitor db migrate`"
        )


def _run(db: Database, name: str) -> None:
    for statement in _statements((_SCHEMA / name).read_text(encoding="utf-8")):
        db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """Split at the ends of lines; by single characters it took ten times as long."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            yield statement
            statement = ""


def _version(db: Database) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
