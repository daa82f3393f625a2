"""Posts of the brand itself | which incident they speak of | the clock stops | statement.seen.

Does not read mentions, nor poll: the posts are in the database already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from monitor.core import statements
from monitor.core.answers import stated
from monitor.core.filing import NewAction
from monitor.core.outbox import IncidentEvent, Said
from monitor.core.settings import Settings
from monitor.core.spoken_of import FORGOTTEN_AFTER, Attribution, Candidate, Spoken, about
from monitor.core.types import Incident
from monitor.ports import Store
from monitor.stages import announce
from monitor.stages.news import MONITOR

SEEN = "statement.seen"
#: Mentions whose words and links are looked at.
_LOOKED_AT = 50
_EVIDENCE = 5


class Hearing:
    """Remembers what it has looked at: nothing is compared twice until something is new."""

    def __init__(
        self, *, settings: Settings, store: Store, on_event: Callable[[IncidentEvent], None]
    ) -> None:
        self._settings = settings
        self._store = store
        self._on_event = on_event
        self._known: object = None

    def step(self, now: datetime) -> None:
        """Take every post that speaks of an open incident."""
        spoken = self._store.unheard_statements(now - FORGOTTEN_AFTER)
        live = self._store.live_incidents() if spoken else ()
        known = spoken, tuple((one.id, one.mention_count, one.level) for one in live)
        if known == self._known:
            return
        candidates = [self._candidate(one) for one in live]
        for post in spoken:
            if (found := about(post, candidates)) is not None:
                self._take(post, found, now)
        # Last: a step that found the database locked is taken again from its beginning.
        self._known = known

    def _candidate(self, incident: Incident) -> Candidate:
        seen = self._store.evidence(incident.id, _LOOKED_AT)
        return Candidate(
            incident=incident,
            texts=tuple(one.text for one in seen),
            urls=tuple(one.url for one in seen if one.url),
        )

    def _take(self, post: Spoken, found: Attribution, now: datetime) -> None:
        checks = statements.stored(post.text)
        with self._store.transaction():
            incident = self._store.incident(found.incident.id)
            # Merged away or closed by a person since it was looked at: who is left is looked at.
            if incident is None or not incident.status.is_live:
                return
            if not self._store.hear_statement(post.id, incident.id, checks=checks, why=found.why):
                return
            incident = stated(incident, at=post.at)
            told = self._event(post, incident, found.why, checks=checks, now=now)
            action = NewAction(
                incident_id=incident.id, at=now, actor=MONITOR, verb="hear", text=found.why
            )
            self._store.record_action(
                incident, action, (announce.incident_alert(told, self._settings),)
            )
        self._on_event(told)

    def _event(
        self,
        post: Spoken,
        incident: Incident,
        why: str,
        *,
        checks: Mapping[str, object],
        now: datetime,
    ) -> IncidentEvent:
        said = Said(at=post.at, url=post.url, text=post.text)
        return announce.event(
            SEEN,
            incident,
            parts=self._store.parts(incident.id),
            reason=f"The brand spoke. {why} {statements.sentence(checks)}",
            evidence=self._store.evidence(incident.id, _EVIDENCE),
            coverage=announce.coverage_of(self._store.source_states()),
            settings=self._settings,
            now=now,
            key=self._store.link_key,
            said=said,
        )
