"""What programs push: read | match | one transaction; the answer is given once it is committed.

Does not know HTTP (see `desk.push`). The readers fall behind a sender that is faster than they
are: with a long list of unread mentions, it is asked to wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog

from monitor.core.brands import Matcher
from monitor.core.intake import originals_of
from monitor.core.polling import SourceState
from monitor.core.pushed import Batch, Standing, grouped, reposts_of, with_reposts
from monitor.core.pushing import Complaint, PushIntent, Receipt, Refusal, total
from monitor.core.settings import Settings
from monitor.errors import InputError, MonitorError
from monitor.ports import Clock, Store, Telemetry
from monitor.sources import push
from monitor.stages.running import Run

log = structlog.get_logger()

#: Unread mentions above which nothing more is taken: more than the readers do in an hour.
MOST_UNREAD = 50_000
#: Seconds after which a sender may try again.
WHEN_BEHIND, WHEN_BROKEN = 60, 5
#: Seconds that the database may take; a sender that hears nothing sends again.
PATIENCE = 30.0
#: Seconds that a request in hand gets at the end of the daemon.
AT_THE_END = 3.0


class Push:
    """Takes the bodies of requests in."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        db: Run,
        clock: Clock,
        telemetry: Telemetry,
        wake: Callable[[], None],
        matcher: Matcher | None = None,
        most_unread: int = MOST_UNREAD,
        patience: float = PATIENCE,
    ) -> None:
        self._settings = settings
        self._matcher = matcher or Matcher(settings.brands)
        self._store = store
        self._db = db
        self._clock = clock
        self._telemetry = telemetry
        self._wake = wake
        self._most_unread = most_unread
        self._patience = patience
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def take(self, body: bytes, *, history: bool = False) -> Receipt | Refusal:
        """Store what a body says, all of it or nothing.

        `history`: what is older than the `backfill` of its source is learnt from and never
        alerted, also if it is not the first that the source brings.
        """
        try:
            async with asyncio.timeout(self._patience), self._held():
                return await self._take(body, history=history)
        except push.TooManyError as e:
            return Refusal(status=413, reason=str(e))
        except InputError as e:
            return Refusal(status=400, reason=str(e))
        except (MonitorError, TimeoutError) as e:
            log.error("push not stored", error=str(e) or "the database takes too long")
            return Refusal(status=503, reason="cannot be stored now", retry_after=WHEN_BROKEN)

    async def close(self) -> None:
        """Wait until what is in hand is stored; then the database may be closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(AT_THE_END):
                await self._idle.wait()

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        self._in_hand += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()

    async def _take(self, body: bytes, *, history: bool) -> Receipt | Refusal:
        if await self._db(self._store.unassessed_count) >= self._most_unread:
            reason = f"{self._most_unread:,} mentions wait to be read: come back later"
            return Refusal(status=429, reason=reason, retry_after=WHEN_BEHIND)
        states = await self._db(self._store.source_states)
        now = self._clock()
        # Beside the loop: five thousand texts take their time.
        groups, errors = await asyncio.to_thread(
            self._read, body, states, history=history, now=now
        )
        whole = [await self._db(self._whole, group, states) for group in groups]
        seconds = (self._clock() - now).total_seconds()
        intents = [
            PushIntent(source=group.source, at=now, seconds=seconds, entries=group.entries)
            for group in whole
        ]
        stored = await self._db(self._store.record_push, intents)
        self._tell(intents, stored)
        return total([receipt for receipt, _ in stored], errors)

    def _read(
        self, body: bytes, states: Sequence[SourceState], *, history: bool, now: datetime
    ) -> tuple[tuple[Batch, ...], list[Complaint]]:
        found = push.read(body, now=now)
        groups, complaints = grouped(
            found.records,
            Standing(
                settings=self._settings,
                matcher=self._matcher,
                states=states,
                history=history,
                now=now,
            ),
        )
        return groups, sorted([*found.errors, *complaints], key=lambda one: one.line)

    def _whole(self, group: Batch, states: Sequence[SourceState]) -> Batch:
        """With what its reposts are about, which the store may know."""
        wanted = originals_of(reposts_of(group))
        if not wanted:
            return group
        ids = [state.id for state in states if state.name == group.source.name]
        stored = self._store.originals(ids[0], wanted) if ids else ()
        return with_reposts(group, stored, self._matcher)

    def _tell(self, intents: Sequence[PushIntent], stored: Sequence[tuple[Receipt, int]]) -> None:
        for intent, (receipt, new) in zip(intents, stored, strict=True):
            name = intent.source.name
            brands = [mention.brand for entry in intent.entries for mention in entry.mentions]
            self._telemetry.polled(name, "ok", intent.seconds)
            self._telemetry.mentioned(name, brands[:new])
            log.info("push", source=name, items=len(intent.entries), new=new)
            if receipt.accepted or receipt.updated:
                self._wake()
