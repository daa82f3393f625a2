"""The assess loop: unread mentions | classify | story, volume, growth, risk, policy | one intent.

Does not fetch or send. One decision is taken for each story that a batch touched, so that a
backlog of a hundred posts of one story is one alert, at the level where they leave it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import structlog

from monitor.core.brands import Matcher
from monitor.core.explain import Word
from monitor.core.growth import GrowthModel
from monitor.core.outbox import IncidentEvent
from monitor.core.settings import Settings
from monitor.core.stories import MERGE_EVERY
from monitor.core.types import Incident, Mention, Status
from monitor.ports import Classifier, Store, Telemetry
from monitor.stages import announce
from monitor.stages.docket import Docket
from monitor.stages.explaining import explain, unexplained
from monitor.stages.gathering import gather
from monitor.stages.inheriting import stood
from monitor.stages.likening import Likening, liken
from monitor.stages.measuring import Measuring
from monitor.stages.reads import Reads
from monitor.stages.recounting import Recounting
from monitor.stages.restoring import Restoring
from monitor.stages.running import Run
from monitor.stages.tracked import Joined
from monitor.stages.tracker import Tracker

log = structlog.get_logger()

BATCH = 64


class Assess:
    """Reads what is unread, files it, and decides."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        classifier: Classifier,
        tracker: Tracker,
        growth: GrowthModel,
        db: Run,
        model: Run,
        telemetry: Telemetry,
        on_event: Callable[[IncidentEvent], None],
        likening: Likening | None = None,
        matcher: Matcher | None = None,
    ) -> None:
        self.settings = settings
        self._reads = Reads(
            classifier=classifier,
            model=model,
            naming=tracker.naming,
            brands=settings.brands,
            matcher=matcher or Matcher(settings.brands),
        )
        self._names = {brand.name: (*brand.aliases, *brand.ambiguous) for brand in settings.brands}
        self._store = store
        self._classifier = classifier
        self._tracker = tracker
        self._likening = likening
        self._db = db
        self._model = model
        self._telemetry = telemetry
        self._on_event = on_event
        self._tidied_at: datetime | None = None
        self._restoring = Restoring(tracker=tracker, store=store, db=db)
        self._recounting = Recounting(tracker=tracker, store=store, db=db)
        self._measuring = Measuring(growth=growth, store=store, db=db)
        #: A step was cut off: the tracker may hold what was not written.
        self.is_torn = False
        #: How often an incident was opened or changed.
        self.changes = 0

    async def start(self, now: datetime) -> None:
        """Rebuild the stories of the last days from the database, if that was not done yet."""
        await self._restoring.start(now)
        self._tracker.watch([brand.name for brand in self.settings.brands], now)
        await self._restoring.count_on()

    async def step(self, now: datetime) -> bool:
        """Take one batch; say whether there was any."""
        self.is_torn = True
        await self._restoring.follow_repairs()
        await self._tidy(now)
        await self._recount(now)
        mentions = await self._db(self._store.unassessed, BATCH)
        if mentions:
            await self.take(mentions, now)
        self.is_torn = False
        return bool(mentions)

    async def take(self, mentions: Sequence[Mention], now: datetime) -> None:
        """Read, file and decide on these, in their order; write once."""
        verdicts = await self._reads.verdicts(mentions, self._tracker.verdict_of)
        await self._restoring.follow_edits(mentions)
        docket = self._docket(now)
        touched = docket.file(mentions, verdicts)
        burns = self._tracker.burning(mentions)
        stay = await gather(docket, self._tracker, burns, store=self._store, db=self._db)
        # What smoulders may have taken a story of the batch in.
        there = (docket.home(story_id) for story_id in touched)
        await self._decide(docket, list(dict.fromkeys((*there, *stay))))

    async def _decide(self, docket: Docket, touched: Sequence[int]) -> bool:
        """Judge these and write it; False: it was not written."""
        await self._db(self._judge, docket, touched)
        await self._explain(docket)
        if docket.tidings.news:
            if self._likening:
                readings = self._reads.readings
                await liken(docket, self._likening, model=self._model, readings=readings)
            coverage = announce.coverage_of(await self._db(self._store.source_states))
            last = await self._db(stood, self._store, docket.tidings.merged)
            key = await self._db(lambda: self._store.link_key)
            docket.announce(coverage, key=key, stood=last)
        return await self._write(docket)

    async def _explain(self, docket: Docket) -> None:
        """Find out which words moved the alarm of what people are told."""
        asked = unexplained(docket.tracked, docket.tidings.told)
        found = await self._words([mention for _, mention in asked])
        for (story, mention), words in zip(asked, found, strict=True):
            story.words[mention.id] = words
        docket.explain({i: story.names for i, story in docket.tracked.items()})

    async def _words(self, mentions: Sequence[Mention]) -> Sequence[tuple[Word, ...]]:
        if not mentions:
            return ()
        try:
            return await self._model(
                explain, self._classifier, self._reads.readings(mentions), self._names
            )
        except Exception:
            # An alert without its words is better than no alert.
            log.exception("words could not be told", texts=len(mentions))
            return [() for _ in mentions]

    async def _write(self, docket: Docket) -> bool:
        if not await self._db(self._record, docket):
            log.info("what it rests on was changed or pruned meanwhile, the batch is taken again")
            await self._restoring.follow_repairs(docket.stories)
            return False
        self._tracker.written()
        for event in docket.outgoing.events:
            self._telemetry.alerted(event.type, event.at - event.incident.first_seen_at)
            self._on_event(event)
        return True

    def _judge(self, docket: Docket, touched: Sequence[int]) -> None:
        """Runs where the store runs: which incidents are concerned shows on the way."""
        known = self._incidents_of(touched)
        for story_id in touched:
            docket.judge(story_id, known)
        self.changes += docket.changes

    def _record(self, docket: Docket) -> bool:
        """All in one transaction: an alert must not be lost between two of them.

        False, and nothing is written, if the docket knows nothing of the newest repair or answer,
        or rests on words that were changed or taken back while they were read, or on mentions that
        were pruned while their story went on.
        """
        intent = docket.intent()
        with self._store.transaction():
            if self._is_outdated(docket) or not self._store.has_mentions(intent.mentions):
                return False
            docket.outgoing.write(self._store, intent, self.settings)
        return True

    def _is_outdated(self, docket: Docket) -> bool:
        is_regrouped = bool(self._restoring.repaired().stories)
        is_reworded = bool(self._store.changed(docket.read))
        return is_regrouped or is_reworded or docket.outgoing.is_outdated(self._store)

    async def _recount(self, now: datetime) -> None:
        """Judge a story anew whose posts are passed on and answered, though nobody posted."""
        if grown := await self._recounting.grown(now):
            docket = self._docket(now)
            for story_id in grown:
                docket.freshen(story_id)
            if not await self._decide(docket, grown):
                # No batch comes again for it: nobody posted.
                self._recounting.owe(grown)

    async def _tidy(self, now: datetime) -> None:
        """Every ten minutes: forget stories gone quiet, join those that turned out to be one."""
        if self._tidied_at is not None and now - self._tidied_at < MERGE_EVERY:
            return
        self._tidied_at = now
        await self._measuring.measure(now)
        # First: what goes into a story that has ended would end with it, before it is judged.
        self._tracker.expire(now)
        joined = [*self._tracker.merge(now), *await self._one_event(now)]
        if joined:
            docket = self._docket(now)
            docket.join(joined, *await self._db(self._standing, joined))
            # A story that took one in may have gone into a third in the same pass.
            gone = {one.merge.gone for one in joined}
            kept = dict.fromkeys(one.merge.kept for one in joined)
            stay = [story_id for story_id in kept if story_id not in gone]
            # Two halves together may be what neither was.
            for story_id in stay:
                docket.freshen(story_id)
            await self._decide(docket, stay)

    async def _one_event(self, now: datetime) -> list[Joined]:
        """Join live incidents that grew into one, pair by pair: two may be near a third."""
        live = await self._db(self._live)
        found = []
        while pair := self._tracker.sides.one_event(live, now):
            found.append(self._tracker.join(*pair))
        return found

    def _docket(self, now: datetime) -> Docket:
        return Docket(
            now=now,
            settings=self.settings,
            tracker=self._tracker,
            outlook=self._measuring.outlook,
            story_ids=self._restoring.story_ids,
            incident_ids=self._restoring.incident_ids,
            live=self._live,
        )

    def _live(self) -> dict[int, Incident]:
        return {incident.id: incident for incident in self._store.live_incidents()}

    def _standing(
        self, joined: Sequence[Joined]
    ) -> tuple[dict[int, Incident], dict[int, Incident]]:
        """The live incidents, and those of the stories that stay that people dismissed."""
        known = self._found(one.kept.incident_id for one in joined).values()
        dismissed = {one.id: one for one in known if one.status is Status.DISMISSED}
        return self._live(), dismissed

    def _incidents_of(self, story_ids: Sequence[int]) -> dict[int, Incident]:
        """The incidents that these stories became, over or not."""
        return self._found(self._tracker.story(story_id).incident_id for story_id in story_ids)

    def _found(self, incident_ids: Iterable[int | None]) -> dict[int, Incident]:
        found = [self._store.incident(i) for i in set(incident_ids) if i is not None]
        return {incident.id: incident for incident in found if incident is not None}
