"""The poll loop: due sources | fetch | parse | match, schedule | one PollIntent.

Does not ask (see `pages`), decide when to poll next (see `core.schedule`), nor what a text is
about. A slow source holds up no other: each poll is a task of its own, and a source is never asked
twice at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from monitor.core import schedule, shown
from monitor.core.aftermath import after_poll
from monitor.core.asking import Ask
from monitor.core.brandnames import names_of, sought
from monitor.core.brands import Matcher
from monitor.core.intake import Intake, originals_of, take_in, with_reposts
from monitor.core.polling import FetchFailed, PageIntent, PollIntent, RawItem, SourceState
from monitor.core.settings import Settings, SourceSettings
from monitor.core.streams import Beside
from monitor.ports import Clock, FeedReader, Fetcher, Store, Telemetry
from monitor.sources.kind import Kind
from monitor.sources.registry import KINDS
from monitor.stages.ledger import Ledger
from monitor.stages.pages import Brought, Chain, Polled, host_of
from monitor.stages.running import Run, cancelled

log = structlog.get_logger()


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
        kinds: Mapping[str, Kind] = KINDS,
        ledger: Ledger | None = None,
        matcher: Matcher | None = None,
        beside: Callable[[str], Beside] = lambda _: Beside(),
    ) -> None:
        """`beside` says what a stream of a source brought since it was last asked."""
        self.settings = settings
        self._beside = beside
        self._matcher = matcher or Matcher(settings.brands)
        self._store = store
        self._fetcher = fetcher
        self._reader = reader
        self._db = db
        self._clock = clock
        self._jitter = jitter
        self._telemetry = telemetry
        self._wake = wake
        self._kinds = kinds
        self._ledger = ledger or Ledger()
        self._running: dict[int, asyncio.Task[None]] = {}
        #: By host, until when it asked to be left alone, and which source it told so.
        self._pauses: dict[str, tuple[datetime, str]] = {}

    async def start(self, now: datetime) -> None:
        """Make the sources of the database those of the configuration."""
        pushed = self.settings.push_token is not None
        await self._db(self._store.sync_sources, self.settings.sources, now=now, pushed=pushed)

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
        await asyncio.gather(*(self.poll(state, now) for state in states))

    async def close(self) -> None:
        """End the polls in flight; what they would have brought is asked for again."""
        await cancelled(self._running.values())
        self._running.clear()

    async def poll(self, state: SourceState, now: datetime) -> None:
        """Ask one source and write what came of it."""
        source = self.settings.source(state.name)
        if source is None or not self._kinds[source.kind].polled:
            return
        # Written before the request: a crash in the middle must not become a hammer.
        await self._db(self._store.reserve_poll, state.id, until=now + source.pace)
        started = self._clock()
        waiting: list[RawItem] = []
        polled = await self._chain(state, source, waiting).run()
        ended = self._clock()
        beside = self._beside(source.name)
        polled = replace(polled, new=polled.new + beside.new)
        planned = self._plan(source, polled, beside.note, at=ended)
        if planned.pause_host_until:
            self._pauses[self._host(source)] = planned.pause_host_until, source.name
        taken = await self._take_in(source, polled.last, waiting, ended)
        planned = self._paused(source, planned)
        intent = self._intent(source, polled, planned, taken, at=ended, seconds=ended - started)
        new = await self._db(self._store.record_poll, intent)
        if planned.pause_host_until:
            await self._db(self._pause_host, source, planned.pause_host_until)
        self._tell(intent, polled, new)

    def _chain(self, state: SourceState, source: SourceSettings, waiting: list[RawItem]) -> Chain:
        kind = self._kinds[source.kind]
        given = kind.names_brands
        return Chain(
            kind=kind,
            source=source,
            state=state,
            fetcher=self._fetcher,
            reader=self._reader,
            keep=partial(self._keep, source, waiting),
            clock=self._clock,
            ledger=self._ledger,
            brands=names_of(self.settings.brands, only=source.brands) if given else {},
            sought="" if given else sought(self.settings.brands, source),
        )

    def _plan(
        self, source: SourceSettings, polled: Polled, beside: str, *, at: datetime
    ) -> schedule.Plan:
        planned = schedule.plan(
            polled.state,
            polled.answer,
            every=source.every,
            now=at,
            jitter=self._jitter(),
            ttl=polled.ttl,
            floor=source.floor,
            peace=polled.peace,
        )
        left = f"more to read at the next poll: {polled.left}" if polled.left else ""
        told = (planned.reason, left, polled.warning, beside)
        return replace(planned, reason="; ".join(filter(None, told)))

    def _paused(self, source: SourceSettings, planned: schedule.Plan) -> schedule.Plan:
        """What the host said to another source while this one was being asked holds for it too."""
        pause = self._pauses.get(self._host(source)) if self._pauses else None
        if pause is None or planned.next_poll_at is None or pause[0] <= planned.next_poll_at:
            return planned
        until, by = pause
        note = schedule.put_off(planned.reason, until=until, by=by)
        return replace(planned, next_poll_at=until, reason=note)

    def _pause_host(self, source: SourceSettings, until: datetime) -> None:
        """A host that asked us to wait is asked by none of its sources."""
        host = self._host(source)
        for state in self._store.source_states():
            other = self.settings.source(state.name)
            if other and other != source and self._host(other) == host and _is_due(state, until):
                note = schedule.put_off(state.note, until=until, by=source.name)
                self._store.reserve_poll(state.id, until=until, note=note)

    def _host(self, source: SourceSettings) -> str:
        """Whom a source asks."""
        query = source.query[0] if source.query else ""
        now = self._clock()
        ask = Ask(url=source.url, query=query, cursor="", since=None, now=now)
        return host_of(self._kinds[source.kind].ask(ask))

    async def _keep(self, source: SourceSettings, waiting: list[RawItem], brought: Brought) -> int:
        """Store a page while the poll goes on."""
        at = self._clock()
        taken = await self._take_in(source, brought, waiting, at)
        intent = PageIntent(
            source=brought.state,
            at=at,
            mentions=taken.mentions,
            owned=taken.owned,
            deleted=brought.document.deleted,
            renames=self._kinds[source.kind].renames,
        )
        new = await self._db(self._store.record_page, intent)
        self._count(source.name, intent, new)
        return new

    def _intent(
        self,
        source: SourceSettings,
        polled: Polled,
        planned: schedule.Plan,
        taken: Intake,
        *,
        at: datetime,
        seconds: timedelta,
    ) -> PollIntent:
        state = after_poll(polled.state, polled.answer, planned, now=at, ttl=polled.ttl)
        listed = shown.after(polled.answer, polled.ids, before=state.shown)
        return PollIntent(
            source=replace(state, shown=listed.digest),
            at=at,
            outcome=planned.outcome,
            status=polled.answer.status,
            seconds=seconds.total_seconds(),
            items=polled.items,
            changed=listed.changed,
            new=polled.new,
            mentions=taken.mentions,
            owned=taken.owned,
            deleted=polled.last.document.deleted if polled.last else (),
            renames=self._kinds[source.kind].renames,
            listed=state.shown,
        )

    async def _take_in(
        self,
        source: SourceSettings,
        brought: Brought | None,
        waiting: list[RawItem],
        at: datetime,
    ) -> Intake:
        """`waiting`: reposts of the pages before, whose originals may stand on this one."""
        if brought is None:
            return Intake()
        taken = take_in(
            brought.document.items,
            source,
            matcher=self._matcher,
            first_poll=brought.first,
            seen_until=brought.seen_until,
            now=at,
        )
        wanted = originals_of(taken.reposts)
        of = brought.state.id
        stored = await self._db(self._store.originals, of, wanted) if wanted else ()
        taken = replace(taken, reposts=(*waiting, *taken.reposts))
        taken = with_reposts(taken, stored, matcher=self._matcher, now=at)
        waiting[:] = (replace(one, title=None, text="") for one in taken.reposts)
        return taken

    def _count(self, name: str, intent: PageIntent | PollIntent, new: int) -> None:
        self._telemetry.mentioned(name, [mention.brand for mention in intent.mentions][:new])
        if new:
            self._wake()

    def _tell(self, intent: PollIntent, polled: Polled, new: int) -> None:
        name = intent.source.name
        self._telemetry.polled(name, intent.outcome, intent.seconds)
        self._count(name, intent, new)
        failed = isinstance(polled.answer, FetchFailed)
        # What a poll left out is known from the log too, not only until the next poll.
        tells = failed or polled.warning
        (log.warning if failed else log.info)(
            "poll",
            source=name,
            outcome=intent.outcome,
            status=intent.status,
            items=intent.items,
            new=intent.new + new,
            note=intent.source.note if tells else None,
        )


def _is_due(state: SourceState, until: datetime) -> bool:
    return state.next_poll_at is not None and state.next_poll_at < until
