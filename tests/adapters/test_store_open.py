"""Opening the file, the shape of times, transactions, and trouble with the file itself."""

from __future__ import annotations

import errno
import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.adapters import connect
from monitor.adapters.connect import (
    Connection,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    release_warning,
    translated,
)
from monitor.adapters.queries import Queries
from monitor.adapters.rows import maybe_moment, maybe_time_text, moment, plain, readings, time_text
from monitor.adapters.store import SqliteStore
from monitor.errors import BusyError, DatabaseError, FullError, InputError
from monitor.ports import Store
from tests.adapters.store_values import NOON, act, alert, ask, opening, source, troubles

NOBODY = 65_534
MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)


# --- times and texts


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    assert (time_text(one) < time_text(other)) == (one < other)
    assert moment(time_text(one)) == one


def test_a_time_is_written_in_utc() -> None:
    paris = timezone(timedelta(hours=1))
    assert time_text(datetime(2026, 11, 22, 13, 0, tzinfo=paris)) == "2026-11-22T12:00:00.000000Z"
    assert moment("2026-11-22T12:00:00.000000Z").tzinfo is UTC


def test_a_time_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        time_text(datetime(2026, 11, 22))  # noqa: DTZ001 - the point


def test_no_time_stays_no_time() -> None:
    assert maybe_time_text(None) is None
    assert maybe_moment(None) is None


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("as it is", "as it is"),
        ("crème, 鉄道 and 🚆", "crème, 鉄道 and 🚆"),
        ("cut\0short", "cutshort"),
        ("crème\0", "crème"),
        ("half a pair: \ud83d", "half a pair: ?"),
    ],
)
def test_text_that_sqlite_cannot_hold_is_mended(text: str, stored: str) -> None:
    assert plain(text) == stored


def test_numbers_that_say_nothing_are_left_out() -> None:
    given_ = {"likes": 3, "views": float("nan"), "score": float("inf"), "reposts": 10**30}
    assert dict(readings(given_)) == {"likes": 3.0, "reposts": 1e30}


# --- opening


def test_the_connection_is_set_up_for_one_writer_and_many_readers(store: SqliteStore) -> None:
    def pragma(name: str) -> object:
        return store._connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 1
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == 5000
    assert pragma("journal_size_limit") == 64 * 1024 * 1024
    assert pragma("trusted_schema") == 0
    assert pragma("mmap_size") == 0
    assert pragma("temp_store") == 2
    assert pragma("auto_vacuum") == 2


@pytest.mark.skipif(find_spec("pysqlite3") is None, reason="pysqlite3 has no wheel here")
def test_the_newer_sqlite_is_used_where_it_is_installed() -> None:
    assert Connection.__module__.startswith("pysqlite3")
    assert "pysqlite3" in sys.modules


@pytest.mark.parametrize(
    ("release", "warned"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)]
)
def test_a_release_that_can_corrupt_the_file_is_warned_of(
    release: tuple[int, ...], *, warned: bool
) -> None:
    assert (release_warning(release) is not None) == warned


def test_the_warning_names_both_releases() -> None:
    warning = release_warning((3, 40, 1))
    assert warning is not None
    assert "3.40.1" in warning
    assert "3.51.3" in warning


def test_what_was_written_is_there_after_a_restart(path: Path) -> None:
    with SqliteStore.open(path) as store:
        store.sync_sources([source()], now=NOON)
    with SqliteStore.open(path, create=False) as store:
        assert [state.name for state in store.source_states()] == ["news"]


@pytest.mark.parametrize(
    "open_it", [Queries.open, lambda path: SqliteStore.open(path, create=False)]
)
def test_a_file_that_must_exist_is_named_when_it_does_not(path: Path, open_it: object) -> None:
    assert callable(open_it)
    with pytest.raises(DatabaseError, match=r"monitor\.db: there is no such file"):
        open_it(path)
    assert not path.exists()


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_text("[monitor]\n" * 500)
    for open_it in (SqliteStore.open, Queries.open):
        with pytest.raises(
            DatabaseError, match=r"monitor\.db: this file is not an SQLite database"
        ):
            open_it(path)
    assert path.read_text().startswith("[monitor]")


