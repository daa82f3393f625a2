"""`monitor forget`: what an operator sees who blanks what is held of a person."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from monitor.errors import InputError, NotFoundError
from tests.cli.conftest import Home


def dump(home: Home) -> str:
    with closing(sqlite3.connect(home.path / "monitor.db")) as connection:
        return "\n".join(connection.iterdump())


def test_a_person_is_forgotten_and_it_is_said_in_numbers(lived_in: Home):
    said = lived_in.says("forget", "mira", "--by", "kim")

    assert said.splitlines()[:2] == ["This is blanked now.", "by @mira   1 mention of a"]
    assert "mira" not in dump(lived_in)
    assert "wheelchair user" not in dump(lived_in)
    assert "Forgotten" in lived_in.says("incident", "show", "1")


def test_a_dry_run_says_so_and_does_nothing(lived_in: Home):
    before = dump(lived_in)
    told = lived_in.answers("forget", "@mira", "--dry-run")

    assert dump(lived_in) == before
    assert told["dry_run"] is True
    assert told["authors"] == [{"author": "@mira", "source": "a", "mentions": 1}]
    assert told == {**lived_in.answers("forget", "@mira"), "dry_run": True}


def test_who_is_not_found_is_told_with_exit_code_one(lived_in: Home):
    for names in (["@nobody"], ["@mir"]):
        result = lived_in.run("forget", *names)
        assert isinstance(result.exception, NotFoundError)
        assert str(result.exception) == "nobody here is called so"
        assert result.exception.exit_code == 1


def test_who_is_only_named_is_told_and_how_to_go_on(lived_in: Home):
    result = lived_in.run("forget", "wheelchair user")
    assert str(result.exception) == (
        "nobody here is called so. 1 text of others name them; --named blanks those, too"
    )
    assert "named by others  1" in lived_in.says("forget", "wheelchair user", "--named")
    assert "wheelchair" not in dump(lived_in)


@pytest.mark.parametrize("name", ["", "@"])
def test_an_empty_name_forgets_nobody(lived_in: Home, name: str):
    assert isinstance(lived_in.run("forget", name).exception, InputError)


def test_copies_beside_the_database_are_told(lived_in: Home):
    copy = lived_in.path / "monitor.db.schema8-20261119T120000Z.bak"
    copy.touch()
    assert copy.name in lived_in.run("forget", "@mira", "--dry-run").stderr
