"""Format "alertmanager-api": alerts for Alertmanager itself, `POST /api/v2/alerts`.

https://prometheus.io/docs/alerting/latest/alerts_api/. Not signed, and without a secret: guard
the way to it. Alertmanager knows an alert by its labels, so an incident of another level is
another alert to it: where the level may have changed, the alerts of the other levels are ended.
"""

from __future__ import annotations

import json
from datetime import datetime

from monitor.core import fields
from monitor.core.event import iso
from monitor.core.fields import Table
from monitor.core.notice import Notice, notice
from monitor.core.outbox import SignedMessage
from monitor.core.rulings import hopeless_at
from monitor.core.settings import WebhookSettings
from monitor.receivers.fitting import Json, encoded
from monitor.receivers.prometheus import INCIDENT, Alert, Labels, alert, other_severities

#: These leave the level as it was: there is nothing else to end.
_SAME_LEVEL = frozenset(
    {
        "incident.opened",
        "incident.updated",
        "incident.acknowledged",
        "incident.reminder",
        "incident.handed_on",
    }
)

#: 400: labels or times that it will never take.
judge = hopeless_at(400)


def build(
    webhook: WebhookSettings, _message_id: str, body: bytes, *, at: datetime
) -> SignedMessage:
    """Build the request; `at` stands in for a time that the event does not say."""
    message: Table = json.loads(body)
    shown = notice(body)
    told = alert(shown, fields.table(message, "data"), now=at)
    return SignedMessage(
        url=webhook.url.reveal(),
        headers={"content-type": "application/json"},
        body=encoded([_one(told, labels, ended=ended) for labels, ended in _states(shown, told)]),
    )


def _states(shown: Notice, told: Alert) -> list[tuple[Labels, bool]]:
    """Which alerts are fired or ended by the event."""
    states = [(told.labels, not told.firing)]
    if told.labels["alertname"] == INCIDENT and shown.type not in _SAME_LEVEL:
        states += [(labels, True) for labels in other_severities(told.labels)]
    return states


def _one(told: Alert, labels: Labels, *, ended: bool) -> Json:
    return {
        "labels": labels,
        "annotations": told.annotations,
        "startsAt": iso(told.starts_at),
        "endsAt": iso(told.at if ended else told.ends_at),
        "generatorURL": told.url,
    }
