"""What quiet hours and silences make of a sequence of events, where nothing is sent: a replay.

As in the outbox: what is held goes out at their end, of each incident only its newest state.
Does not store, and does not know webhooks: one that is never away is thought of.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.outbox import IncidentEvent
from monitor.core.planned import due_at
from monitor.core.settings import Settings
from monitor.core.turns import is_state


@dataclass(slots=True)
class Holding:
    """Takes events in the order of their time; gives each with the time at which it goes out."""

    settings: Settings
    _held: list[IncidentEvent] = field(default_factory=list)

    def take(self, event: IncidentEvent) -> tuple[IncidentEvent, ...]:
        """What goes out up to the time of this event; the event itself, if nothing holds it."""
        gone = self.release(event.at)
        due = replace(event, at=self._due(event))
        # The newer state of an incident makes needless what would not go out before it.
        self._held = [one for one in self._held if not _replaces(due, one)]
        if due.at == event.at:
            return (*gone, event)
        self._held.append(due)
        return gone

    def _due(self, event: IncidentEvent) -> datetime:
        about = event.incident
        return due_at(event.at, brand=about.brand, level=about.level, settings=self.settings)

    def release(self, until: datetime) -> tuple[IncidentEvent, ...]:
        """What is held no longer than `until`; of one time, the gravest first."""
        gone = [one for one in self._held if one.at <= until]
        self._held = [one for one in self._held if one.at > until]
        return tuple(sorted(gone, key=lambda one: (one.at, -one.incident.level)))


def _replaces(newer: IncidentEvent, held: IncidentEvent) -> bool:
    is_same = (
        is_state(newer.type) and is_state(held.type) and newer.incident.id == held.incident.id
    )
    return is_same and newer.at <= held.at
