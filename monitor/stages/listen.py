"""A stream beside the polls of a source: connect, take in what it says, connect again.

It makes sooner what the polls bring anyway, and says what was edited or deleted; nothing hangs on
it. The place of the polls is not moved, a post that both bring is known by its native id, and
after each connection the source is polled at once, for what was said while nobody listened. Does
not decide when to connect again (see `core.streams`).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from monitor.core import streams
from monitor.core.humanize import compact
from monitor.core.intake import take_in
from monitor.core.polling import FetchFailed, PageIntent, Request, SourceHealth, SourceState
from monitor.core.settings import SourceSettings
from monitor.core.streams import Beside
from monitor.errors import StreamError
from monitor.ports import Frames
from monitor.sources.kind import bearer
from monitor.sources.streaming import Live
from monitor.stages.follow import AT_ONCE, WITHIN, Tools
from monitor.stages.sieve import Catch, Sieve

log = structlog.get_logger()

#: To find what is deleted among all that is stored takes a while: it is done no oftener.
DELETE_EVERY = timedelta(seconds=10)
#: Deletions that wait for that; most are of posts that never concerned us.
MOST_DELETED = 10_000
#: Polls that connections may ask for, however often they break off.
POLL_EVERY = timedelta(minutes=1)
#: After a server said often enough that it has no such stream.
GIVEN_UP = timedelta(hours=6)


class Listener:
    """Listens to the stream of one source."""

    def __init__(self, source: SourceSettings, live: Live, *, tools: Tools) -> None:
        #: Told with the next poll.
        self._beside = Beside(note="no stream yet")
        self._source = source
        self._url = live.ask(source.url)
        self._streaming = live.streaming(source.url)
        self._sieve = Sieve(
            self._streaming,
            tools.matcher,
            source=source.name,
            lets_all=source.assume_brand,
        )
        self._tools = tools
        #: Of failures to connect; never stored, the state of the source is that of its polls.
        self._state = SourceState(id=0, name=source.name, kind=source.kind, url=self._url)
        self._deleted: set[str] = set()
        self._delete_due: datetime | None = None
        self._polled_at: datetime | None = None

    def told(self) -> Beside:
        """How it stands, and what was new since the last time."""
        beside, self._beside = self._beside, replace(self._beside, new=0)
        return beside

    async def run(self) -> None:
        """Listen for good."""
        while True:
            await self.connect()
            due = self._state.next_poll_at or self._tools.clock() + GIVEN_UP
            await self._tools.sleep(max(0.0, (due - self._tools.clock()).total_seconds()))

    async def connect(self) -> None:
        """Listen to one connection to its end."""
        self._since = self._tools.clock()
        self._heard = self._garbled = 0
        try:
            async with self._tools.events.open(
                self._request(),
                subprotocols=self._streaming.subprotocols,
                largest_frame=self._streaming.largest_frame,
            ) as frames:
                await self._poll_now()
                await self._read(frames)
        except StreamError as e:
            self._broken(e)
        finally:
            await self._blank()

    def _request(self) -> Request:
        token = self._source.token.reveal() if self._source.token else ""
        return bearer(Request(url=self._url), token)

    async def _poll_now(self) -> None:
        """What was said while nobody listened is read by a poll, if the source is well."""
        now = self._tools.clock()
        if self._polled_at is not None and now - self._polled_at < POLL_EVERY:
            return
        state = await self._stored()
        if state is not None and state.state is SourceHealth.HEALTHY and state.last_success_at:
            soonest = max(now, state.last_success_at + self._source.floor)
            if state.next_poll_at is None or soonest < state.next_poll_at:
                await self._tools.db(self._tools.store.reserve_poll, state.id, until=soonest)
            self._polled_at = now

    async def _stored(self) -> SourceState | None:
        states = await self._tools.db(self._tools.store.source_states)
        return next((state for state in states if state.name == self._source.name), None)

    async def _read(self, frames: Frames) -> None:
        alive_at = self._tools.clock()
        while True:
            taken = await frames.take(within=WITHIN, most=AT_ONCE)
            now = self._tools.clock()
            if taken:
                alive_at = now
                await self._take_in(self._sieve.sift(taken, now=now), now)
            elif now - alive_at >= self._streaming.silence:
                raise StreamError(f"nothing was said for {compact(now - alive_at)}")
            if self._delete_due is not None and now >= self._delete_due:
                await self._blank()
            await asyncio.sleep(0)  # events that wait already are taken without a pause

    async def _take_in(self, catch: Catch, now: datetime) -> None:
        self._well(catch, now)
        room = MOST_DELETED - len(self._deleted)
        self._deleted.update(sorted(catch.deleted)[:room])
        if self._deleted and self._delete_due is None:
            self._delete_due = now + DELETE_EVERY
        if catch.posts:
            await self._write(catch, now)

    def _well(self, catch: Catch, now: datetime) -> None:
        if self._state.failures:
            self._state = streams.connected(self._state, now=now)
        self._heard += catch.heard
        self._garbled += catch.garbled
        seconds = max(1.0, (now - self._since).total_seconds())
        unread = f", {self._garbled} events could not be read" if self._garbled else ""
        note = f"stream connected; {self._heard / seconds:.1f} posts a second{unread}"
        self._beside = replace(self._beside, note=note)

    async def _write(self, catch: Catch, now: datetime) -> None:
        state = await self._stored()
        if state is None:
            return
        tools = self._tools
        taken = take_in(
            catch.posts.values(), self._source, matcher=tools.matcher, first_poll=False, now=now
        )
        page = PageIntent(
            source=state, at=now, mentions=taken.mentions, owned=taken.owned, moves=False
        )
        new = await tools.db(tools.store.record_page, page)
        if new:
            self._beside = replace(self._beside, new=self._beside.new + new)
            brands = [mention.brand for mention in taken.mentions][:new]
            tools.telemetry.mentioned(self._source.name, brands)
            tools.wake()

    async def _blank(self) -> None:
        """Blank what was deleted since the last time, as far as it is stored."""
        names, self._deleted, self._delete_due = self._deleted, set(), None
        state = await self._stored() if names else None
        if state is not None:
            page = PageIntent(
                source=state,
                at=self._tools.clock(),
                deleted_pages=tuple(sorted(names)),
                moves=False,
            )
            await self._tools.db(self._tools.store.record_page, page)

    def _broken(self, error: StreamError) -> None:
        now = self._tools.clock()
        failure = FetchFailed(reason=str(error), status=error.status, headers=error.headers)
        intent = streams.broken(
            self._state,
            failure,
            now=now,
            since=self._since,
            jitter=self._tools.jitter(),
            heard=self._heard,
            new=0,
        )
        self._state = intent.source
        self._beside = replace(self._beside, note=f"no stream: {self._state.note}")
        log.warning("stream", source=self._source.name, note=self._beside.note)
