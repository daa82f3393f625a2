"""Finds out every day what is large for a brand, and how its stories grow.

What it comes to is in `core.outlook`. Does not forecast any story.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.growth import GrowthModel
from monitor.core.outlook import Outlook
from monitor.ports import Store
from monitor.stages.running import Run

#: How often it is found out.
MEASURE_EVERY = timedelta(days=1)


class Measuring:
    """Learns from the stories in the database."""

    def __init__(self, *, growth: GrowthModel, store: Store, db: Run) -> None:
        #: As it was found last.
        self.outlook = Outlook(model=growth)
        self._store = store
        self._db = db
        self._measured_at: datetime | None = None

    async def measure(self, now: datetime) -> None:
        """Find it out anew, if that is due."""
        if self._measured_at is None or now - self._measured_at >= MEASURE_EVERY:
            self._measured_at = now
            self.outlook = await self._db(self._learnt)

    def _learnt(self) -> Outlook:
        return self.outlook.learnt(self._store.story_sizes(), self._store.past_stories())
