"""The key of links: made once, readable for its owner alone, never a broken one."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.adapters.keyfile import KEY_BYTES, key_path, load_key
from monitor.errors import DatabaseError


def test_it_is_made_once_and_stays(path: Path) -> None:
    key = load_key(path)
    assert len(key) == KEY_BYTES
    assert load_key(path) == key


def test_only_the_owner_may_read_it(path: Path) -> None:
    load_key(path)
    assert stat.S_IMODE(key_path(path).stat().st_mode) == 0o600


def test_two_databases_have_two_keys_and_nothing_else_is_left(tmp_path: Path) -> None:
    assert load_key(tmp_path / "a.db") != load_key(tmp_path / "b.db")
    assert {one.name for one in tmp_path.iterdir()} == {"a.db.key", "b.db.key"}


def test_programs_that_start_together_agree(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(load_key, [path] * 32))) == 1


def test_a_file_that_holds_no_key_is_said_so(path: Path) -> None:
    key_path(path).write_bytes(b"short")
    with pytest.raises(DatabaseError, match=r"not 32 bytes; delete it"):
        load_key(path)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="No such file"):
        load_key(tmp_path / "nowhere" / "monitor.db")
