"""Every format that people read says which well-known case an incident resembles."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.receivers import FORMATS
from tests.core.cases import ALIKE, ALIKE_SAID
from tests.receivers import judges
from tests.receivers.events import NOON, incident, webhook

READ_BY_PEOPLE = ["slack", "teams", "discord", "apprise", "pagerduty"]
WIDE = replace(
    ALIKE,
    title="<!channel> @everyone *case* " + "x" * 90,
    lesson="Lesson " * 28,
    why=tuple(replace(part, sentence="@here " * 33) for part in ALIKE.why),
)


def built(format_: str, *resembles: object) -> bytes:
    body = incident(resembles=resembles)
    return FORMATS[format_].build(webhook(format_), "msg_1", body, at=NOON).body


@pytest.mark.parametrize("format_", READ_BY_PEOPLE)
def test_it_is_one_line_with_the_reasons_and_the_lesson(format_: str) -> None:
    shown = "\n".join(judges.texts(json.loads(built(format_, ALIKE)))).replace("\\", "")

    assert b"Resembles" in built(format_, ALIKE)
    assert ALIKE_SAID in shown
    assert "Lesson: Speak of the person first." in shown
    assert b"Resembles" not in built(format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_wide_and_spiteful_case_keeps_to_the_limits_and_pings_nobody(format_: str) -> None:
    body = built(format_, WIDE, WIDE)

    assert judges.limits(format_, body) == []
    assert judges.pings(format_, json.loads(body)) == []


@pytest.mark.parametrize("format_", ["standard", "cloudevents"])
def test_those_that_carry_the_event_carry_it_whole(format_: str) -> None:
    found = json.loads(built(format_, ALIKE))["data"]
    data = found.get("data", found)

    assert data["resembles"][0]["case"] == "flight-1"
