"""Duties of a critical incident that were missed: said once, and handed on if that did not help.

A missed acknowledgement has a ladder of its own (see `clock`); a warning is a matter for those who
have it. Each breach is noted by name on the incident, so that it is said once whatever happens to
the process: the name of the duty, and the same with a ">" once it was handed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.duties import ACKNOWLEDGE, FACTS, UPDATE, Duty, duties, is_answered, owed
from monitor.core.humanize import lasting, moment
from monitor.core.settings import AlertSettings, EscalationStep
from monitor.core.types import Incident

_HANDED_ON = ">"


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """One duty that was missed."""

    name: str
    at: datetime
    reason: str
    #: Who is told from now on; None: those who were told so far are reminded.
    step: EscalationStep | None = None


def missed(incident: Incident, settings: AlertSettings, now: datetime) -> Iterator[Breach]:
    """What is to be said now of the duties of a live incident; one thing of each."""
    for duty in owed(incident, settings):
        if duty.is_over(now) and _is_chased(duty, incident):
            yield from _next(duty, incident, settings, now)


def moments(incident: Incident, settings: AlertSettings) -> Iterator[datetime]:
    """When `missed` may have something to say."""
    for duty in duties(incident, settings):
        yield duty.due
        yield duty.due + settings.acknowledge_within


def noted(incident: Incident, name: str) -> tuple[str, ...]:
    """The breaches of the incident with this one; of updates the newest alone is remembered."""
    if name.startswith(UPDATE):
        own = name.removesuffix(_HANDED_ON)
        kept = (
            one for one in incident.breaches if not one.startswith(UPDATE) or one.startswith(own)
        )
        return (*kept, name)
    return (*incident.breaches, name)


def _is_chased(duty: Duty, incident: Incident) -> bool:
    """Of who has it; who does not answer is asked to answer, and for a first statement."""
    if duty.name in {FACTS, UPDATE}:
        return is_answered(incident)
    return duty.name != ACKNOWLEDGE


def _next(
    duty: Duty, incident: Incident, settings: AlertSettings, now: datetime
) -> Iterator[Breach]:
    name, reason = _named(duty, incident), _reason(duty, incident, settings)
    if name not in incident.breaches:
        yield Breach(name=name, at=duty.due, reason=reason)
        return
    at = duty.due + settings.acknowledge_within
    steps = settings.escalation[incident.handed_on :]
    if now >= at and steps and name + _HANDED_ON not in incident.breaches:
        yield Breach(name=name + _HANDED_ON, at=at, reason=reason, step=steps[0])


def _named(duty: Duty, incident: Incident) -> str:
    if duty.name != UPDATE or incident.last_statement_at is None:
        return duty.name
    return f"{UPDATE} {incident.last_statement_at.isoformat()}"


def _reason(duty: Duty, incident: Incident, settings: AlertSettings) -> str:
    if duty.name == FACTS:
        return (
            f"Nobody noted what is known within {lasting(settings.facts_within or timedelta())}."
        )
    if duty.name == UPDATE and incident.last_statement_at:
        return (
            f"People still talked of it at {moment(incident.last_seen_at)}, and the brand last "
            f"spoke at {moment(incident.last_statement_at)}."
        )
    within = lasting(settings.statement_within or timedelta())
    return f"No statement of the brand was seen within {within}."
