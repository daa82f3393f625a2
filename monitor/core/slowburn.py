"""Complaints that trickle: one harm alleged a little too often for weeks, without ever bursting.

The worst scandals are slow: accounts opened without consent came as one complaint a week, for
years. A CUSUM on the daily rate of each harm of each brand sums up what is over the usual until it
can no longer be chance. Does not look at texts, and knows neither stories nor incidents; a flood
is the business of `volume`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.core.types import HARMS

#: What every brand hears every day is no slow burn, however often it is heard.
ROUTINE: Final = frozenset({"service", "praise", "outage"})
GRAVE: Final = tuple(name for name in HARMS if name not in ROUTINE)
#: A harm is alleged from this probability on.
NAMED: Final = 0.5
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnRules:
    """What is usual, what is too much, and how sure one must be."""

    #: A rate so many times the usual one is what is looked for.
    ratio: float = 3.0
    #: Log-likelihood ratio at which it is believed: a thousand to one.
    alarm: float = math.log(1000.0)
    #: Share of a brand's mentions that allege one grave harm before anything is known of it, and
    #: the number of mentions which that opinion is worth.
    share: float = 0.01
    prior: float = 200.0
    #: Expected of any brand in any case: once in ninety days.
    floor: float = 1 / 90
    #: What is usual is learnt from what is older than this, so that a burn cannot excuse itself.
    lag: timedelta = timedelta(days=56)
    #: After so many days a mention counts half in what is usual.
    half_life: timedelta = timedelta(days=180)
    #: Fewer people, or a shorter time, are a story like others.
    authors: int = 5
    span: timedelta = timedelta(days=14)
    #: Told once; again after so long, if it still burns.
    refractory: timedelta = timedelta(days=90)
    #: Mentions of one burn that are remembered, the newest.
    remembered: int = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Burn:
    """A harm that has been alleged too often for too long."""

    brand: str
    harm: str
    #: The first of the mentions.
    since: datetime
    #: Oldest first.
    mention_ids: tuple[int, ...]
    authors: int
    #: How many were to be expected in that time.
    expected: float
    #: Log-likelihood ratio, natural.
    evidence: float

    @property
    def sentence(self) -> str:
        """Plain words with the numbers."""
        return (
            f"{self.authors} people alleged {self.harm} since {self.since:%d %B %Y}, where "
            f"{self.expected:.1f} were to be expected: odds of {self.odds} that it is no chance."
        )

    @property
    def odds(self) -> str:
        return f"{math.exp(min(self.evidence, 20.0)):,.0f} to 1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Allegation:
    """One mention, and which harms of `GRAVE` it alleges."""

    mention_id: int
    author: str
    at: datetime
    harms: tuple[str, ...]
    #: From before the watch began: learnt from, never told of.
    is_history: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PastDay:
    """What was said of a brand on one day."""

    brand: str
    at: datetime
    allegations: tuple[Allegation, ...]
    #: Mentions that alleged nothing.
    others: int


def alleged(harms: Mapping[str, float], *, named: float = NAMED) -> tuple[str, ...]:
    """The grave harms that a mention alleges, from the probability of each."""
    return tuple(harm for harm in GRAVE if harms.get(harm, 0.0) >= named)


class SlowBurn:
    """The burns of all brands; mentions come in time order, late ones count for the newest day."""

    def __init__(self, rules: BurnRules | None = None) -> None:
        self._rules = rules or BurnRules()
        self._brands: dict[str, _Brand] = {}

    def count(self, brand: str, at: datetime, mentions: int = 1) -> None:
        """Mentions that allege nothing."""
        self._on(brand, at).mentions += mentions

    def learn(self, brand: str, allegation: Allegation) -> tuple[Burn, ...]:
        """Count one mention that alleges something; the burns to be told because of it."""
        known = self._on(brand, allegation.at)
        found = [(harm, known.add(harm, allegation)) for harm in allegation.harms]
        known.mentions += 1
        if allegation.is_history:
            return ()
        burns = (known.told(brand, harm, tally) for harm, tally in found)
        return tuple(burn for burn in burns if burn is not None)

    def _on(self, brand: str, at: datetime) -> _Brand:
        known = self._brands.setdefault(brand, _Brand(self._rules, _day(at)))
        known.advance(_day(at))
        return known


def _day(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() // DAY.total_seconds())


@dataclass(slots=True)
class _Tally:
    """One harm of one brand."""

    #: The CUSUM up to yesterday, and what was expected since it last was zero.
    evidence: float = 0.0
    expected: float = 0.0
    today: int = 0
    #: Since then: the first allegation, how many, and the newest of them.
    since: datetime | None = None
    authors: int = 0
    said: deque[Allegation] = field(default_factory=deque)
    #: Allegations of each of the last days, oldest first, and the faded sum of those before.
    recent: deque[int] = field(default_factory=deque)
    usual: float = 0.0
    told_at: datetime | None = None


@dataclass(slots=True)
class _Brand:
    """What is counted of one brand, a day at a time."""

    rules: BurnRules
    day: int
    mentions: int = 0
    recent: deque[int] = field(default_factory=deque)
    usual: float = 0.0
    tallies: dict[str, _Tally] = field(default_factory=dict)

    def add(self, harm: str, said: Allegation) -> _Tally:
        """Count an allegation, unless the same author made it in this burn already."""
        tally = self.tallies.setdefault(harm, _Tally())
        if all(said.author != other.author for other in tally.said):
            tally.today += 1
            tally.authors += 1
            tally.since = tally.since or said.at
            tally.said.append(said)
            if len(tally.said) > self.rules.remembered:
                tally.said.popleft()
        return tally

    def advance(self, day: int) -> None:
        """Close the days before `day`."""
        while self.day < day:
            for tally in self.tallies.values():
                self._close(tally)
            self.usual = self._aged(self.recent, self.usual, self.mentions)
            self.mentions = 0
            self.day += 1

    def _close(self, tally: _Tally) -> None:
        expected = self._expected(tally)
        tally.expected += expected
        tally.evidence += self._gain(tally.today, expected)
        if tally.evidence <= 0.0:
            tally.evidence = tally.expected = 0.0
            tally.authors, tally.since = 0, None
            tally.said.clear()
        tally.usual = self._aged(tally.recent, tally.usual, tally.today)
        tally.today = 0

    def _gain(self, count: int, expected: float) -> float:
        """Log-likelihood ratio of a count, Poisson: at `ratio` times the usual rate, or at it.

        Lucas (1985), Counted data CUSUM's; Technometrics 27.
        """
        return count * math.log(self.rules.ratio) - expected * (self.rules.ratio - 1.0)

    def _expected(self, tally: _Tally) -> float:
        """Allegations of today if all is as usual: a share of the mentions of today."""
        rules = self.rules
        share = (tally.usual + rules.share * rules.prior) / (self.usual + rules.prior)
        return rules.floor + share * self.mentions

    def _aged(self, recent: deque[int], usual: float, today: int) -> float:
        """Put today behind the last days; what falls out at the other end becomes usual."""
        recent.append(today)
        fade = math.pow(0.5, DAY / self.rules.half_life)
        old = recent.popleft() if len(recent) > self.rules.lag / DAY else 0
        return usual * fade + old

    def told(self, brand: str, harm: str, tally: _Tally) -> Burn | None:
        """The burn, if it is one and was not told lately."""
        expected = self._expected(tally)
        evidence = tally.evidence + self._gain(tally.today, expected)
        now, since = tally.said[-1].at, tally.since or tally.said[-1].at
        if not self._is_burn(tally, evidence, now - since) or self._is_told(tally, now):
            return None
        tally.told_at = now
        return Burn(
            brand=brand,
            harm=harm,
            since=since,
            mention_ids=tuple(each.mention_id for each in tally.said),
            authors=tally.authors,
            expected=tally.expected + expected,
            evidence=evidence,
        )

    def _is_burn(self, tally: _Tally, evidence: float, span: timedelta) -> bool:
        enough = tally.authors >= self.rules.authors and span >= self.rules.span
        return enough and evidence >= self.rules.alarm

    def _is_told(self, tally: _Tally, now: datetime) -> bool:
        return tally.told_at is not None and now - tally.told_at < self.rules.refractory
