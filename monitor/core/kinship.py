"""Whether a story about to be alerted is another side of an incident that is open already.

People tell one event in many words: the victim, the witness, the headline and the call to boycott
share few of them. Grouping by words alone would alert leadership once for each. Does not look at
texts (see `stories`); it compares what two stories allege, how alike they are in their words and
in what they mean, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import exp

from monitor.core.meaning import UNKNOWN
from monitor.core.slowburn import ROUTINE
from monitor.core.tally import StoryFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class KinRules:
    """What makes two stories sides of one incident."""

    #: The incident was last spoken of so recently: one event is told for about a day.
    within: timedelta = timedelta(hours=24)
    #: Shared weight of a harm that both allege. A harm alone never ties: two accidents of one day
    #: are two accidents, and the second must be told.
    harms: float = 0.4
    #: Cosine of their words that is enough by itself; below the one for grouping, as both stories
    #: are alarming, about one brand and of one day.
    alike: float = 0.10
    #: Cosine that is enough where they share a harm as well.
    alike_and_harm: float = 0.03
    #: Mentions within that time that make an incident what everybody speaks of; what is said of
    #: the brand then is mostly a side of it: the share price, the petition, the joke, the lawyer.
    crowd: int = 10
    #: Fewer are enough if both allege the same grave harm: one outage is told by many.
    few: int = 3
    #: Weight of a harm in the incident at which the same harm in a new story is not a new one.
    known: float = 0.3
    #: Odds, for each post of the last day that tells of loud incidents, that the next alarming
    #: story tells of them too; low, as a second scandal that is missed costs more than a page.
    prior: float = 0.1
    #: The same odds, however few speak of it, of a story told so soon after another that alleges
    #: the same grave harm.
    alone: float = 2.0
    soon: timedelta = timedelta(hours=6)
    #: Words alone do not tie a story that is so sure to allege a grave harm of its own, unless it
    #: is at least so near in meaning: a crew that mocks somebody is no side of an unstaffed desk.
    own: float = 0.6
    near: float = 0.25
    #: Odds from which a story is taken for a side.
    odds: float = 4.0
    #: Slope and offset of the log-likelihood ratio of nearness in meaning: sides of an event, and
    #: grave stories of other events told of the same brand (`models.train.measure_sides`).
    meant: tuple[float, float] = (7.3, -2.97)
    #: Nearness at which two incidents that both go on are one.
    one: float = 0.4


DEFAULT = KinRules()


@dataclass(frozen=True, kw_only=True, slots=True)
class Other:
    """The story of an open incident, beside one that is about to be alerted."""

    facts: StoryFacts
    #: Cosine of their words, 0 to 1.
    alike: float
    #: Nearness of what they mean, -1 to 1; -1 where that cannot be told.
    near: float
    #: It stands at `warning` or above, and not below what the new one reaches.
    is_loud: bool


#: What a scandal brings about by itself.
REACTIONS = frozenset({"executive", "legal", "boycott"})
#: Two accidents of one day are two accidents, whatever everybody speaks of.
ALWAYS_NEW = frozenset({"safety"})


def kin(
    new: StoryFacts, others: Mapping[int, Other], *, rules: KinRules = DEFAULT
) -> tuple[int, str] | None:
    """The one of the `others`, by id, that `new` is another side of, and what ties them.

    Words and harms first; then the largest story that everybody speaks of; then the one that means
    the same, the more so if it is loud. Of equals the oldest.
    """
    loud = {id_: other for id_, other in others.items() if other.is_loud}
    heard = sum(other.facts.count_since(new.last_at - rules.within) for other in loud.values())
    by_words, tied = partial(kinship, new, rules=rules), partial(like_the_rest, new, rules=rules)
    return (
        _best(
            (other.alike, id_, by_words(other.facts, alike=other.alike, near=other.near))
            for id_, other in others.items()
        )
        or _best(
            (other.facts.mention_count, id_, side(new, other.facts, rules=rules))
            for id_, other in loud.items()
        )
        or _best(
            (other.near, id_, tied(other.facts, near=other.near, heard=heard * other.is_loud))
            for id_, other in others.items()
        )
    )


def _best(found: Iterable[tuple[float, int, str | None]]) -> tuple[int, str] | None:
    """Of what is tied by something the id with the highest number, and the tie."""
    ties = ((number, -id_, how) for number, id_, how in found if how)
    best = max(ties, default=None)
    return None if best is None else (-best[1], best[2])


def kinship(
    new: StoryFacts,
    open_: StoryFacts,
    *,
    alike: float,
    near: float = UNKNOWN,
    rules: KinRules = DEFAULT,
) -> str | None:
    """Say what ties `new` to the open incident's story, or None: then it is its own.

    `alike` is the cosine of their words, 0 to 1; `near` their nearness in meaning, -1 to 1.
    """
    if abs(new.last_at - open_.last_at) > rules.within:
        return None
    if UNKNOWN < near < rules.near and _own_harms(new, open_, least=rules.own, rules=rules):
        return None
    if alike >= rules.alike:
        return f"of the same day, and similar {alike:.2f}"
    harm, weight = common_harm(new.harms, open_.harms)
    if weight >= rules.harms and alike >= rules.alike_and_harm:
        return f"both allege {harm}, similar {alike:.2f}"
    return None


def side(new: StoryFacts, open_: StoryFacts, *, rules: KinRules = DEFAULT) -> str | None:
    """Say why `new` is a side of an incident that everybody speaks of, or None.

    It is not, whatever is spoken of, if it alleges a grave harm that the incident does not.
    """
    if abs(new.last_at - open_.last_at) > rules.within:
        return None
    heard = open_.count_since(new.last_at - rules.within)
    enough = rules.few if _grave(new, rules.harms) else rules.crowd
    if heard < enough or _own_harms(new, open_, least=rules.harms, rules=rules):
        return None
    return f"a side of what {heard} posts of a day speak of"


def _grave(story: StoryFacts, least: float) -> set[str]:
    """The grave harms that a story alleges, reactions apart; routine ties nothing together."""
    return _alleged(story, least) - ROUTINE - REACTIONS


def _alleged(story: StoryFacts, least: float) -> set[str]:
    return {name for name, weight in story.harms.items() if weight >= least}


def _own_harms(
    new: StoryFacts, open_: StoryFacts, *, least: float, rules: KinRules
) -> frozenset[str]:
    """The grave harms of a new story that the open one does not allege."""
    return frozenset(_grave(new, least) - (_alleged(open_, rules.known) - ALWAYS_NEW))


def tells_of_another(new: StoryFacts, open_: StoryFacts, *, rules: KinRules = DEFAULT) -> bool:
    """Whether a quiet story may be about something else: a grave harm of its own, or praise."""
    is_praise = new.harms.get("praise", 0.0) >= rules.harms
    return is_praise or bool(_own_harms(new, open_, least=rules.harms, rules=rules))


def like_the_rest(
    new: StoryFacts, open_: StoryFacts, *, near: float, heard: int, rules: KinRules = DEFAULT
) -> str | None:
    """Say why `new` is a side of the other story, by what it means, or None.

    `near` is the nearness of the two in meaning, -1 to 1; `heard` the posts of the last day in all
    loud incidents of the brand. The larger a crowd is heard, the less near it must be.
    """
    apart = abs(new.last_at - open_.last_at)
    if apart > rules.within:
        return None
    harm, weight = common_harm(new.harms, open_.harms)
    crowd, both = heard >= rules.crowd, apart <= rules.soon and weight >= rules.harms
    prior = heard * rules.prior if crowd else rules.alone * both
    if prior * likelihood(near, rules) < rules.odds:
        return None
    told = f"to what {heard} posts of a day speak of" if crowd else f"and both allege {harm}"
    return f"near in meaning, {near:.2f}, {told}"


def likelihood(near: float, rules: KinRules = DEFAULT) -> float:
    """How many times likelier so near a text tells of the same event than of another one."""
    slope, offset = rules.meant
    return exp(slope * near + offset)


def are_one(
    one: StoryFacts, other: StoryFacts, *, near: float, rules: KinRules = DEFAULT
) -> str | None:
    """Say why two open incidents have turned out to be one, or None.

    Both go on, together they are what everybody speaks of, and they mean much the same; or, spoken
    of by few within hours, nearly the same, the less so if they allege the same grave harm and
    neither a grave one besides: a poisoned yoghurt is no side of its lid.
    """
    since = max(one.last_at, other.last_at) - rules.within
    heard = one.count_since(since), other.count_since(since)
    if near >= rules.one and min(heard) >= rules.few and sum(heard) >= rules.crowd:
        return f"near in meaning, {near:.2f}, and both spoken of today"
    prior = rules.alone if _allege_alike(one, other, rules) else rules.alone / 2
    is_soon = abs(one.last_at - other.last_at) <= rules.soon and sum(heard) >= rules.few
    if not is_soon or prior * likelihood(near, rules) < rules.odds:
        return None
    return f"near in meaning, {near:.2f}, and of the same hours"


def _allege_alike(one: StoryFacts, other: StoryFacts, rules: KinRules) -> bool:
    """Whether two stories share a grave harm, and neither is sure of one that the other lacks."""
    _, weight = common_harm(one.harms, other.harms)
    pairs = ((one, other), (other, one))
    besides = (_grave(a, rules.own) - _alleged(b, rules.known) for a, b in pairs)
    return weight >= rules.harms and not any(besides)


def common_harm(one: Mapping[str, float], other: Mapping[str, float]) -> tuple[str, float]:
    """The grave harm that both allege most, and how much: the smaller of their probabilities."""
    shared = {name: min(p, other.get(name, 0.0)) for name, p in one.items() if name not in ROUTINE}
    best = max(shared, key=lambda name: (shared[name], name), default="")
    return best, shared.get(best, 0.0)
