"""The seams: what the loops need of the world, each with a real and a fake implementation.

Does not name any implementation (`monitor.app` does), nor say what is asked of the store, which
`ports_store` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.asking import Page, Posts
from monitor.core.outbox import PostResult, SignedMessage
from monitor.core.polling import FeedDocument, FetchResult, Request
from monitor.core.types import Reading, Verdict
from monitor.ports_store import Store

__all__ = [
    "Classifier",
    "Clock",
    "FeedReader",
    "Fetcher",
    "Frames",
    "Poster",
    "Store",
    "Stream",
    "Telemetry",
]

Clock = Callable[[], datetime]


class Fetcher(Protocol):
    """Asks one address, politely and within limits. Expected failures are values."""

    async def fetch(self, request: Request) -> FetchResult: ...


class FeedReader(Protocol):
    """Turns a fetched page into items, in a worker, within a deadline."""

    async def read(self, kind: str, page: Page) -> FeedDocument:
        """Raise `FeedError` if it is not of this kind, took too long, or broke the worker."""
        ...

    async def counts(
        self, kind: str, page: Page, posts: Posts
    ) -> Mapping[str, Mapping[str, float] | None]:
        """Read the counts of these posts; None: deleted. `FeedError` as `read`."""
        ...


class Frames(Protocol):
    """An open stream."""

    async def take(self, *, within: float, most: int) -> Sequence[bytes]:
        """Give the frames that come within so many seconds, at most `most`, in their order.

        What is not taken stays with the server: nothing but a few frames is read ahead. Raises
        `StreamError` once the stream is over and all that came of it was given.
        """
        ...


class Stream(Protocol):
    """Opens streams."""

    def open(
        self, request: Request, *, subprotocols: Sequence[str], largest_frame: int
    ) -> AbstractAsyncContextManager[Frames]:
        """Raise `StreamError`, here or while it is read, for all that can go wrong with it."""
        ...


class Classifier(Protocol):
    """Reads mentions. The same reading gives the same verdict, whatever stands beside it."""

    name: str

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]: ...


class Poster(Protocol):
    """Posts one signed message; never follows a redirect."""

    async def post(self, message: SignedMessage) -> PostResult: ...


class Telemetry(Protocol):
    """Counts what happens, for `/metrics`; `seconds` are wall time."""

    def polled(self, source: str, outcome: str, seconds: float) -> None: ...

    def mentioned(self, source: str, brands: Sequence[str]) -> None: ...

    def classified(self, count: int, seconds: float) -> None: ...

    def alerted(self, type_: str, lag: timedelta) -> None:
        """`lag`: from the first post of the story to the alert."""
        ...

    def delivered(self, webhook: str, outcome: str) -> None: ...
