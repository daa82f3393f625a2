"""How much of what carries a brand's ambiguous name is about the brand, learnt without labels.

"Ford" is the car maker in half of the posts that say it, "Honda" in nearly all: no single text
shows that, the brand's own stream does. The classifier's probability, made on the mix of brands it
was calibrated on, is moved to the share that the stream shows so far, one mention after the other:
Saerens, Latinne & Decaestecker (2002), Adjusting the outputs of a classifier to new a priori
probabilities. A name that means the brand alone has one share for all brands. Reads no text.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)

#: The share on which the classifier's probability rests.
USUAL = 0.75
#: Mentions that the usual share counts for, so that the first few decide nothing.
STRENGTH = 100.0
#: A share below this is not believed: a scandal may turn what a name stands for.
LEAST = 0.25
#: More mentions than this weigh no more: what a name stands for changes.
MOST = 2000.0
#: Share of what names a brand outright that is about it. The classifier learnt from ambiguous
#: names, so it does not weigh that the name itself is evidence.
OUTRIGHT = 0.93
#: Lines of one brand before `score text`, which may be given a handful, makes use of them.
ENOUGH = 50


def moved(about: float, rate: float) -> float:
    """A probability of the classifier's, made for `USUAL`, where `rate` is the share instead."""
    odds = rate / (1.0 - rate) * (1.0 - USUAL) / USUAL
    return about * odds / (about * odds + 1.0 - about)


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Of `mentions` with a brand's ambiguous name, about `about` were about the brand."""

    mentions: float = 0.0
    about: float = 0.0

    @property
    def rate(self) -> float:
        """The share that is expected of the next one, `LEAST` to below 1."""
        rate = (STRENGTH * USUAL + self.about) / (STRENGTH + self.mentions)
        return max(rate, LEAST)

    def adjusted(self, about: float) -> float:
        """The probability that a mention is about the brand, given what its name stood for."""
        return moved(about, self.rate)

    def learnt(self, about: float) -> Share:
        """After one more mention, of which the classifier alone says `about`."""
        kept = min(1.0, (MOST - 1.0) / self.mentions) if self.mentions else 1.0
        return Share(
            mentions=kept * self.mentions + 1.0,
            about=kept * self.about + self.adjusted(about),
        )


class Shares(Generic[Name]):
    """The share of each name, one mention after the other."""

    def __init__(self, known: Mapping[Name, Share] | None = None, *, least: int = 0) -> None:
        """`least`: mentions of a name before any is moved."""
        self._known = dict(known or {})
        self._least = least

    def heard(self, name: Name, about: float) -> float:
        """The probability, moved to what the name stood for; the next ones learn from it."""
        share = self._known.get(name, Share())
        self._known[name] = share.learnt(about)
        return share.adjusted(about) if share.mentions >= self._least else about
