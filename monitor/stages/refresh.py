"""The refresh loop: posts of open incidents | ask for their counts again | one Reread.

Does not decide when (see `core.rereading`). Polls come first: a source that fails or asks us to
slow down is not asked for counts, and one request of a source is made at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from monitor.core import rereading
from monitor.core.asking import Ask, Page, Posts
from monitor.core.polling import Fetched, FetchFailed, Request, Reread, SourceHealth, SourceState
from monitor.core.rereading import Followed
from monitor.core.settings import Settings, SourceSettings
from monitor.errors import FeedError
from monitor.ports import Clock, FeedReader, Fetcher, Store
from monitor.sources.kind import Kind, Refresh
from monitor.sources.registry import KINDS
from monitor.stages.ledger import Ledger
from monitor.stages.pages import host_of
from monitor.stages.running import Run

log = structlog.get_logger()

#: How often it is looked who is due, and how long a source is left alone after a failure.
LOOK_EVERY = timedelta(seconds=30)
LEAVE_ALONE = timedelta(minutes=15)
#: A page that is not there is taken for deleted only if it is still not there so much later.
GONE_AFTER = timedelta(hours=1)
#: How servers say that a page is not there.
_NOT_THERE = frozenset({404, 410})


class Refreshing:
    """Reads the counts of posts again while they matter."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        fetcher: Fetcher,
        reader: FeedReader,
        ledger: Ledger,
        db: Run,
        clock: Clock,
    ) -> None:
        self.settings = settings
        self._store = store
        self._fetcher = fetcher
        self._reader = reader
        self._ledger = ledger
        self._db = db
        self._clock = clock
        self._not_before: dict[int, datetime] = {}
        #: Since when posts are not there: source and native id.
        self._missing: dict[tuple[str, str], datetime] = {}
        self._looked_at: datetime | None = None

    async def step(self, now: datetime) -> bool:
        """One request for each source that has posts due."""
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        for state in await self._db(self._store.source_states):
            source = self.settings.source(state.name)
            refresh = KINDS[source.kind].refresh if source else None
            if source and refresh and self._may_ask(state, now):
                await self._refresh(state, source, refresh, now)
        return False

    def _may_ask(self, state: SourceState, now: datetime) -> bool:
        is_well = state.state is SourceHealth.HEALTHY
        return is_well and now >= self._not_before.get(state.id, now)

    async def _refresh(
        self, state: SourceState, source: SourceSettings, refresh: Refresh, now: datetime
    ) -> None:
        known = await self._db(self._store.followed, state.id)
        due = rereading.due(known, now=now, most=refresh.at_once)
        if not due:
            return
        try:
            intent = await self._reread(state, source, refresh, due)
        except FeedError as e:
            wait = max(LEAVE_ALONE, timedelta(seconds=e.wait_seconds or 0))
            self._not_before[state.id] = now + wait
            log.warning("counts not read", source=source.name, reason=str(e))
            return
        except Exception:
            # As in a poll: whatever a source sends, it costs that source alone.
            self._not_before[state.id] = now + LEAVE_ALONE
            log.exception("counts not read", source=source.name)
            return
        await self._db(self._store.record_reread, intent)

    async def _reread(
        self,
        state: SourceState,
        source: SourceSettings,
        refresh: Refresh,
        due: tuple[Followed, ...],
    ) -> Reread:
        """Ask and read; `FeedError` for whatever goes wrong."""
        posts = tuple((post.native_id, post.url) for post in due)
        url = refresh.ask(source.url, posts)
        counts = await self._counts(source, url, posts) if url else {}
        asked = tuple(native_id for native_id, _ in posts)
        return Reread(source_id=state.id, at=self._clock(), asked=asked, counts=counts)

    async def _counts(
        self, source: SourceSettings, url: str, posts: Posts
    ) -> Mapping[str, Mapping[str, float] | None]:
        kind = KINDS[source.kind]
        answer = await self._ask(kind, source, url)
        if isinstance(answer, FetchFailed):
            return self._not_there(source, answer, posts)
        self._missing.pop((source.name, posts[0][0]), None)
        ask = Ask(url=source.url, query="", cursor="", since=None, now=self._clock())
        page = Page(body=answer.body, headers=answer.headers, url=url, ask=ask)
        return await self._reader.counts(kind.name, page, posts)

    def _not_there(
        self, source: SourceSettings, answer: FetchFailed, posts: Posts
    ) -> Mapping[str, Mapping[str, float] | None]:
        """A post that has a page of its own and is not there any more: deleted, if that lasts.

        What a passing 404 hides must not be forgotten, nor must one post hold up all others.
        """
        if answer.status not in _NOT_THERE or len(posts) > 1:
            raise FeedError(answer.reason)
        now, name = self._clock(), posts[0][0]
        since = self._missing.setdefault((source.name, name), now)
        return {name: None} if now - since >= GONE_AFTER else {}

    async def _ask(self, kind: Kind, source: SourceSettings, url: str) -> Fetched | FetchFailed:
        """In turn with the polls of the host, within what the server allows the account."""
        token = source.token.reveal() if source.token else ""
        request = Request(url=url, headers={"Accept": kind.accept}, pause=kind.pause)
        request = kind.authorise(request, token) if token else request
        account = (host_of(request.url), token)
        if self._ledger.wait(account, now=self._clock()):
            return FetchFailed(reason="what the server lets us ask is nearly used up")
        answer = await self._ledger.fetch(self._fetcher, request, account, clock=self._clock)
        if isinstance(answer, Fetched | FetchFailed):
            return answer
        return FetchFailed(reason="the server says that nothing changed")
