"""A webhook receiver on loopback that believes nothing unsigned.

It checks every signature with the `standardwebhooks` package, which shares no code with us.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from tests.servers import Answer, Received, Server, serving

SECRET = "whsec_QWNjZXB0YW5jZS10ZXN0cy1vbmx5LW5vdC1hLXNlY3JldA=="
#: As secret as the key: services put a token there.
PATH = "/hooks/T0PS3CR3T-7f31c9e2"

Answers = Callable[[Received], Answer]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One request whose signature held, and how it was answered."""

    id: str
    type: str
    data: dict[str, Any]
    status: int
    at: datetime

    @property
    def incident(self) -> dict[str, Any]:
        found: dict[str, Any] = self.data.get("incident", {})
        return found

    @property
    def texts(self) -> str:
        return " ".join(one["text"] for one in self.data.get("evidence", ()))


@dataclass
class Receiver:
    """Remembers what came; `answer` can be changed while it runs."""

    answer: Answers = lambda _: Answer(status=204)
    messages: list[Message] = field(default_factory=list)
    #: Requests whose signature did not hold.
    forged: list[str] = field(default_factory=list)
    server: Server | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def says(self, status: int, *, delay: float = 0.0, body: bytes = b"") -> None:
        self.answer = lambda _: Answer(status=status, delay=delay, body=body)

    @property
    def url(self) -> str:
        assert self.server is not None
        return f"{self.server.url}{PATH}"

    @property
    def accepted(self) -> list[Message]:
        """Those that were answered with 2xx, in order."""
        return [message for message in list(self.messages) if 200 <= message.status < 300]

    def about(self, brand: str) -> list[Message]:
        return [message for message in self.accepted if message.incident.get("brand") == brand]

    @property
    def repeated(self) -> dict[str, int]:
        """Ids that were accepted more than once."""
        times = Counter(message.id for message in self.accepted)
        return {id_: count for id_, count in times.items() if count > 1}

    def __call__(self, request: Received) -> Answer:
        try:
            Webhook(SECRET).verify(request.body, dict(request.headers))
        except Exception as e:
            self.forged.append(repr(e))
            return Answer(status=401)
        answer = self.answer(request)
        body = json.loads(request.body)
        message = Message(
            id=request.headers["webhook-id"],
            type=body["type"],
            data=body["data"],
            status=answer.status,
            at=datetime.now(UTC),
        )
        with self._lock:
            self.messages.append(message)
        return answer


@contextmanager
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    with serving(opened) as opened.server:
        yield opened
