"""Composition root: the one file that names every adapter.

Does not decide or loop; it opens, wires and closes.
"""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import structlog

from monitor import inlets
from monitor.adapters.apprise import ApprisePoster
from monitor.adapters.classifier import OnnxClassifier
from monitor.adapters.connect import release_warning
from monitor.adapters.events import EventStream
from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.folder import FolderFetcher
from monitor.adapters.grants import GrantingFetcher
from monitor.adapters.growth_file import load_growth
from monitor.adapters.parse import ProcessReader
from monitor.adapters.post import HttpPoster
from monitor.adapters.store import SqliteStore
from monitor.adapters.stream import WebSocketStream
from monitor.adapters.switch import Switch
from monitor.adapters.transport import Dialer, guarded_client, look_up, user_agent
from monitor.config import library
from monitor.core.brands import Matcher
from monitor.core.growth import GrowthModel
from monitor.core.outbox import IncidentEvent
from monitor.core.settings import Settings
from monitor.core.stories import Stories
from monitor.core.types import Reading, Verdict
from monitor.core.volume import Volume
from monitor.ports import Classifier, FeedReader, Fetcher, Poster, Store, Telemetry
from monitor.stages.assess import Assess
from monitor.stages.deliver import Deliver
from monitor.stages.likening import Likening
from monitor.stages.poll import Poll
from monitor.stages.push import Push
from monitor.stages.refresh import Refreshing
from monitor.stages.respond import Respond
from monitor.stages.running import Run
from monitor.stages.stream import Streams
from monitor.stages.tracker import Tracker
from monitor.threads import on

log = structlog.get_logger()


def clock() -> datetime:
    """The wall clock; the one place where it is read."""
    return datetime.now(UTC)


@dataclass(kw_only=True, slots=True)
class Foundation:
    """What lives as long as the process: the store, the model, and what they have in mind."""

    store: Store
    classifier: Classifier
    growth: GrowthModel
    tracker: Tracker
    likening: Likening
    db: Run
    model: Run
    telemetry: Telemetry

    def take_back(self, assess: Assess) -> None:
        """A batch that was cut off half-way would be counted twice: what is stored counts."""
        if assess.is_torn:
            log.warning("a batch was cut off, the stories are read from the database again")
            self.tracker = _tracker()


def _tracker() -> Tracker:
    return Tracker(stories=Stories(), volume=Volume())


class Timed:
    """A classifier whose speed is measured."""

    def __init__(self, classifier: Classifier, telemetry: Telemetry) -> None:
        self._classifier = classifier
        self._telemetry = telemetry
        self.name = classifier.name

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        started = time.monotonic()
        verdicts = self._classifier.classify(readings)
        if readings:
            self._telemetry.classified(len(readings), time.monotonic() - started)
        return verdicts


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """The loops, and what comes by itself, wired for one configuration."""

    poll: Poll
    refreshing: Refreshing
    streams: Streams
    push: Push
    assess: Assess
    deliver: Deliver
    respond: Respond


@asynccontextmanager
async def foundation(
    settings: Settings, telemetry: Telemetry, *, patient: bool = False
) -> AsyncIterator[Foundation]:
    """Open the database and the model; close them again.

    `patient`: a disk that is full later on is waited for. At the start it is an error. Cancelled
    while the model loads, it leaves the thread behind that loads it: that holds nothing open.

    Raises `DatabaseError` or `ModelError`.
    """
    other = ThreadPoolExecutor(1, "model")
    with ThreadPoolExecutor(1, "store") as one:
        db, model = on(one, patient=patient), on(other)
        store = await on(one)(SqliteStore.open, settings.database)
        try:
            warn_about_sqlite()
            classifier = Timed(await model(OnnxClassifier.load, settings.model), telemetry)
            with other:
                yield Foundation(
                    store=store,
                    classifier=classifier,
                    growth=load_growth(settings.model),
                    tracker=_tracker(),
                    likening=Likening(library.shipped(), classifier),
                    db=db,
                    model=model,
                    telemetry=telemetry,
                )
        finally:
            await db(store.close)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """What asks sources, and reads what they answer."""

    fetcher: Fetcher
    reader: FeedReader


