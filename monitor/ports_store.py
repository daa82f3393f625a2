"""The seam to the store: the work lists the loops take from it, and the intents they give it.

Does not say how anything is kept, nor what people ask of the database (see `adapters.queries`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.burns import PastDay
from monitor.core.digest import Opinion
from monitor.core.echoes import Count
from monitor.core.filing import AssessIntent, NewAction, Placed, Remembered, Repaired
from monitor.core.outbox import AttemptIntent, Delivery, NewAlert, WebhookState
from monitor.core.polling import PageIntent, PollIntent, Reread, SourceState
from monitor.core.pruning import Pruned
from monitor.core.pushing import PushIntent, Receipt
from monitor.core.rereading import Followed
from monitor.core.settings import Settings, SourceSettings
from monitor.core.shares import Share
from monitor.core.spoken_of import Spoken
from monitor.core.types import Evidence, Incident, Mention, Part


class Store(Protocol):
    """Work lists out, intents in; each intent is one transaction. Used from one thread only."""

    @property
    def link_key(self) -> bytes:
        """What links are signed with; empty: none are sent."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Read, decide and write with nobody writing in between.

        `record_action` writes the whole incident: read it inside the same transaction, because
        another loop, or a person at another process, may have changed it since.
        """
        ...

    # --- poll
    def sync_sources(
        self, sources: Sequence[SourceSettings], *, now: datetime, pushed: bool = False
    ) -> None:
        """Make the table match the configuration; sources that went are disabled, not deleted.

        `pushed`: sources that something was pushed to stay, though nobody configured them.
        """
        ...

    def source_states(self) -> tuple[SourceState, ...]: ...

    def news_times(self, source_id: int, *, limit: int) -> tuple[datetime, ...]:
        """When a source showed something new, of each hour the last time, ascending.

        The newest `limit` hours of those in which it did.
        """
        ...

    def due_sources(self, now: datetime) -> tuple[SourceState, ...]:
        """Enabled sources whose `next_poll_at` is not after `now`, longest due first."""
        ...

    def reserve_poll(self, source_id: int, *, until: datetime, note: str | None = None) -> None:
        """Write `next_poll_at` before the request, so that a crash cannot hammer a server.

        A `note` takes the place of the one that it has.
        """
        ...

    def record_page(self, intent: PageIntent) -> int:
        """Write what one page brought, and the cursor after it; say how many mentions were new."""
        ...

    def record_poll(self, intent: PollIntent) -> int:
        """Write a poll and what its last page found; say how many mentions of it were new.

        A mention known by (source, native id, brand) is updated; if its text changed, its verdict
        is dropped, so that it is read again.
        """
        ...

    # --- push
    def record_push(self, intents: Sequence[PushIntent]) -> tuple[tuple[Receipt, int], ...]:
        """Write all that a request brought; a source that is not there is made.

        Of each intent: what became of its records, and how many mentions were new.
        """
        ...

    # --- stream
    def originals(self, source_id: int, native_ids: Collection[str]) -> tuple[Mention, ...]:
        """Those of these posts that are stored, for each brand, and were not deleted."""
        ...

    def gone(
        self, source_id: int, *, native_ids: Collection[str], prefixes: Collection[str]
    ) -> tuple[str, ...]:
        """Tell which stored native ids are to be blanked if these are deleted.

        `prefixes` are of accounts that are gone, with the slash at their end. Stored reposts of
        what is deleted carry its words, and go with it.
        """
        ...

    # --- refresh
    def followed(self, source_id: int) -> tuple[Followed, ...]:
        """Posts of a source that are part of open incidents, the newest first."""
        ...

    def record_reread(self, intent: Reread) -> int:
        """Write counts that were read again; say how many readings changed."""
        ...

    # --- assess
    def unassessed(self, limit: int) -> tuple[Mention, ...]:
        """Mentions without a verdict, in the order in which they were said."""
        ...

    def unassessed_count(self) -> int: ...

    def changed(self, mentions: Sequence[Mention]) -> frozenset[int]:
        """Those of them that say something else by now, or nothing: edited, blanked or pruned."""
        ...

    def record_assessment(self, intent: AssessIntent) -> None: ...

    def remembered(self, since: datetime) -> Iterable[Remembered]:
        """Mentions filed to a story that was last added to after `since`, oldest first."""
        ...

    def remembered_of(self, stories: Collection[int]) -> Iterable[Remembered]:
        """All mentions filed to these stories, oldest first."""
        ...

    def remembered_one(self, mention_id: int) -> Remembered | None:
        """A mention that was read, whether or not it was filed."""
        ...

    def has_mentions(self, mention_ids: Collection[int]) -> bool:
        """Whether all of them are stored, and not pruned since they were read."""
        ...

    def past_days(self, since: datetime) -> Iterable[PastDay]:
        """What was alleged of each brand day by day since then, oldest first."""
        ...

    def name_shares(self) -> Mapping[str, Share]:
        """By brand, how much of what carried its ambiguous names lately was about it."""
        ...

    def counts_since(self, when: datetime) -> tuple[tuple[int, Count], ...]:
        """(story, what was counted on a post of it) of live incidents after `when`."""
        ...

    def story_sizes(self) -> tuple[tuple[str, int, int], ...]:
        """(brand, how far a story has spread, how many stories of the brand have so far)."""
        ...

    def past_stories(self) -> Iterable[tuple[str, tuple[float, ...]]]:
        """(brand, seconds from the first mention to each) of stories that are over."""
        ...

    def placed(self, mention_ids: Sequence[int]) -> tuple[Placed, ...]:
        """Where these mentions are filed, as far as they still are."""
        ...

    def repairs_since(self, last: int) -> Repaired:
        """What people repaired of the grouping after the repair of this number."""
        ...

    def kept_apart(self) -> tuple[tuple[int, int], ...]:
        """Pairs of stories that people told apart."""
        ...

    def survivor_of(self, incident_id: int) -> int | None:
        """The incident that a merged one is part of by now, as far as that is known."""
        ...

    def next_story_id(self) -> int: ...

    def next_incident_id(self) -> int: ...

    def live_incidents(self) -> tuple[Incident, ...]:
        """Open, acknowledged and snoozed ones."""
        ...

    def incident(self, incident_id: int) -> Incident | None: ...

    def evidence(self, incident_id: int, limit: int) -> tuple[Evidence, ...]:
        """The mentions that show best what is alleged, worst first."""
        ...

    def since_told(self, incident_id: int) -> tuple[int, Evidence | None]:
        """How many mentions came since people were last told of it, and the worst new text."""
        ...

    def parts(self, incident_id: int) -> tuple[Part, ...]:
        """Why the incident stands where it stands: the parts of its newest decision."""
        ...

    def story_of(self, incident_id: int) -> int | None: ...

    def incident_of(self, story_id: int) -> int | None: ...

    def record_action(
        self, incident: Incident, action: NewAction, alerts: Sequence[NewAlert]
    ) -> None:
        """Write what a person, or the clock, did to an incident: every column, and its alerts."""
        ...

    # --- deliver
    def due_deliveries(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """Pending ones whose time has come: newest state of each incident first."""
        ...

    def pending_deliveries(self, webhook: str) -> tuple[Delivery, ...]:
        """All that wait for this webhook, newest first."""
        ...

    def webhook_states(self) -> Mapping[str, WebhookState]: ...

    def record_attempt(self, intent: AttemptIntent) -> None: ...

    def next_delivery_at(self) -> datetime | None: ...

    # --- respond
    def add_alerts(self, alerts: Sequence[NewAlert]) -> None:
        """Put operational alerts (no incident) into the outbox."""
        ...

    def last_alert_at(self, type_: str) -> datetime | None:
        """When the newest alert of this type was made."""
        ...

    def record_heartbeat(self, *, now: datetime) -> timedelta:
        """Prove that the daemon is alive: `monitor status` tells quiet from blind by it.

        Says how far the clock was set back since; what was planned by it comes as much nearer.
        """
        ...

    def unheard_statements(self, since: datetime) -> tuple[Spoken, ...]:
        """Posts of the brands themselves that belong to no incident, oldest first."""
        ...

    def hear_statement(
        self, statement_id: int, incident_id: int, *, checks: Mapping[str, object], why: str
    ) -> bool:
        """Say of which incident a post speaks; False if that was said before, or it is gone."""
        ...

    def let_go(self, settings: Settings, *, now: datetime) -> int:
        """Send earlier what neither quiet hours nor a silence hold any more; say how many."""
        ...

    def opinions(self, since: datetime, until: datetime) -> tuple[Opinion, ...]:
        """Mentions of a span with what was read of them, oldest first."""
        ...

    def prune(self, *, before: datetime, limit: int) -> Pruned:
        """Delete up to `limit` mentions older than `before` that belong to no incident.

        And of each log as many rows at most.
        """
        ...

    def wipe(self, *, since: datetime | None = None) -> bool:
        """Leave no trace of deleted words in the file, if any were blanked since then."""
        ...
