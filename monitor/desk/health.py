"""Whether the event loop turns: how late its beats come.

Does not say whether the monitor is ready; whoever serves the desk does.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

#: A loop that stood still longer than this is not alive.
MAX_LAG_SECONDS = 10.0
_BEAT_SECONDS = 1.0
#: How many beats are remembered: a stall is still told when somebody asks half a minute later.
_REMEMBERED = 30


class Pulse:
    """Beats once a second; `lag` is how late the worst beat of the last half minute came."""

    def __init__(
        self, *, timer: Callable[[], float] = time.monotonic, beat: float = _BEAT_SECONDS
    ) -> None:
        self._timer = timer
        self._beat = beat
        self._last = timer()
        self._lags: deque[float] = deque([0.0], maxlen=_REMEMBERED)

    async def run(self) -> None:
        while True:
            self.beat()
            await asyncio.sleep(self._beat)

    def beat(self) -> None:
        now = self._timer()
        self._lags.append(now - self._last - self._beat)
        self._last = now

    @property
    def lag(self) -> float:
        """Seconds, never below 0."""
        return max(*self._lags, self._timer() - self._last - self._beat, 0.0)
