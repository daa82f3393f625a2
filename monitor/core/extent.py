"""How far one story has come: its mentions, when and where they were said, and by whom.

It begins with the first mention that holds something against the brand. What was said of the
subject before is talk: who praised an app a week ago is no voice in the scandal about it, and the
clock does not start there. While nothing is alleged all counts. Bounded memory; does not read
what is said (see `readings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from monitor.core.distinct import Distinct
from monitor.core.people import People
from monitor.core.speakers import place
from monitor.core.timeline import Timeline
from monitor.core.types import Mention


class Extent:
    """Counts of one story; merges with another one."""

    def __init__(self) -> None:
        self._clear()
        #: When something was first held against the brand.
        self.begun: datetime | None = None

    def _clear(self) -> None:
        #: What is counted, by id; what is said again after an edit stands there again.
        self.ids: list[int] = []
        self.mentions = self.reposts = 0
        self.times = Timeline()
        self.people = People()
        #: Sources, and texts told apart by place.
        self.sources, self.placed = Distinct(), Distinct()
        #: Kind of source to when the first mention from it was seen.
        self.kinds: dict[str, datetime] = {}
        #: Said first and last, and first seen; None without a mention.
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.first_seen: datetime | None = None

    def add(self, mention: Mention, *, alleges: bool) -> bool:
        """Count a mention; False if it is talk from before the story began."""
        if alleges:
            self._begin(mention.at)
        elif self.begun is not None and mention.at < self.begun:
            return False
        self.ids.append(mention.id)
        self.mentions += 1
        self.reposts += mention.repost_of is not None
        self.times.add(mention.at.timestamp())
        self.people.meet(mention)
        self.sources.add(mention.source)
        self._span(mention.at, mention.at, mention.seen_at, {mention.kind: mention.seen_at})
        return True

    def put(self, wording: str, mention: Mention) -> None:
        """Note where a text stands.

        A wire story in many papers is spread, one text from many accounts of a site is not.
        """
        self.placed.add(f"{wording}\n{place(mention)}")

    def absorb(self, other: Extent) -> None:
        """Add all that `other` counted, but for what was talk before the two began."""
        if other.begun is not None:
            self._begin(other.begun)
        elif self.begun is not None and other.first is not None and other.first < self.begun:
            return
        self.ids += other.ids
        self.mentions += other.mentions
        self.reposts += other.reposts
        self.times.absorb(other.times)
        self.people.absorb(other.people)
        self.sources.absorb(other.sources)
        self.placed.absorb(other.placed)
        if other.first and other.last and other.first_seen:
            self._span(other.first, other.last, other.first_seen, other.kinds)

    def _begin(self, at: datetime) -> None:
        """Something is held against the brand: what was counted from before it was talk."""
        if self.begun is None and self.first is not None and self.first < at:
            self._clear()
        self.begun = _earlier(at, self.begun)

    def _span(
        self, first: datetime, last: datetime, seen: datetime, kinds: Mapping[str, datetime]
    ) -> None:
        self.first = _earlier(first, self.first)
        self.last = max(last, self.last or last)
        self.first_seen = _earlier(seen, self.first_seen)
        for kind, at in kinds.items():
            self.kinds[kind] = _earlier(at, self.kinds.get(kind))


def _earlier(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else min(one, other)
