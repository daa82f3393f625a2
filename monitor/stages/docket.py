"""One assessment in the making: what was filed, judged and announced, until it is written once.

Does no I/O: it works on the tracker in memory and ends in an `AssessIntent`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial

from monitor.core.explain import explained
from monitor.core.filing import AssessIntent, NewDecision, Regrouping
from monitor.core.incidents import alerted
from monitor.core.inheriting import known_at_least
from monitor.core.outbox import Coverage
from monitor.core.outlook import Outlook
from monitor.core.policy import newly_on
from monitor.core.settings import Settings
from monitor.core.types import Incident, Level, Mention, Resemblance, Verdict
from monitor.stages import announce
from monitor.stages.filings import Filings
from monitor.stages.hindsight import take
from monitor.stages.inheriting import Stood
from monitor.stages.news import (
    MERGED,
    UPDATED,
    News,
    another_side,
    decided,
    merged,
    renewed,
    settled,
)
from monitor.stages.outgoing import Outgoing
from monitor.stages.tidings import Tidings
from monitor.stages.tracked import Joined, TrackedStory
from monitor.stages.tracker import Tracker
from monitor.stages.weighing import Weighed, weigh


class Docket:
    """Collects the consequences of one batch."""

    def __init__(
        self,
        *,
        now: datetime,
        settings: Settings,
        tracker: Tracker,
        outlook: Outlook,
        story_ids: Iterator[int],
        incident_ids: Iterator[int],
        live: Callable[[], Mapping[int, Incident]],
    ) -> None:
        """`live` reads the live incidents, at most once: where a story may be a side of one."""
        self._now = now
        self._settings = settings
        self._tracker = tracker
        self._outlook = outlook
        self._story_ids = story_ids
        self._incident_ids = incident_ids
        self._live = cache(live)
        self._filings = Filings()
        self._incidents: dict[int, tuple[Incident, int]] = {}
        self._members: list[tuple[int, int]] = []
        self._decisions: list[NewDecision] = []
        self.tidings = Tidings()
        self.outgoing = Outgoing()
        #: The story that one is part of by now.
        self.home = self._filings.home

    def file(self, mentions: Sequence[Mention], verdicts: Sequence[Verdict]) -> list[int]:
        """Put each mention to its story; return the stories touched, in order."""
        touched: dict[int, None] = {}
        new_id = partial(next, self._story_ids)
        for mention, verdict in zip(mentions, verdicts, strict=True):
            self._filings.read(mention, verdict)
            for one in take(self._tracker, mention, verdict, now=self._now, new_id=new_id):
                touched[self._filings.put(one)] = None
        return list(touched)

    @property
    def read(self) -> Sequence[Mention]:
        """What this rests on, as it was when it was read."""
        return self._filings.mentions

    @property
    def changes(self) -> int:
        """How many incidents this opens or changes."""
        return len(self._incidents)

    def judge(self, story_id: int, known: Mapping[int, Incident]) -> None:
        """Decide about one story, and keep the decision, the silent one too.

        `known` are the incidents that stories of the batch became, by id. A story that would open
        an incident but is another side of one that is open joins it instead.
        """
        if self._filings.is_gone(story_id):
            return
        story = self._tracker.story(story_id)
        before = self._known(story.incident_id, known)
        weighed = self._weigh(story_id, story, before)
        if before is None and self._joins(story_id, weighed):
            return
        incident = before or self._open(story_id, weighed)
        if incident is not None:
            incident = weighed.updated(incident, self._now)
            self.tidings.parts[incident.id] = weighed.risk.parts
            self._keep(story_id, story, incident, is_new=before is None)
            self._tell(story_id, incident, before, weighed)
        self._decisions.append(
            weighed.noted(
                story_id,
                incident.id if incident else None,
                mention_id=max(self._filings.came_to(story_id), default=None),
                now=self._now,
            )
        )

    def _tell(
        self, story_id: int, incident: Incident, before: Incident | None, weighed: Weighed
    ) -> None:
        """What was decided; a side of it too, unless there is greater news of it anyway."""
        parts, decision, side = weighed.risk.parts, weighed.decision, self.tidings.sides
        if decision.event is not None:
            news = decided(story_id, incident, before=before, decision=decision, parts=parts)
            self.tidings.news.append(news)
        elif story_id in side and incident.id not in self.tidings.told:
            told = alerted(incident, UPDATED, now=self._now)
            self._incidents[incident.id] = (told, story_id)
            spread = newly_on(incident, weighed.facts)
            news = another_side(story_id, told, parts=parts, title=side[story_id], spread=spread)
            self.tidings.news.append(news)

    def _weigh(self, story_id: int, story: TrackedStory, before: Incident | None) -> Weighed:
        return weigh(
            story,
            before,
            surprise=self._filings.surprise.get(story_id) or self._tracker.heard(story, self._now),
            outlook=self._outlook,
            settings=self._settings.alerts,
            now=self._now,
            fresh=story_id in self._filings.fresh,
        )

    def lay_to(self, kept: int, story_id: int) -> None:
        """A story is about to go into another one: if it would be a page, people are told so."""
        alone = self._weigh(story_id, self._tracker.story(story_id), None)
        if alone.decision.level >= Level.WARNING:
            self.tidings.sides[kept] = alone.facts.title

    def _known(self, incident_id: int | None, live: Mapping[int, Incident]) -> Incident | None:
        """The incident as it stands, with what this docket has changed of it already."""
        changed, _ = self._incidents.get(incident_id or 0, (None, 0))
        return changed or self.outgoing.rests_on(live.get(incident_id or 0))

    def _joins(self, story_id: int, weighed: Weighed) -> bool:
        """What would be a page is told as news of an incident; a quiet side is only filed."""
        facts, decision = weighed.facts, weighed.decision
        if not decision.event and not self._tracker.sides.is_crowded(facts):
            return False
        live = self._live()
        # What this docket touched may be over: a dismissed one must not swallow what is new.
        changed = {i: one for i, (one, _) in self._incidents.items() if one.status.is_live}
        found = self._tracker.sides.of(story_id, facts, decision, {**live, **changed})
        if found is None:
            return False
        kept, how = found
        self.join([self._tracker.join(kept, story_id, how)], live)
        if story_id in self._filings.fresh:
            self._filings.fresh.add(kept)
        if decision.level >= Level.WARNING:
            self.tidings.sides[kept] = facts.title
        self.judge(kept, live)
        return True

    def join(
        self,
        joined: Iterable[Joined],
        live: Mapping[int, Incident],
        dismissed: Mapping[int, Incident] = {},
    ) -> None:
        """Let incidents follow their stories: that of the story that goes is merged.

        Not into one that people `dismissed`: it stands for both then, as nobody said so of it.
        """
        for merge, kept, gone in joined:
            regrouping = self._filings.merge(merge, gone.mention_ids, self._now)
            if gone.incident_id in live and (over := dismissed.get(kept.incident_id or 0)):
                self._incidents[over.id] = (self.outgoing.rests_on(over), merge.gone)
                kept.incident_id = None
            if kept.incident_id is None:
                # The story that is kept here may have gone into a third in the same pass.
                kept.incident_id = gone.incident_id
                self._tracker.index(merge.kept)
                self._enter(kept, kept.mention_ids)
            elif gone.incident_id is not None and gone.incident_id in live:
                lost = self.outgoing.rests_on(live[gone.incident_id])
                self.tidings.news.append(merged(lost, kept.incident_id, regrouping))
                if survivor := self._known(kept.incident_id, live):
                    self._incidents[survivor.id] = (known_at_least(survivor, lost), merge.kept)

    def freshen(self, story_id: int) -> None:
        """Something new was said in this story, wherever it was filed at first."""
        self._filings.fresh.add(story_id)

    def repair(self, repair: Regrouping, news: Iterable[News] = ()) -> None:
        """A person regrouped what is in the tracker; `news` is what to say of that itself."""
        self._filings.regroup(repair)
        self._filings.fresh |= {repair.to_story, repair.from_story or repair.to_story}
        self.tidings.news += news

    @property
    def stories(self) -> frozenset[int]:
        """The stories that this changed."""
        return self._filings.stories | {story_id for _, story_id in self._incidents.values()}

    @property
    def tracked(self) -> dict[int, TrackedStory]:
        """Stories of the incidents that this opens or changes, by incident."""
        return {i: self._story(story_id) for i, (_, story_id) in self._incidents.items()}

    def explain(self, names: Mapping[int, Sequence[str]]) -> None:
        """Say which words moved the alarm, by incident."""
        self.tidings.explain(names)
        self._decisions = [
            replace(one, parts=explained(one.parts, names.get(one.incident_id or 0, ())))
            for one in self._decisions
        ]

    def liken(self, found: Mapping[int, tuple[Resemblance, ...]]) -> None:
        """Say which well-known cases resemble an incident, by incident."""
        for incident_id, alike in found.items():
            incident, story_id = self._incidents[incident_id]
            self._incidents[incident_id] = replace(incident, resembles=alike), story_id

    def announce(self, coverage: Coverage, *, key: bytes, stood: Mapping[int, Stood]) -> None:
        """Turn what is news into events and alerts; `stood` is of those that are merged away."""
        for news in map(self._newest, settled(self.tidings.news)):
            stands = Stood(news.parts, self._story(news.story_id).evidence)
            last = stood[news.incident.id] if news.type == MERGED else stands
            told = announce.event(
                news.type,
                news.incident,
                parts=last.parts,
                reason=news.sentence,
                evidence=last.evidence,
                coverage=coverage,
                settings=self._settings,
                now=self._now,
                key=key,
            )
            self.outgoing.tell(news, told, self._settings)

    def _newest(self, news: News) -> News:
        """The news with the incident and the parts as the batch leaves them."""
        if news.type == MERGED or news.incident.id not in self._incidents:
            return news
        incident, story_id = self._incidents[news.incident.id]
        news = replace(
            news, incident=incident, story_id=story_id, parts=self.tidings.parts[incident.id]
        )
        return renewed(news, self._settings.alerts)

    def intent(self) -> AssessIntent:
        """All that is to be written."""
        return AssessIntent(
            at=self._now,
            verdicts=tuple(self._filings.verdicts),
            filed=tuple(self._filings.filed),
            regroupings=tuple(self._filings.regroupings),
            incidents=tuple(self._incidents.values()),
            members=tuple(self._members),
            decisions=tuple(self._decisions),
            alerts=tuple(self.outgoing.alerts),
        )

    def _open(self, story_id: int, weighed: Weighed) -> Incident | None:
        if weighed.decision.level < Level.WATCH or weighed.decision.event is None:
            return None
        incident_id = next(self._incident_ids)
        self._tracker.enter(story_id, incident_id)
        return weighed.opened(incident_id, self._now)

    def _keep(
        self, story_id: int, story: TrackedStory, incident: Incident, *, is_new: bool
    ) -> None:
        self._incidents[incident.id] = (incident, story_id)
        self._enter(story, story.mention_ids if is_new else self._filings.came_to(story_id))

    def _enter(self, story: TrackedStory, mention_ids: Iterable[int]) -> None:
        """These become mentions of the incident, if it is one and its story counts them."""
        if (incident_id := story.incident_id) is not None:
            self._members += [(incident_id, id_) for id_ in mention_ids if story.tally.holds(id_)]

    def _story(self, story_id: int) -> TrackedStory:
        return self._tracker.story(self.home(story_id))
