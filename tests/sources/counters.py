"""Services that give the counts of posts again, and go wrong: what is read at the end?

The real refresh loop, fetcher, worker process and store. The counts grow for some hours, one post
is deleted; every third answer goes wrong, then none. Lost is a count that is not what the service
says at the end; twice is a reading that says what the one before said, or a post that was blanked
although it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from monitor.adapters.parse import ProcessReader
from monitor.adapters.rows import time_text
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.polling import SourceHealth
from monitor.sources import bluesky
from monitor.stages.ledger import Ledger
from monitor.stages.refresh import Refreshing
from monitor.stages.running import inline
from tests.adapters.store_values import filed, mention, opening, poll, verdict
from tests.fakes import FakeClock
from tests.servers import Answer, Server, serving
from tests.sources.faulty import Fault, Faulty, Outcome, loopback, reading, settings_for
from tests.sources.flowing import Flow
from tests.sources.services import START, Post, Service

COUNT, DELETED = 6, 3
STEP, APART = timedelta(minutes=5), timedelta(minutes=13)
GROWS, GOES_WRONG, ENDS = timedelta(hours=5), timedelta(hours=10), timedelta(hours=26)


@dataclass
class Counter(Service):
    """Answers for posts by id."""

    deletes: bool = True

    def name(self, post: Post) -> str:
        return str(post.number)

    def url(self, post: Post) -> str:
        return f"https://example.org/{post.number}"

    def count(self, post: Post) -> int:
        """Grows every ten minutes."""
        age = min(self.now - START, GROWS) // timedelta(minutes=10)
        return 10 * post.number + age

    def by_name(self, *names: str) -> list[Post]:
        return [post for post in self.posts if self.name(post) in names]

    def __call__(self, url: str) -> bytes:
        return json.dumps(self.answer(url, {})).encode()

    def truth(self, post: Post) -> float:
        return float(self.count(post))


class Firebase(Counter):
    def answer(self, url: str, asked: dict[str, str]) -> Any:
        number = urlsplit(url).path.removeprefix("/v0/item/").removesuffix(".json")
        (post,) = self.by_name(number)
        return {"id": post.number, "score": self.count(post), "deleted": post.is_deleted}


class Statuses(Counter):
    def name(self, post: Post) -> str:
        return f"https://far.example/users/ann/statuses/{post.number}"

    def url(self, post: Post) -> str:
        return f"https://mastodon.example/@ann@far.example/{post.snowflake}"

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        ids = parse_qs(urlsplit(url).query)["id[]"]
        wanted = [p for p in self.posts if str(p.snowflake) in ids and not p.is_deleted]
        return [{"uri": self.name(p), "favourites_count": self.count(p)} for p in wanted]


class Info(Counter):
    def name(self, post: Post) -> str:
        return f"t3_{post.number}"

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        names = parse_qs(urlsplit(url).query)["id"][0].split(",")
        posts = [{"kind": "t3", "data": self.data(post)} for post in self.by_name(*names)]
        return {"kind": "Listing", "data": {"after": None, "children": posts}}

    def data(self, post: Post) -> dict[str, Any]:
        text = "[deleted]" if post.is_deleted else "words"
        return {"name": self.name(post), "selftext": text, "score": self.count(post)}


class Questions(Counter):
    def answer(self, url: str, asked: dict[str, str]) -> Any:
        names = urlsplit(url).path.rpartition("/")[2].split(";")
        posts = [post for post in self.by_name(*names) if not post.is_deleted]
        return {"items": [{"question_id": p.number, "score": self.count(p)} for p in posts]}


class Pages(Counter):
    """A page for each post, and none for one that is deleted."""

    def __call__(self, url: str) -> Any:
        number = urlsplit(url).path.removeprefix("/posts/").removesuffix(".json")
        (post,) = self.by_name(number)
        if post.is_deleted:
            return Answer(status=404, body=b'{"errors": ["not found"]}')
        return json.dumps({"id": post.number, "like_count": self.count(post)}).encode()


class Appview(Counter):
    """Says nothing of posts that it does not show: nothing is taken for deleted."""

    def name(self, post: Post) -> str:
        return f"at://did:plc:ann/app.bsky.feed.post/{post.number}"

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        names = parse_qs(urlsplit(url).query)["uris"]
        return {
            "posts": [
                {"uri": self.name(p), "likeCount": self.count(p)} for p in self.by_name(*names)
            ]
        }


RECOUNTS: Mapping[str, Flow] = {
    "bluesky, counts": Flow(service=lambda: Appview(deletes=False), url=bluesky.HOME),
    "discourse, counts": Flow(service=Pages, url="https://forum.example"),
    "hackernews, Firebase": Flow(service=Firebase, url="https://hn.algolia.com"),
    "mastodon, counts": Flow(service=Statuses, url="https://mastodon.example"),
    "reddit, API counts": Flow(service=Info, url="https://oauth.reddit.com", token="t"),
    "stackexchange, counts": Flow(
        service=Questions, url="https://api.stackexchange.com/2.3?site=travel"
    ),
}


async def recount(name: str, fault: Fault, *, reader: ProcessReader | None = None) -> Outcome:
    """A day of reading the counts of a few posts again."""
    flow = RECOUNTS[name]
    service = flow.service()
    # Not at one time, so that each request asks for other posts.
    service.add(*(START + number * APART for number in range(COUNT)))
    handler = Faulty(flow, service, fault)
    with ExitStack() as stack:
        server = stack.enter_context(serving(handler))
        store = stack.enter_context(SqliteStore.in_memory())
        async with reading(reader) as processes:
            await _watch(name, server, store, handler, reader=processes)
        return _judged(service, store, handler)


async def _watch(
    name: str, server: Server, store: SqliteStore, handler: Faulty, *, reader: ProcessReader
) -> None:
    clock, settings = FakeClock(START), settings_for(name, handler.flow)
    store.sync_sources(settings.sources, now=START)
    _followed(store, handler.service)
    async with loopback(server) as fetcher:
        loop = Refreshing(
            settings=settings,
            store=store,
            fetcher=fetcher,
            reader=reader,
            ledger=Ledger(),
            db=inline,
            clock=clock,
        )
        while clock.forward(STEP) < START + ENDS:
            handler.service.now = clock()
            handler.on = clock() < START + GOES_WRONG
            gone = handler.service.deletes and clock() > START + GROWS / 2
            handler.service.posts[DELETED - 1].is_deleted = gone
            await loop.step(clock())


def _followed(store: SqliteStore, service: Any) -> None:
    """All posts are of one open incident."""
    (state,) = store.source_states()
    mentions = [
        mention(service.name(p), url=service.url(p), seen_at=p.at, published_at=p.at)
        for p in service.posts
    ]
    seen = replace(state, state=SourceHealth.HEALTHY)
    store.record_poll(poll(seen, *mentions, at=START))
    ids = range(1, COUNT + 1)
    verdicts = tuple((number, verdict()) for number in ids)
    filings = tuple(filed(number) for number in ids)
    store.record_assessment(AssessIntent(at=START, verdicts=verdicts, filed=filings))
    store.record_assessment(opening(1))
    for number in ids:
        row = (number, time_text(START))
        store._connection.execute("INSERT INTO incident_mentions VALUES (1, ?, ?)", row)


def _judged(service: Any, store: SqliteStore, handler: Faulty) -> Outcome:
    readings: dict[str, list[float]] = {service.name(post): [] for post in service.posts}
    for name, value in store._connection.execute(
        "SELECT native_id, value FROM engagement JOIN mentions ON id = mention_id"
        " WHERE name IN ('likes', 'score') ORDER BY engagement.seen_at"
    ):
        readings[name].append(value)
    blanked = {
        row[0]
        for row in store._connection.execute(
            "SELECT native_id FROM mentions WHERE deleted_at IS NOT NULL"
        )
    }
    gone = {service.name(post) for post in service.posts if post.is_deleted}
    right = {
        service.name(p)
        for p in service.posts
        if readings[service.name(p)][-1:] == [service.truth(p)]
    }
    again = sum(one == other for of in readings.values() for one, other in pairwise(of))
    said = {service.name(post) for post in service.posts}
    return Outcome(
        said=len(said),
        lost=frozenset((said - right - gone) | (gone - blanked)),
        twice=again + len(blanked - gone),
        faulty=handler.faulty,
        asked=handler.asked,
    )
