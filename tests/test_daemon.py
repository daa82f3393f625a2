"""The loop of loops: rests, wakes, ends in order, dies loudly."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime

import pytest

from monitor import daemon
from monitor.daemon import Loop
from monitor.errors import DatabaseError

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOON


async def test_a_loop_goes_on_at_once_while_there_is_work_and_rests_after():
    stop, work = asyncio.Event(), [True, True, False]
    seen: list[datetime] = []

    async def step(now: datetime) -> bool:
        seen.append(now)
        if not work:
            stop.set()
            return False
        return work.pop(0)

    wake = asyncio.Event()
    loop = Loop(name="work", step=step, rest=60, wake=wake)
    running = asyncio.create_task(daemon.run([loop], stop=stop, clock=clock, grace=1))
    await asyncio.sleep(0.05)
    assert seen == [NOON] * 3, "two steps with work, one without, then a rest"
    wake.set()
    await running

    assert len(seen) == 4, "the rest was cut short"


async def test_the_step_in_hand_is_finished():
    stop, done = asyncio.Event(), []

    async def step(now: datetime) -> bool:
        stop.set()
        await asyncio.sleep(0.05)
        done.append(now)
        return False

    loop = Loop(name="work", step=step, rest=60, wake=asyncio.Event())
    await daemon.run([loop], stop=stop, clock=clock, grace=5)

    assert done == [NOON]


async def test_a_step_that_never_ends_is_cut_off():
    stop = asyncio.Event()

    async def step(now: datetime) -> bool:
        stop.set()
        await asyncio.sleep(3600)
        return False

    loop = Loop(name="work", step=step, rest=60, wake=asyncio.Event())
    await asyncio.wait_for(daemon.run([loop], stop=stop, clock=clock, grace=0.05), 5)


async def test_one_loop_that_dies_takes_all_down():
    async def dies(now: datetime) -> bool:
        raise RuntimeError("disk full")

    async def goes_on(now: datetime) -> bool:
        return False

    loops = [
        Loop(name=step.__name__, step=step, rest=60, wake=asyncio.Event())
        for step in (dies, goes_on)
    ]
    with pytest.raises(ExceptionGroup) as caught:
        await daemon.run(loops, stop=asyncio.Event(), clock=clock, grace=1)

    assert caught.group_contains(RuntimeError, match="disk full")


async def test_an_error_of_ours_is_raised_bare_so_that_the_exit_code_tells_it():
    async def dies(now: datetime) -> bool:
        raise DatabaseError("monitor.db: disk full")

    loop = Loop(name="dies", step=dies, rest=60, wake=asyncio.Event())
    with pytest.raises(DatabaseError, match="disk full"):
        await daemon.run([loop], stop=asyncio.Event(), clock=clock, grace=1)


async def test_signals_are_heard_inside_and_left_alone_outside():
    heard = asyncio.Event()
    with daemon.on_signals({signal.SIGUSR1: heard.set}):
        os.kill(os.getpid(), signal.SIGUSR1)
        await asyncio.wait_for(heard.wait(), 5)

    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL


async def test_a_signal_that_came_while_it_was_blocked_is_heard_inside():
    heard = asyncio.Event()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    signal.raise_signal(signal.SIGUSR1)
    with daemon.on_signals({signal.SIGUSR1: heard.set}):
        await asyncio.wait_for(heard.wait(), 5)


async def test_work_that_nothing_stops_gives_what_it_comes_to():
    async def fine() -> int:
        return 7

    async def broken() -> int:
        raise DatabaseError("no such folder")

    assert await daemon.unless(asyncio.Event(), fine()) == 7
    with pytest.raises(DatabaseError, match="no such folder"):
        await daemon.unless(asyncio.Event(), broken())


async def test_work_that_is_stopped_is_cleared_up_before_that_is_told():
    stop, cleared = asyncio.Event(), []

    async def endless() -> int:
        stop.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            cleared.append(True)
        return 7

    assert await daemon.unless(stop, endless()) is None
    assert cleared == [True]
