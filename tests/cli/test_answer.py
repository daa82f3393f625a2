"""`monitor incident …`: people answer, and who and when is recorded."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta

import pytest

from monitor.errors import InputError, NotFoundError
from tests.cli.conftest import Home


def test_show_tells_why_with_evidence_and_timeline(lived_in: Home):
    text = lived_in.says("incident", "show", "1")

    assert "dragged a wheelchair user" in text
    assert "why: " in text
    assert "Moved most by \u201cdragged\u201d." in text
    assert "https://x.example/1" in text
    assert "leadership" in text
    assert "\nfirst said " in text
    assert "\nmentions " in text
    for raw in ("mention_count", "forecast_low", "viral_probability", "incident.opened"):
        assert raw not in text
    start = text.partition("\nbrand ")[0]
    assert "Said of Meridian Air: " in start
    assert "How grave: " in start
    assert "\nwho has it" in start
    assert re.search(
        r"\nmentions expected +\d+ to \d+ by 20\d\d-\d\d-\d\d \d\d:\d\dZ \(right", text
    )
    assert "\nToo early to tell: the forecast has only 1 post to go by" in text
    assert not re.search(r"\d\d:\d\d:\d\d|\+00:00", text)
    assert "\nRecovery\n  Not one whole day has passed since it began.\n" in text


def test_show_says_who_has_it_and_what_is_due(lived_in: Home):
    def due() -> str:
        return lived_in.says("incident", "show", "1").partition("\nbrand ")[0]

    assert re.search(r"\nwho has it +nobody\nacknowledge +due 2026-11-20 12:1\dZ", due())
    lived_in.says("incident", "assign", "1", "li")
    lived_in.now += timedelta(minutes=75)
    assert re.search(r"\nwho has it +li\nacknowledge +overdue: was due .*Z, 1 h ago", due())
    lived_in.says("incident", "resolve", "1", "--by", "ann")
    assert "due" not in due()


def test_show_folds_deliveries_that_are_many_or_superseded(lived_in: Home):
    for turn in range(4):
        lived_in.says("incident", "resolve", "1", "--by", f"ann{turn}")
        lived_in.says("incident", "reopen", "1", "--by", f"ann{turn}")
    settle = """
        UPDATE deliveries SET state = ?1, next_attempt_at = NULL,
          delivered_at = iif(?1 = 'delivered', '2026-11-20T12:00:00.000000Z', NULL)
        WHERE id = ?2
    """
    with sqlite3.connect(lived_in.path / "monitor.db") as database:
        for number, state in enumerate(("superseded", *7 * ["delivered"]), start=1):
            database.execute(settle, (state, number))

    text = lived_in.says("incident", "show", "1").partition("\nDeliveries\n")[2]
    assert re.findall(r"^(\d+) ", text, re.MULTILINE) == ["4", "5", "6", "7", "8", "9"]
    assert text.endswith("\nand 2 more delivered, 1 superseded; --json has all\n")


def test_show_as_json_has_it_all(lived_in: Home):
    found = lived_in.answers("incident", "show", "1")

    assert found["id"] == 1
    assert found["decision"]["parts"]
    assert found["evidence"][0]["author"] == "@mira"
    assert found["deliveries"][0]["webhook"] == "leadership"
    assert found["recovery"]["days_to_return"] is None


def test_an_acknowledgement_is_recorded_and_announced(lived_in: Home):
    assert "incident 1 is acknowledged (by ann)" in lived_in.says(
        "incident", "ack", "1", "--by", "ann", "--note", "calling the station"
    )

    found = lived_in.answers("incident", "show", "1")
    assert (found["status"], found["acknowledged_by"]) == ("acknowledged", "ann")
    assert "incident.acknowledged" in [one["type"] for one in found["deliveries"]]


def test_what_is_noted_by_who_acknowledges_second_is_kept_as_a_note(lived_in: Home):
    lived_in.says("incident", "ack", "1", "--by", "ann")
    late = ("incident", "ack", "1", "--by", "bob")
    assert lived_in.says(*late, "--note", "the station knows") == (
        "incident 1 was acknowledged by ann already; the note was recorded (by bob)\n"
    )

    found = lived_in.answers("incident", "show", "1")
    assert found["acknowledged_by"] == "ann"
    assert "the station knows" in str(found["timeline"])
    assert [one["type"] for one in found["deliveries"]].count("incident.acknowledged") == 1
    assert "acknowledged by ann already" in str(lived_in.run(*late).exception)


def test_an_incident_is_resolved(lived_in: Home):
    lived_in.says("incident", "resolve", "1", "--by", "ann")

    assert lived_in.answers("incidents", "--open") == []
    shown = lived_in.says("incident", "show", "1")
    assert re.search(r"\nmentions expected +no more: resolved\n", shown)
    assert "Too early" not in shown


def test_what_was_left_undone_of_a_resolved_incident_is_said_aside(lived_in: Home):
    lived_in.now += timedelta(minutes=30)
    result = lived_in.run("incident", "resolve", "1", "--by", "ann")

    assert result.stdout == "incident 1 is resolved (by ann)\n"
    assert result.stderr == "left undone: nobody acknowledged it; nobody noted what is known\n"


def test_of_one_that_was_dealt_with_nothing_is(lived_in: Home):
    lived_in.says("incident", "ack", "1", "--by", "ann")
    lived_in.says("incident", "note", "1", "the crew is being asked", "--by", "ann")

    assert lived_in.run("incident", "resolve", "1", "--by", "ann").stderr == ""


def test_a_dismissal_needs_a_reason(lived_in: Home):
    assert lived_in.run("incident", "dismiss", "1").exit_code == 2
    lived_in.says("incident", "dismiss", "1", "--reason", "not-us", "--by", "ann")

    assert lived_in.answers("incident", "show", "1")["status"] == "dismissed"


@pytest.mark.parametrize("verb", ["show", "ack", "resolve"])
def test_an_incident_that_is_not_there_is_an_error(lived_in: Home, verb):
    error = lived_in.run("incident", verb, "7").exception

    assert isinstance(error, NotFoundError)
    assert str(error) == "there is no incident 7"


def test_what_is_over_takes_no_answer(lived_in: Home):
    lived_in.says("incident", "resolve", "1", "--by", "ann")

    assert isinstance(lived_in.run("incident", "ack", "1").exception, InputError)


def test_who_answers_is_the_user_unless_said(lived_in: Home, monkeypatch):
    monkeypatch.setenv("LOGNAME", "carol")

    assert "(by carol)" in lived_in.says("incident", "ack", "1")


@pytest.mark.parametrize("by", ["", " \n", "\u202e"])
def test_nobody_answers_without_a_name(lived_in: Home, by: str):
    result = lived_in.run("incident", "ack", "1", "--by", by)

    assert result.exit_code == 2
    assert "Invalid value for '--by': say who it is" in result.stderr
    assert lived_in.answers("incidents")[0]["acknowledged_at"] is None


def test_an_unknown_user_still_may_answer(lived_in: Home, monkeypatch):
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)

    assert "(by unknown)" in lived_in.says("incident", "ack", "1")


def test_what_people_do_is_in_the_timeline_and_nobody_is_told(lived_in: Home):
    lived_in.says("incident", "assign", "1", "the station", "--by", "ann")
    lived_in.says("incident", "note", "1", "the crew was heard", "--by", "ann")
    assert "is snoozed (by ann)" in lived_in.says(
        "incident", "snooze", "1", "--until", "2h", "--by", "ann"
    )

    found = lived_in.answers("incident", "show", "1")
    done = {step["what"]: step["detail"] for step in found["timeline"] if step["who"] == "ann"}
    assert (found["assigned_to"], found["status"]) == ("the station", "snoozed")
    assert done["note"] == "the crew was heard"
    assert done["snooze"].startswith("until ")
    assert {one["type"] for one in found["deliveries"]} == {"incident.opened"}


def test_a_snooze_needs_an_end_that_lies_ahead(lived_in: Home):
    assert lived_in.run("incident", "snooze", "1").exit_code == 2
    late = lived_in.run("incident", "snooze", "1", "--until", "2020-01-01").exception

    assert isinstance(late, InputError)


def test_a_statement_is_kept_with_its_address_and_announced(lived_in: Home):
    address = "https://meridianair.example/news/1"
    lived_in.says("incident", "statement", "1", "We are sorry.", "--url", address, "--by", "ann")

    found = lived_in.answers("incident", "show", "1")
    assert found["statement_at"]
    assert [(one["text"], one["url"]) for one in found["statements"]] == [
        ("We are sorry.", address)
    ]
    assert "statement.seen" in {step["what"] for step in found["timeline"]}


def test_statements_stand_in_the_order_in_which_they_were_made(lived_in: Home):
    lived_in.says("incident", "statement", "1", "Two are suspended.")
    lived_in.says("incident", "statement", "1", "We are aware.", "--at", "2h")

    found = lived_in.answers("incident", "show", "1")["statements"]
    assert [one["text"] for one in found] == ["We are aware.", "Two are suspended."]


def test_a_statement_that_is_recorded_late_is_dated_as_it_was_made(lived_in: Home):
    lived_in.says(
        "incident", "statement", "1", "We are sorry.", "--at", "2026-11-19 16:20", "--by", "ann"
    )

    found = lived_in.answers("incident", "show", "1")
    assert found["statement_at"] == "2026-11-19T16:20:00.000000Z"
    assert [(one["at"], one["text"]) for one in found["statements"]] == [
        (found["statement_at"], "We are sorry.")
    ]
    assert "of 19 Nov 2026, 16:20 UTC: We are sorry." in str(found["timeline"])


def test_what_leaves_the_status_alone_is_answered_with_what_was_recorded(lived_in: Home):
    lived_in.says("incident", "ack", "1", "--by", "ann")

    def said(*arguments: str) -> str:
        return lived_in.says("incident", *arguments, "--by", "bob")

    assert said("note", "1", "x") == (
        "incident 1: the note was recorded (by bob); it is acknowledged\n"
    )
    assert said("assign", "1", "the station") == (
        "incident 1: assigned to the station (by bob); it is acknowledged\n"
    )
    assert said("statement", "1", "We are sorry.") == (
        "incident 1: the statement was recorded (by bob); it is acknowledged\n"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/x", "https://"])
def test_a_statement_is_not_published_at_what_is_no_web_address(lived_in: Home, url: str):
    result = lived_in.run("incident", "statement", "1", "We are sorry.", "--url", url)

    assert result.exit_code == 2
    assert "--url: should begin with http:// or https://" in result.output
    assert lived_in.answers("incident", "show", "1")["statements"] == []


def test_what_was_dismissed_can_be_reopened(lived_in: Home):
    lived_in.says("incident", "dismiss", "1", "--reason", "not-us", "--by", "ann")
    assert "is open (by ann)" in lived_in.says("incident", "reopen", "1", "--by", "ann")

    found = lived_in.answers("incident", "show", "1")
    assert "incident.reopened" in [one["type"] for one in found["deliveries"]]
