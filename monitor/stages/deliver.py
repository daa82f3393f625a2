"""The deliver loop: due deliveries | sign, post | retry | one AttemptIntent.

Does not decide when to try again (see `core.retry`), nor how an alert is worded (see
`core.event`). Each webhook has a lane of its own (see `lane`): one attempt at a time within it,
and no lane waits for another, so that a receiver that hangs delays nobody else's alert.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from monitor.core.settings import Settings
from monitor.ports import Clock, Poster, Store, Telemetry
from monitor.stages.lane import Lane
from monitor.stages.running import Run, cancelled

#: Due deliveries looked at in one step; a lane, once begun, works off all of its webhook's.
BATCH = 200
#: How long a step waits for its lanes before it looks for new work, seconds.
SETTLE = 1.0


class Deliver:
    """Sends what is due; `settings` may be replaced while it runs."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        poster: Poster,
        clock: Clock,
        jitter: Callable[[], float],
        db: Run,
        telemetry: Telemetry,
        settle: float = SETTLE,
    ) -> None:
        """`jitter` gives numbers from 0 to 1; `settle` is in seconds."""
        self.settings = settings
        self._store = store
        self._db = db
        self._settle = settle
        self._new_lane = partial(
            Lane,
            settings=lambda: self.settings,
            store=store,
            poster=poster,
            clock=clock,
            jitter=jitter,
            db=db,
            telemetry=telemetry,
        )
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[str, asyncio.Task[bool]] = {}

    async def step(self, now: datetime) -> bool:
        """Set every webhook with something to send to work; say whether anything was sent.

        Returns after `settle` seconds at the latest: a slow receiver goes on in the background.
        """
        self._ended()
        for name in await self._with_work(now) - self._tasks.keys():
            self._tasks[name] = asyncio.create_task(self._lane(name).run(), name=f"deliver {name}")
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=self._settle)
        did = self._ended()
        return did or bool(self._tasks)

    async def aclose(self) -> None:
        """Cut attempts in flight off: they do not count, and are repeated at the next start."""
        tasks = tuple(self._tasks.values())
        self._tasks.clear()
        await cancelled(tasks)

    def _ended(self) -> bool:
        """Forget lanes that are done, raise what they raised; say whether one sent anything."""
        done = [name for name, task in self._tasks.items() if task.done()]
        sent = [self._tasks.pop(name).result() for name in done]
        return any(sent)

    async def _with_work(self, now: datetime) -> set[str]:
        due = await self._db(self._store.due_deliveries, now, BATCH)
        states = await self._db(self._store.webhook_states)
        ill = (name for name, state in states.items() if state.failing_since or state.disabled_at)
        looked_at = {name for name in ill if self._lane(name).looks_at(now)}
        return {delivery.webhook for delivery in due} | looked_at

    def _lane(self, name: str) -> Lane:
        if name not in self._lanes:
            self._lanes[name] = self._new_lane(name)
        return self._lanes[name]
