"""How much a story deserves a leader's attention: named parts that add up to a risk.

Severity and growth are two scores: the size of a topic predicts importance at chance (AUC .46 to
.53 on RepLab 2013), the text of its first three posts at .92. So what is said makes the base, and
everything that has to do with numbers only amplifies it; a flood of independent complaints is the
one exception, for it is itself a finding. Nothing here knows thresholds (see `policy`,
`nearest`).

Each part takes its share of the room that is left below 1, so the risk saturates; the parts are
cut from the running total at four decimals, so they add up exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.core import risk_words
from monitor.core.burns import Burn
from monitor.core.early import is_early
from monitor.core.humanize import counted, is_sure, percent, tenths
from monitor.core.parts import Sum
from monitor.core.risk_rules import RiskRules
from monitor.core.speakers import FRESH_FOLLOWERS
from monitor.core.tally import StoryFacts
from monitor.core.types import Forecast, Risk
from monitor.core.volume import Surprise

DEFAULT = RiskRules()
_SHOWN_LANGUAGES = 3

#: A share of the room (or of what is there), 0 to 1, and the sentence that explains it.
_Weight = tuple[float, str]


def assess(
    facts: StoryFacts,
    *,
    forecast: Forecast | None = None,
    surprise: Surprise | None = None,
    burn: Burn | None = None,
    others: float = 0.0,
    rules: RiskRules = DEFAULT,
) -> Risk:
    """Weigh what is known of a story; `burn`, if it is one that trickled in.

    `others` is the log-likelihood ratio that the same is said in other stories (`slowburn`).

    A score from 0 to 1, not a probability; it never falls when a fact grows, but for copies,
    fresh accounts and praise. Does not look at the clock or at what was alerted before.
    """
    content = _content(facts, others, rules)
    total = Sum(firmness=content.firmness)
    total.put("alarm", *content.alarm)
    total.put("harm", *content.harm)
    total.confirm("voices", content.further, *_voices(facts, others, rules))
    total.amplify("first-hand", *_firsthand(facts, rules), measured=facts.firsthand)
    total.amplify("outrage", *_outrage(facts, rules))
    total.amplify("sources", *_sources(facts, rules))
    total.amplify("growth", *_growth(facts, forecast, surprise, rules))
    total.amplify("reach", *_reach(facts, rules))
    total.add("complaints", *_complaints(facts, rules))
    if burn is not None:
        total.add("slow burn", *_slow_burn(burn, rules))
    total.reduce("credibility", *_credibility(facts, rules), least=rules.looked_at)
    return total.risk()


def severity(facts: StoryFacts, rules: RiskRules = DEFAULT) -> float:
    """Severity, 0 to 4, as read or as implied by the harms, whichever is graver.

    What is read is believed as far as a harm that is alleged allows: severity and harms are two
    heads, and a grave tone without anything alleged ("the kiosk is dead") is a tone.
    """
    implied = (rules.gravities.get(harm, 0.0) * share for harm, share in facts.harms.items())
    allowed = max((_allowed(*each, rules) for each in facts.harms.items()), default=0.0)
    read = min(facts.severity, max(rules.harmless, allowed)) if facts.harms else facts.severity
    return max(read, rules.implied * max(implied, default=0.0))


def _allowed(harm: str, share: float, rules: RiskRules) -> float:
    """The severity that a harm bears out, in full from the probability at which it is named."""
    return min(1.0, share / rules.named) * (rules.gravities.get(harm, 0.0) + rules.room)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Content:
    """What is said, before anything is counted."""

    alarm: _Weight
    harm: _Weight
    #: What further texts add.
    further: float
    #: Share of all that which was there before it was lifted: numbers amplify no more than this.
    firmness: float


def _content(facts: StoryFacts, others: float, rules: RiskRules) -> _Content:
    """What the alarm says alone, and what the harm and further texts add to it."""
    grave = severity(facts, rules)
    share, alone = _interpolated(grave, rules.severities), _believed(facts, 0.0, rules)
    all_ = _believed(facts, _backing(facts, others, rules), rules) * share
    alarm = _lifted(alone * rules.severities[0], rules)
    harm, further = _lifted(alone * share, rules), _lifted(all_, rules)
    shown = f"An expert would show this to leadership with probability {facts.alarm:.2f}"
    return _Content(
        alarm=(alarm, f"{shown} (highest of one post {facts.best_alarm:.2f})."),
        harm=(
            harm - alarm,
            f"Severity {grave:.1f} of 4; {risk_words.alleged(facts, named=rules.named)}.",
        ),
        further=further - harm,
        firmness=all_ / further if further else 1.0,
    )


def _believed(facts: StoryFacts, backing: float, rules: RiskRules) -> float:
    """What the alarm is worth, 0 to 1: its odds, for and against, once more a share."""
    if facts.alarm <= 0.0:
        return 0.0
    alarm = min(facts.alarm, 1.0 - 1e-6)
    odds = alarm / (1.0 - alarm) * math.exp(backing - _doubt_of_source(facts, rules))
    worth = rules.scale * math.pow(odds, rules.curve)
    return worth / (1.0 + worth) * min(1.0, rules.praise * (1.0 - facts.stance.positive))


def _doubt_of_source(facts: StoryFacts, rules: RiskRules) -> float:
    """Log-odds taken off for who says it; below 0 of what an editor answers for."""
    hearsay = rules.hearsay + rules.unknown * (facts.fresh_share or 0.0)
    return hearsay * (1.0 - facts.vouched) - rules.edited * facts.edited


def _lifted(content: float, rules: RiskRules) -> float:
    """Below `knee` a root of it, so that watch begins where a page a week may be false."""
    if content >= rules.knee:
        return content
    return rules.knee * math.pow(content / rules.knee, rules.lift)


def _interpolated(value: float, points: tuple[float, ...]) -> float:
    below = min(int(value), len(points) - 2)
    return points[below] + (value - below) * (points[below + 1] - points[below])


def _firsthand(facts: StoryFacts, rules: RiskRules) -> _Weight:
    sentence = f"Best first-hand evidence {facts.firsthand:.2f} of 1; {risk_words.source(facts)}."
    # Whoever says "I" saw something; it proves as much as there is to prove.
    return rules.firsthand * facts.firsthand * _gravity(severity(facts, rules), rules), sentence


def _gravity(grave: float, rules: RiskRules) -> float:
    """0 up to the severity at which an eyewitness begins to count, 1 at 4."""
    return max(0.0, grave - rules.witnessed_from) / (4.0 - rules.witnessed_from)


def _outrage(facts: StoryFacts, rules: RiskRules) -> _Weight:
    return rules.outrage * facts.outrage, f"{facts.outrage:.0%} of the posts show outrage."


def _voices(facts: StoryFacts, others: float, rules: RiskRules) -> _Weight:
    share = rules.voices * _saturating(facts.voices - 1, rules.voices_scale)
    return share, risk_words.voices(facts, backing=_backing(facts, others, rules))


def _backing(facts: StoryFacts, others: float, rules: RiskRules) -> float:
    """Log-odds from further texts here or elsewhere: the same people may stand behind both."""
    return max(facts.backing, rules.others * others)


def _sources(facts: StoryFacts, rules: RiskRules) -> _Weight:
    share = rules.sources * _saturating(facts.source_count - 1, rules.voices_scale)
    return share, f"Seen in {counted(facts.source_count, 'source')}."


def _growth(
    facts: StoryFacts, forecast: Forecast | None, surprise: Surprise | None, rules: RiskRules
) -> _Weight:
    expected = max(forecast.p50 if forecast else 0.0, float(facts.mention_count), 1.0)
    # Ten thousand mentions are all that can be asked for.
    signs = [min(math.log10(expected) / 4.0, 1.0)]
    said = [risk_words.extent(facts)]
    if forecast:
        said.append(f"{forecast.p10:.0f} to {forecast.p90:.0f} expected by tomorrow")
        if forecast.viral_probability is not None:
            signs.append(forecast.viral_probability)
            said.append(_viral(forecast.viral_probability))
        if _is_early(facts, forecast):
            said.append("it is too early to tell")
    if surprise and surprise.warm:
        signs.append(surprise.score)
        heard = f"the brand has {counted(round(surprise.count), 'mention')} within an hour"
        said.append(f"{heard} where {tenths(surprise.expected)} are usual")
    elif surprise:
        said.append("what is usual is not known yet")
    return rules.growth * max(signs), "; ".join(said) + "."


def _is_early(facts: StoryFacts, forecast: Forecast) -> bool:
    viral = forecast.viral_probability
    return is_early(facts.mention_count, first=facts.first_at, at=facts.at, viral=viral)


def _viral(probability: float) -> str:
    if is_sure(probability):
        return "it has gone viral"
    return f"{percent(probability)} chance of going viral"


def _reach(facts: StoryFacts, rules: RiskRules) -> _Weight:
    reach = facts.reach + facts.reach_unknown * rules.unknown_followers
    share = math.log10(max(reach / rules.reach_from, 1.0)) / 3.0
    return rules.reach * min(share, 1.0), risk_words.followers(facts)


def _complaints(facts: StoryFacts, rules: RiskRules) -> _Weight:
    share = rules.complaints * _saturating(facts.complainants, rules.complaints_scale)
    people = round(facts.complainants)
    if not people:
        return share, "Hardly anybody complains of it."
    return share, f"About {counted(people, 'author')} complain{'s' * (people == 1)} of it."


def _slow_burn(burn: Burn, rules: RiskRules) -> _Weight:
    grave = min(rules.gravities.get(burn.harm, 0.0) / 3.0, 1.0)
    return rules.slow_burn * grave, burn.sentence


def _credibility(facts: StoryFacts, rules: RiskRules) -> _Weight:
    share, sentence = _doubt(facts, rules)
    return share, " ".join(filter(None, (_unweighed(facts), sentence)))


def _unweighed(facts: StoryFacts) -> str:
    """What was read without understanding: said openly, for somebody may have to look."""
    if not facts.untrained_count:
        return ""
    languages = ", ".join(facts.untrained_languages[:_SHOWN_LANGUAGES])
    posts = counted(facts.untrained_count, "post")
    return (
        f"Not weighed: alarm {facts.untrained_alarm:.2f} of {posts} in a language ({languages}) "
        "that the classifier was not trained on."
    )


def _doubt(facts: StoryFacts, rules: RiskRules) -> _Weight:
    """Brigading; satire and denial already lower the alarm (label guide)."""
    if facts.copies < rules.copies_least:
        return 0.0, "No sign of a campaign."
    span = rules.copies_to - rules.copies_from
    copied = min(max((facts.copies_share - rules.copies_from) / span, 0.0), 1.0)
    fresh = min((facts.fresh_share or 0.0) / rules.fresh_to, 1.0)
    sentence = f"{facts.copies_share:.0%} of the posts copy a text of the same site"
    if facts.fresh_share is not None:
        few = f"under {FRESH_FOLLOWERS} followers"
        sentence += f"; {facts.fresh_share:.0%} of the authors have {few}"
    return rules.copies * copied * (1.0 + rules.fresh * fresh), f"{sentence}."


def _saturating(count: float, scale: float) -> float:
    """0 at nothing, towards 1; two thirds at `scale`."""
    return -math.expm1(-max(count, 0.0) / scale)
