"""Questions people ask: plain dicts, ready for `--json`, over a connection that can only read.

Opens the file and hands each question to the module that knows the answer. Times are text, as
stored; JSON columns are parsed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from monitor.adapters import (
    query_dossier,
    query_open,
    query_opinions,
    query_recovery,
    query_search,
    query_standing,
    query_status,
    query_tune,
    query_why,
    store_chain,
    store_upkeep,
)
from monitor.adapters.connect import open_reader, translated
from monitor.adapters.migrations import refuse_stranger, require_current
from monitor.adapters.query_rows import Answer, answers
from monitor.adapters.query_search import MentionFilter
from monitor.adapters.rows import json_text, time_text
from monitor.core.chain import ChainLine, Held
from monitor.core.digest import Opinion
from monitor.core.dossier import Dossier, TurnedAway
from monitor.core.missed import Judged
from monitor.core.recovery import Recovery
from monitor.core.settings import Settings
from monitor.core.tuning import History
from monitor.core.types import Incident, Level
from monitor.errors import NotFoundError

_INCIDENTS = """
SELECT * FROM incidents
WHERE (:brand IS NULL OR brand = :brand)
  AND (:since IS NULL OR last_seen_at >= :since)
  AND (NOT :open_only OR status IN ('open', 'acknowledged', 'snoozed'))
  AND level IN (SELECT value FROM json_each(:levels))
