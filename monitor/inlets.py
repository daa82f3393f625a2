"""Wire what brings mentions in: polls, counts that are read again, streams, pushes.

Does not choose what they ask and write with: names no adapter (see `app`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from monitor.core.brands import Matcher
from monitor.core.settings import Settings
from monitor.ports import Clock, FeedReader, Fetcher, Store, Stream, Telemetry
from monitor.stages.follow import Tools
from monitor.stages.ledger import Ledger
from monitor.stages.poll import Poll
from monitor.stages.push import Push
from monitor.stages.refresh import Refreshing
from monitor.stages.running import Run
from monitor.stages.stream import Streams


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What all of them work with."""

    settings: Settings
    fetcher: Fetcher
    reader: FeedReader
    #: Streams that are WebSockets, and those over HTTP.
    stream: Stream
    events: Stream
    store: Store
    db: Run
    clock: Clock
    telemetry: Telemetry
    wake: Callable[[], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Inlets:
    """All ways in."""

    poll: Poll
    refreshing: Refreshing
    streams: Streams
    push: Push
    matcher: Matcher

    async def close(self) -> None:
        await self.poll.close()
        await self.streams.close()
        await self.push.close()


def wired(means: Means) -> Inlets:
    """One matcher and one ledger for all: thousands of names take their time and their room."""
    matcher, ledger = Matcher(means.settings.brands), Ledger()
    streams = Streams(means.settings, _tools(means, matcher))
    return Inlets(
        poll=_poll(means, matcher, ledger, streams),
        refreshing=_refreshing(means, ledger),
        streams=streams,
        push=_push(means, matcher),
        matcher=matcher,
    )


def _poll(means: Means, matcher: Matcher, ledger: Ledger, streams: Streams) -> Poll:
    return Poll(
        settings=means.settings,
        matcher=matcher,
        store=means.store,
        fetcher=means.fetcher,
        reader=means.reader,
        db=means.db,
        clock=means.clock,
        jitter=random.random,
        telemetry=means.telemetry,
        wake=means.wake,
        ledger=ledger,
        beside=streams.beside,
    )


def _refreshing(means: Means, ledger: Ledger) -> Refreshing:
    return Refreshing(
        settings=means.settings,
        store=means.store,
        fetcher=means.fetcher,
        reader=means.reader,
        ledger=ledger,
        db=means.db,
        clock=means.clock,
    )


def _push(means: Means, matcher: Matcher) -> Push:
    return Push(
        settings=means.settings,
        matcher=matcher,
        store=means.store,
        db=means.db,
        clock=means.clock,
        telemetry=means.telemetry,
        wake=means.wake,
    )


def _tools(means: Means, matcher: Matcher) -> Tools:
    return Tools(
        matcher=matcher,
        store=means.store,
        stream=means.stream,
        events=means.events,
        db=means.db,
        clock=means.clock,
        jitter=random.random,
        telemetry=means.telemetry,
        wake=means.wake,
    )
