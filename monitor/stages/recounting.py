"""Looks for stories whose posts are passed on and answered, though nothing new was posted.

Counts are read by others (see `refresh`, `push`); what they come to is in `core.echoes`. Does not
judge what it finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.ports import Store
from monitor.stages.running import Run
from monitor.stages.tracker import Tracker

#: How often it is looked, and how far back: what was taken already changes nothing, and of what is
#: pushed some comes late.
LOOK_EVERY = timedelta(minutes=5)
LOOK_BACK = timedelta(hours=1)


class Recounting:
    """Tells the tracker what was counted lately."""

    def __init__(self, *, tracker: Tracker, store: Store, db: Run) -> None:
        self._tracker = tracker
        self._store = store
        self._db = db
        self._looked_at: datetime | None = None
        self._owed: Sequence[int] = ()

    async def grown(self, now: datetime) -> Sequence[int]:
        """The stories that have grown by it since they were last named here."""
        owed, self._owed = self._owed, ()
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return [story_id for story_id in owed if self._tracker.knows(story_id)]
        self._looked_at = now
        counted = await self._db(self._store.counts_since, now - LOOK_BACK)
        grown = dict.fromkeys((*owed, *self._tracker.recount(counted)))
        return [story_id for story_id in grown if self._tracker.knows(story_id)]

    def owe(self, stories: Sequence[int]) -> None:
        """What became of these was not written: they are named once more, grown or not."""
        self._owed = stories
