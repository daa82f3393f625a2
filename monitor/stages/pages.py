"""One poll as a chain of pages: each name in turn | fetch | read | handed on, page by page.

Does not decide when to poll, nor store: `keep` is given each page but the last, which is left to
the caller, to be stored with the outcome of the poll.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from monitor.core import schedule, trails
from monitor.core.asking import Ask, Page
from monitor.core.polling import (
    FeedDocument,
    Fetched,
    FetchFailed,
    FetchResult,
    SourceState,
)
from monitor.core.settings import SourceSettings
from monitor.core.trails import MAX_CURSOR, Trail
from monitor.errors import FeedError
from monitor.ports import Clock, FeedReader, Fetcher
from monitor.sources.kind import Kind, request
from monitor.stages.ledger import Account, Ledger

log = structlog.get_logger()

#: Seconds of peace that are waited for within a poll; who asks for more ends it.
PATIENCE = 30.0
#: Nothing was asked.
USED_UP = FetchFailed(reason="what the server lets us ask is used up")
#: Refusals that may be due to a cursor that is too old.
_CURSOR_REFUSED = frozenset({400, 404, 410, 422})
#: Refusals of what was asked for, which say nothing about the other names.
_NAME_REFUSED = _CURSOR_REFUSED | {414}


@dataclass(frozen=True, kw_only=True, slots=True)
class Brought:
    """One page that was read, to be stored."""

    document: FeedDocument
    #: With the cursor after this page.
    state: SourceState
    #: The first chain of this name is in hand, or of other brands: what is old in it is history.
    first: bool
    #: When all of it was last seen; None: never.
    seen_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Polled:
    """What one poll came to."""

    #: The last answer, or the first failure.
    answer: FetchResult
    #: With the cursors as they stand now.
    state: SourceState
    #: The last page, not yet stored.
    last: Brought | None = None
    #: Items of all pages, and new mentions of those that are stored.
    items: int = 0
    new: int = 0
    #: Native ids of those items.
    ids: frozenset[str] = frozenset()
    #: How long the server asked to be left alone.
    peace: timedelta | None = None
    #: What was not read of a page that was read all the same.
    warning: str = ""
    #: Names that have more to read at the next poll.
    left: int = 0

    @property
    def ttl(self) -> timedelta | None:
        """How often the document says that it wants to be asked."""
        seconds = self.last.document.ttl_seconds if self.last else None
        return None if seconds is None else timedelta(seconds=seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """What became of one request."""

    trail: Trail
    answer: FetchResult
    document: FeedDocument | None = None
    #: Seconds of peace that the server asked for, whatever else it said.
    wait: float = 0.0

    @property
    def failed(self) -> bool:
        return isinstance(self.answer, FetchFailed)

    @property
    def goes_on(self) -> bool:
        """There is a further page, and it is another one."""
        return bool(
            self.document and self.document.more and self.document.cursor != self.trail.cursor
        )


@dataclass(kw_only=True, slots=True)
class Chain:
    """The pages of one poll of one source."""

    kind: Kind
    source: SourceSettings
    state: SourceState
    fetcher: Fetcher
    reader: FeedReader
    keep: Callable[[Brought], Awaitable[int]]
    clock: Clock
    ledger: Ledger = field(default_factory=Ledger)
    #: See `Ask.brands`.
    brands: Mapping[str, str] = field(default_factory=dict)
    #: See `Trail.looks_for_more`; empty for a kind that shows nothing twice.
    sought: str = ""
    _trails: dict[str, Trail] = field(default_factory=dict)
    _wait: float = 0.0

    async def run(self) -> Polled:
        """Ask for one page of each name in turn, until all is read or enough is asked."""
        self._trails = trails.read(
            self.state.cursor,
            names=self.source.query or ("",),
            last_success_at=self.state.last_success_at,
        )
        turn = deque(trails.in_turn(self._trails))
        polled = Polled(answer=FetchFailed(reason="not asked"), state=self.state)
        for number in range(max(self.kind.pages, len(turn))):
            polled = await self._kept(polled)
            name = turn.popleft()
            step = await self._step(name)
            turn += [name] if step.goes_on else []
            polled = self._counted(polled, name, step, is_first=number == 0)
            if not turn or _ends(step):
                break
        return replace(polled, left=len(turn))

    async def _kept(self, polled: Polled) -> Polled:
        """Store what was read before more is asked for: a crash must cost one page at most."""
        if polled.last is None:
            return polled
        new = await self.keep(polled.last)
        return replace(polled, last=None, new=polled.new + new)

    def _counted(self, polled: Polled, name: str, step: _Step, *, is_first: bool) -> Polled:
        was = step.trail
        is_new = was.done is None or was.looks_for_more(self.sought)
        read = step.document and was.after(step.document, sought=self.sought)
        self._trails[name] = read or was
        state = replace(self.state, cursor=trails.written(self._trails))
        document = step.document
        failed = isinstance(polled.answer, FetchFailed) and not is_first
        return replace(
            polled,
            answer=polled.answer if failed else step.answer,
            state=state,
            last=Brought(
                document=document, state=state, first=is_new, seen_until=self._seen_until(was)
            )
            if document
            else None,
            items=polled.items + (len(document.items) if document else 0),
            ids=polled.ids.union(item.native_id for item in document.items)
            if document
            else polled.ids,
            peace=timedelta(seconds=step.wait) if step.wait else None,
            warning=(document.remark if document else "") or polled.warning,
        )

    async def _step(self, name: str) -> _Step:
        """Ask for the next page of one name; afresh if its cursor is refused."""
        trail = self._trails[name].begun(self.clock())
        step = await self._asked(name, trail)
        if trail.cursor and _status(step) in _CURSOR_REFUSED:
            again = await self._asked(name, replace(trail, cursor=""))
            # If it is refused without a cursor too, the cursor was not what is wrong.
            step = step if again.failed else again
        return step

    async def _asked(self, name: str, trail: Trail) -> _Step:
        try:
            return await self._fetched(name, trail)
        except Exception as e:
            # Whatever a source sends, it costs that source alone; the traceback is for us.
            log.exception("poll failed", source=self.source.name)
            failure = FetchFailed(reason=f"internal error: {type(e).__name__}")
            return _Step(trail=trail, answer=failure)

    async def _fetched(self, name: str, trail: Trail) -> _Step:
        ask = self._ask(name, trail)
        token = self.source.token.reveal() if self.source.token else ""
        asked = request(self.kind, ask, self._state_for(trail), token=token)
        account = (host_of(asked.url), token)
        wait = self.ledger.wait(account, now=ask.now)
        if wait.total_seconds() > PATIENCE:
            return _Step(trail=trail, answer=USED_UP, wait=wait.total_seconds())
        pause = max(asked.pause, timedelta(seconds=self._wait), wait)
        answer = await self.ledger.fetch(
            self.fetcher, replace(asked, pause=pause), account, clock=self.clock
        )
        answer = self._known(answer)
        self._wait = self._longer(account)
        if not isinstance(answer, Fetched):
            return _Step(trail=trail, answer=answer, wait=self._wait)
        # An address that holds a credential is not for the process that reads.
        url = self.kind.ask(ask) if token else answer.url
        page = Page(body=answer.body, headers=answer.headers, url=url, ask=ask)
        return await self._read(page, answer, trail)

    def _seen_until(self, trail: Trail) -> datetime | None:
        """What did not change was seen again at each poll, though nothing was read."""
        if trail.done is None:
            return None
        last = self.state.last_success_at if self.kind.conditional else None
        return max(trail.done, last or trail.done)

    def _state_for(self, trail: Trail) -> SourceState:
        """What did not change since may name what is looked for only now: all is asked for."""
        if not trail.looks_for_more(self.sought):
            return self.state
        return replace(self.state, etag=None, last_modified=None)

    def _longer(self, account: Account) -> float:
        """Seconds until more may be asked, if that is too long for this poll."""
        wait = self.ledger.wait(account, now=self.clock()).total_seconds()
        return wait if wait > PATIENCE else 0.0

    def _ask(self, name: str, trail: Trail) -> Ask:
        moved = self.state.moved_url if self.kind.moves else None
        return Ask(
            url=moved or self.source.url,
            query=name,
            cursor=trail.cursor,
            since=trail.since(self.source.backfill),
            now=self.clock(),
            brands=self.brands,
        )

    def _known(self, answer: FetchResult) -> FetchResult:
        """Forget what only holds for a source that is one document at one address."""
        if isinstance(answer, FetchFailed) or (self.kind.moves and self.kind.conditional):
            return answer
        dropped = set() if self.kind.conditional else {"etag", "last-modified"}
        headers = {name: value for name, value in answer.headers.items() if name not in dropped}
        moved_to = answer.moved_to if self.kind.moves else None
        return replace(answer, headers=headers, moved_to=moved_to)

    async def _read(self, page: Page, answer: Fetched, trail: Trail) -> _Step:
        try:
            document = await self.reader.read(self.kind.name, page)
            _check_cursor(document)
        except FeedError as e:
            failure = schedule.unreadable(answer, str(e))
            return _Step(trail=trail, answer=failure, wait=e.wait_seconds or self._wait)
        self._wait = max(self._wait, document.wait_seconds or 0.0)
        return _Step(trail=trail, answer=answer, document=document, wait=self._wait)


def host_of(address: str) -> str:
    """Host and port; a local file is a host of its own."""
    return urlsplit(address).netloc.rpartition("@")[2] or address


def _check_cursor(document: FeedDocument) -> None:
    if len(document.cursor or "") > MAX_CURSOR:
        raise FeedError(f"the answer gives a cursor of more than {MAX_CURSOR} characters")


def _ends(step: _Step) -> bool:
    """Whether the other names had better wait for the next poll."""
    if step.wait > PATIENCE:
        return True
    status = _status(step)
    return step.failed and not (status in _NAME_REFUSED or 200 <= (status or 0) < 300)


def _status(step: _Step) -> int | None:
    return step.answer.status if isinstance(step.answer, FetchFailed) else None
