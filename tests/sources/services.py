"""Public services in memory: what they hold, and how they give it page by page.

Each is a plain function from an address to the body of an answer, after its documentation; sizes
of pages are smaller than those of the real one, which every one of them may make smaller, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

from monitor.errors import FeedError
from tests.sources.simulated import Collector, params

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass
class Post:
    number: int
    at: datetime
    #: It is seen by others this much later.
    late: timedelta = timedelta()
    text: str = "United again"
    is_deleted: bool = False

    @property
    def second(self) -> int:
        return int(self.at.timestamp())

    @property
    def iso(self) -> str:
        return self.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @property
    def snowflake(self) -> int:
        """Unique, and as late as its post."""
        return (int(self.at.timestamp() * 1000) << 16) + self.number % 65_536


@dataclass
class Service:
    """What every service has: posts, a clock, and a size of its pages."""

    size: int = 10
    now: datetime = START
    posts: list[Post] = field(default_factory=list)
    #: What goes wrong with a request, by its number.
    faults: dict[int, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    #: The last answer, as a cache would give it again.
    given: bytes = b""

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        fault = self.faults.get(len(self.asked))
        if fault == "down":
            raise ConnectionError
        if fault == "again" and self.given:
            return self.given
        answer = self.answer(url, params(url))
        self.given = json.dumps(turned_round(answer) if fault == "disorder" else answer).encode()
        return self.given[: len(self.given) // 2] if fault == "cut" else self.given

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        raise NotImplementedError

    def name(self, post: Post) -> str:
        """The native id."""
        return str(post.number)

    def add(self, *moments: datetime, late: timedelta = timedelta()) -> list[Post]:
        first = len(self.posts) + 1
        added = [Post(number, at, late) for number, at in enumerate(moments, first)]
        self.posts += added
        return added

    def seen(self) -> list[Post]:
        """Newest first."""
        known = [p for p in self.posts if p.at + p.late <= self.now and not p.is_deleted]
        return sorted(known, key=lambda p: (p.at, p.number), reverse=True)

    def names(self, posts: Iterable[Post]) -> set[str]:
        return {self.name(post) for post in posts}


def turned_round(answer: Any) -> Any:
    """With the entries of its lists in the wrong order."""
    if isinstance(answer, dict):
        return {key: turned_round(value) for key, value in answer.items()}
    return answer[::-1] if isinstance(answer, list) else answer


FAULTS = ("down", "again", "disorder", "cut")


class Algolia(Service):
    def answer(self, url: str, asked: dict[str, str]) -> Any:
        assert urlsplit(url).path == "/api/v1/search_by_date"
        found = self.seen()
        for bound in asked["numericFilters"].split(","):
            if bound.startswith("created_at_i>="):
                found = [p for p in found if p.second >= int(bound[14:])]
            else:
                assert bound.startswith("created_at_i<=")
                found = [p for p in found if p.second <= int(bound[14:])]
        size = min(self.size, int(asked["hitsPerPage"]))
        hits = [self.hit(post) for post in found[:size]]
        return {"hits": hits, "hitsPerPage": size, "nbHits": len(found), "page": 0}

    def hit(self, post: Post) -> dict[str, Any]:
        return {
            "objectID": self.name(post),
            "author": "ann",
            "comment_text": f"<p>{post.text}</p>",
            "created_at_i": post.second,
            "num_comments": None,
            "points": None,
            "title": None,
        }


class StackExchange(Service):
    def answer(self, url: str, asked: dict[str, str]) -> Any:
        assert urlsplit(url).path == "/2.3/search/advanced"
        assert (asked["sort"], asked["order"]) == ("creation", "desc")
        low, high = int(asked["fromdate"]), int(asked.get("todate", 10**12))
        found = [p for p in self.seen() if low <= p.second <= high]
        return {
            "items": [self.question(post) for post in found[: self.size]],
            "has_more": len(found) > self.size,
            "quota_max": 10_000,
            "quota_remaining": 9_990,
        }

    def question(self, post: Post) -> dict[str, Any]:
        return {
            "question_id": post.number,
            "title": "A question",
            "body": f"<p>{post.text}</p>",
            "link": f"https://superuser.com/questions/{post.number}/a-question",
            "creation_date": post.second,
            "score": 0,
        }


class Fediverse(Service):
    """A Mastodon server: lists read forward, and the search, which gives dates for ids."""

    #: As if the account had muted them.
    muted: frozenset[int] = frozenset()

    def name(self, post: Post) -> str:
        return f"https://far.example/users/ann/statuses/{post.number}"

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        size = min(self.size, int(asked["limit"]))
        path = urlsplit(url).path
        if path == "/api/v2/search":
            bound = int(asked.get("max_id", "9" * 18)) >> 16
            found = [p for p in self.seen() if p.second < bound // 1000]
            shown = [p for p in found[:size] if p.number not in self.muted]
            return {"accounts": [], "hashtags": [], "statuses": [*map(self.status, shown)]}
        assert path.startswith("/api/v1/timelines/")
        ordered = sorted(self.seen(), key=lambda p: p.snowflake)
        found = [p for p in ordered if p.snowflake > int(asked["min_id"])]
        return [self.status(post) for post in reversed(found[:size])]

    def status(self, post: Post) -> dict[str, Any]:
        return {
            "id": str(post.snowflake),
            "uri": self.name(post),
            "url": f"https://far.example/@ann/{post.number}",
            "created_at": post.iso,
            "content": f"<p>{post.text}</p>",
            "spoiler_text": "",
            "language": "en",
            "reblog": None,
            "account": {"acct": "ann@far.example", "followers_count": 12},
        }


class Lemmy(Service):
    """Posts with even numbers, comments with odd ones."""

    def name(self, post: Post) -> str:
        what = "comment" if post.number % 2 else "post"
        return f"https://far.example/{what}/{post.number}"

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        is_new = urlsplit(url).path.startswith("/api/v4")
        at = asked.get("page_cursor", "P0") if is_new else asked.get("page", "1")
        start = int(at[1:]) if is_new else (int(at) - 1) * self.size
        kinds = {"posts": 0, "comments": 1}
        found = {
            key: [p for p in self.seen() if p.number % 2 == odd] for key, odd in kinds.items()
        }
        answer: dict[str, Any] = {
            key: [self.view(post, is_new=is_new) for post in posts[start : start + self.size]]
            for key, posts in found.items()
        }
        if is_new:
            goes_on = any(len(posts) > start + self.size for posts in found.values())
            answer["next_page"] = f"P{start + self.size}" if goes_on else None
        return answer

    def view(self, post: Post, *, is_new: bool = False) -> dict[str, Any]:
        said = {
            "ap_id": self.name(post),
            "published_at" if is_new else "published": post.iso,
            "content" if post.number % 2 else "body": post.text,
        }
        creator = {"name": "ann", "actor_id": "https://far.example/u/ann"}
        if post.number % 2:
            return {"comment": said, "post": {"name": "A post"}, "creator": creator}
        return {"post": {**said, "name": "A post"}, "creator": creator}


class LemmyList(Service):
    """Posts alone, page after page by words of the server, in v3 too."""

    def name(self, post: Post) -> str:
        return f"https://far.example/post/{post.number}"

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        path = urlsplit(url).path
        assert path in {"/api/v3/post/list", "/api/v4/post/list"}
        found = self.seen()
        start = int(asked.get("page_cursor", "P0")[1:])
        shown = [self.view(post, path) for post in found[start : start + self.size]]
        goes_on = len(found) > start + self.size
        return {"posts": shown, "next_page": f"P{start + self.size}" if goes_on else None}

    def view(self, post: Post, path: str) -> dict[str, Any]:
        date = "published_at" if "v4" in path else "published"
        said = {"ap_id": self.name(post), "name": post.text, date: post.iso}
        return {"post": said, "creator": {"name": "ann", "ap_id": "https://far.example/u/ann"}}


@dataclass
class Forum(Service):
    """A Discourse forum; every post is a topic of its own."""

    #: As it is: the search has no more than ten pages.
    size: int = 50

    def name(self, post: Post) -> str:
        return str(post.number)

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        way = urlsplit(url).path
        return {
            "/search.json": self.search,
            "/posts.json": self.latest_posts,
            "/latest.json": self.latest,
        }[way](asked)

    def search(self, asked: dict[str, str]) -> Any:
        words = dict(word.split(":") for word in asked["q"].split() if ":" in word)
        assert words["order"] == "latest"
        found = [p for p in self.seen() if p.iso[:10] >= words.get("after", "")]
        page = int(asked["page"])
        assert 1 <= page <= 10
        shown = found[(page - 1) * self.size : page * self.size]
        more = True if len(found) > page * self.size else None
        return {
            "posts": [self.post(post) for post in shown],
            "topics": [{"id": post.number, "title": "A topic"} for post in shown],
            "grouped_search_result": {"more_full_page_results": more, "error": None},
        }

    def latest_posts(self, asked: dict[str, str]) -> Any:
        seen = self.seen()
        before = int(asked.get("before", max((p.number for p in seen), default=0)))
        shown = [p for p in seen if before - 50 < p.number <= before]
        return {"latest_posts": [self.post(post) for post in shown]}

    def latest(self, asked: dict[str, str]) -> Any:
        assert asked["order"] == "created"
        start = int(asked.get("page", "0")) * self.size
        found = self.seen()
        more = "/latest?page=2" if len(found) > start + self.size else None
        topics = [
            {"id": post.number, "title": post.text, "slug": "a-topic", "created_at": post.iso}
            for post in found[start : start + self.size]
        ]
        return {"users": [], "topic_list": {"topics": topics, "more_topics_url": more}}

    def post(self, post: Post) -> dict[str, Any]:
        return {
            "id": post.number,
            "username": "ann",
            "created_at": post.iso,
            "blurb": post.text,
            "cooked": f"<p>{post.text}</p>",
            "topic_id": post.number,
            "post_number": 1,
        }


class Topics(Forum):
    """The same by its topics, which are told apart from posts."""

    def name(self, post: Post) -> str:
        return f"t{post.number}"


def follow(
    collector: Collector,
    service: Service,
    *,
    seed: int,
    late: timedelta = timedelta(),
    deletes: bool = True,
    bursts: tuple[int, ...] = (0, 0, 1, 3, 25, 70),
) -> set[str]:
    """Poll at random times, cut off at random, until all is quiet; give the names that count.

    Posts come in bursts, some in one second, some `late`; posts are deleted; servers are down, cut
    an answer off, give the one before again, or give one in disorder.
    """
    chance = Random(seed)
    collector.since = START
    for _ in range(25):
        before = service.now
        service.now += timedelta(seconds=chance.choice([2, 40, 400, 5_000]))
        span = (service.now - before).total_seconds()
        # No more of one second than a page holds: that is a limit of its own.
        for _ in range(min(chance.choice(bursts), int(2 * span))):
            at = before + timedelta(seconds=int(chance.random() * span) + 1)
            at += timedelta(milliseconds=chance.choice([0, 0, 500]))
            service.add(at, late=late * chance.choice([0, 0, 1]) * chance.random())
        if deletes and service.posts:
            chance.choice(service.posts).is_deleted |= chance.random() < 0.3
        service.faults = {len(service.asked) + chance.choice([1, 2, 3, 99]): chance.choice(FAULTS)}
        service.given = b""
        with suppress(ConnectionError, FeedError):
            collector.poll(service.now, pages=chance.choice([1, 2, 5, 50]))
    service.faults = {}
    service.now += timedelta(hours=2)
    for _ in range(3):
        service.now += timedelta(minutes=20)
        while collector.poll(service.now, pages=1_000) == 1_000:
            pass
    return service.names(post for post in service.posts if not post.is_deleted)
