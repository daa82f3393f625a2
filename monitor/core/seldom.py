"""Whether a story is a side of an open incident because its brand seldom has two at once.

Those who tell of one event often share neither words nor meaning: the mother, the porter, the
headline. What ties them then is that it is told now, and that a brand of which nobody spoke ill
for weeks hardly has a second scandal in the same hour; one that is in trouble every day may. Asked
after `kinship` has found nothing. It does not look at texts, and never ties a story that is sure
to allege a grave harm which the incident does not: that is news, whichever event it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp

from monitor.core.daily import DAY
from monitor.core.kinship import ALWAYS_NEW, REACTIONS, Other
from monitor.core.meaning import UNKNOWN
from monitor.core.slowburn import ROUTINE
from monitor.core.tally import StoryFacts

HOUR = timedelta(hours=1)
#: What no story has to itself: reactions, and what every brand hears; praise it has.
_ANYBODYS = REACTIONS | ROUTINE - {"praise"}


@dataclass(frozen=True, kw_only=True, slots=True)
class SeldomRules:
    """Bayes' rule: how often an incident has another side, and how often a brand another one."""

    #: The incident was last spoken of so recently.
    within: timedelta = DAY
    #: Sides in words of their own that an incident brings about a day while it is spoken of; after
    #: n hours of silence 1/(n + 1) of it. So falls the share of RepLab's ALERT posts in words that
    #: nobody had used which tell of a topic of that day: odds of 3.9 within an hour, 1.5 until the
    #: third, .9 until the sixth, .45 until the next day (12 brands that are in trouble daily).
    told: float = 24.0
    #: What a brand had before counts over so many days, with one incident more.
    past: timedelta = timedelta(days=7)
    #: Log-likelihood ratio of a side against the first posts of other events: by nearness in
    #: meaning, by a harm of its own, and what remains; on the replays, while the event is told by
    #: one to three alarming posts.
    meant: tuple[float, float, float] = (5.4, -3.1, -1.1)
    #: So sure of a grave harm that the incident does not allege, a story stays by itself.
    own: float = 0.6
    #: Two accidents are one while the first was spoken of so recently.
    accident: timedelta = HOUR
    #: Odds from which a story is taken for a side: as in `kinship`, a second scandal that is
    #: missed costs more than a page.
    odds: float = 4.0


DEFAULT = SeldomRules()


def side_of(
    new: StoryFacts,
    others: Mapping[int, Other],
    *,
    begun: Iterable[datetime],
    rules: SeldomRules = DEFAULT,
) -> tuple[int, str] | None:
    """The likeliest of the `others`, by id, that `new` is a side of, and why; None: of none.

    `begun` says when the stories of the brand's incidents began, as far as they are in mind. Of
    equally likely ones the oldest.
    """
    usual = rate(begun, new.at, rules=rules)
    odds = ((odds_of(new, other, usual=usual, rules=rules), -id_) for id_, other in others.items())
    best, id_ = max(odds, default=(0.0, 0))
    if best < rules.odds:
        return None
    return -id_, f"told while the incident is, odds {best:.0f}: this brand seldom has two"


def rate(begun: Iterable[datetime], now: datetime, *, rules: SeldomRules = DEFAULT) -> float:
    """Incidents a day that a brand has, by those that had begun a day ago and not long before.

    Those of today may be the very event; one is added, so that none is no certainty.
    """
    until = now - DAY
    before = sum(until - rules.past <= at <= until for at in begun)
    return (before + 1) / (rules.past / DAY)


def odds_of(new: StoryFacts, other: Other, *, usual: float, rules: SeldomRules = DEFAULT) -> float:
    """How much likelier `new` is a side of the other story than another matter; 0: it is not.

    `usual`: incidents a day that the brand has.
    """
    apart = abs(new.last_at - other.facts.last_at)
    own = of_its_own(new.harms, other.facts.harms, is_soon=apart <= rules.accident)
    if other.near == UNKNOWN or apart > rules.within or own >= rules.own:
        return 0.0
    near_slope, own_slope, offset = rules.meant
    ratio = exp(near_slope * other.near + own_slope * own + offset)
    return rules.told / (1.0 + apart / HOUR) / usual * ratio


def of_its_own(new: Mapping[str, float], open_: Mapping[str, float], *, is_soon: bool) -> float:
    """How sure a story is of what the other one does not say: a grave harm, or praise of either.

    An accident is another one, unless the two are told so soon after each other.
    """
    known = {name: p for name, p in open_.items() if is_soon or name not in ALWAYS_NEW}
    alone = [p * (1.0 - known.get(name, 0.0)) for name, p in new.items() if name not in _ANYBODYS]
    praised = open_.get("praise", 0.0) * (1.0 - new.get("praise", 0.0))
    return max(praised, *alone, 0.0)
