"""Which story a mention belongs to: the grouping of each brand's mentions, one at a time.

Copies by fingerprint, the others by the nearest centroid of TF-IDF vectors (single pass, online).
What means the same in other words is brought together later, by the vectors of the encoder.
Does not judge how grave a story is, and does not know incidents. Deterministic: the same mentions
in the same order give the same stories.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.apart import Apart
from monitor.core.meaning import UNKNOWN, Mean, Meaning, nearness
from monitor.core.shelf import Shelf, ShelvedStory
from monitor.core.tfidf import Vector, is_common, is_link, is_pointer, name_terms, terms

#: How often stories are compared with each other again.
MERGE_EVERY = timedelta(minutes=10)
#: Two stories that should be one, and why.
Pair = tuple[int, int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryRules:
    """What makes two mentions one story. The defaults are measured: `models/train`."""

    #: Cosine of a mention and a story's centroid.
    similar: float = 0.12
    #: Terms they share, not all of them common: texts with one word in common stay apart.
    shared: int = 2
    #: Cosine of two stories' centroids, in the merging pass.
    merge: float = 0.17
    #: The same and the cosine of what they mean together; one term in common will do.
    meaning: float = 0.85
    #: A story nobody added to for so long has ended.
    idle: timedelta = timedelta(days=7)
    #: Stories kept of one brand; beyond that the longest idle one ends.
    live: int = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """Where a mention went."""

    story_id: int
    #: "same text", "repost", "similar 0.42", "new story".
    how: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """Two stories that turned out to be one; the older one stays."""

    brand: str
    kept: int
    gone: int
    how: str


class Stories:
    """The live stories of all brands."""

    def __init__(self, rules: StoryRules | None = None) -> None:
        self._rules = rules or StoryRules()
        self._shelves: dict[str, Shelf] = {}
        self._gone: list[int] = []
        #: Stories that people told apart: they are never joined.
        self.apart = Apart()

    def place(
        self,
        *,
        brand: str,
        text: str,
        fingerprint: str,
        at: datetime,
        repost_of_story: int | None,
        new_id: Callable[[], int],
        meaning: Meaning | None = None,
    ) -> Placement:
        """Find or open the story of a mention and add it there."""
        shelf, found = self._shelf(brand), terms(text, ignore=name_terms(brand))
        placement = (
            _repost(repost_of_story)
            or self._copy(shelf, fingerprint, found, at)
            or self._similar(shelf, shelf.vocabulary.vector(found), at)
            or Placement(story_id=new_id(), how="new story")
        )
        shelf.add(placement.story_id, found, fingerprint=fingerprint, at=at, meaning=meaning)
        self._make_room(shelf)
        return placement

    def restore(
        self,
        *,
        story_id: int,
        brand: str,
        text: str,
        fingerprint: str,
        at: datetime,
        meaning: Meaning | None = None,
        learn: bool = True,
    ) -> None:
        """Add a mention to the story it was placed in before; in the order of the placements.

        `learn` is False for a text that was seen since the start, as in a story that was dropped.
        """
        shelf, found = self._shelf(brand), terms(text, ignore=name_terms(brand))
        shelf.add(story_id, found, fingerprint=fingerprint, at=at, meaning=meaning, learn=learn)
        self._make_room(shelf)

    def drop(self, brand: str, story_id: int) -> None:
        """Forget a story, to restore it anew."""
        shelf = self._shelf(brand)
        if story_id in shelf.stories:
            shelf.drop(story_id)

    def merge(self, now: datetime) -> tuple[Merge, ...]:
        """Join stories that have grown alike since the last pass, each into the oldest."""
        return tuple(
            merge
            for brand, shelf in self._shelves.items()
            for merge in self._merge_shelf(brand, shelf, now)
        )

    def alike(self, brand: str, one: int, other: int) -> float:
        """Cosine of two stories of a brand, 0 to 1; 0 when one of them has ended."""
        stories = self._shelf(brand).stories
        if one not in stories or other not in stories:
            return 0.0
        return stories[one].similarity_to(stories[other])

    def near(self, brand: str, one: int, other: int) -> float:
        """Nearness of two stories in what they mean, -1 to 1; -1 where that cannot be told."""
        story = self._shelf(brand).stories.get(one)
        return self._near(brand, story.meant if story else Mean(), other)

    def near_text(self, brand: str, story_id: int, meaning: Meaning | None) -> float:
        """The same for a story and a text that is in none."""
        text = Mean()
        if meaning is not None:
            text.add(meaning)
        return self._near(brand, text, story_id)

    def common(self, brand: str) -> Mean:
        """What all texts on a brand mean together."""
        return self._shelf(brand).meant

    def join(self, brand: str, *, kept: int, gone: int, how: str) -> Merge:
        """Put one story into another, for a reason that lies outside the texts."""
        shelf = self._shelf(brand)
        if kept in shelf.stories and gone in shelf.stories:
            shelf.absorb(kept, gone)
        self.apart.join(kept=kept, gone=gone)
        return Merge(brand=brand, kept=kept, gone=gone, how=how)

    def expire(self, now: datetime) -> tuple[int, ...]:
        """Forget the stories that have ended; their ids, with those that had to make room."""
        for shelf in self._shelves.values():
            ended = shelf.idle(now - self._rules.idle)
            for story_id in ended:
                shelf.drop(story_id)
            self._gone += ended
        gone, self._gone = self._gone, []
        return tuple(story_id for story_id in gone if not self._is_kept(story_id))

    def _near(self, brand: str, meant: Mean, story_id: int) -> float:
        shelf = self._shelf(brand)
        if story_id not in shelf.stories:
            return UNKNOWN
        return float(nearness(meant, [shelf.stories[story_id].meant], shelf.meant)[0])

    def _is_kept(self, story_id: int) -> bool:
        """A repost can bring a story back that had to make room."""
        return any(story_id in shelf.stories for shelf in self._shelves.values())

    def _shelf(self, brand: str) -> Shelf:
        return self._shelves.setdefault(brand, Shelf())

    def _is_live(self, story: ShelvedStory, at: datetime) -> bool:
        return at - story.last_at <= self._rules.idle

    def _copy(
        self, shelf: Shelf, fingerprint: str, found: Collection[str], at: datetime
    ) -> Placement | None:
        """The live story that has this text; a text that only points must point to the same."""
        story = shelf.copy(fingerprint)
        if story is None or not self._is_live(story, at):
            return None
        if is_pointer(found) and not any(map(is_link, story.shared(found))):
            return None
        return Placement(story_id=story.id, how="same text")

    def _similar(self, shelf: Shelf, vector: Vector, at: datetime) -> Placement | None:
        """The nearest live story; of equally near ones the oldest."""
        near = [
            (-similarity, story.id)
            for story in shelf.near(vector, self._rules.shared)
            if (similarity := story.similarity(vector)) >= self._rules.similar
            and self._has_in_common(story, vector)
            and self._is_live(story, at)
        ]
        if not near:
            return None
        similarity, story_id = min(near)
        return Placement(story_id=story_id, how=f"similar {-similarity:.2f}")

    def _has_in_common(self, story: ShelvedStory, vector: Vector) -> bool:
        shared = story.shared(vector)
        return len(shared) >= self._rules.shared and not all(map(is_common, shared))

    def _make_room(self, shelf: Shelf) -> None:
        if len(shelf.stories) > self._rules.live:
            self._gone.append(shelf.drop(shelf.longest_idle()).id)

    def _merge_shelf(self, brand: str, shelf: Shelf, now: datetime) -> Iterator[Merge]:
        """First what is told in like words, then what of the rest means the same."""
        changed = tuple(shelf.changed)
        shelf.changed.clear()
        yield from self._join_all(brand, shelf, sorted(self._alike(shelf, changed, now)))
        stay = [i for i in {**dict.fromkeys(changed), **shelf.changed} if i in shelf.stories]
        meant = sorted(self._meant_alike(shelf, stay, now), reverse=True)
        yield from self._join_all(brand, shelf, [pair for _, pair in meant])

    def _join_all(self, brand: str, shelf: Shelf, pairs: Iterable[Pair]) -> Iterator[Merge]:
        home: dict[int, int] = {}
        for one, other, how in pairs:
            a, b = home_of(one, home), home_of(other, home)
            if a != b and not self.apart.are(a, b):
                kept, gone = min(a, b), max(a, b)
                home[gone] = kept
                shelf.absorb(kept, gone)
                self.apart.join(kept=kept, gone=gone)
                yield Merge(brand=brand, kept=kept, gone=gone, how=how)

    def _alike(self, shelf: Shelf, changed: Iterable[int], now: datetime) -> Iterator[Pair]:
        """Pairs of live stories, one of them changed, that are near enough to be one."""
        for story in self._live_of(shelf, changed, now):
            for other in shelf.beside(story, self._rules.shared):
                alike = story.similarity_to(other)
                if self._is_live(other, now) and self._is_one(story, other.centroid, alike):
                    low, high = sorted((story.id, other.id))
                    yield low, high, f"similar {alike:.2f}"

    def _meant_alike(
        self, shelf: Shelf, changed: Iterable[int], now: datetime
    ) -> Iterator[tuple[float, Pair]]:
        """The same for stories that share but a term and mean nearly the same; nearness first."""
        for story in self._live_of(shelf, changed, now):
            others = [each for each in shelf.beside(story, 1) if self._is_live(each, now)]
            for other, near in zip(others, shelf.nearness(story, others).tolist(), strict=True):
                # Whatever is merged by words alone is merged by now.
                if near < self._rules.meaning - self._rules.merge:
                    continue
                alike = story.similarity_to(other)
                if near + alike >= self._rules.meaning:
                    low, high = sorted((story.id, other.id))
                    how = f"similar in meaning {near:.2f} and in words {alike:.2f}, of 1 each"
                    yield near + alike, (low, high, how)

    def _live_of(self, shelf: Shelf, ids: Iterable[int], now: datetime) -> Iterator[ShelvedStory]:
        return (shelf.stories[i] for i in ids if self._is_live(shelf.stories[i], now))

    def _is_one(self, story: ShelvedStory, centroid: Vector, alike: float) -> bool:
        return alike >= self._rules.merge and self._has_in_common(story, centroid)


def _repost(story_id: int | None) -> Placement | None:
    return None if story_id is None else Placement(story_id=story_id, how="repost")


def home_of(story_id: int, merged: Mapping[int, int]) -> int:
    """The story that this one is part of by now; `merged` says what went into what."""
    while story_id in merged:
        story_id = merged[story_id]
    return story_id
