"""The kinds of source and the ways in which each is asked, beside services to try them with.

A flow is called by its kind and, after a comma, its way: "reddit, API list".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.sources import outlets, services
from tests.sources.services import Service


class Feed(Service):
    """The newest posts as RSS."""

    def __call__(self, url: str) -> bytes:
        items = "".join(
            f"<item><guid>{self.name(post)}</guid><title>{post.text}</title></item>"
            for post in self.seen()[:200]
        )
        return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A way to ask a kind, and the service that it is tried with."""

    service: Callable[[], Any]
    url: str
    token: str = ""
    #: Sent with every good answer.
    headers: Mapping[str, str] = field(default_factory=dict)


_DISCOURSE = "https://forum.example"
_LEMMY = "https://lemmy.example"
_MASTODON = "https://mastodon.example"
_FEEDS, _API = "https://www.reddit.com", "https://oauth.reddit.com"
_PRIVATE = "0ab1:ann"

FLOWS: Mapping[str, Flow] = {
    "appstore": Flow(service=outlets.AppStore, url="https://apps.apple.com/us/app/x/id1"),
    "discourse, latest": Flow(service=services.Topics, url=f"{_DISCOURSE}/latest.json"),
    "discourse, posts": Flow(service=services.Forum, url=f"{_DISCOURSE}/posts.json"),
    "discourse, search": Flow(service=services.Forum, url=_DISCOURSE),
    "feed": Flow(service=Feed, url="https://news.example/feed.xml"),
    "gdelt": Flow(service=outlets.Gdelt, url="https://api.gdeltproject.org"),
    "googlenews": Flow(service=outlets.GoogleNews, url="https://news.google.com/rss/search"),
    "hackernews": Flow(service=services.Algolia, url="https://hn.algolia.com/api/v1"),
    "lemmy, v3": Flow(service=services.Lemmy, url=_LEMMY),
    "lemmy, v3 list": Flow(service=services.LemmyList, url=f"{_LEMMY}/api/v3/post/list"),
    "lemmy, v4": Flow(service=services.Lemmy, url=f"{_LEMMY}/api/v4"),
    "lemmy, v4 list": Flow(service=services.LemmyList, url=f"{_LEMMY}/api/v4/post/list"),
    "mastodon, public": Flow(service=services.Fediverse, url=f"{_MASTODON}/public"),
    "mastodon, search": Flow(service=services.Fediverse, url=_MASTODON, token="t"),
    "mastodon, tag": Flow(service=services.Fediverse, url=f"{_MASTODON}/tags/united"),
    "reddit, API list": Flow(service=outlets.Reddit, url=f"{_API}/r/flying", token="t"),
    "reddit, API search": Flow(service=outlets.Reddit, url=_API, token="t"),
    "reddit, private feed": Flow(service=outlets.RedditFeed, url=_FEEDS, token=_PRIVATE),
    "reddit, private feed list": Flow(
        service=outlets.RedditFeed, url=f"{_FEEDS}/r/flying", token=_PRIVATE
    ),
    "stackexchange": Flow(
        service=services.StackExchange, url="https://api.stackexchange.com/2.3/travel"
    ),
    "youtube": Flow(
        service=outlets.YouTube, url="https://www.youtube.com/playlist?list=PL12345678"
    ),
}


def kind_of(name: str) -> str:
    """The kind that a flow is of."""
    return name.partition(",")[0]
