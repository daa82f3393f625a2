"""When the response clock of an incident strikes next, for a world without a ticking clock.

Does not say what is due then (see `clock.due`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.core.breaches import moments
from monitor.core.clock import DAILY, WEEKLY, closes_at, due, slots
from monitor.core.duties import raised_at
from monitor.core.settings import AlertSettings
from monitor.core.types import Incident


def next_due(incident: Incident, settings: AlertSettings) -> datetime | None:
    """The first moment at which something is due about `incident`; None: never."""
    candidates = sorted({*_fixed(incident, settings), *_reminders(incident, settings)})
    return next((at for at in candidates if due(incident, settings, at)), None)


def _fixed(incident: Incident, settings: AlertSettings) -> Iterator[datetime]:
    yield closes_at(incident)
    if incident.snoozed_until is not None:
        yield incident.snoozed_until
    for step in settings.escalation:
        yield raised_at(incident) + step.after
    yield from moments(incident, settings)


def _reminders(incident: Incident, settings: AlertSettings) -> Iterator[datetime]:
    """The next slots of a reminder: any, once it is spoken of, a day or a week after the last."""
    first, every = slots(incident, settings)
    for gap in (every, DAILY, WEEKLY):
        yield first + (incident.reminders - 1 + -(-gap // every)) * every
    spoken = -((first - incident.last_seen_at) // every)
    yield first + max(spoken, incident.reminders) * every
