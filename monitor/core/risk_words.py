"""What is said of the parts of a risk, in plain words with the numbers. Weighs nothing."""

from __future__ import annotations

import math

from monitor.core.humanize import counted
from monitor.core.tally import StoryFacts

#: A harm of a lower probability is not worth a word.
_PERHAPS = 0.3
_CLEARLY = 0.5
#: First-hand evidence below which nobody is taken for one who was there: "I was thrown down the
#: stairs" may be read at .45.
PERHAPS_THERE = 0.2


def alleged(facts: StoryFacts, *, named: float) -> str:
    """What is named as alleged elsewhere too, from a probability of `named`, and what may be."""
    harms = sorted(facts.harms.items(), key=lambda each: (-each[1], each[0]))
    shown = [(f"{harm} {share:.2f}", share) for harm, share in harms if harm != "praise"][:3]
    sure = ", ".join(said for said, share in shown if share >= named)
    weak = ", ".join(said for said, share in shown if _PERHAPS <= share < named)
    if not sure:
        return f"perhaps alleged: {weak}" if weak else "no harm is clearly alleged"
    return f"alleged: {sure}{f'; perhaps {weak}' if weak else ''}"


def source(facts: StoryFacts) -> str:
    """Who bears the story out best."""
    if facts.edited >= _CLEARLY:
        return "an edited source reports it"
    if facts.vouched >= _CLEARLY:
        return "that weighs"
    return "perhaps an eyewitness" if facts.firsthand >= PERHAPS_THERE else "so far it is hearsay"


def voices(facts: StoryFacts, *, backing: float) -> str:
    """How many speak for themselves, and by how much others, here or elsewhere, bear them out."""
    sentence = f"{counted(facts.voices, 'author')} with words of their own"
    if not backing:
        return f"{sentence}."
    times = math.exp(backing)
    said = f"{times:.1f}" if times < 10 else f"{times:,.0f}"
    others = "posts outside this story" if backing > facts.backing else "others"
    return f"{sentence}; {others} bear it out (odds {said} times as high)."


def extent(facts: StoryFacts) -> str:
    """How many mentions were seen, and what was counted on them: a story may spread unseen."""
    said = f"{counted(facts.mention_count, 'mention')} so far"
    echoes = round(sum(count for _, count in facts.echoes))
    return f"{said}, passed on or answered {counted(echoes, 'time')}" if echoes else said


def followers(facts: StoryFacts) -> str:
    """How many people the authors reach, and of how many authors that is not known."""
    unknown = facts.reach_unknown
    if not facts.reach_known:
        authors = f"the {unknown:,} authors" if unknown > 1 else "the author"
        return f"How many follow {authors} is not known."
    known = f"{facts.reach:,} followers of {counted(facts.reach_known, 'author')}"
    return f"{known}; of {unknown:,} more it is not known." if unknown else f"{known}."
