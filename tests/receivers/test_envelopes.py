"""Alertmanager's webhook, Alertmanager's API, CloudEvents: alerts and events for machines."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.types import Level
from monitor.receivers import FORMATS
from monitor.receivers.prometheus import fingerprint
from tests.receivers.events import (
    BODIES,
    INCIDENT_TYPES,
    NOON,
    after,
    hostile,
    incident,
    other,
    webhook,
)


def sent(format_: str, body: bytes) -> Any:
    return json.loads(FORMATS[format_].build(webhook(format_), "msg_1", body, at=NOON).body)


def test_a_fingerprint_is_that_of_alertmanager() -> None:
    """As recorded of Alertmanager 0.25."""
    labels = {
        "severity": "critical",
        "alertname": "BrandIncident",
        "brand": "acme",
        "incident_id": "1",
    }
    assert fingerprint(labels) == "a4d50b116e528e1d"
    assert fingerprint({}) == "cbf29ce484222325"


OVER = {"incident.resolved", "incident.dismissed", "incident.merged", "source.recovered"}


@pytest.mark.parametrize("name", BODIES)
def test_the_webhook_of_alertmanager_fires_until_it_is_over(name: str) -> None:
    body = sent("alertmanager", BODIES[name])
    (alert,) = body["alerts"]
    status = "resolved" if name in OVER else "firing"
    assert (body["status"], alert["status"]) == (status, status)
    assert (alert["endsAt"] == "0001-01-01T00:00:00Z") is (status == "firing")
    assert body["version"] == "4"
    assert body["receiver"] == "leadership"


def test_an_incident_keeps_its_group_whatever_its_level() -> None:
    bodies = [
        sent("alertmanager", incident(type_, level=level))
        for type_ in INCIDENT_TYPES
        for level in Level
    ]
    assert {body["groupKey"] for body in bodies} == {
        '{}:{alertname="BrandIncident", brand="Nordwind Air", incident_id="7"}'
    }
    first = bodies[0]
    assert first["groupLabels"] == {
        "alertname": "BrandIncident",
        "brand": "Nordwind Air",
        "incident_id": "7",
    }
    severities = {body["commonLabels"]["severity"] for body in bodies}
    assert severities == {"info", "watch", "warning", "critical"}


def test_an_alert_says_what_a_leader_needs_and_leads_to_the_page() -> None:
    body = sent("alertmanager", incident())
    (alert,) = body["alerts"]
    notes = alert["annotations"]
    assert body["externalURL"] == "http://127.0.0.1:8300"
    assert alert["generatorURL"] == "http://127.0.0.1:8300/inbox#incident-7"
    assert notes["summary"].startswith("[CRITICAL] New incident")
    assert notes["growth"].startswith("180 posts in 6 hours")
    assert notes["evidence_1"] == "https://social.example/@anna/1"
    assert notes["link_acknowledge"] == "https://monitor.example/a/7/c2lnbmVkLXRva2Vu"
    assert notes["event"] == "incident.opened"
    assert "evidence_2" not in notes
    assert alert["startsAt"] == "2026-11-22T12:00:00Z"


def test_without_a_page_there_is_no_address() -> None:
    assert sent("alertmanager", BODIES["nothing"])["externalURL"] == ""


NAMES = {
    "source.blind": ("BrandSourceBlind", "warning", {"source": "forum"}),
    "source.recovered": ("BrandSourceBlind", "warning", {"source": "forum"}),
    "monitor.heartbeat": ("BrandMonitorHeartbeat", "info", {}),
    "webhook.test": ("BrandMonitorTest", "info", {}),
    "praise.digest": ("BrandPraiseDigest", "info", {"brand": "Nordwind Air"}),
    "statement.seen": (
        "BrandStatementSeen",
        "info",
        {"brand": "Nordwind Air", "incident_id": "7"},
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_other_events_are_alerts_of_other_names(name: str) -> None:
    alertname, severity, more = NAMES[name]
    labels = sent("alertmanager", BODIES[name])["commonLabels"]
    assert labels == {"alertname": alertname, "severity": severity, **more}


def test_an_event_of_a_later_release_has_a_name_too() -> None:
    labels = sent("alertmanager", b'{"type":"weather.seen","data":{}}')["commonLabels"]
    assert labels == {"alertname": "BrandMonitorEvent", "severity": "info"}


# --- the API


def test_an_alert_for_the_api_fires_for_thirty_days_unless_it_is_ended() -> None:
    (alert,) = sent("alertmanager-api", incident())
    assert alert["startsAt"] == "2026-11-22T12:00:00Z"
    assert alert["endsAt"] == "2026-12-22T12:00:00Z"
    assert alert["labels"]["severity"] == "critical"


LASTS = {
    "source.blind": timedelta(days=30),
    "source.recovered": timedelta(0),
    "monitor.heartbeat": timedelta(days=2),
    "webhook.test": timedelta(hours=1),
    "praise.digest": timedelta(hours=1),
}


@pytest.mark.parametrize("name", LASTS)
def test_how_long_other_alerts_fire(name: str) -> None:
    (alert,) = sent("alertmanager-api", BODIES[name])
    end = (NOON + LASTS[name]).isoformat().replace("+00:00", "Z")
    assert (alert["startsAt"], alert["endsAt"]) == ("2026-11-22T12:00:00Z", end)


SAME_LEVEL = {"opened", "updated", "acknowledged", "reminder", "handed_on"}


@pytest.mark.parametrize("type_", INCIDENT_TYPES)
def test_where_the_level_may_have_changed_alerts_of_other_levels_are_ended(type_: str) -> None:
    alerts = sent("alertmanager-api", incident(type_))
    ended = {a["labels"]["severity"] for a in alerts if a["endsAt"] == "2026-11-22T12:00:00Z"}
    others = set() if type_.split(".")[1] in SAME_LEVEL else {"watch", "warning"}
    over = {"critical"} if type_ in OVER else set()
    assert alerts[0]["labels"]["severity"] == "critical"
    assert ended == others | over
    assert len({json.dumps(a["labels"]) for a in alerts}) == len(alerts)


def test_an_alert_never_starts_after_its_event() -> None:
    (alert,) = sent("alertmanager-api", incident(opened_at=after(hours=1)))
    assert alert["startsAt"] == "2026-11-22T12:00:00Z"
    (alert,) = sent("alertmanager-api", incident(opened_at=after(hours=-1)))
    assert alert["startsAt"] == "2026-11-22T11:00:00Z"


def test_the_time_of_the_attempt_stands_in_for_one_that_the_event_does_not_say() -> None:
    (alert,) = sent("alertmanager-api", BODIES["nothing"])
    assert alert["startsAt"] == "2026-11-22T12:00:00Z"


# --- CloudEvents


def test_a_cloud_event_carries_the_data_as_it_is() -> None:
    event = sent("cloudevents", incident())
    assert {key: event[key] for key in event if key != "data"} == {
        "specversion": "1.0",
        "id": "msg_1",
        "source": "urn:brand-monitor",
        "type": "incident.opened",
        "datacontenttype": "application/json",
        "time": "2026-11-22T12:00:00Z",
        "subject": "incident/7",
    }
    assert event["data"] == json.loads(incident())["data"]


def test_a_cloud_event_says_in_its_header_what_it_is() -> None:
    message = FORMATS["cloudevents"].build(webhook("cloudevents"), "msg_1", incident(), at=NOON)
    assert message.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert message.headers["webhook-id"] == "msg_1"


def test_what_an_event_does_not_say_is_no_attribute() -> None:
    assert list(sent("cloudevents", BODIES["nothing"])) == [
        *("specversion", "id", "source", "type", "datacontenttype", "data")
    ]
    assert "subject" not in sent("cloudevents", other("webhook.test"))
    assert sent("cloudevents", b'{"data":{}}')["type"] == "event"


def test_a_full_message_leaves_evidence_out_to_stay_under_the_limit() -> None:
    body = hostile("\U0001f642" * 250)
    message = FORMATS["cloudevents"].build(webhook("cloudevents"), "msg_1", body, at=NOON)
    shown = json.loads(message.body)["data"]["evidence"]
    whole = json.loads(body)["data"]["evidence"]
    assert len(message.body) <= 19_900
    assert shown == whole[: len(shown)]


def test_evidence_goes_one_by_one_from_its_end() -> None:
    event = json.loads(incident())
    event["data"]["evidence"] *= 2
    event["data"]["evidence"][-1] = {"text": "x" * 19_000}
    shown = sent("cloudevents", json.dumps(event).encode())["data"]["evidence"]
    assert shown == event["data"]["evidence"][:-1]


def test_what_is_too_long_without_evidence_is_sent_as_it_is() -> None:
    body = json.dumps({"type": "x", "data": {"evidence": [], "y": "z" * 20_000}}).encode()
    assert sent("cloudevents", body)["data"]["y"] == "z" * 20_000
