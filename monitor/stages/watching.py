"""Watches the sources themselves: blind is not quiet.

Does not poll, nor decide what blind is (see `core.blindness`): it raises `source.blind` once and
`source.recovered` once. Blocks on the database; runs where that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.core import blindness, expected, pushing
from monitor.core.filing import AssessIntent
from monitor.core.outbox import NewAlert
from monitor.core.polling import SourceHealth, SourceState
from monitor.core.settings import Settings
from monitor.ports import Store
from monitor.stages import announce

#: How often the news of all sources are counted: they are read from the log of polls.
COUNT_EVERY = timedelta(minutes=5)


class Watching:
    """Knows which sources are blind, and why."""

    def __init__(self, *, settings: Settings, store: Store) -> None:
        self.settings = settings
        self._store = store
        self._silent: Mapping[int, str] = {}
        self._counted_at: datetime | None = None

    def look(self, now: datetime) -> None:
        """Say of every source that went blind, or sees again, that it did."""
        states = self._store.source_states()
        self._count(states, now)
        blind = {state.id: self._why(state, now) for state in states}
        changed = [state for state in states if bool(blind[state.id]) is not state.blind]
        if changed:
            alerts = [self._sight(state, why=blind[state.id], now=now) for state in changed]
            marks = tuple((state.id, bool(blind[state.id])) for state in changed)
            self._store.record_assessment(AssessIntent(at=now, alerts=tuple(alerts), blind=marks))

    def has_heard(self, brand: str, *, since: datetime, now: datetime) -> bool:
        """Whether it is known that nothing was said of a brand until `since`, and all is read."""
        states = [
            state
            for state in self._store.source_states()
            if self._hears_of(state, brand, since=since)
        ]
        heard = blindness.is_heard(states, since=since, now=now)
        return heard and not self._store.unassessed_count()

    def _hears_of(self, state: SourceState, brand: str, *, since: datetime) -> bool:
        """What is pushed is not waited for, but counts: it may be all that is to be seen."""
        source = self.settings.source(state.name)
        if source is not None and source.brands and brand not in source.brands:
            return False
        if state.kind == pushing.KIND:
            return blindness.has_answered(state, since=since)
        return source is not None

    def _count(self, states: tuple[SourceState, ...], now: datetime) -> None:
        if self._counted_at is not None and now - self._counted_at < COUNT_EVERY:
            return
        self._counted_at = now
        self._silent = {state.id: self._quiet(state, now) for state in states}

    def _quiet(self, state: SourceState, now: datetime) -> str:
        news = self._store.news_times(state.id, limit=expected.MOST)
        # What is pushed is never asked: it could come at any time.
        seen = now if state.kind == pushing.KIND else state.last_success_at
        return blindness.silent(news, seen=seen)

    def _why(self, state: SourceState, now: datetime) -> str:
        """Why nothing is seen of a source; empty if it is."""
        if state.state is SourceHealth.DISABLED and state.kind == pushing.KIND:
            return ""
        source = self.settings.source(state.name)
        unseen = blindness.unseen(state, every=source.pace, now=now) if source else ""
        return unseen or self._silent.get(state.id, "")

    def _sight(self, state: SourceState, *, why: str, now: datetime) -> NewAlert:
        data = {
            "source": state.name,
            "kind": state.kind,
            "state": state.state.value,
            "last_success_at": state.last_success_at,
            "note": state.note,
            "reason": why,
        }
        type_ = "source.blind" if why else "source.recovered"
        return announce.operational_alert(type_, data, settings=self.settings, now=now)
