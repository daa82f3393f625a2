"""One story weighed as it stands: what it comes to, and what is decided of it.

Pure, but for what the outlook has learnt; keeps nothing and tells nobody (see `docket`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core import incidents
from monitor.core.filing import NewDecision
from monitor.core.outlook import Outlook
from monitor.core.policy import Decision, decide
from monitor.core.risk import assess
from monitor.core.settings import AlertSettings
from monitor.core.tally import StoryFacts
from monitor.core.types import Forecast, Incident, Risk
from monitor.core.volume import Surprise
from monitor.stages.tracked import TrackedStory


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """What is known of a story, how big it may get, how grave that is, and what follows."""

    facts: StoryFacts
    forecast: Forecast | None
    risk: Risk
    decision: Decision

    def opened(self, incident_id: int, now: datetime) -> Incident:
        """A new incident of it."""
        return incidents.opened(
            incident_id, self.facts, risk=self.risk, decision=self.decision, now=now
        )

    def updated(self, incident: Incident, now: datetime) -> Incident:
        """Its incident as it stands from now on."""
        return incidents.updated(
            incident,
            self.facts,
            risk=self.risk,
            decision=self.decision,
            forecast=self.forecast,
            now=now,
        )

    def noted(
        self, story_id: int, incident_id: int | None, *, mention_id: int | None, now: datetime
    ) -> NewDecision:
        """What is kept of the decision; `mention_id` is the newest that it rests on."""
        return NewDecision(
            at=now,
            story_id=story_id,
            incident_id=incident_id,
            reason=self.decision.sentence,
            level=self.decision.level,
            risk=self.risk.value,
            parts=self.risk.parts,
            mention_id=mention_id,
        )


def weigh(
    story: TrackedStory,
    before: Incident | None,
    *,
    surprise: Surprise | None,
    outlook: Outlook,
    settings: AlertSettings,
    now: datetime,
    fresh: bool,
) -> Weighed:
    """Weigh a story; `before` is its incident as it stood, None if it is none yet."""
    facts = story.tally.facts(now)
    expected = outlook(facts, now)
    risk = assess(
        facts, forecast=expected, surprise=surprise, burn=story.burn, others=story.others
    )
    decision = decide(before, risk=risk, facts=facts, settings=settings, now=now, fresh=fresh)
    return Weighed(facts=facts, forecast=expected, risk=risk, decision=decision)
