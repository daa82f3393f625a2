"""From an incident event to the alert and its deliveries, ready for the outbox.

Does not send, and does not decide whether there is anything to announce.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.core.clock import response_times
from monitor.core.duties import raised_at
from monitor.core.event import incident_body, operational_body
from monitor.core.outbox import Coverage, IncidentEvent, NewAlert, NewDelivery, Said
from monitor.core.planned import due_at
from monitor.core.polling import SourceHealth, SourceState
from monitor.core.quiet import recipients
from monitor.core.settings import Settings
from monitor.core.tickets import Purpose, Ticket, sealed
from monitor.core.types import Evidence, Incident, Part, Status

#: Health in which a source still tells us what is being said.
SEEING = frozenset({SourceHealth.HEALTHY})
#: Nobody is on it yet.
_WAITING = frozenset({Status.OPEN, Status.SNOOZED})


def event(
    type_: str,
    incident: Incident,
    *,
    parts: Sequence[Part],
    reason: str,
    evidence: Sequence[Evidence],
    coverage: Coverage,
    settings: Settings,
    now: datetime,
    key: bytes = b"",
    said: Said | None = None,
) -> IncidentEvent:
    """All that an alert about this incident says; with a `key` it can be answered by a link."""
    return IncidentEvent(
        type=type_,
        at=now,
        incident=incident,
        parts=tuple(parts),
        reason=reason,
        times=response_times(incident, settings.alerts),
        evidence=tuple(evidence),
        coverage=coverage,
        links=links(incident, settings, key=key, now=now),
        said=said,
    )


def incident_alert(told: IncidentEvent, settings: Settings) -> NewAlert:
    """The alert with a delivery for every webhook that wants it; quiet hours and silences hold."""
    incident = told.incident
    names = recipients(
        settings,
        type=told.type,
        level=incident.level,
        brand=incident.brand,
        alerted=incident.alerted_level,
        handed_on=incident.handed_on,
    )
    due = due_at(told.at, brand=incident.brand, level=incident.level, settings=settings)
    return NewAlert(
        type=told.type,
        created_at=told.at,
        body=incident_body(told),
        incident_id=incident.id,
        level=incident.level,
        deliveries=_to(names, due),
        held_by=settings,
    )


def operational_alert(
    type_: str, *data: Mapping[str, object], settings: Settings, now: datetime
) -> NewAlert:
    """An alert about no incident: a blind source, a heartbeat; with the first `data` that fits."""
    names = recipients(settings, type=type_, level=None, brand=None, handed_on=0)
    return NewAlert(
        type=type_,
        created_at=now,
        body=operational_body(type_, now, *data),
        deliveries=_to(names, now),
    )


def _to(names: Iterable[str], due: datetime) -> tuple[NewDelivery, ...]:
    return tuple(NewDelivery(webhook=name, next_attempt_at=due) for name in names)


def links(incident: Incident, settings: Settings, *, key: bytes, now: datetime) -> dict[str, str]:
    """Where people find more, and one click to acknowledge while that is waited for.

    Empty when the desk is turned off and has no public address. The body of an alert is the same
    for all who get it, so the link is one for all: it does not know who follows it.
    """
    base = base_url(settings)
    if not base:
        return {}
    found = {
        "inbox": f"{base}/inbox#incident-{incident.id}",
        "incident": f"{base}/incidents/{incident.id}",
    }
    if key and incident.status in _WAITING:
        found["acknowledge"] = f"{base}/a/{_ticket(incident, key, now)}"
    return found


def base_url(settings: Settings) -> str:
    """Where the desk is reached; empty if it is not."""
    if settings.public_url or settings.http is None:
        return settings.public_url
    host, port = settings.http
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _ticket(incident: Incident, key: bytes, now: datetime) -> str:
    return sealed(
        key,
        Ticket(
            purpose=Purpose.ACKNOWLEDGE,
            incident_id=incident.id,
            raised_at=raised_at(incident),
            issued_at=now,
        ),
    )


def coverage_of(states: Iterable[SourceState]) -> Coverage:
    """Which sources could be seen; those taken out of use are no part of the picture.

    One that answers and shows nothing new for too long is not seen either.
    """
    live = [state for state in states if state.state is not SourceHealth.DISABLED]
    seen = {state.id for state in live if state.state in SEEING and not state.blind}
    return Coverage(
        healthy=tuple(state.name for state in live if state.id in seen),
        stale=tuple(state.name for state in live if state.id not in seen),
    )
