"""Thresholds that meet the alert budget on what has been seen, and what they would have changed.

Decides from the highest risk that each story of the past reached; recomputes no risk and changes
no setting. What people answered counts: what they dismissed as a false alarm is avoided where that
costs nothing that they did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from monitor.core.settings import AlertSettings

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


class Answer(Enum):
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
    answer: Answer = Answer.NONE


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
class Tuned:
    """The thresholds, why, and what they would have changed among the pages."""

    watch: float
    warning: float
    critical: float
    reason: str
    rates: tuple[Rate, ...]
    #: Worst first.
    appeared: tuple[Heard, ...]
    vanished: tuple[Heard, ...]


def solve(history: History, settings: AlertSettings) -> Tuned:
    """The lowest thresholds at which no brand has more pages than the budget.

    `ValueError` if nothing has been seen.
    """
    if not history.stories:
        raise ValueError("nothing has been judged yet, so there is nothing to tune on")
    count, span = settings.budget
    weekly = count / (span / WEEK)
    met = _lowest(history, weekly)
    warning, reason = _above_noise(history.stories, met)
    watch = min(_lowest(history, weekly * WIDER, least=LEAST_WATCH), warning - APART)
    critical = max(_lowest(history, weekly / WIDER), warning + APART)
    return Tuned(
        watch=round(watch, 2),
        warning=warning,
        critical=round(min(critical, 0.99), 2),
        reason=reason,
        rates=tuple(_rates(history, settings.warning, warning)),
        appeared=_among(history.stories, lambda risk: warning <= risk < settings.warning),
        vanished=_among(history.stories, lambda risk: settings.warning <= risk < warning),
    )


def _lowest(history: History, weekly: float, *, least: float = LEAST) -> float:
    """The lowest threshold in hundredths that keeps every brand within so many pages a week."""
    steps = range(round(100 * least), round(100 * MOST))
    within = (
        step / 100
        for step in steps
        if all(history.pages(brand, step / 100) <= weekly for brand in history.weeks)
    )
    return next(within, MOST)


def _above_noise(stories: Sequence[Heard], met: float) -> tuple[float, str]:
    """Raise the threshold over false alarms that lie below everything else."""
    pages = [one for one in stories if one.risk >= met]
    rest = min((one.risk for one in pages if one.answer is not Answer.NOISE), default=MOST)
    noise = [one.risk for one in pages if one.answer is Answer.NOISE and one.risk < rest]
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


def _among(stories: Iterable[Heard], changed: Callable[[float], bool]) -> tuple[Heard, ...]:
    found = (one for one in stories if changed(one.risk))
    return tuple(sorted(found, key=lambda one: (-one.risk, one.story_id)))
