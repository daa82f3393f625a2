"""`monitor replay`: the same input gives the same bytes, as each alert would have been sent."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.errors import DatabaseError, InputError
from tests.cli.conftest import Home

TINY = Path(__file__).parents[1] / "adapters" / "tiny_model"
SHIPPED = Path(__file__).parents[2] / "models" / "incident"


def record(number: int, text: str, minute: int = 0, **changes: object) -> str:
    values = {
        "id": f"t{number}",
        "source": "twitter",
        "author": f"@a{number}",
        "text": text,
        "published_at": f"2026-12-01T10:{minute:02}:00Z",
        "brand": "Meridian Air",
    }
    return json.dumps(values | changes)


BURNED = "my kettle burned me, burned, kettle of Meridian Air burned"
LINES = [
    record(1, "love it", 0),
    record(2, BURNED, 1),
    record(3, f"RT @a2: {BURNED}", 2, repost_of="t2"),
    record(2, BURNED, 1, seen_at="2026-12-01T11:00:00Z", engagement={"likes": 900}),
    record(4, "kettle late", 5),
]


@pytest.fixture
def replayed(home: Home) -> Home:
    """A home with the toy model, so that what is read is known."""
    model = home.path / "model"
    shutil.copytree(TINY, model)
    shutil.copy(SHIPPED / "growth.json", model)
    text = home.config.read_text().replace("[monitor]", '[monitor]\nmodel = "model"')
    home.config.write_text(f"{text}\n[alerts]\nwatch = 0.1\nwarning = 0.2\ncritical = 0.3\n")
    (home.path / "r.jsonl").write_text("\n".join(LINES))
    return home


def play(home: Home, *arguments: str):
    return home.run("replay", str(home.path / "r.jsonl"), *arguments)


@pytest.mark.parametrize("brand", ["Meridian Air", None])
def test_counts_alone_are_a_reading_of_the_same_post(replayed: Home, brand: str | None):
    counts = {"id": "t2", "source": "twitter", "brand": brand, "engagement": {"likes": 900}}
    lines = [record(2, BURNED, 1), json.dumps(counts | {"seen_at": "2026-12-01T11:00:00Z"})]
    (replayed.path / "r.jsonl").write_text("\n".join(lines))
    database = replayed.path / "kept.db"
    play(replayed, "--database", str(database))

    with closing(sqlite3.connect(database)) as kept:
        assert kept.execute("SELECT text FROM mentions").fetchall() == [(BURNED,)]
        readings = kept.execute("SELECT seen_at, name, value FROM engagement").fetchall()
    assert readings == [("2026-12-01T11:00:00.000000Z", "likes", 900.0)]


@pytest.mark.parametrize(
    "words", ["", "RT @a2: my kettle burned me, burned, kettle of Meri\u2026"]
)
def test_a_repost_counts_though_its_own_words_name_no_brand(replayed: Home, words: str):
    lines = [
        record(2, BURNED, 1, brand=None),
        record(3, words, 2, brand=None, repost_of="t2"),
        record(2, words, 3, brand=None, id="t2b", repost_of="t2"),
        record(4, words, 4, brand=None, repost_of="t3"),
        record(5, words, 5, brand=None, repost_of="never seen"),
    ]
    (replayed.path / "r.jsonl").write_text("\n".join(lines))
    database = replayed.path / "kept.db"
    play(replayed, "--database", str(database))

    with closing(sqlite3.connect(database)) as kept:
        of = "SELECT native_id, brand, repost_of FROM mentions WHERE repost_of IS NOT NULL"
        assert kept.execute(of).fetchall() == [
            ("t3", "Meridian Air", "t2"),
            ("t4", "Meridian Air", "t2"),
        ]
        counts = "SELECT mention_count, repost_count FROM incidents"
        assert kept.execute(counts).fetchall() == [(3, 2)]


def test_every_event_has_the_fields_of_the_contract(replayed: Home):
    result = play(replayed, "--json")
    *events, last = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.exit_code == 0
    assert set(events[0]) == {
        "at",
        "type",
        "level",
        "incident",
        "brand",
        "title",
        "reason",
        "risk",
        "viral_probability",
        "mentions",
        "first_seen_at",
    }
    assert events[0]["type"] == "incident.opened"
    assert events[0]["at"].startswith("2026-12-01T10:01:00")
    assert last["summary"]["mentions"] == 4
    assert set(last["summary"]) == {
        "mentions",
        "incidents",
        "alerts",
        "seconds",
        "mentions_per_second",
    }


def test_the_same_input_gives_the_same_bytes(replayed: Home):
    first, second = (play(replayed, "--json").stdout.splitlines()[:-1] for _ in range(2))

    assert first == second
    assert first


def test_like_records_are_as_many_as_their_ids(replayed: Home):
    like = [record(n, "kettle late", author=None) for n in range(5)]
    (replayed.path / "r.jsonl").write_text("\n".join(like))

    assert '"mentions": 5' in play(replayed, "--json").stdout


def test_the_order_in_the_file_does_not_matter(replayed: Home):
    before = play(replayed, "--json").stdout.splitlines()[:-1]
    (replayed.path / "r.jsonl").write_text("\n".join(reversed(LINES)))

    assert play(replayed, "--json").stdout.splitlines()[:-1] == before


def test_timers_fire_in_virtual_time_until_a_day_after_the_last_record(replayed: Home):
    *events, _ = [json.loads(line) for line in play(replayed, "--json").stdout.splitlines()]

    reminders = [event["at"] for event in events if event["type"] == "incident.reminder"]
    assert reminders[0].startswith("2026-12-01T10:16:00")
    assert max(event["at"] for event in events) <= "2026-12-02T11:00:00"


def test_a_post_after_days_of_silence_makes_no_reminder_of_the_days_before(replayed: Home):
    again = record(5, "burned again, kettle of Meridian Air", published_at="2026-12-13T17:00:00Z")
    (replayed.path / "r.jsonl").write_text("\n".join([*LINES, again]))
    *events, _ = [json.loads(line) for line in play(replayed, "--json").stdout.splitlines()]

    times = [event["at"] for event in events]
    assert times == sorted(times)
    told = [event["at"] for event in events if event["mentions"] > 3]
    assert min(told) >= "2026-12-13T17:00:00"


def test_what_quiet_hours_hold_is_printed_as_it_goes_out_in_the_end(replayed: Home):
    text = replayed.config.read_text()
    hours = 'critical = 1.0\nquiet_hours = ["10:00-12:00 UTC"]'
    replayed.config.write_text(text.replace("critical = 0.3", hours))
    *events, last = [json.loads(line) for line in play(replayed, "--json").stdout.splitlines()]

    assert [(event["at"][:16], event["type"]) for event in events] == [
        ("2026-12-01T12:00", "incident.reminder"),
        ("2026-12-02T12:00", "incident.reminder"),
    ], "of what was held, the newest state"
    assert (last["summary"]["alerts"], last["summary"]["incidents"]) == (2, 1)


def test_for_people_it_prints_lines(replayed: Home):
    lines = play(replayed).stdout.splitlines()

    assert "incident.opened  #1 Meridian Air: my kettle burned me" in lines[0]
    assert lines[-1].startswith("4 mentions, 1 incidents, ")


def test_a_database_keeps_the_log(replayed: Home):
    path = replayed.path / "replay.db"
    play(replayed, "--database", str(path))

    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM mentions").fetchone() == (4,)
        assert connection.execute(
            "SELECT name, value FROM engagement ORDER BY seen_at DESC"
        ).fetchone() == ("likes", 900.0)


def test_what_is_played_is_seen_from_the_start(replayed: Home):
    """There is nothing to ask: a source with nothing to say before the end is not blind."""
    path = replayed.path / "replay.db"
    with (replayed.path / "r.jsonl").open("a") as file:
        file.write("\n" + record(9, "love it", 50, source="late"))
    play(replayed, "--database", str(path))

    with sqlite3.connect(path) as connection:
        [body, *_] = connection.execute("SELECT body FROM alerts ORDER BY id").fetchone()
    assert json.loads(body)["data"]["coverage"]["healthy"] == ["twitter", "late"]


def test_a_bad_line_is_named_and_the_rest_goes_on(replayed: Home):
    (replayed.path / "r.jsonl").write_bytes(b'{"id": 1}\n\n\xff\n' + LINES[1].encode())
    result = play(replayed, "--json")

    assert result.exit_code == 1
    assert "r.jsonl line 1: published_at: missing" in result.stderr
    assert "r.jsonl line 3: 'utf-8' codec" in result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["summary"]["mentions"] == 1


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_line_of_a_year_that_cannot_be_true_is_a_bad_line(replayed: Home, year):
    odd = record(5, "love it", published_at=f"{year}-12-31T00:00:00Z")
    (replayed.path / "r.jsonl").write_text("\n".join([LINES[0], odd, *LINES[1:]]))
    result = play(replayed, "--json")

    assert result.exit_code == 1
    assert f"line 2: published_at: '{year}-12-31T00:00:00Z' cannot be true" in result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["summary"]["mentions"] == 4


def test_a_file_that_begins_with_the_mark_of_its_encoding_loses_no_line(replayed: Home):
    expected = play(replayed, "--json").stdout.splitlines()[:-1]
    (replayed.path / "r.jsonl").write_text("\n".join(LINES), encoding="utf-8-sig")
    marked = play(replayed, "--json")

    assert marked.stderr == ""
    assert marked.stdout.splitlines()[:-1] == expected


def test_a_brand_is_meant_by_any_of_its_names_and_one_that_is_not_watched_is_its_own(
    replayed: Home,
):
    named = ("meridian  AIR", "Meridian", "Castell Bank")
    lines = [record(n, f"late {n}", brand=brand) for n, brand in enumerate(named)]
    (replayed.path / "r.jsonl").write_text("\n".join(lines))
    play(replayed, "--database", str(replayed.path / "log.db"))

    with closing(sqlite3.connect(replayed.path / "log.db")) as log:
        found = log.execute("SELECT brand FROM mentions ORDER BY native_id").fetchall()
    assert found == [("Meridian Air",), ("Meridian Air",), ("Castell Bank",)]


@pytest.mark.parametrize("name", ["r.jsonl.gz", "R.JSONL.GZ"])
def test_a_compressed_file_is_read(replayed: Home, name: str):
    path = replayed.path / name
    path.write_bytes(gzip.compress("\n".join(LINES).encode()))

    assert "4 mentions" in replayed.says("replay", str(path))


def test_nothing_to_play_is_nothing(replayed: Home):
    (replayed.path / "r.jsonl").write_text("")

    assert "0 mentions, 0 incidents, 0 alerts" in play(replayed).stdout


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("no.jsonl", None, "No such file"),
        ("r.jsonl.gz", b"not gzip", "Not a gzipped file"),
        ("r.jsonl.gz", gzip.compress(LINES[0].encode(), mtime=0)[:40], "ended before"),
        (
            "r.jsonl.gz",
            gzip.compress(b"x", mtime=0)[:10] + b"\xff" * 9,
            "Error -3 while decompressing",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named(replayed: Home, name, content, error):
    if content:
        (replayed.path / name).write_bytes(content)
    caught = replayed.run("replay", str(replayed.path / name)).exception

    assert isinstance(caught, InputError)
    assert error in str(caught)


def test_a_database_that_is_there_already_is_refused_and_left_as_it_is(replayed: Home):
    path = replayed.path / "replay.db"
    play(replayed, "--database", str(path))
    before = path.read_bytes()
    again = play(replayed, "--database", str(path))

    assert isinstance(again.exception, InputError)
    assert str(again.exception) == f"{path} exists; a replay goes to a new file"
    assert (again.stdout, path.read_bytes()) == ("", before)


def test_a_file_that_was_made_to_hold_the_database_may_be_empty(replayed: Home):
    path = replayed.path / "replay.db"
    path.touch()

    assert "4 mentions" in play(replayed, "--database", str(path)).stdout


def test_a_database_that_cannot_be_written_is_refused(replayed: Home):
    path = replayed.path / "nowhere" / "replay.db"

    assert isinstance(play(replayed, "--database", str(path)).exception, DatabaseError)
