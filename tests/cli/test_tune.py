"""`monitor tune`: what it prints can be put into the configuration, and nothing is changed."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing
from datetime import UTC, datetime

import click
from click.testing import CliRunner

from monitor.cli.tune import MOST, _list
from monitor.config import load
from monitor.core.tuning import Heard
from tests.cli.conftest import Home


def test_it_says_what_to_write_and_what_would_have_changed(lived_in: Home) -> None:
    text = lived_in.says("tune")

    assert "Budget: 3 pages in 7 days for each brand. History: 2 stories in 0 days." in text
    assert "That is too short to tune on: the budget asks for 7 days" in text
    for level in ("watch", "warning", "critical"):
        assert f"Would have reached {level}\n" in text
        assert f"Would not have reached {level}\n" in text
    alerts = tomllib.loads(text.split("under [alerts]:\n")[1])
    assert 0 < alerts["watch"] < alerts["warning"] < alerts["critical"] < 1
    before = lived_in.config.read_text()
    lived_in.config.write_text(f"{before}\n[alerts]\n{text.split('[alerts]:')[1]}")
    assert load(lived_in.config, secret=False).alerts.warning == alerts["warning"]


def test_its_json_names_the_stories(lived_in: Home) -> None:
    found = lived_in.answers("tune", "--budget", "0/week")

    [vanished] = found["vanished"]
    assert found["warning"] > vanished["risk"]
    assert vanished["incident_id"] == 1
    assert vanished["answer"] == ""
    assert vanished["risk"] >= 0.5
    assert vanished["at"].endswith("Z")
    assert found["appeared"] == []
    changes = {one["level"]: one for one in found["changes"]}
    assert changes["warning"]["vanished"] == [vanished]
    assert [one["incident_id"] for one in changes["critical"]["vanished"]] == [1]
    assert found["rates"] == [{"brand": "Meridian Air", "now": 1.0, "tuned": 0.0}]


def test_what_people_answered_is_learnt_from(lived_in: Home) -> None:
    lived_in.says("incident", "ack", "1")
    [answered] = lived_in.answers("tune", "--budget", "0/week")["vanished"]
    lived_in.says("incident", "dismiss", "1", "--reason", "false-alarm")
    [dismissed] = lived_in.answers("tune", "--budget", "0/week")["vanished"]

    assert (answered["answer"], dismissed["answer"]) == ("answered", "dismissed")


def test_a_duplicate_is_no_page_of_its_own(lived_in: Home) -> None:
    lived_in.says("incident", "dismiss", "1", "--reason", "duplicate", "--note", "see 2: the van")

    assert lived_in.answers("tune", "--budget", "0/week")["vanished"] == []


def test_an_incident_whose_story_became_part_of_a_quiet_one_is_one_page(lived_in: Home) -> None:
    [before] = lived_in.answers("tune", "--budget", "0/week")["vanished"]
    with closing(sqlite3.connect(lived_in.path / "monitor.db")) as database, database:
        database.executescript("""
            INSERT INTO stories (id, brand, last_added_at)
              SELECT 99, brand, last_added_at FROM stories LIMIT 1;
            UPDATE incidents SET story_id = 99 WHERE id = 1;
            INSERT INTO decisions (incident_id, story_id, at, reason, level, risk, parts)
              SELECT 1, 99, max(at), reason, 'warning', 0.57, '[]' FROM decisions
              WHERE incident_id = 1;
        """)

    assert lived_in.answers("tune", "--budget", "0/week")["vanished"] == [before]


def test_more_stories_than_anyone_reads_are_counted() -> None:
    one = Heard(
        story_id=1,
        incident_id=None,
        brand="a",
        title="x\x1b[31m",
        risk=0.5,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    show = click.Command("show", callback=lambda: _list("Gone", (one,) * (MOST + 3)))
    text = CliRunner().invoke(show).output
    assert "and 3 more" in text
    assert "\x1b" not in text


def test_a_budget_that_is_none_and_a_time_without_history_are_named(lived_in: Home) -> None:
    bad, empty = (
        lived_in.run("tune", "--budget", "many"),
        lived_in.run("tune", "--since", "2099-01-01"),
    )

    assert bad.exit_code == 2
    assert "should be pages a span" in bad.output
    assert "nothing has been judged yet" in str(empty.exception)
