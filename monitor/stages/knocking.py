"""Knocking at a receiver that may have taken what it did not answer: is it back?

Such a receiver is sent the same alert again only sparingly (see `core.turns`). In between it is
asked with a request that nobody can take for an alert. Who was silent and now answers is back.
Does not send alerts, nor decide which one goes next.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.outbox import PostResult, SignedMessage
from monitor.core.turns import is_up, perhaps_taken
from monitor.ports import Clock, Poster

#: From the end of a knock.
KNOCK_EVERY = timedelta(seconds=20)
_CAN_BE_KNOCKED_AT = "http"


class Door:
    """What is remembered of one receiver; forgotten when the process ends, to no harm."""

    def __init__(self, poster: Poster, clock: Clock) -> None:
        self._poster = poster
        self._clock = clock
        #: The last attempt may have been taken.
        self.in_doubt = False
        self._silent = False
        self._knocked_at: datetime | None = None

    def heard(self, result: PostResult) -> None:
        """An attempt ended so."""
        self.in_doubt = perhaps_taken(result)

    async def opens(self, message: SignedMessage) -> bool:
        """Knock where this message goes, if it is time; say whether it was silent and is not."""
        if message.via != _CAN_BE_KNOCKED_AT or not self._is_time():
            return False
        answer = await self._poster.post(replace(message, method="HEAD", headers={}, body=b""))
        self._knocked_at = self._clock()
        was_silent, self._silent = self._silent, not is_up(answer)
        return was_silent and not self._silent

    def _is_time(self) -> bool:
        last = self._knocked_at
        return self.in_doubt and (last is None or self._clock() >= last + KNOCK_EVERY)
