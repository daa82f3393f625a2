"""`monitor db …`: the database made, checked, copied, pruned."""

from __future__ import annotations

import json
import sqlite3
from types import SimpleNamespace

import pytest
import structlog

from monitor.errors import DatabaseError
from tests.cli.conftest import Home


def test_a_database_is_made_and_found_well(home: Home):
    assert "is up to date" in home.says("db", "migrate")
    assert home.says("db", "check") == "ok\n"
    assert home.answers("db", "check") == {"ok": True, "problems": []}


def test_damage_is_told(lived_in: Home):
    with sqlite3.connect(lived_in.path / "monitor.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM sources")
    result = lived_in.run("db", "check")

    assert result.exit_code == 1
    assert "damaged" in result.stdout
    assert " refers to a row of sources that does not exist" in result.stderr

    told = json.loads(lived_in.run("db", "check", "--json").stdout)
    assert told["ok"] is False
    assert told["problems"] == result.stderr.splitlines()


def test_so_is_an_index_that_does_not_agree_with_its_table(lived_in: Home):
    with sqlite3.connect(lived_in.path / "monitor.db") as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, '(seen_at)', '(url)')"
            " WHERE name = 'mentions_by_arrival'"
        )
    result = lived_in.run("db", "check")

    assert result.exit_code == 1
    assert "missing from index mentions_by_arrival" in result.stderr


def test_a_copy_holds_the_same(lived_in: Home):
    copy = lived_in.path / "copy.db"
    lived_in.says("db", "backup", str(copy))

    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (3,)


def test_to_copy_and_to_check_a_database_nothing_is_written_to_it(lived_in: Home):
    """Nor to what lies beside it: a copy on a read-only disk, or the file of another user."""
    file = lived_in.path / "monitor.db"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 5")
    before = file.read_bytes()

    assert lived_in.says("db", "check") == "ok\n"
    lived_in.says("db", "backup", str(lived_in.path / "copy.db"))
    assert file.read_bytes() == before
    assert not list(lived_in.path.glob("monitor.db.schema*"))


def test_what_is_too_old_goes(lived_in: Home):
    assert lived_in.says("db", "prune") == "0 mentions deleted\n"
    text = lived_in.config.read_text().replace("[monitor]", '[monitor]\nretention = "1s"', 1)
    lived_in.config.write_text(text)

    assert lived_in.says("db", "prune") == "2 mentions deleted\n"


def age(home: Home) -> None:
    """Let the database be of an older release."""
    with sqlite3.connect(home.path / "monitor.db") as connection:
        connection.execute("PRAGMA user_version = 5")


def copies(home: Home) -> list[str]:
    return [one.name for one in home.path.glob("monitor.db.schema*")]


def test_an_older_database_is_copied_before_it_is_changed(lived_in: Home):
    structlog.reset_defaults()  # a command has no log; other tests may have made one
    age(lived_in)
    result = lived_in.run("db", "migrate")

    (copy,) = copies(lived_in)
    assert copy.startswith("monitor.db.schema5-")
    assert copy in result.stderr
    assert result.exit_code == 0


def test_without_room_for_a_copy_nothing_is_done_unless_it_is_asked_for(
    lived_in: Home, monkeypatch: pytest.MonkeyPatch
):
    age(lived_in)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    result = lived_in.run("db", "migrate")

    assert isinstance(result.exception, DatabaseError)
    assert result.exception.exit_code == 4
    assert "Make room, or run `monitor db migrate --no-backup`" in str(result.exception)
    assert "is up to date" in lived_in.says("db", "migrate", "--no-backup")
    assert copies(lived_in) == []
