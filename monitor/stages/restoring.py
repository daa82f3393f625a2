"""Keeps the tracker in step with the database: at a start, and when others have changed it.

Reads only. Does not file or judge what it brings back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count

from monitor.core.filing import Remembered, Repaired
from monitor.core.types import Mention
from monitor.ports import Store
from monitor.stages.running import Run
from monitor.stages.smoulder import PAST
from monitor.stages.tracker import Tracker

#: How far back stories are rebuilt at the start.
MEMORY = timedelta(days=7)


class Restoring:
    """Reads stories from the database again."""

    def __init__(self, *, tracker: Tracker, store: Store, db: Run) -> None:
        self._tracker = tracker
        self._store = store
        self._db = db
        #: Ids for new stories and incidents, that nobody else has given.
        self.story_ids: Iterator[int] = count(1)
        self.incident_ids: Iterator[int] = count(1)

    async def start(self, now: datetime) -> None:
        """Rebuild the stories of the last days, if that was not done yet."""
        if not self._tracker.is_restored:
            # Asked first: a repair that comes meanwhile is taken over once more, and no harm done.
            self._tracker.last_repair = (await self._db(self._store.repairs_since, 0)).last
            past = await self._db(lambda: list(self._store.past_days(now - PAST)))
            remembered = await self._db(lambda: list(self._store.remembered(now - MEMORY)))
            self._tracker.smoulder(past, remembered)
            self._tracker.naming.restore(await self._db(self._store.name_shares))
            apart = await self._db(self._store.kept_apart)
            self._tracker.restore(remembered, apart=apart)

    async def count_on(self) -> None:
        """Go on behind the ids that were given."""
        self.story_ids = count(await self._db(self._store.next_story_id))
        self.incident_ids = count(await self._db(self._store.next_incident_id))

    def repaired(self) -> Repaired:
        """The repairs that the tracker does not know of; runs where the store runs."""
        return self._store.repairs_since(self._tracker.last_repair)

    async def follow_repairs(self, outdated: Iterable[int] = ()) -> None:
        """Let the tracker follow what people, in another process, did to the grouping.

        The stories concerned are read from the database again, as at a start, and with them those
        that are `outdated` because what became of them here was not written.
        """
        repaired = await self._db(self.repaired)
        stories = {*repaired.stories, *outdated}
        if not stories:
            return
        remembered = await self._db(self._remembered_of, stories)
        apart = await self._db(self._store.kept_apart)
        self._tracker.reload(stories, remembered, apart=apart)
        self._tracker.last_repair = repaired.last
        await self.count_on()

    async def follow_edits(self, mentions: Sequence[Mention]) -> None:
        """Make room for these, which are about to be filed.

        An edited post stays in its story, which is counted anew without what it said before. What
        was edited is doubted anew once it is read; what is deleted is quoted nowhere.
        """
        edited = {m.story_id: m.brand for m in mentions if m.story_id is not None}
        for story_id, brand in edited.items():
            await recall(self._tracker, story_id, brand, store=self._store, db=self._db)
        await self._db(self._forget_changed)

    def _forget_changed(self) -> None:
        doubts = self._tracker.doubts
        doubts.forget(self._store.changed(doubts.mentions))

    def _remembered_of(self, stories: Collection[int]) -> list[Remembered]:
        return list(self._store.remembered_of(stories))


async def recall(tracker: Tracker, story_id: int, brand: str, *, store: Store, db: Run) -> None:
    """Read a story from the database as it is there, whether or not it is in mind."""
    remembered = await db(lambda: list(store.remembered_of([story_id])))
    incident = await db(store.incident_of, story_id)
    tracker.recall(story_id, remembered, brand=brand, incident=incident)
