"""An outbox in memory, a receiver with a script, a clock that is set by hand. Tests nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.core.outbox import (
    Answered,
    AttemptIntent,
    Delivery,
    DeliveryState,
    PostResult,
    SignedMessage,
    WebhookState,
)
from monitor.core.settings import Secret, Settings, WebhookSettings
from monitor.core.types import Incident, Level

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LEADERSHIP = "https://hooks.example/services/T0/B0/verysecretpath"
BOARD = "https://board.example/hook"
OK = Answered(status=204)
BROKEN = Answered(status=500)


def after(**span: float) -> datetime:
    return NOON + timedelta(**span)


class Clock:
    """Stands still unless somebody moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(frozen=True)
class Sent:
    """One attempt as the receiver saw it."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)["data"]
        return data


class Receiver:
    """Implements `ports.Poster`: answers as told, each answer after `takes` seconds."""

    def __init__(self, clock: Clock) -> None:
        self.sent: list[Sent] = []
        self.takes = 0.5
        self.answer: Callable[[Sent], PostResult] = lambda _: OK
        #: Posts to these addresses hang until they are let go.
        self.hanging: dict[str, asyncio.Event] = {}
        self._clock = clock

    async def post(self, message: SignedMessage) -> PostResult:
        sent = Sent(self._clock(), message.url, message.headers, message.body)
        self.sent.append(sent)
        if message.url in self.hanging:
            await self.hanging[message.url].wait()
        self._clock.forward(seconds=self.takes)
        return self.answer(sent)

    def answers(self, *results: PostResult) -> None:
        """In this order; the last one stays."""
        left = list(results)
        self.answer = lambda _: left.pop(0) if len(left) > 1 else left[0]


class Outbox:
    """What `ports.Store` promises of deliveries, in a dictionary."""

    def __init__(self) -> None:
        self.deliveries: dict[int, Delivery] = {}
        self.webhooks: dict[str, WebhookState] = {}
        self.attempts: list[AttemptIntent] = []
        self.incidents: dict[int, Incident] = {}

    def transaction(self) -> AbstractContextManager[None]:
        return nullcontext()

    def incident(self, incident_id: int) -> Incident | None:
        return self.incidents.get(incident_id)

    def add(self, webhook: str = "leadership", **changes: Any) -> Delivery:
        number = len(self.deliveries) + 1
        created = changes.pop("created_at", NOON)
        ordinary: dict[str, Any] = {
            "id": number,
            "alert_id": 100 + number,
            "incident_id": None,
            "webhook": webhook,
            "type": "incident.opened",
            "level": Level.WARNING,
            "body": f'{{"type":"incident.opened","timestamp":"x","data":{{"n":{number}}}}}',
            "created_at": created,
            "attempt": 0,
            "next_attempt_at": created,
        }
        self.deliveries[number] = Delivery(**{**ordinary, **changes})
        return self.deliveries[number]

    def due_deliveries(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        due = (one for one in self._pending() if one.next_attempt_at <= now)
        return tuple(one for one in due if not self._disabled(one.webhook))[:limit]

    def pending_deliveries(self, webhook: str) -> tuple[Delivery, ...]:
        return tuple(one for one in self._pending() if one.webhook == webhook)

    def webhook_states(self) -> Mapping[str, WebhookState]:
        return dict(self.webhooks)

    def record_attempt(self, intent: AttemptIntent) -> None:
        self.attempts.append(intent)
        self.webhooks[intent.webhook.name] = intent.webhook
        self._change(
            intent.delivery_id,
            state=intent.state,
            attempt=intent.attempt,
            next_attempt_at=intent.next_attempt_at or datetime.max.replace(tzinfo=UTC),
        )
        for id_ in intent.supersede:
            self._change(id_, state=DeliveryState.SUPERSEDED)
        if intent.wake:
            self._wake(intent)
        self._hand_over(intent)

    def states(self, webhook: str = "leadership") -> dict[int, str]:
        mine = (one for one in self.deliveries.values() if one.webhook == webhook)
        return {one.id: one.state.value for one in mine}

    def _pending(self) -> Iterable[Delivery]:
        waiting = (one for one in self.deliveries.values() if one.state is DeliveryState.PENDING)
        return sorted(waiting, key=lambda one: one.alert_id, reverse=True)

    def _disabled(self, webhook: str) -> bool:
        state = self.webhooks.get(webhook)
        return state is not None and state.disabled_at is not None

    def _change(self, id_: int, **changes: Any) -> None:
        self.deliveries[id_] = replace(self.deliveries[id_], **changes)

    def _wake(self, intent: AttemptIntent) -> None:
        ended = intent.at + timedelta(seconds=intent.seconds)
        for one in self.pending_deliveries(intent.webhook.name):
            if one.attempt and one.next_attempt_at > ended:
                self._change(one.id, next_attempt_at=ended)

    def _hand_over(self, intent: AttemptIntent) -> None:
        there = {(one.alert_id, one.webhook) for one in self.deliveries.values()}
        for new in intent.hand_over:
            if (new.alert_id, new.webhook) not in there:
                alert = next(d for d in self.deliveries.values() if d.alert_id == new.alert_id)
                self.add(
                    new.webhook,
                    alert_id=alert.alert_id,
                    body=alert.body,
                    incident_id=alert.incident_id,
                    created_at=alert.created_at,
                    next_attempt_at=new.next_attempt_at,
                )


@dataclass
class Counted:
    """Implements what the lanes need of `ports.Telemetry`."""

    outcomes: list[tuple[str, str]] = field(default_factory=list)

    def delivered(self, webhook: str, outcome: str) -> None:
        self.outcomes.append((webhook, outcome))


def webhook(name: str, url: str, **changes: Any) -> WebhookSettings:
    return WebhookSettings(name=name, url=Secret(url), secrets=(Secret(SECRET),), **changes)


def settings(*webhooks: WebhookSettings) -> Settings:
    return Settings(database=Path("x.db"), model=Path("x"), webhooks=webhooks)


def urls(sent: Sequence[Sent]) -> list[str]:
    return [one.url for one in sent]
