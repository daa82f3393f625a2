"""What a page is asked with, and what came: the values between the poll loop and a kind of source.

Does not ask, nor read (see `monitor.sources.kind`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

#: (native id, address) of posts that are stored.
Posts = Sequence[tuple[str, str | None]]


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
    #: Nothing older is wanted: until the first chain of pages is complete, the configured
    #: `backfill` before it began; from then on, a little before the last complete chain began, so
    #: that a lost cursor loses nothing else. None: all that there is.
    since: datetime | None
    now: datetime
    #: What records may call the brands they are about (`brandnames.names_of`), for a kind whose
    #: records do. Empty: not known.
    brands: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One answer, and what it answers."""

    body: bytes
    #: Names in lower case.
    headers: Mapping[str, str]
    #: After redirects, without credentials.
    url: str
    #: What it was asked with.
    ask: Ask
