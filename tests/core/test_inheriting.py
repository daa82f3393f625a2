"""What holds of an acknowledgement when its incident becomes part of another: named scenarios."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.duties import is_answered
from monitor.core.inheriting import inherited, known_at_least, seen_at
from monitor.core.types import Incident, Level, Status
from tests.core.facts import NOON, incident

MINUTE = timedelta(minutes=1)
NOW = NOON + 30 * MINUTE


def one(id_: int = 1, level: Level = Level.WARNING, **values: Any) -> Incident:
    told: dict[str, Any] = {"alerted_level": level, "raised_at": NOON, "status": Status.OPEN}
    return replace(incident(level), id=id_, **(told | values))


def seen(level: Level = Level.WARNING, **values: Any) -> Incident:
    """Incident 7, which kim acknowledged after ten minutes."""
    acknowledged: dict[str, Any] = {
        "status": Status.ACKNOWLEDGED,
        "acknowledged_at": NOON + 10 * MINUTE,
        "acknowledged_by": "kim",
    }
    return one(7, level, **(acknowledged | values))


def gone(given: Incident) -> Incident:
    """As it is when it has become part of the other one."""
    return replace(given, status=Status.MERGED)


HOLDS = {
    # level of the survivor, level at which the other was acknowledged: does it hold?
    "the same level": (Level.WARNING, Level.WARNING, True),
    "a lower one": (Level.WATCH, Level.WARNING, True),
    "a higher one": (Level.CRITICAL, Level.WARNING, False),
}


@pytest.mark.parametrize("name", HOLDS)
def test_an_acknowledgement_holds_unless_the_survivor_is_graver_than_what_was_seen(
    name: str,
) -> None:
    level, acknowledged, holds = HOLDS[name]
    legacy = inherited(one(level=level), gone(seen(acknowledged)), now=NOW)
    assert legacy.is_acknowledged is holds
    assert legacy.incident.status is (Status.ACKNOWLEDGED if holds else Status.OPEN)
    assert legacy.incident.acknowledged_by == ("kim" if holds else None)


def test_the_timeline_says_whose_it_is() -> None:
    legacy = inherited(one(), gone(seen()), now=NOW)
    assert legacy.note == "from incident 7: acknowledged by kim"


def test_or_why_it_does_not_hold() -> None:
    legacy = inherited(one(level=Level.CRITICAL), gone(seen()), now=NOW)
    assert legacy.note == (
        "from incident 7: not its acknowledgement: kim had seen it at warning, this one is at "
        "critical"
    )


def test_what_was_acknowledged_at_its_worst_was_seen_though_it_has_calmed_down() -> None:
    calmer = seen(Level.WATCH, alerted_level=Level.CRITICAL)
    assert seen_at(calmer) is Level.CRITICAL
    assert inherited(one(level=Level.CRITICAL), gone(calmer), now=NOW).is_acknowledged
    assert seen_at(one()) is None


def test_it_counts_from_when_it_was_given_if_the_survivor_waited_for_one_then() -> None:
    given = NOON + 10 * MINUTE
    before = inherited(one(raised_at=NOON + 5 * MINUTE), gone(seen()), now=NOW).incident
    assert before.acknowledged_at == given
    later = inherited(one(raised_at=NOON + 20 * MINUTE), gone(seen()), now=NOW).incident
    assert later.acknowledged_at == NOW
    assert is_answered(before)
    assert is_answered(later)


def test_reminders_begin_anew() -> None:
    assert inherited(one(reminders=3), gone(seen()), now=NOW).incident.reminders == 0


def test_one_that_somebody_answered_already_stays_theirs() -> None:
    theirs = replace(seen(), id=1, acknowledged_by="ann")
    legacy = inherited(theirs, gone(seen()), now=NOW)
    assert (legacy.incident, legacy.is_acknowledged, legacy.note) == (theirs, False, "")


def test_one_that_sleeps_goes_on_sleeping() -> None:
    asleep = one(status=Status.SNOOZED, snoozed_until=NOW + MINUTE)
    assert inherited(asleep, gone(seen()), now=NOW).incident == asleep


def test_one_that_is_over_takes_nothing_over() -> None:
    over = one(status=Status.RESOLVED)
    legacy = inherited(over, gone(seen(assigned_to="li")), now=NOW)
    assert (legacy.incident, legacy.note) == (over, "")


def test_one_that_nobody_touched_leaves_nothing() -> None:
    legacy = inherited(one(), gone(one(7)), now=NOW)
    assert (legacy.incident, legacy.is_acknowledged, legacy.note) == (one(), False, "")


def test_who_it_was_assigned_to_has_the_survivor_unless_that_has_somebody() -> None:
    theirs = gone(one(7, assigned_to="li"))
    legacy = inherited(one(), theirs, now=NOW)
    assert legacy.incident.assigned_to == "li"
    assert (legacy.is_acknowledged, legacy.note) == (False, "from incident 7: assigned to li")
    assert inherited(one(assigned_to="ann"), theirs, now=NOW).note == ""


def test_what_was_said_and_noted_counts_for_the_survivor_too() -> None:
    told: dict[str, Any] = {"statement_at": NOON + MINUTE, "last_statement_at": NOON + 9 * MINUTE}
    theirs = gone(one(7, facts_at=NOON, **told))
    fresh = inherited(one(), theirs, now=NOW)
    assert fresh.incident.facts_at == NOON
    assert fresh.incident.statement_at == NOON + MINUTE
    assert fresh.incident.last_statement_at == NOON + 9 * MINUTE
    assert fresh.note == "from incident 7: what is known was noted; the brand has spoken"
    spoke = one(statement_at=NOON + 5 * MINUTE, last_statement_at=NOON + 20 * MINUTE)
    both = inherited(spoke, theirs, now=NOW).incident
    assert (both.statement_at, both.last_statement_at) == (NOON + MINUTE, NOON + 20 * MINUTE)


def test_a_level_that_people_acknowledged_is_no_news_of_the_survivor() -> None:
    raised = known_at_least(one(level=Level.WATCH), seen())
    assert (raised.level, raised.alerted_level) == (Level.WARNING, Level.WARNING)
    told_worse = one(level=Level.WATCH, alerted_level=Level.CRITICAL)
    assert known_at_least(told_worse, seen()).alerted_level is Level.CRITICAL


@pytest.mark.parametrize(
    ("kept", "lost"),
    [
        (one(level=Level.WATCH), one(7)),
        (one(), seen()),
        (one(level=Level.CRITICAL), seen()),
        (one(level=Level.WATCH, status=Status.RESOLVED), seen()),
    ],
)
def test_otherwise_it_stands_where_it_stood(kept: Incident, lost: Incident) -> None:
    assert known_at_least(kept, lost) is kept
