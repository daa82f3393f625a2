"""`monitor evidence`: the file, the verdict, the exit code."""

from __future__ import annotations

import json
import sqlite3

from monitor.errors import InputError, NotFoundError
from tests.cli.conftest import Home


def test_what_was_seen_is_exported_and_found_whole(lived_in: Home):
    file = lived_in.path / "evidence.jsonl"
    told = lived_in.says("evidence", "export", "1", "--output", str(file))
    head = json.loads(file.read_text().splitlines()[0])
    assert (head["brand"], head["incident"]) == ("Meridian Air", 1)
    assert head["head"] in told
    assert "dragged a wheelchair user" in lived_in.says("evidence", "export", "1")
    assert "whole: " in lived_in.says("evidence", "verify", "1", "--bundle", str(file))


def test_a_file_whose_first_line_names_another_brand_is_a_changed_one(lived_in: Home):
    file = lived_in.path / "evidence.jsonl"
    lived_in.says("evidence", "export", "1", "--output", str(file))
    head, *rest = file.read_text(encoding="utf-8").splitlines(keepends=True)
    older = {**json.loads(head), "brand": "Borealis Air"}
    del older["seal"]
    file.write_text("".join([json.dumps(older) + "\n", *rest]), encoding="utf-8")
    result = lived_in.run("evidence", "verify", "1", "--bundle", str(file), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"] == ["the first line of the file was changed"]


def test_a_changed_row_is_named_and_the_exit_code_says_so(lived_in: Home):
    with sqlite3.connect(lived_in.path / "monitor.db") as stranger:
        stranger.execute("UPDATE mentions SET text = 'nothing happened' WHERE id = 1")
    stranger.close()
    result = lived_in.run("evidence", "verify", "1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"] == [
        "mention 1 does not say what it said when it was seen"
    ]
    assert "1 problem: 1 line over 1 mention" in lived_in.run("evidence", "verify", "1").stdout


def test_no_file_is_overwritten_and_none_is_made_up(lived_in: Home):
    file = lived_in.path / "evidence.jsonl"
    file.write_bytes(b"\xff")
    again = lived_in.run("evidence", "export", "1", "--output", str(file)).exception
    assert isinstance(again, InputError)
    broken = lived_in.run("evidence", "verify", "1", "--bundle", str(file)).exception
    assert isinstance(broken, InputError)
    assert isinstance(lived_in.run("evidence", "export", "7").exception, NotFoundError)


def test_a_text_with_an_odd_end_of_line_is_exported_and_found_whole(home: Home):
    record = {
        "id": "1",
        "brand": "Meridian Air",
        "text": "Meridian Air crew dragged my father off\u2028He is\x85bleeding\u2029badly",
        "published_at": "2026-12-01T10:00:00Z",
    }
    (home.path / "r.jsonl").write_text(json.dumps(record))
    home.run("replay", str(home.path / "r.jsonl"), "--database", str(home.path / "monitor.db"))
    file = home.path / "evidence.jsonl"
    home.says("evidence", "export", "1", "--output", str(file))
    assert "whole: 1 line" in home.says("evidence", "verify", "1", "--bundle", str(file))
