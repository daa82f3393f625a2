"""Blocking calls on a thread of their own, so that the loops go on meanwhile.

Does not make threads or end them: who opens what lives on one does. Implements
`stages.running.Run`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import structlog

from monitor.errors import BusyError
from monitor.stages.running import Run

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")


def on(thread: ThreadPoolExecutor) -> Run:
    """Run blocking calls on this thread."""

    async def run(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        while True:
            try:
                return await loop.run_in_executor(thread, partial(call, *args, **kwargs))
            except BusyError as e:
                # Every write is one transaction, so nothing of it has happened yet.
                log.warning("waiting for the database", error=str(e))

    return run
