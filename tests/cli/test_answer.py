"""`monitor incident …`: people answer, and who and when is recorded."""

from __future__ import annotations

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


def test_show_as_json_has_it_all(lived_in: Home):
    found = lived_in.answers("incident", "show", "1")

    assert found["id"] == 1
    assert found["decision"]["parts"]
    assert found["evidence"][0]["author"] == "@mira"
    assert found["deliveries"][0]["webhook"] == "leadership"


def test_an_acknowledgement_is_recorded_and_announced(lived_in: Home):
    assert "incident 1 is acknowledged (by ann)" in lived_in.says(
        "incident", "ack", "1", "--by", "ann", "--note", "calling the station"
    )

    found = lived_in.answers("incident", "show", "1")
    assert (found["status"], found["acknowledged_by"]) == ("acknowledged", "ann")
    assert "incident.acknowledged" in [one["type"] for one in found["deliveries"]]


def test_an_incident_is_resolved(lived_in: Home):
    lived_in.says("incident", "resolve", "1", "--by", "ann")

    assert lived_in.answers("incidents", "--open") == []


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


def test_an_unknown_user_still_may_answer(lived_in: Home, monkeypatch):
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)

    assert "(by unknown)" in lived_in.says("incident", "ack", "1")
