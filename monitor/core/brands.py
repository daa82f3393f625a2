"""Which brands a text may name, and which brands an item comes from.

One Aho-Corasick pass over the folded text, whatever the number of aliases. Does not judge whether
an ambiguous word means the brand (the classifier does), nor whether the text is about it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from string import ascii_lowercase

from ahocorasick_rs import AhoCorasick

from monitor.core.folding import fold
from monitor.core.owned import Owners
from monitor.core.polling import Match
from monitor.core.settings import Brand
from monitor.core.wholewords import is_whole

#: Letters of a name from which it may stand without its apostrophe, and an s be a possessive.
POSSESSED_FROM = 5
_TAKES_S = frozenset(ascii_lowercase) - {"s"}


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a pattern stands for; `certain` None: an excluded phrase."""

    brand: int
    alias: str
    certain: bool | None


@dataclass(slots=True)
class _Hits:
    """Spans of one brand in a folded text."""

    aliases: list[tuple[int, int, _Meaning]] = field(default_factory=list)
    excluded: list[tuple[int, int]] = field(default_factory=list)

    def counted(self) -> list[tuple[int, int, _Meaning]]:
        """Those that do not lie inside an excluded phrase."""
        if not self.excluded:
            return self.aliases
        spans = sorted(self.excluded)
        starts = [start for start, _ in spans]
        furthest = list(accumulate((end for _, end in spans), max))
        return [hit for hit in self.aliases if not _inside(hit, starts, furthest)]


def _inside(hit: tuple[int, int, _Meaning], starts: list[int], furthest: list[int]) -> bool:
    before = bisect_right(starts, hit[0])
    return before > 0 and furthest[before - 1] >= hit[1]


class Matcher:
    """The aliases of all brands in one automaton."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        self._names = [brand.name for brand in brands]
        meanings: dict[str, list[_Meaning]] = defaultdict(list)
        for place, brand in enumerate(brands):
            for pattern, meaning in _meanings(place, brand):
                meanings[pattern].append(meaning)
        meanings.pop("", None)
        self._meanings = list(meanings.values())
        self._automaton = AhoCorasick(list(meanings))
        self._owners = Owners(brands)

    def match(self, text: str) -> tuple[Match, ...]:
        """One match for each brand the text may name, in the order of the configuration.

        Certain if any alias that is not ambiguous occurs as a whole word outside the brand's
        excluded phrases.
        """
        return tuple(
            Match(brand=self._names[place], certain=bool(best.certain), alias=best.alias)
            for place, hits in sorted(self._hits(fold(text)).items())
            if (best := _best(hits)) is not None
        )

    def names(self, text: str, *, brand: str) -> bool:
        """Whether a text may name one brand."""
        return any(match.brand == brand for match in self.match(text))

    def owners(self, url: str | None, author: str | None) -> tuple[str, ...]:
        """Brands whose own site or account this comes from: a statement, not a mention."""
        return self._owners.find(url, author)

    def _hits(self, folded: str) -> dict[int, _Hits]:
        hits: dict[int, _Hits] = defaultdict(_Hits)
        for pattern, start, end in self._automaton.find_matches_as_indexes(
            folded, overlapping=True
        ):
            if is_whole(folded, start, end):
                for meaning in self._meanings[pattern]:
                    _note(hits[meaning.brand], start, end, meaning)
        return hits


def _meanings(place: int, brand: Brand) -> Iterator[tuple[str, _Meaning]]:
    """Folded patterns; an ambiguous name may have the s of a possessive.

    Any may lose its apostrophe. It is a candidate then: "claires" is a name as well.
    """
    kinds = ((True, brand.aliases), (False, brand.ambiguous), (None, brand.exclude))
    for certain, phrases in kinds:
        for phrase in phrases:
            pattern = fold(phrase).strip()
            yield pattern, _Meaning(place, phrase, certain)
            if not certain and _may_be_possessed(pattern):
                yield f"{pattern}s", _Meaning(place, phrase, certain)
            plain = pattern.replace("'", "")
            if plain != pattern and _letters(plain) >= POSSESSED_FROM:
                yield plain, _Meaning(place, phrase, None if certain is None else False)


def _may_be_possessed(pattern: str) -> bool:
    """Posts say "ospreys server" for Osprey's; of an account or a short word it is another one.

    Ospreys are birds as well, so this never names a brand for sure: an alias is a whole word.
    """
    enough = _letters(pattern) >= POSSESSED_FROM
    return enough and pattern[0] not in "@#" and pattern[-1] in _TAKES_S


def _letters(pattern: str) -> int:
    return sum(char.isalpha() for char in pattern)


def _note(hits: _Hits, start: int, end: int, meaning: _Meaning) -> None:
    if meaning.certain is None:
        hits.excluded.append((start, end))
    else:
        hits.aliases.append((start, end, meaning))


def _best(hits: _Hits) -> _Meaning | None:
    """The first certain one, else the first."""
    counted = [meaning for _, _, meaning in hits.counted()]
    return next((one for one in counted if one.certain), counted[0] if counted else None)
