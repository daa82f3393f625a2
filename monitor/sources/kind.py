"""What a kind of source is: how to ask, and how to read what comes.

Does no I/O and names no kind (see `registry`). A poll is a chain of pages: `ask` makes the address
of a page from the cursor alone, `read` gives its items and the cursor after it. Both are stored in
one transaction, page by page, so a poll that is cut off goes on where it was. Reading happens in a
process that knows no secret: `authorise` adds the credentials just before a request goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from monitor.core.aftermath import asks_in_full
from monitor.core.asking import Ask, Page, Posts
from monitor.core.polling import FeedDocument, Request, SourceState

__all__ = ["Ask", "Kind", "Page", "Posts", "Reader", "Refresh", "bearer", "request"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refresh:
    """How posts are read again."""

    #: How many posts one request can ask for.
    at_once: int
    #: The address, from that of the source; empty: none of them can be asked for.
    ask: Callable[[str, Posts], str]
    #: Counts of the posts that the answer speaks of, by native id; None: deleted. `FeedError` as
    #: `Reader`.
    read: Callable[[Page, Posts], Mapping[str, Mapping[str, float] | None]]


class Reader(Protocol):
    """Reads one page.

    Raises `FeedError` for what is not an answer of this kind (also if it came as HTTP 200), and
    nothing else but `MemoryError`.
    """

    def __call__(self, page: Page) -> FeedDocument: ...


def _as_it_is(request: Request, _: str) -> Request:
    return request


def _all_names(_: str, names: tuple[str, ...], __: bool) -> tuple[str, ...]:  # noqa: FBT001
    return names


def _no_complaint(_: str) -> str:
    return ""


def bearer(request: Request, token: str) -> Request:
    """RFC 6750, section 2.1."""
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of source."""

    name: str
    #: The address of the next page. Never one that an answer gave: only parts of it (an id, a
    #: number, a date), checked by `read`.
    ask: Callable[[Ask], str]
    read: Reader
    #: Where it is asked unless the configuration says; empty: it must say.
    home: str = ""
    #: Asked once for each alias; else once, for whatever there is, and matched here.
    searches: bool = True
    #: Which names are asked for, each by itself, from (the configured address, the names of the
    #: brands, whether there is a token). Empty: once, for whatever there is. An empty name among
    #: others asks for whatever there is beside them.
    queries: Callable[[str, tuple[str, ...], bool], tuple[str, ...]] = _all_names
    accept: str = "application/json"
    #: Adds the configured `token`, if there is one.
    authorise: Callable[[Request, str], Request] = _as_it_is
    #: Refuses to work without a `token`.
    needs_token: bool = False
    #: Never asked sooner, whatever the configuration says: the server's published limit.
    floor: timedelta = timedelta(seconds=1)
    #: Whether validators (ETag, Last-Modified) are sent.
    conditional: bool = False
    #: Pages of one poll at most; what is left is asked for at the next.
    pages: int = 10
    #: Between two requests of one poll.
    pause: timedelta = timedelta(seconds=1)
    #: Its terms, if a person must agree to them before it is asked; shown by `monitor check`.
    notice: str = ""
    #: False: it comes by itself (a stream, a push), so that nobody polls it.
    polled: bool = True
    #: The configured address may be a path of this machine.
    local: bool = False
    #: The configured address is the very one that is asked: if it moves for good, so do we.
    moves: bool = False
    #: Its servers may give all their entries new ids, as feeds do when their software changes.
    renames: bool = False
    #: Its records may say which brand they are about; `Ask.brands` says which there are.
    names_brands: bool = False
    #: Says in plain words what is wrong with a configured address; empty: nothing.
    complaint: Callable[[str], str] = _no_complaint

    #: Reads posts again, for their counts.
    refresh: Refresh | None = None

    @property
    def takes_token(self) -> bool:
        return self.authorise is not _as_it_is


def request(kind: Kind, ask: Ask, state: SourceState, *, token: str = "") -> Request:
    """Ask for a page, the credentials added last.

    Validators are sent where the kind knows them, so that what did not change does not come
    again; once in a while all of it is asked for, whatever the server thinks we know.
    """
    headers = {"Accept": kind.accept}
    if kind.conditional and not asks_in_full(state, now=ask.now):
        headers |= {"If-None-Match": state.etag} if state.etag else {}
        headers |= {"If-Modified-Since": state.last_modified} if state.last_modified else {}
    plain = Request(url=kind.ask(ask), headers=headers, pause=kind.pause)
    return kind.authorise(plain, token) if token else plain
