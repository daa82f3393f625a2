"""Which stories people told apart: the grouping must never join them again.

Does not know why, nor what a story is (see `stories`). A story that takes another one in stays
apart from all that either of them was kept apart from.
"""

from __future__ import annotations

from collections.abc import Iterable


class Apart:
    """Pairs of stories, by id; the order within a pair means nothing."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._others: dict[int, set[int]] = {}
        for one, other in pairs:
            self._add(one, other)

    def are(self, one: int, other: int) -> bool:
        """Whether these two must not become one."""
        return other in self._others.get(one, ())

    def join(self, *, kept: int, gone: int) -> None:
        """`gone` is part of `kept` from now on."""
        for other in self._others.pop(gone, ()):
            self._others[other].discard(gone)
            if other != kept:
                self._add(kept, other)

    def _add(self, one: int, other: int) -> None:
        self._others.setdefault(one, set()).add(other)
        self._others.setdefault(other, set()).add(one)
