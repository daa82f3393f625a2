"""Counting different things in bounded memory: exact up to a thousand, estimated beyond.

A bottom-k sketch: the smallest hash values seen are kept, and how closely they lie tells how
many there were (Bar-Yossef et al. 2002, "Counting distinct elements in a data stream";
standard error about 1 / sqrt(SIZE - 2), 3 %). It holds no keys, so nothing can be read back.
"""

from __future__ import annotations

import heapq
from hashlib import blake2b

#: Hash values kept: 8 kB a sketch when full.
SIZE = 1024
_SPAN = 2**64


class Distinct:
    """How many different keys were added; merges with another one."""

    __slots__ = ("_heap", "_kept", "_overflown")

    def __init__(self) -> None:
        # Negated, so that the largest kept value lies on top.
        self._heap: list[int] = []
        self._kept: set[int] = set()
        self._overflown = False

    def add(self, key: str) -> bool:
        """Count `key`; False if it certainly was counted before."""
        return self._keep(int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big"))

    def absorb(self, other: Distinct) -> None:
        """Count all that `other` counted."""
        self._overflown |= other._overflown
        for value in other._kept:
            self._keep(value)

    @property
    def count(self) -> int:
        """Never falls when more is added."""
        if not self._overflown:
            return len(self._kept)
        return max(SIZE, round((SIZE - 1) * _SPAN / -self._heap[0]))

    def _keep(self, value: int) -> bool:
        if value in self._kept:
            return False
        if len(self._kept) < SIZE:
            heapq.heappush(self._heap, -value)
            self._kept.add(value)
            return True
        self._overflown = True
        dropped = -heapq.heappushpop(self._heap, -value)
        self._kept.add(value)
        self._kept.discard(dropped)
        return True
