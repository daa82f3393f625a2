"""Which well-known case an incident resembles, in `incident show` and `report`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.adapters.store import SqliteStore
from monitor.config import load
from monitor.core.filing import NewAction
from tests.cli.conftest import Home
from tests.core.cases import ALIKE, ALIKE_SAID


@pytest.fixture
def alike(lived_in: Home) -> Home:
    with SqliteStore.open(load(lived_in.config, secret=False).database) as store:
        found = store.incident(1)
        assert found is not None
        done = NewAction(incident_id=1, at=lived_in.now, actor="monitor", verb="test")
        store.record_action(replace(found, resembles=(ALIKE,)), done, ())
    return lived_in


def test_incident_show_tells_it_and_its_json_holds_it_whole(alike: Home):
    assert f"\nresembles: {ALIKE_SAID}" in alike.says("incident", "show", "1")

    (told,) = alike.answers("incident", "show", "1")["resembles"]
    assert (told["case"], told["similarity"]) == ("flight-1", 0.6543)
    assert told["why"][0] == {"name": "meaning", "value": 0.45, "sentence": "It means the same."}


def test_the_report_tells_it_with_where_to_read_on(alike: Home):
    text = alike.says("report", "1")

    assert "## What it resembled" in text
    assert ALIKE_SAID in text
    assert "https://reports.example/1" in text


def test_what_resembles_nothing_says_nothing_of_it(lived_in: Home):
    assert "resembles" not in lived_in.says("incident", "show", "1")
    assert "resembled" not in lived_in.says("report", "1")
