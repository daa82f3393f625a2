"""The alarming posts of the last hours that were taken for not being about the brand.

Does not decide what becomes of them (see `hindsight`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from monitor.core.types import Mention, Verdict

#: Of one brand; beyond them the oldest are let go.
MOST = 64


class Doubts:
    """Posts by brand, in the order in which they were read."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[int, tuple[Mention, Verdict]]] = {}

    def keep(self, mention: Mention, verdict: Verdict) -> None:
        """One more; a batch may be taken again."""
        kept = self._kept.setdefault(mention.brand, {})
        kept[mention.id] = mention, verdict
        if len(kept) > MOST:
            del kept[next(iter(kept))]

    def forget(self, mention_ids: Collection[int]) -> None:
        """These say something else by now, or nothing."""
        for kept in self._kept.values():
            for mention_id in mention_ids:
                kept.pop(mention_id, None)

    @property
    def mentions(self) -> Sequence[Mention]:
        """All of them, as they were when they were read."""
        return [mention for kept in self._kept.values() for mention, _ in kept.values()]

    def of(self, brand: str) -> Iterable[tuple[Mention, Verdict]]:
        """Those of one brand."""
        return tuple(self._kept.get(brand, {}).values())
