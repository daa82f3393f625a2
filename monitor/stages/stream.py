"""The stream loop: open streams | read frames | sift | match | one PageIntent a quarter second.

Does not know any kind of stream (see `sources.streaming`). One task for each source; it reads
nothing more while it writes, so that a database that is behind slows the stream, and not the
machine. What is written goes with the cursor after it, in one transaction: whatever breaks off
goes on from there, and what comes twice is known by its native id.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta

from monitor.core.asking import Ask
from monitor.core.polling import Request, SourceHealth
from monitor.core.settings import Settings, SourceSettings
from monitor.core.streams import Beside
from monitor.errors import StreamError
from monitor.ports import Stream
from monitor.sources.kind import bearer
from monitor.sources.registry import KINDS, LIVE, STREAMS
from monitor.sources.streaming import Streaming
from monitor.stages.follow import Follower, Tools
from monitor.stages.listen import Listener
from monitor.stages.running import cancelled

#: How long one pass reads at most; what is left comes with the next.
PASS = timedelta(seconds=20)
#: Seconds that a stream has to say something when it is tried out.
TRIAL = 10.0


class Streams:
    """Follows every stream that is configured."""

    def __init__(self, settings: Settings, tools: Tools) -> None:
        self.settings = settings
        self._tools = tools
        self._running: dict[str, asyncio.Task[None]] = {}
        self._listeners = {
            source.name: Listener(source, LIVE[source.kind], tools=tools)
            for source in settings.sources
            if source.stream
        }

    async def step(self, _: datetime) -> bool:
        """Follow each stream that is not followed yet."""
        for task in [task for task in self._running.values() if task.done()]:
            task.result()  # what a follower could not handle takes the daemon down, loudly
        for source in self._sources():
            if source.name not in self._running:
                self._start(source.name, self._run(source))
        for name, listener in self._listeners.items():
            if name not in self._running:
                self._start(name, listener.run())
        return False

    def beside(self, name: str) -> Beside:
        """What a stream beside the polls of a source brought since this was last asked."""
        listener = self._listeners.get(name)
        return listener.told() if listener else Beside()

    def _start(self, name: str, run: Coroutine[None, None, None]) -> None:
        self._running[name] = asyncio.create_task(run, name=f"stream {name}")

    async def round(self, _: datetime) -> None:
        """Read every stream until it says what is being said now, for a little while at most."""
        await asyncio.gather(*(self._once(source) for source in self._sources()))

    async def close(self) -> None:
        """Stop reading; what was not written yet is read again."""
        await cancelled(self._running.values())
        self._running.clear()

    def _sources(self) -> list[SourceSettings]:
        return [source for source in self.settings.sources if source.kind in STREAMS]

    async def _run(self, source: SourceSettings) -> None:
        for follower in await self._followers(source):
            await follower.run()

    async def _once(self, source: SourceSettings) -> None:
        for follower in await self._followers(source):
            await follower.connect(until=self._tools.clock() + PASS)

    async def _followers(self, source: SourceSettings) -> tuple[Follower, ...]:
        """One, or none for a source that is not in the database or was given up."""
        kind, streaming = KINDS[source.kind], STREAMS[source.kind]
        states = await self._tools.db(self._tools.store.source_states)
        return tuple(
            Follower(source, state, kind=kind, streaming=streaming, tools=self._tools)
            for state in states
            if state.name == source.name and state.state is not SourceHealth.DISABLED
        )


async def try_out(source: SourceSettings, stream: Stream, *, now: datetime) -> str | None:
    """What is wrong with a stream, if anything; it is read for a moment."""
    kind, streaming = KINDS[source.kind], STREAMS[source.kind]
    ask = Ask(url=source.url or kind.home, query="", cursor="", since=now, now=now)
    return await _tried(stream, Request(url=kind.ask(ask)), streaming)


async def try_live(source: SourceSettings, events: Stream) -> str | None:
    """The same of one that is read beside the polls; it greets who comes."""
    live, token = LIVE[source.kind], source.token.reveal() if source.token else ""
    request = bearer(Request(url=live.ask(source.url)), token)
    return await _tried(events, request, live.streaming(source.url))


async def _tried(stream: Stream, request: Request, streaming: Streaming) -> str | None:
    try:
        async with stream.open(
            request,
            subprotocols=streaming.subprotocols,
            largest_frame=streaming.largest_frame,
        ) as frames:
            return None if await frames.take(within=TRIAL, most=1) else "it says nothing"
    except StreamError as e:
        return str(e)