def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="unable to open"):
        SqliteStore.open(tmp_path / "no such folder" / "monitor.db")
    with pytest.raises(DatabaseError, match="unable to open"):
        SqliteStore.open(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_only_be_read_is_refused_at_once(path: Path) -> None:
    SqliteStore.open(path).close()
    path.chmod(0o444)
    with pytest.raises(DatabaseError, match="readonly"):
        SqliteStore.open(path)


class TestAFileThatAnotherProgramIsMaking:
    """SQLite's busy timeout does not cover the switch to a write-ahead log."""

    @pytest.fixture
    def other(self, path: Path) -> Iterator[Connection]:
        connection: Connection = Database(path).conn
        connection.isolation_level = None
        connection.execute("CREATE TABLE begun(x)")
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.close()

    def test_is_opened_as_soon_as_the_other_is_done(self, path: Path, other: Connection) -> None:
        waited: list[float] = []

        def pause(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                other.execute("COMMIT")

        connect.open_writer(path, pause=pause).conn.close()
        assert waited == [0.1] * 3

    def test_is_given_up_after_the_busy_timeout(self, path: Path, other: Connection) -> None:
        waited: list[float] = []
        with pytest.raises(BusyError, match="another program has been writing to it for 5 s"):
            connect.open_writer(path, pause=waited.append)
        assert sum(waited) == pytest.approx(5.0, abs=0.2)
        assert other.in_transaction


def test_a_reader_cannot_write(store: SqliteStore, path: Path) -> None:
    with Queries.open(path) as queries, pytest.raises(OperationalError, match="read"):
        queries._connection.execute("DELETE FROM sources")


def test_a_reader_sees_what_is_committed_after_it_opened(store: SqliteStore, path: Path) -> None:
    with Queries.open(path) as queries:
        assert queries.status(NOON)["outbox"]["pending"] == 0
        store.add_alerts([alert(None, "ops")])
        assert queries.status(NOON)["outbox"]["pending"] == 1


def test_a_copy_is_read_where_nothing_can_be_written_beside_it(tmp_path: Path) -> None:
    SqliteStore.open(tmp_path / "copy.db").close()
    # What SQLite would have to make there, as in a folder or on a disk that is read-only.
    (tmp_path / "copy.db-shm").symlink_to(tmp_path / "nowhere" / "at all")

    with Queries.open(tmp_path / "copy.db") as queries:
        assert queries.incidents() == []


@pytest.fixture
def folder_of_another() -> Iterator[Path]:
    """Where we may read a database and write nothing; root becomes somebody else for it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        SqliteStore.open(folder / "monitor.db").close()
        (folder / "monitor.db").chmod(0o444)
        folder.chmod(0o555)
        ours = os.geteuid()
        if ours == 0:
            os.seteuid(NOBODY)
        yield folder
        os.seteuid(ours)
        folder.chmod(0o755)


def test_the_file_of_another_is_read_in_a_folder_where_we_may_not_write(
    folder_of_another: Path,
) -> None:
    with Queries.open(folder_of_another / "monitor.db") as queries:
        assert queries.incidents() == []


def test_a_copy_of_which_a_part_lies_in_the_log_is_not_read_without_it(tmp_path: Path) -> None:
    SqliteStore.open(tmp_path / "copy.db").close()
    (tmp_path / "copy.db-shm").symlink_to(tmp_path / "nowhere" / "at all")
    (tmp_path / "copy.db-wal").write_bytes(b"what was committed last")

    with pytest.raises(DatabaseError, match="unable to open"):
        Queries.open(tmp_path / "copy.db")


def test_a_path_with_odd_characters_works(tmp_path: Path) -> None:
    odd = tmp_path / "what? 100%#1 é.db"
    SqliteStore.open(odd).close()
    assert odd.exists()
    with Queries.open(odd) as queries:
        assert queries.incidents() == []


def test_the_store_is_what_the_loops_ask_for() -> None:
    with SqliteStore.in_memory() as store:
        seen_as: Store = store
        assert seen_as.unassessed_count() == 0


def test_it_belongs_to_the_thread_that_opened_it(store: SqliteStore) -> None:
    errors: list[BaseException] = []

    def ask_elsewhere() -> None:
        try:
            store.unassessed_count()
        except ProgrammingError as error:
            errors.append(error)

    thread = threading.Thread(target=ask_elsewhere)
    thread.start()
    thread.join()
    assert len(errors) == 1


# --- transactions


def test_an_intent_that_fails_halfway_leaves_nothing(store: SqliteStore, path: Path) -> None:
    intent = opening(1, "ops")
    with pytest.raises(IntegrityError):
        store.record_assessment(replace(intent, actions=(act(incident_id=99),)))
    assert ask(path, "SELECT count(*) FROM incidents") == [(0,)]
    assert ask(path, "SELECT count(*) FROM deliveries") == [(0,)]
    store.record_assessment(intent)
    assert ask(path, "SELECT count(*) FROM deliveries") == [(1,)]


def test_a_part_that_fails_inside_a_transaction_takes_only_itself_back(
    store: SqliteStore, path: Path
) -> None:
    with store.transaction():
        store.add_alerts([alert(None, "ops")])
        with suppress(ZeroDivisionError), store.transaction():
            store.add_alerts([alert(None, "board")])
            raise ZeroDivisionError
    assert ask(path, "SELECT webhook FROM deliveries") == [("ops",)]


def test_nobody_writes_between_reading_and_writing(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_TIMEOUT_MS", 50)
    with SqliteStore.open(path) as other, store.transaction():
        assert store.source_states() != ()
        with pytest.raises(DatabaseError, match=r"monitor\.db: another program has been writing"):
            other.add_alerts([alert(None, "ops")])


def test_a_full_disk_is_an_error_that_names_the_file(store: SqliteStore, path: Path) -> None:
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(FullError, match=r"monitor\.db: database or disk is full"):
        store.add_alerts([alert(None, "ops", body=f'"{"long " * 10_000}"')] * 100)
    assert ask(path, "SELECT count(*) FROM alerts") == [(0,)]


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.EDQUOT, FullError), (errno.ENOSPC, FullError), (errno.EIO, DatabaseError)],
)
def test_a_quota_that_is_used_up_is_a_full_disk_and_a_broken_disk_is_none(
    path: Path, number: int, kind: type[DatabaseError]
) -> None:
    """SQLite calls both a "disk I/O error"."""

    def refused(_: Path | str) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(DatabaseError) as caught, translated(path, write_beside=refused):
        raise OperationalError("disk I/O error")
    assert type(caught.value) is kind
    assert "monitor.db: " in str(caught.value)


def test_a_disk_that_fails_though_there_is_room_on_it_is_broken(path: Path) -> None:
    with pytest.raises(DatabaseError, match="disk I/O error") as caught, translated(path):
        raise OperationalError("disk I/O error")
    assert type(caught.value) is DatabaseError
    assert list(path.parent.glob("tmp*")) == [], "what was tried leaves nothing"


def test_what_is_tried_beside_it_fails_though_there_is_room_for_a_part_of_it(path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            connect._write_beside(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_backup_is_a_whole_database(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    store.record_assessment(opening(1, "ops"))
    copy = tmp_path / "it's a copy.db"
    with Queries.open(path) as queries:
        queries.backup(copy)
        assert ask(copy, "PRAGMA integrity_check") == [("ok",)]
        assert ask(copy, "SELECT incident_id, webhook, state FROM deliveries, alerts") == [
            (1, "ops", "pending")
        ]
        with pytest.raises(InputError, match="exists"):
            queries.backup(copy)
        with pytest.raises(DatabaseError, match="copy"):
            queries.backup(tmp_path / "no folder" / "copy.db")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_backup_may_be_read_by_those_who_may_read_the_database(
    store: SqliteStore, path: Path, tmp_path: Path, mode: int
) -> None:
    path.chmod(mode)
    with Queries.open(path) as queries:
        queries.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == mode


def test_a_backup_that_fails_leaves_nothing(
    store: SqliteStore, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copymode", broken)
    with Queries.open(path) as queries, pytest.raises(OSError, match="space"):
        queries.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_database_of_an_older_release_is_copied_and_checked_as_it_is(
    store: SqliteStore, path: Path, tmp_path: Path
) -> None:
    store._connection.execute("PRAGMA user_version = 5")
    with pytest.raises(DatabaseError, match="older release"):
        Queries.open(path)
    with Queries.open(path, older=True) as queries:
        queries.backup(tmp_path / "copy.db")
        assert queries.check() == ()
    assert ask(tmp_path / "copy.db", "PRAGMA user_version") == [(5,)]
    assert ask(path, "PRAGMA user_version") == [(5,)]


def test_a_sound_file_has_nothing_to_report(store: SqliteStore) -> None:
    store.record_assessment(opening(1, "ops"))
    assert troubles(store.path) == ()


def test_a_row_that_refers_to_nothing_is_reported(store: SqliteStore) -> None:
    store.add_alerts([alert(None, "ops")])
    store._connection.execute("PRAGMA foreign_keys = OFF")
    store._connection.execute("DELETE FROM alerts")
    (problem,) = troubles(store.path)
    assert problem == "row 1 of deliveries refers to a row of alerts that does not exist"
