"""Format "pagerduty": Events API v2. The webhook's `secret` is the routing key.

https://developer.pagerduty.com/docs/send-alert-event. One alert of PagerDuty for each incident:
it is triggered, acknowledged and resolved as the incident is. The key goes into the body, as
PagerDuty wants it; lengths are counted in characters.
"""

from __future__ import annotations

import json

from monitor.core import fields
from monitor.core.event import iso
from monitor.core.fields import Table
from monitor.core.notice import Notice, notice
from monitor.core.outbox import SignedMessage
from monitor.core.plaintext import clip
from monitor.core.rulings import hopeless_at
from monitor.core.settings import WebhookSettings
from monitor.receivers.fitting import Json, encoded

SUMMARY_CHARS = 1024
DEDUP_CHARS = 255
CLIENT = "brand-monitor"
_SEVERITIES = {"critical": "critical", "warning": "warning", "watch": "info"}
#: By status; what is not listed here is open.
_ACTIONS = {
    "acknowledged": "acknowledge",
    "snoozed": "acknowledge",
    "resolved": "resolve",
    "dismissed": "resolve",
    "merged": "resolve",
}
#: These want people to look again, whatever was answered before.
_RAISING = frozenset(
    {"incident.escalated", "incident.reopened", "incident.reminder", "incident.handed_on"}
)
#: A sign of life resolves what is not there: it proves the way without waking anybody.
_CALMING = frozenset({"source.recovered", "monitor.heartbeat"})

#: 202 is taken, 429 and 5xx are tried again, 400 and 413 never: the event itself is wrong.
judge = hopeless_at(400, 413)


def build(webhook: WebhookSettings, body: bytes) -> SignedMessage:
    """Build the request, the same for every attempt; `IndexError` without a routing key."""
    event = {"routing_key": webhook.secrets[0].reveal(), **_event(notice(body), json.loads(body))}
    return SignedMessage(
        url=webhook.url.reveal(),
        headers={"content-type": "application/json"},
        body=encoded(event),
    )


def _event(shown: Notice, message: Table) -> Json:
    data = fields.table(message, "data")
    event: Json = {
        "event_action": action(shown),
        "dedup_key": dedup_key(shown, data),
        "payload": _payload(shown, data),
        "client": CLIENT,
        "links": [{"href": link.url, "text": link.label} for link in shown.links]
        + [{"href": quote.url, "text": quote.label} for quote in shown.quotes if quote.url],
    }
    if shown.page:
        event["client_url"] = shown.page
    return event


def action(shown: Notice) -> str:
    """What the event makes of PagerDuty's alert: it follows the state of the incident."""
    if shown.type in _CALMING:
        return "resolve"
    if shown.type in _RAISING or not shown.type.startswith("incident."):
        return "trigger"
    return _ACTIONS.get(shown.status, "trigger")


def dedup_key(shown: Notice, data: Table) -> str:
    """The same for all events of an incident, or of a source; else of a kind of event."""
    if shown.type.startswith("incident.") and shown.incident_id is not None:
        opened = fields.text(fields.table(data, "incident"), "opened_at")
        return clip(f"{CLIENT}/incident/{shown.incident_id}/{opened}", DEDUP_CHARS)
    if shown.type.startswith("source."):
        return clip(f"{CLIENT}/source/{fields.text(data, 'source')}", DEDUP_CHARS)
    if shown.incident_id is not None:
        return f"{CLIENT}/{shown.type}/{shown.incident_id}"
    return clip(f"{CLIENT}/{shown.type}", DEDUP_CHARS)


def _payload(shown: Notice, data: Table) -> Json:
    payload: Json = {
        "summary": clip(f"{shown.title}. {shown.brief}", SUMMARY_CHARS),
        "source": shown.brand or fields.text(data, "source") or CLIENT,
        "severity": _severity(shown),
        "component": shown.brand or CLIENT,
        "group": CLIENT,
        "class": shown.type,
        "custom_details": {
            **{line.label: line.text for line in shown.lines},
            **{f"Post {n}": f"{q.label}: {q.text}" for n, q in enumerate(shown.quotes, 1)},
            "Why": list(shown.why),
            "Notes": list(shown.notes),
        },
    }
    if shown.at:
        payload["timestamp"] = iso(shown.at)
    return payload


def _severity(shown: Notice) -> str:
    if shown.type == "source.blind":
        return "warning"
    return _SEVERITIES.get(shown.level, "info") if shown.type.startswith("incident.") else "info"
