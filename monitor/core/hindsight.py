"""Whether a post that says an ambiguous name alone is about the brand, by what else is said.

"Check your Oaties, mine had metal in it" may be anybody's oats. Beside a report of the same hours
that says so of the brand it is not. By Bayes' rule: what the classifier made of the text alone is
the prior, how near it comes to the story in meaning the evidence. Does not file (see
`stages.hindsight`); what alarms nobody is left where it is.
"""

from __future__ import annotations

from monitor.core.kinship import DEFAULT, KinRules, common_harm, likelihood
from monitor.core.tally import StoryFacts
from monitor.core.types import Mention, Verdict

#: Alarm, given that it is about the brand, from which a post is worth a second look.
ALARMING = 0.25
#: Probability from which what says an ambiguous name is taken to be about the brand.
LIKELIER = 0.5


def is_doubtful(mention: Mention, verdict: Verdict) -> bool:
    """Whether what was taken for something else would matter if it were about the brand."""
    return not mention.certain and verdict.alarm >= ALARMING and verdict.about < LIKELIER


def bears_on(
    story: StoryFacts, mention: Mention, verdict: Verdict, *, rules: KinRules = DEFAULT
) -> bool:
    """Whether a story tells anything of a post: both allege the same grave harm, within hours."""
    _, weight = common_harm(verdict.harms, story.harms)
    return weight >= rules.harms and abs(mention.at - story.last_at) <= rules.soon


def about_beside(verdict: Verdict, *, near: float, rules: KinRules = DEFAULT) -> float:
    """Probability that a post is about the brand, beside a story that bears on it.

    `near` is how near it comes to the story in meaning, -1 to 1. Never below its own.
    """
    odds = verdict.about / (1 - verdict.about) * rules.alone * likelihood(near, rules)
    return max(verdict.about, odds / (1 + odds))
