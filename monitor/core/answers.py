"""What people may do to an incident, and what it becomes.

Does not store or announce (see `stages.answer`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.types import Incident, Status
from monitor.errors import InputError

#: Why an incident was no incident; `monitor tune` learns from it.
DISMISSALS = ("false-alarm", "duplicate", "not-us")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What somebody says to an incident."""

    #: "acknowledge", "resolve" or "dismiss".
    verb: str
    actor: str
    text: str = ""


#: The event that each verb is announced by.
EVENTS = {
    "acknowledge": "incident.acknowledged",
    "resolve": "incident.resolved",
    "dismiss": "incident.dismissed",
}
_PAST = {"acknowledge": "Acknowledged", "resolve": "Resolved", "dismiss": "Dismissed"}


def answered(incident: Incident, answer: Answer, *, now: datetime) -> Incident:
    """The incident after the answer. `InputError` when it no longer waits for one."""
    if not incident.status.is_live:
        raise InputError(f"incident {incident.id} is {incident.status.value} already")
    if answer.verb == "acknowledge":
        return _acknowledged(incident, answer, now)
    if answer.verb == "resolve":
        return replace(incident, status=Status.RESOLVED, resolved_at=now)
    return replace(incident, status=Status.DISMISSED, resolved_at=now)


def sentence(answer: Answer) -> str:
    """What the announcement says."""
    said = f": {answer.text}" if answer.text else ""
    return f"{_PAST[answer.verb]} by {answer.actor}{said}."


def _acknowledged(incident: Incident, answer: Answer, now: datetime) -> Incident:
    if incident.status is Status.ACKNOWLEDGED:
        raise InputError(
            f"incident {incident.id} was acknowledged by {incident.acknowledged_by} already"
        )
    return replace(
        incident,
        status=Status.ACKNOWLEDGED,
        acknowledged_at=now,
        acknowledged_by=answer.actor,
        snoozed_until=None,
        reminders=0,
    )
