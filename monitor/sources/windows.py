"""Searches that can be bounded by time, read from the newest second down to a floor.

A page is asked for by its upper bound, the oldest second of the page before, and not by a number:
what is added or deleted meanwhile moves nothing from one page to another. The bound is inclusive,
so posts of that second come twice and none is lost. The cursor is small JSON: `floor`, and while
a chain of pages is under way `top`, its newest second, and `at`, the bound.

Does not fetch, nor know how a service is told the bounds (see `paging` for lists that have none).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.asking import Ask
from monitor.core.polling import FeedDocument
from monitor.sources import jsonvalues

#: Shown when more posts bear one second than a page holds.
CROWDED = "more posts of one second than a page holds: some of them were not seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """What is asked for next, both bounds in seconds since 1970 and inclusive."""

    floor: int
    #: None: from the newest on.
    at: int | None = None
    #: The newest second of the chain, 0 before its first page.
    top: int = 0

    def kept(self) -> str:
        return jsonvalues.kept(floor=self.floor, at=self.at, top=self.top or None)


def window(ask: Ask) -> Window:
    """Where to go on; down to `since` if nothing is known."""
    kept = jsonvalues.cursor(ask.cursor)
    floor = jsonvalues.count(kept, "floor")
    if floor is None:
        floor = max(0, int(ask.since.timestamp())) if ask.since else 0
    at = jsonvalues.count(kept, "at")
    return Window(floor=floor, at=at, top=jsonvalues.count(kept, "top") or 0)


def step(
    document: FeedDocument,
    ask: Ask,
    *,
    dates: Iterable[datetime | None],
    last: bool,
    full: bool,
    late: timedelta,
) -> FeedDocument:
    """Give the page with its cursor, and whether there is a further one.

    `dates` are those of all the posts of the page; `last` says that nothing lies below, `full`
    that the page holds no more. Posts may appear `late` after the date they bear: the next chain
    goes down that much further.
    """
    here = window(ask)
    # A clock ahead of ours must not lift the floor above what is still to come.
    seconds = [int(min(date, ask.now).timestamp()) for date in dates if date is not None]
    # Later pages may bring newer posts (a cache, a chain that was cut off), but not all of them.
    top = here.top if here.at is not None else max(seconds, default=0)
    if last or min(seconds, default=here.floor) < here.floor:
        floor = max(here.floor, top - int(late.total_seconds()))
        return replace(document, cursor=Window(floor=floor).kept())
    if not seconds:
        return _broken_off(document, here)
    at, warning = _bound(here, seconds, full=full)
    cursor = replace(here, top=top, at=at).kept()
    return replace(document, cursor=cursor, more=True, warning=warning or document.warning)


def _broken_off(document: FeedDocument, here: Window) -> FeedDocument:
    """Nothing, where the posts of the bound should be: not believed, all is read once more."""
    return replace(document, cursor=Window(floor=here.floor).kept())


def _bound(here: Window, seconds: list[int], *, full: bool) -> tuple[int, str | None]:
    """The next upper bound, and what is lost by it."""
    oldest, newest = min(seconds), max(seconds)
    if here.at is None or oldest < here.at:
        return oldest, None
    # Later than asked for: an answer to another question (a cache), so it is asked once more.
    if newest > here.at:
        return here.at, None
    return here.at - 1, CROWDED if full else None
