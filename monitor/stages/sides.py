"""Which stories in mind are sides of one event: asked by the docket, decided in the core.

Joins nothing (see `docket`), and keeps nothing but how often each brand is spoken of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import combinations

from monitor.core import excess, seldom
from monitor.core.daily import DAY, Daily
from monitor.core.kinship import Other, are_one, kin, tells_of_another
from monitor.core.policy import Decision
from monitor.core.stories import Stories
from monitor.core.tally import StoryFacts
from monitor.core.types import Incident, Level
from monitor.stages.tracked import TrackedStory


class Sides:
    """Lays stories beside those of live incidents."""

    def __init__(self, stories: Stories, alerted: Mapping[int, TrackedStory]) -> None:
        """`alerted` are the stories that became incidents, as the tracker keeps them."""
        self._stories = stories
        self._alerted = alerted
        self._daily: defaultdict[str, Daily] = defaultdict(Daily)

    def hear(self, brand: str, at: datetime, mentions: int = 1) -> None:
        """So many mentions of a brand were made."""
        self._daily[brand].count(at, mentions)

    def are_apart(self, one: int, other: int) -> bool:
        """People told these stories apart."""
        return self._stories.apart.are(one, other)

    def is_crowded(self, facts: StoryFacts) -> bool:
        """Whether so much is said of the brand that quiet posts may be part of an incident."""
        return self._daily[facts.brand].lately(facts.at) >= excess.DEFAULT.least

    def of(
        self,
        story_id: int,
        facts: StoryFacts,
        decision: Decision,
        live: Mapping[int, Incident],
    ) -> tuple[int, str] | None:
        """The story of a live incident that this one is a side of, and what ties them.

        `facts` and `decision` are of the story by now. One that is to be told must be kin to the
        other; a quiet one is a part of what everybody speaks of. Loud is what stands at `warning`
        or above, and not below what this one reaches.
        """
        least = max(decision.level, Level.WARNING)
        loud = {id_ for id_, incident in live.items() if incident.level >= least}
        if decision.event:
            others = dict(self._others(story_id, facts, live, loud))
            return kin(facts, others) or self._of_seldom(facts, others, live)
        if decision.level >= Level.WATCH:
            return None
        return self._of_excess(story_id, facts, loud)

    def _of_seldom(
        self, facts: StoryFacts, others: Mapping[int, Other], live: Mapping[int, Incident]
    ) -> tuple[int, str] | None:
        warned = {id_ for id_, incident in live.items() if incident.level >= Level.WARNING}
        beside = {i: o for i, o in others.items() if self._alerted[i].incident_id in warned}
        tallies = [one.tally for one in self._alerted.values() if one.tally.brand == facts.brand]
        begun = filter(None, (tally.first_at for tally in tallies))
        return seldom.side_of(facts, beside, begun=begun)

    def _of_excess(
        self, story_id: int, facts: StoryFacts, loud: Collection[int]
    ) -> tuple[int, str] | None:
        daily, rules = self._daily[facts.brand], excess.DEFAULT
        heard = daily.lately(facts.at)
        beside = dict(self._others(story_id, facts, loud, loud))
        spoken = {id_: other.facts.count_since(facts.at - DAY) for id_, other in beside.items()}
        odds = [
            (
                excess.part_of(
                    heard,
                    daily.usual(other.facts.first_at, days=rules.days, known=rules.known),
                    share=spoken[id_] / max(1, sum(spoken.values())),
                    alike=other.alike,
                    near=other.near,
                ),
                -id_,
            )
            for id_, other in beside.items()
            if not tells_of_another(facts, other.facts)
        ]
        best, id_ = max(odds, default=(0.0, 0))
        if best < rules.odds:
            return None
        return -id_, f"one of {heard:.0f} mentions in a day, far more than usual"

    def one_event(self, live: Collection[int], now: datetime) -> tuple[int, int, str] | None:
        """Two stories, the older first, whose live incidents have turned out to be one."""
        open_ = sorted(
            (i, story) for i, story in self._alerted.items() if story.incident_id in live
        )
        facts = [(id_, story.tally.facts(now)) for id_, story in open_]
        for (one, a), (other, b) in combinations(facts, 2):
            if a.brand == b.brand and not self.are_apart(one, other):
                how = are_one(a, b, near=self._stories.near(a.brand, one, other))
                if how:
                    return one, other, how
        return None

    def _others(
        self, story_id: int, facts: StoryFacts, live: Collection[int], loud: Collection[int]
    ) -> Iterator[tuple[int, Other]]:
        """The stories of live incidents of the brand, but for those that people told apart."""
        for id_, story in self._alerted.items():
            is_open = story.incident_id in live and story.tally.brand == facts.brand
            if is_open and not self.are_apart(story_id, id_):
                other = Other(
                    facts=story.tally.facts(facts.at),
                    alike=self._stories.alike(facts.brand, story_id, id_),
                    near=self._stories.near(facts.brand, story_id, id_),
                    is_loud=story.incident_id in loud,
                )
                yield id_, other