@asynccontextmanager
async def asking(client: httpx.AsyncClient) -> AsyncIterator[Asking]:
    """Ready to ask; the processes that read end with it."""
    reader = ProcessReader()
    try:
        fetcher = FolderFetcher(GrantingFetcher(HttpFetcher(client), client))
        yield Asking(fetcher=fetcher, reader=reader)
    finally:
        await reader.close()


@asynccontextmanager
async def stages(
    settings: Settings,
    base: Foundation,
    *,
    wake_assess: Callable[[], None],
    on_event: Callable[[IncidentEvent], None],
    begin_anew: Callable[[], None] = lambda: None,
) -> AsyncIterator[Stages]:
    """Wire the loops for one configuration; a reload wires them anew on the same foundation."""
    async with (
        client_for(settings) as client,
        client_for(settings) as endless,  # takes no connection from what ends
        asking(client) as asks,
    ):
        ways = inlets.wired(
            inlets.Means(
                settings=settings,
                fetcher=asks.fetcher,
                reader=asks.reader,
                stream=stream_for(settings),
                events=EventStream(endless),
                store=base.store,
                db=base.db,
                clock=clock,
                telemetry=base.telemetry,
                wake=wake_assess,
            )
        )
        wired = Stages(
            poll=ways.poll,
            refreshing=ways.refreshing,
            streams=ways.streams,
            push=ways.push,
            assess=_assess(settings, base, ways.matcher, on_event),
            deliver=_deliver(settings, base, client),
            respond=Respond(
                settings=settings,
                store=base.store,
                db=base.db,
                on_event=on_event,
                begin_anew=begin_anew,
            ),
        )
        try:
            yield wired
        finally:
            await ways.close()
            await wired.deliver.aclose()
            base.take_back(wired.assess)


def _deliver(settings: Settings, base: Foundation, client: httpx.AsyncClient) -> Deliver:
    return Deliver(
        settings=settings,
        store=base.store,
        poster=poster_for(settings, client),
        clock=clock,
        jitter=random.random,
        db=base.db,
        telemetry=base.telemetry,
    )


def _assess(
    settings: Settings,
    base: Foundation,
    matcher: Matcher,
    on_event: Callable[[IncidentEvent], None],
) -> Assess:
    return Assess(
        settings=settings,
        store=base.store,
        classifier=base.classifier,
        tracker=base.tracker,
        likening=base.likening,
        growth=base.growth,
        db=base.db,
        model=base.model,
        telemetry=base.telemetry,
        on_event=on_event,
        matcher=matcher,
    )


def client_for(settings: Settings) -> httpx.AsyncClient:
    """The one way out to the network."""
    return guarded_client(
        user_agent=user_agent(settings.contact), allow=settings.allow_private_hosts
    )


def stream_for(settings: Settings) -> WebSocketStream:
    """The other way out, for what never ends."""
    dial = Dialer(allow=settings.allow_private_hosts)
    return WebSocketStream(dial, trust=dial.trust, user_agent=user_agent(settings.contact))


def poster_for(settings: Settings, client: httpx.AsyncClient) -> Poster:
    """All ways to a receiver."""
    apprise = ApprisePoster(allow=settings.allow_private_hosts, resolve=look_up)
    return Switch({"http": HttpPoster(client), "apprise": apprise})


def load_classifier(directory: Path) -> Classifier:
    """The model alone, for commands that read texts without a database."""
    return OnnxClassifier.load(directory)


def warn_about_sqlite() -> None:
    """Say it once when SQLite is older than the fix of its WAL-reset bug."""
    warning = release_warning()
    if warning:
        log.warning("old sqlite", note=warning)
