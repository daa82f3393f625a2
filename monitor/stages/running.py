"""How the loops run blocking work: the store on its one thread, the model on another.

And how they end the tasks they began. Does not create threads; `monitor.app` hands them in. Replay
hands in `inline`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Run(Protocol):
    """Run a blocking call where it belongs, and wait for its result."""

    async def __call__(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


async def inline(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run it here and now: for replay and tests."""
    return call(*args, **kwargs)


async def cancelled(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel them, and wait until all have ended, however they did."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
