"""What the network sees of a row in one epoch: names masked, context dropped, rows thinned.

Masking keeps it from learning brands by heart: an invented name or a placeholder stands for
the brand and its aliases in both segments. Where the name is real, such a row says nothing of
`about`, which may hang on knowing it; a text about another bearer of the name keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from models.train.noise import disturbed
from models.train.rows import Row
from monitor.core.types import Reading

PLACEHOLDER = "the brand"
#: Share of the texts without a brand that get one at their end.
_SPOKEN_TO = 0.6
_STARTS = ("zor", "kel", "bra", "ven", "mira", "tolo", "quin", "sel", "nor", "fay", "dun", "hal")
_ENDS = ("vex", "dane", "tic", "mont", "ora", "well", "ix", "by", "lane", "cor", "sta", "ley")
_KINDS = (
    "airline",
    "bank",
    "supermarket chain",
    "car maker",
    "hotel chain",
    "phone maker",
    "software company",
    "parcel service",
    "restaurant chain",
    "energy supplier",
    "",
)


_WAYS = ("{kind}", "{name}, a {kind}", "{name}: {kind}", "{name}: well-known {kind}", "a {kind}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Habits:
    """How often what is done to a row."""

    masked: float = 0.35
    placeholder: float = 0.4
    without_description: float = 0.12
    #: How often a brand is described by its kind alone ("airline"), as people do who are in haste.
    kind_alone: float = 0.12
    without_source: float = 0.5
    #: How often a text is disturbed (`noise.py`).
    disturbed: float = 0.08
    #: Share of a corpus' rows seen in one epoch; above 1 they are seen more than once.
    seen: tuple[tuple[str, float], ...] = (
        ("own", 3.0),
        ("semeval2017_bd", 0.25),
        ("newsmtsc", 0.35),
        ("sentfin", 0.25),
        ("sanders", 0.4),
        ("brands_products", 0.5),
        ("goemotions", 0.6),
        ("cfpb_narratives", 0.7),
        ("ba_reviews", 0.7),
        ("guardian_business", 2.0),
        ("utility_outage", 2.0),
    )
    #: A factor on the share of all corpora that are not RepLab.
    share: float = 1.0
    #: Share of the rows that have no label at all.
    unlabelled: float = 0.7
    #: Share of RepLab's routine rows (related, no alarm, not negative) seen in one epoch.
    routine: float = 0.45


def epoch(rows: Iterable[Row], habits: Habits, random: Random) -> Iterator[Row]:
    """The rows of one epoch, changed as in training, in the given order."""
    for row in rows:
        for _ in range(_times(_rate(row, habits), random)):
            yield altered(row, habits, random)


def _rate(row: Row, habits: Habits) -> float:
    if not row.targets:
        return habits.unlabelled
    if row.origin == "replab2013":
        routine = row.targets.get("negative") != 1.0 and row.targets.get("alarm") == 0.0
        return habits.routine if routine else 1.0
    return habits.share * dict(habits.seen).get(row.origin, 1.0)


def _times(rate: float, random: Random) -> int:
    whole = int(rate)
    return whole + (random.random() < rate - whole)


def altered(row: Row, habits: Habits, random: Random) -> Row:
    """One sight of a row."""
    if not row.reading.brand:
        return unrelated(row, random)
    if row.targets.get("about") != 0.0 and random.random() < habits.masked:
        name = PLACEHOLDER if random.random() < habits.placeholder else invented(random)
        row = masked(row, name)
    reading = row.reading
    if row.targets.get("about") != 0.0:
        reading = replace(reading, description=_described(row, reading, habits, random))
    if random.random() < habits.without_source:
        reading = replace(reading, source="")
    if random.random() < habits.disturbed:
        reading = replace(reading, text=disturbed(reading.text, random))
    return replace(row, reading=reading)


def _described(row: Row, reading: Reading, habits: Habits, random: Random) -> str:
    drawn = random.random()
    if drawn < habits.without_description:
        return ""
    if drawn < habits.without_description + habits.kind_alone:
        return row.extra.get("kind") or reading.description
    return reading.description


def unrelated(row: Row, random: Random) -> Row:
    """A text that names no brand, beside one: not about it, or made to speak to it.

    Half of them get the name at their end, so that a name nobody knows does not mean calm, nor
    a missing one; whether those are about the brand is left open.
    """
    name = invented(random)
    kind = random.choice(_KINDS)
    # As it is written elsewhere: a kind alone must not mean that the text is about another.
    written = random.choice(_WAYS).format(name=name, kind=kind) if kind else ""
    reading = replace(row.reading, brand=name, description=written)
    if random.random() < _SPOKEN_TO:
        spoken = f"{reading.text} {random.choice(('@', '#', ''))}{name}"
        return replace(row, reading=replace(reading, text=spoken))
    return replace(row, reading=reading, targets={"about": 0.0, **row.targets})


def invented(random: Random) -> str:
    """A name that no brand has."""
    return (random.choice(_STARTS) + random.choice(_ENDS)).capitalize()


def masked(row: Row, name: str) -> Row:
    """The row with `name` for the brand and its aliases; `about` is kept for our own texts."""
    pattern = written({row.reading.brand, *row.aliases})
    reading = Reading(
        brand=name,
        description=pattern.sub(name, row.reading.description),
        text=pattern.sub(name, row.reading.text),
        source=row.reading.source,
    )
    kept = {column: value for column, value in row.targets.items() if column != "about"}
    return replace(row, reading=reading, targets=row.targets if row.origin == "own" else kept)


def written(names: Collection[str]) -> re.Pattern[str]:
    """Any of the names as a whole word, in any case, also as a handle or a hashtag."""
    longest_first = sorted(names, key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!\w)[@#]?(?:{either})(?!\w)", re.IGNORECASE)
