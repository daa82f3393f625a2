"""Complaints that add up: one harm alleged more often than usual, within the hour or for months.

The worst scandals are slow: accounts opened without consent came as one complaint a week, for
years. Others are told at once by people who hardly share a word. A CUSUM on the daily rate of each
harm of each brand sums up what is over the usual until it can no longer be chance; an allegation
counts by how sure it is, and one wording once. Knows neither stories nor incidents; a flood of
mentions that allege nothing is the business of `volume`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from monitor.core.burns import Allegation, Burn, BurnRules
from monitor.core.cusum import Counted, Shingled
from monitor.core.daily import day_of
from monitor.core.types import HARMS, Verdict

#: What every brand hears every day is no slow burn, however often it is heard.
ROUTINE: Final = frozenset({"service", "praise"})
GRAVE: Final = tuple(name for name in HARMS if name not in ROUTINE)
#: Probability of a harm for which somebody is held to account that makes a full allegation, and
#: the share of one below which there is none. In the middle of a plateau: .3 tells of jokes, .5
#: of a slow burn some weeks later.
FULL: Final = 0.4
LEAST: Final = 0.2
#: Accounts with hardly a follower count half: they are cheap, but eyewitnesses open some too.
FRESH: Final = 0.5


def alleged(
    harms: Mapping[str, float], *, alarm: float, complaint: float, fresh: bool = False
) -> dict[str, float]:
    """How clearly a mention alleges each grave harm, as shares of a full allegation.

    A harm that is mentioned is alleged if the author holds the brand to it, or an expert would
    show it to leadership; all are probabilities, discounted by doubt about the brand. `fresh`: the
    author has hardly a follower.
    """
    held = max(alarm, complaint) / FULL * (FRESH if fresh else 1.0)
    return {
        harm: min(1.0, share) for harm in GRAVE if (share := harms.get(harm, 0.0) * held) >= LEAST
    }


def alleged_in(verdict: Verdict, *, fresh: bool = False) -> dict[str, float]:
    """As `alleged`; nothing in a language that the classifier was not trained on."""
    if not verdict.language_trained:
        return {}
    alarm, complaint = verdict.alarm * verdict.about, verdict.complaint * verdict.about
    return alleged(verdict.harms, alarm=alarm, complaint=complaint, fresh=fresh)


class SlowBurn:
    """The burns of all brands; mentions come in time order, late ones count for the newest day."""

    def __init__(self, rules: BurnRules | None = None) -> None:
        self._rules = rules or BurnRules()
        self._brands: dict[str, Counted] = {}

    def count(self, brand: str, at: datetime, mentions: int = 1) -> None:
        """Mentions that allege nothing."""
        self._on(brand, at).mentions += mentions

    def others(self, brand: str, allegation: Allegation) -> float:
        """Log-likelihood ratio that others, in other words, say the same of the brand lately.

        To be asked before `learn`; at most that of one of them, and 0 for the echo of something
        said before or when people were told already.
        """
        known, said = self._on(brand, allegation.at), Shingled.of(allegation)
        found = (known.others(*each, said) for each in allegation.harms.items())
        return max(found, default=0.0)

    def learn(self, brand: str, allegation: Allegation) -> tuple[Burn, ...]:
        """Count one mention that alleges something; the burns that it is a part of."""
        known, said = self._on(brand, allegation.at), Shingled.of(allegation)
        found = [(harm, known.add(harm, share, said)) for harm, share in allegation.harms.items()]
        known.mentions += 1
        if allegation.is_history:
            return ()
        burns = (known.tell(brand, harm, tally) for harm, tally in found)
        return tuple(burn for burn in burns if burn is not None)

    def _on(self, brand: str, at: datetime) -> Counted:
        known = self._brands.setdefault(brand, Counted(self._rules, day_of(at)))
        known.advance(day_of(at))
        return known
