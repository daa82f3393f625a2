"""One daemon per database."""

from __future__ import annotations

import os
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


def test_it_is_free_again_afterwards(tmp_path: Path):
    for _ in range(2):
        with lock.held(tmp_path / "monitor.db"):
            pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(DatabaseError, match=f"monitor.database: there is no folder {tmp_path}/no"):
        lock.held(tmp_path / "nowhere" / "monitor.db").__enter__()
