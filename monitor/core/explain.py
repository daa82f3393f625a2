"""Which words of a text moved `alarm`: what to read again without which words, and what follows.

Leave-one-out occlusion (Li, Monroe, Jurafsky 2016, Understanding Neural Networks through
Representation Erasure): a text is read again without a word, and the difference is the word's. Of
a long text groups of neighbours are left out first, and those that moved most are divided.

It says what moved the model, not what is true; and of words that say the same each may seem to do
little, as one is enough: then the group stands for them. Does not read: see `stages.explaining`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.core.noise import LINK
from monitor.core.plaintext import clip
from monitor.core.reading import focus, log_odds
from monitor.core.stopwords import STOPWORDS
from monitor.core.text import without_possessive
from monitor.core.types import Part, Reading

#: Readings that a text may cost besides its own.
BUDGET = 24
#: A group of at most so many words is divided into words, a larger one into fewer groups.
_SMALL = 8
_PIECES = 4
#: A group of at most so many words may stand for them.
_PHRASE = 5
#: What is named in an alert: so many words and characters, if they raised the log-odds so much.
_NAMED = 5
_NAMED_CHARS = 72
_NAMED_FROM = 0.1
_WORD_CHARS = 40
#: Letters and digits of any script; "don't" and "brand-new" are one word.
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")

#: Numbers of the first word and of the one after the last.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a few neighbours: log-odds of `alarm` with it, less those without it.

    .69 doubles the odds; what is negative calmed.
    """

    text: str
    change: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Inquiry:
    """A text as it is read, and where its words are; the brand's own names are not asked about."""

    reading: Reading
    #: Start and end of each word in the text.
    places: tuple[tuple[int, int], ...]

    def words(self, span: Span) -> str:
        """The words alone, in single blanks, without what stands between them."""
        seen = (self.reading.text[start:end] for start, end in self.places[slice(*span)])
        return " ".join(clip(word, _WORD_CHARS) for word in seen)

    def without(self, span: Span) -> Reading:
        """The reading without these words; names of the brand between them stay."""
        text, left_out = self.reading.text, self.places[slice(*span)]
        edges = [0, *(edge for place in left_out for edge in place), len(text)]
        kept = [text[start:end] for start, end in list(pairwise(edges))[::2]]
        return replace(self.reading, text="".join(kept))


def inquiry(reading: Reading, names: Iterable[str] = ()) -> Inquiry:
    """What to ask about a text; `names` are what the brand is called besides its name."""
    text = focus(reading.text, reading.brand)
    own = _own_words((reading.brand, *names))
    places = tuple(
        match.span() for match in _WORD.finditer(text) if without_possessive(match[0]) not in own
    )
    return Inquiry(reading=replace(reading, text=text), places=places)


def _own_words(names: Iterable[str]) -> frozenset[str]:
    """The words of the names, each name written as one word, and what stands for a link."""
    words = [[without_possessive(word) for word in _WORD.findall(name)] for name in names]
    return frozenset(
        {LINK, *("".join(each) for each in words), *(w for each in words for w in each)}
    )


def next_spans(
    count: int, tried: Mapping[Span, float], *, budget: int = BUDGET
) -> tuple[Span, ...]:
    """What to leave out next of `count` words, as `tried` moved the alarm so far; () is the end.

    Never more than `budget` spans in all, none of them twice. What raised the alarm is looked
    into first, for it is what people are told.
    """
    if not count:
        return ()
    if not tried:
        return _divided((0, count), count if count <= budget else budget // 2)
    left = budget - len(tried)
    open_ = [span for span in tried if _size(span) > 1 and not _children(span, tried)]
    if not open_ or left < 2:
        return ()
    span = max(open_, key=lambda each: (_interest(tried[each]), -each[0]))
    small = _size(span) <= min(_SMALL, left)
    return _divided(span, _size(span) if small else min(_PIECES, left))


def _interest(change: float) -> tuple[bool, float]:
    return change >= _NAMED_FROM, abs(change)


def _size(span: Span) -> int:
    return span[1] - span[0]


def _children(span: Span, tried: Iterable[Span]) -> list[Span]:
    """The pieces that a span was divided into, in order."""
    inside = [each for each in tried if each != span and _holds(span, each)]
    return sorted(each for each in inside if not _is_inside(each, inside))


def _is_inside(span: Span, others: Iterable[Span]) -> bool:
    return any(each != span and _holds(each, span) for each in others)


def _holds(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _divided(span: Span, pieces: int) -> tuple[Span, ...]:
    """Neighbouring pieces, as equal as they can be."""
    edges = [span[0] + _size(span) * number // pieces for number in range(pieces + 1)]
    return tuple(pairwise(edges))


def moved(with_it: float, without_it: float) -> float:
    """What was left out had moved a probability by so many log-odds."""
    return log_odds(with_it) - log_odds(without_it)


def words(asked: Inquiry, tried: Mapping[Span, float]) -> tuple[Word, ...]:
    """The words, biggest change first; of equals the earlier one.

    A group that moved more than twice what any word in it did, or that was not looked into,
    stands for its words if they are few.
    """
    roots = sorted(span for span in tried if not _is_inside(span, tried))
    standing = [span for root in roots for span in _standing(root, tried)]
    standing.sort(key=lambda span: -abs(tried[span]))
    return tuple(Word(asked.words(span), tried[span]) for span in standing)


def _standing(span: Span, tried: Mapping[Span, float]) -> list[Span]:
    children = _children(span, tried)
    strongest = max((abs(tried[child]) for child in children), default=0.0)
    if _size(span) <= _PHRASE and 2 * strongest < abs(tried[span]):
        return [span]
    if not children:
        return [span] if _size(span) == 1 else []
    return [found for child in children for found in _standing(child, tried)]


def named(found: Iterable[Sequence[Word]]) -> tuple[str, ...]:
    """Up to five words to tell people, of one or more texts: those that raised the alarm most.

    Each once, as it is written where it did most; what has no meaning of its own is passed over.
    """
    raising = sorted(
        (word for each in found for word in each if word.change >= _NAMED_FROM),
        key=lambda word: -word.change,
    )
    chosen: dict[str, str] = {}
    for word in raising:
        key = word.text.casefold()
        if not STOPWORDS.issuperset(key.split()) and _fits(word.text, chosen.values()):
            chosen.setdefault(key, word.text)
    return tuple(chosen.values())


def _fits(text: str, chosen: Iterable[str]) -> bool:
    together = [text, *chosen]
    in_words = sum(len(each.split()) for each in together)
    return in_words <= _NAMED and sum(map(len, together)) <= _NAMED_CHARS


def explained(parts: Sequence[Part], names: Sequence[str]) -> tuple[Part, ...]:
    """The parts of a risk, the alarm's sentence with the words that moved it."""
    if not names:
        return tuple(parts)
    quoted = ", ".join(f"\u201c{name}\u201d" for name in names)
    return tuple(
        replace(part, sentence=f"{part.sentence} Moved most by {quoted}.")
        if part.name == "alarm"
        else part
        for part in parts
    )
