"""Lists read forward by ids that hold the time they were made at.

Mastodon's ids are milliseconds since 1970, then 16 bits that tell posts apart
(https://github.com/mastodon/mastodon/blob/main/lib/mastodon/snowflake.rb); a post that arrives
late gets the id of the time it was written at. So what was read is safe only up to a while before
it was read, and a chain of pages begins there. Servers that speak the same interface may have
other ids: those are taken as they are.

The cursor is small JSON: `safe`, up to which nothing will be missing; `top`, the last id that was
read; `most`, the size of the largest page so far; and while a chain is under way `id`, where it
goes on.

Does not fetch, and does not know what the ids are of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.asking import Ask
from monitor.core.polling import FeedDocument
from monitor.sources import jsonvalues
from monitor.sources.jsonvalues import Row

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
#: A number below is no time: the ids of old servers were counted.
_FIRST_TIMED = 1 << 48


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How far a list has been read."""

    safe: str = ""
    top: str = ""
    at: str = ""
    most: int = 0

    def kept(self) -> str:
        return jsonvalues.kept(
            safe=self.safe or None,
            top=self.top or None,
            id=self.at or None,
            most=self.most or None,
        )


def valid(row: Row) -> str | None:
    """The id of a post, if it is one."""
    name = jsonvalues.text(row, "id")
    return name if _ID.fullmatch(name) else None


def past(row: Row, *, now: datetime) -> str | None:
    """Such an id, unless its time is still to come: nothing would ever be after it."""
    name = valid(row)
    limit = int(first(int((now + timedelta(days=1)).timestamp())))
    is_past = name is not None and (not name.isdecimal() or int(name) <= limit)
    return name if is_past else None


def first(second: int) -> str:
    """The lowest id of a second since 1970."""
    return str(second * 1000 << 16)


def after(ask: Ask) -> str:
    """The id after which to read on."""
    place = _place(ask)
    return place.at or place.safe


def _place(ask: Ask) -> Place:
    kept = jsonvalues.cursor(ask.cursor)
    since = first(max(0, int(ask.since.timestamp()))) if ask.since else "0"
    return Place(
        safe=jsonvalues.text(kept, "safe") or since,
        top=jsonvalues.text(kept, "top"),
        at=jsonvalues.text(kept, "id"),
        most=jsonvalues.count(kept, "most") or 0,
    )


def step(
    document: FeedDocument, ask: Ask, *, ids: Iterable[str | None], usual: int, late: timedelta
) -> FeedDocument:
    """Give the page with its cursor; posts may be `late` by that much.

    `usual` is the size from which on a page is taken for full; so is one that is as large as the
    largest, since some servers give less, and the very first. A page that does not reach what was
    known is not the last, whatever its size.
    """
    known = [name for name in ids if name]
    place = _place(ask)
    if not known:
        return replace(document, cursor=replace(place, at="").kept())
    if min(map(_order, known)) <= _order(after(ask)):
        # An answer to another question (a cache): asked once more.
        return replace(document, cursor=place.kept(), more=True)
    here = max(known, key=_order)
    is_full = len(known) >= min(usual, place.most)
    more = is_full or _order(here) < _order(place.top)
    reached = Place(
        safe=_safe(place, here, ask.now - late),
        top=max(place.top, here, key=_order),
        at=here if more else "",
        most=max(place.most, len(known)),
    )
    return replace(document, cursor=reached.kept(), more=more)


def _safe(place: Place, here: str, until: datetime) -> str:
    """Up to `until` nothing was missing, if nothing was before this page."""
    if place.at and _order(place.at) > _order(place.safe):
        return place.safe
    if not here.isdecimal() or int(here) < _FIRST_TIMED:
        return here
    return max(place.safe, min(here, first(int(until.timestamp())), key=_order), key=_order)


def _order(name: str) -> tuple[int, str]:
    """Later ids are longer, or later in the alphabet."""
    return len(name), name
