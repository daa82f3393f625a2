"""A small world for the loops: real SQLite in memory, fakes for all that lies outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.adapters.store import SqliteStore
from monitor.config.freeze import shipped_model
from monitor.core.growth import GrowthModel
from monitor.core.outbox import IncidentEvent
from monitor.core.polling import RawItem
from monitor.core.settings import (
    AlertSettings,
    Brand,
    Secret,
    Settings,
    SourceSettings,
    WebhookSettings,
)
from monitor.core.stories import Stories
from monitor.core.types import Level
from monitor.core.volume import Volume
from monitor.sources.kind import Kind
from monitor.sources.registry import KINDS
from monitor.stages.assess import Assess
from monitor.stages.poll import Poll
from monitor.stages.respond import Respond
from monitor.stages.running import inline
from monitor.stages.tracker import Tracker
from tests.fakes import FakeClassifier, FakeClock, FakeFetcher, FakeReader, FakeTelemetry, page

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FEED = "https://feeds.example/a"
SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

BRAND = Brand(
    name="Meridian Air",
    description="regional airline",
    aliases=("Meridian Air",),
    ambiguous=("Meridian",),
    owned=("@meridianair", "meridianair.example"),
)
HOOK = WebhookSettings(
    name="leadership",
    url=Secret("https://hooks.example/x"),
    secrets=(SECRET,),
    min_level=Level.WATCH,
)
SETTINGS = Settings(
    database=Path(":memory:"),
    model=shipped_model(),
    contact="mailto:a@example.com",
    brands=(BRAND,),
    sources=(SourceSettings(name="a", kind="feed", url=FEED, every=timedelta(minutes=5)),),
    webhooks=(replace(HOOK, events=("*",)),),
    alerts=AlertSettings(),
)


def item(
    number: int | str, text: str, *, ago: timedelta = timedelta(), **values: object
) -> RawItem:
    given = {"published_at": NOON - ago, "author": f"@author{number}"} | values
    return RawItem(native_id=str(number), text=text, **given)  # type: ignore[arg-type]


@dataclass
class World:
    """The loops, wired as in the program, and what they did."""

    store: SqliteStore
    settings: Settings = SETTINGS
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    fetcher: FakeFetcher = field(default_factory=FakeFetcher)
    reader: FakeReader = field(default_factory=FakeReader)
    classifier: FakeClassifier = field(default_factory=FakeClassifier)
    telemetry: FakeTelemetry = field(default_factory=FakeTelemetry)
    events: list[IncidentEvent] = field(default_factory=list)
    woken: int = 0
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)

    def __post_init__(self) -> None:
        self.poll = Poll(
            settings=self.settings,
            store=self.store,
            fetcher=self.fetcher,
            reader=self.reader,
            db=inline,
            clock=self.clock,
            jitter=lambda: 0.0,
            telemetry=self.telemetry,
            wake=self._wake,
            kinds=self.kinds,
        )
        self.assess = self.new_assess()
        self.respond = Respond(
            settings=self.settings, store=self.store, db=inline, on_event=self.events.append
        )

    def new_assess(self, tracker: Tracker | None = None) -> Assess:
        """As at a start, or with the tracker of before as after a reload."""
        return Assess(
            settings=self.settings,
            store=self.store,
            classifier=self.classifier,
            tracker=tracker or Tracker(stories=Stories(), volume=Volume()),
            growth=GrowthModel.default(),
            db=inline,
            model=inline,
            telemetry=self.telemetry,
            on_event=self.events.append,
        )

    def read_by(self, classifier: FakeClassifier) -> None:
        """Another model from now on, as at a start with it."""
        self.classifier = classifier
        self.assess = self.new_assess()

    async def start(self) -> None:
        await self.poll.start(self.clock())
        await self.assess.start(self.clock())

    async def see(self, *items: RawItem) -> None:
        """One round: the feed shows these items, they are polled and assessed."""
        self.reader.page("page", *items)
        self.fetcher.answers(FEED, page("page"))
        await self.poll.round(self.clock(), everything=True)
        while await self.assess.step(self.clock()):
            pass

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.store._connection.execute(statement)]

    @property
    def told(self) -> list[str]:
        return [event.type for event in self.events]

    def _wake(self) -> None:
        self.woken += 1


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore.in_memory() as opened:
        yield opened


@pytest.fixture
def world(store: SqliteStore) -> World:
    return World(store=store)
