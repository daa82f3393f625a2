"""Format "cloudevents": CloudEvents 1.0 in structured mode, signed by Standard Webhooks headers.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md. `data` is that of the event;
`id` is the `webhook-id`. The abuse check by OPTIONS of the HTTP webhook specification is not
made: who may be sent to is said in config.toml.
"""

from __future__ import annotations

import json
from datetime import datetime

from monitor.core import fields
from monitor.core.event import MAX_BYTES
from monitor.core.fields import Table
from monitor.core.outbox import SignedMessage
from monitor.core.settings import WebhookSettings
from monitor.core.signing import signed_headers
from monitor.receivers.fitting import Json, encoded

_SOURCE = "urn:brand-monitor"


def build(
    webhook: WebhookSettings, message_id: str, body: bytes, *, at: datetime
) -> SignedMessage:
    """Build the request of the attempt made at `at`; `ValueError` for a bad secret."""
    event = _within(_event(json.loads(body), message_id))
    secrets = [secret.reveal() for secret in webhook.secrets]
    signed = signed_headers(message_id, at=at, body=event, secrets=secrets)
    return SignedMessage(
        url=webhook.url.reveal(),
        headers={"content-type": "application/cloudevents+json; charset=utf-8", **signed},
        body=event,
    )


def _event(message: Table, message_id: str) -> Json:
    data = fields.table(message, "data")
    event: Json = {
        "specversion": "1.0",
        "id": message_id,
        "source": _SOURCE,
        "type": fields.text(message, "type") or "event",
        "datacontenttype": "application/json",
    }
    # An optional attribute is absent where there is nothing to say (section "Null values").
    if fields.moment_at(message, "timestamp"):
        event["time"] = fields.text(message, "timestamp")
    if number := fields.count(fields.table(data, "incident"), "id"):
        event["subject"] = f"incident/{number}"
    return {**event, "data": data}


def _within(event: Json) -> bytes:
    """The envelope makes a full message longer: evidence goes from its end, as in `core.event`."""
    made = encoded(event)
    while len(made) > MAX_BYTES and event["data"].get("evidence"):
        data = event["data"]
        event = {**event, "data": {**data, "evidence": data["evidence"][:-1]}}
        made = encoded(event)
    return made
