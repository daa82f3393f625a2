"""The side of the store by which the tracker is remembered: mentions, stories and incidents.

Changes nothing and opens nothing: `store.SqliteStore` is the one that does, and builds on it. Only
says which statement answers; the statements are in `store_memory` and beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from monitor.adapters import store_burns, store_echoes, store_memory, store_past, store_regroup
from monitor.adapters.connect import Connection
from monitor.core.burns import PastDay
from monitor.core.echoes import Count
from monitor.core.filing import Placed, Remembered, Repaired
from monitor.core.shares import Share
from monitor.core.types import Evidence, Incident, Mention, Part


class Recall:
    """The questions of `ports.Store` about what was filed before."""

    _connection: Connection

    def remembered(self, since: datetime) -> Iterable[Remembered]:
        return store_memory.remembered(self._connection, since)

    def remembered_of(self, stories: Collection[int]) -> Iterable[Remembered]:
        return store_memory.remembered_of(self._connection, stories)

    def remembered_one(self, mention_id: int) -> Remembered | None:
        return store_memory.remembered_one(self._connection, mention_id)

    def has_mentions(self, mention_ids: Collection[int]) -> bool:
        return store_memory.has_mentions(self._connection, mention_ids)

    def changed(self, mentions: Sequence[Mention]) -> frozenset[int]:
        return store_memory.changed(self._connection, mentions)

    def past_days(self, since: datetime) -> Iterable[PastDay]:
        return store_burns.past_days(self._connection, since)

    def counts_since(self, when: datetime) -> tuple[tuple[int, Count], ...]:
        return store_echoes.since(self._connection, when)

    def name_shares(self) -> dict[str, Share]:
        return store_memory.name_shares(self._connection)

    def story_sizes(self) -> tuple[tuple[str, int, int], ...]:
        return store_memory.story_sizes(self._connection)

    def past_stories(self) -> Iterable[tuple[str, tuple[float, ...]]]:
        return store_past.past_stories(self._connection)

    def placed(self, mention_ids: Sequence[int]) -> tuple[Placed, ...]:
        return store_burns.placed(self._connection, mention_ids)

    def repairs_since(self, last: int) -> Repaired:
        return store_regroup.repairs_since(self._connection, last)

    def kept_apart(self) -> tuple[tuple[int, int], ...]:
        return store_regroup.kept_apart(self._connection)

    def survivor_of(self, incident_id: int) -> int | None:
        return store_regroup.survivor_of(self._connection, incident_id)

    def next_story_id(self) -> int:
        return store_memory.next_id(self._connection, "stories")

    def next_incident_id(self) -> int:
        return store_memory.next_id(self._connection, "incidents")

    def live_incidents(self) -> tuple[Incident, ...]:
        return store_memory.live_incidents(self._connection)

    def incident(self, incident_id: int) -> Incident | None:
        return store_memory.incident(self._connection, incident_id)

    def evidence(self, incident_id: int, limit: int) -> tuple[Evidence, ...]:
        return store_memory.evidence(self._connection, incident_id, limit)

    def since_told(self, incident_id: int) -> tuple[int, Evidence | None]:
        return store_memory.since_told(self._connection, incident_id)

    def parts(self, incident_id: int) -> tuple[Part, ...]:
        return store_memory.parts(self._connection, incident_id)

    def story_of(self, incident_id: int) -> int | None:
        return store_memory.story_of(self._connection, incident_id)

    def incident_of(self, story_id: int) -> int | None:
        return store_memory.incident_of(self._connection, story_id)
