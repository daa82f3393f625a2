"""Apprise: a title and a plain text, handed to the library instead of to the web."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.core.types import Level
from monitor.receivers import FORMATS
from tests.receivers.events import NOON, hostile, incident, other, webhook


def told(body: bytes) -> Any:
    message = FORMATS["apprise"].build(webhook("apprise", "ntfy://t"), "msg_1", body, at=NOON)
    assert (message.via, message.url, message.headers) == ("apprise", "ntfy://t", {})
    return json.loads(message.body)


def test_a_message_reads_as_a_letter() -> None:
    made = told(incident())
    assert made["title"] == (
        "[CRITICAL] New incident: Nordwind Air: Crew drags passenger off flight"
    )
    blocks = made["body"].split("\n\n")
    assert blocks[0].startswith("Alleged: Said of Nordwind Air: ")
    assert blocks[0].count("\n") == 4
    assert blocks[1] == (
        "social.example, @\u200banna: They dragged him down the aisle & nobody helped\n"
        "https://social.example/%40anna/1"
    )
    assert blocks[2] == "news: Outrage grows"
    assert blocks[3].startswith("Why: An expert would show this to leadership.\nWhy: Best first-")
    assert blocks[4].startswith("Reached critical: ")
    assert blocks[5].startswith("Acknowledge: https://monitor.example/a/7/c2")


def test_what_there_is_not_leaves_no_gap() -> None:
    assert told(other("webhook.test"))["body"] == (
        "Webhook: leadership\nMessage: A test of the connection."
    )
    assert told(b'{"type":"incident.updated","data":{}}')["body"] == "Update"


@pytest.mark.parametrize(
    ("level", "kind"),
    [(Level.CRITICAL, "failure"), (Level.WARNING, "warning"), (Level.WATCH, "info")],
)
def test_the_level_is_the_kind(level: Level, kind: str) -> None:
    assert told(incident(level=level))["type"] == kind


def test_evidence_stays_as_long_as_there_is_room() -> None:
    body = told(hostile("word " * 70))["body"]
    assert "social.example" in body
    assert "Why:" not in body
    assert len(body) <= 3500
