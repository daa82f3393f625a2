"""What a night of quiet hours makes of a sequence of events, where nothing is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.core.clock import response_times
from monitor.core.holding import Holding
from monitor.core.outbox import IncidentEvent
from monitor.core.settings import AlertSettings, PlannedSilence, QuietHours, Settings
from monitor.core.types import Incident, Level, Status
from tests.core.facts import HOUR, NOON

NIGHT = AlertSettings(quiet_hours=(QuietHours(start=22 * 60, end=7 * 60, zone="UTC"),))
EVENING, MORNING = NOON + 11 * HOUR, NOON + 19 * HOUR
OPENED, RISEN, SAID = "incident.opened", "incident.escalated", "statement.seen"


def holding(*silences: PlannedSilence, alerts: AlertSettings = NIGHT) -> Holding:
    settings = Settings(database=Path("x"), model=Path("x"), silences=silences, alerts=alerts)
    return Holding(settings)


def event(
    type_: str, at: datetime, level: Level = Level.WARNING, incident_id: int = 1
) -> IncidentEvent:
    incident = Incident(
        id=incident_id,
        brand="Acme",
        title="A kettle burnt",
        status=Status.OPEN,
        level=level,
        severity=2.0,
        risk=0.5,
        opened_at=NOON,
        first_seen_at=NOON,
        last_seen_at=NOON,
    )
    times = response_times(incident, NIGHT)
    return IncidentEvent(type=type_, at=at, incident=incident, parts=(), reason="", times=times)


def told(*events: IncidentEvent, held: Holding) -> list[tuple[str, int, datetime]]:
    """All that goes out, in its order."""
    gone = [one for each in events for one in held.take(each)]
    gone += held.release(NOON + 1000 * HOUR)
    return [(one.type, one.incident.id, one.at) for one in gone]


def test_by_day_all_goes_out_as_it_comes():
    first, second = event(OPENED, NOON), event(RISEN, NOON + HOUR)
    found = holding()

    assert found.take(first) == (first,)
    assert found.take(second) == (second,)
    assert found.release(NOON + 1000 * HOUR) == ()


def test_what_is_held_at_night_goes_out_in_the_morning_before_what_comes_then():
    at_night, late = event(OPENED, EVENING), event(OPENED, MORNING + HOUR, incident_id=2)

    assert told(at_night, late, held=holding()) == [
        (OPENED, 1, MORNING),
        (OPENED, 2, MORNING + HOUR),
    ]


def test_what_is_held_goes_out_at_the_very_end_of_the_night():
    at_night, dawn = event(OPENED, EVENING), event(OPENED, MORNING, incident_id=2)
    found = holding()

    assert found.take(at_night) == ()
    assert [one.incident.id for one in found.take(dawn)] == [1, 2]
    assert found.release(MORNING) == ()


def test_what_is_critical_is_not_held_and_makes_needless_what_is():
    at_night, worse = event(OPENED, EVENING), event(RISEN, EVENING + HOUR, Level.CRITICAL)

    assert told(at_night, worse, held=holding()) == [(RISEN, 1, EVENING + HOUR)]


def test_of_each_incident_the_newest_state_goes_out_the_gravest_first():
    night = [
        event(OPENED, EVENING, Level.WATCH),
        event(OPENED, EVENING, Level.WATCH, incident_id=2),
        event(RISEN, EVENING + HOUR, Level.WARNING, incident_id=2),
    ]

    assert told(*night, held=holding()) == [(RISEN, 2, MORNING), (OPENED, 1, MORNING)]


def test_what_the_brand_said_is_no_state_and_is_told_beside_it():
    night = [event(OPENED, EVENING), event(SAID, EVENING + HOUR)]
    assert told(*night, held=holding()) == [(OPENED, 1, MORNING), (SAID, 1, MORNING)]

    night = [event(SAID, EVENING), event(OPENED, EVENING + HOUR)]
    assert told(*night, held=holding()) == [(SAID, 1, MORNING), (OPENED, 1, MORNING)]


def test_a_planned_silence_holds_too_and_what_goes_out_before_its_end_is_not_lost():
    move = PlannedSilence(
        name="move", reason="new core", starts_at=MORNING - HOUR, ends_at=MORNING + HOUR
    )
    alerts = replace(NIGHT, quiet_hours=(replace(NIGHT.quiet_hours[0], end=5 * 60),))
    early, late = event(OPENED, EVENING), event(RISEN, MORNING - timedelta(minutes=1))

    assert told(early, late, held=holding(move, alerts=alerts)) == [
        (OPENED, 1, MORNING - 2 * HOUR),
        (RISEN, 1, MORNING + HOUR),
    ]
