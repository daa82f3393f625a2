"""What the assess loop keeps in mind: stories, their tallies, and the incidents they became.

Does not read or write the database; it is rebuilt from it at the start. Deterministic: the same
mentions in the same order give the same stories.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.apart import Apart
from monitor.core.burns import Burn, PastDay
from monitor.core.echoes import Count, counts_of
from monitor.core.filing import Filed, Remembered
from monitor.core.meaning import Mean, meaning_of
from monitor.core.slowburn import SlowBurn
from monitor.core.stories import Merge, Stories
from monitor.core.tally import Tally
from monitor.core.types import Mention, Verdict
from monitor.core.volume import Surprise, Volume
from monitor.stages.doubts import Doubts
from monitor.stages.naming import Naming
from monitor.stages.sides import Sides
from monitor.stages.smoulder import Smoulder
from monitor.stages.tracked import Joined, TrackedStory, counts

#: Two stories.
Pair = tuple[int, int]


class Tracker:
    """Files mentions to stories and keeps their tallies."""

    def __init__(self, *, stories: Stories, volume: Volume, slow: SlowBurn | None = None) -> None:
        self._stories = stories
        self._volume = volume
        self._smoulder = Smoulder(slow)
        self._tracked: dict[int, TrackedStory] = {}
        #: Those of them that became incidents: few, and asked for more often than all.
        self._alerted: dict[int, TrackedStory] = {}
        self.sides = Sides(stories, self._alerted)
        self.is_restored = False
        #: Number of the newest repair that is taken into account here.
        self.last_repair = 0
        #: What a mention was to the volume of its brand, until the batch is written: one that has
        #: to be taken back must not be learnt twice.
        self._unwritten: dict[int, Surprise] = {}
        #: (brand, native id) -> story and verdict, for reposts, and the mentions that have it:
        #: two sources may list one article, or count their posts from 1 each.
        self._known: dict[tuple[str, str], tuple[int, Verdict, tuple[int, ...]]] = {}
        self.naming = Naming()
        self.doubts = Doubts()

    def restore(self, remembered: Iterable[Remembered], *, apart: Iterable[Pair] = ()) -> None:
        """Rebuild from what was filed before, in the order in which it was.

        `apart` are pairs of stories that are never to be joined.
        """
        self.is_restored = True
        self._stories.apart = Apart(apart)
        for one in remembered:
            self._volume.learn(one.mention.brand, one.mention.at)
            self._restore(one)

    def reload(
        self, stories: Iterable[int], remembered: Iterable[Remembered], *, apart: Iterable[Pair]
    ) -> None:
        """Rebuild these stories alone, as somebody else has changed them; they may be gone."""
        for story_id in stories:
            self._drop(story_id)
        self._forget_dropped()
        self._stories.apart = Apart(apart)
        for one in remembered:
            self._restore(one, learn=False)

    def knows(self, story_id: int) -> bool:
        """Whether a story is in mind."""
        return story_id in self._tracked

    def recall(
        self, story_id: int, remembered: Iterable[Remembered], *, brand: str, incident: int | None
    ) -> None:
        """Bring a story back to mind, though nothing may be left of it but its incident."""
        self._tracked[story_id] = TrackedStory(Tally(brand))
        self.enter(story_id, incident)
        for one in remembered:
            self._restore(one, learn=False)

    def written(self) -> None:
        """What was filed is in the database now."""
        self._unwritten.clear()
        self.naming.written()
        self._smoulder.written()

    def smoulder(self, past: Sequence[PastDay], remembered: Iterable[Remembered]) -> None:
        """Learn what was said in the last months, oldest first, before these are restored."""
        common: defaultdict[str, Mean] = defaultdict(Mean)
        for one in remembered:
            if (meaning := meaning_of(one.verdict)) is not None:
                common[one.mention.brand].add(meaning)
        self._smoulder.recall(past, common)
        for day in past:
            if day.watched:
                self.sides.hear(day.brand, day.at, day.watched)

    def watch(self, brands: Iterable[str], now: datetime) -> None:
        """These brands are watched from now on: no mention means none was made."""
        for brand in brands:
            self._volume.open(brand, now)

    def file(
        self, mention: Mention, verdict: Verdict, *, new_id: Callable[[], int]
    ) -> tuple[Filed, Surprise] | None:
        """Put one mention to its story; None when it is not about the brand."""
        if not counts(mention, verdict):
            return None
        surprise = self._hear(mention, verdict)
        story_id, how = self._place(mention, verdict, new_id)
        self._add(story_id, mention, verdict, counts_of(mention))
        filed = Filed(mention_id=mention.id, story_id=story_id, brand=mention.brand, how=how)
        return filed, surprise

    def put(self, story_id: int, mention: Mention, verdict: Verdict) -> Surprise:
        """Put a mention to a story in mind, for a reason that lies outside its words."""
        surprise = self._hear(mention, verdict)
        self._read(story_id, mention, verdict)
        self._add(story_id, mention, verdict, counts_of(mention))
        return surprise

    def has_filed(self, mention: Mention) -> bool:
        """Whether it is in a story that is in mind."""
        known = self._known.get((mention.brand, mention.native_id))
        return known is not None and mention.id in known[2]

    def alerted(self, brand: str) -> list[int]:
        """The stories of a brand that became incidents."""
        return [i for i, story in self._alerted.items() if story.tally.brand == brand]

    def near(self, brand: str, story_id: int, verdict: Verdict) -> float:
        """Nearness of a text to a story in what they mean, -1 to 1; -1: that cannot be told."""
        return self._stories.near_text(brand, story_id, meaning_of(verdict))

    def recount(self, counted: Iterable[tuple[int, Count]]) -> list[int]:
        """Learn what posts count by now; the stories that have grown by it."""
        risen = {
            story_id: story
            for story_id, count in counted
            if (story := self._tracked.get(story_id)) and story.tally.hear(count)
        }
        grown = {story_id: story for story_id, story in risen.items() if story.has_grown}
        for story in grown.values():
            story.mark_heard()
        return list(grown)

    def verdict_of(self, mention: Mention) -> Verdict | None:
        """What was said of the original of a repost: it is not read again."""
        if mention.repost_of is None:
            return None
        known = self._known.get((mention.brand, mention.repost_of))
        return known[1] if known else None

    def burning(self, mentions: Iterable[Mention]) -> list[tuple[int, Burn]]:
        """The slow burns that these mentions, just filed, are part of, with the story of each."""
        return [
            (self._known[mention.brand, mention.native_id][0], burn)
            for mention in mentions
            if (burn := self._smoulder.part_of(mention.id)) is not None
        ]

    def story(self, story_id: int) -> TrackedStory:
        return self._tracked[story_id]

    def enter(self, story_id: int, incident_id: int | None) -> None:
        """The incident that a story became; None: it is none."""
        self._tracked[story_id].incident_id = incident_id
        self.index(story_id)

    def index(self, story_id: int) -> None:
        """Keep a story among those of incidents, or not, as it says itself; if it is in mind."""
        story = self._tracked.get(story_id)
        if story is None or story.incident_id is None:
            self._alerted.pop(story_id, None)
        else:
            self._alerted[story_id] = story

    def merge(self, now: datetime) -> tuple[Joined, ...]:
        """The regular merging pass; incidents are the caller's."""
        return tuple(map(self._join, self._stories.merge(now)))

    def join(self, kept: int, gone: int, how: str) -> Joined:
        """Put one story into another; incidents are the caller's."""
        brand = self._tracked[kept].tally.brand
        return self._join(self._stories.join(brand, kept=kept, gone=gone, how=how))

    def expire(self, now: datetime) -> None:
        """Forget stories that nobody added to for long."""
        self._volume.expire(now)
        self._smoulder.forget(now)
        for story_id in self._stories.expire(now):
            self._forget(story_id)
        self._forget_dropped()

    def _drop(self, story_id: int) -> None:
        story = self._forget(story_id)
        if story is not None:
            self._stories.drop(story.tally.brand, story_id)

    def _forget(self, story_id: int) -> TrackedStory | None:
        self._alerted.pop(story_id, None)
        return self._tracked.pop(story_id, None)

    def _forget_dropped(self) -> None:
        self._known = {key: one for key, one in self._known.items() if one[0] in self._tracked}

    def _restore(self, one: Remembered, *, learn: bool = True) -> None:
        self._read(one.story_id, one.mention, one.verdict, learn=learn)
        self._add(one.story_id, one.mention, one.verdict, one.counts)
        self.enter(one.story_id, one.incident_id)

    def _read(
        self, story_id: int, mention: Mention, verdict: Verdict, *, learn: bool = True
    ) -> None:
        self._stories.restore(
            story_id=story_id,
            brand=mention.brand,
            text=mention.full_text,
            fingerprint=mention.fingerprint,
            at=mention.at,
            meaning=meaning_of(verdict),
            learn=learn,
        )

    def heard(self, story: TrackedStory, now: datetime) -> Surprise:
        """What the volume of its brand is now, where nothing new came to it by itself."""
        return self._volume.score(story.tally.brand, now, 0)

    def _hear(self, mention: Mention, verdict: Verdict) -> Surprise:
        if mention.id not in self._unwritten:
            # An edited post is no second one; after a restart it is known only once it was read.
            is_new = not self.has_filed(mention)
            self._unwritten[mention.id] = self._weigh(mention, more=int(is_new))
            # Of history it shows only what a source still held; an edited post was heard before.
            if is_new and not mention.history and mention.story_id is None:
                self.sides.hear(mention.brand, mention.at)
            common = self._stories.common(mention.brand)
            self._smoulder.hear(mention, verdict, common, is_new=is_new)
        return self._unwritten[mention.id]

    def _weigh(self, mention: Mention, *, more: int) -> Surprise:
        """What the volume of its brand is with `more` mentions, and learn them."""
        surprise = self._volume.score(mention.brand, mention.at, more)
        for _ in range(more):
            self._volume.learn(mention.brand, mention.at)
        return surprise

    def _place(
        self, mention: Mention, verdict: Verdict, new_id: Callable[[], int]
    ) -> tuple[int, str]:
        """An edited post stays where it was; all others are placed by what they say."""
        if mention.story_id is not None and mention.story_id in self._tracked:
            # Copies of what it says now are to find it.
            self._read(mention.story_id, mention, verdict)
            return mention.story_id, "edited"
        original = self._known.get((mention.brand, mention.repost_of or ""))
        placed = self._stories.place(
            brand=mention.brand,
            text=mention.full_text,
            fingerprint=mention.fingerprint,
            at=mention.at,
            repost_of_story=original[0] if original else None,
            new_id=new_id,
            meaning=meaning_of(verdict),
        )
        return placed.story_id, placed.how

    def _add(
        self, story_id: int, mention: Mention, verdict: Verdict, counts: Iterable[Count]
    ) -> None:
        story = self._tracked.setdefault(story_id, TrackedStory(Tally(mention.brand)))
        story.add(mention, verdict, counts)
        story.burn = self._smoulder.burn(mention.id) or story.burn
        story.others = max(story.others, self._smoulder.others(mention.id))
        # Its vector has gone into that of the story.
        key = mention.brand, mention.native_id
        ids = {*self._known[key][2], mention.id} if key in self._known else {mention.id}
        self._known[key] = story_id, replace(verdict, vector=b""), tuple(ids)

    def _join(self, merge: Merge) -> Joined:
        kept, gone = self._tracked[merge.kept], self._tracked[merge.gone]
        self._forget(merge.gone)
        kept.absorb(gone)
        for key in gone.keys:
            known = self._known.get(key)
            if known is not None and known[0] == merge.gone:
                self._known[key] = merge.kept, *known[1:]
        return Joined(merge, kept, gone)
