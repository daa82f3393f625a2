"""How far one story has come: its mentions, when and where they were said, and by whom.

It begins with the first mention that holds something against the brand. What was said of the
subject before is talk: who praised an app a week ago is no voice in the scandal about it, and the
clock does not start there. While nothing is alleged all counts. In whatever order mentions come,
as they are seen or, after a restart, as they were said, they add up to the same. Bounded memory,
but for the ids; does not read what is said (see `readings`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.distinct import Distinct
from monitor.core.people import People
from monitor.core.speakers import place
from monitor.core.timeline import Timeline
from monitor.core.types import Mention

#: Talk that is remembered in case that something is alleged before it, the last to come.
MAX_TALK = 1000


@dataclass(frozen=True, slots=True)
class _Talk:
    """A mention that holds nothing against the brand, without its words."""

    mention: Mention
    wording: str | None

    @classmethod
    def of(cls, mention: Mention, wording: str | None) -> _Talk:
        return cls(replace(mention, title=None, text=""), wording)


class Extent:
    """Counts of one story; merges with another one."""

    def __init__(self) -> None:
        self._clear()
        #: When something was first held against the brand.
        self.begun: datetime | None = None
        #: Until then all talk; from then on that from before, which is not counted.
        self._talk: deque[_Talk] = deque(maxlen=MAX_TALK)

    def _clear(self) -> None:
        #: What is counted.
        self.ids: set[int] = set()
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

    def add(self, mention: Mention, wording: str | None, *, alleges: bool) -> None:
        """Count a mention, unless it is talk from before the story began.

        A repost has no `wording`: it says nothing of its own.
        """
        said = _Talk.of(mention, wording)
        if alleges:
            self._begin(mention.at)
        elif self.begun is None:
            self._talk.append(said)
        self._hear((said,))

    def absorb(self, other: Extent) -> None:
        """Add all that `other` counted, but for what was talk before the two began."""
        if other.begun is not None:
            self._begin(other.begun)
        if self.begun is None or other.begun is not None or other._is_since(self.begun):
            self._add_up(other)
        if self.begun is None:
            self._talk += other._talk
        elif other.begun is not None or not other._is_since(self.begun):
            self._hear(other._talk)

    def _is_since(self, begun: datetime) -> bool:
        return self.first is None or self.first >= begun

    def _add_up(self, other: Extent) -> None:
        self.ids |= other.ids
        self.mentions += other.mentions
        self.reposts += other.reposts
        self.times.absorb(other.times)
        self.people.absorb(other.people)
        self.sources.absorb(other.sources)
        self.placed.absorb(other.placed)
        if other.first and other.last and other.first_seen:
            self._span(other.first, other.last, other.first_seen, other.kinds)

    def _begin(self, at: datetime) -> None:
        """Something was held against the brand by then: talk counts from there on."""
        if self.begun is not None and at >= self.begun:
            return
        talk, is_first = list(self._talk), self.begun is None
        self._talk.clear()
        self.begun = at
        if is_first and self._is_since(at):
            return
        if is_first:
            self._clear()
        self._hear(talk)

    def _hear(self, said: Iterable[_Talk]) -> None:
        """Count what is no talk from before it began, and keep that in mind."""
        for one in said:
            if self.begun is not None and one.mention.at < self.begun:
                self._talk.append(one)
            else:
                self._count(one.mention, one.wording)

    def _count(self, mention: Mention, wording: str | None) -> None:
        self.ids.add(mention.id)
        self.mentions += 1
        self.reposts += mention.repost_of is not None
        self.times.add(mention.at.timestamp())
        self.people.meet(mention)
        self.sources.add(mention.source)
        if wording is not None:
            # A wire story in many papers is spread, one text from many accounts of a site is not.
            self.placed.add(f"{wording}\n{place(mention)}")
        self._span(mention.at, mention.at, mention.seen_at, {mention.kind: mention.seen_at})

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
