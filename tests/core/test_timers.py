"""When the response clock strikes next: the replay jumps from strike to strike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core import clock
from monitor.core.settings import AlertSettings, EscalationStep
from monitor.core.timers import next_due
from monitor.core.types import Incident, Level, Status

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SETTINGS = AlertSettings(
    escalation=(EscalationStep(after=timedelta(minutes=30), webhooks=("board",)),)
)
INCIDENT = Incident(
    id=1,
    brand="Meridian Air",
    title="dragged",
    status=Status.OPEN,
    level=Level.CRITICAL,
    severity=4.0,
    risk=0.9,
    opened_at=NOON,
    first_seen_at=NOON,
    last_seen_at=NOON,
    raised_at=NOON,
    last_alert_at=NOON,
    alerted_level=Level.CRITICAL,
)


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({}, timedelta(minutes=15)),
        ({"reminders": 1}, timedelta(minutes=30)),
        ({"reminders": 1, "handed_on": 1}, timedelta(hours=1)),
        (
            {"reminders": 1, "handed_on": 1, "breaches": ("statement",)},
            timedelta(hours=4, minutes=15),
        ),
        (
            {"reminders": 1, "breaches": ("statement",), "raised_at": NOON + timedelta(hours=2)},
            timedelta(hours=2, minutes=30),
        ),
        (
            {
                "reminders": 12,
                "handed_on": 1,
                "breaches": ("statement",),
                "last_seen_at": NOON + timedelta(hours=50),
            },
            timedelta(hours=52, minutes=15),
        ),
        ({"level": Level.WARNING, "reminders": 1, "handed_on": 1}, timedelta(days=1, minutes=15)),
        ({"level": Level.WATCH}, timedelta(hours=72)),
        ({"status": Status.ACKNOWLEDGED, "acknowledged_at": NOON}, timedelta(minutes=15)),
        (
            {
                "status": Status.ACKNOWLEDGED,
                "acknowledged_at": NOON,
                "facts_at": NOON,
                "breaches": ("statement",),
            },
            timedelta(hours=1, minutes=15),
        ),
        (
            {
                "status": Status.ACKNOWLEDGED,
                "acknowledged_at": NOON,
                "facts_at": NOON,
                "statement_at": NOON,
            },
            timedelta(hours=72),
        ),
        ({"level": Level.WATCH, "raised_at": NOON + timedelta(hours=9)}, timedelta(hours=81)),
        (
            {"status": Status.SNOOZED, "snoozed_until": NOON + timedelta(hours=2)},
            timedelta(hours=2),
        ),
        ({"status": Status.RESOLVED}, None),
    ],
    ids=[
        "first the reminder",
        "then the next step of the escalation",
        "then that there is no statement",
        "then the repeated reminder",
        "in the order in which it falls due",
        "after some days that somebody spoke of it again",
        "a warning is repeated daily",
        "what only stands at watch is closed when idle",
        "who acknowledged is asked for facts",
        "a missed statement is handed on",
        "what is answered in all is closed when idle",
        "what came back is closed when idle since then",
        "silence ends",
        "what is over is over",
    ],
)
def test_the_clock_strikes_next(changes, after):
    at = next_due(replace(INCIDENT, **changes), SETTINGS)

    assert at == (None if after is None else NOON + after)


def test_jumping_from_strike_to_strike_misses_nothing_that_a_minute_hand_would_see():
    jumped, watched = [], []
    incident = INCIDENT
    while (at := next_due(incident, SETTINGS)) is not None and at < NOON + timedelta(days=20):
        for event in clock.due(incident, SETTINGS, at):
            jumped.append((at, event.type))
            incident = clock.after(incident, event, now=at)
    incident = INCIDENT
    for minute in range(20 * 24 * 60):
        now = NOON + timedelta(minutes=minute)
        for event in clock.due(incident, SETTINGS, now):
            watched.append((now, event.type))
            incident = clock.after(incident, event, now=now)

    assert jumped == watched
    assert len(jumped) > 10
