"""What is owed of an incident depends on its level: nobody owes what nobody is reminded of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.duties import owed
from monitor.core.settings import AlertSettings
from monitor.core.types import Level
from tests.core.facts import HOUR, NOON, incident


@pytest.mark.parametrize(
    ("level", "names"),
    [
        (Level.WATCH, []),
        (Level.WARNING, ["acknowledge"]),
        (Level.CRITICAL, ["acknowledge", "facts", "statement"]),
    ],
)
def test_each_level_asks_for_its_own(level, names):
    found = owed(replace(incident(level), raised_at=NOON), AlertSettings())
    assert [one.name for one in found] == names


def test_what_was_done_is_told_though_nobody_asked():
    watched = replace(incident(Level.WATCH), raised_at=NOON, statement_at=NOON + HOUR)
    assert [one.name for one in owed(watched, AlertSettings())] == ["statement"]
