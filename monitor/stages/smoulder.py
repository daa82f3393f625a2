"""Feeds the slow burns, and keeps what each mention made known of them.

Decides nothing (see `core.slowburn`), and reads no database.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.core.burns import Allegation, Burn, PastDay
from monitor.core.slowburn import SlowBurn, alleged_in
from monitor.core.speakers import is_fresh
from monitor.core.types import Mention, Verdict


class Smoulder:
    """What mentions allege, as they come."""

    def __init__(self, slow: SlowBurn | None = None) -> None:
        self._slow = slow or SlowBurn()
        #: By the mention that made it known.
        self._burns: dict[int, Burn] = {}
        self._others: dict[int, float] = {}

    def burn(self, mention_id: int) -> Burn | None:
        """The slow burn that a mention made known."""
        return self._burns.get(mention_id)

    def others(self, mention_id: int) -> float:
        """How sure it was that others say the same, when it was made; a log-likelihood ratio."""
        return self._others.get(mention_id, 0.0)

    def recall(self, past: Iterable[PastDay]) -> None:
        """Learn what was alleged in the last months, oldest first."""
        for day in past:
            for allegation in day.allegations:
                self._allege(day.brand, allegation)
            self._slow.count(day.brand, day.at, day.others)

    def hear(self, mention: Mention, verdict: Verdict) -> None:
        """Learn what a mention alleges; a repost alleges nothing of its own."""
        harms = alleged_in(verdict, fresh=is_fresh(mention.author_followers))
        if not harms or mention.repost_of is not None:
            self._slow.count(mention.brand, mention.at)
            return
        said = Allegation(
            mention_id=mention.id,
            author=mention.author or mention.url or mention.native_id,
            at=mention.at,
            harms=harms,
            text=mention.full_text,
            is_history=mention.history,
        )
        self._allege(mention.brand, said)

    def _allege(self, brand: str, said: Allegation) -> None:
        others = self._slow.others(brand, said)
        if others > 0.0:
            self._others[said.mention_id] = others
        for burn in self._slow.learn(brand, said):
            self._burns[said.mention_id] = burn
