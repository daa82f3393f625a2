"""One asyncio loop: named tasks, signals, reload, a clean end.

Does not know what the loops do, nor any adapter: it is handed steps and runs them.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from monitor.errors import MonitorError
from monitor.ports import Clock

log = structlog.get_logger()

T = TypeVar("T")
Step = Callable[[datetime], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loop:
    """A step that is taken again and again: at once while it did something, else after a rest."""

    name: str
    step: Step
    #: Longest rest between two steps, seconds.
    rest: float
    #: Cuts the rest short.
    wake: asyncio.Event


@contextmanager
def on_signals(handlers: dict[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    """Install handlers on the running loop, and take them away again.

    What was blocked until then, and came meanwhile, is heard now.
    """
    loop = asyncio.get_running_loop()
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, handlers)
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)


async def unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """Give what `work` comes to; None if `stop` came first, and the work was broken off."""
    task, end = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, end), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        log.info("stopping", at="the start")
        return None
    finally:
        end.cancel()
        task.cancel()
        await asyncio.wait((task,))


async def run(loops: Sequence[Loop], *, stop: asyncio.Event, clock: Clock, grace: float) -> None:
    """Run every loop until `stop`; then let the step in hand end within `grace` seconds.

    A loop that dies takes the daemon down, loudly: a monitor that half works looks calm. What it
    died of is raised bare when it is one of ours, so that the exit code tells it.
    """
    try:
        await _together(loops, stop=stop, clock=clock, grace=grace)
    except ExceptionGroup as group:
        known = group.subgroup(MonitorError)
        if known is None:
            raise
        raise _first(known) from group


async def _together(
    loops: Sequence[Loop], *, stop: asyncio.Event, clock: Clock, grace: float
) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_turn(loop, stop=stop, clock=clock), name=loop.name)
            for loop in loops
        ]
        group.create_task(_end(tasks, stop=stop, grace=grace), name="end")


def _first(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group


async def _turn(loop: Loop, *, stop: asyncio.Event, clock: Clock) -> None:
    while not stop.is_set():
        loop.wake.clear()
        did = await loop.step(clock())
        if not did:
            await _first_of(loop.wake, stop, within=loop.rest)


async def _first_of(*events: asyncio.Event, within: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _end(tasks: Sequence[asyncio.Task[None]], *, stop: asyncio.Event, grace: float) -> None:
    await stop.wait()
    log.info("stopping", grace_seconds=grace)
    _, late = await asyncio.wait(tasks, timeout=grace)
    for task in late:
        log.warning("cut off", task=task.get_name())
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*late, return_exceptions=True)
