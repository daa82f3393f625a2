"""What one batch sends, and writes of it: events, their alerts, the changes of status they tell.

Decides and words nothing (see `docket`, `announce`).
"""

from __future__ import annotations

from typing import TypeVar

from monitor.core.filing import AssessIntent, NewAction
from monitor.core.incidents import is_answered_alike
from monitor.core.outbox import IncidentEvent, NewAlert
from monitor.core.settings import Settings
from monitor.core.types import Incident
from monitor.ports import Store
from monitor.stages import announce
from monitor.stages.inheriting import hand_down
from monitor.stages.news import News

Known = TypeVar("Known", Incident, Incident | None)


class Outgoing:
    """Events in the order in which they are told."""

    def __init__(self) -> None:
        self.events: list[IncidentEvent] = []
        #: Of events that change no column which people own too.
        self.alerts: list[NewAlert] = []
        #: Of the others, each with its action: (incident, action, alerts).
        self.status_changes: list[tuple[Incident, NewAction, tuple[NewAlert, ...]]] = []
        #: Incidents as they were first read, by id.
        self._read: dict[int, Incident] = {}

    def rests_on(self, incident: Known) -> Known:
        """What is decided is decided of an incident that stands so; None: there was none."""
        if incident is not None:
            self._read.setdefault(incident.id, incident)
        return incident

    def tell(self, news: News, event: IncidentEvent, settings: Settings) -> None:
        """Make the alert of an event, and log what it changes."""
        alert = announce.incident_alert(event, settings)
        self.events.append(event)
        if news.action:
            logged = news.logged(news.action, event.at)
            self.status_changes.append((news.incident, logged, (alert,)))
        else:
            self.alerts.append(alert)

    def is_outdated(self, store: Store) -> bool:
        """Whether somebody has answered meanwhile what this judges, or would write over.

        What was dismissed a second ago must not escalate, nor an acknowledgement of what stood
        at warning count for what is critical by now.
        """
        now = ((one, store.incident(one.id)) for one in self._read.values())
        return any(found is None or not is_answered_alike(one, found) for one, found in now)

    def write(self, store: Store, intent: AssessIntent, settings: Settings) -> None:
        """Write all of an assessment; the caller holds the transaction."""
        store.record_assessment(intent)
        for incident, action, alerts in self.status_changes:
            store.record_action(incident, action, alerts)
        self.events += hand_down(store, settings, self.status_changes)
