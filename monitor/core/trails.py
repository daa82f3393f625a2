"""How far each name of a source was asked for: cursors, and chains of pages that span polls.

Does not ask, nor know what a cursor means: each kind of source has words of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.polling import FeedDocument

#: What was said so shortly before a chain began may not have been shown to it: servers index late,
#: and their clocks differ from ours.
MARGIN = timedelta(hours=1)
#: A longer cursor is no cursor.
MAX_CURSOR = 10_000
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trail:
    """How far one name was asked for. A chain is complete when a page says there is no more."""

    #: In words of the kind; empty before the first page.
    cursor: str = ""
    #: When the chain in hand was begun, maybe polls ago; None between chains.
    began: datetime | None = None
    #: When the last complete chain was begun: all before was seen. None: the first is in hand.
    done: datetime | None = None
    #: When it was last asked for, well or ill.
    asked: datetime | None = None
    #: What the last complete chain looked for (see `brandnames.sought`); empty: not known.
    sought: str = ""

    def looks_for_more(self, sought: str) -> bool:
        """Whether brands or names were changed since: what is found now may have been there."""
        return bool(self.sought and sought and self.sought != sought)

    def begun(self, now: datetime) -> Trail:
        """As it stands when a page is asked for."""
        return replace(self, began=self.began or now, asked=now)

    def since(self, backfill: timedelta | None) -> datetime | None:
        """Give the earliest time that is wanted of the chain in hand; None: all there is."""
        if self.done is not None:
            return self.done - MARGIN
        if backfill is None or self.began is None:
            return None
        return self.began - backfill

    def after(self, document: FeedDocument, *, sought: str = "") -> Trail:
        """As it stands when a page was read."""
        cursor = self.cursor if document.cursor is None else document.cursor
        if document.more:
            return replace(self, cursor=cursor)
        return replace(self, cursor=cursor, began=None, done=self.began, sought=sought)


def read(text: str, *, names: Iterable[str], last_success_at: datetime | None) -> dict[str, Trail]:
    """Read what `written` wrote: a trail for each of `names`, new ones for new names.

    A source that was polled before it had cursors has seen all that it showed until then.
    """
    known = json.loads(text) if text else {}
    fresh = Trail() if text else Trail(done=last_success_at)
    return {name: _trail(known[name]) if name in known else fresh for name in names}


def written(trails: Mapping[str, Trail]) -> str:
    """Trails as the JSON that is stored with the source."""
    rows = {name: _row(trail) for name, trail in trails.items()}
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def in_turn(trails: Mapping[str, Trail]) -> list[str]:
    """Names, the one that was not asked for longest first; ties as configured."""
    return sorted(trails, key=lambda name: trails[name].asked or _NEVER)


def _row(trail: Trail) -> dict[str, str]:
    times = {"began": trail.began, "done": trail.done, "asked": trail.asked}
    said = {name: time.isoformat() for name, time in times.items() if time is not None}
    sought = {"sought": trail.sought} if trail.sought else {}
    return {"cursor": trail.cursor} | said | sought


def _trail(row: Mapping[str, Any]) -> Trail:
    def time(name: str) -> datetime | None:
        return datetime.fromisoformat(row[name]) if name in row else None

    return Trail(
        cursor=row["cursor"],
        began=time("began"),
        done=time("done"),
        asked=time("asked"),
        sought=row.get("sought", ""),
    )
