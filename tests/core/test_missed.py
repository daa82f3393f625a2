"""Missed chances: which threshold would have told earlier, and what it would have cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.dossier import Dossier, Step, TurnedAway
from monitor.core.missed import (
    Judged,
    affordable,
    allowed,
    chances,
    told_at,
    turned_away,
    unheeded,
)
from monitor.core.settings import AlertSettings
from monitor.core.tuning import Heard, History, Label
from monitor.core.types import Level
from tests.core.facts import HOUR, MINUTE, NOON, incident

SETTINGS = AlertSettings()
DOSSIER = Dossier(
    incident=incident(Level.CRITICAL, first_seen_at=NOON - 5 * HOUR),
    reason="",
    parts=(),
    timeline=(
        Step(at=NOON, what="level watch", who="monitor", detail=""),
        Step(at=NOON + HOUR, what="level critical", who="monitor", detail=""),
        Step(at=NOON + 2 * HOUR, what="level warning", who="monitor", detail=""),
    ),
)
JUDGED = (
    Judged(at=NOON - 4 * HOUR, risk=0.119),
    Judged(at=NOON - 3 * HOUR, risk=0.11),
    Judged(at=NOON - 2 * HOUR, risk=0.2),
    Judged(at=NOON, risk=0.85),
)


def heard(number: int, risk: float, **known: object) -> Heard:
    one = Heard(story_id=number, incident_id=None, brand="Acme", title="", risk=risk, at=NOON)
    return replace(one, **known)  # type: ignore[arg-type]


def history(*risks: float, weeks: float = 1.0) -> History:
    return History(stories=tuple(map(heard, range(len(risks)), risks)), weeks={"Acme": weeks})


def test_a_missed_chance_is_each_lower_threshold_that_would_have_told_earlier() -> None:
    found = chances(DOSSIER, JUDGED, history(0.85, 0.15, 0.12, 0.05), SETTINGS)
    assert [(one.threshold, one.lead, one.cost.weekly) for one in found if one.cost] == [
        (0.11, 4 * HOUR, 2.0),
        (0.2, 2 * HOUR, 0.0),
    ]


def test_what_was_told_at_once_was_not_missed() -> None:
    assert chances(DOSSIER, JUDGED[-1:], history(0.85), SETTINGS) == ()
    above = Judged(at=NOON - HOUR, risk=0.25)
    assert chances(DOSSIER, (above,), history(0.85), SETTINGS) == ()


def test_without_a_history_the_price_is_not_known() -> None:
    empty = History(stories=(), weeks={})
    found = chances(DOSSIER, JUDGED, empty, SETTINGS)
    assert [one.cost for one in found] == [None, None]
    assert affordable(found, empty, "Acme", SETTINGS) is None


def test_the_first_that_keeps_to_the_budget_of_watch_is_named() -> None:
    # 3 pages a week allow 15 stories a week at watch.
    for count, threshold in ((15, 0.11), (16, 0.2)):
        past = history(0.85, *[0.15] * (count - 1))
        found = chances(DOSSIER, JUDGED, past, SETTINGS)
        best = affordable(found, past, "Acme", SETTINGS)
        assert best is not None
        assert best.threshold == threshold


@pytest.mark.parametrize(
    ("risk", "threshold"), [(0.29, 0.29), (0.2999, 0.29), (0.3, None), (0.31, None)]
)
def test_a_threshold_is_the_hundredth_below_the_risk(risk: float, threshold: float | None) -> None:
    raised = replace(SETTINGS, watch=0.3)
    found = chances(DOSSIER, (Judged(at=NOON - HOUR, risk=risk),), history(), raised)
    assert [one.threshold for one in found] == ([] if threshold is None else [threshold])


@pytest.mark.parametrize(
    ("level", "risk", "counts"),
    [
        (Level.WATCH, 0.1, True),
        (Level.WATCH, 0.099, False),
        (Level.WARNING, 0.3, True),
        (Level.WARNING, 0.299, False),
    ],
)
def test_a_threshold_that_nobody_would_set_is_no_chance(
    level: Level, risk: float, counts: bool
) -> None:
    judged = (Judged(at=NOON - HOUR, risk=risk), Judged(at=NOON + 3 * HOUR, risk=0.0))
    assert bool(chances(DOSSIER, judged, history(), SETTINGS, level=level)) is counts
    assert bool(unheeded(DOSSIER, judged, level)) is not counts


def test_a_level_is_told_when_it_or_a_worse_one_is_reached() -> None:
    assert told_at(DOSSIER, Level.WATCH) == NOON
    assert told_at(DOSSIER, Level.WARNING) == NOON + HOUR
    assert told_at(replace(DOSSIER, timeline=DOSSIER.timeline[:1]), Level.WARNING) is None


def test_what_was_never_paged_has_no_chance_to_page() -> None:
    never = replace(DOSSIER, timeline=())
    judged = (Judged(at=NOON - HOUR, risk=0.4), Judged(at=NOON - HOUR, risk=0.1))
    assert chances(never, judged, history(), SETTINGS, level=Level.WARNING) == ()
    assert unheeded(never, judged, Level.WARNING) == ()


def test_a_chance_to_page_is_one_below_the_threshold_of_warning() -> None:
    judged = (Judged(at=NOON + MINUTE, risk=0.45), Judged(at=NOON + 2 * MINUTE, risk=0.5))
    (found,) = chances(DOSSIER, judged, history(0.46, 0.2), SETTINGS, level=Level.WARNING)
    assert (found.threshold, found.lead, found.risk) == (0.45, 59 * MINUTE, 0.45)
    assert found.cost is not None
    assert found.cost.stories == 1


def test_the_cost_is_told_by_what_people_said_of_the_stories() -> None:
    stories = (
        heard(1, 0.15, answer=Label.NOISE),
        heard(2, 0.11, answer=Label.NOISE),
        heard(3, 0.2, answer=Label.REAL),
        heard(4, 0.24),
        heard(5, 0.1),
        heard(6, 0.25),
        heard(7, 0.2, brand="Other"),
        heard(8, 0.2, incident_id=DOSSIER.incident.id),
    )
    past = History(stories=stories, weeks={"Acme": 2.0, "Other": 2.0})
    first = chances(DOSSIER, JUDGED, past, SETTINGS)[0]
    assert first.cost is not None
    cost = first.cost
    assert (cost.stories, cost.dismissed, cost.answered, cost.unjudged) == (4, 2, 1, 1)
    assert (cost.weeks, cost.weekly) == (2.0, 2.0)


def test_less_than_a_week_counts_as_one() -> None:
    found = chances(DOSSIER, JUDGED, history(0.15, weeks=0.5), SETTINGS)
    assert found[0].cost is not None
    assert found[0].cost.weekly == 1.0


@pytest.mark.parametrize(
    ("budget", "watch", "warning"),
    [((3, timedelta(weeks=1)), 15.0, 3.0), ((2, timedelta(days=1)), 70.0, 14.0)],
)
def test_the_budget_is_of_pages_and_watch_may_have_five_times_as_many(
    budget: tuple[int, timedelta], watch: float, warning: float
) -> None:
    settings = replace(SETTINGS, budget=budget)
    assert allowed(settings, Level.WATCH) == watch
    assert allowed(settings, Level.WARNING) == warning


def test_pages_keep_to_the_budget_of_pages() -> None:
    judged = (Judged(at=NOON, risk=0.35), Judged(at=NOON + MINUTE, risk=0.45))
    past = history(0.85, 0.46, 0.47, 0.36)
    found = chances(DOSSIER, judged, past, SETTINGS, level=Level.WARNING)
    best = affordable(found, past, "Acme", SETTINGS, level=Level.WARNING)
    assert best is not None
    assert best.threshold == 0.45


def away(**known: object) -> TurnedAway:
    one = TurnedAway(at=NOON - HOUR, alarm=0.4, harms={"safety": 0.6, "service": 0.9})
    return replace(one, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (away(), True),
        (away(at=NOON), False),
        (away(at=NOON - timedelta(days=1)), True),
        (away(at=NOON - timedelta(days=1, minutes=1)), False),
        (away(harms={"safety": 0.4, "privacy": 0.9, "service": 0.9}), False),
    ],
)
def test_what_alleged_the_same_in_the_day_before_people_were_told_was_turned_away(
    one: TurnedAway, *, counts: bool
) -> None:
    grave = replace(DOSSIER.incident, harms=("safety", "service"))
    dossier = replace(DOSSIER, incident=grave, turned_away=(one,))
    assert turned_away(dossier, Level.WATCH) == ((one,) if counts else ())


def test_people_were_told_once_the_level_itself_or_a_higher_one_was_reached() -> None:
    watch, critical, warning = DOSSIER.timeline

    assert told_at(replace(DOSSIER, timeline=(watch, warning)), Level.WARNING) == warning.at
    assert told_at(DOSSIER, Level.WARNING) == critical.at
    assert told_at(replace(DOSSIER, timeline=(watch, warning)), Level.CRITICAL) is None


def test_before_a_page_that_never_came_nothing_was() -> None:
    dossier = replace(DOSSIER, timeline=(), turned_away=(away(),))
    assert turned_away(dossier, Level.WARNING) == ()
