"""`monitor db …`: the database made, checked, copied, pruned."""

from __future__ import annotations

import sqlite3

from tests.cli.conftest import Home


def test_a_database_is_made_and_found_well(home: Home):
    assert "is up to date" in home.says("db", "migrate")
    assert home.says("db", "check") == "ok\n"


def test_damage_is_told(lived_in: Home):
    with sqlite3.connect(lived_in.path / "monitor.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM sources")
    result = lived_in.run("db", "check")

    assert result.exit_code == 1
    assert "damaged" in result.stdout
    assert result.stderr


def test_a_copy_holds_the_same(lived_in: Home):
    copy = lived_in.path / "copy.db"
    lived_in.says("db", "backup", str(copy))

    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (3,)


def test_what_is_too_old_goes(lived_in: Home):
    assert lived_in.says("db", "prune") == "0 mentions deleted\n"
    text = lived_in.config.read_text().replace("[monitor]", '[monitor]\nretention = "1s"', 1)
    lived_in.config.write_text(text)

    assert lived_in.says("db", "prune") == "2 mentions deleted\n"
