"""The live stories of one brand, and how the ones near to a text are found.

An inverted index on the heaviest terms leads to the candidates, so that the time per mention does
not depend on the number of stories. Does not decide what is near enough (`stories` does).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from monitor.core.meaning import Floats, Mean, Meaning, nearness
from monitor.core.tfidf import Vector, Vocabulary, dot

#: Heaviest terms of a text by which its story can be found.
_KEYS = 12
#: Stories remembered for one key, the last ones used.
_POSTINGS = 100
#: Terms of a centroid: it is cut to `_TERMS` when it has grown to twice as many.
_TERMS = 100
#: Copies remembered for one story.
_COPIES = 1000


@dataclass(slots=True)
class ShelvedStory:
    """The sum of its texts' vectors, without copies."""

    id: int
    last_at: datetime
    centroid: Vector = field(default_factory=dict)
    norm: float = 0.0
    fingerprints: dict[str, None] = field(default_factory=dict)
    keys: dict[str, None] = field(default_factory=dict)
    meant: Mean = field(default_factory=Mean)

    def add(self, vector: Vector) -> None:
        """Add to the centroid, and forget its lightest terms when they become too many."""
        for term, weight in vector.items():
            self.centroid[term] = self.centroid.get(term, 0.0) + weight
        if len(self.centroid) > 2 * _TERMS:
            self.centroid = dict(_heaviest(self.centroid, _TERMS))
        self.norm = math.sqrt(sum(weight * weight for weight in self.centroid.values()))

    def similarity(self, vector: Vector) -> float:
        """Cosine of the centroid and a unit vector."""
        return dot(vector, self.centroid) / self.norm if self.norm else 0.0

    def shared(self, terms: Iterable[str]) -> list[str]:
        """The terms a text has in common with the story."""
        return [term for term in terms if term in self.centroid]

    def similarity_to(self, other: ShelvedStory) -> float:
        """Cosine of two centroids."""
        norms = self.norm * other.norm
        return dot(self.centroid, other.centroid) / norms if norms else 0.0


def _heaviest(vector: Vector, count: int) -> list[tuple[str, float]]:
    return sorted(vector.items(), key=lambda item: (-item[1], item[0]))[:count]


@dataclass(slots=True)
class Shelf:
    """Stories of one brand by id, the last used one last."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    #: What all texts of the brand mean.
    meant: Mean = field(default_factory=Mean)
    stories: dict[int, ShelvedStory] = field(default_factory=dict)
    #: Story of each fingerprint.
    copies: dict[str, int] = field(default_factory=dict)
    #: Ids of the stories that changed since the last merging pass.
    changed: dict[int, None] = field(default_factory=dict)
    _postings: dict[str, dict[int, None]] = field(default_factory=dict)

    def copy(self, fingerprint: str) -> ShelvedStory | None:
        """The story that has this very text."""
        story_id = self.copies.get(fingerprint)
        return None if story_id is None else self.stories[story_id]

    def near(self, vector: Vector, shared: int) -> Iterator[ShelvedStory]:
        """Stories that have that many of the heaviest terms of a text among their keys."""
        keys = islice(vector, _KEYS)
        counts = Counter(chain.from_iterable(self._postings.get(key, ()) for key in keys))
        return (self.stories[i] for i, count in counts.items() if count >= shared)

    def beside(self, story: ShelvedStory, shared: int) -> Iterator[ShelvedStory]:
        """The same for another story."""
        heaviest = dict(_heaviest(story.centroid, _KEYS))
        return (other for other in self.near(heaviest, shared) if other.id != story.id)

    def nearness(self, story: ShelvedStory, others: Sequence[ShelvedStory]) -> Floats:
        """How near a story is to each of others in what they mean, -1 to 1."""
        return nearness(story.meant, [other.meant for other in others], self.meant)

    def add(
        self,
        story_id: int,
        found: Mapping[str, int],
        *,
        fingerprint: str,
        at: datetime,
        meaning: Meaning | None = None,
        learn: bool = True,
    ) -> None:
        """Add a text to a story, new or known. Copies keep a story alive and change nothing else.

        A text that spreads by being copied would otherwise make its own words look common; `learn`
        is False for one that the vocabulary knows already.
        """
        story = self.stories.pop(story_id, None) or ShelvedStory(story_id, at)
        self.stories[story_id] = story
        story.last_at = max(story.last_at, at)
        if fingerprint in story.fingerprints:
            return
        vector = self.vocabulary.vector(found)
        if learn:
            self.vocabulary.learn(found)
        story.add(vector)
        if meaning is not None:
            story.meant.add(meaning)
        if meaning is not None and learn:
            self.meant.add(meaning)
        self.changed[story_id] = None
        self._remember(story, fingerprint)
        self._index(story, islice(vector, _KEYS))

    def _remember(self, story: ShelvedStory, fingerprint: str) -> None:
        story.fingerprints[fingerprint] = None
        self.copies[fingerprint] = story.id
        if len(story.fingerprints) > _COPIES:
            self._forget_copy(story, next(iter(story.fingerprints)))

    def _forget_copy(self, story: ShelvedStory, fingerprint: str) -> None:
        del story.fingerprints[fingerprint]
        if self.copies.get(fingerprint) == story.id:
            del self.copies[fingerprint]

    def _index(self, story: ShelvedStory, keys: Iterable[str]) -> None:
        for key in keys:
            posting = self._postings.setdefault(key, {})
            posting.pop(story.id, None)
            posting[story.id] = story.keys[key] = None
            if len(posting) > _POSTINGS:
                self._unindex(self.stories[next(iter(posting))], key)

    def _unindex(self, story: ShelvedStory, key: str) -> None:
        del story.keys[key]
        posting = self._postings[key]
        del posting[story.id]
        if not posting:
            del self._postings[key]

    def drop(self, story_id: int) -> ShelvedStory:
        """Take a story away."""
        story = self.stories.pop(story_id)
        self.changed.pop(story_id, None)
        for fingerprint in list(story.fingerprints):
            self._forget_copy(story, fingerprint)
        for key in list(story.keys):
            self._unindex(story, key)
        return story

    def absorb(self, kept_id: int, gone_id: int) -> None:
        """Put one story into another."""
        gone, kept = self.stories[gone_id], self.stories[kept_id]
        fingerprints, keys = list(gone.fingerprints), list(gone.keys)
        self.drop(gone_id)
        kept.last_at = max(kept.last_at, gone.last_at)
        kept.add(gone.centroid)
        kept.meant.absorb(gone.meant)
        self.changed[kept_id] = None
        for fingerprint in fingerprints:
            self._remember(kept, fingerprint)
        self._index(kept, keys)

    def idle(self, since: datetime) -> list[int]:
        """Stories that nothing was added to after `since`."""
        return [story.id for story in self.stories.values() if story.last_at < since]

    def longest_idle(self) -> int:
        """The story used least recently."""
        return next(iter(self.stories))