ORDER BY last_seen_at DESC, id DESC LIMIT :limit
"""
# From one brand to the next in the index: a DISTINCT would walk through all mentions.
_BRANDS = """
WITH RECURSIVE known(brand) AS (
  SELECT min(brand) FROM mentions
  UNION ALL
  SELECT (SELECT min(brand) FROM mentions WHERE brand > known.brand)
  FROM known WHERE known.brand IS NOT NULL
)
SELECT brand FROM known WHERE brand IS NOT NULL UNION SELECT brand FROM incidents ORDER BY brand
"""


class Queries:
    """Answers from one database file. Used from the thread that opened it, then closed.

    Every method raises `DatabaseError` when the file cannot be read.
    """

    def __init__(self, database: Database, *, path: Path | str) -> None:
        self._database = database
        self._connection = database.conn
        self._path = path

    @classmethod
    def open(cls, path: Path | str, *, older: bool = False) -> Queries:
        """Raise `DatabaseError` unless this is a database that this release reads.

        `older`: or one of an older release, which is to be copied or checked as it is.
        """
        database = open_reader(path)
        try:
            (refuse_stranger if older else require_current)(database, path=path)
        except BaseException:
            database.close()
            raise
        return cls(database, path=path)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Queries:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """One state of the file for all that a question reads: the daemon goes on writing.

        What is one statement sees one state by itself.
        """
        with translated(self._path):
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._database.rollback()

    def backup(self, path: Path) -> None:
        """Write a consistent copy to a new file. `InputError`: it exists."""
        with translated(path):
            store_upkeep.backup(self._connection, path, like=Path(self._path))

    def check(self) -> tuple[str, ...]:
        """Say in sentences what is wrong with the file; empty if nothing is."""
        with translated(self._path):
            return store_upkeep.check(self._connection)

    def status(self, now: datetime) -> Answer:
        """Sources, `untrained_languages`, backlog, incidents, outbox, webhooks, last heartbeat."""
        with self._snapshot():
            return query_status.status(self._connection, now=now)

    def standing(self, settings: Settings, *, now: datetime) -> Answer:
        """Pages against the `budget` of each brand, and `silences` that hold or will."""
        with self._snapshot():
            return query_standing.standing(self._connection, settings, now=now)

    def open_ones(self) -> tuple[tuple[Incident, Mapping[str, object] | None], ...]:
        """The live incidents, each with what was found in the newest statement on it."""
        with self._snapshot():
            return query_open.open_ones(self._connection)

    def pages(self, *, since: datetime, until: datetime) -> dict[str, int]:
        """Stories of each brand that people were told at warning or above."""
        with self._snapshot():
            return query_standing.pages(self._connection, since=since, until=until)

    def brands(self) -> tuple[str, ...]:
        """All that anything is stored of, those too that are watched no longer."""
        with translated(self._path):
            return tuple(row["brand"] for row in self._connection.execute(_BRANDS))

    def incidents(
        self,
        *,
        open_only: bool = False,
        brand: str | None = None,
        since: datetime | None = None,
        level: Level = Level.QUIET,
        limit: int = 50,
    ) -> list[Answer]:
        """Latest first; `level` and above; `since` is about the last mention."""
        values = {
            "brand": brand,
            "since": None if since is None else time_text(since),
            "open_only": open_only,
            "levels": json_text([step.label for step in Level if step >= level]),
            "limit": limit,
        }
        with translated(self._path):
            return answers(self._connection, _INCIDENTS, values)

    def incident(self, incident_id: int) -> Answer:
        """Raise `NotFoundError` if there is none."""
        with self._snapshot():
            found = query_why.show_incident(self._connection, incident_id)
        return _there(found, f"there is no incident {incident_id}")

    def dossier(self, incident_id: int, *, evidence: int = 20) -> Dossier:
        """As values. Raise `NotFoundError` if there is none."""
        with self._snapshot():
            found = query_dossier.dossier(self._connection, incident_id, most=evidence)
        if found is None:
            raise NotFoundError(f"there is no incident {incident_id}")
        return found

    def recovery(self, incident_id: int, *, now: datetime) -> Recovery:
        """How the brand recovered from it. Raise `NotFoundError` if there is none."""
        with self._snapshot():
            found = query_recovery.recovered(self._connection, incident_id, now=now)
        if found is None:
            raise NotFoundError(f"there is no incident {incident_id}")
        return found

    def chain(self, incident_id: int) -> tuple[tuple[ChainLine, ...], tuple[Held, ...]]:
        """The lines of its evidence, and the mentions as they are now."""
        with self._snapshot():
            lines = store_chain.lines(self._connection, incident_id)
            return lines, store_chain.held(self._connection, incident_id)

    def opinions(self, since: datetime, until: datetime) -> tuple[Opinion, ...]:
        """Mentions of a span with what was read of them, oldest first."""
        with self._snapshot():
            return query_opinions.opinions(self._connection, since, until)

    def judged(self, incident_id: int) -> tuple[Judged, ...]:
        """Each time the story of an incident was judged, oldest first."""
        with self._snapshot():
            return query_opinions.judged(self._connection, incident_id)

    def turned_away(self, incident_id: int, *, since: datetime) -> tuple[TurnedAway, ...]:
        """What alarmed since then, until it ended, and was taken for not being about its brand."""
        with self._snapshot():
            return query_opinions.turned_away(self._connection, incident_id, since=since)

    def mentions(self, wanted: MentionFilter) -> list[Answer]:
        """Newest first."""
        with translated(self._path):
            return query_search.find_mentions(self._connection, wanted)

    def why_mention(self, mention_id: int) -> Answer:
        """Raise `NotFoundError` if there is none."""
        with self._snapshot():
            found = query_why.why_mention(self._connection, mention_id)
        return _there(found, f"there is no mention {mention_id}")

    def why_incident(self, incident_id: int, *, limit: int = 50) -> Answer:
        """Raise `NotFoundError` if there is none."""
        with self._snapshot():
            found = query_why.why_incident(self._connection, incident_id, limit=limit)
        return _there(found, f"there is no incident {incident_id}")

    def deliveries(self, *, dead: bool = False, limit: int = 100) -> list[Answer]:
        """Newest first."""
        with self._snapshot():
            return query_why.list_deliveries(self._connection, dead=dead, limit=limit)

    def alerts(self, *, limit: int = 50) -> list[Answer]:
        """Newest first, each with `body` parsed and its `deliveries`."""
        with self._snapshot():
            return query_why.list_alerts(self._connection, limit=limit)

    def history(self, *, since: datetime | None = None) -> History:
        """What `monitor tune` learns from: each story judged since then at its highest risk."""
        with self._snapshot():
            return query_tune.history(self._connection, since=since)


def _there(found: Answer | None, complaint: str) -> Answer:
    if found is None:
        raise NotFoundError(complaint)
    return found
