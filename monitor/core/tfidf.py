"""Terms of a text and what each is worth: TF-IDF that learns as the texts come in.

Does not know stories. Weights follow the texts seen so far; words that nearly every text has (the
brand's own name, or whatever everybody says about it) come to weigh nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from monitor.core.stopwords import COMMON, STOPWORDS
from monitor.core.text import is_unspaced, links, normalise, words

Vector = dict[str, float]

#: Words of a long text that are looked at, and terms of it that are kept.
_WORDS = 1000
_TERMS = 64
#: Texts imagined before the first one, so that the first real ones do not look like all there is.
_IMAGINED = 100
#: In how many of them a common word is.
_COMMON = 10
#: Terms remembered for one brand; beyond that all counts are halved and the rarest forgotten.
_VOCABULARY = 50_000
_LINK = "link "


def terms(text: str, *, ignore: frozenset[str] = frozenset()) -> Counter[str]:
    """Words with their counts, without stop words and `ignore`; links are terms, hashtags words.

    Scripts without blanks between words give pairs of characters.
    """
    said = words(normalise(text))[:_WORDS]
    found = Counter(word for word in said if _tells(word) and word not in ignore)
    found.update(a + b for a, b in pairwise(said) if is_unspaced(a[0]) and is_unspaced(b[0]))
    found.update(f"{_LINK}{link}" for link in links(text))
    return found


def name_terms(name: str) -> frozenset[str]:
    """The words of a brand's name, also written together: they tell its stories not apart."""
    parts = normalise(name).split()
    return frozenset((*parts, "".join(parts)))


def is_common(term: str) -> bool:
    """The term is in many texts whatever they are about."""
    return term in COMMON


def is_link(term: str) -> bool:
    return term.startswith(_LINK)


def is_pointer(found: Iterable[str]) -> bool:
    """The text says next to nothing but where to look: a link and at most one telling word.

    "OMG this is awful, watch this https://…" has the story in the link.
    """
    telling = [term for term in found if not is_common(term)]
    pointing = sum(map(is_link, telling))
    return 0 < pointing >= len(telling) - 1


def _tells(word: str) -> bool:
    return len(word) > 1 and word not in STOPWORDS


@dataclass(slots=True)
class Vocabulary:
    """In how many texts each term has been seen."""

    texts: float = 0.0
    _seen: dict[str, float] = field(default_factory=dict)

    def learn(self, found: Iterable[str]) -> None:
        """One more text with these terms."""
        self.texts += 1
        for term in found:
            self._seen[term] = self._seen.get(term, 0.0) + 1
        if len(self._seen) > _VOCABULARY:
            self.texts /= 2
            self._seen = {term: n / 2 for term, n in self._seen.items() if n > 1}

    def idf(self, term: str) -> float:
        """Inverse document frequency: log of (texts + 100) / (texts with the term + 1).

        Common words are imagined to have been in ten texts before.
        """
        before = _COMMON if is_common(term) else 1
        return math.log((self.texts + _IMAGINED) / (self._seen.get(term, 0.0) + before))

    def vector(self, found: Mapping[str, int]) -> Vector:
        """Unit vector of (1 + log count) * idf, heaviest terms first, at most 64 of them."""
        weights = {term: (1 + math.log(n)) * self.idf(term) for term, n in found.items()}
        heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_TERMS]
        norm = math.sqrt(sum(weight * weight for _, weight in heaviest))
        return {term: weight / norm for term, weight in heaviest if weight > 0}


def dot(a: Vector, b: Vector) -> float:
    """Inner product; its rounding follows the order of `a`."""
    return sum(weight * b[term] for term, weight in a.items() if term in b)
