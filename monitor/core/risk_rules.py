"""The constants of the risk, each with its reason. Does not weigh (see `risk`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _gravities() -> dict[str, float]:
    return {
        "safety": 3.6,
        "mistreatment": 3.0,
        "discrimination": 3.0,
        "animal": 3.0,
        "privacy": 3.0,
        "environment": 3.0,
        "labour": 2.6,
        "deception": 2.6,
        "outage": 2.2,
        "product": 2.2,
        "executive": 2.2,
        "legal": 2.2,
        "boycott": 2.0,
        "service": 1.0,
        "praise": 0.0,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskRules:
    """The constants of the risk, each with its reason."""

    #: The odds of the alarm enter as scale * odds**curve: .9 gives .72, well above `warning` (.5)
    #: and below `critical` (.8) until somebody else, or an eyewitness, says so too; .8 of one
    #: post with severity 3 is just a warning, .05 (an ordinary complaint) next to nothing.
    scale: float = 0.4
    curve: float = 0.85
    #: Weight of what is said in other stories of the brand, which may have nothing to do with it.
    others: float = 0.5
    #: Taken off the log-odds of what nobody answers for, neither an eyewitness nor an editor; and
    #: the more, the more of those who say it have hardly a follower.
    hearsay: float = 0.9
    unknown: float = 1.4
    #: Put on those of what an edited source reports: it is checked, public, and will be copied.
    edited: float = 0.5
    #: Below `knee`, which is `warning`, risk is the root `lift` of the content: what one looks at
    #: may cost a false alarm a week (RepLab's dev brands at watch), what wakes people may not.
    knee: float = 0.5
    lift: float = 0.35
    #: Share of `top` that a severity of 0, 1, 2, 3, 4 lets through: an alarm without any harm
    #: stays below `watch`; severity 3 with alarm .7 is a warning by itself.
    severities: tuple[float, ...] = (0.4, 0.58, 0.75, 0.88, 1.0)
    #: Severity that a harm implies when its probability is 1 (label guide), for the reader's
    #: harms and severity are two heads and one may see what the other misses.
    gravities: Mapping[str, float] = field(default_factory=_gravities)
    #: Severity that is believed without any harm; a harm of probability `named` bears out its own
    #: gravity and `room` more. Measured: costs one of 76 grave posts of the tuning set.
    harmless: float = 1.0
    named: float = 0.5
    room: float = 0.5
    #: Trust in severity implied by harms alone, without the severity head.
    implied: float = 0.8
    #: Of a story whose posts are mostly positive only this much of the alarm is believed, times
    #: the share that is not: below a fifth of positive posts, all of it.
    praise: float = 1.25
    #: An eyewitness with a video turns a grave allegation into a grave fact: .72 -> .84.
    firsthand: float = 0.6
    #: Severity from which that counts, in full at 4: everybody is an eyewitness of his own day.
    witnessed_from: float = 1.5
    #: Anger spreads (Hansen 2018; Pfeffer 2014) but is not itself harm.
    outrage: float = 0.3
    #: Independent authors confirm: three of them lift .72 to .80.
    voices: float = 0.65
    #: Authors after which two thirds of that are reached.
    voices_scale: float = 2.0
    #: Complaints that trickled until it could no longer be chance (`slowburn`), of a harm of
    #: gravity 3 or more: nothing in any one of them would alert, so this must carry a warning.
    slow_burn: float = 0.66
    #: Further sources: another site is another audience.
    sources: float = 0.2
    #: Growth and volume: small, so that they never turn a routine story into an alert.
    growth: float = 0.25
    #: Known followers, from `reach_from` (nothing) to a thousand times that (all).
    reach: float = 0.2
    reach_from: float = 10_000.0
    #: Followers of an author whose number is not known: unknown is not zero (median of the
    #: 4,017 authors in evently's #auspol cascades: 588).
    unknown_followers: float = 600.0
    #: A flood of complaints, however mild each: at most .54, a warning; .18 at 100 authors,
    #: .47 at 500.
    complaints: float = 0.54
    complaints_scale: float = 250.0
    #: Brigading: share of copies that takes nothing, and the one that takes all of `copies`;
    #: some copying is how every story spreads.
    copies: float = 0.45
    #: An accusation that is handed out is looked at all the same: so much is left of its risk.
    looked_at: float = 0.3
    copies_from: float = 0.3
    copies_to: float = 0.9
    #: Fewer copies than this are a coincidence.
    copies_least: int = 5
    #: Accounts with hardly a follower: taken from what copies took, never alone, for an
    #: eyewitness often opens an account to speak.
    fresh: float = 0.5
    #: As if every author were such an account from this share on.
    fresh_to: float = 0.8
