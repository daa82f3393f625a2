"""A record that says `deleted` takes the words of an earlier one with it, in a replay too."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from tests.cli.conftest import Home


def test_a_deleted_record_is_blanked(home: Home):
    said = {
        "id": "1",
        "source": "twitter",
        "text": "late again",
        "author": "@a",
        "brand": "Meridian Air",
        "published_at": "2026-12-01T10:00:00Z",
    }
    gone = {
        "id": "1",
        "source": "twitter",
        "seen_at": "2026-12-01T11:00:00Z",
        "brand": "Meridian Air",
        "deleted": True,
    }
    file = home.path / "r.jsonl"
    file.write_text("\n".join(map(json.dumps, (said, gone))))
    database = home.path / "replay.db"
    home.run("replay", str(file), "--database", str(database))

    with closing(sqlite3.connect(database)) as connection:
        rows = list(connection.execute("SELECT text, author FROM mentions"))
    assert rows == [("", None)]


def test_a_repost_of_a_repost_loses_the_words_of_a_deleted_record_too(home: Home):
    def line(name: str, minute: int, **more: object) -> str:
        at = f"2026-12-01T10:{minute:02}:00Z"
        row = {"id": name, "source": "twitter", "author": f"@{name}", "seen_at": at}
        return json.dumps(row | more)

    lines = (
        line("o", 0, text="Meridian Air is late again"),
        line("r", 1, text="RT", repost_of="o"),
        line("rr", 2, text="RT", repost_of="r"),
        line("o", 3, deleted=True),
        line("later", 4, text="RT", repost_of="rr"),
    )
    (home.path / "r.jsonl").write_text("\n".join(lines))
    database = home.path / "replay.db"
    home.run("replay", str(home.path / "r.jsonl"), "--database", str(database))

    with closing(sqlite3.connect(database)) as connection:
        rows = list(connection.execute("SELECT native_id, text, author FROM mentions"))
    assert rows == [(name, "", None) for name in ("o", "r", "rr", "later")]
