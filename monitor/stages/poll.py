"""The poll loop: due sources | fetch | parse | match, schedule | one PollIntent.

Does not decide when to poll next (see `core.schedule`), nor what a text is about. A slow source
holds up no other: each poll is a task of its own, and a source is never asked twice at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from monitor.core import schedule
from monitor.core.aftermath import after_poll
from monitor.core.brands import Matcher
from monitor.core.intake import Intake, take_in
from monitor.core.polling import (
    FeedDocument,
    Fetched,
    FetchFailed,
    FetchResult,
    PollIntent,
    SourceState,
)
from monitor.core.settings import Settings, SourceSettings
from monitor.errors import FeedError
from monitor.ports import Clock, FeedReader, Fetcher, Store, Telemetry
from monitor.sources import feed
from monitor.stages.running import Run

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Polled:
    """One answer, with what could be read of it."""

    answer: FetchResult
    document: FeedDocument | None = None

    @property
    def ttl(self) -> timedelta | None:
        if self.document is None or self.document.ttl_seconds is None:
            return None
        return timedelta(seconds=self.document.ttl_seconds)


class Poll:
    """Asks each source when it is due, and stores what it brought."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        fetcher: Fetcher,
        reader: FeedReader,
        db: Run,
        clock: Clock,
        jitter: Callable[[], float],
        telemetry: Telemetry,
        wake: Callable[[], None],
    ) -> None:
        self.settings = settings
        self._matcher = Matcher(settings.brands)
        self._store = store
        self._fetcher = fetcher
        self._reader = reader
        self._db = db
        self._clock = clock
        self._jitter = jitter
        self._telemetry = telemetry
        self._wake = wake
        self._running: dict[int, asyncio.Task[None]] = {}

    async def start(self, now: datetime) -> None:
        """Make the sources of the database those of the configuration."""
        await self._db(self._store.sync_sources, self.settings.sources, now=now)

    async def step(self, now: datetime) -> bool:
        """Start a poll for every source that is due; never waits for one."""
        for task in [task for task in self._running.values() if task.done()]:
            task.result()  # what a poll could not handle takes the daemon down, loudly
        self._running = {i: task for i, task in self._running.items() if not task.done()}
        for state in await self._db(self._store.due_sources, now):
            if state.id not in self._running:
                poll = self.poll(state, now)
                self._running[state.id] = asyncio.create_task(poll, name=f"poll {state.name}")
        return False

    async def round(self, now: datetime, *, everything: bool) -> None:
        """One poll of every due source (or of every source), waited for."""
        states = await self._db(
            self._store.source_states if everything else lambda: self._store.due_sources(now)
        )
        asked = [state for state in states if self.settings.source(state.name) is not None]
        await asyncio.gather(*(self.poll(state, now) for state in asked))

    async def close(self) -> None:
        """End the polls in flight; what they would have brought is asked for again."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._running.clear()

    async def poll(self, state: SourceState, now: datetime) -> None:
        """Ask one source and write what came of it."""
        source = self.settings.source(state.name)
        if source is None:
            return
        # Written before the request: a crash in the middle must not become a hammer.
        await self._db(self._store.reserve_poll, state.id, until=now + source.every)
        started = self._clock()
        polled = await self._ask(state, now)
        ended = self._clock()
        planned = self._plan(state, source, polled, at=ended)
        intent = self._intent(state, source, polled, planned, at=ended, seconds=ended - started)
        new = await self._db(self._store.record_poll, intent)
        if planned.pause_host_until:
            await self._db(self._pause_host, state, planned.pause_host_until)
        self._tell(state, intent, polled, new)
        if new:
            self._wake()

    async def _ask(self, state: SourceState, now: datetime) -> _Polled:
        try:
            answer = await self._fetcher.fetch(feed.request(state, now=now))
            if not isinstance(answer, Fetched):
                return _Polled(answer=answer)
            return await self._read(answer, now)
        except Exception as e:
            # Whatever a source sends, it costs that source alone; the traceback is for us.
            log.exception("poll failed", source=state.name)
            return _Polled(answer=FetchFailed(reason=f"internal error: {type(e).__name__}"))

    async def _read(self, answer: Fetched, now: datetime) -> _Polled:
        try:
            document = await self._reader.read(
                answer.body, headers=answer.headers, url=answer.url, now=now
            )
        except FeedError as e:
            return _Polled(answer=schedule.unreadable(answer, str(e)))
        return _Polled(answer=answer, document=document)

    def _plan(
        self, state: SourceState, source: SourceSettings, polled: _Polled, *, at: datetime
    ) -> schedule.Plan:
        return schedule.plan(
            state,
            polled.answer,
            every=source.every,
            now=at,
            jitter=self._jitter(),
            ttl=polled.ttl,
        )

    def _pause_host(self, state: SourceState, until: datetime) -> None:
        """A host that asked us to wait is asked by none of its sources."""
        for other in self._store.source_states():
            if other.id != state.id and _host(other) == _host(state) and _is_due(other, until):
                self._store.reserve_poll(other.id, until=until)

    def _intent(
        self,
        state: SourceState,
        source: SourceSettings,
        polled: _Polled,
        planned: schedule.Plan,
        *,
        at: datetime,
        seconds: timedelta,
    ) -> PollIntent:
        after = after_poll(state, polled.answer, planned, now=at, ttl=polled.ttl)
        taken = self._take_in(state, source, polled.document, at)
        return PollIntent(
            source=after,
            at=at,
            outcome=planned.outcome,
            status=polled.answer.status,
            seconds=seconds.total_seconds(),
            items=len(polled.document.items) if polled.document else 0,
            mentions=taken.mentions,
            owned=taken.owned,
        )

    def _take_in(
        self,
        state: SourceState,
        source: SourceSettings,
        document: FeedDocument | None,
        at: datetime,
    ) -> Intake:
        if document is None:
            return Intake()
        return take_in(
            document.items,
            source,
            matcher=self._matcher,
            first_poll=state.last_success_at is None,
            now=at,
        )

    def _tell(self, state: SourceState, intent: PollIntent, polled: _Polled, new: int) -> None:
        self._telemetry.polled(state.name, intent.outcome, intent.seconds)
        self._telemetry.mentioned(state.name, [mention.brand for mention in intent.mentions][:new])
        say = log.warning if isinstance(polled.answer, FetchFailed) else log.info
        say(
            "poll",
            source=state.name,
            outcome=intent.outcome,
            status=intent.status,
            items=intent.items,
            new=new,
            note=intent.source.note if isinstance(polled.answer, FetchFailed) else None,
        )


def _host(state: SourceState) -> str:
    """Host and port of a source; a local file is a host of its own."""
    return urlsplit(state.url).netloc.rpartition("@")[2] or state.url


def _is_due(state: SourceState, until: datetime) -> bool:
    return state.next_poll_at is not None and state.next_poll_at < until
