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


def test_an_incident_that_is_not_there_has_none(lived_in: Home):
    assert isinstance(lived_in.run("report", "7").exception, NotFoundError)


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_the_digest_is_of_the_last_week(lived_in: Home, form):
    assert "Meridian Air: by driver" in lived_in.says("digest", "--format", form)
    assert "No mention was read" in lived_in.says("digest", "--until", "2020-01-01")
