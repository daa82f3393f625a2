"""The response clock of one incident: what is due because nobody answered, or nothing came.

Decides from the incident as stored and `now`; does not send, store or wait. Missed steps are
made up for: of the reminders that fell due while the monitor was off only one is sent, but every
escalation step is taken. What people owe, and by when, is in `duties`; what they missed is said
in `breaches`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core import breaches
from monitor.core.duties import (
    ACKNOWLEDGE,
    FACTS,
    STATEMENT,
    UPDATE,
    duty,
    is_answered,
    is_asked,
    raised_at,
    spoken_at,
)
from monitor.core.humanize import lasting
from monitor.core.outbox import ResponseTimes
from monitor.core.settings import AlertSettings, EscalationStep
from monitor.core.types import Incident, Level, Status

#: The events of the clock, as the contract calls them.
REMINDER = "incident.reminder"
HANDED_ON = "incident.handed_on"
RESOLVED = "incident.resolved"
#: An incident without a new mention for so long is over, or forgotten.
IDLE_AFTER = timedelta(hours=72)
#: A warning is repeated no oftener than this; so is a critical incident of which, after its first
#: day, nobody spoke since it was told.
DAILY = timedelta(days=1)
#: Without a new mention for so long, and repeated no oftener.
WEEKLY = timedelta(days=7)
#: Reminders after which an incident is repeated less often, unless somebody spoke of it again.
PATIENT_FOR = 3
#: A post that comes so soon after a reminder fell due is of before it: a loud story never pauses.
AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockEvent:
    """One thing that is due."""

    #: `REMINDER`, `HANDED_ON` or `RESOLVED`.
    type: str
    #: Plain words.
    reason: str
    #: When it fell due, not later than now.
    at: datetime
    #: Of `HANDED_ON`: who is told from now on.
    webhooks: tuple[str, ...] = ()
    #: What `Incident.reminders` or `Incident.handed_on` becomes.
    count: int = 0
    #: The duty that was missed, as `breaches` names it; empty: nobody acknowledged.
    breach: str = ""


def response_times(incident: Incident, settings: AlertSettings) -> ResponseTimes:
    """By when the incident wants an acknowledgement, facts, a first statement, an update."""
    facts, statement, update = (
        duty(name, incident, settings) for name in (FACTS, STATEMENT, UPDATE)
    )
    raised = raised_at(incident)
    return ResponseTimes(
        first_seen=incident.first_seen_at,
        detected=incident.opened_at,
        acknowledge_by=raised + settings.acknowledge_within,
        # The contract has it in every alert, whether or not it is chased.
        statement_by=statement.due if statement else raised + timedelta(hours=1),
        facts_by=facts.due if facts else None,
        update_by=update.due if update else None,
        acknowledged_at=incident.acknowledged_at,
        facts_at=facts.done_at if facts else None,
        statement_at=spoken_at(incident),
    )


def due(
    incident: Incident, settings: AlertSettings, now: datetime, *, is_heard: bool = True
) -> tuple[ClockEvent, ...]:
    """All that is due at `now`, in the order in which it fell due; `after` applies each.

    Nothing is over for its silence unless that `is_heard`.
    """
    if incident.status is Status.SNOOZED:
        return _woken(incident, now)
    if not incident.status.is_live:
        return ()
    missed = tuple(_missed(incident, settings, now))
    if is_answered(incident) or not is_asked(ACKNOWLEDGE, incident.level):
        return (_closing(incident, now) if is_heard else ()) or missed
    events = (*_handed_on(incident, settings, now), *_reminded(incident, settings, now), *missed)
    return tuple(sorted(events, key=lambda event: event.at))


def after(incident: Incident, event: ClockEvent, *, now: datetime) -> Incident:
    """The incident once `event` is in the outbox."""
    if event.type == RESOLVED:
        return replace(incident, status=Status.RESOLVED, resolved_at=now)
    if event.breach:
        incident = replace(incident, breaches=breaches.noted(incident, event.breach))
    if event.type == HANDED_ON:
        return replace(incident, handed_on=max(event.count, incident.handed_on))
    if event.breach:
        # It is said by its name, and no slot of the reminders of who does not answer.
        return incident
    if incident.status is Status.SNOOZED:
        return replace(
            incident, status=Status.OPEN, snoozed_until=None, raised_at=event.at, reminders=0
        )
    return replace(incident, reminders=event.count)


def unchased(events: Sequence[ClockEvent]) -> tuple[ClockEvent, ...]:
    """What is due still when nobody is asked any more, as of a brand that is not watched now."""
    return tuple(event for event in events if event.type == RESOLVED)


def messages(events: Sequence[ClockEvent]) -> tuple[tuple[ClockEvent, ...], ...]:
    """What is told at once: all reminders of one moment are one message, in place of the first."""
    reminders = tuple(event for event in events if event.type == REMINDER)
    others = [(event,) for event in events if event.type != REMINDER]
    groups = [reminders, *others] if reminders else others
    return tuple(sorted(groups, key=lambda group: group[0].at))


def slots(incident: Incident, settings: AlertSettings) -> tuple[datetime, timedelta]:
    """When the first reminder of an incident that nobody acknowledges is due, and how often."""
    first = raised_at(incident) + settings.acknowledge_within
    return first, settings.repeat_after if incident.level is Level.CRITICAL else DAILY


def closes_at(incident: Incident) -> datetime:
    """When it is over if nothing is said of it, nor done to it by people, until then.

    Whoever takes on what has long been quiet, or reopens it, is not told in the same second that
    it is over.
    """
    taken = incident.acknowledged_at if incident.status is Status.ACKNOWLEDGED else None
    raised = incident.raised_at
    reopened = raised if raised and raised > incident.opened_at else None
    return max(filter(None, (incident.last_seen_at, taken, reopened))) + IDLE_AFTER


def _missed(incident: Incident, settings: AlertSettings, now: datetime) -> list[ClockEvent]:
    """Duties that were not done in time: a reminder, then the next escalation step."""
    found = []
    for breach in breaches.missed(incident, settings, now):
        step = breach.step
        found.append(
            ClockEvent(
                type=HANDED_ON if step else REMINDER,
                reason=_told_from_now(breach.reason, step) if step else breach.reason,
                at=breach.at,
                webhooks=step.webhooks if step else (),
                count=incident.handed_on + 1 if step else 0,
                breach=breach.name,
            )
        )
    return found


def _told_from_now(reason: str, step: EscalationStep) -> str:
    """Those who had it so far learn who has it too."""
    return f"{reason} Told from now on: {', '.join(step.webhooks)}."


def _woken(incident: Incident, now: datetime) -> tuple[ClockEvent, ...]:
    until = incident.snoozed_until
    if until is None or now < until:
        return ()
    return (ClockEvent(type=REMINDER, reason="The silence asked for is over.", at=until),)


def _closing(incident: Incident, now: datetime) -> tuple[ClockEvent, ...]:
    at = closes_at(incident)
    if now < at:
        return ()
    reason = f"No new mention for {lasting(IDLE_AFTER)}."
    return (ClockEvent(type=RESOLVED, reason=reason, at=at),)


def _handed_on(
    incident: Incident, settings: AlertSettings, now: datetime
) -> tuple[ClockEvent, ...]:
    raised = raised_at(incident)
    return tuple(
        ClockEvent(
            type=HANDED_ON,
            reason=_told_from_now(f"Nobody acknowledged it for {lasting(step.after)}.", step),
            at=raised + step.after,
            webhooks=step.webhooks,
            count=count,
        )
        for count, step in enumerate(settings.escalation, start=1)
        if count > incident.handed_on and raised + step.after <= now
    )


def _reminded(
    incident: Incident, settings: AlertSettings, now: datetime
) -> tuple[ClockEvent, ...]:
    """The newest reminder that is due; slots are numbered from 1, at fixed times."""
    first, every = slots(incident, settings)
    if now < first:
        return ()
    slot = (now - first) // every + 1
    at = first + (slot - 1) * every
    if slot <= incident.reminders or _is_too_soon(incident, at, first, every):
        return ()
    reason = f"Nobody acknowledged it for {lasting(at - raised_at(incident))}."
    return (ClockEvent(type=REMINDER, reason=reason, at=at, count=slot),)


def _is_too_soon(incident: Incident, at: datetime, first: datetime, every: timedelta) -> bool:
    """After a day what is said again is only what is new, or daily; in the end weekly.

    Of what was said after it fell due the next one tells: it may have been silent until then, and
    what is new is told by itself.
    """
    if incident.reminders < PATIENT_FOR or at - first < DAILY:
        return False
    last = first + (incident.reminders - 1) * every
    told = max(last + AT_ONCE, incident.last_alert_at or last)
    if incident.last_seen_at > at + AT_ONCE:
        return True
    if told < incident.last_seen_at:
        return False
    return at - last < (DAILY if at - incident.last_seen_at < WEEKLY else WEEKLY)
