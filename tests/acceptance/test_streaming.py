"""The daemon on a stream: from a frame to an alert, over a drop of the server, to a clean end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from tests.acceptance.house import House, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE
from tests.jetstreams import RESET, Gate, Jetstream, Step, jetstream
from tests.sources import frames

BRAND = "Meridian Air"
NOW = datetime.now(UTC)


@contextmanager
def streaming(*visits: Sequence[Step]) -> Iterator[Jetstream]:
    """The server of `jetstreams` on a thread of its own, beside a daemon that is a process."""
    ready, over = threading.Event(), asyncio.Event()
    servers: list[Jetstream] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with jetstream(*visits) as server:
            servers.append(server)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(10)
    try:
        yield servers[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def said(number: int, text: str, *, author: int = 1) -> bytes:
    at = NOW + timedelta(milliseconds=number)
    made = {"createdAt": at.isoformat()}
    return frames.post(number, text, author=author, at=at, parts=made)


@pytest.fixture
def sky(house: House) -> House:
    house.sources.clear()
    return house


def test_a_grave_post_of_the_network_reaches_the_leaders(sky: House, leaders: Receiver) -> None:
    noise = [said(number, f"nothing of note {number}") for number in range(1, 200)]
    grave = said(200, GRAVE.format(brand=BRAND), author=2)
    with streaming([*noise, RESET], [*noise[-9:], grave, Gate()]) as server:
        sky.source("sky", server.url, kind="bluesky", every="1m")
        sky.write()
        with sky.daemon() as daemon:
            (message, *_) = wait_for(lambda: leaders.about(BRAND), what=daemon.stderr.read_text)
            assert message.data["incident"]["brand"] == BRAND
            # The server is still talking to us, and will not hang up by itself.
            assert daemon.end() == 0
    assert sky.rows("SELECT native_id FROM mentions") == [(frames.uri(200, author=2),)]
    assert len(server.visits) == 2
    place = frames.micros(NOW + timedelta(milliseconds=199)) - 5_000_000
    assert server.visits[1].endswith(f"cursor={place}")


def test_status_says_how_the_stream_stands(sky: House) -> None:
    with streaming([said(1, "hello"), Gate()]) as server:
        sky.source("sky", server.url, kind="bluesky", every="1m")
        sky.write()
        checked = sky.run("check", "--probe")
        assert "source sky" in checked.stdout + checked.stderr
        with sky.daemon():
            wait_for(lambda: sky.rows("SELECT 1 FROM polls WHERE outcome = 'ok'"))
            (source,) = sky.answers("status")["sources"]
    assert source["state"] == "healthy"
    assert source["note"].startswith("connected; ")


def test_one_pass_reads_what_is_said_now(sky: House) -> None:
    soon = 3_600_000  # by the clock of a server that is ahead: what it says is surely new
    with streaming([said(soon, f"{BRAND} is late"), Gate()]) as server:
        sky.source("sky", server.url, kind="bluesky", every="1m")
        sky.write()
        sky.says("once")
    assert sky.rows("SELECT text FROM mentions") == [(f"{BRAND} is late",)]
