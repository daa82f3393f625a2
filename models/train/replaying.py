"""Files of mentions through the pipeline of `monitor replay`, in process. Measures nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from monitor.adapters.store import SqliteStore
from monitor.core.growth import GrowthModel
from monitor.core.outbox import IncidentEvent
from monitor.core.records import Record, in_order, parse
from monitor.core.settings import Settings
from monitor.ports import Classifier
from monitor.replay import Replay


def read_records(path: Path) -> list[Record]:
    return [parse(line) for line in path.read_text(encoding="utf-8").splitlines()]


def first_seen(records: Iterable[Record]) -> dict[str, datetime]:
    seen: dict[str, datetime] = {}
    for record in in_order(records):
        seen.setdefault(record.item.native_id, record.seen_at)
    return seen


def replayed(
    records: Sequence[Record],
    *,
    settings: Settings,
    classifier: Classifier,
    growth: GrowthModel,
    database: Path,
) -> list[IncidentEvent]:
    """Play the records into a new database; what people would have been told."""
    events: list[IncidentEvent] = []
    with SqliteStore.open(database) as store:
        replay = Replay(
            settings=settings,
            store=store,
            classifier=classifier,
            growth=growth,
            on_event=events.append,
        )
        asyncio.run(replay.play(records))
    return events
