"""The schema: what users query by name, what it refuses, how it comes into being."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from monitor.adapters import migrations
from monitor.adapters.queries import Queries
from monitor.adapters.store import SqliteStore
from monitor.errors import DatabaseError
from tests.adapters.store_values import ask

# Contract, section 4.
PROMISED = {
    "sources": "id name kind url etag last_modified next_poll_at last_success_at failures state",
    "polls": "id source_id at outcome status items new_items seconds",
    "mentions": "id source_id native_id brand url author author_followers title text language "
    "published_at seen_at fingerprint repost_of",
    "mentions_fts": "title text",
    "engagement": "mention_id seen_at name value",
    "verdicts": "mention_id model language about negative neutral positive alarm complaint "
    "outrage firsthand severity harms",
    "incidents": "id brand title status level severity risk viral_probability forecast_low "
    "forecast_mid forecast_high opened_at first_seen_at last_seen_at acknowledged_at "
    "acknowledged_by assigned_to statement_at resolved_at harms mention_count repost_count "
    "author_count source_count",
    "incident_mentions": "incident_id mention_id at",
    "decisions": "id incident_id at reason level risk parts",
    "statements": "id incident_id at url text checks",
    "alerts": "id incident_id type level created_at body",
    "deliveries": "id alert_id webhook state attempt next_attempt_at delivered_at",
    "attempts": "delivery_id at status error seconds",
    "actions": "id incident_id at actor verb text",
    "open_incidents": "id brand title level status risk",
    "incident_timeline": "incident_id at what",
    "source_health": "name state",
    "delivery_health": "webhook pending dead",
    "praise": "brand text praise",
}
INCIDENT_ROW = (
    "INSERT INTO incidents (brand, title, status, level, severity, risk, opened_at, first_seen_at,"
    " last_seen_at, harms, mention_count, repost_count, author_count, source_count, alerted_level,"
    " reminders, handed_on)"
    " VALUES ('b', 't', {status}, {level}, 1, {risk}, {at}, {at}, {at}, {harms},"
    " 1, 0, 1, 1, 'quiet', 0, 0)"
)
OLD_ROWS = """
INSERT INTO sources (id, name, kind, url, state) VALUES (1, 's', 'feed', 'u', 'healthy');
INSERT INTO mentions (id, source_id, native_id, brand, kind, text, seen_at, fingerprint,
  matched_by)
VALUES (1, 1, 'n', 'b', 'feed', 't', '2026-11-22T12:00:00.000000Z', 'f', 'b');
INSERT INTO verdicts (mention_id, model, at, about, negative, neutral, positive, alarm, complaint,
  outrage, firsthand, severity, harms)
