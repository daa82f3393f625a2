"""One matter that is alleged again and again, by people who mean the same in other words.

A harm that is alleged a little more often than usual is no slow burn (`slowburn`); that a few
people in some weeks tell the very same thing is no chance either. Here an allegation is laid
beside those of the last months that share a harm with it and mean nearly the same, and their
number is held against how many mentions there were since the first. Knows neither stories nor
incidents, and not what a text means (see `meaning`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.burns import Allegation, Burn, BurnRules
from monitor.core.cusum import Shingled, gain, is_echo
from monitor.core.daily import Daily, day_of
from monitor.core.meaning import Mean, nearness

#: Things break: that a screw is missing is told of every shop in much the same words.
EVERYDAY = frozenset({"product"})


@dataclass(frozen=True, kw_only=True, slots=True)
class MatterRules:
    """What makes allegations one matter; how sure one must be stands in `burns`."""

    burns: BurnRules = field(default_factory=BurnRules)
    #: Cosine of what two texts mean, less what all texts on the brand have in common. Complaints
    #: of one wrong lie at .5 in the middle, those of different ones seldom above .4.
    near: float = 0.5
    #: Cosine with the nearest few of what was told as one matter from which one more, of whatever
    #: harm, tells of it too: the manager's quota and the forged signature are one scandal.
    #: The slow replay is told as 4 incidents by it; of what is asked about there 2 of 12 voices
    #: reach it, and 3 of 27 others, so it gives little beside what ties before (by .5: 6 and 6).
    voice: float = 0.56
    voices: int = 3
    #: Share of a brand's mentions that allege one matter before anything is known of it.
    share: float = 0.004
    #: People, and days on which they spoke: what is told within two days is told as one story.
    authors: int = 5
    days: int = 3
    window: timedelta = timedelta(days=180)
    #: Allegations of one brand that are remembered, the newest.
    remembered: int = 500
    #: Of those that are near, the newest: a storm of a day is no slow burn, and must cost little.
    compared: int = 60


@dataclass(frozen=True, slots=True)
class _Past:
    made: Allegation
    said: Shingled
    meant: Mean

    @classmethod
    def of(cls, made: Allegation) -> _Past:
        return cls(made, Shingled.of(made), _meant(made))


@dataclass(slots=True)
class _Brand:
    past: deque[_Past]
    mentions: Daily
    told: set[int] = field(default_factory=set)


class Matters:
    """The matters of all brands; mentions come in time order."""

    def __init__(self, rules: MatterRules | None = None) -> None:
        self.rules = rules or MatterRules()
        self._brands: dict[str, _Brand] = {}

    def count(self, brand: str, at: datetime, mentions: int = 1) -> None:
        """Mentions that allege nothing."""
        self._of(brand).mentions.count(at, mentions)

    def learn(self, brand: str, made: Allegation, common: Mean) -> Burn | None:
        """Remember an allegation; the burn of the matter that it is one more of, if it is one.

        `common` is the mean of all texts on the brand. What is told once is told `again` by those
        who come after.
        """
        self.count(brand, made.at)
        known, new = self._of(brand), _Past.of(made)
        same = [*self._same(known, new, common), new]
        known.past.append(new)
        burn = None if made.is_history else self._burn(brand, known, same)
        if burn is not None:
            known.told |= set(burn.mention_ids)
        return burn

    def is_voice(self, brand: str, made: Allegation, told: Collection[int], common: Mean) -> bool:
        """Whether an allegation means what several of those `told`, by mention, mean."""
        of_it = [one.meant for one in self._of(brand).past if one.made.mention_id in told]
        near = sorted(nearness(_meant(made), of_it, common).tolist(), reverse=True)
        enough = near[self.rules.voices - 1 : self.rules.voices]
        return bool(enough) and enough[0] >= self.rules.voice

    def _of(self, brand: str) -> _Brand:
        if brand not in self._brands:
            mentions = Daily(remembered=self.rules.window.days + 1)
            self._brands[brand] = _Brand(deque(maxlen=self.rules.remembered), mentions)
        return self._brands[brand]

    def _same(self, known: _Brand, new: _Past, common: Mean) -> list[_Past]:
        """What was said of the same matter before, each author and each wording once."""
        if not new.meant.is_of(common):
            # Nothing is known to be near; of most of the past, when it is learnt at the start.
            return []
        since = new.made.at - self.rules.window
        recent = [one for one in known.past if one.made.at >= since]
        near = self._near(recent, new, common)
        kept = [new]
        for one in near if self._is_slow([*near, new]) else ():
            if not any(is_echo(one.said, other.said, self.rules.burns.copied) for other in kept):
                kept.append(one)
        return kept[1:]

    def _near(self, past: Sequence[_Past], new: _Past, common: Mean) -> Sequence[_Past]:
        """Those that share a harm and mean nearly the same, oldest first; the newest if many."""
        harms = new.made.harms.keys() - EVERYDAY
        beside = [one for one in past if harms & one.made.harms.keys()]
        nearness_ = nearness(new.meant, [one.meant for one in beside], common).tolist()
        near = [
            one for one, near in zip(beside, nearness_, strict=True) if near >= self.rules.near
        ]
        return near[-self.rules.compared :]

    def _burn(self, brand: str, known: _Brand, same: Sequence[_Past]) -> Burn | None:
        """The burn from the first allegation on that makes it surest, if it is sure enough."""
        found = max(
            (self._since(brand, known, same[start:]) for start in range(len(same))),
            key=lambda burn: burn.evidence,
        )
        is_slow = self._is_slow([one for one in same if one.made.at >= found.since])
        if not is_slow or found.evidence < self.rules.burns.alarm:
            return None
        return replace(found, again=not known.told.isdisjoint(found.mention_ids))

    def _is_slow(self, same: Sequence[_Past]) -> bool:
        """Enough people, on enough days."""
        days = {day_of(one.made.at) for one in same}
        return len(same) >= self.rules.authors and len(days) >= self.rules.days

    def _since(self, brand: str, known: _Brand, same: Sequence[_Past]) -> Burn:
        first, last = same[0].made, same[-1].made
        expected = self.rules.share * known.mentions.since(first.at)
        expected += self.rules.burns.floor * (day_of(last.at) - day_of(first.at) + 1)
        full = sum(max(_grave(one.made).values()) for one in same)
        return Burn(
            brand=brand,
            harm=_most([one.made for one in same]),
            since=first.at,
            mention_ids=tuple(one.made.mention_id for one in same),
            authors=len(same),
            expected=expected,
            evidence=gain(full, expected, ratio=self.rules.burns.ratio),
            is_matter=True,
        )


def _meant(made: Allegation) -> Mean:
    """Of that one text; empty if it does not say."""
    meant = Mean()
    if made.meaning is not None:
        meant.add(made.meaning)
    return meant


def _grave(made: Allegation) -> dict[str, float]:
    return {harm: share for harm, share in made.harms.items() if harm not in EVERYDAY} or {"": 0.0}


def _most(all_: Sequence[Allegation]) -> str:
    """The harm that is alleged most."""
    total: dict[str, float] = {}
    for made in all_:
        for harm, share in _grave(made).items():
            total[harm] = total.get(harm, 0.0) + share
    return max(total, key=lambda harm: (total[harm], harm))
