"""What another tool drops in a folder reaches the leaders; a bad line is shown by `status`."""

from __future__ import annotations

import json

from tests.acceptance.feeds import Site
from tests.acceptance.house import House, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE, LEAK


def test_exports_are_read_as_they_come_and_grow(house: House, leaders: Receiver) -> None:
    folder = house.path / "exports"
    folder.mkdir()
    house.sources.clear()
    house.source("exports", "exports", kind="file", backfill="all")
    house.write()
    grave, leak = (text.format(brand="Meridian Air") for text in (GRAVE, LEAK))
    with house.daemon() as daemon:
        file = folder / "export.csv"
        file.write_text(f'Post ID,Platform,Message,Date\n1,Twitter,"{grave}",soon\n2,Twitter,"')
        wait_for(lambda: "line 2" in note(house), what=daemon.stderr.read_text)
        with file.open("a") as stream:
            stream.write(f'{grave}",2026-11-22T11:00:00Z\n')
        wait_for(lambda: leaders.accepted, what=daemon.stderr.read_text)
        (folder / "more.jsonl").write_text(json.dumps({"id": "3", "text": leak, "source": "meta"}))
        wait_for(lambda: len(leaders.accepted) > 1, what=daemon.stderr.read_text)
        assert daemon.end() == 0
    assert house.rows("SELECT native_id, kind FROM mentions ORDER BY id") == [
        ("2", "twitter"),
        ("3", "meta"),
    ]


def note(house: House) -> str:
    if not house.database.exists():
        return ""
    [source] = house.answers("status")["sources"]
    assert source["state"] == "healthy", source
    return str(source["note"])


def test_a_folder_that_is_not_there_is_said_by_the_probe(house: House, feeds: Site) -> None:
    house.source("exports", "exports", kind="file")
    house.write()
    result = house.run("check", "--probe")

    assert result.returncode == 1
    assert "No such file or directory" in result.stdout + result.stderr
