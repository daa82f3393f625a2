"""One webhook's deliveries, one at a time: pick, sign, post, decide, record.

Does not know of other webhooks. Which delivery goes next and what an answer means is decided in
`core.turns` and `core.retry`; this module acts on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from monitor.core import quiet, retry
from monitor.core.event import with_late
from monitor.core.outbox import (
    AttemptIntent,
    Delivery,
    DeliveryState,
    PostResult,
    SignedMessage,
    Unreachable,
    WebhookState,
)
from monitor.core.settings import Settings, WebhookSettings
from monitor.core.signing import message_id
from monitor.core.tidings import BACK, tidings
from monitor.core.turns import choose
from monitor.ports import Clock, Poster, Store, Telemetry
from monitor.receivers import FORMATS
from monitor.stages.knocking import Door
from monitor.stages.running import Run

log = structlog.get_logger()

#: How often a webhook that is failing or disabled is looked at though nothing is due: a probe may
#: be, or new alerts wait to be handed over.
_LOOK_EVERY = timedelta(seconds=5)
_SECRET_CHARS = 12
#: Seconds at the end for writing down what became of an attempt.
LAST_WRITE = 1.0


class Lane:
    """Works off what one webhook is to get; remembers when it tried what."""

    def __init__(
        self,
        name: str,
        *,
        settings: Callable[[], Settings],
        store: Store,
        poster: Poster,
        clock: Clock,
        jitter: Callable[[], float],
        db: Run,
        telemetry: Telemetry,
    ) -> None:
        self._name = name
        self._settings = settings
        self._store = store
        self._poster = poster
        self._clock = clock
        self._jitter = jitter
        self._db = db
        self._telemetry = telemetry
        self._door = Door(poster, clock)
        self._tried_at: dict[int, datetime] = {}
        self._looked_at: datetime | None = None

    def looks_at(self, now: datetime) -> bool:
        """Say whether it is time to see what is to be done though nothing is due."""
        return self._looked_at is None or now >= self._looked_at + _LOOK_EVERY

    async def run(self) -> bool:
        """Go on until there is nothing to send now; say whether there was anything."""
        did = False
        while await self._turn():
            did = True
        self._looked_at = self._clock()
        return did

    async def _turn(self) -> bool:
        webhook, pending = await self._db(self._read)
        target = self._settings().webhook(self._name)
        now = self._clock()
        if target is None:
            return await self._give_up(pending, webhook, now)
        if retry.is_shut(webhook, now) and (target.fallback or webhook.disabled_at):
            return await self._set_aside(now, target.fallback)
        chosen = choose(
            pending,
            webhook=webhook,
            now=now,
            tried_at=self._tried_at,
            sparingly=self._door.in_doubt,
        )
        if chosen is None:
            return await self._is_back(target, webhook=webhook, pending=pending, now=now)
        await self._attempt(chosen, target, webhook=webhook, pending=pending)
        return True

    async def _is_back(
        self,
        target: WebhookSettings,
        *,
        webhook: WebhookState,
        pending: Sequence[Delivery],
        now: datetime,
    ) -> bool:
        """Whether a receiver that was silent answers again: then a probe is due at once."""
        newest = choose(pending, webhook=webhook, now=now, tried_at={})
        if newest is None or not webhook.failing_since:
            return False
        if not await self._door.opens(_message(newest, target, now)):
            return False
        del self._tried_at[newest.id]
        return True

    def _read(self) -> tuple[WebhookState, tuple[Delivery, ...]]:
        """Runs where the store runs."""
        state = self._store.webhook_states().get(self._name) or WebhookState(name=self._name)
        return state, self._store.pending_deliveries(self._name)

    async def _attempt(
        self,
        delivery: Delivery,
        target: WebhookSettings,
        *,
        webhook: WebhookState,
        pending: Sequence[Delivery],
    ) -> None:
        started = self._clock()
        message = _message(delivery, target, started)
        result = _without(target, await self._poster.post(message))
        now = self._clock()
        self._door.heard(result)
        self._remember(delivery, pending, now)
        await self._record(
            retry.after_attempt(
                delivery,
                result,
                webhook=webhook,
                pending=pending,
                now=now,
                started=started,
                jitter=self._jitter(),
                fallback=target.fallback,
                judge=FORMATS[target.format].judge,
            ),
            webhook,
        )

    async def _give_up(
        self, pending: Sequence[Delivery], webhook: WebhookState, now: datetime
    ) -> bool:
        for delivery in pending:
            heirs = await self._db(self._heirs, delivery)
            await self._record(
                retry.nowhere_to_go(delivery, webhook=webhook, now=now, heirs=heirs), webhook
            )
        return False

    def _heirs(self, delivery: Delivery) -> tuple[str, ...]:
        number = delivery.incident_id
        incident = None if number is None else self._store.incident(number)
        return quiet.heirs(self._settings(), delivery, incident)

    async def _set_aside(self, now: datetime, fallback: str) -> bool:
        webhook, intents = await self._db(self._put_aside, now, fallback)
        for intent in intents:
            self._account_for(intent, webhook)
        return False

    def _put_aside(
        self, now: datetime, fallback: str
    ) -> tuple[WebhookState, tuple[AttemptIntent, ...]]:
        """Read and write in one transaction: somebody may enable the webhook at this very moment.

        Runs where the store runs.
        """
        with self._store.transaction():
            webhook, pending = self._read()
            due = [one for one in pending if one.next_attempt_at <= now]
            intents = tuple(
                retry.not_sent(one, webhook=webhook, pending=pending, now=now, fallback=fallback)
                for one in (due if retry.is_shut(webhook, now) else ())
            )
            for intent in intents:
                self._store.record_attempt(intent)
        return webhook, intents

    async def _record(self, intent: AttemptIntent, before: WebhookState) -> None:
        # What a receiver has taken must not be sent again because we were stopped just then.
        writing = asyncio.ensure_future(self._db(self._store.record_attempt, intent))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            # Not for ever: the disk may be full, or another program busy with the database.
            await asyncio.wait((writing,), timeout=LAST_WRITE)
            writing.cancel()
            raise
        self._account_for(intent, before)

    def _account_for(self, intent: AttemptIntent, before: WebhookState) -> None:
        self._telemetry.delivered(self._name, _outcome(intent))
        self._tell(intent, before)

    def _tell(self, intent: AttemptIntent, before: WebhookState) -> None:
        """In the log, but for what the receiver said: it may repeat the alert and its names."""
        what = tidings(before, intent)
        if what:
            (log.info if what == BACK else log.warning)(
                what,
                webhook=self._name,
                delivery=intent.delivery_id,
                status=intent.status,
                error=intent.error if intent.status is None else None,
            )

    def _remember(self, delivery: Delivery, pending: Sequence[Delivery], at: datetime) -> None:
        waiting = {one.id for one in pending}
        kept = {key: tried for key, tried in self._tried_at.items() if key in waiting}
        self._tried_at = {**kept, delivery.id: at}


def _message(delivery: Delivery, target: WebhookSettings, at: datetime) -> SignedMessage:
    body = with_late(delivery.body, created_at=delivery.created_at, now=at)
    identity = message_id(delivery.alert_id, delivery.body)
    return FORMATS[target.format].build(target, identity, body, at=at)


def _outcome(intent: AttemptIntent) -> str:
    """Of one attempt: "delivered", "failed" (tried again later) or "dead"."""
    return "failed" if intent.state is DeliveryState.PENDING else intent.state.value


def _without(target: WebhookSettings, result: PostResult) -> PostResult:
    """The answer, with the webhook's address and keys, which are secrets, taken out of its texts.

    A key is sent to some receivers (PagerDuty's routing key), and may come back in a complaint.
    """
    url = target.url.reveal()
    parts = urlsplit(url)
    asked = parts.path + (f"?{parts.query}" if parts.query else "")
    keys = [secret.reveal() for secret in target.secrets]
    # A path of a few letters holds no secret, and would blot out ordinary words.
    secrets = [text for text in (url, asked, parts.path, *keys) if len(text) >= _SECRET_CHARS]
    if isinstance(result, Unreachable):
        return replace(result, error=_redacted(result.error, secrets))
    return replace(result, excerpt=_redacted(result.excerpt, secrets))


def _redacted(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text
