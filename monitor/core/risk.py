"""How much a story deserves a leader's attention: named parts that add up to a risk.

Severity and growth are two scores: the size of a topic predicts importance at chance (AUC .46 to
.53 on RepLab 2013), the text of its first three posts at .92. So what is said makes the base, and
everything that has to do with numbers only amplifies it; a flood of independent complaints is the
one exception, for it is itself a finding. Nothing here knows thresholds (see `policy`).

Each part takes its share of the room that is left below 1, so the risk saturates; the parts are
cut from the running total at four decimals, so they add up exactly.
"""

from __future__ import annotations

import math
from typing import Protocol

from monitor.core.brief import counted
from monitor.core.risk_rules import RiskRules
from monitor.core.settings import AlertSettings
from monitor.core.slowburn import Burn
from monitor.core.tally import FRESH_FOLLOWERS, StoryFacts
from monitor.core.types import Forecast, Level, Part, Risk


class Surprise(Protocol):
    """What `assess` needs to know of the volume (see `volume.Surprise`)."""

    @property
    def score(self) -> float: ...
    @property
    def warm(self) -> bool: ...
    @property
    def count(self) -> float: ...
    @property
    def expected(self) -> float: ...


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
    rules: RiskRules = DEFAULT,
) -> Risk:
    """Weigh what is known of a story; `burn`, if it is one that trickled in.

    A score from 0 to 1, not a probability; it never falls when a fact grows, but for copies,
    fresh accounts and praise. Does not look at the clock or at what was alerted before.
    """
    total = _Sum()
    alarm, harm = _content(facts, rules)
    total.add("alarm", *alarm)
    total.put("harm", *harm)
    total.amplify("first-hand", *_firsthand(facts, rules))
    total.amplify("outrage", *_outrage(facts, rules))
    total.amplify("voices", *_voices(facts, rules))
    total.amplify("sources", *_sources(facts, rules))
    total.amplify("growth", *_growth(facts, forecast, surprise, rules))
    total.amplify("reach", *_reach(facts, rules))
    total.add("complaints", *_complaints(facts, rules))
    if burn is not None:
        total.add("slow burn", *_slow_burn(burn, rules))
    total.reduce("credibility", *_credibility(facts, rules))
    return total.risk()


class _Sum:
    """A running total below 1, cut into parts at four decimals."""

    def __init__(self) -> None:
        self._total = self._shown = 0.0
        self._parts: list[Part] = []

    def put(self, name: str, value: float, sentence: str) -> None:
        self._total += value
        shown = round(self._total, 4)
        # `+ 0.0` turns -0.0 into 0.0.
        part = round(shown - self._shown, 4) + 0.0
        self._parts.append(Part(name=name, value=part, sentence=sentence))
        self._shown = shown

    def add(self, name: str, share: float, sentence: str) -> None:
        """Take `share` of the room that is left."""
        self.put(name, (1.0 - self._total) * share, sentence)

    def amplify(self, name: str, share: float, sentence: str) -> None:
        """As `add`, in proportion to what is there already: nothing stays nothing."""
        self.put(name, self._total * (1.0 - self._total) * share, sentence)

    def reduce(self, name: str, share: float, sentence: str) -> None:
        """Take `share` of what is there away."""
        self.put(name, -self._total * share, sentence)

    def risk(self) -> Risk:
        return Risk(value=self._shown, parts=tuple(self._parts))


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


def _content(facts: StoryFacts, rules: RiskRules) -> tuple[_Weight, _Weight]:
    """What is said: what the alarm says alone, and what the harm adds to it."""
    believed = min(1.0, rules.praise * (1.0 - facts.stance.positive))
    alarm = _ceiling(rules) * facts.alarm**rules.curve * believed
    grave = severity(facts, rules)
    least = rules.severities[0]
    harm = alarm * (_interpolated(grave, rules.severities) - least)
    shown = f"An expert would show this to leadership with probability {facts.alarm:.2f}"
    return (
        (alarm * least, f"{shown} (highest of one post {facts.best_alarm:.2f})."),
        (harm, f"Severity {grave:.1f} of 4; {_alleged(facts)}."),
    )


def _ceiling(rules: RiskRules) -> float:
    """Scales the alarm so that .9 with severity 4 gives `top`."""
    return float(rules.top / 0.9**rules.curve)


def _interpolated(value: float, points: tuple[float, ...]) -> float:
    below = min(int(value), len(points) - 2)
    return points[below] + (value - below) * (points[below + 1] - points[below])


