"""Bluesky: every post of the network as it is written, filtered here, by Jetstream.

Gives posts (replies and quotes too) whose words, link card or alt texts name a brand, reposts of
those, edits, deletions and accounts that are gone, within seconds; after a break of up to 36 hours
whatever was missed. Counts of likes, reposts, replies and quotes come from
`app.bsky.feed.getPosts`, 25 posts a request. Does not see followers, nor what pictures show
without an alt text.

Needs no account. The servers are a service of Bluesky to everybody; what may be done with the
posts: https://bsky.social/about/support/tos, https://docs.bsky.app/docs/support/developer-guidelines
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from monitor.core.asking import Page
from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import cleaning, jetstream, jsonvalues
from monitor.sources.kind import Kind, Posts, Refresh
from monitor.sources.streaming import Deleted, Post, Repost, Streaming

HOME = "wss://jetstream2.us-east.bsky.network/subscribe"
COUNTS = "https://public.api.bsky.app/xrpc/app.bsky.feed.getPosts"
#: Posts that one request for counts may name.
REFRESH_AT_ONCE = 25
_COUNTS = {
    "likes": "likeCount",
    "reposts": "repostCount",
    "replies": "replyCount",
    "quotes": "quoteCount",
}


def item(event: Post | Repost, *, now: datetime) -> RawItem:
    """A post as it is stored; a repost has no words of its own."""
    item = RawItem(
        native_id=event.native_id,
        url=web_page(event.native_id),
        author=event.author,
        published_at=said_at(event.record, event.at, now=now),
    )
    if isinstance(event, Repost):
        return replace(item, url=web_page(event.of), repost_of=event.of)
    return replace(item, text=event.text, language=_language(event.record))


def web_page(uri: str) -> str | None:
    """Where people read a post; None for what is no address of a post."""
    found = jetstream.post_uri(uri)
    return f"https://bsky.app/profile/{found[0]}/post/{found[1]}" if found else None


def said_at(record: Mapping[str, Any], seen: datetime | None, *, now: datetime) -> datetime | None:
    """What the author's program says, but never after the network saw it.

    Programs that bring old posts along from elsewhere give them their old dates, and those stand.
    """
    said = jsonvalues.date(dict(record), "createdAt", now=now)
    known = [moment for moment in (said, cleaning.sane_date(seen, now=now)) if moment]
    return min(known, default=None)


def _language(record: Mapping[str, Any]) -> str | None:
    """None unless the author's program names one alone: some name all that the author reads."""
    named = record.get("langs")
    if not isinstance(named, list) or len(named) != 1 or not isinstance(named[0], str):
        return None
    return cleaning.language_code(named[0])


def read_page(page: Page) -> FeedDocument:
    """A frame as a page of at most one item."""
    event = jetstream.read(page.body)
    is_told = isinstance(event, Post) and bool(event.text)
    return FeedDocument(
        items=(item(event, now=page.ask.now),) if isinstance(event, Post) and is_told else (),
        cursor=jetstream.cursor(event.position) if event else None,
        deleted=(event.native_id,) if isinstance(event, Deleted) else (),
    )


def complaint(url: str) -> str:
    """What is wrong with a configured address; empty: nothing."""
    try:
        parts = urlsplit(url)
        is_host = bool(parts.hostname) and parts.scheme in {"ws", "wss", "http", "https"}
    except ValueError:
        is_host = False
    return "" if is_host else f"should be the address of a Jetstream, such as {HOME}"


def refresh(url: str, posts: Posts) -> str:  # noqa: ARG001 - one for all
    """The address of the counts of these posts (native id, page); empty: none can be asked for.

    https://docs.bsky.app/docs/api/app-bsky-feed-get-posts, 3,000 requests in five minutes.
    """
    uris = [("uris", native_id) for native_id, _ in posts if jetstream.post_uri(native_id)]
    return f"{COUNTS}?{urlencode(uris[:REFRESH_AT_ONCE])}" if uris else ""


def read_counts(page: Page, posts: Posts) -> dict[str, dict[str, float] | None]:
    """Counts by native id. A post that it does not speak of is unknown: it may only be hidden."""
    row = jsonvalues.mapping(jsonvalues.load(page.body, of="Bluesky"))
    if not isinstance(row.get("posts"), list):
        raise FeedError("not an answer of Bluesky: it has no posts")
    asked = {native_id for native_id, _ in posts}
    counted = ((jsonvalues.text(post, "uri"), post) for post in jsonvalues.rows(row["posts"]))
    return {uri: jsonvalues.engagement(post, _COUNTS) for uri, post in counted if uri in asked}


STREAM = Streaming(
    read=jetstream.read,
    item=item,
    cursor=jetstream.cursor,
    forgot=jetstream.forgot,
    subprotocols=("xrpc.v1.json",),
)

KIND = Kind(
    name="bluesky",
    home=HOME,
    ask=jetstream.subscription,
    read=read_page,
    searches=False,
    polled=False,
    complaint=complaint,
    refresh=Refresh(at_once=REFRESH_AT_ONCE, ask=refresh, read=read_counts),
)
