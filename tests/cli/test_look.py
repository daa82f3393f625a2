"""`status`, `incidents`, `mentions`, `why`: the log answers questions."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta

import pytest

from monitor import lock
from monitor.adapters.store import SqliteStore
from monitor.cli.look import verdict
from monitor.cli.standing import say_standing
from monitor.config import load
from monitor.core.polling import RawItem
from monitor.core.reloading import RefusedReload
from monitor.errors import ConfigError, DatabaseError, NotFoundError
from monitor.frontdesk import overview_of
from tests.cli.conftest import DRAGGED, NOON, Home
from tests.fakes import FakeClock
from tests.stages.conftest import World


def test_status_has_the_names_that_people_script_against(lived_in: Home):
    found = lived_in.answers("status")

    assert {source["name"]: source["state"] for source in found["sources"]} == {
        "a": "healthy",
        "b": "failing",
    }
    assert found["incidents"]["open"] == 1
    assert found["outbox"]["pending"] == 1
    assert found["backlog"] == 0
    assert found["last_heartbeat_at"]


def test_status_says_how_many_pages_went_out_and_what_is_silenced(lived_in: Home):
    lived_in.says("silence", "add", "--until", "2h", "--reason", "drill", "--by", "ann")
    lived_in.says("silence", "add", "--from", "1h", "--until", "2h", "--reason", "later")
    found = lived_in.answers("status")
    (row,) = found["budget"]
    assert (row["brand"], row["pages"], row["budget"], row["days"]) == ("Meridian Air", 1, 3, 7)
    assert [one["holds"] for one in found["silences"]] == [True, False]
    text = lived_in.says("status")
    assert re.search(r"silence  until .*, all brands: drill\n", text)
    assert "later" not in text
    assert re.search(r"Meridian Air +1 +3 +7 d\n$", text)

    over = lived_in.run("status", MONITOR__ALERTS__BUDGET="0/day").stdout
    assert re.search(r"Meridian Air +1 +0 +1 d\nMore pages than the budget wants: Meri", over)
    lived_in.says("silence", "add", "--until", "2h", "--brand", "Meridian Air", "--reason", "x")
    assert ", Meridian Air: x\n" in lived_in.says("status")


def test_status_names_brands_that_were_left_behind(capsys: pytest.CaptureFixture[str]):
    left = {"brand": "Old Air", "incidents": 2}
    say_standing({"budget": [], "silences": [], "unwatched": [left]})
    told = "Old Air: not in the configuration any more, nobody is reminded; 2 open incidents\n"
    assert told in capsys.readouterr().out


def test_status_in_words_names_what_cannot_be_seen(lived_in: Home):
    text = lived_in.says("status")

    assert "1 open incident; 1 of 2 sources seen." in text
    assert "refused" in text
    assert "outbox     1 pending, 0 dead, the oldest waits since 2026-11-20 11:59Z\n" in text


DISABLED = "is disabled since 2026-11-20 11:30Z until `monitor webhook enable leadership`"


@pytest.mark.parametrize(
    ("webhook", "disabled_at", "said"),
    [
        ("leadership", "2026-11-20T11:30:00.000000Z", [f"leadership {DISABLED}"]),
        ("leadership", None, ["leadership is failing since 2026-11-20 11:00Z"]),
        ("no longer configured", None, []),
    ],
)
def test_status_in_words_names_who_cannot_be_told(lived_in: Home, webhook, disabled_at, said):
    row = (webhook, disabled_at, "2026-11-20T11:00:00.000000Z")
    with closing(sqlite3.connect(lived_in.path / "monitor.db")) as database, database:
        database.execute(
            "INSERT INTO webhooks (name, disabled_at, failing_since) VALUES (?, ?, ?)", row
        )

    assert re.findall(r"^webhook  (.*)$", lived_in.says("status"), re.M) == said


def test_status_in_words_says_what_is_held_back_and_what_a_webhook_answered(lived_in: Home):
    with closing(sqlite3.connect(lived_in.path / "monitor.db")) as database, database:
        database.execute(
            "UPDATE deliveries SET attempt = 0, next_attempt_at = '2026-11-21T07:00:00.000000Z'"
        )
        database.execute(
            "INSERT INTO webhooks (name, failing_since) VALUES ('leadership', ?)",
            ("2026-11-20T11:00:00.000000Z",),
        )
        database.execute(
            "INSERT INTO attempts (delivery_id, at, status, error, seconds)"
            " SELECT id, '2026-11-20T11:00:00.000000Z', 401, 'answered 401', 1 FROM deliveries"
        )
    text = lived_in.says("status")

    assert "held back  1 of them, the first until 2026-11-21 07:00Z\n" in text
    assert "leadership is failing since 2026-11-20 11:00Z: answered 401\n" in text


def test_status_does_not_call_healthy_what_was_not_asked_yet(home: Home):
    settings = load(home.config, secret=False)
    with SqliteStore.open(settings.database) as store:
        store.sync_sources(settings.sources, now=home.now)

    assert {source["state"] for source in home.answers("status")["sources"]} == {"stale"}
    text = home.says("status")
    assert text.startswith("Blind: the monitor is not running, so nothing is watched.\n")
    assert re.search(r"a +stale +never .* not asked yet", text)


@pytest.mark.parametrize(
    ("states", "open_", "sentence"),
    [
        (["healthy", "healthy"], 0, "All quiet: 2 of 2 sources seen."),
        (["healthy", "failing"], 0, "All quiet, as far as can be seen: 1 of 2 sources seen."),
        (["failing", "stale"], 0, "Blind: no source can be seen, so nothing is known."),
        (["disabled"], 0, "Blind: no source is watched."),
        (["healthy", "disabled"], 3, "3 open incidents; 1 of 1 sources seen."),
    ],
)
def test_quiet_is_told_apart_from_blind(states, open_, sentence):
    sources = [{"state": s} for s in states]
    found = {"running": True, "sources": sources, "incidents": {"open": open_}}

    assert verdict(found | {"brands": ["Acme"]}, NOON) == sentence


def test_sources_that_are_read_for_no_brand_are_not_quiet(lived_in: Home):
    before, _, rest = lived_in.config.read_text("utf-8").partition("[[brands]]")
    lived_in.config.write_text(before + rest[rest.index("[[sources]]") :], "utf-8")
    found = lived_in.answers("status") | {"running": True, "incidents": {"open": 0}}
    assert verdict(found, NOON) == "Blind: no brand is watched."
    assert overview_of(lived_in.answers("status")).brandless


def test_the_first_line_of_status_says_that_the_daemon_is_not_there(lived_in: Home):
    lived_in.now += timedelta(minutes=3)
    found = lived_in.answers("status")
    assert found["running"] is False
    first = lived_in.says("status").splitlines()[0]
    assert first == (
        "Blind: the monitor is not running since 2026-11-20 11:59Z (3 min ago), "
        "so nothing is watched. 1 open incident."
    )


def test_a_daemon_that_cannot_write_is_not_called_gone(lived_in: Home):
    lived_in.now += timedelta(minutes=3)
    found = lived_in.answers("status")
    assert found["held_by"] is None
    runs = "Blind: the monitor runs (process 7), but has written nothing "
    why = ": it is starting, its disk is full, or its database is locked. 1 open incident."
    assert verdict(found | {"held_by": 7}, lived_in.now) == (
        f"{runs}since 2026-11-20 11:59Z (3 min ago){why}"
    )
    assert verdict(found | {"held_by": 7, "last_heartbeat_at": None}, lived_in.now) == (
        f"{runs}yet{why}"
    )


def test_status_says_that_the_daemon_runs_on_another_configuration(lived_in: Home):
    assert lived_in.answers("status")["reload_refused"] is None
    refused = RefusedReload(at=lived_in.now - timedelta(minutes=3), error="brands: \x1b missing")
    with lock.held(lived_in.path / "monitor.db") as held:
        held.note(refused.line)
        assert lived_in.answers("status")["reload_refused"] == {
            "at": "2026-11-20T11:57:00Z",
            "error": "brands: \x1b missing",
        }
        assert lived_in.says("status").splitlines()[1] == (
            "Not on this configuration: the file was refused 3 min ago, and the one before goes "
            "on: brands:  missing"
        )
        held.note("")
        assert "configuration" not in lived_in.says("status")
        held.note(refused.line)
    # What a daemon noted that is gone since is of no daemon.
    lived_in.now += timedelta(minutes=3)
    assert lived_in.answers("status")["reload_refused"] is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists its locks")
def test_who_spoiled_the_configuration_is_told_what_the_daemon_does(lived_in: Home):
    wrong = "monitor.nonsense: unknown key"
    good = lived_in.config.read_text("utf-8")
    lived_in.config.write_text(good.replace("[monitor]", "[monitor]\nnonsense = 1"), "utf-8")
    assert str(lived_in.run("status").exception) == wrong
    with lock.held(lived_in.path / "monitor.db"):
        refused = lived_in.run("status").exception
    assert isinstance(refused, ConfigError)
    assert str(refused) == (
        f"{wrong}\nthe monitor that runs (process {os.getpid()}) goes on with the one from before"
    )


def test_a_poll_that_nobody_makes_is_overdue_at_once(lived_in: Home):
    lived_in.now += timedelta(minutes=6)
    [a] = [one for one in lived_in.answers("status")["sources"] if one["name"] == "a"]
    assert a["state"] == "stale"
    assert re.fullmatch(
        r"due since 2026-11-20 12:0\d:\d\dZ and not asked: the monitor is not running", a["note"]
    )


def test_incidents_are_listed_and_narrowed(lived_in: Home):
    [incident] = lived_in.answers("incidents", "--open", "--brand", "Meridian Air")

    assert (incident["id"], incident["status"], incident["mention_count"]) == (1, "open", 1)
    assert lived_in.answers("incidents", "--since", "1h") != []
    assert lived_in.answers("incidents", "--since", "2099-01-01") == []
    assert "no incidents" in lived_in.says("incidents", "--since", "2099-01-01")
    assert "Meridian Air" in lived_in.says("incidents", "--level", "watch", "--limit", "1")


@pytest.mark.parametrize("command", ["incidents", "mentions"])
def test_a_brand_is_known_whatever_its_case_and_a_misspelt_one_is_no_quiet_one(
    lived_in: Home, command: str
):
    assert lived_in.answers(command, "--brand", "meridian AIR") == lived_in.answers(command)
    misspelt = lived_in.run(command, "--brand", "Meridain")
    assert isinstance(misspelt.exception, NotFoundError)
    assert str(misspelt.exception) == "there is no brand 'Meridain'; known: Meridian Air"


def test_a_brand_that_is_watched_no_longer_is_known_by_what_is_stored(lived_in: Home):
    text = lived_in.config.read_text().replace('name = "Meridian Air"', 'name = "Other"', 1)
    lived_in.config.write_text(text)

    assert len(lived_in.answers("incidents", "--brand", "meridian air")) == 1
    assert lived_in.answers("incidents", "--brand", "other") == []


def test_mentions_are_searched(lived_in: Home):
    assert [m["text"] for m in lived_in.answers("mentions", "queue")] == [
        "In the queue at Meridian Air"
    ]
    assert len(lived_in.answers("mentions")) == 3
    assert len(lived_in.answers("mentions", "--incident", "1")) == 1
    assert len(lived_in.answers("mentions", "--harm", "mistreatment")) == 1
    assert len(lived_in.answers("mentions", "--stance", "negative")) == 2
    assert "no mentions" in lived_in.says("mentions", 'a" OR b*')


def test_mentions_are_found_by_author_and_help_says_how_to_ask(lived_in: Home):
    [mention] = lived_in.answers("mentions", "@mira")
    assert mention["author"] == "@mira"
    told = " ".join(lived_in.says("mentions", "--help").split())
    assert "`@name` is an author" in told
    assert '"Words in quotes" stand together' in told


def test_a_headline_stands_before_its_text(home: Home):
    settings = load(home.config, secret=False)
    title, body = "Supporters held for hours", "Five people were arrested by Meridian Air staff."
    with SqliteStore.open(settings.database) as store:
        world = World(store=store, settings=settings, clock=FakeClock(home.now))
        said = RawItem(native_id="1", title=title, text=DRAGGED, published_at=home.now)
        again = RawItem(native_id="2", title=body, text=body, published_at=home.now)
        asyncio.run(_see(world, said, again))

    listed = home.says("mentions")
    assert f"{title}. Crew of Meridian Air" in listed
    assert listed.count("Five people") == 1
    assert f"{title}. Crew of Meridian Air" in home.says("incident", "show", "1")
    assert home.answers("mentions")[1]["text"] == DRAGGED


def test_text_from_outside_cannot_steer_the_terminal(lived_in: Home):
    assert "\x1b" not in lived_in.says("mentions")
    assert "\x1b" not in lived_in.says("incident", "show", "1")
    assert "\x1b" not in lived_in.says("why", "1")


def test_why_explains_a_mention_from_match_to_threshold(lived_in: Home):
    [mention] = lived_in.answers("mentions", "queue")
    text = lived_in.says("why", f"m{mention['id']}")

    assert "matched  Meridian Air by 'Meridian Air' (certain)" in text
    assert "alarm 0.05" in text
    assert "service 0.90" in text
    assert "story" in text
    assert "nearest:" in text
    assert "part of" not in text


def test_why_names_the_incident_that_a_mention_is_part_of(lived_in: Home):
    [mention] = lived_in.answers("mentions", "wheelchair")
    [incident] = lived_in.answers("incidents")
    text = lived_in.says("why", f"m{mention['id']}")

    assert f"part of  incident 1 ({incident['level']}, open): Crew of Meridian Air" in text


def test_why_explains_what_was_not_about_the_brand(lived_in: Home):
    [mention] = lived_in.answers("mentions", "football")
    text = lived_in.says("why", f"m{mention['id']}")

    assert "ambiguous, so the classifier decides" in text
    assert "nowhere: not about it" in text


def test_a_language_that_was_not_trained_is_shown_wherever_one_looks(home: Home):
    settings = load(home.config, secret=False)
    now = home.now
    with SqliteStore.open(settings.database) as store:
        world = World(store=store, settings=settings, clock=FakeClock(now))
        said = RawItem(native_id="1", text="Meridian Air arrastra a una mujer", published_at=now)
        asyncio.run(_see(world, said))

    assert home.answers("status")["untrained_languages"] == {"es": 1}
    assert "languages not trained on, 24 h  1 es" in home.says("status")
    [mention] = home.answers("mentions")
    assert (mention["read_language"], mention["language_trained"]) == ("es", False)
    assert "language es: not trained on, so it is not weighed" in home.says("why", "m1")


async def _see(world: World, *said: RawItem) -> None:
    await world.start()
    await world.see(*said)


def test_why_looks_a_plain_number_up_as_both(lived_in: Home):
    found = lived_in.answers("why", "1")

    assert set(found) == {"mention", "incident"}
    assert found["incident"]["decisions"][0]["nearest"]
    assert set(lived_in.answers("why", "i1")) == {"incident"}


def test_mentions_of_no_incident_are_an_error(lived_in: Home):
    assert isinstance(lived_in.run("mentions", "--incident", "9").exception, NotFoundError)


def test_why_of_nothing_is_an_error(lived_in: Home):
    assert isinstance(lived_in.run("why", "99").exception, NotFoundError)
    assert lived_in.run("why", "x9").exit_code == 2


def test_a_time_that_is_none_is_a_usage_error(lived_in: Home):
    result = lived_in.run("incidents", "--since", "whenever")

    assert result.exit_code == 2
    assert "neither a date nor a duration" in result.stderr


def test_a_database_that_is_not_there_is_named(home: Home):
    error = home.run("status").exception

    assert isinstance(error, DatabaseError)
    assert "monitor.db" in str(error)


def test_json_is_one_document(lived_in: Home):
    assert isinstance(json.loads(lived_in.says("mentions", "--json")), list)
