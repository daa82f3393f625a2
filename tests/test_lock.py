"""One daemon per database."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from monitor import lock
from monitor.errors import DatabaseError


def test_a_second_daemon_is_refused_and_told_who_holds_it(tmp_path: Path):
    database = tmp_path / "monitor.db"
    with lock.held(database), pytest.raises(DatabaseError) as caught, lock.held(database):
        pass

    assert str(caught.value) == f"{database}: another daemon holds it (process {os.getpid()})"
    assert caught.value.exit_code == 4


ROWS = """\
1: POSIX  ADVISORY  READ 812 00:01:{file} 0 EOF
2: FLOCK  ADVISORY  WRITE 812 fd:01:99{file} 0 EOF
3: FLOCK  ADVISORY  WRITE {pid} fd:01:{file} 0 EOF
3: -> FLOCK  ADVISORY  WRITE 813 fd:01:{file} 0 EOF
"""


def test_who_holds_it_is_told_without_trying_it(tmp_path: Path):
    database, table = tmp_path / "monitor.db", tmp_path / "locks"
    assert lock.holder(database, table=table) is None
    with lock.held(database):
        file = (tmp_path / "monitor.db.lock").stat().st_ino
        assert lock.holder(database, table=table) is None
        table.write_text(ROWS.format(pid=os.getpid(), file=file))
        assert lock.holder(database, table=table) == os.getpid()
        table.write_text(ROWS.format(pid=812, file=file))
        assert lock.holder(database, table=table) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists its locks")
def test_on_linux_the_holder_is_known(tmp_path: Path):
    with lock.held(tmp_path / "monitor.db"):
        assert lock.holder(tmp_path / "monitor.db") == os.getpid()
    assert lock.holder(tmp_path / "monitor.db") is None


def test_it_is_free_again_afterwards(tmp_path: Path):
    for _ in range(2):
        with lock.held(tmp_path / "monitor.db"):
            pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(DatabaseError, match=f"monitor.database: there is no folder {tmp_path}/no"):
        lock.held(tmp_path / "nowhere" / "monitor.db").__enter__()


def test_what_the_holder_notes_stands_beside_its_number_until_it_takes_it_back(tmp_path: Path):
    database = tmp_path / "monitor.db"
    assert lock.noted(database) == ""
    with lock.held(database) as held:
        assert lock.noted(database) == ""
        held.note("a long line, « about something »")
        held.note("short")
        assert lock.noted(database) == "short"
        with pytest.raises(DatabaseError) as caught, lock.held(database):
            pass
        assert str(caught.value).endswith(f"(process {os.getpid()})")
        held.note("")
        assert lock.noted(database) == ""
        held.note("of a daemon that is gone")
    with lock.held(database):
        assert lock.noted(database) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists its locks")
def test_the_holder_is_known_whatever_it_noted(tmp_path: Path):
    with lock.held(tmp_path / "monitor.db") as held:
        held.note("something")
        assert lock.holder(tmp_path / "monitor.db") == os.getpid()
