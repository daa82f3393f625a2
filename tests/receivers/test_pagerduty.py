"""PagerDuty: one alert for each incident, and in the state of the incident."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.core.settings import Secret, WebhookSettings
from monitor.core.types import Level, Status
from monitor.receivers import FORMATS
from tests.receivers.events import BODIES, NOON, ROUTING_KEY, after, incident, other, webhook


def event(body: bytes, hook: WebhookSettings | None = None) -> Any:
    made = FORMATS["pagerduty"].build(hook or webhook("pagerduty"), "msg_1", body, at=NOON)
    return json.loads(made.body)


def test_the_secret_is_the_routing_key_and_stands_in_the_body_alone() -> None:
    hook = webhook("pagerduty", "https://events.pagerduty.com/v2/enqueue")
    message = FORMATS["pagerduty"].build(hook, "msg_1", incident(), at=NOON)
    assert json.loads(message.body)["routing_key"] == ROUTING_KEY
    assert message.url == "https://events.pagerduty.com/v2/enqueue"
    assert message.headers == {"content-type": "application/json"}


def test_an_incident_as_pagerduty_shows_it() -> None:
    made = event(incident())
    payload = made["payload"]
    assert made["event_action"] == "trigger"
    assert made["client"] == payload["group"] == "brand-monitor"
    assert made["client_url"] == "http://127.0.0.1:8300/inbox#incident-7"
    assert [link["text"] for link in made["links"]] == [
        "Acknowledge",
        "Inbox",
        "social.example, @anna",
    ]
    assert payload["summary"].startswith("[CRITICAL] New incident: Nordwind Air: Crew drags")
    assert payload["source"] == payload["component"] == "Nordwind Air"
    assert payload["class"] == "incident.opened"
    assert payload["timestamp"] == "2026-11-22T12:00:00Z"
    assert list(payload["custom_details"]) == [
        *("Alleged", "Who and where", "Growth", "Known", "Next"),
        *("Post 1", "Post 2", "Why", "Notes"),
    ]


ACTIONS = {
    "incident.opened": "trigger",
    "incident.escalated": "trigger",
    "incident.updated": "trigger",
    "incident.deescalated": "trigger",
    "incident.acknowledged": "acknowledge",
    "incident.resolved": "resolve",
    "incident.reopened": "trigger",
    "incident.reminder": "trigger",
    "incident.handed_on": "trigger",
    "incident.dismissed": "resolve",
    "incident.merged": "resolve",
    "statement.seen": "trigger",
    "source.blind": "trigger",
    "source.recovered": "resolve",
    "monitor.heartbeat": "resolve",
    "praise.digest": "trigger",
    "webhook.test": "trigger",
    "old": "trigger",
    "nothing": "trigger",
}


@pytest.mark.parametrize("name", BODIES)
def test_each_type_of_event_has_its_action(name: str) -> None:
    assert event(BODIES[name])["event_action"] == ACTIONS[name]


STATES = [
    ("incident.updated", Status.ACKNOWLEDGED, "acknowledge"),
    ("incident.updated", Status.SNOOZED, "acknowledge"),
    ("incident.deescalated", Status.RESOLVED, "resolve"),
    ("incident.escalated", Status.ACKNOWLEDGED, "trigger"),
    ("incident.reopened", Status.ACKNOWLEDGED, "trigger"),
    ("incident.reminder", Status.SNOOZED, "trigger"),
    ("incident.handed_on", Status.ACKNOWLEDGED, "trigger"),
]


@pytest.mark.parametrize(("type_", "status", "action"), STATES)
def test_the_newest_state_counts_though_the_event_that_brought_it_was_superseded(
    type_: str, status: Status, action: str
) -> None:
    assert event(incident(type_, status=status))["event_action"] == action


def test_all_events_of_an_incident_are_one_alert_and_other_incidents_are_others() -> None:
    keys = {event(incident(type_))["dedup_key"] for type_ in ACTIONS if "incident." in type_}
    assert keys == {"brand-monitor/incident/7/2026-11-22T12:00:00Z"}
    # A new database counts from 1 again.
    others = (incident(id=8), incident(opened_at=after(days=9)))
    assert not keys & {event(body)["dedup_key"] for body in others}


KEYS = {
    "source.blind": "brand-monitor/source/forum",
    "source.recovered": "brand-monitor/source/forum",
    "statement.seen": "brand-monitor/statement.seen/7",
    "monitor.heartbeat": "brand-monitor/monitor.heartbeat",
    "webhook.test": "brand-monitor/webhook.test",
    "nothing": "brand-monitor/incident.updated",
}


@pytest.mark.parametrize("name", KEYS)
def test_other_events_have_keys_of_their_own(name: str) -> None:
    assert event(BODIES[name])["dedup_key"] == KEYS[name]


def test_a_key_is_no_longer_than_pagerduty_takes() -> None:
    assert len(event(other("source.blind", source="x" * 300))["dedup_key"]) == 255


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        (Level.CRITICAL, "critical"),
        (Level.WARNING, "warning"),
        (Level.WATCH, "info"),
        (Level.QUIET, "info"),
    ],
)
def test_the_level_is_the_severity(level: Level, severity: str) -> None:
    assert event(incident(level=level))["payload"]["severity"] == severity


def test_a_lost_source_is_a_warning_and_news_is_information() -> None:
    assert event(other("source.blind"))["payload"]["severity"] == "warning"
    assert event(other("statement.seen"))["payload"]["severity"] == "info"
    stated = {"incident": {"id": 7, "brand": "Nordwind Air", "level": "critical"}}
    assert event(other("statement.seen", **stated))["payload"]["severity"] == "info"
    assert event(other("source.blind"))["payload"]["source"] == "forum"
    test = event(other("webhook.test"))["payload"]
    assert test["source"] == test["component"] == "brand-monitor"


def test_without_a_time_or_a_page_none_is_sent() -> None:
    made = event(BODIES["nothing"])
    assert "timestamp" not in made["payload"]
    assert "client_url" not in made


def test_without_a_routing_key_it_is_a_mistake_of_ours() -> None:
    bare = WebhookSettings(name="x", url=Secret("https://x.example"), format="pagerduty")
    with pytest.raises(IndexError):
        event(incident(), bare)
