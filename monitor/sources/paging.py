"""Lists that begin with the newest, read page by page down to what was read before.

The cursor is small JSON: `floor`, up to when all has been read; `known`, whether the list ever had
a post; and while a chain of pages is under way `top`, the newest post of its first page, `at`,
where the list goes on, and `seen`, how many posts have come. Times are those of the server, in
seconds since 1970, so that our clock does not matter. The floor is a time and no id: the post that
bears the id may be deleted, and a list asked from there would be empty for ever.

Does not fetch, nor know how a service says where its list goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.polling import FeedDocument
from monitor.sources import jsonvalues
from monitor.sources.kind import Ask

#: Shown when a list ends above its floor because it is never longer.
CUT = "the list is not long enough: posts older than it shows were not seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Descent:
    """How far a chain of pages has come."""

    floor: int | None = None
    #: The list has had posts.
    known: bool = False
    top: int | None = None
    at: str = ""
    seen: int = 0
    #: The chain before broke off where nothing should end. A second time is taken for the end.
    again: bool = False

    def kept(self) -> str:
        return jsonvalues.kept(
            floor=self.floor,
            known=self.known or None,
            top=self.top,
            at=self.at or None,
            seen=self.seen or None,
            again=self.again or None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Depth:
    """How a list is read."""

    #: A list shows no more than about this many.
    posts: int
    #: Posts may appear in the list this long after the date they bear.
    late: timedelta


def descent(ask: Ask) -> Descent:
    """Where to go on; from the newest post down to `since` if nothing is known."""
    kept = jsonvalues.cursor(ask.cursor)
    floor = jsonvalues.whole(kept, "floor")
    if floor is None and ask.since is not None:
        floor = int(ask.since.timestamp())
    return Descent(
        floor=floor,
        known=jsonvalues.flag(kept, "known"),
        top=jsonvalues.whole(kept, "top"),
        at=jsonvalues.text(kept, "at"),
        seen=jsonvalues.count(kept, "seen") or 0,
        again=jsonvalues.flag(kept, "again"),
    )


def turn(
    document: FeedDocument, ask: Ask, *, dates: Sequence[datetime | None], at: str, depth: Depth
) -> FeedDocument:
    """Give the page with its cursor, and whether there is a further one.

    `dates` are those of all the posts of the page, removed ones too, None where it is unknown or
    not in order; `at` says where the list goes on, empty at its end.
    """
    before = descent(ask)
    seconds = [int(min(date, ask.now).timestamp()) for date in dates if date is not None]
    here = replace(
        before,
        known=before.known or bool(dates),
        # Later pages may bring newer posts (the chain was interrupted), but not all of them.
        top=max(seconds, default=None) if before.seen == 0 else before.top,
        at=at,
        seen=before.seen + len(dates),
    )
    if _reaches(before.floor, seconds, depth):
        return _done(document, here)
    # Twice: a list that never ends, or never leaves its first page, must not keep us for ever.
    if dates and at and here.seen < 2 * depth.posts:
        return replace(document, cursor=here.kept(), more=True)
    is_cut = here.seen >= 0.9 * depth.posts
    if breaks_off(ask, dates) and not is_cut:
        cursor = Descent(floor=here.floor, known=here.known, again=True).kept()
        return replace(document, cursor=cursor, more=True)
    warning = CUT if is_cut and here.floor is not None else document.warning
    return _done(replace(document, warning=warning), here)


def breaks_off(ask: Ask, posts: Sequence[object]) -> bool:
    """Whether an empty page is not to be believed, but all to be read once more.

    A list goes on from a post; if that is deleted meanwhile, some servers answer with nothing.
    """
    before = descent(ask)
    return not posts and before.seen > 0 and not before.again


def _reaches(floor: int | None, seconds: list[int], depth: Depth) -> bool:
    """Strictly before the floor: several posts may bear the second of the floor."""
    return floor is not None and min(seconds, default=floor) < floor - depth.late.total_seconds()


def _done(document: FeedDocument, here: Descent) -> FeedDocument:
    """The chain is complete; a floor never falls, whatever the dates say."""
    seconds = [second for second in (here.floor, here.top) if second is not None]
    cursor = Descent(floor=max(seconds, default=None), known=here.known).kept()
    return replace(document, cursor=cursor)
