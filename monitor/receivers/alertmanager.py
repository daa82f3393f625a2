"""Format "alertmanager": the webhook body of Alertmanager, version 4, as if Alertmanager sent it.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config. So every program that
takes its webhooks takes ours. Signed by Standard Webhooks headers, which others may ignore.
"""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import urlsplit

from monitor.core import fields
from monitor.core.event import iso
from monitor.core.fields import Table
from monitor.core.notice import notice
from monitor.core.outbox import SignedMessage
from monitor.core.settings import WebhookSettings
from monitor.receivers import standard
from monitor.receivers.fitting import Json, encoded
from monitor.receivers.prometheus import Alert, Labels, alert, fingerprint

#: Go's zero time: not ended.
_NEVER = "0001-01-01T00:00:00Z"


def build(
    webhook: WebhookSettings, message_id: str, body: bytes, *, at: datetime
) -> SignedMessage:
    """Build the request of the attempt made at `at`; `ValueError` for a bad secret."""
    message: Table = json.loads(body)
    told = alert(notice(body), fields.table(message, "data"), now=at)
    return standard.build(webhook, message_id, encoded(_body(told, webhook.name)), at=at)


def _body(told: Alert, receiver: str) -> Json:
    status = "firing" if told.firing else "resolved"
    one = {
        "status": status,
        "labels": told.labels,
        "annotations": told.annotations,
        "startsAt": iso(told.starts_at),
        "endsAt": _NEVER if told.firing else iso(told.ends_at),
        "generatorURL": told.url,
        "fingerprint": fingerprint(told.labels),
    }
    return {
        "receiver": receiver,
        "status": status,
        "alerts": [one],
        "groupLabels": told.group,
        "commonLabels": told.labels,
        "commonAnnotations": told.annotations,
        "externalURL": _base(told.url),
        "version": "4",
        "groupKey": _group_key(told.group),
        "truncatedAlerts": 0,
    }


def _base(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _group_key(group: Labels) -> str:
    """The route (here the only one) and the labels, quoted as Go quotes them."""
    quoted = (f"{name}={json.dumps(group[name], ensure_ascii=False)}" for name in sorted(group))
    return f"{{}}:{{{', '.join(quoted)}}}"
