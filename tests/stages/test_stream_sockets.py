"""The stream loop against a real server on loopback, as it runs in the daemon."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.polling import SourceHealth
from monitor.stages.running import inline
from tests.jetstreams import RESET, Gate, HangUp, Refuse, Step, jetstream
from tests.sources import frames
from tests.sources.frames import uri
from tests.stages.flows import Live
from tests.stages.stream_faults import FAULTS, outcome

pytestmark = pytest.mark.anyio

LATE = "Meridian Air is late"


@pytest.fixture
def live(store: SqliteStore) -> Live:
    return Live(store)


def many(count: int, first: int = 1) -> list[Step]:
    return [frames.post(number, f"{LATE} {number}") for number in range(first, first + count)]


async def test_posts_arrive_until_the_end(live: Live):
    async with jetstream(many(3)) as server:
        live.follow(server)
        await live.shows(lambda: len(live.texts) == 3)
        assert live.state.state is SourceHealth.HEALTHY
        await live.streams.close()
    assert live.texts == [f"{LATE} 1", f"{LATE} 2", f"{LATE} 3"]


async def test_a_drop_in_the_middle_of_a_frame_loses_nothing_and_doubles_nothing(live: Live):
    first: list[Step] = [*many(3), RESET]
    again: list[Step] = [*many(2, 2), RESET]
    last = many(3, 3)
    async with jetstream(first, again, last) as server:
        live.follow(server)
        await live.shows(lambda: len(live.texts) == 5)
        await live.streams.close()
    assert live.rows("SELECT native_id FROM mentions ORDER BY id") == [
        (uri(number),) for number in range(1, 6)
    ]
    places = [int(visit.rpartition("cursor=")[2]) for visit in server.visits]
    assert places[1:3] == [
        frames.micros(frames.START + timedelta(seconds=number - 5)) for number in (3, 3)
    ]


async def test_a_server_that_forgot_our_place_is_asked_without_one(live: Live):
    too_old = Refuse(400, b'{"error":"CursorTooOld","message":"the floor is 9"}')
    async with jetstream([*many(1), HangUp()], [too_old], many(1, 2)) as server:
        live.follow(server)
        await live.shows(lambda: len(live.texts) == 2)
        await live.streams.close()
    assert len(server.visits) == 3
    assert live.notes()[1].startswith("the server hung up (1000); next at")


async def test_a_huge_frame_ends_a_connection_and_harms_nothing_else(live: Live):
    async with jetstream([*many(1), b"x" * (2**20 + 1)], many(2)) as server:
        live.follow(server)
        await live.shows(lambda: len(live.texts) == 2)
        await live.streams.close()
    assert live.notes()[1].startswith("it sent a frame of more than 1048576 bytes; next at")


async def test_garbage_between_the_frames_is_passed_over(live: Live):
    junk: list[Step] = [b"", b"{", b'"app.bsky.feed.post"', b"\x00" * 1_000, b"[" * 10_000]
    async with jetstream([*junk, *many(1), *junk, *many(1, 2)]) as server:
        live.follow(server)
        await live.shows(lambda: len(live.texts) == 2)
        await live.streams.close()
    assert live.notes()[0].startswith("connected")


async def test_a_private_host_is_refused_in_plain_words(live: Live):
    async with jetstream(many(1)) as server:
        live.follow(server, allow="10.0.0.1")
        await live.shows(lambda: live.state.failures > 0)
        await live.streams.close()
        assert server.visits == []
    assert "127.0.0.1 is a loopback address" in live.state.note


async def test_while_the_database_is_behind_nothing_more_is_read(live: Live):
    """The writer is stuck: the server cannot get rid of its 24 MB, and nothing is lost after."""
    stuck = asyncio.Event()

    async def slow(call, /, *args, **kwargs):
        if call.__name__ == "_write":
            await stuck.wait()
        return await inline(call, *args, **kwargs)

    live.tools = replace(live.tools, db=slow)
    large = {"padding": "x" * 60_000}
    said = [frames.post(number, LATE, parts=large) for number in range(1, 401)]
    async with jetstream(said) as server:
        live.follow(server)
        before = -1
        await live.streams.step(live.clock())
        while server.said != before or not server.said:
            before = server.said
            await asyncio.sleep(0.1)
        assert before < 300
        stuck.set()
        await live.shows(lambda: live.rows("SELECT count(*) FROM mentions") == [(400,)])
        await live.streams.close()


async def test_the_end_comes_at_once_whatever_the_server_does(live: Live):
    loop = asyncio.get_running_loop()
    async with jetstream([*many(1), Gate()]) as server:
        live.follow(server)
        await live.shows(lambda: len(live.texts) == 1)
        started = loop.time()
        await live.streams.close()
        assert loop.time() - started < 3


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_fault_loses_or_doubles_a_post(live: Live, fault: str):
    assert await outcome(live, fault) == (0, 0)
