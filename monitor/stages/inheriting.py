"""An incident took another one in: what people did to that one is written down for this one.

Runs where the store runs, inside the transaction that merges, so that it sees how people and the
policy left both. What holds is decided in `core.inheriting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.filing import NewAction
from monitor.core.inheriting import Legacy, inherited
from monitor.core.outbox import IncidentEvent, NewAlert
from monitor.core.settings import Settings
from monitor.core.types import Evidence, Incident, Part
from monitor.ports import Store
from monitor.stages import announce
from monitor.stages.news import MONITOR

ACKNOWLEDGED = "incident.acknowledged"
EVIDENCE = 5

Change = tuple[Incident, NewAction, tuple[NewAlert, ...]]


@dataclass(frozen=True, slots=True)
class Stood:
    """Why an incident stood where it stood, and what was said then."""

    parts: Sequence[Part]
    evidence: Sequence[Evidence]


def stood(store: Store, incidents: Iterable[int]) -> Mapping[int, Stood]:
    """How they stood before this: what is told of one that goes says nothing of the other."""
    return {id_: Stood(store.parts(id_), store.evidence(id_, EVIDENCE)) for id_ in incidents}


def hand_down(
    store: Store, settings: Settings, changes: Iterable[Change]
) -> tuple[IncidentEvent, ...]:
    """Let survivors take over what was done to those that were merged away; say what is told."""
    merged = [(gone, action.at) for gone, action, _ in changes if action.verb == "merge"]
    told = [_hand_down(store, settings, gone, now) for gone, now in merged]
    return tuple(event for event in told if event is not None)


def _hand_down(
    store: Store, settings: Settings, gone: Incident, now: datetime
) -> IncidentEvent | None:
    survivor = store.survivor_of(gone.id)
    kept = None if survivor is None else store.incident(survivor)
    if kept is None:
        return None
    legacy = inherited(kept, gone, now=now)
    if not legacy.note:
        return None
    event = _event(store, settings, legacy, gone, now) if legacy.is_acknowledged else None
    alerts = (announce.incident_alert(event, settings),) if event else ()
    store.record_action(legacy.incident, _action(legacy, gone, now), alerts)
    return event


def _action(legacy: Legacy, gone: Incident, now: datetime) -> NewAction:
    """Who acknowledged is named as the one who did, though it was of the other incident."""
    by = gone.acknowledged_by if legacy.is_acknowledged else None
    return NewAction(
        incident_id=legacy.incident.id,
        at=now,
        actor=by or MONITOR,
        verb="acknowledge" if legacy.is_acknowledged else "take over",
        text=legacy.note,
    )


def _event(
    store: Store, settings: Settings, legacy: Legacy, gone: Incident, now: datetime
) -> IncidentEvent:
    who = legacy.incident.acknowledged_by
    return announce.event(
        ACKNOWLEDGED,
        legacy.incident,
        parts=store.parts(legacy.incident.id),
        reason=f"Acknowledged by {who} as incident {gone.id}, which is part of this one now.",
        evidence=store.evidence(legacy.incident.id, EVIDENCE),
        coverage=announce.coverage_of(store.source_states()),
        settings=settings,
        now=now,
    )
