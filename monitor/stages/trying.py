"""Ask a source once, for a person who wants to know whether it works. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.core.polling import FeedDocument, FetchFailed, SourceState
from monitor.core.settings import SourceSettings
from monitor.ports import Clock, FeedReader, Fetcher
from monitor.sources.kind import Kind
from monitor.stages.pages import Brought, Chain


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What came of it."""

    #: In plain words; empty: nothing is wrong.
    complaint: str = ""
    #: Of the first page; None if there is none.
    document: FeedDocument | None = None


async def try_page(
    source: SourceSettings, kind: Kind, *, fetcher: Fetcher, reader: FeedReader, clock: Clock
) -> Tried:
    """Ask for the first page of the first name."""
    chain = Chain(
        kind=replace(kind, pages=1),
        source=replace(source, query=source.query[:1]),
        state=SourceState(id=0, name=source.name, kind=source.kind, url=source.url),
        fetcher=fetcher,
        reader=reader,
        keep=_nowhere,
        clock=clock,
    )
    polled = await chain.run()
    if isinstance(polled.answer, FetchFailed):
        return Tried(complaint=polled.answer.reason)
    return Tried(document=polled.last.document if polled.last else None)


async def _nowhere(_: Brought) -> int:
    return 0
