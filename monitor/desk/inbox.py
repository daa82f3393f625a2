"""The built-in webhook receiver: believes what is signed, keeps the last alerts in memory.

Does not show them (see `page`), and does not write to the database: the alerts are there already.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.signing import refusal

MAX_BODY = 64 * 1024
KEPT = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """One message as it came."""

    id: str
    at: datetime
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """The answer to a sender."""

    status: int
    reason: str = ""


class Inbox:
    """`secrets` are asked for each time: they change with the configuration."""

    def __init__(self, secrets: Callable[[], Sequence[str]]) -> None:
        self._secrets = secrets
        self._messages: OrderedDict[str, Received] = OrderedDict()

    def receive(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Reply:
        """Take one message; the same `webhook-id` again is acknowledged and not kept twice.

        `headers` are asked by lower-case names.
        """
        secrets = self._secrets()
        if not secrets:
            return Reply(status=401, reason="no webhook of the configuration points here")
        refused = refusal(headers, body=body, secrets=secrets, now=now)
        if refused:
            return Reply(status=401, reason=refused)
        if not _is_message(body):
            return Reply(status=400, reason="the body is not a message")
        self._keep(Received(id=headers["webhook-id"], at=now, body=body.decode()))
        return Reply(status=204)

    def messages(self) -> tuple[Received, ...]:
        """The newest first."""
        return tuple(reversed(self._messages.values()))

    def _keep(self, message: Received) -> None:
        self._messages.setdefault(message.id, message)
        while len(self._messages) > KEPT:
            self._messages.popitem(last=False)


def _is_message(body: bytes) -> bool:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and isinstance(message.get("data"), dict)
