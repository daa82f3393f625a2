"""What people say to an incident: decided, logged and announced in one transaction.

Does not deliver: the announcement goes to the outbox, the daemon sends it.
"""

from __future__ import annotations

from datetime import datetime

from monitor.core.answers import EVENTS, Answer, answered, logged, meant, sentence
from monitor.core.filing import NewAction
from monitor.core.outbox import NewAlert, Said
from monitor.core.settings import Settings
from monitor.core.types import Incident
from monitor.errors import NotFoundError
from monitor.ports import Store
from monitor.stages import announce

EVIDENCE = 5


def take(
    store: Store, settings: Settings, incident_id: int, answer: Answer, *, now: datetime
) -> Incident:
    """Record an answer. `NotFoundError` or `InputError` when it cannot be given."""
    with store.transaction():
        found = store.incident(incident_id)
        if found is None:
            raise NotFoundError(f"there is no incident {incident_id}")
        answer = meant(found, answer)
        return _record(store, settings, answered(found, answer, now=now), answer, now=now)


def _record(
    store: Store, settings: Settings, incident: Incident, answer: Answer, *, now: datetime
) -> Incident:
    action = NewAction(
        incident_id=incident.id,
        at=now,
        actor=answer.actor,
        verb=answer.verb,
        text=logged(answer),
        url=answer.url,
        said_at=answer.said_at,
        said=answer.text,
    )
    type_ = EVENTS[answer.verb]
    told = () if type_ is None else (_alert(type_, store, settings, incident, answer, now=now),)
    store.record_action(incident, action, told)
    return incident


def _said(answer: Answer, now: datetime) -> Said | None:
    if answer.verb != "statement":
        return None
    return Said(at=answer.said_at or now, url=answer.url, text=answer.text)


def _alert(
    type_: str,
    store: Store,
    settings: Settings,
    incident: Incident,
    answer: Answer,
    *,
    now: datetime,
) -> NewAlert:
    told = announce.event(
        type_,
        incident,
        parts=store.parts(incident.id),
        reason=sentence(answer),
        said=_said(answer, now),
        evidence=store.evidence(incident.id, EVIDENCE),
        coverage=announce.coverage_of(store.source_states()),
        settings=settings,
        now=now,
        key=store.link_key,
    )
    return announce.incident_alert(told, settings)
