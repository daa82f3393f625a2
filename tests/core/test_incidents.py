"""What an incident is called while it grows, and what it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.core.incidents import updated
from monitor.core.policy import Decision, Reason
from monitor.core.tally import StoryFacts
from monitor.core.types import Incident, Level, Status
from tests.core.facts import HOUR, MINUTE, NOON, incident, risk, story

JOKE, WRONG = "A cello flew with its own ticket", "They dragged her out of her seat"


@pytest.mark.parametrize(
    ("event", "told", "level", "titles", "called"),
    [
        ("incident.escalated", Level.WATCH, Level.CRITICAL, (WRONG, JOKE), WRONG),
        ("incident.reopened", Level.WARNING, Level.CRITICAL, (WRONG,), WRONG),
        # People know it under its name: as grave as before is no reason for another.
        ("incident.escalated", Level.CRITICAL, Level.CRITICAL, (WRONG, JOKE), JOKE),
        ("incident.reopened", Level.CRITICAL, Level.WARNING, (WRONG,), JOKE),
        ("incident.updated", Level.WATCH, Level.WARNING, (WRONG,), JOKE),
        (None, Level.WATCH, Level.WARNING, (WRONG,), JOKE),
        ("incident.escalated", Level.WATCH, Level.CRITICAL, (), JOKE),
    ],
)
def test_it_is_called_by_its_worst_text_once_people_are_told_that_it_is_worse(
    event: str | None, told: Level, level: Level, titles: tuple[str, ...], called: str
) -> None:
    decision = Decision(reason=Reason.LEVEL_ROSE, level=level, event=event, sentence="It rose.")

    after = updated(
        incident(title=JOKE, alerted_level=told),
        story(titles=titles),
        risk=risk(0.9),
        decision=decision,
        forecast=None,
        now=NOON,
    )

    assert after.title == called


@pytest.mark.parametrize(("estimated", "told"), [(10_406, 10_011), (9_700, 9_700)])
def test_no_more_authors_are_told_of_than_posts(estimated: int, told: int) -> None:
    after = updated(
        incident(),
        story(mention_count=10_011, author_count=estimated),
        risk=risk(0.9),
        decision=Decision(reason=Reason.LEVEL_ROSE, level=Level.WATCH, event=None, sentence=""),
        forecast=None,
        now=NOON,
    )
    assert after.author_count == told


def told(event: str | None, status: Status = Status.OPEN) -> Decision:
    level = Level.CRITICAL
    return Decision(reason=Reason.NEWS, level=level, event=event, sentence="", status=status)


def after(before: Incident, decision: Decision, facts: StoryFacts | None = None) -> Incident:
    known = {"risk": risk(0.91), "forecast": None, "now": NOON + HOUR}
    return updated(before, facts or story(), decision=decision, **known)  # type: ignore[arg-type]


def test_it_holds_what_the_story_holds_now() -> None:
    facts = story(
        first_at=NOON - 9 * HOUR,
        last_at=NOON + MINUTE,
        mention_count=40,
        repost_count=12,
        author_count=30,
        source_count=3,
        severity=3.4,
        harms={"safety": 0.5, "legal": 0.49, "boycott": 0.7, "animal": 0.5},
    )
    held = after(incident(risk=0.2, severity=1.0), told(None), facts)

    assert (held.level, held.risk, held.severity) == (Level.CRITICAL, 0.91, 3.4)
    assert (held.first_seen_at, held.last_seen_at) == (NOON - 9 * HOUR, NOON + MINUTE)
    counts = held.mention_count, held.repost_count, held.author_count, held.source_count
    assert counts == (40, 12, 30, 3)
    # From one half on, the best supported first.
    assert held.harms == ("boycott", "animal", "safety")


ANSWERED = incident(
    Level.WARNING,
    status=Status.SNOOZED,
    acknowledged_at=NOON,
    acknowledged_by="ann",
    resolved_at=NOON,
    snoozed_until=NOON + 9 * HOUR,
    raised_at=NOON,
    reminders=3,
)


def test_one_that_is_open_again_has_to_be_answered_again() -> None:
    again = after(ANSWERED, told(None))
    assert again.status is Status.OPEN
    assert (again.acknowledged_at, again.acknowledged_by) == (None, None)
    assert (again.resolved_at, again.snoozed_until) == (None, None)
    assert (again.raised_at, again.reminders) == (None, 0)


def test_what_was_missed_before_it_was_closed_may_be_missed_again() -> None:
    closed = replace(ANSWERED, status=Status.RESOLVED, breaches=("statement", "statement>"))
    assert after(closed, told("incident.reopened")).breaches == ()
    risen = replace(closed, status=Status.ACKNOWLEDGED, resolved_at=None)
    assert after(risen, told("incident.escalated")).breaches == closed.breaches


def test_one_that_stands_as_it_stood_keeps_its_answers() -> None:
    same = after(ANSWERED, told(None, Status.SNOOZED))
    assert (same.status, same.acknowledged_by) == (Status.SNOOZED, "ann")
    assert (same.snoozed_until, same.reminders) == (NOON + 9 * HOUR, 3)
    assert (same.last_alert_at, same.alerted_level) == (NOON, Level.WARNING)


@pytest.mark.parametrize(
    ("event", "raised", "reminders"),
    [
        ("incident.escalated", NOON + HOUR, 0),
        ("incident.reopened", NOON + HOUR, 0),
        ("incident.updated", NOON, 3),
        ("incident.deescalated", NOON, 3),
    ],
)
def test_an_alert_that_asks_for_an_answer_starts_the_reminders_anew(
    event: str, raised: datetime, reminders: int
) -> None:
    held = after(ANSWERED, told(event, Status.SNOOZED))
    assert (held.raised_at, held.reminders) == (raised, reminders)
    assert held.last_alert_at == NOON + HOUR
    assert held.alerted_level is Level.CRITICAL


def test_what_people_were_told_at_worst_is_not_forgotten_when_it_falls() -> None:
    before = incident(Level.CRITICAL)
    fell = replace(told("incident.deescalated"), level=Level.WATCH)
    assert (after(before, fell).level, after(before, fell).alerted_level) == (
        Level.WATCH,
        Level.CRITICAL,
    )
