"""One stream: connect, read, write, and connect again where it broke off.

Does not sift (see `sieve`), nor decide when to connect again (see `core.streams`). A server that
says nothing for long is taken for dead: the whole of a network is never silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from monitor.core import streams
from monitor.core.asking import Ask
from monitor.core.brands import Matcher
from monitor.core.humanize import compact
from monitor.core.polling import (
    FetchFailed,
    PageIntent,
    PollIntent,
    Request,
    SourceHealth,
    SourceState,
)
from monitor.core.settings import SourceSettings
from monitor.errors import StreamError
from monitor.ports import Clock, Frames, Store, Stream, Telemetry
from monitor.sources.kind import Kind
from monitor.sources.streaming import Streaming
from monitor.stages.keep import page_of
from monitor.stages.running import Run
from monitor.stages.sieve import Catch, Sieve

log = structlog.get_logger()

#: Seconds from a post to its row, at most, while the database keeps up.
WITHIN = 0.25
#: Frames that are read in one go: so long the other loops wait.
AT_ONCE = 128
#: How often the place is written while nothing concerns us.
PLACE_EVERY = timedelta(seconds=5)
#: How often a row says that all is well; or each `every`, if that is less.
ROW_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What every follower works with."""

    matcher: Matcher
    store: Store
    stream: Stream
    #: Streams over HTTP.
    events: Stream
    db: Run
    clock: Clock
    jitter: Callable[[], float]
    telemetry: Telemetry
    wake: Callable[[], None]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(slots=True)
class _Row:
    """What the next row of `polls` tells."""

    since: datetime
    heard: int = 0
    garbled: int = 0
    new: int = 0


class Follower:
    """Follows one stream."""

    def __init__(
        self,
        source: SourceSettings,
        state: SourceState,
        *,
        kind: Kind,
        streaming: Streaming,
        tools: Tools,
    ) -> None:
        self.state = state
        self._source = source
        self._kind = kind
        self._streaming = streaming
        self._tools = tools
        self._sieve = Sieve(streaming, tools.matcher, source=source.name)
        self._begin()

    async def run(self) -> None:
        """Follow it for good, or until the server has said often enough that it is gone."""
        while self.state.state is not SourceHealth.DISABLED:
            await self._rest()
            await self.connect()

    async def connect(self, *, until: datetime | None = None) -> None:
        """Read one connection to its end; with `until`, to that time or until it is live."""
        self._begin()
        try:
            async with self._open() as frames:
                await self._read(frames, until)
        except StreamError as e:
            await self._broken(e)

    def _begin(self) -> None:
        self._row = _Row(self._tools.clock())
        self._row_due: datetime | None = None
        self._place_due: datetime | None = None
        self._is_first = self.state.last_success_at is None

    async def _rest(self) -> None:
        """Wait as long as the last failure asks for, also after a restart."""
        due = self.state.next_poll_at
        if self.state.failures and due is not None:
            await self._tools.sleep(max(0.0, (due - self._tools.clock()).total_seconds()))

    def _open(self) -> AbstractAsyncContextManager[Frames]:
        now = self._tools.clock()
        since = streams.beginning(self.state, backfill=self._source.backfill, now=now)
        url = self._source.url or self._kind.home
        ask = Ask(url=url, query="", cursor=self.state.cursor, since=since, now=now)
        return self._tools.stream.open(
            Request(url=self._kind.ask(ask)),
            subprotocols=self._streaming.subprotocols,
            largest_frame=self._streaming.largest_frame,
        )

    async def _read(self, frames: Frames, until: datetime | None) -> None:
        heard_at = self._tools.clock()
        while True:
            taken = await frames.take(within=WITHIN, most=AT_ONCE)
            now = self._tools.clock()
            catch = self._sieve.sift(taken, now=now)
            self._row.heard += catch.heard
            self._row.garbled += catch.garbled
            if catch.position is not None:
                heard_at = now
                await self._keep(catch, catch.position, now)
            elif now - heard_at >= self._streaming.silence:
                raise StreamError(f"nothing was said for {compact(now - heard_at)}")
            if catch.farewell is not None:
                raise catch.farewell
            if until and (now >= until or streams.is_live(catch.at, now=now)):
                return
            await asyncio.sleep(0)  # frames that wait already are taken without a pause

    async def _keep(self, catch: Catch, position: int, now: datetime) -> None:
        """Write what concerns us, and the place after it; the place alone only now and then."""
        self.state = replace(self.state, cursor=self._streaming.cursor(position))
        is_due = self._place_due is None or now >= self._place_due
        if is_due or not catch.is_empty:
            written, new = await self._tools.db(self._write, catch, now, always=is_due)
            self._count(written, new)
            self._place_due = now + PLACE_EVERY if written else self._place_due
        if self._row_due is None or now >= self._row_due:
            await self._well(catch.at, now)

    def _write(
        self, catch: Catch, now: datetime, *, always: bool
    ) -> tuple[PageIntent | None, int]:
        page = page_of(
            catch,
            self.state,
            self._source,
            store=self._tools.store,
            matcher=self._tools.matcher,
            is_first=self._is_first,
            now=now,
        )
        if always or page.mentions or page.owned or page.deleted:
            return page, self._tools.store.record_page(page)
        return None, 0

    def _count(self, written: PageIntent | None, new: int) -> None:
        if written is None or not new:
            return
        self._row.new += new
        brands = [mention.brand for mention in written.mentions][:new]
        self._tools.telemetry.mentioned(self._source.name, brands)
        self._tools.wake()

    async def _well(self, at: datetime | None, now: datetime) -> None:
        intent = streams.flowing(
            self.state,
            every=self._source.every,
            now=now,
            since=self._row.since,
            at=at,
            heard=self._row.heard,
            garbled=self._row.garbled,
            new=self._row.new,
        )
        await self._say(intent)
        self._row_due = now + min(self._source.every, ROW_EVERY)

    async def _broken(self, error: StreamError) -> None:
        now = self._tools.clock()
        if self.state.cursor and self._streaming.forgot(error.status, error.body):
            log.warning("stream forgot our place", source=self._source.name, said=str(error))
            self.state = replace(self.state, cursor="")
            await self._tools.db(
                self._tools.store.record_page, PageIntent(source=self.state, at=now)
            )
            return
        failure = FetchFailed(reason=str(error), status=error.status, headers=error.headers)
        intent = streams.broken(
            self.state,
            failure,
            now=now,
            since=self._row.since,
            jitter=self._tools.jitter(),
            heard=self._row.heard,
            new=self._row.new,
        )
        await self._say(intent)

    async def _say(self, intent: PollIntent) -> None:
        """Write how it stands, and begin to count anew."""
        await self._tools.db(self._tools.store.record_poll, intent)
        self.state = intent.source
        self._row = _Row(intent.at)
        self._tools.telemetry.polled(self._source.name, intent.outcome, intent.seconds)
        say = log.info if intent.outcome == "ok" else log.warning
        say(
            "stream",
            source=self._source.name,
            outcome=intent.outcome,
            heard=intent.items,
            new=intent.new,
            note=intent.source.note,
        )
