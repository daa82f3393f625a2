"""Chances that were missed: when a story had been judged and nobody was told, and what it costs.

A lower threshold would have told then. Its price is the stories of the past that it would have
brought besides, on the history that `monitor tune` learns from: what of them people dismissed is a
false alarm for sure, what nobody judged may be one. Recomputes no risk, changes no setting.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.dossier import Dossier, TurnedAway
from monitor.core.settings import AlertSettings
from monitor.core.slowburn import GRAVE
from monitor.core.tuning import LEAST, LEAST_WATCH, WIDER, History, Label, weekly_pages
from monitor.core.types import Level

#: For so long before people were told, what was turned away may have been a part of it.
BEFORE = timedelta(days=1)
#: From here on it alarmed: fainter ones are not asked of the database (see `Dossier.turned_away`).
ALARMED = 0.3
#: From here on it alleged what the incident alleges.
ALLEGED = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One time that the story was judged."""

    at: datetime
    risk: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Stories of a brand that a lower threshold would have brought besides those of today."""

    #: How long the brand was watched; rates are never of less than one.
    weeks: float
    stories: int
    #: Of them, as people answered: false alarms, real ones; of the others nobody said.
    dismissed: int
    answered: int

    @property
    def weekly(self) -> float:
        """Stories a week; of less than one week as if it had been one."""
        return self.stories / max(self.weeks, 1.0)

    @property
    def unjudged(self) -> int:
        return self.stories - self.dismissed - self.answered


@dataclass(frozen=True, kw_only=True, slots=True)
class MissedChance:
    """A moment at which a lower threshold would have told."""

    at: datetime
    #: What the story was judged at, and the threshold in hundredths that this would have reached.
    risk: float
    threshold: float
    #: How much earlier than people were told.
    lead: timedelta
    #: None: no history to say.
    cost: Cost | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """What was missed of one level."""

    level: Level
    #: When people were told at it; None: never.
    told_at: datetime | None
    #: As it is set, and the stories a week at it that the budget stands for.
    threshold: float
    allowed: float
    #: The earliest first.
    chances: tuple[MissedChance, ...]
    #: The first of them that keeps to the budget; None: none is known to.
    affordable: MissedChance | None
    unheeded: tuple[Judged, ...]
    turned_away: tuple[TurnedAway, ...]


def missed(
    dossier: Dossier, judged: Sequence[Judged], history: History, settings: AlertSettings
) -> tuple[Missed, ...]:
    """Of `watch`; of `warning` too, if those who are paged were told later than the others."""
    return tuple(
        _of_level(level, dossier, judged, history, settings) for level in _levels(dossier)
    )


def told_at(dossier: Dossier, level: Level) -> datetime | None:
    """When the incident reached `level` or more; None: never."""
    if level <= Level.WATCH:
        return dossier.incident.opened_at
    names = {f"level {step.label}" for step in Level if step >= level}
    return next((step.at for step in dossier.timeline if step.what in names), None)


def _levels(dossier: Dossier) -> tuple[Level, ...]:
    paged = told_at(dossier, Level.WARNING)
    later = paged is not None and paged > dossier.incident.opened_at
    return (Level.WATCH, Level.WARNING) if later else (Level.WATCH,)


def _of_level(
    level: Level,
    dossier: Dossier,
    judged: Sequence[Judged],
    history: History,
    settings: AlertSettings,
) -> Missed:
    found = chances(dossier, judged, history, settings, level=level)
    return Missed(
        level=level,
        told_at=told_at(dossier, level),
        threshold=settings.threshold(level),
        allowed=allowed(settings, level),
        chances=found,
        affordable=affordable(found, history, dossier.incident.brand, settings, level=level),
        unheeded=unheeded(dossier, judged, level),
        turned_away=turned_away(dossier, level),
    )


def least(level: Level) -> float:
    """The lowest threshold that `monitor tune` would ever propose: below it lies all talk."""
    return LEAST_WATCH if level is Level.WATCH else LEAST


def unheeded(dossier: Dossier, judged: Sequence[Judged], level: Level) -> tuple[Judged, ...]:
    """Judgements before people were told that no sensible threshold would have acted on."""
    told = told_at(dossier, level)
    before = (one for one in judged if told is not None and one.at < told)
    return tuple(one for one in before if one.risk < least(level))


def turned_away(dossier: Dossier, level: Level) -> tuple[TurnedAway, ...]:
    """What alleged the same shortly before people were told, and was not held for the brand's."""
    told, grave = told_at(dossier, level), frozenset(dossier.incident.harms) & frozenset(GRAVE)
    if told is None:
        return ()
    return tuple(
        one
        for one in dossier.turned_away
        if told - BEFORE <= one.at < told
        and any(one.harms.get(harm, 0.0) >= ALLEGED for harm in grave)
    )


def chances(
    dossier: Dossier,
    judged: Sequence[Judged],
    history: History,
    settings: AlertSettings,
    *,
    level: Level = Level.WATCH,
) -> tuple[MissedChance, ...]:
    """Of the threshold of `level`, the earliest first; of one threshold the first moment only."""
    told, now = told_at(dossier, level), settings.threshold(level)
    if told is None:
        return ()
    found: list[MissedChance] = []
    highest = least(level) - 0.01
    for one in (one for one in judged if one.at < told and one.risk < now):
        # Rounded first: 100 * 0.29 is less than 29.
        threshold = math.floor(round(100 * one.risk, 6)) / 100
        # A lower one would have told by a chance before.
        if threshold > highest:
            highest, lead = threshold, told - one.at
            cost = _cost(history, dossier, threshold, now)
            found.append(
                MissedChance(at=one.at, risk=one.risk, threshold=threshold, lead=lead, cost=cost)
            )
    return tuple(found)


def allowed(settings: AlertSettings, level: Level) -> float:
    """Stories a week at `level` that the budget of pages stands for, as `monitor tune` has it."""
    return weekly_pages(settings) * (WIDER if level is Level.WATCH else 1.0)


def affordable(
    found: Sequence[MissedChance],
    history: History,
    brand: str,
    settings: AlertSettings,
    *,
    level: Level = Level.WATCH,
) -> MissedChance | None:
    """The first chance whose threshold keeps to the budget; None if none does."""
    if brand not in history.weeks:
        return None
    most = allowed(settings, level)
    return next((one for one in found if history.pages(brand, one.threshold) <= most), None)


def _cost(history: History, dossier: Dossier, threshold: float, now: float) -> Cost | None:
    brand = dossier.incident.brand
    if brand not in history.weeks:
        return None
    besides = Counter(
        one.answer
        for one in history.stories
        if one.brand == brand
        and threshold <= one.risk < now
        and one.incident_id != dossier.incident.id
    )
    return Cost(
        weeks=history.weeks[brand],
        stories=besides.total(),
        dismissed=besides[Label.NOISE],
        answered=besides[Label.REAL],
    )
