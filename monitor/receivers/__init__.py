"""One file per format: event bytes -> request. No I/O of its own.

`FORMATS` is the one place where a new format is made known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from monitor.core.outbox import SignedMessage
from monitor.core.settings import WebhookSettings
from monitor.receivers import standard


class Format(Protocol):
    """How the request of one attempt is built."""

    def __call__(
        self, webhook: WebhookSettings, message_id: str, body: bytes, *, at: datetime
    ) -> SignedMessage: ...


FORMATS: Mapping[str, Format] = {"standard": standard.build}
