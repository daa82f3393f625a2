"""Blocking calls on a thread of their own, so that the loops go on meanwhile.

Does not make threads or end them: who opens what lives on one does. Implements
`stages.running.Run`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import structlog

from monitor.errors import BusyError, FullError
from monitor.stages.running import Run

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds between two tries to write to a full disk; for a busy database SQLite itself waits.
FULL_REST = 5.0


def on(
    thread: ThreadPoolExecutor,
    *,
    patient: bool = False,
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> Run:
    """Run blocking calls on this thread; `patient`: until there is room on a full disk."""

    async def run(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(thread, partial(call, *args, **kwargs))
            except BusyError as e:
                # Every write is one transaction, so nothing of it has happened yet.
                log.warning("waiting for the database", error=str(e))
            except FullError as e:
                if not patient:
                    raise
                log.error("waiting for room on the disk", error=str(e))
                await pause(FULL_REST)

    return run
