"""What a push writes: sources that make themselves, and all that one request brought.

Runs inside the transaction of its caller (see `store`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.adapters import store_chain, store_poll, store_sources
from monitor.adapters.connect import Connection
from monitor.adapters.rows import json_text, moment, readings, time_text
from monitor.core.polling import PollIntent, SourceHealth, SourceState
from monitor.core.pushing import Entry, PushIntent, Receipt, sort_out
from monitor.core.shown import shown

# What was pruned is known too: it is not taken in again.
_KNOWN = """
SELECT native_id, max(seen_at) AS seen_at FROM (
  SELECT native_id, seen_at FROM mentions WHERE source_id = :id AND native_id IN given
  UNION ALL
  SELECT native_id, engagement.seen_at
  FROM mentions JOIN engagement ON mention_id = mentions.id
  WHERE source_id = :id AND native_id IN given
  UNION ALL
  SELECT native_id, at FROM statements WHERE source_id = :id AND native_id IN given
  UNION ALL
  SELECT native_id, at FROM forgotten WHERE source_id = :id AND native_id IN given
) GROUP BY native_id
""".replace("given", "(SELECT value FROM json_each(:given))")
_READ_AGAIN = """
INSERT INTO engagement (mention_id, seen_at, name, value)
SELECT id, :seen_at, :name, :value FROM mentions
WHERE source_id = :source_id AND native_id = :native_id AND :value IS NOT (
  SELECT value FROM engagement WHERE mention_id = mentions.id AND name = :name
  ORDER BY seen_at DESC LIMIT 1
)
ON CONFLICT DO UPDATE SET value = excluded.value
RETURNING mention_id
"""


def record_push(
    connection: Connection, intents: Sequence[PushIntent]
) -> tuple[tuple[Receipt, int], ...]:
    """Write all of it; say of each source what became of its records, and how many were new."""
    return tuple(_record(connection, intent) for intent in intents)


def _record(connection: Connection, intent: PushIntent) -> tuple[Receipt, int]:
    source = _source(connection, intent)
    found = sort_out(intent.entries, _known(connection, source.id, intent.entries))
    new = store_poll.record_poll(connection, _poll(intent, source, found.kept))
    for entry in found.kept:
        _read_again(connection, source.id, entry)
    return found.receipt, new


def _source(connection: Connection, intent: PushIntent) -> SourceState:
    """The source as it stands after this push; made if it was not there."""
    state = store_sources.open_pushed(connection, intent.source, now=intent.at)
    return replace(
        state,
        last_success_at=intent.at,
        failures=0,
        state=SourceHealth.HEALTHY,
        state_since=state.state_since if state.state is SourceHealth.HEALTHY else intent.at,
        note="",
    )


def _known(
    connection: Connection, source_id: int, entries: Iterable[Entry]
) -> Mapping[str, datetime]:
    given = json_text([entry.native_id for entry in entries])
    rows = connection.execute(_KNOWN, {"id": source_id, "given": given})
    return {row["native_id"]: moment(row["seen_at"]) for row in rows}


def _poll(intent: PushIntent, source: SourceState, kept: Sequence[Entry]) -> PollIntent:
    found = shown([entry.native_id for entry in intent.entries], before=source.shown)
    return PollIntent(
        source=replace(source, shown=found.digest),
        at=intent.at,
        outcome="ok",
        status=None,
        seconds=intent.seconds,
        items=len(intent.entries),
        changed=found.changed,
        mentions=tuple(mention for entry in kept for mention in entry.mentions),
        owned=tuple(post for entry in kept for post in entry.owned),
        deleted=tuple(entry.native_id for entry in kept if entry.deleted),
    )


def _read_again(connection: Connection, source_id: int, entry: Entry) -> None:
    at = time_text(entry.seen_at)
    of = {
        "source_id": source_id,
        "native_id": entry.native_id,
        "seen_at": at,
    }
    for name, value in readings(entry.reading):
        row = {**of, "name": name, "value": value}
        for (mention_id,) in connection.execute(_READ_AGAIN, row).fetchall():
            store_chain.counted(connection, mention_id, [(name, at, value)], at=at)
