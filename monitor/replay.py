"""Replay: dated mentions through the same loops on a virtual clock, without network.

Does not read the wall clock for anything but the summary. The same input, model and settings
give the same events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.core.brandnames import meant, names_of
from monitor.core.brands import Matcher
from monitor.core.genres import genre
from monitor.core.growth import GrowthModel
from monitor.core.holding import Holding
from monitor.core.intake import Intake, take_in, with_reposts
from monitor.core.outbox import IncidentEvent
from monitor.core.polling import NewMention, PollIntent, Reread, SourceHealth, SourceState
from monitor.core.precedents import Precedent
from monitor.core.records import Record, in_order
from monitor.core.settings import Settings, SourceSettings
from monitor.core.stories import Stories
from monitor.core.timers import next_due
from monitor.core.types import Incident, Reading, Verdict, full_text
from monitor.core.volume import Volume
from monitor.ports import Classifier, Store
from monitor.stages.assess import Assess
from monitor.stages.likening import Likening
from monitor.stages.respond import Respond
from monitor.stages.running import inline
from monitor.stages.tracker import Tracker

#: Timers fire for this long after the last record.
EPILOGUE = timedelta(hours=24)
_EVER = datetime.max.replace(tzinfo=UTC)
#: Records that are classified ahead in one go.
AHEAD = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a replay came to."""

    mentions: int
    incidents: int
    alerts: int


