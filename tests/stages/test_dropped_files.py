"""A folder that is polled: what a record says of its brand is known, or told in the note."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.folder import FolderFetcher
from monitor.adapters.store import SqliteStore
from monitor.core.settings import SourceSettings
from tests.fakes import FakeClock, FakeFetcher
from tests.sources.faulty import polling, reading, settings_of
from tests.sources.services import START

pytestmark = pytest.mark.anyio

EVERY = timedelta(minutes=5)


async def poll_folder(folder: Path, store: SqliteStore, *, rounds: int) -> None:
    source = SourceSettings(name="exports", kind="file", url=str(folder), every=EVERY)
    clock = FakeClock(START)
    async with reading(None) as reader:
        fetcher = FolderFetcher(FakeFetcher(), now=lambda: clock().timestamp())
        poll = polling(settings_of(source), store, fetcher, reader, clock)
        await poll.start(START)
        for _ in range(rounds):
            await poll.round(clock(), everything=True)
            clock.forward(EVERY)


async def test_an_unknown_brand_is_not_stored_and_stays_in_the_note(tmp_path, store):
    (tmp_path / "a.jsonl").write_text(
        '{"id": 1, "text": "late", "brand": "united"}\n{"id": 2, "text": "x", "brand": "Nobody"}\n'
    )
    await poll_folder(tmp_path, store, rounds=2)

    rows = store._connection.execute("SELECT native_id, brand FROM mentions").fetchall()
    assert [tuple(row) for row in rows] == [("1", "United")]
    assert store.source_states()[0].note.endswith(
        "1 record was left out, last: a.jsonl line 2: brand: there is no 'Nobody'; known: United"
    )


async def test_an_original_that_stands_pages_after_its_reposts_gives_them_its_brand(
    tmp_path, store
):
    reposts = [{"id": n, "author": str(n), "text": "RT", "repost_of": "o"} for n in range(2500)]
    original = {"id": "o", "author": "a", "text": "United is late"}
    unknown = {"id": "u", "author": "u", "text": "RT", "repost_of": "never seen"}
    records = (unknown, *reposts, original)
    (tmp_path / "newest-first.jsonl").write_text("\n".join(map(json.dumps, records)))
    await poll_folder(tmp_path, store, rounds=1)

    counted = "SELECT brand, count(*), count(repost_of) FROM mentions GROUP BY brand"
    rows = store._connection.execute(counted).fetchall()
    assert [tuple(row) for row in rows] == [("United", 2501, 2500)]
