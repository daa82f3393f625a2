"""Hands each message to the poster that carries its kind.

Does not post by itself, and knows none of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core.outbox import PostResult, SignedMessage
from monitor.ports import Poster


class Switch:
    """Implements `ports.Poster`."""

    def __init__(self, posters: Mapping[str, Poster]) -> None:
        """`posters` by `SignedMessage.via`."""
        self._posters = posters

    async def post(self, message: SignedMessage) -> PostResult:
        return await self._posters[message.via].post(message)
