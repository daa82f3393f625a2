"""The counting behind `slowburn`: one brand's days, and a CUSUM for each harm.

Decides when a burn is one; does not know what an allegation is made of.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from monitor.core.burns import Allegation, Burn, BurnRules
from monitor.core.daily import DAY, start_of
from monitor.core.text import shingles

#: One text is asked about by each of those who count, one after the other.
_shingles = lru_cache(maxsize=4)(shingles)


@dataclass(frozen=True, slots=True)
class Shingled:
    """An allegation as it is remembered: its text is kept as shingles."""

    mention_id: int
    author: str
    at: datetime
    shingles: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, made: Allegation) -> Shingled:
        return cls(made.mention_id, made.author, made.at, _shingles(made.text))


def is_echo(said: Shingled, other: Shingled, copied: float) -> bool:
    """Of one author, or with more than `copied` of the shingles of both in common."""
    if said.author == other.author:
        return True
    # Most share nothing, and this is asked millions of times when the past is learnt.
    if said.shingles.isdisjoint(other.shingles):
        return False
    shared = len(said.shingles & other.shingles)
    return shared > copied * (len(said.shingles) + len(other.shingles) - shared)


def gain(count: float, expected: float, *, ratio: float) -> float:
    """Log-likelihood ratio of a count, Poisson: at `ratio` times the usual rate, or at it.

    Lucas (1985), Counted data CUSUM's; Technometrics 27. Of shares of allegations it is the tilt
    of a compound Poisson sum by log(`ratio`), see `Counted`.
    """
    return count * math.log(ratio) - expected * (ratio - 1.0)


@dataclass(slots=True)
class _Tally:
    """One harm of one brand."""

    #: The CUSUM up to yesterday, and what was expected since it last was zero.
    evidence: float = 0.0
    expected: float = 0.0
    #: Full allegations today, and what they count towards what is usual.
    today: float = 0.0
    today_usual: float = 0.0
    #: The newest allegations since then.
    said: deque[Shingled] = field(default_factory=deque)
    #: Allegations of each of the last days, oldest first, and the faded sum of those before.
    recent: deque[float] = field(default_factory=deque)
    usual: float = 0.0
    told_at: datetime | None = None


@dataclass(slots=True)
class Counted:
    """What is counted of one brand, a day at a time."""

    rules: BurnRules
    day: int
    mentions: int = 0
    recent: deque[float] = field(default_factory=deque)
    usual: float = 0.0
    tallies: dict[str, _Tally] = field(default_factory=dict)

    def others(self, harm: str, share: float, said: Shingled) -> float:
        """Log-likelihood ratio that others allege the harm too, times the `share` of this one.

        At most log(`ratio`) times the share; 0 if its author or words were counted already, or
        people were told lately.
        """
        tally = self.tallies.get(harm)
        if tally is None or self._is_known(tally, said) or self._is_told(tally, said.at):
            return 0.0
        return min(max(0.0, self._evidence(harm, tally)), math.log(self.rules.ratio)) * share

    def add(self, harm: str, share: float, said: Shingled) -> _Tally:
        """Count a share of an allegation, unless its author or words were counted in this burn."""
        tally = self.tallies.setdefault(harm, _Tally())
        if not self._is_known(tally, said):
            tally.today += share
            tally.today_usual += self._tilted(share)
            tally.said.append(said)
            if len(tally.said) > self.rules.remembered:
                tally.said.popleft()
        return tally

    def _is_known(self, tally: _Tally, said: Shingled) -> bool:
        return any(is_echo(said, other, self.rules.copied) for other in tally.said)

    def _tilted(self, share: float) -> float:
        """A share of an allegation, so that a mean over it makes `gain` a martingale.

        With shares of 0 and 1 alone it is the share.
        """
        return (math.pow(self.rules.ratio, share) - 1.0) / (self.rules.ratio - 1.0)

    def advance(self, day: int) -> None:
        """Close the days before `day`."""
        while self.day < day:
            for harm, tally in self.tallies.items():
                self._close(harm, tally)
            self.usual = self._aged(self.recent, self.usual, self.mentions)
            self.mentions = 0
            self.day += 1

    def _close(self, harm: str, tally: _Tally) -> None:
        expected = self._expected(harm, tally)
        tally.expected += expected
        tally.evidence += gain(tally.today, expected, ratio=self.rules.ratio)
        if tally.evidence <= 0.0:
            tally.evidence = tally.expected = 0.0
            tally.said.clear()
        tally.usual = self._aged(tally.recent, tally.usual, tally.today_usual)
        tally.today = tally.today_usual = 0.0

    def _evidence(self, harm: str, tally: _Tally) -> float:
        """The CUSUM as it stands now."""
        expected = self._expected(harm, tally)
        return tally.evidence + gain(tally.today, expected, ratio=self.rules.ratio)

    def _expected(self, harm: str, tally: _Tally) -> float:
        """Allegations of today if all is as usual: a share of the mentions of today."""
        rules = self.rules
        share = rules.shares.get(harm, rules.share)
        usual = (tally.usual + share * rules.prior) / (self.usual + rules.prior)
        return rules.floor + usual * self.mentions

    def _aged(self, recent: deque[float], usual: float, today: float) -> float:
        """Put today behind the last days; what falls out at the other end becomes usual."""
        recent.append(today)
        fade = math.pow(0.5, DAY / self.rules.half_life)
        old = recent.popleft() if len(recent) > self.rules.lag / DAY else 0.0
        return usual * fade + old

    def tell(self, brand: str, harm: str, tally: _Tally) -> Burn | None:
        """The burn, if it is one, and that it is told now; `again` if it was told lately."""
        found, now = self._found(brand, harm, tally), tally.said[-1].at
        if found is None:
            return None
        if self._is_told(tally, now):
            return replace(found, again=True)
        tally.told_at = now
        return found

    def _found(self, brand: str, harm: str, tally: _Tally) -> Burn | None:
        """What broke out today is a thing of today, though something smouldered before."""
        expected, midnight = self._expected(harm, tally), start_of(self.day)
        today = [said for said in tally.said if said.at >= midnight]
        flare = gain(tally.today, expected, ratio=self.rules.ratio)
        if self._is_burn(len(today), flare):
            return self._burn(brand, harm, today, expected=expected, evidence=flare, sudden=True)
        evidence, since = tally.evidence + flare, tally.expected + expected
        if not self._is_burn(len(tally.said), evidence):
            return None
        return self._burn(brand, harm, tally.said, expected=since, evidence=evidence, sudden=False)

    @staticmethod
    def _burn(
        brand: str,
        harm: str,
        said: Sequence[Shingled],
        *,
        expected: float,
        evidence: float,
        sudden: bool,
    ) -> Burn:
        return Burn(
            brand=brand,
            harm=harm,
            since=said[0].at,
            mention_ids=tuple(each.mention_id for each in said),
            authors=len(said),
            expected=expected,
            evidence=evidence,
            sudden=sudden,
        )

    def _is_burn(self, authors: int, evidence: float) -> bool:
        return authors >= self.rules.authors and evidence >= self.rules.alarm

    def _is_told(self, tally: _Tally, now: datetime) -> bool:
        return tally.told_at is not None and now - tally.told_at < self.rules.refractory