def _alleged(facts: StoryFacts) -> str:
    named = sorted(facts.harms.items(), key=lambda each: (-each[1], each[0]))
    strong = [f"{harm} {share:.2f}" for harm, share in named if share >= 0.3 and harm != "praise"]
    return f"alleged: {', '.join(strong[:3])}" if strong else "no harm is clearly alleged"


def _firsthand(facts: StoryFacts, rules: RiskRules) -> _Weight:
    sentence = f"Best first-hand evidence {facts.firsthand:.2f}: the author saw it or shows it."
    # Whoever says "I" saw something; it proves as much as there is to prove.
    return rules.firsthand * facts.firsthand * _gravity(severity(facts, rules), rules), sentence


def _gravity(grave: float, rules: RiskRules) -> float:
    """0 up to the severity at which an eyewitness begins to count, 1 at 4."""
    return max(0.0, grave - rules.witnessed_from) / (4.0 - rules.witnessed_from)


def _outrage(facts: StoryFacts, rules: RiskRules) -> _Weight:
    return rules.outrage * facts.outrage, f"{facts.outrage:.0%} of the posts show outrage."


def _voices(facts: StoryFacts, rules: RiskRules) -> _Weight:
    share = rules.voices * _saturating(facts.voices - 1, rules.voices_scale)
    return share, f"{counted(facts.voices, 'author')} with words of their own."


def _sources(facts: StoryFacts, rules: RiskRules) -> _Weight:
    share = rules.sources * _saturating(facts.source_count - 1, rules.voices_scale)
    return share, f"Seen in {counted(facts.source_count, 'source')}."


def _growth(
    facts: StoryFacts, forecast: Forecast | None, surprise: Surprise | None, rules: RiskRules
) -> _Weight:
    expected = max(forecast.p50 if forecast else 0.0, float(facts.mention_count), 1.0)
    # Ten thousand mentions are all that can be asked for.
    signs = [min(math.log10(expected) / 4.0, 1.0)]
    said = [f"{counted(facts.mention_count, 'mention')} so far"]
    if forecast:
        said.append(f"{forecast.p10:.0f} to {forecast.p90:.0f} expected by tomorrow")
        if forecast.viral_probability is not None:
            signs.append(forecast.viral_probability)
            said.append(f"{forecast.viral_probability:.0%} chance of going viral")
    if surprise and surprise.warm:
        signs.append(surprise.score)
        said.append(f"the brand has {surprise.count:.0f} where {surprise.expected:.1f} are usual")
    elif surprise:
        said.append("what is usual is not known yet")
    return rules.growth * max(signs), "; ".join(said) + "."


def _reach(facts: StoryFacts, rules: RiskRules) -> _Weight:
    unknown = max(0, facts.author_count - facts.reach_known)
    reach = facts.reach + unknown * rules.unknown_followers
    share = math.log10(max(reach / rules.reach_from, 1.0)) / 3.0
    known = counted(facts.reach_known, "author")
    sentence = f"{facts.reach:,} followers of {known} known; {unknown:,} with unknown followers."
    return rules.reach * min(share, 1.0), sentence


def _complaints(facts: StoryFacts, rules: RiskRules) -> _Weight:
    share = rules.complaints * _saturating(facts.complainants, rules.complaints_scale)
    return share, f"About {facts.complainants:.0f} independent authors complain."


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


def nearest(risk: Risk, settings: AlertSettings) -> str:
    """Which threshold was nearest, and the smallest change that would have changed the level."""
    level = min(
        (Level.WATCH, Level.WARNING, Level.CRITICAL),
        key=lambda each: abs(risk.value - settings.threshold(each)),
    )
    threshold = settings.threshold(level)
    gap = risk.value - threshold
    where = f"Nearest is {level.label} at {threshold:.2f}; the risk is {risk.value:.2f}"
    if gap >= 0:
        return f"{where}, {gap:.4f} above. {_undone(risk, gap)}"
    return f"{where}, {-gap:.4f} short. {_reached_by(risk, -gap)}"


def _undone(risk: Risk, gap: float) -> str:
    """The smallest part without which the threshold would have been missed."""
    enough = [part for part in risk.parts if part.value > gap]
    if not enough:
        return "No single part alone carried it over."
    part = min(enough, key=lambda each: each.value)
    return f"Without {part.name} ({part.value:+.4f}) it would have stayed below."


def _reached_by(risk: Risk, gap: float) -> str:
    doubt = next((part for part in risk.parts if -part.value >= gap), None)
    if doubt:
        return f"Without {doubt.name} ({doubt.value:+.4f}) it would have been reached."
    largest = max(risk.parts, key=lambda each: each.value)
    return f"{gap:.4f} more would do; the largest part is {largest.name} ({largest.value:+.4f})."
