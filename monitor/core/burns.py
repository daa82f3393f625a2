"""What a slow burn is made of, and the constants that make one. Counts nothing (`cusum`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.core.brief import ALLEGED
from monitor.core.humanize import day_text, tenths
from monitor.core.wordings import ECHO

if TYPE_CHECKING:
    from monitor.core.meaning import Meaning


@dataclass(frozen=True, kw_only=True, slots=True)
class BurnRules:
    """What is usual, what is too much, and how sure one must be."""

    #: A rate so many times the usual one is what is looked for: a scandal, not a bad month.
    ratio: float = 20.0
    #: Log-likelihood ratio at which it is believed: two thousand to one, which chance alone brings
    #: about once in a hundred years of a brand.
    alarm: float = math.log(2000.0)
    #: Share of a brand's mentions that allege one grave harm before anything is known of it, and
    #: the number of mentions which that opinion is worth.
    share: float = 0.01
    #: Of some harms more: things break.
    shares: Mapping[str, float] = field(default_factory=lambda: {"product": 0.02})
    prior: float = 200.0
    #: Expected of any brand in any case: once in nine hundred days.
    floor: float = 1 / 900
    #: What is usual is learnt from what is older than this, so that a burn cannot excuse itself.
    lag: timedelta = timedelta(days=56)
    #: After so many days a mention counts half in what is usual.
    half_life: timedelta = timedelta(days=180)
    #: Fewer people are a story like others.
    authors: int = 3
    #: Told once; again after so long, if it still burns.
    refractory: timedelta = timedelta(days=14)
    #: Share of the shingles of two texts above which one is made after the other.
    copied: float = ECHO
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
    #: It broke out within a day.
    sudden: bool = False
    #: People were told of it lately: one mention more, and no news.
    again: bool = False
    #: They mean the same, which is more than to allege the same harm (see `matters`).
    is_matter: bool = False

    @property
    def sentence(self) -> str:
        """Plain words with the numbers."""
        # strftime would use the names of the machine's language.
        since = day_text(self.since.date())
        return (
            f"Since {since}, {self.authors} people in words of their own {self._told}, "
            f"where {tenths(self.expected)} were to be expected: odds of "
            f"{self.odds} that it is no chance."
        )

    @property
    def tie(self) -> str:
        """Why its mentions are one story."""
        return f"several people {self._told}"

    @property
    def _told(self) -> str:
        alleged = f"said that {ALLEGED.get(self.harm, self.harm)}"
        return "told much the same" if self.is_matter else alleged

    @property
    def odds(self) -> str:
        return f"{math.exp(min(self.evidence, 20.0)):,.0f} to 1"


def newest(one: Burn | None, other: Burn | None) -> Burn | None:
    """Of two burns, if there are, the one that was told last."""
    return max(filter(None, (one, other)), key=lambda burn: burn.mention_ids[-1], default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Allegation:
    """One mention, and how clearly it alleges which of `slowburn.GRAVE`, 0 to 1."""

    mention_id: int
    author: str
    at: datetime
    harms: Mapping[str, float]
    text: str
    #: From before the watch began: learnt from, never told of.
    is_history: bool = False
    #: What the classifier took it to mean; None if it does not say.
    meaning: Meaning | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastDay:
    """What was said of a brand on one day."""

    brand: str
    at: datetime
    allegations: tuple[Allegation, ...]
    #: Mentions that alleged nothing.
    others: int
    #: All mentions but those from before the watch began: how much was said, and not how much of
    #: it a source still showed when it was first asked.
    watched: int
