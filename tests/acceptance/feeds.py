"""Feeds on loopback that a test publishes to while the daemon polls them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from tests.servers import Answer, Handler, Received, Server, serving

_NUMBERS = count(1)


class Feed:
    """One RSS 2.0 document that grows; the newest item first."""

    def __init__(self) -> None:
        self._items: list[str] = []
        self._lock = threading.Lock()
        #: How often it was asked.
        self.polls = 0

    def publish(
        self, *texts: str, author: str = "@mira", ago: timedelta = timedelta()
    ) -> datetime:
        """Add items, `ago` before now; say when they appeared."""
        now = datetime.now(UTC)
        items = [_item(text, author, now - ago) for text in texts]
        with self._lock:
            self._items = [*reversed(items), *self._items]
        return now

    def document(self) -> bytes:
        with self._lock:
            items = "".join(self._items)
        head = "<title>posts</title><link>https://posts.example/</link><description/>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    def __call__(self, _: Received) -> Answer:
        self.polls += 1
        return Answer(body=self.document(), headers={"Content-Type": "application/rss+xml"})


def _item(text: str, author: str, at: datetime) -> str:
    number = next(_NUMBERS)
    return (
        f"<item><guid isPermaLink={quoteattr('false')}>{number}</guid>"
        f"<link>https://posts.example/{number}</link><author>{escape(author)}</author>"
        f"<pubDate>{format_datetime(at)}</pubDate>"
        f"<description>{escape(text)}</description></item>"
    )


class Site:
    """A server of feeds, each under a path; a path can be given any other answer."""

    def __init__(self) -> None:
        self._pages: dict[str, Handler] = {}
        self.server: Server | None = None

    def feed(self, path: str) -> Feed:
        """The feed under this path, an empty one at first."""
        page = self._pages.setdefault(path, Feed())
        assert isinstance(page, Feed)
        return page

    def answers(self, path: str, answer: Answer) -> None:
        self._pages[path] = lambda _: answer

    def asked(self, path: str) -> int:
        """How often this path was asked for."""
        assert self.server is not None
        return sum(request.path == path for request in list(self.server.requests))

    def url(self, path: str) -> str:
        assert self.server is not None
        return f"{self.server.url}{path}"

    def __call__(self, request: Received) -> Answer:
        page = self._pages.get(request.path)
        return page(request) if page else Answer(status=404)


@contextmanager
def site() -> Iterator[Site]:
    opened = Site()
    with serving(opened) as opened.server:
        yield opened
