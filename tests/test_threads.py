"""Blocking calls on a thread: what is tried again, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor.errors import BusyError, FullError, MonitorError
from monitor.threads import FULL_REST, on

pytestmark = pytest.mark.anyio


class Disk:
    """Refuses what is written, with these errors one after the other, and then takes it."""

    def __init__(self, *errors: MonitorError) -> None:
        self._errors = list(errors)

    def write(self, words: str) -> str:
        if self._errors:
            raise self._errors.pop(0)
        return f"{words} written"


class Rests:
    """Remembers for how long was waited."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as one:
        yield one


async def test_a_daemon_waits_until_there_is_room_on_a_full_disk(thread: ThreadPoolExecutor):
    disk, rests = Disk(FullError("full"), FullError("full")), Rests()
    db = on(thread, patient=True, pause=rests)

    assert await db(disk.write, "it is") == "it is written"
    assert rests.taken == [FULL_REST, FULL_REST]


async def test_a_single_pass_ends_on_a_full_disk(thread: ThreadPoolExecutor):
    rests = Rests()
    with pytest.raises(FullError):
        await on(thread, pause=rests)(Disk(FullError("full")).write, "it")
    assert rests.taken == []


async def test_a_busy_database_waits_by_itself(thread: ThreadPoolExecutor):
    rests = Rests()
    assert await on(thread, pause=rests)(Disk(BusyError("busy")).write, "it") == "it written"
    assert rests.taken == []