VALUES (1, 'm', '2026-11-22T12:00:00.000000Z', 1, 0, 1, 0, 0, 0, 0, 0, 0, '{}');
"""
RELEASED = (
    migrations.m001_first_schema,
    migrations.m002_languages,
    migrations.m003_regroupings,
    migrations.m004_cursors,
    migrations.m005_response,
    migrations.m006_vectors,
    migrations.m007_coverage,
    migrations.m008_resembles,
    migrations.m009_deletions,
    migrations.m010_news,
)
GOOD_ROW = {
    "status": "'open'",
    "level": "'watch'",
    "risk": "0.5",
    "at": "'2026-11-22T12:00:00.000000Z'",
    "harms": "'[]'",
}


@pytest.fixture
def made(path: Path) -> Path:
    SqliteStore.open(path).close()
    return path


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_table_and_view_has_its_columns(made: Path, name: str) -> None:
    columns = {row[1] for row in ask(made, f"PRAGMA table_info({name})")}
    assert set(PROMISED[name].split()) <= columns


def test_every_table_of_ours_is_strict(made: Path) -> None:
    ours = [
        (name, strict)
        for _, name, kind, _, _, strict in ask(made, "PRAGMA table_list")
        if kind == "table" and not name.startswith("sqlite_") and name != "_sqlite_migrations"
    ]
    assert len(ours) > 15
    assert [name for name, strict in ours if not strict] == []


def test_a_second_start_applies_nothing(made: Path) -> None:
    applied = ask(made, "SELECT * FROM _sqlite_migrations")
    SqliteStore.open(made).close()
    assert ask(made, "SELECT * FROM _sqlite_migrations") == applied
    assert len(applied) == migrations.SCHEMA_VERSION
    assert ask(made, "PRAGMA user_version") == [(migrations.SCHEMA_VERSION,)]


def test_the_version_counts_the_migrations() -> None:
    fresh = Database(memory=True)
    assert len(migrations.MIGRATIONS.pending(fresh)) == migrations.SCHEMA_VERSION
    applied = migrations.migrate(fresh, path="x")
    assert applied == tuple(made.__name__ for made in RELEASED)
    assert migrations.migrate(fresh, path="x") == ()
    fresh.close()


def test_the_verdicts_of_an_older_release_are_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Migrations("brand-monitor")
    first(name="m001_first_schema")(migrations.m001_first_schema)
    with monkeypatch.context() as release:
        release.setattr(migrations, "MIGRATIONS", first)
        release.setattr(migrations, "SCHEMA_VERSION", 1)
        SqliteStore.open(path).close()
    with sqlite3.connect(path) as old:
        old.executescript(OLD_ROWS)
    old.close()

    SqliteStore.open(path).close()

    assert ask(path, "SELECT mention_id, language_trained FROM verdicts") == [(1, 1)]


def test_the_days_that_a_source_was_seen_are_kept_of_an_older_release_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Migrations("brand-monitor")
    for one in RELEASED[:6]:
        before(name=one.__name__)(one)
    with monkeypatch.context() as release:
        release.setattr(migrations, "MIGRATIONS", before)
        release.setattr(migrations, "SCHEMA_VERSION", 6)
        SqliteStore.open(path).close()
    poll = "INSERT INTO polls (source_id, at, outcome, items, new_items, seconds) VALUES"
    times = ("2026-11-21T09:00:00", "2026-11-21T10:00:00", "2026-11-22T10:00:00")
    rows = [
        f"{poll} (1, '{at}.000000Z', '{outcome}', 0, 0, 0);"
        for at, outcome in zip(times, ("failed", "ok", "not modified"), strict=True)
    ]
    with sqlite3.connect(path) as old:
        old.executescript(OLD_ROWS + "".join(rows))
    old.close()

    SqliteStore.open(path).close()

    with sqlite3.connect(path) as new:
        new.executescript(f"{poll} (1, '2026-11-22T11:00:00.000000Z', 'throttled', 0, 0, 0);")
        new.execute("DELETE FROM polls")
    new.close()
    assert ask(path, "SELECT * FROM coverage ORDER BY day") == [
        (1, "2026-11-21", 2, 1),
        (1, "2026-11-22", 2, 1),
    ]


def test_a_database_of_a_newer_release_is_refused_by_name(made: Path) -> None:
    Database(made).execute("PRAGMA user_version = 99").connection.close()
    for open_it in (SqliteStore.open, Queries.open):
        with pytest.raises(
            DatabaseError, match=r"monitor\.db: made by a newer release \(schema 99"
        ):
            open_it(made)


@pytest.mark.parametrize("version", [0, migrations.SCHEMA_VERSION])
def test_a_database_of_another_program_is_left_alone(path: Path, version: int) -> None:
    stranger = sqlite3.connect(path)
    stranger.execute("CREATE TABLE bookmarks (url)")
    stranger.execute(f"PRAGMA user_version = {version}")
    stranger.close()
    for open_it in (SqliteStore.open, Queries.open):
        with pytest.raises(DatabaseError, match="tables of another program"):
            open_it(path)
    assert ask(path, "SELECT name FROM sqlite_schema") == [("bookmarks",)]


def test_a_reader_asks_for_the_migration_it_may_not_make(path: Path) -> None:
    path.touch()
    with pytest.raises(DatabaseError, match=r"older release .* run `monitor db migrate`"):
        Queries.open(path)


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migrations("brand-monitor")
    for made_before in RELEASED:
        broken(name=made_before.__name__)(made_before)

    @broken()
    def m998_half(db: Database) -> None:
        db.execute("CREATE TABLE half (id)")

    @broken()
    def m999_broken(db: Database) -> None:
        db.execute("CREATE TABLE other (id)")
        raise ZeroDivisionError

    monkeypatch.setattr(migrations, "MIGRATIONS", broken)
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", len(RELEASED) + 2)
    before = ask(made, "SELECT name FROM sqlite_schema ORDER BY name")
    with pytest.raises(ZeroDivisionError):
        SqliteStore.open(made)
    assert ask(made, "SELECT name FROM sqlite_schema ORDER BY name") == before
    assert ask(made, "PRAGMA user_version") == [(len(RELEASED),)]


def test_two_programs_may_start_on_a_new_file_at_once(path: Path) -> None:
    def start(_: int) -> int:
        with SqliteStore.open(path) as store:
            return store.next_incident_id()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [1, 1, 1, 1]
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]


def test_an_ordinary_row_is_accepted(made: Path) -> None:
    connection = sqlite3.connect(made)
    assert connection.execute(INCIDENT_ROW.format(**GOOD_ROW)).rowcount == 1
    connection.close()


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("status", "'closed'"),
        ("level", "'red'"),
        ("risk", "1.5"),
        ("at", "'2026-11-22 12:00:00'"),
        ("at", "'2026-11-22T12:00:00Z'"),
        ("at", "'2026-11-22T12:00:00.000000+01:00'"),
        ("at", "1795348800"),
        ("harms", "'[safety]'"),
    ],
)
def test_a_row_that_people_could_not_read_is_refused(made: Path, column: str, wrong: str) -> None:
    connection = sqlite3.connect(made)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(INCIDENT_ROW.format(**{**GOOD_ROW, column: wrong}))
    connection.close()
