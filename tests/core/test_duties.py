"""What is owed of an incident depends on its level: nobody owes what nobody is reminded of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.answers import Answer, stated
from monitor.core.answers import answered as answered_by
from monitor.core.duties import duty, owed, owed_at_worst, owner
from monitor.core.settings import AlertSettings
from monitor.core.types import Level, Status
from tests.core.facts import HOUR, NOON, incident


@pytest.mark.parametrize(
    ("level", "names"),
    [
        (Level.WATCH, []),
        (Level.WARNING, ["acknowledge"]),
        (Level.CRITICAL, ["acknowledge", "facts", "statement"]),
    ],
)
def test_each_level_asks_for_its_own(level, names):
    found = owed(replace(incident(level), raised_at=NOON), AlertSettings())
    assert [one.name for one in found] == names


def test_what_was_done_is_told_though_nobody_asked():
    watched = replace(incident(Level.WATCH), raised_at=NOON, statement_at=NOON + HOUR)
    assert [one.name for one in owed(watched, AlertSettings())] == ["statement"]


@pytest.mark.parametrize(
    ("level", "alerted"), [(Level.WATCH, Level.CRITICAL), (Level.CRITICAL, Level.WATCH)]
)
def test_what_was_asked_at_its_worst_was_asked(level: Level, alerted: Level):
    calmed = incident(level, alerted_level=alerted)
    assert owed_at_worst(calmed, AlertSettings()) == owed(
        incident(Level.CRITICAL), AlertSettings()
    )


@pytest.mark.parametrize(
    ("status", "assigned", "acknowledged", "whose"),
    [
        (Status.ACKNOWLEDGED, None, "ann", "ann"),
        (Status.SNOOZED, None, "ann", "ann"),
        (Status.OPEN, None, "ann", None),
        (Status.OPEN, "bob", "ann", "bob"),
        (Status.ACKNOWLEDGED, "bob", "ann", "bob"),
        (Status.ACKNOWLEDGED, None, None, None),
    ],
)
def test_it_is_of_whom_it_was_given_to_or_who_took_it_since_it_rose(
    status, assigned, acknowledged, whose
):
    known = {"status": status, "assigned_to": assigned, "acknowledged_by": acknowledged}
    assert owner(replace(incident(), **known)) == whose


@pytest.mark.parametrize(
    ("known", "start"),
    [(None, 2 * HOUR), (HOUR, timedelta()), (2 * HOUR, 2 * HOUR), (3 * HOUR, 2 * HOUR)],
    ids=["not known yet", "known before", "known at once", "known later"],
)
def test_whoever_acknowledges_late_has_as_long_to_find_out(known, start):
    answered = replace(
        incident(Level.CRITICAL),
        status=Status.ACKNOWLEDGED,
        raised_at=NOON,
        acknowledged_at=NOON + 2 * HOUR,
        facts_at=None if known is None else NOON + known,
    )
    settings = AlertSettings(facts_within=HOUR)
    found = duty("facts", answered, settings)
    assert found is not None
    assert found.due == NOON + start + HOUR


@pytest.mark.parametrize(("days", "counts"), [(3, True), (4, False)])
def test_what_was_said_long_before_it_came_back_answers_nothing_of_what_is_new(days, counts):
    """A second accident, a week after the first was closed, wants facts and a word of its own."""
    first, again = NOON, NOON + timedelta(days=days)
    known = {"facts_at": first, "statement_at": first, "last_statement_at": first}
    back = incident(Level.CRITICAL, raised_at=again, last_seen_at=again, **known)
    done = {one.name: one.done_at is not None for one in owed(back, AlertSettings())}
    assert done["facts"] is done["statement"] is counts
    assert ("update" in done) is counts

    by = again + HOUR
    answered = stated(noted(back, at=by), at=by)
    done_at = {one.name: one.done_at for one in owed(answered, AlertSettings())}
    assert done_at["facts"] == done_at["statement"] == (first if counts else by)
    assert answered.statement_at == first, "the first statement stays what it was"


def test_what_is_known_was_known_when_it_was_noted_first():
    known = noted(incident(), at=NOON + HOUR)
    assert noted(known, at=NOON + 2 * HOUR).facts_at == NOON + HOUR
    assert stated(known, at=NOON + 2 * HOUR).facts_at == NOON + HOUR


def noted(known, *, at):
    return answered_by(known, Answer(verb="note", actor="ann", text="a bolt broke"), now=at)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.DISMISSED, Status.SNOOZED])
def test_an_acknowledgement_stays_done_when_the_incident_is_over(status):
    known = {"status": status, "raised_at": NOON, "acknowledged_at": NOON + HOUR}
    taken = replace(incident(Level.CRITICAL), **known)
    since = replace(taken, raised_at=NOON + 2 * HOUR)
    done = [owed(each, AlertSettings())[0].done_at for each in (taken, since)]
    assert done == [NOON + HOUR, None]
