"""Before an older database is migrated it is copied; without room for that, it is left alone."""

from __future__ import annotations

import shutil
import stat
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlite_utils import Database, Migrations

from monitor.adapters import migrations, safety_copy
from monitor.adapters.connect import MEMORY, OperationalError
from monitor.adapters.safety_copy import copies, keep_copy
from monitor.adapters.store import SqliteStore
from monitor.errors import DatabaseError
from tests.adapters.store_values import ask

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def old(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of the first release, with a source in it."""
    first = Migrations("brand-monitor")
    first(name="m001_first_schema")(migrations.m001_first_schema)
    with monkeypatch.context() as release:
        release.setattr(migrations, "MIGRATIONS", first)
        release.setattr(migrations, "SCHEMA_VERSION", 1)
        with SqliteStore.open(path) as store:
            store._connection.execute(
                "INSERT INTO sources (name, kind, url) VALUES ('s', 'feed', 'u')"
            )
    return path


def full(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(total=1, used=1, free=free))


def test_it_is_copied_beside_itself_as_it_was(old: Path, capsys: Any) -> None:
    structlog.reset_defaults()  # a command has no log; other tests may have made one
    old.chmod(0o640)
    SqliteStore.open(old).close()

    (copy,) = copies(old)
    assert copy.name.startswith(f"{old.name}.schema1-20")
    assert ask(copy, "PRAGMA user_version") == [(1,)]
    assert ask(copy, "PRAGMA integrity_check") == [("ok",)]
    assert ask(copy, "SELECT name FROM sources") == [("s",)]
    assert ask(old, "PRAGMA user_version") == [(migrations.SCHEMA_VERSION,)]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o640
    said = capsys.readouterr()
    assert (str(copy) in said.err, said.out) == (True, "")


def test_the_daemon_says_it_in_its_log(old: Path, capsys: Any) -> None:
    with structlog.testing.capture_logs() as logged:
        SqliteStore.open(old).close()
    assert [(one["event"], one["copy"]) for one in logged] == [
        ("database copied before migrating", str(copies(old)[0]))
    ]
    assert capsys.readouterr().err == ""


def test_what_lies_in_the_write_ahead_log_is_in_the_copy(old: Path) -> None:
    holding = Database(old)
    holding.execute("PRAGMA wal_autocheckpoint = 0")
    holding.execute("UPDATE sources SET name = 'newer'")
    SqliteStore.open(old).close()
    holding.close()

    assert ask(copies(old)[0], "SELECT name FROM sources") == [("newer",)]


def test_an_up_to_date_one_a_new_one_and_one_in_memory_are_not_copied(path: Path) -> None:
    for _ in range(2):
        SqliteStore.open(path).close()
    SqliteStore.open(MEMORY).close()

    assert copies(path) == []
    assert copies(Path(MEMORY)) == []


def test_nor_is_one_whose_owner_does_not_want_it(old: Path) -> None:
    SqliteStore.open(old, backup=False).close()

    assert copies(old) == []
    assert ask(old, "PRAGMA user_version") == [(migrations.SCHEMA_VERSION,)]


def test_the_last_two_are_kept_and_nothing_else_is_touched(old: Path) -> None:
    strange = old.with_name(f"{old.name}.schema1-of-mine.bak")
    other = old.with_name("other.db.schema1-20200101T000000Z.bak")
    for one in (strange, other):
        one.write_text("mine")
    database = Database(old)
    made = [
        keep_copy(database, old, version=version, now=NOON + days * timedelta(days=1))
        for days, version in ((0, 10), (2, 9), (1, 11))
    ]
    database.close()

    assert copies(old) == [made[2], made[1]]
    assert not made[0].exists()
    assert (strange.exists(), other.exists()) == (True, True)


def test_one_that_cannot_be_deleted_is_no_reason_to_stop(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(old)
    for day in range(2):
        keep_copy(database, old, version=1, now=NOON + day * timedelta(days=1))

    def refuse(self: Path, **_: object) -> None:
        if self.suffix == ".bak":
            raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    keep_copy(database, old, version=1, now=NOON + timedelta(days=2))
    database.close()
    assert len(copies(old)) == 3


def test_without_room_it_stops_and_everything_stays_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(monkeypatch, free=16 * 1024 * 1024 + 1000)
    with pytest.raises(DatabaseError) as refused:
        SqliteStore.open(old)

    said = str(refused.value)
    assert f"database {old}: made by an older release (schema 1), and it cannot be copied" in said
    assert "MB and there are 17 MB. Make room, or run `monitor db migrate --no-backup`" in said
    assert ask(old, "PRAGMA user_version") == [(1,)]
    assert copies(old) == []


def test_with_just_enough_room_it_goes_on(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [(pages,)], [(size,)] = (ask(old, f"PRAGMA page_{what}") for what in ("count", "size"))
    full(monkeypatch, free=pages * size + safety_copy._SPARE_BYTES)
    SqliteStore.open(old).close()
    assert len(copies(old)) == 1


@pytest.mark.parametrize("step", ["_write", "connect_new"])
def test_a_copy_that_breaks_off_leaves_nothing_behind(
    old: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def breaks(*_: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(safety_copy, step, breaks)
    with pytest.raises(DatabaseError, match="up to date: database or disk is full"):
        SqliteStore.open(old)

    assert ask(old, "PRAGMA user_version") == [(1,)]
    assert [one.name for one in old.parent.iterdir() if "schema" in one.name] == []
