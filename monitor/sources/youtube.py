"""YouTube: the newest 15 videos of a channel or a playlist, with views and likes.

`url` may be a channel (`https://www.youtube.com/channel/UC…`, or the bare id), a playlist
(`…/playlist?list=PL…`, or the bare id; `UULF…` is a channel without its shorts) or the address of
the feed. Not a handle (`@name`): that needs the page. Comments and subscribers are not in the
feed; a like count that is hidden is absent. No search.

No key, no published limit; answers ask to be left alone for 15 minutes. Since December 2025 all
feeds have answered 404 for hours on many days: that passes, and is no reason to stop asking.
Terms: https://www.youtube.com/t/terms.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from monitor.core.polling import FeedDocument
from monitor.errors import FeedError
from monitor.sources import feed
from monitor.sources.kind import Ask, Kind, Page, Posts, Refresh

#: A feed gives the counts of all of its videos, and no others.
REFRESH_AT_ONCE = 15

_FEED = "https://www.youtube.com/feeds/videos.xml"
_CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
_PLAYLIST = re.compile(r"(?:PL|UU|FL|OL)[\w-]{8,60}", re.ASCII)
_WANTED = "a channel (https://www.youtube.com/channel/UC…) or a playlist (…/playlist?list=PL…)"


def complaint(url: str) -> str:
    """What is wrong with an address; empty: nothing."""
    return "" if _address(url) else f"should be {_WANTED}"


def ask(ask: Ask) -> str:
    return _address(ask.url) or ask.url


def read(page: Page) -> FeedDocument:
    """Read the feed. `cursor` stays empty: it has one page, always the newest."""
    if page.body.lstrip()[:1] == b"{":
        raise FeedError("not a feed of YouTube: JSON")
    document = feed.read(page.body, headers=page.headers, url=page.url, now=page.ask.now)
    videos = tuple(item for item in document.items if item.native_id.startswith("yt:video:"))
    if document.items and not videos:
        raise FeedError("not a feed of YouTube: no entry of it is a video")
    return replace(document, items=videos)


def refresh(url: str, posts: Posts) -> str:
    """Where the counts of videos are asked for."""
    return _address(url) if posts else ""


def read_counts(page: Page, posts: Posts) -> dict[str, dict[str, float] | None]:
    """Counts by native id. A video that has left the feed is not known to be deleted."""
    asked = {name for name, _ in posts}
    return {
        item.native_id: dict(item.engagement)
        for item in read(page).items
        if item.native_id in asked
    }


def _address(url: str) -> str:
    """The feed of a channel or a playlist; empty if none is named."""
    parts = urlsplit(url)
    named = parts.path.removeprefix("/channel/").strip("/")
    if parts.path.endswith("/feeds/videos.xml"):
        return url
    if _CHANNEL.fullmatch(named):
        return f"{_FEED}?channel_id={named}"
    listed = parse_qs(parts.query).get("list", [named])[0]
    return f"{_FEED}?playlist_id={listed}" if _PLAYLIST.fullmatch(listed) else ""


KIND = Kind(
    name="youtube",
    ask=ask,
    read=read,
    searches=False,
    accept=feed.ACCEPT,
    floor=timedelta(minutes=1),
    conditional=True,
    pages=1,
    complaint=complaint,
    refresh=Refresh(at_once=REFRESH_AT_ONCE, ask=refresh, read=read_counts),
)
