"""Thresholds that meet the alert budget on what has been seen, and what they would have changed.

Decides from the highest risk that each story of the past reached; recomputes no risk and changes
no setting. What people answered counts: what they dismissed as a false alarm is avoided where that
costs nothing that they did not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from monitor.core.settings import AlertSettings
from monitor.core.types import Level

#: Thresholds are looked for in steps of a hundredth, between these.
LEAST: Final = 0.3
MOST: Final = 0.95
#: `watch` is for those who look at the desk, `critical` for those who are woken: that many times
#: as many stories, and as few, as pages.
WIDER: Final = 5.0
#: Steps between two levels, so that one post does not climb both.
APART: Final = 0.05
LEAST_WATCH: Final = 0.1
WEEK: Final = timedelta(weeks=1)
LEVELS: Final = (Level.WATCH, Level.WARNING, Level.CRITICAL)


class Label(Enum):
    """What people said of a story."""

    #: Acknowledged or resolved: it was one.
    REAL = "answered"
    #: Dismissed as a false alarm, or as not about the brand.
    NOISE = "dismissed"
    NONE = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One story of the past at its highest risk."""

    story_id: int
    incident_id: int | None
    brand: str
    title: str
    risk: float
    at: datetime
    answer: Label = Label.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What was seen, and for how many weeks each brand was watched."""

    stories: tuple[Heard, ...]
    weeks: Mapping[str, float]

    def pages(self, brand: str, threshold: float) -> float:
        """Stories of a brand at or above a threshold, a week."""
        count = sum(one.brand == brand and one.risk >= threshold for one in self.stories)
        return count / max(self.weeks[brand], 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """Pages a week of one brand, as the thresholds are and as they would be."""

    brand: str
    now: float
    tuned: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One threshold, as it is and as it would be, and the stories between the two."""

    level: str
    now: float
    tuned: float
    #: Worst first: those that would have reached the level, and those that would not any more.
    appeared: tuple[Heard, ...]
    vanished: tuple[Heard, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuned:
    """The thresholds, why, and what they would have changed."""

    watch: float
    warning: float
    critical: float
    reason: str
    #: Why they are no more than a guess; empty if the history is long enough.
    caution: str
    rates: tuple[Rate, ...]
    #: Of each level, the lowest first.
    changes: tuple[Change, ...]

    @property
    def pages(self) -> Change:
        """What would have changed among the pages."""
        return next(one for one in self.changes if one.level == Level.WARNING.label)


def solve(history: History, settings: AlertSettings) -> Tuned:
    """The lowest thresholds at which no brand has more pages than the budget.

    `ValueError` if nothing has been seen.
    """
    if not history.stories:
        raise ValueError("nothing has been judged yet, so there is nothing to tune on")
    weekly = weekly_pages(settings)
    warning, reason = _pages(history, weekly)
    watch = min(_lowest(history, weekly * WIDER, least=LEAST_WATCH) or MOST, warning - APART)
    critical = max(_lowest(history, weekly / WIDER) or MOST, warning + APART)
    found = (round(watch, 2), warning, round(min(critical, 0.99), 2))
    return Tuned(
        watch=found[0],
        warning=warning,
        critical=found[2],
        reason=reason,
        caution=_caution(history, settings.budget[1]),
        rates=tuple(_rates(history, settings.warning, warning)),
        changes=tuple(_changes(history.stories, settings, found)),
    )


def weekly_pages(settings: AlertSettings) -> float:
    """Pages a week that the budget stands for."""
    count, span = settings.budget
    return count / (span / WEEK)


def _pages(history: History, weekly: float) -> tuple[float, str]:
    """The threshold for pages, and what is to be said of it."""
    met = _lowest(history, weekly)
    return _above_noise(history.stories, met) if met is not None else (MOST, _over(history))


def _over(history: History) -> str:
    left = {brand: history.pages(brand, MOST) for brand in history.weeks}
    worst = max(sorted(left), key=left.__getitem__)
    return (
        f"No threshold keeps every brand within its budget: {MOST:.2f}, the highest that is "
        f"tried, still leaves {worst} {left[worst]:.1f} pages a week."
    )


def _caution(history: History, span: timedelta) -> str:
    """A budget of so many days asks for as many; rates are never of less than a week."""
    needed = max(span, WEEK)
    watched = max(history.weeks.values()) * WEEK
    if watched >= needed:
        return ""
    return (
        f"That is too short to tune on: the budget asks for {needed.days} days, and rates are "
        "counted as of a full week. Take the thresholds for a guess, and tune again later."
    )


def _lowest(history: History, weekly: float, *, least: float = LEAST) -> float | None:
    """The lowest threshold in hundredths that keeps every brand within so many pages a week."""
    steps = range(round(100 * least), round(100 * MOST) + 1)
    within = (
        step / 100
        for step in steps
        if all(history.pages(brand, step / 100) <= weekly for brand in history.weeks)
    )
    return next(within, None)


def _above_noise(stories: Sequence[Heard], met: float) -> tuple[float, str]:
    """Raise the threshold over false alarms that lie below everything else."""
    pages = [one for one in stories if one.risk >= met]
    rest = min((one.risk for one in pages if one.answer is not Label.NOISE), default=MOST)
    noise = [one.risk for one in pages if one.answer is Label.NOISE and one.risk < rest]
    if not noise:
        return met, f"{met:.2f} is the lowest that keeps every brand within its budget."
    raised = min((int(100 * max(noise)) + 1) / 100, MOST)
    if raised > rest:
        return met, f"{met:.2f} keeps to the budget; no false alarm lies clearly below the rest."
    return raised, (
        f"{met:.2f} would keep to the budget; {raised:.2f} leaves out {len(noise)} more that "
        "were dismissed, and nothing else."
    )


def _rates(history: History, now: float, tuned: float) -> Iterable[Rate]:
    for brand in sorted(history.weeks):
        yield Rate(brand=brand, now=history.pages(brand, now), tuned=history.pages(brand, tuned))


def _changes(
    stories: Sequence[Heard], settings: AlertSettings, found: tuple[float, float, float]
) -> Iterator[Change]:
    for level, tuned in zip(LEVELS, found, strict=True):
        now = settings.threshold(level)
        yield Change(
            level=level.label,
            now=now,
            tuned=tuned,
            appeared=_between(stories, tuned, now),
            vanished=_between(stories, now, tuned),
        )


def _between(stories: Iterable[Heard], least: float, below: float) -> tuple[Heard, ...]:
    found = (one for one in stories if least <= one.risk < below)
    return tuple(sorted(found, key=lambda one: (-one.risk, one.story_id)))
