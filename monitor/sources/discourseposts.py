"""The newest posts of a Discourse forum, read by id from the newest down: `/posts.json?before=`.

An answer holds the posts of 50 ids up to `before`, without those that the public may not see, so
it may be empty while older ones exist. The cursor is small JSON: `floor`, the id up to which all
has been read; while a chain of pages is under way `at`, the next `before`, and `top`, its newest
id.

Does not read the posts themselves (see `discourse`).
https://docs.discourse.org/#tag/Posts/operation/listPosts
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.asking import Ask
from monitor.core.polling import FeedDocument
from monitor.sources import jsonvalues

#: Ids of one answer. Also how many are read twice: ids are given before posts can be seen.
SPAN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """How far a chain of pages has come."""

    floor: int | None = None
    at: int | None = None
    top: int = 0

    def kept(self) -> str:
        return jsonvalues.kept(floor=self.floor, at=self.at, top=self.top or None)


def place(ask: Ask) -> Place:
    """Where to go on; empty at the very first."""
    kept = jsonvalues.cursor(ask.cursor)
    return Place(
        floor=jsonvalues.count(kept, "floor"),
        at=jsonvalues.count(kept, "at"),
        top=jsonvalues.count(kept, "top") or 0,
    )


def step(
    document: FeedDocument, ask: Ask, *, ids: list[int], oldest: datetime | None
) -> FeedDocument:
    """Give the page with its cursor; `oldest` is the date of its oldest post."""
    here = place(ask)
    # Later pages may bring newer posts (a cache, a chain that was cut off), but not all of them.
    top = here.top if here.at is not None else max(ids, default=0)
    at = _next(here, ids)
    if at is None or _reaches(here, at, ask.since, oldest):
        done = max(top, here.floor or 0)
        return replace(document, cursor=Place(floor=done or None).kept())
    return replace(document, cursor=Place(floor=here.floor, at=at, top=top).kept(), more=True)


def _next(here: Place, ids: list[int]) -> int | None:
    """The next `before`; None if there is nothing to go on from."""
    if here.at is None:
        return min(ids, default=None)
    if max(ids, default=0) > here.at:
        # An answer to another question (a cache): asked once more.
        return here.at
    lowest = min(ids, default=here.at)
    return lowest if lowest < here.at else here.at - SPAN + 1


def _reaches(here: Place, at: int, since: datetime | None, oldest: datetime | None) -> bool:
    if at <= 1:
        return True
    if here.floor is not None:
        return at <= here.floor - SPAN
    return since is not None and oldest is not None and oldest < since
