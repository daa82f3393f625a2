"""From a story to the incident as it is stored, before and after a decision.

Does not decide (see `policy`); it only carries the decision's numbers into a new frozen value.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.core.brief import headline
from monitor.core.policy import Decision
from monitor.core.risk import severity
from monitor.core.tally import StoryFacts
from monitor.core.types import Forecast, Incident, Risk, Status

#: A harm is named once its support reaches this; see `StoryFacts.harms`.
NAMED_HARM = 0.5
#: Events that ask people for an answer.
ASKING = frozenset({"incident.opened", "incident.escalated", "incident.reopened"})


def opened(
    incident_id: int, facts: StoryFacts, *, risk: Risk, decision: Decision, now: datetime
) -> Incident:
    """A story that reached `watch` for the first time."""
    return Incident(
        id=incident_id,
        brand=facts.brand,
        title=headline(facts.title),
        status=Status.OPEN,
        level=decision.level,
        severity=severity(facts),
        risk=risk.value,
        opened_at=now,
        first_seen_at=facts.first_at,
        last_seen_at=facts.last_at,
    )


def updated(
    incident: Incident,
    facts: StoryFacts,
    *,
    risk: Risk,
    decision: Decision,
    forecast: Forecast | None,
    now: datetime,
) -> Incident:
    """The incident with the story's newest counts, and with the alert noted if there is one."""
    incident = _with_status(incident, decision.status)
    incident = replace(
        incident,
        title=_title(incident, facts, decision),
        level=decision.level,
        severity=severity(facts),
        risk=risk.value,
        harms=named_harms(facts),
        first_seen_at=facts.first_at,
        last_seen_at=facts.last_at,
        mention_count=facts.mention_count,
        repost_count=facts.repost_count,
        # Estimated beyond a thousand (see `distinct`): never more than there are posts.
        author_count=min(facts.author_count, facts.mention_count),
        source_count=facts.source_count,
        forecast=forecast,
    )
    return alerted(incident, decision.event, now=now) if decision.event else incident


def _title(incident: Incident, facts: StoryFacts, decision: Decision) -> str:
    """The one that people know it by, until it is worse than they were told.

    What opened it at a low level may be the least of what it turned out to be.
    """
    is_worse = decision.event in ASKING and decision.level > incident.alerted_level
    return headline(facts.title) if is_worse and facts.title else incident.title


def _with_status(incident: Incident, status: Status) -> Incident:
    """An incident that is open again has to be answered again."""
    if status is incident.status:
        return incident
    return replace(
        incident,
        status=status,
        acknowledged_at=None,
        acknowledged_by=None,
        resolved_at=None,
        snoozed_until=None,
        raised_at=None,
        reminders=0,
        breaches=() if incident.resolved_at else incident.breaches,
    )


def is_answered_alike(one: Incident, other: Incident) -> bool:
    """Whether the same was done to an incident at both moments, by people and by the clock."""
    return _answers(one) == _answers(other)


def _answers(incident: Incident) -> tuple[object, ...]:
    return (
        incident.status,
        incident.title,
        incident.acknowledged_at,
        incident.assigned_to,
        incident.statement_at,
        incident.last_statement_at,
        incident.resolved_at,
        incident.snoozed_until,
        incident.facts_at,
        incident.breaches,
    )


def alerted(incident: Incident, event: str, *, now: datetime) -> Incident:
    """Remember the alert; one that asks for an answer starts the reminders anew."""
    asks = event in ASKING
    return replace(
        incident,
        alerted_level=max(incident.level, incident.alerted_level),
        last_alert_at=now,
        raised_at=now if asks else incident.raised_at,
        reminders=0 if asks else incident.reminders,
    )


def named_harms(facts: StoryFacts) -> tuple[str, ...]:
    """The harms alleged, best supported first."""
    strong = [name for name, value in facts.harms.items() if value >= NAMED_HARM]
    return tuple(sorted(strong, key=lambda name: (-facts.harms[name], name)))
