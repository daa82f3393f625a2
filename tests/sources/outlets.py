"""More public services in memory: Reddit, YouTube, the App Store, GDELT and Google News.

Plain functions from an address to the body of an answer, after the recorded ones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from tests.sources.services import Post, Service
from tests.sources.simulated import params

SITE = "https://www.reddit.com"


class Reddit(Service):
    """Its API: a list of a thousand posts at most, that goes on after the last of a page."""

    def name(self, post: Post) -> str:
        return f"t3_{post.number}"

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        assert urlsplit(url).path in {"/search.json", "/r/flying/new.json"}
        assert (asked["sort"], asked["raw_json"]) == ("new", "1")
        found, after = self.page(asked.get("after", ""))
        children = [{"kind": "t3", "data": self.submission(post)} for post in found]
        return {"kind": "Listing", "data": {"after": after, "before": None, "children": children}}

    def page(self, after: str) -> tuple[list[Post], str | None]:
        """Nothing if the post that it should go on from is deleted."""
        listed = self.seen()[:1_000]
        names = [self.name(post) for post in listed]
        if after and after not in names:
            return [], None
        start = names.index(after) + 1 if after else 0
        found = listed[start : start + self.size]
        return found, self.name(found[-1]) if start + self.size < len(listed) else None

    def submission(self, post: Post) -> dict[str, Any]:
        return {
            "name": self.name(post),
            "title": post.text,
            "selftext": "",
            "author": "ann",
            "permalink": f"/r/flying/comments/{post.number}/united/",
            "created_utc": float(post.second),
            "score": 1,
            "num_comments": 0,
        }


class RedditFeed(Reddit):
    """Its feeds, which are Atom, for who has a private token."""

    def __call__(self, url: str) -> bytes:
        asked = params(url)
        assert urlsplit(url).path in {"/search.rss", "/r/flying/new.rss"}
        assert (asked["sort"], asked["feed"], asked["user"]) == ("new", "0ab1", "ann")
        found, _ = self.page(asked.get("after", ""))
        entries = "".join(map(self.entry, found))
        return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()

    def entry(self, post: Post) -> str:
        return (
            f"<entry><author><name>/u/ann</name></author><id>{self.name(post)}</id>"
            f"<title>{post.text}</title><published>{post.iso}</published>"
            f'<link href="{SITE}/r/flying/comments/{post.number}/united/"/></entry>'
        )


class YouTube(Service):
    """A channel. Its feed is longer than the real one, for here are more videos in ten minutes."""

    def name(self, post: Post) -> str:
        return f"yt:video:{post.number}"

    def __call__(self, url: str) -> bytes:
        assert urlsplit(url).path == "/feeds/videos.xml"
        entries = "".join(
            f"<entry><id>{self.name(post)}</id><title>{post.text}</title>"
            f"<published>{post.iso}</published></entry>"
            for post in self.seen()[:150]
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


@dataclass
class AppStore(Service):
    """Reviews in ten pages, in JSON and in XML; JSON is empty now and then."""

    size: int = 50
    #: Every so many answers in JSON hold nothing.
    empty_every: int = 5

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        path = urlsplit(url).path.split("/")
        number = int(path[4].removeprefix("page="))
        found = self.seen()[self.size * (number - 1) : self.size * number]
        if path[-1] == "xml":
            return self.xml(found)
        if len(self.asked) % self.empty_every == 0:
            found = []
        entries = [self.review(post) for post in found]
        return json.dumps({"feed": {"entry": entries} if entries else {}}).encode()

    def review(self, post: Post) -> dict[str, Any]:
        labels = {"id": self.name(post), "content": post.text, "updated": self.date(post)}
        entry: dict[str, Any] = {name: {"label": label} for name, label in labels.items()}
        return entry | {"im:rating": {"label": "1"}}

    def xml(self, found: list[Post]) -> bytes:
        entries = "".join(
            f"<entry><updated>{self.date(post)}</updated><id>{self.name(post)}</id>"
            f'<content type="text">{post.text}</content><im:rating>1</im:rating></entry>'
            for post in found
        )
        spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:im="http://itunes.apple.com/rss"'
        return f"<feed {spaces}>{entries}</feed>".encode()

    def date(self, post: Post) -> str:
        """In the time of Cupertino."""
        return (post.at - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S-08:00")


class Gdelt(Service):
    """Articles bear the quarter of an hour in which they were seen."""

    def name(self, post: Post) -> str:
        return f"https://outlet.example/{post.number}"

    def answer(self, url: str, asked: dict[str, str]) -> Any:
        assert urlsplit(url).path == "/api/v2/doc/doc"
        assert (asked["mode"], asked["format"], asked["sort"]) == ("artlist", "json", "datedesc")
        start, end = (
            datetime.strptime(asked[name], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            for name in ("startdatetime", "enddatetime")
        )
        found = [post for post in self.seen() if start <= self.quarter(post) <= end]
        articles = [self.article(post) for post in found[: int(asked["maxrecords"])]]
        return {"articles": articles} if articles else {}

    def quarter(self, post: Post) -> datetime:
        return post.at.replace(minute=post.at.minute // 15 * 15, second=0, microsecond=0)

    def article(self, post: Post) -> dict[str, Any]:
        # The same title of one outlet in one quarter of an hour is taken for one article.
        return {
            "url": self.name(post),
            "title": f"{post.text} {post.number}",
            "seendate": self.quarter(post).strftime("%Y%m%dT%H%M%SZ"),
            "domain": "outlet.example",
            "language": "English",
        }


class GoogleNews(Service):
    """A hundred headlines of the window that was asked for."""

    def __call__(self, url: str) -> bytes:
        span = params(url)["q"].partition("when:")[2] or "9999d"
        hours = int(span[:-1]) * (24 if span.endswith("d") else 1)
        found = [p for p in self.seen() if p.at >= self.now - timedelta(hours=hours)][:100]
        items = "".join(
            f"<item><guid>{self.name(post)}</guid><title>{post.text} - Outlet</title>"
            f"<pubDate>{format_datetime(post.at)}</pubDate><source url='x'>Outlet</source></item>"
            for post in found
        )
        return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
