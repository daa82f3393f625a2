"""Feeds the slow burns, and keeps what each mention made known of them.

Decides nothing (see `core.slowburn`), and reads no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.core.burns import Allegation, Burn, PastDay
from monitor.core.matters import Matters
from monitor.core.meaning import Mean, meaning_of
from monitor.core.milestones import is_denial
from monitor.core.slowburn import SlowBurn, alleged_in
from monitor.core.speakers import is_fresh
from monitor.core.types import Mention, Verdict

#: A slow burn of which nobody spoke for so long is over.
GOES_ON: Final = timedelta(days=180)
#: How far back allegations are counted: older ones hardly weigh.
PAST: Final = timedelta(days=240)
#: Share of a full allegation that is one voice more of what was told: no doubtful one.
CLEAR: Final = 0.4


class Smoulder:
    """What mentions allege, as they come."""

    def __init__(self, slow: SlowBurn | None = None, matters: Matters | None = None) -> None:
        self._slow, self._matters = slow or SlowBurn(), matters or Matters()
        #: By the mention that was the newest of it.
        self._burns: dict[int, Burn] = {}
        #: When it was made, and how sure it was then that others say the same.
        self._others: dict[int, tuple[datetime, float]] = {}
        #: By brand and harm, the last burn, and when it was last spoken of.
        self._known: dict[tuple[str, str], tuple[Burn, datetime]] = {}

    def burn(self, mention_id: int) -> Burn | None:
        """The slow burn that a mention made known."""
        found = self._burns.get(mention_id)
        return None if found is None or found.again else found

    def part_of(self, mention_id: int) -> Burn | None:
        """The slow burn that a mention made known, or that it is one more voice of."""
        return self._burns.get(mention_id)

    def others(self, mention_id: int) -> float:
        """How sure it was that others say the same, when it was made; a log-likelihood ratio."""
        return self._others[mention_id][1] if mention_id in self._others else 0.0

    def written(self) -> None:
        """Forget who was one voice more of what had been told: they are in its story now."""
        self._burns = {id_: burn for id_, burn in self._burns.items() if not burn.again}

    def forget(self, now: datetime) -> None:
        """Let go what a restart would not find again."""
        self._others = {id_: one for id_, one in self._others.items() if now - one[0] <= PAST}

    def recall(self, past: Sequence[PastDay], common: Mapping[str, Mean]) -> None:
        """Learn what was alleged in the last months, day by day, oldest first.

        `common` is what all texts on a brand mean together, as far as that is known by now.
        """
        left: Counter[str] = Counter()
        for day in past:
            left[day.brand] += len(day.allegations)
        for day in past:
            for allegation in day.allegations:
                left[day.brand] -= 1
                # Of older ones no matter would be in mind any more, and to compare them is dear.
                is_kept = left[day.brand] < self._matters.rules.remembered
                known = common.get(day.brand) if is_kept else None
                self._allege(day.brand, allegation, known or Mean())
            self._count(day.brand, day.at, day.others)

    def hear(
        self,
        mention: Mention,
        verdict: Verdict,
        common: Mean | None = None,
        *,
        is_new: bool = True,
    ) -> None:
        """Learn what a mention alleges; a repost alleges nothing of its own.

        `common` is what all texts on the brand mean together. One that is not `is_new` was edited:
        only what it alleges by now is to be learnt.
        """
        harms = alleged_in(verdict, fresh=is_fresh(mention.author_followers))
        if not harms or mention.repost_of is not None:
            self._count(mention.brand, mention.at, int(is_new))
            return
        said = Allegation(
            mention_id=mention.id,
            author=mention.author or mention.url or mention.native_id,
            at=mention.at,
            harms=harms,
            text=mention.full_text,
            is_history=mention.history,
            meaning=meaning_of(verdict),
        )
        self._allege(mention.brand, said, common or Mean())

    def _count(self, brand: str, at: datetime, mentions: int = 1) -> None:
        self._slow.count(brand, at, mentions)
        self._matters.count(brand, at, mentions)

    def _allege(self, brand: str, said: Allegation, common: Mean) -> None:
        # Who says that it is not true alleges nothing, unless the brand is what is called false.
        if "deception" not in said.harms and is_denial(said.text):
            self._count(brand, said.at)
            return
        others = self._slow.others(brand, said)
        if others > 0.0:
            self._others[said.mention_id] = said.at, others
        for burn in self._slow.learn(brand, said):
            if not burn.again or said.harms[burn.harm] >= CLEAR:
                self._know(brand, burn, said)
        matter = self._matters.learn(brand, said, common)
        if matter is not None:
            self._burns.setdefault(said.mention_id, matter)
        if said.mention_id not in self._burns and not said.is_history:
            told = self._told_of(brand, said, common)
            if told is not None:
                most = self._matters.rules.burns.remembered
                voices = (*told.mention_ids, said.mention_id)[-most:]
                self._know(brand, replace(told, again=True, mention_ids=voices), said)

    def _told_of(self, brand: str, said: Allegation, common: Mean) -> Burn | None:
        """What was told as a burn goes on, though by now it is what the brand is used to.

        A clear voice more alleges the same harm most, or another one and means the same: what was
        done to customers and what staff were made to do. That of a storm is no slow matter.
        """
        harm = max(said.harms, key=lambda name: said.harms[name])
        told = self._lately(brand, said.at) if said.harms[harm] >= CLEAR else {}
        slow = (burn for burn in told.values() if not burn.sudden)
        meant = (
            burn for burn in slow if self._matters.is_voice(brand, said, burn.mention_ids, common)
        )
        return told.get(harm) or next(meant, None)

    def _lately(self, brand: str, at: datetime) -> dict[str, Burn]:
        """The burns of a brand that go on, by harm."""
        known = self._known.items()
        return {
            harm: burn
            for (of, harm), (burn, last) in known
            if of == brand and at - last <= GOES_ON
        }

    def _know(self, brand: str, burn: Burn, said: Allegation) -> None:
        self._burns[said.mention_id] = burn
        self._known[brand, burn.harm] = burn, said.at
