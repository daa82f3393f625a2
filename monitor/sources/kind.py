"""What a kind of source is: how to ask, and how to read what comes.

Does no I/O and names no kind (see `registry`). A poll is a chain of pages: `ask` makes the address
of a page from the cursor alone, `read` gives its items and the cursor after it. Both are stored in
one transaction, page by page, so a poll that is cut off goes on where it was. Reading happens in a
process that knows no secret: `authorise` adds the credentials just before a request goes out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.polling import FeedDocument, Request


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What is known when a page is asked for."""

    #: As configured, or the home of the kind.
    url: str
    #: A name to search for, as exact words. Each alias of the brands of the source is asked for by
    #: itself, and has a cursor of its own; empty for a kind that does not search.
    query: str
    #: As the page before left it, in this poll or in the last; empty at the very first.
    cursor: str
    #: Nothing older is wanted at the first poll; None: all that there is.
    since: datetime | None
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One answer, and what it answers."""

    body: bytes
    #: Names in lower case.
    headers: dict[str, str]
    #: After redirects, without credentials.
    url: str
    #: What it was asked with.
    ask: Ask


class Reader(Protocol):
    """Reads one page.

    Raises `FeedError` for what is not an answer of this kind (also if it came as HTTP 200), and
    nothing else but `MemoryError`.
    """

    def __call__(self, page: Page) -> FeedDocument: ...


def _as_it_is(request: Request, _: str) -> Request:
    return request


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
