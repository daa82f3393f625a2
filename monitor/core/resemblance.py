"""Which well-known cases an incident resembles: parts that add up to a score.

What is said is compared by meaning and by words, what is alleged by the harms, and then the trade,
how grave it is, and whether it was filmed. The similarity is a score from 0 to 1, no probability,
and it foretells nothing: it says that people tell this as they told that.

A brand's name counts for nothing: the names of company and brand are taken out of the words, and
the sentences of a case hold none. Reads neither files (see `monitor.config.library`) nor texts
(see `stages.likening`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from monitor.core.meaning import Floats, Mean, Meaning, apart_from, likeness, meaning_of
from monitor.core.precedents import FILMED, Precedent
from monitor.core.text import normalise
from monitor.core.tfidf import Vector, dot, is_link, name_terms, terms
from monitor.core.types import Part, Reading, Resemblance, Verdict

_FILM = re.compile(r"\b(?:videos?|film(?:ed|s|ing)?|footage|clips?|camera)\b", re.IGNORECASE)
#: Every brand has it every day.
_ROUTINE = "service"
_SHOWN_WORDS = 5
_SHOWN_HARMS = 3
#: Below this a harm is not named as alleged.
_ALLEGED = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """What is known of an incident, as far as it can be compared."""

    brand: str
    description: str
    texts: tuple[str, ...]
    #: Probabilities, the mean over the texts.
    harms: Mapping[str, float]
    #: 0 to 4.
    severity: float
    #: What the texts mean, each.
    meanings: tuple[Meaning, ...] = ()


def telling(readings: Sequence[Reading], verdicts: Sequence[Verdict]) -> Telling:
    """What one or more texts of an incident tell, with what was read of each."""
    names = dict.fromkeys(name for verdict in verdicts for name in verdict.harms)
    count = len(verdicts)
    return Telling(
        brand=readings[0].brand,
        description=readings[0].description,
        texts=tuple(reading.text for reading in readings),
        harms={name: sum(v.harms.get(name, 0.0) for v in verdicts) / count for name in names},
        severity=sum(verdict.severity for verdict in verdicts) / count,
        meanings=tuple(filter(None, map(meaning_of, verdicts))),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class LikenessRules:
    """What each part can add at most, and where each is full; measured, see docs/cases.md."""

    meaning: float = 0.45
    words: float = 0.2
    harms: float = 0.2
    sector: float = 0.05
    gravity: float = 0.05
    filmed: float = 0.05
    #: Cosine of words that counts in full: short texts share few of them.
    words_full: float = 0.3
    #: A harm of this probability counts in full.
    harm_full: float = 0.4
    #: Further apart in severity than this is not alike.
    gravity_span: float = 1.0
    #: Below this nothing is named: just above what everyday stories reach, see docs/cases.md.
    least: float = 0.4
    #: Named at most, the others not much less alike than the first.
    most: int = 2
    close: float = 0.85


DEFAULT = LikenessRules()


@dataclass(slots=True)
class _Shelved:
    precedent: Precedent
    words: Vector
    #: What its sentences mean, a unit vector each.
    meant: Floats


@dataclass(slots=True)
class Library:
    """The cases, prepared for comparing."""

    _cases: list[_Shelved] = field(default_factory=list)
    _rarity: dict[str, float] = field(default_factory=dict)
    _unseen: float = 0.0
    #: What all sentences of all cases have in common.
    _common: Mean = field(default_factory=Mean)

    @classmethod
    def of(
        cls, precedents: Sequence[Precedent], meanings: Sequence[Iterable[Meaning | None]]
    ) -> Library:
        """`meanings` are what the sentences of each case (`told`) mean."""
        library = cls()
        known = [[meaning for meaning in each if meaning is not None] for each in meanings]
        for meaning in chain.from_iterable(known):
            library._common.add(meaning)
        counted = [_terms(_told(one), one.company) for one in precedents]
        library._learn(counted)
        library._cases = [
            _Shelved(one, library._vector(found), apart_from(library._common, meant))
            for one, found, meant in zip(precedents, counted, known, strict=True)
        ]
        return library

    def resembling(
        self, telling: Telling, rules: LikenessRules = DEFAULT
    ) -> tuple[Resemblance, ...]:
        """The cases that it resembles, the most alike first; nothing if none is alike enough."""
        ranked = [one for one in self.ranked(telling, rules) if one.similarity >= rules.least]
        enough = rules.close * ranked[0].similarity if ranked else 0.0
        return tuple(one for one in ranked[: rules.most] if one.similarity >= enough)

    def ranked(self, telling: Telling, rules: LikenessRules = DEFAULT) -> list[Resemblance]:
        """All cases, the most alike first; of equals in the order of their ids."""
        found = _terms(" ".join(telling.texts), telling.brand)
        said, meant = self._vector(found), apart_from(self._common, telling.meanings)
        alike = [
            _resemblance(
                one.precedent,
                _parts(one, telling, said, likeness(meant, one.meant), rules),
            )
            for one in self._cases
        ]
        return sorted(alike, key=lambda one: (-one.similarity, one.case))

    def _learn(self, texts: Sequence[Iterable[str]]) -> None:
        """Inverse document frequency over the cases; a word of no case is the rarest."""
        seen = Counter(term for found in texts for term in found)
        self._unseen = math.log(len(texts) + 1)
        self._rarity = {term: self._unseen - math.log(n + 1) for term, n in seen.items()}

    def _vector(self, found: Mapping[str, int]) -> Vector:
        weights = {
            term: (1 + math.log(n)) * self._rarity.get(term, self._unseen)
            for term, n in found.items()
        }
        norm = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {term: weight / norm for term, weight in weights.items() if weight > 0}


def _resemblance(precedent: Precedent, parts: Iterable[Part]) -> Resemblance:
    why = tuple(sorted(parts, key=lambda part: -part.value))
    return Resemblance(
        case=precedent.id,
        title=precedent.title,
        similarity=round(sum(part.value for part in why), 4),
        why=why,
        lesson=precedent.lesson,
        url=precedent.sources[0].url,
    )


def _parts(
    one: _Shelved, telling: Telling, said: Vector, meaning: float, rules: LikenessRules
) -> Iterator[Part]:
    """Each part that adds something, and that the case is of the same brand, which does not."""
    case = one.precedent
    weighed = (
        ("meaning", rules.meaning, *_meaning(meaning)),
        ("words", rules.words, *_words(said, one.words, rules)),
        ("harms", rules.harms, *_harms(telling.harms, case.harms, rules)),
        ("sector", rules.sector, *_sector(telling, case)),
        ("gravity", rules.gravity, *_gravity(telling.severity, case.severity, rules)),
        ("filmed", rules.filmed, *_filmed(telling, case)),
    )
    for name, most, share, sentence in weighed:
        if value := round(most * min(max(share, 0.0), 1.0), 4):
            yield Part(name=name, value=value, sentence=sentence)
    if normalise(telling.brand) == normalise(case.company):
        yield Part(
            name="same brand", value=0.0, sentence="The same brand, which counts for nothing here."
        )


def _meaning(alike: float) -> tuple[float, str]:
    return alike, f"What is said means much the same ({alike:.2f} of 1)."


def _words(said: Vector, told: Vector, rules: LikenessRules) -> tuple[float, str]:
    shared = sorted((term for term in said if term in told), key=lambda t: -said[t] * told[t])
    listed = ", ".join(shared[:_SHOWN_WORDS])
    return dot(said, told) / rules.words_full, f"The same words: {listed}."


def _harms(
    alleged: Mapping[str, float], harms: Mapping[str, float], rules: LikenessRules
) -> tuple[float, str]:
    """Cosine of what is alleged, as far as anything is; poor service makes nothing alike."""
    alleged = {name: share for name, share in alleged.items() if name != _ROUTINE}
    harms = {name: weight for name, weight in harms.items() if name != _ROUTINE}
    product = {name: alleged.get(name, 0.0) * weight for name, weight in harms.items()}
    lengths = math.hypot(*alleged.values()) * math.hypot(*harms.values())
    clear = min(1.0, max(alleged.values(), default=0.0) / rules.harm_full)
    named = sorted(product, key=lambda name: (-product[name], name))[:_SHOWN_HARMS]
    shown = [name for name in named if alleged.get(name, 0.0) >= _ALLEGED]
    listed = ", ".join(f"{name} {alleged[name]:.2f}" for name in shown)
    share = clear * sum(product.values()) / lengths if shown else 0.0
    return share, f"Alleged in both: {listed}."


def _sector(telling: Telling, case: Precedent) -> tuple[float, str]:
    described = normalise(f"{telling.description} {telling.brand}").split()
    return float(not case.sectors.isdisjoint(described)), f"A like trade: {case.sector}."


def _gravity(one: float, other: float, rules: LikenessRules) -> tuple[float, str]:
    share = 1.0 - abs(one - other) / rules.gravity_span
    return share, f"About as grave: {one:.1f} and {other:.1f} of 4."


def _filmed(telling: Telling, case: Precedent) -> tuple[float, str]:
    seen = case.came_out == FILMED and any(map(_FILM.search, telling.texts))
    return float(seen), "There is a film of it."


def _told(precedent: Precedent) -> str:
    return " ".join((*precedent.told, precedent.title, precedent.summary))


def _terms(text: str, name: str) -> Counter[str]:
    """The words of a text but those of a name, and no links."""
    found = terms(text, ignore=name_terms(name))
    return Counter({term: n for term, n in found.items() if not is_link(term)})
