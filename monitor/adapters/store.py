"""The SQLite store: work lists out, intents in, each intent one transaction.

Only says which statement runs inside which transaction; the statements are in the `store_*`
modules, what the tracker asks in `store_recall`, questions of people in `queries`. All calls come
from the thread that opened it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from monitor.adapters import (
    query_opinions,
    store_assess,
    store_deliver,
    store_forget,
    store_memory,
    store_poll,
    store_push,
    store_reread,
    store_silences,
    store_sources,
    store_statements,
    store_stream,
    store_upkeep,
)
from monitor.adapters.connect import MEMORY, open_writer, translated
from monitor.adapters.keyfile import load_key
from monitor.adapters.migrations import migrate
from monitor.adapters.rows import maybe_moment, time_text
from monitor.adapters.store_recall import Recall
from monitor.core.digest import Opinion
from monitor.core.filing import AssessIntent, NewAction
from monitor.core.forgetting import Asked, Forgotten
from monitor.core.outbox import AttemptIntent, Delivery, NewAlert, WebhookState
from monitor.core.polling import PageIntent, PollIntent, Reread, SourceState
from monitor.core.pruning import Pruned
from monitor.core.pushing import PushIntent, Receipt
from monitor.core.rereading import Followed
from monitor.core.settings import Settings, SourceSettings
from monitor.core.silences import Silence
from monitor.core.spoken_of import Spoken
from monitor.core.types import Incident, Mention
from monitor.errors import DatabaseError


class SqliteStore(Recall):
    """`ports.Store` on one SQLite file, or in memory."""

    def __init__(self, database: Database, *, path: Path | str) -> None:
        self.path = path
        self._database = database
        self._connection = database.conn

    @classmethod
    def open(cls, path: Path | str, *, create: bool = True, backup: bool = True) -> SqliteStore:
        """Open a file, or `MEMORY`, and bring its schema up to date; `backup`: copy it first.

        Raises:
            DatabaseError: It cannot be opened or written, is no database of ours, or too new.
        """
        database = open_writer(path, create=create)
        try:
            with translated(path):
                migrate(database, path=path, backup=backup)
        except BaseException:
            database.close()
            raise
        return cls(database, path=path)

    @classmethod
    def in_memory(cls) -> SqliteStore:
        return cls.open(MEMORY)

    def close(self) -> None:
        # Fresh statistics for the planner are welcome, not worth an error, nor a wait.
        with suppress(DatabaseError), translated(self.path):
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("PRAGMA analysis_limit = 400")
            self._connection.execute("PRAGMA optimize")
        self._database.close()

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def link_key(self) -> bytes:
        """What links are signed with; empty for a database in memory, which sends none.

        Read each time: who deletes the file makes every link void, without a restart.
        """
        return b"" if self.path == MEMORY else load_key(Path(self.path))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Read, decide and write with nobody writing in between; inside another, a part of it."""
        with translated(self.path):
            if self._connection.in_transaction:
                with self._database.atomic():
                    yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._database.rollback()
                raise

    # --- poll

    def sync_sources(
        self, sources: Sequence[SourceSettings], *, now: datetime, pushed: bool = False
    ) -> None:
        with self.transaction():
            store_sources.sync_sources(self._connection, sources, now=now, pushed=pushed)

    def source_states(self) -> tuple[SourceState, ...]:
        return store_sources.source_states(self._connection)

    def news_times(self, source_id: int, *, limit: int) -> tuple[datetime, ...]:
        return store_sources.news_times(self._connection, source_id, limit=limit)

    def due_sources(self, now: datetime) -> tuple[SourceState, ...]:
        return store_sources.due_sources(self._connection, now)

    def reserve_poll(self, source_id: int, *, until: datetime, note: str | None = None) -> None:
        with self.transaction():
            store_sources.reserve_poll(self._connection, source_id, until=until, note=note)

    def record_page(self, intent: PageIntent) -> int:
        with self.transaction():
            return store_poll.record_page(self._connection, intent)

    def record_push(self, intents: Sequence[PushIntent]) -> tuple[tuple[Receipt, int], ...]:
        with self.transaction():
            return store_push.record_push(self._connection, intents)

    def record_poll(self, intent: PollIntent) -> int:
        with self.transaction():
            return store_poll.record_poll(self._connection, intent)

    # --- stream

    def originals(self, source_id: int, native_ids: Collection[str]) -> tuple[Mention, ...]:
        return store_stream.originals(self._connection, source_id, native_ids)

    def gone(
        self, source_id: int, *, native_ids: Collection[str], prefixes: Collection[str]
    ) -> tuple[str, ...]:
        return store_stream.gone(
            self._connection, source_id, native_ids=native_ids, prefixes=prefixes
        )

    def followed(self, source_id: int) -> tuple[Followed, ...]:
        return store_reread.followed(self._connection, source_id)

    def record_reread(self, intent: Reread) -> int:
        with self.transaction():
            return store_reread.record_reread(self._connection, intent)

    # --- assess

    def unassessed(self, limit: int) -> tuple[Mention, ...]:
        return store_memory.unassessed(self._connection, limit)

    def unassessed_count(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM unread").fetchone()[0])

    def record_assessment(self, intent: AssessIntent) -> None:
        with self.transaction():
            store_assess.record_assessment(self._connection, intent)

    def record_action(
        self, incident: Incident, action: NewAction, alerts: Sequence[NewAlert] = ()
    ) -> None:
        with self.transaction():
            store_assess.record_action(self._connection, incident, action, alerts)

    # --- deliver

    def due_deliveries(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        return store_deliver.due_deliveries(self._connection, now, limit)

    def pending_deliveries(self, webhook: str) -> tuple[Delivery, ...]:
        return store_deliver.pending_deliveries(self._connection, webhook)

    def webhook_states(self) -> Mapping[str, WebhookState]:
        return store_deliver.webhook_states(self._connection)

    def record_attempt(self, intent: AttemptIntent) -> None:
        with self.transaction():
            store_deliver.record_attempt(self._connection, intent)

    def next_delivery_at(self) -> datetime | None:
        return store_deliver.next_delivery_at(self._connection)

    def retry_delivery(self, delivery_id: int, *, now: datetime) -> None:
        """Make a dead or waiting delivery due at once.

        Raises:
            NotFoundError: There is none of this id.
            InputError: It was delivered or superseded.
        """
        with self.transaction():
            store_deliver.retry_delivery(self._connection, delivery_id, now=now)

    def enable_webhook(self, name: str, *, now: datetime) -> bool:
        """Take a webhook back into use; False if it was not disabled."""
        with self.transaction():
            return store_deliver.enable_webhook(self._connection, name, now=now)

    # --- respond

    def add_alerts(self, alerts: Sequence[NewAlert]) -> None:
        with self.transaction():
            store_assess.write_alerts(self._connection, alerts)

    def last_alert_at(self, type_: str) -> datetime | None:
        newest = "SELECT max(created_at) FROM alerts WHERE type = ?"
        return maybe_moment(self._connection.execute(newest, (type_,)).fetchone()[0])

    def record_heartbeat(self, *, now: datetime, name: str = "daemon") -> timedelta:
        with self.transaction():
            return store_upkeep.beat(self._connection, name, now=now)

    def unheard_statements(self, since: datetime) -> tuple[Spoken, ...]:
        return store_statements.unheard(self._connection, since)

    def hear_statement(
        self, statement_id: int, incident_id: int, *, checks: Mapping[str, object], why: str
    ) -> bool:
        with self.transaction():
            return store_statements.hear(
                self._connection, statement_id, incident_id, checks=checks, why=why
            )

    def add_silence(self, silence: Silence, settings: Settings, *, now: datetime) -> int:
        """Keep a silence, and hold on what would go out in it; say its id."""
        with self.transaction():
            return store_silences.add(self._connection, silence, settings, now=now)

    def silences(self, now: datetime) -> tuple[Silence, ...]:
        """Those that are not over, the first to begin first."""
        return store_silences.not_over(self._connection, now)

    def end_silence(self, silence_id: int, settings: Settings, *, now: datetime) -> Silence:
        """End it and let go what nothing else holds. `NotFoundError` if there is none to end."""
        with self.transaction():
            return store_silences.end(self._connection, silence_id, settings, now=now)

    def let_go(self, settings: Settings, *, now: datetime) -> int:
        with self.transaction():
            return store_silences.let_go(self._connection, settings, now=now)

    def opinions(self, since: datetime, until: datetime) -> tuple[Opinion, ...]:
        return query_opinions.opinions(self._connection, since, until)

    # --- upkeep

    def prune(self, *, before: datetime, limit: int) -> Pruned:
        with self.transaction():
            pruned = store_upkeep.prune(self._connection, before=before, limit=limit)
        store_upkeep.give_back_pages(self._connection)
        return pruned

    def wipe(self, *, since: datetime | None = None) -> bool:
        """Say whether all of it is overwritten; False: somebody reads, the next time does it."""
        with translated(self.path):
            return store_upkeep.wipe(self._connection, since=since)

    def forget(self, asked: Asked, *, now: datetime) -> Forgotten:
        """Blank all that is held of a person, in parts, while others write in between.

        Raises:
            NotFoundError: There is no such source.
        """
        with translated(self.path):
            at = time_text(now)
            return store_forget.forget(self._connection, self.transaction, asked, at=at)

    def counts(self) -> Mapping[str, int | str | None]:
        """`backlog`, `deliveries_pending`, `deliveries_dead`, `oldest_pending_at`."""
        return store_upkeep.counts(self._connection)
