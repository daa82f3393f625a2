"""Format "standard": the event as it is, signed by Standard Webhooks 1.0."""

from __future__ import annotations

from datetime import datetime

from monitor.core.outbox import SignedMessage
from monitor.core.settings import WebhookSettings
from monitor.core.signing import signed_headers


def build(
    webhook: WebhookSettings, message_id: str, body: bytes, *, at: datetime
) -> SignedMessage:
    """Build the request of the attempt made at `at`; `ValueError` for a bad secret."""
    secrets = [secret.reveal() for secret in webhook.secrets]
    signed = signed_headers(message_id, at=at, body=body, secrets=secrets)
    return SignedMessage(
        url=webhook.url.reveal(),
        headers={"content-type": "application/json", **signed},
        body=body,
    )
