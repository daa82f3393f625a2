"""Which texts are one wording: copies, and copies with a few words changed or added.

A campaign hands out one text and has it varied; what matters is that nobody used words of their
own. Exact copies are told by their fingerprint (see `text`). Does not judge copying.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from monitor.core.text import shingles

#: Jaccard of 3-word shingles from which two texts are one wording. In a made campaign nine of ten
#: variants reach .85 with an earlier one; of independent posts on one scandal hardly any .1.
SAME = 0.5
#: From here on one was made after the other: a quotation, a call that was varied more freely.
ECHO = 0.2
#: Shorter texts are alike by chance: "never flying united again".
LEAST_SHINGLES = 5
#: Wordings remembered; texts beyond them are compared with these alone.
MOST = 200
#: Texts whose wording is remembered without comparing them again.
MOST_TEXTS = 2000
Shingles = frozenset[tuple[str, ...]]


def each_once(texts: Iterable[tuple[str, str]]) -> Iterator[int]:
    """Places of (fingerprint, text) that say in other words what those before them say."""
    known, told = Wordings(), set[str]()
    for place, (fingerprint, text) in enumerate(texts):
        wording = known.of(fingerprint, text)
        if wording not in told:
            told.add(wording)
            yield place


def is_telling(text: str) -> bool:
    """Whether it is long enough that nobody else says the same by chance."""
    return len(shingles(text)) >= LEAST_SHINGLES


class Wordings:
    """The first text of each wording stands for it."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        #: The wording that one was made after, where there is one.
        self._roots: dict[str, str] = {}
        #: The first text of all: most stories have no other, so it is looked at only with another.
        self._lone: tuple[str, str] | None = None
        self._said: dict[str, Shingles] = {}
        self._holders: dict[tuple[str, ...], list[str]] = defaultdict(list)

    def of(self, fingerprint: str, text: str) -> str:
        """The fingerprint of the first text with this wording; learns the text."""
        if not self._known:
            self._lone = (fingerprint, text)
            self._known[fingerprint] = fingerprint
        return self._known.get(fingerprint) or self._found(fingerprint, text)

    def root(self, wording: str) -> str:
        """The wording that this one echoes, or itself: who says it is no further witness."""
        return self._roots.get(wording, wording)

    def _found(self, fingerprint: str, text: str) -> str:
        self._unfold()
        said = shingles(text)
        nearest, alike = self._nearest(said)
        first = nearest if alike >= SAME else fingerprint
        if first == fingerprint:
            self._remember(first, said)
            if alike >= ECHO:
                self._roots[first] = self.root(nearest)
        if len(self._known) < MOST_TEXTS:
            self._known[fingerprint] = first
        return first

    def absorb(self, other: Wordings) -> None:
        """What another one knows, as far as this one does not."""
        self._unfold()
        other._unfold()
        self._known = dict(islice((other._known | self._known).items(), MOST_TEXTS))
        self._roots = other._roots | self._roots
        for first, said in other._said.items():
            if first not in self._said:
                self._remember(first, said)

    def _unfold(self) -> None:
        if self._lone is not None:
            fingerprint, text = self._lone
            self._lone = None
            self._remember(fingerprint, shingles(text))

    def _nearest(self, said: Shingles) -> tuple[str, float]:
        """The known wording that is most alike, and how much."""
        shared = Counter(first for each in said for first in self._holders.get(each, ()))
        alike = {
            first: count / (len(said) + len(self._said[first]) - count)
            for first, count in shared.items()
        }
        best = max(alike, key=lambda first: (alike[first], first), default="")
        return best, alike.get(best, 0.0)

    def _remember(self, first: str, said: Shingles) -> None:
        if len(said) < LEAST_SHINGLES or len(self._said) >= MOST:
            return
        self._said[first] = said
        for each in said:
            self._holders[each].append(first)
