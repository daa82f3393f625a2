"""When the response clock of an incident strikes next, for a world without a ticking clock.

Does not say what is due then (see `clock.due`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.core.breaches import moments
from monitor.core.clock import DAILY, IDLE_AFTER, WEEKLY, due
from monitor.core.duties import raised_at
from monitor.core.settings import AlertSettings
from monitor.core.types import Incident, Level


def next_due(incident: Incident, settings: AlertSettings) -> datetime | None:
    """The first moment at which something is due about `incident`; None: never."""
    moments = sorted({*_fixed(incident, settings), *_reminders(incident, settings)})
    return next((at for at in moments if due(incident, settings, at)), None)


def _fixed(incident: Incident, settings: AlertSettings) -> Iterator[datetime]:
    yield incident.last_seen_at + IDLE_AFTER
    if incident.snoozed_until is not None:
        yield incident.snoozed_until
    for step in settings.escalation:
        yield raised_at(incident) + step.after
    yield from moments(incident, settings)


def _reminders(incident: Incident, settings: AlertSettings) -> Iterator[datetime]:
    """The next slots of a reminder: any, once it is spoken of, a day or a week after the last."""
    every = settings.repeat_after if incident.level is Level.CRITICAL else DAILY
    first = raised_at(incident) + settings.acknowledge_within
    for gap in (every, DAILY, WEEKLY):
        yield first + (incident.reminders - 1 + -(-gap // every)) * every
    spoken = -((first - incident.last_seen_at) // every)
    yield first + max(spoken, incident.reminders) * every
