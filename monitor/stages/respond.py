"""The respond loop: open incidents and sources | no one | clocks, blindness, heartbeat | alerts.

Does not read mentions. What it notices is the passing of time: nobody acknowledged, a source fell
silent, a heartbeat is due, old mentions may go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from monitor.core import blindness, clock
from monitor.core.brief import since_told
from monitor.core.clock import ClockEvent
from monitor.core.event import heartbeats
from monitor.core.filing import NewAction
from monitor.core.outbox import IncidentEvent
from monitor.core.settings import Settings
from monitor.core.types import Incident
from monitor.ports import Store
from monitor.stages import announce
from monitor.stages.hearing import Hearing
from monitor.stages.news import MONITOR
from monitor.stages.praising import Praising
from monitor.stages.running import Run
from monitor.stages.watching import Watching

log = structlog.get_logger()

HEARTBEAT = "monitor.heartbeat"
#: What is logged for each event of the clock.
VERBS = {
    "incident.reminder": "remind",
    "incident.handed_on": "hand on",
    "incident.resolved": "resolve",
}
EVIDENCE = 5
PRUNE_EVERY = timedelta(hours=1)
PRUNE_LIMIT = 5_000
#: If there was more to prune than that.
GO_ON_PRUNING = timedelta(minutes=1)
#: So long after a text was blanked the file is wiped at each pruning: somebody may be reading it.
WIPE_FOR = timedelta(days=1)


class Respond:
    """Keeps the response clock, watches the sources, and shows that it is alive."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        db: Run,
        on_event: Callable[[IncidentEvent], None],
        operational: bool = True,
        begin_anew: Callable[[], None] = lambda: None,
    ) -> None:
        """`begin_anew`: what the loops remember was timed by a clock that was wrong."""
        self.settings = settings
        self._store = store
        self._db = db
        self._on_event = on_event
        #: Replay has no sources to lose and no one to show a heartbeat to.
        self._operational = operational
        self._begin_anew = begin_anew
        self._watching = Watching(settings=settings, store=store)
        self._pruned_at: datetime | None = None
        self._prune_again = PRUNE_EVERY
        self._praising = Praising(settings=settings, store=store)
        self._hearing = Hearing(settings=settings, store=store, on_event=on_event)

    async def step(self, now: datetime) -> bool:
        """See to everything whose time has come."""
        # First: a clock that a statement stopped must not strike.
        await self._db(self._hearing.step, now)
        for incident in await self._db(self._store.live_incidents):
            if self._due(incident, now):
                await self._db(self._keep_clock, incident.id, now)
        if self._operational:
            await self._db(self._watching.look, now)
            await self._db(self._beat, now)
            await self._db(self._praising.step, now)
            if back := await self._db(self._store.record_heartbeat, now=now):
                log.warning("the clock was set back", seconds=back.total_seconds())
                self._begin_anew()
            await self._db(self._prune, now)
        return False

    def _due(
        self, incident: Incident, now: datetime, *, is_heard: bool = True
    ) -> tuple[ClockEvent, ...]:
        """Nobody is chased for a brand that was taken out of the configuration."""
        due = clock.due(incident, self.settings.alerts, now, is_heard=is_heard)
        # A replay plays what was recorded of brands, whatever the configuration is.
        return due if self._is_watched(incident) or not self._operational else clock.unchased(due)

    def _is_watched(self, incident: Incident) -> bool:
        return any(brand.name == incident.brand for brand in self.settings.brands)

    def _is_heard(self, incident: Incident, now: datetime) -> bool:
        """Whether its silence, if it lasted long enough to close it, was listened to."""
        end = clock.closes_at(incident)
        if now < end or not self._operational or not self._is_watched(incident):
            return True
        return self._watching.has_heard(incident.brand, since=end, now=now)

    def _keep_clock(self, incident_id: int, now: datetime) -> None:
        """Read and write in one transaction: somebody may acknowledge at this very moment."""
        told = []
        with self._store.transaction():
            incident = self._store.incident(incident_id)
            if incident is not None:
                is_heard = self._is_heard(incident, now)
                for together in clock.messages(self._due(incident, now, is_heard=is_heard)):
                    for event in together:
                        incident = clock.after(incident, event, now=now)
                    told.append(self._act(incident, together, now))
        for event_told in told:
            self._on_event(event_told)

    def _act(self, incident: Incident, due: Sequence[ClockEvent], now: datetime) -> IncidentEvent:
        """Log, announce and store what the clock says at once."""
        type_, reason = due[0].type, " ".join(event.reason for event in due)
        if type_ == "incident.reminder":
            new = since_told(*self._store.since_told(incident.id))
            reason = f"{reason} {new}".rstrip()
        told = announce.event(
            type_,
            incident,
            parts=self._store.parts(incident.id),
            reason=reason,
            evidence=self._store.evidence(incident.id, EVIDENCE),
            coverage=announce.coverage_of(self._store.source_states()),
            settings=self.settings,
            now=now,
            key=self._store.link_key,
        )
        action = NewAction(
            incident_id=incident.id, at=now, actor=MONITOR, verb=VERBS[type_], text=reason
        )
        alert = announce.incident_alert(told, self.settings)
        self._store.record_action(incident, action, (alert,))
        return told

    def _beat(self, now: datetime) -> None:
        every = self.settings.heartbeat
        last = self._store.last_alert_at(HEARTBEAT)
        if every is None or (last is not None and now - last < every):
            return
        states = self._store.source_states()
        if any(blindness.is_awaited(state, now=now) for state in states):
            return
        data = heartbeats(
            announce.coverage_of(states),
            open_incidents=len(self._store.live_incidents()),
            backlog=self._store.unassessed_count(),
        )
        alert = announce.operational_alert(HEARTBEAT, *data, settings=self.settings, now=now)
        self._store.add_alerts((alert,))

    def _prune(self, now: datetime) -> None:
        if self._pruned_at is not None and now - self._pruned_at < self._prune_again:
            return
        self._pruned_at = now
        pruned = self._store.prune(before=now - self.settings.retention, limit=PRUNE_LIMIT)
        self._prune_again = GO_ON_PRUNING if pruned.is_more else PRUNE_EVERY
        self._store.wipe(since=now - WIPE_FOR)
