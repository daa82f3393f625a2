"""People repair a wrong grouping: rows, the policy's answer and alerts, in one transaction.

Works whether or not the daemon runs: it finds the repair in the database, and follows (see
`assess`). Does not decide what may be repaired (see `core.repairs`), nor who is told (`docket`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from monitor.core import repairs
from monitor.core.filing import NewAction, Regrouping, Remembered
from monitor.core.growth import GrowthModel
from monitor.core.inheriting import known_at_least
from monitor.core.outlook import Outlook
from monitor.core.repairs import FiledStory, Group, Hand, Joining, Parting, Wish
from monitor.core.settings import Settings
from monitor.core.stories import Stories
from monitor.core.types import Incident
from monitor.core.volume import Volume
from monitor.errors import InputError, NotFoundError
from monitor.ports import Store
from monitor.stages import announce
from monitor.stages.docket import Docket
from monitor.stages.inheriting import stood
from monitor.stages.news import News, merged
from monitor.stages.tracker import Tracker


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was done, and the incidents as they stand now; None: a story that is none."""

    regrouping: Regrouping
    source: Incident | None
    target: Incident | None


class Repair:
    """Carries out what people want of the grouping.

    Every method raises `NotFoundError` for an unknown id, and `InputError` for what cannot be.
    """

    def __init__(self, *, store: Store, settings: Settings, growth: GrowthModel) -> None:
        self._store = store
        self._settings = settings
        outlook = Outlook(model=growth)
        self._outlook = outlook.learnt(store.story_sizes(), store.past_stories())

    def grant(self, incident_id: int, wish: Wish, *, hand: Hand) -> Outcome:
        """What somebody who looks at the incident wants of it."""
        match wish:
            case Joining():
                return self.merge(wish.into, incident_id, hand=hand)
            case Parting():
                return self.split(incident_id, wish.mention_ids, hand=hand)

    def merge(self, kept_id: int, gone_id: int, *, hand: Hand) -> Outcome:
        """The second incident becomes part of the first."""
        with self._store.transaction():
            kept, gone = self._group(kept_id), self._group(gone_id)
            repair = repairs.merge(kept, gone, hand=hand)
            news = merged(gone.incident, kept_id, repair)
            if not gone.incident.status.is_live:
                # Nobody waits for an answer to it: there is nothing to announce.
                self._store.record_action(news.incident, _action(news, hand), ())
                return self._carry_out(repair, gone.story, kept.story)
            return self._carry_out(repair, gone.story, kept.story, [news])

    def split(self, incident_id: int, mention_ids: Sequence[int], *, hand: Hand) -> Outcome:
        """These mentions become a story of their own."""
        with self._store.transaction():
            group = self._group(incident_id)
            for mention_id in mention_ids:
                self._require_mention(mention_id)
            own = FiledStory(id=self._store.next_story_id(), filed=())
            repair = repairs.split(group, mention_ids, to_story=own.id, hand=hand)
            return self._carry_out(repair, group.story, own)

    def move(self, mention_id: int, incident_id: int, *, hand: Hand) -> Outcome:
        """The mention goes to the incident."""
        with self._store.transaction():
            one, target = self._read(mention_id), self._group(incident_id)
            origin = self._story(one.story_id) if one.story_id else None
            repair = repairs.move(one.mention, origin, target, hand=hand)
            return self._carry_out(repair, origin or FiledStory(id=0, filed=(one,)), target.story)

    def _carry_out(
        self, repair: Regrouping, source: FiledStory, target: FiledStory, news: Sequence[News] = ()
    ) -> Outcome:
        """Regroup, ask the policy about the stories as they are now, and write it all."""
        bench = self._bench(repair, source, target)
        known = {story.incident.id: story.incident for story in (source, target) if story.incident}
        docket = self._docket(bench, repair)
        docket.repair(repair, news)
        if target.incident and source.incident and news:
            known[target.incident.id] = known_at_least(target.incident, source.incident)
        if source.incident and repair.verb != "merge":
            rest = [m for m in source.mentions if m.id not in repair.mention_ids]
            facts = bench.story(source.id).tally.facts(repair.at)
            known[source.incident.id] = repairs.retitled(source.incident, facts, rest)
            docket.judge(source.id, known)
        docket.judge(target.id, known)
        coverage = announce.coverage_of(self._store.source_states())
        last = stood(self._store, docket.tidings.merged)
        docket.announce(coverage, key=self._store.link_key, stood=last)
        left = source.incident.id if source.incident else None
        into = bench.story(target.id).incident_id
        actions = repairs.actions(repair, source=left, target=into)
        intent = replace(docket.intent(), actions=actions)
        docket.outgoing.write(self._store, intent, self._settings)
        return Outcome(regrouping=repair, source=self._now(left), target=self._now(into))

    def _bench(self, repair: Regrouping, source: FiledStory, target: FiledStory) -> Tracker:
        """A tracker with nothing but the stories in question, as the repair leaves them."""
        into = target.incident.id if target.incident else None
        filed = repairs.applied(repair, (*source.filed, *target.filed), incident_id=into)
        bench = Tracker(stories=Stories(), volume=Volume())
        bench.reload((), filed, apart=[(source.id, target.id)])
        return bench

    def _docket(self, bench: Tracker, repair: Regrouping) -> Docket:
        return Docket(
            now=repair.at,
            settings=self._settings,
            tracker=bench,
            outlook=self._outlook,
            # Its only new story has its id already.
            story_ids=iter(()),
            incident_ids=count(self._store.next_incident_id()),
            # What people put is not to join anything by itself.
            live=dict,
        )

    def _group(self, incident_id: int) -> Group:
        incident = self._store.incident(incident_id)
        if incident is None:
            raise NotFoundError(f"there is no incident {incident_id}")
        story_id = self._store.story_of(incident_id)
        if story_id is None:
            raise InputError(f"incident {incident_id} has no story: nothing of it can be repaired")
        filed = tuple(self._store.remembered_of([story_id]))
        return Group(
            incident=incident,
            story=FiledStory(id=story_id, filed=filed, incident=incident),
            part_of=self._store.survivor_of(incident_id),
        )

    def _story(self, story_id: int) -> FiledStory:
        filed = tuple(self._store.remembered_of([story_id]))
        incident_id = filed[0].incident_id
        return FiledStory(id=story_id, filed=filed, incident=self._now(incident_id))

    def _read(self, mention_id: int) -> Remembered:
        self._require_mention(mention_id)
        found = self._store.remembered_one(mention_id)
        if found is None:
            raise InputError(f"mention {mention_id} has not been read yet; try again in a moment")
        return found

    def _require_mention(self, mention_id: int) -> None:
        if not self._store.has_mentions((mention_id,)):
            raise NotFoundError(f"there is no mention {mention_id}")

    def _now(self, incident_id: int | None) -> Incident | None:
        return None if incident_id is None else self._store.incident(incident_id)


def _action(news: News, hand: Hand) -> NewAction:
    verb, text = news.action or ("", "")
    return NewAction(
        incident_id=news.incident.id, at=hand.at, actor=hand.actor, verb=verb, text=text
    )