class Foreseen:
    """A classifier that has read what is coming: verdicts do not depend on the time."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._known: dict[Reading, Verdict] = {}
        self.name = classifier.name

    def foresee(self, readings: Sequence[Reading]) -> dict[Reading, Verdict]:
        """Read these now; may run beside the rest."""
        wanted = tuple(dict.fromkeys(readings))
        return dict(zip(wanted, self._classifier.classify(wanted), strict=True))

    def know(self, verdicts: dict[Reading, Verdict]) -> None:
        """Answer from these, and forget all others."""
        self._known = verdicts

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        missing = tuple(reading for reading in readings if reading not in self._known)
        if missing:
            self._known |= zip(missing, self._classifier.classify(missing), strict=True)
        return tuple(self._known[reading] for reading in readings)


class NoTelemetry:
    """Counts nothing: a replay shows no metrics."""

    def polled(self, source: str, outcome: str, seconds: float) -> None:
        """Not counted."""

    def mentioned(self, source: str, brands: Sequence[str]) -> None:
        """Not counted."""

    def classified(self, count: int, seconds: float) -> None:
        """Not counted."""

    def alerted(self, type_: str, lag: timedelta) -> None:
        """Not counted."""

    def delivered(self, webhook: str, outcome: str) -> None:
        """Not counted."""


class Replay:
    """Plays records in the order in which they could have been seen."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        classifier: Classifier,
        growth: GrowthModel,
        on_event: Callable[[IncidentEvent], None],
        precedents: Sequence[Precedent] = (),
    ) -> None:
        self._settings = settings
        self._store = store
        self._classifier = Foreseen(classifier)
        self._descriptions = {brand.name: brand.description for brand in settings.brands}
        self._matcher = Matcher(settings.brands)
        self._names = names_of(settings.brands)
        self._on_event = on_event
        self._holding = Holding(settings)
        self._alerts = self._mentions = 0
        self._incidents: set[int] = set()
        self._strikes: dict[int, tuple[Incident, datetime | None]] = {}
        #: The next strike, and the state of incidents and clock that it was found in.
        self._timer: tuple[tuple[int, int], datetime | None] | None = None
        self._rung = 0
        #: What the virtual clock shows.
        self._at = datetime.min.replace(tzinfo=UTC)
        self._sources: dict[str, tuple[SourceSettings, SourceState]] = {}
        #: Records that were taken in, by source and id.
        self._taken: set[tuple[str, str]] = set()
        #: What a repost of them says, by source and id: of a repost, what its original says.
        self._said: dict[tuple[str, str], tuple[NewMention, ...]] = {}
        self._assess = Assess(
            settings=settings,
            store=store,
            classifier=self._classifier,
            tracker=Tracker(stories=Stories(), volume=Volume()),
            growth=growth,
            db=inline,
            model=inline,
            telemetry=NoTelemetry(),
            on_event=self._tell,
            likening=Likening(precedents, self._classifier),
            matcher=self._matcher,
        )
        self._respond = Respond(
            settings=settings, store=store, db=inline, on_event=self._tell, operational=False
        )

    async def play(self, records: Iterable[Record]) -> Summary:
        """Play them all, then let the timers run out."""
        ordered = list(in_order(records))
        if ordered:
            self._open_sources(ordered)
            await self._assess.start(ordered[0].seen_at)
            with ThreadPoolExecutor(1, "foresee") as thread:
                for seen in self._foreseen(ordered, thread):
                    for record, taken in seen:
                        await self._see(record, taken)
            await self._wait_until(ordered[-1].seen_at + EPILOGUE)
        # What is held at the end goes out later, and nothing can come between.
        self._send(self._holding.release(_EVER))
        return Summary(
            mentions=self._mentions, incidents=len(self._incidents), alerts=self._alerts
        )

    def _take_in(self, record: Record) -> Intake:
        again = record.key in self._taken
        self._taken.add(record.key)
        if record.deleted or (again and record.is_reading):
            return Intake()
        source, _ = self._sources[record.source]
        item = record.item
        if item.brand is not None:
            item = replace(item, brand=meant(item.brand, self._names))
        originals = self._said.get((record.source, item.repost_of or ""), ())
        if originals:
            # Who reposts a repost passes the original on: it goes when that is deleted.
            item = replace(item, repost_of=originals[0].native_id)
        now = record.seen_at
        taken = take_in([item], source, matcher=self._matcher, first_poll=False, now=now)
        whole = with_reposts(taken, originals, matcher=self._matcher, now=now)
        said = taken.mentions or (originals if whole.mentions else ())
        self._said[record.key] = said or self._said.get(record.key, ())
        return whole

    async def _see(self, record: Record, taken: Intake) -> None:
        now = record.seen_at
        await self._wait_until(now)
        _, state = self._sources[record.source]
        intent = replace(
            _answered(replace(state, last_success_at=now), at=now),
            items=1,
            mentions=taken.mentions,
            owned=taken.owned,
            deleted=(record.item.native_id,) if record.deleted else (),
        )
        self._mentions += self._store.record_poll(intent)
        if record.is_reading:
            self._store.record_reread(_reading_of(record, state))
        await self._assess.step(now)
        if taken.owned:
            await self._respond.step(now)
            self._rung += 1

    async def _wait_until(self, now: datetime) -> None:
        """Fire the timers that are due before `now`, each at its own moment, none in the past."""
        while (at := self._next_timer()) is not None and at < now:
            self._at = max(self._at, at)
            await self._respond.step(self._at)
            self._rung += 1
        self._at = now

    def _next_timer(self) -> datetime | None:
        state = self._assess.changes, self._rung
        if self._timer is None or self._timer[0] != state:
            due = (self._due(incident) for incident in self._store.live_incidents())
            self._timer = state, min((at for at in due if at is not None), default=None)
        return self._timer[1]

    def _due(self, incident: Incident) -> datetime | None:
        """When the clock of this incident strikes next; found anew only when it has changed."""
        known = self._strikes.get(incident.id)
        if known is None or known[0] != incident:
            known = incident, next_due(incident, self._settings.alerts)
            self._strikes[incident.id] = known
        return known[1]

    def _foreseen(
        self, records: Sequence[Record], thread: ThreadPoolExecutor
    ) -> Iterator[Sequence[tuple[Record, Intake]]]:
        """Chunk by chunk; while one is played, the model reads the next."""
        ahead: deque[tuple[list[tuple[Record, Intake]], Future[dict[Reading, Verdict]]]] = deque()
        for chunk in _chunks(records, AHEAD):
            seen = [(record, self._take_in(record)) for record in chunk]
            ahead.append((seen, thread.submit(self._classifier.foresee, self._readings(seen))))
            if len(ahead) > 1:
                yield self._known(*ahead.popleft())
        yield self._known(*ahead.popleft())

    def _known(
        self, seen: list[tuple[Record, Intake]], verdicts: Future[dict[Reading, Verdict]]
    ) -> list[tuple[Record, Intake]]:
        self._classifier.know(verdicts.result())
        return seen

    def _readings(self, seen: Iterable[tuple[Record, Intake]]) -> list[Reading]:
        return [self._reading(mention) for _, taken in seen for mention in taken.mentions]

    def _reading(self, mention: NewMention) -> Reading:
        return Reading(
            brand=mention.brand,
            description=self._descriptions.get(mention.brand, ""),
            text=full_text(mention.title, mention.text),
            source=genre(mention.kind),
        )

    def _open_sources(self, records: Sequence[Record]) -> None:
        names = dict.fromkeys(record.source for record in records)
        sources = [
            SourceSettings(name=name, kind=name, url=f"replay:{name}", every=timedelta(minutes=1))
            for name in names
        ]
        now = records[0].seen_at
        self._store.sync_sources(sources, now=now)
        # None of them is blind, though some have nothing to say before much later.
        for state in self._store.source_states():
            self._store.record_poll(_answered(state, at=now))
        states = {state.name: state for state in self._store.source_states()}
        self._sources = {one.name: (one, states[one.name]) for one in sources}

    def _tell(self, event: IncidentEvent) -> None:
        self._incidents.add(event.incident.id)
        self._send(self._holding.take(event))

    def _send(self, events: Iterable[IncidentEvent]) -> None:
        for event in events:
            self._alerts += 1
            self._on_event(event)


def _answered(state: SourceState, *, at: datetime) -> PollIntent:
    source = replace(state, state=SourceHealth.HEALTHY, note="")
    return PollIntent(source=source, at=at, outcome="ok", status=None, seconds=0.0)


def _reading_of(record: Record, source: SourceState) -> Reread:
    post = record.item.native_id
    counts = {post: record.item.engagement}
    return Reread(source_id=source.id, at=record.seen_at, asked=(post,), counts=counts)


def _chunks(records: Sequence[Record], size: int) -> Iterable[Sequence[Record]]:
    return (records[at : at + size] for at in range(0, len(records), size))
