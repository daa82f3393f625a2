"""`monitor report` and `monitor digest`."""

from __future__ import annotations

import json

import pytest

from monitor.errors import NotFoundError
from tests.cli.conftest import Home


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_the_report_is_printed_in_each_form(lived_in: Home, form):
    text = lived_in.says("report", "1", "--format", form)
    assert "dragged a wheelchair user" in text
    assert "Missed chances" in text
    assert "Not one whole day has passed since it began." in text
    assert "\x1b" not in text
    if form == "json":
        assert json.loads(text)["sections"][0]["title"] == "What happened"


def test_json_is_the_form_json(lived_in: Home):
    for command in (("report", "1"), ("digest",)):
        assert lived_in.answers(*command) == json.loads(
            lived_in.says(*command, "--format", "json")
        )
        both = lived_in.run(*command, "--format", "json", "--json")
        assert json.loads(both.stdout) == lived_in.answers(*command)


@pytest.mark.parametrize("form", ["md", "html"])
def test_two_forms_at_once_are_none(lived_in: Home, form):
    for command in (("report", "1"), ("digest",)):
        result = lived_in.run(*command, "--format", form, "--json")
        assert result.exit_code == 2
        assert f"--json and --format {form} are two forms" in result.output


def test_programs_get_the_numbers_of_a_report_and_of_a_digest(lived_in: Home):
    report = lived_in.answers("report", "1")["data"]
    assert report["incident"]["brand"] == "Meridian Air"
    assert 0.0 < report["incident"]["risk"] <= 1.0
    assert [one["level"] for one in report["missed"]] == ["watch"]
    assert report["recovery"]["days_to_return"] is None
    digest = lived_in.answers("digest")["data"]
    assert digest["until"] == "2026-11-20T12:00:00Z"
    assert [one["brand"] for one in digest["brands"]] == ["Meridian Air"]
    assert digest["budget"] == lived_in.answers("status")["budget"]


def test_an_incident_that_is_not_there_has_none(lived_in: Home):
    assert isinstance(lived_in.run("report", "7").exception, NotFoundError)


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_the_digest_is_of_the_last_week(lived_in: Home, form):
    text = lived_in.says("digest", "--format", form)
    assert "Meridian Air: by driver" in text
    assert "Pages against the budget" in text
    assert "No mention was read" in lived_in.says("digest", "--until", "2020-01-01")


def test_the_digest_says_how_many_pages_went_out(lived_in: Home):
    assert "| Meridian Air | 1 | 3 | 7 |" in lived_in.says("digest")
    assert "| Meridian Air | 0 | 3 | 7 |" in lived_in.says("digest", "--until", "2020-01-01")
    over = lived_in.run("digest", MONITOR__ALERTS__BUDGET="0/month").stdout
    assert "| Meridian Air | 1 | 0 | 30 |" in over
    assert "More pages than the budget wants: Meridian Air." in over
