"""From a pushed body to stored mentions, and to the answer of who sent it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.connect import MEMORY
from monitor.adapters.store import SqliteStore
from monitor.core.polling import SourceHealth
from monitor.core.pushing import Complaint, Receipt, Refusal
from monitor.core.settings import Secret, SourceSettings
from monitor.errors import DatabaseError
from monitor.stages.push import Push
from monitor.stages.running import inline
from tests.stages.conftest import BRAND, NOON, SETTINGS, World

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
OPEN = replace(SETTINGS, push_token=Secret("t"), sources=())
LATE = {
    "id": "1",
    "source": "twitter",
    "text": "Meridian Air is late",
    "author": "@a",
    "published_at": "2026-11-22T11:59:00Z",
}


def door(world: World, **values: object) -> Push:
    given = {
        "settings": OPEN,
        "store": world.store,
        "db": inline,
        "clock": world.clock,
        "telemetry": world.telemetry,
        "wake": world._wake,
    }
    return Push(**(given | values))  # type: ignore[arg-type]


def late(number: int, **values: object) -> dict[str, object]:
    """Another post of another author."""
    return LATE | {"id": str(number), "author": f"@a{number}"} | values


def body(*rows: object) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def source(world: World, name: str = "twitter"):
    return next(state for state in world.store.source_states() if state.name == name)


async def test_what_is_pushed_is_stored_and_the_readers_woken(world: World):
    said = await door(world).take(body(LATE))

    assert said == Receipt(accepted=1)
    assert world.rows("SELECT native_id, kind, text, seen_at FROM mentions") == [
        ("1", "twitter", "Meridian Air is late", "2026-11-22T12:00:00.000000Z")
    ]
    assert world.woken == 1
    assert ("polled", "twitter", "ok") in world.telemetry.counted
    assert ("mentioned", "twitter", BRAND.name) in world.telemetry.counted


async def test_a_source_makes_itself_and_shows_when_it_was_fed(world: World):
    await door(world).take(body(LATE, LATE | {"id": "2", "text": "a sunny day"}))

    state = source(world)
    assert (state.kind, state.state, state.last_success_at) == (
        "push",
        SourceHealth.HEALTHY,
        NOON,
    )
    assert state.next_poll_at is None
    assert world.rows("SELECT outcome, items, new_items FROM polls") == [("ok", 2, 1)]
    assert world.store.due_sources(NOON + 9 * HOUR) == ()


async def test_the_loops_find_it_and_the_story_is_told(world: World):
    push = door(world)
    await world.assess.start(NOON)
    rows = [
        LATE | {"id": str(n), "author": f"@a{n}", "text": f"Meridian Air crew dragged me out, {n}"}
        for n in range(6)
    ]
    await push.take(body(*rows))
    while await world.assess.step(NOON):
        pass

    assert "incident.opened" in world.told


async def test_like_posts_of_nobody_known_are_as_many_as_their_ids(world: World):
    rows = [late(n, author=None, url=f"https://x.example/{n}") for n in range(3)]

    assert await door(world).take(body(*rows[:2])) == Receipt(accepted=2)
    assert await door(world).take(body(rows[2])) == Receipt(accepted=1)
    assert world.rows("SELECT count(*) FROM mentions") == [(3,)]


async def test_the_same_request_twice_is_stored_once(world: World):
    push = door(world)
    again = body(LATE | {"seen_at": "2026-11-22T11:59:30Z", "engagement": {"likes": 3}})

    assert await push.take(again) == Receipt(accepted=1)
    assert await push.take(again) == Receipt(ignored=1)
    assert world.rows("SELECT count(*) FROM mentions") == [(1,)]
    assert world.rows("SELECT count(*) FROM engagement") == [(1,)]


@pytest.mark.parametrize("words", [{}, {"text": None}], ids=["with its words", "counts alone"])
async def test_the_same_id_later_is_a_new_reading(world: World, words):
    push = door(world)
    await push.take(body(LATE | {"engagement": {"likes": 3, "reposts": 1}}))
    world.clock.now = NOON + HOUR

    counts = {"likes": 9, "reposts": 1}
    assert await push.take(body(LATE | words | {"engagement": counts})) == Receipt(updated=1)
    assert world.rows("SELECT name, value, seen_at FROM engagement ORDER BY seen_at, name") == [
        ("likes", 3.0, "2026-11-22T12:00:00.000000Z"),
        ("reposts", 1.0, "2026-11-22T12:00:00.000000Z"),
        ("likes", 9.0, "2026-11-22T13:00:00.000000Z"),
    ]
    assert world.rows("SELECT text FROM mentions") == [("Meridian Air is late",)]


@pytest.mark.parametrize("words", ["", "RT @a: Meridi\u2026"])
async def test_a_repost_that_names_no_brand_is_of_that_of_its_original(world: World, words: str):
    push = door(world)
    passed = [late(n, text=words, repost_of="1") for n in (2, 3)]
    unknown = late(4, text=words, repost_of="never seen")

    assert await push.take(body(passed[1], unknown, passed[0], LATE)) == Receipt(
        accepted=3, unmatched=1
    )
    assert await push.take(body(late(5, text=words, repost_of="3"))) == Receipt(accepted=1)
    assert world.rows("SELECT native_id, brand, repost_of FROM mentions ORDER BY native_id") == [
        ("1", BRAND.name, None),
        ("2", BRAND.name, "1"),
        ("3", BRAND.name, "1"),
        ("5", BRAND.name, "1"),
    ]


async def test_an_older_version_does_not_come_back(world: World):
    push = door(world)
    await push.take(body(LATE))
    older = LATE | {"text": "Meridian Air is early", "seen_at": "2026-11-22T11:00:00Z"}

    assert await push.take(body(older)) == Receipt(ignored=1)
    assert world.rows("SELECT text FROM mentions") == [("Meridian Air is late",)]


async def test_a_deleted_post_is_blanked_and_does_not_come_back(world: World):
    push = door(world)
    await push.take(body(LATE))
    world.clock.now = NOON + HOUR
    gone = {"id": "1", "source": "twitter", "deleted": True}

    assert await push.take(body(gone, {**gone, "id": "9"})) == Receipt(deleted=1, unmatched=1)
    world.clock.now = NOON + 2 * HOUR
    await push.take(body(LATE))
    assert world.rows("SELECT text, author FROM mentions") == [("", None)]


async def test_the_brands_own_post_is_a_statement(world: World):
    said = await door(world).take(body(LATE | {"author": "@MeridianAir"}))

    assert said == Receipt(accepted=1)
    assert world.rows("SELECT text FROM statements") == [("Meridian Air is late",)]
    assert world.rows("SELECT count(*) FROM mentions") == [(0,)]
    assert await door(world).take(body(LATE | {"seen_at": "2026-11-22T11:00:00Z"})) == Receipt(
        ignored=1
    )


async def test_what_is_wrong_is_told_in_the_order_of_the_lines(world: World):
    said = await door(world).take(body(LATE, 7, LATE | {"id": "2", "brand": "X"}, {"text": "x"}))

    assert isinstance(said, Receipt)
    assert said.accepted == 1
    assert [one.line for one in said.errors] == [2, 3, 4]
    assert said.errors[1] == Complaint(line=3, error="brand: there is no 'X'; known: Meridian Air")


async def test_several_sources_come_in_one_request(world: World):
    meta = LATE | {"source": "meta", "id": "2"}
    assert await door(world).take(body(LATE, meta, meta | {"id": "3"})) == Receipt(accepted=3)

    assert world.rows(
        "SELECT name, items FROM polls JOIN sources ON sources.id = source_id ORDER BY name"
    ) == [("meta", 2), ("twitter", 1)]


async def test_the_past_is_history_if_the_sender_says_so(world: World):
    push = door(world)
    await push.take(body(LATE))
    old = "2026-11-01T00:00:00Z"
    await push.take(body(late(2, published_at=old)), history=True)
    await push.take(body(late(3, published_at=old)))

    assert world.rows("SELECT native_id, history FROM mentions ORDER BY native_id") == [
        ("1", 0),
        ("2", 1),
        ("3", 0),
    ]


async def test_a_configured_source_keeps_its_name_and_its_brands(world: World):
    ours = SourceSettings(
        name="Twitter", kind="push", url="push:Twitter", every=HOUR, brands=(BRAND.name,)
    )
    settings = replace(OPEN, sources=(replace(ours, assume_brand=True),))
    world.store.sync_sources(settings.sources, now=NOON, pushed=True)
    said = await door(world, settings=settings).take(body(LATE | {"text": "so rude"}))

    assert said == Receipt(accepted=1)
    assert world.rows("SELECT matched_by, kind FROM mentions") == [("assumed", "twitter")]
    assert [state.name for state in world.store.source_states()] == ["Twitter"]


# --- sources that make themselves, over the life of the daemon


async def test_a_restart_keeps_them_while_push_is_open(world: World):
    await door(world).take(body(LATE))
    before = source(world)
    world.store.sync_sources((), now=NOON + HOUR, pushed=True)
    assert source(world) == before

    world.store.sync_sources((), now=NOON + HOUR)
    assert world.store.source_states() == ()
    world.clock.now = NOON + 2 * HOUR
    assert await door(world).take(body(LATE)) == Receipt(updated=1)
    assert source(world).state is SourceHealth.HEALTHY


async def test_a_source_that_went_silent_and_is_fed_again_is_healthy_since_then(world: World):
    await door(world).take(body(LATE))
    world.store._connection.execute("UPDATE sources SET state = 'stale', note = 'silent'")
    world.clock.now = NOON + HOUR
    await door(world).take(body(LATE | {"id": "2"}))

    state = source(world)
    assert (state.state, state.note, state.state_since) == (
        SourceHealth.HEALTHY,
        "",
        NOON + HOUR,
    )


async def test_a_polled_source_of_the_same_name_is_left_alone(world: World):
    settings = replace(SETTINGS, push_token=Secret("t"))
    world.store.sync_sources(settings.sources, now=NOON, pushed=True)
    before = source(world, "a")
    await door(world, settings=settings).take(body(LATE | {"source": "a"}))

    assert source(world, "a") == before
    assert source(world, "a (push)").last_success_at == NOON
    assert world.rows("SELECT kind FROM mentions") == [("a",)]


# --- when it cannot be taken


async def test_a_body_without_records_is_refused(world: World):
    assert await door(world).take(b"<html>") == Refusal(
        status=400, reason="the body should be a JSON object, an array of them, or JSON Lines"
    )
    assert world.store.source_states() == ()


async def test_too_many_records_are_refused_and_none_is_kept(world: World):
    said = await door(world).take(body(*[LATE | {"id": str(n)} for n in range(5_001)]))

    assert isinstance(said, Refusal)
    assert said.status == 413
    assert world.rows("SELECT count(*) FROM mentions") == [(0,)]


async def test_who_is_faster_than_the_readers_is_asked_to_wait(world: World):
    push = door(world, most_unread=2)
    assert await push.take(body(LATE)) == Receipt(accepted=1)
    assert await push.take(body(late(2), late(3))) == Receipt(accepted=2)

    assert await push.take(body(late(4))) == Refusal(
        status=429, reason="2 mentions wait to be read: come back later", retry_after=60
    )
    await world.assess.start(NOON)
    while await world.assess.step(NOON):
        pass
    assert await push.take(body(late(4))) == Receipt(accepted=1)


class Broken(SqliteStore):
    """Fails at the last write of a push."""

    broken = True

    def record_push(self, intents):
        with self.transaction():
            said = super().record_push(intents)
            if self.broken:
                raise DatabaseError("disk full")
        return said


async def test_what_fails_before_the_commit_is_not_stored_and_can_be_sent_again():
    with Broken.open(MEMORY) as store:
        assert isinstance(store, Broken)
        world = World(store=store)
        push = door(world)

        assert await push.take(body(LATE)) == Refusal(
            status=503, reason="cannot be stored now", retry_after=5
        )
        assert world.rows("SELECT count(*) FROM mentions") == [(0,)]
        assert world.rows("SELECT count(*) FROM sources") == [(0,)]
        store.broken = False
        assert await push.take(body(LATE)) == Receipt(accepted=1)


async def test_a_database_that_hangs_is_no_reason_to_keep_the_sender_waiting(world: World):
    async def never(call, /, *args, **kwargs):
        await asyncio.Event().wait()

    said = await door(world, db=never, patience=0.01).take(body(LATE))

    assert isinstance(said, Refusal)
    assert (said.status, said.retry_after) == (503, 5)


async def is_over(task: asyncio.Task[Any]) -> bool:
    """After some turns of the loop, more than it takes to go through without waiting."""
    for _ in range(9):
        await asyncio.sleep(0)
    return task.done()


async def test_the_end_waits_for_all_that_is_in_hand_and_for_nothing_else(world: World):
    first, second = asyncio.Event(), asyncio.Event()
    gates = iter((first, second))
    mine: dict[asyncio.Task[Any] | None, asyncio.Event] = {}

    async def slow(call, /, *args, **kwargs):
        task = asyncio.current_task()
        if task not in mine:
            mine[task] = next(gates)
        await mine[task].wait()
        return call(*args, **kwargs)

    push = door(world, db=slow)
    assert await is_over(asyncio.create_task(push.close()))
    one = asyncio.create_task(push.take(body(LATE)))
    other = asyncio.create_task(push.take(body(LATE)))
    ending = asyncio.create_task(push.close())
    assert not await is_over(ending)
    first.set()
    assert await one == Receipt(accepted=1)
    assert not await is_over(ending)
    second.set()
    await other
    assert await is_over(ending)
    assert await is_over(asyncio.create_task(push.close()))


async def test_a_file_holds_what_was_answered(tmp_path: Path):
    with SqliteStore.open(tmp_path / "monitor.db") as store:
        await door(World(store=store)).take(body(LATE))
    with SqliteStore.open(tmp_path / "monitor.db") as store:
        assert store.unassessed_count() == 1
