"""Mastodon, live: the posts of a list as they are written, by server-sent events.

Which stream is read follows from the configured address, as for the lists (see `mastodon`):
`/tags/NAME` is the stream of the tag, `/public`, `/public/local` and `/public/remote` those lists;
for the bare address all public posts are read, and matched here. A post that is edited comes
again, one that is deleted is named by the number that this server knows it by. What is written
while nobody listens is lost to a stream: the lists are polled beside it, and miss nothing.

https://docs.joinmastodon.org/methods/streaming/: a user's token with `read:statuses`; since 4.2
nobody listens without one. Lines such as `:thump` say that it is still there, each 15 s.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial

from monitor.core.polling import RawItem
from monitor.errors import FeedError
from monitor.sources import addresses, jsonvalues, mastodon, snowflakes, statuses
from monitor.sources.jsonvalues import Row
from monitor.sources.streaming import Deleted, Event, Live, Passed, Post, Repost, Streaming

_SERVICE = "Mastodon's stream"
#: A new post, and one that was edited.
_SAID = frozenset({"update", "status.update"})
#: Four heartbeats.
_SILENCE = timedelta(seconds=60)
_TAG = re.compile(r"/api/v1/timelines/tag/(.+)")


def ask(url: str) -> str:
    """The address of the stream of what `url` names."""
    route = mastodon.route(url) or {"path": "/api/v1/timelines/public"}
    if tag := _TAG.fullmatch(route["path"]):
        return addresses.endpoint(url, "/api/v1/streaming/hashtag") + f"?tag={tag[1]}"
    only = next((f"/{name}" for name in ("local", "remote") if name in route), "")
    return addresses.endpoint(url, f"/api/v1/streaming/public{only}")


def streaming(url: str) -> Streaming:
    """How the stream of `url` is read."""
    return Streaming(
        read=partial(read, url=url),
        item=partial(_item, url=url),
        cursor=str,
        forgot=lambda status, body: False,  # noqa: ARG005 - it never knew our place
        silence=_SILENCE,
    )


def read(frame: bytes, *, url: str) -> Event | None:
    """One event; None for a comment, and for what is not about posts. See `Streaming.read`."""
    name, data = _fields(frame)
    if name == "delete":
        known = snowflakes.valid({"id": data.strip()})
        return Deleted(position=0, at=None, native_id=known) if known else None
    if name not in _SAID:
        return None
    row = jsonvalues.mapping(jsonvalues.load(data.encode("utf-8", "replace"), of=_SERVICE))
    if not statuses.name(row):
        raise FeedError(f"not an event of {_SERVICE}: its post has no 'uri'")
    if jsonvalues.inner(row, "reblog"):
        return Passed(position=0, at=None)  # these streams have none; the lists would tell
    return _post(row, url)


def _post(row: Row, url: str) -> Post:
    return Post(
        position=0,
        at=None,
        native_id=statuses.name(row),
        author=statuses.author(row, url) or "",
        text=statuses.text(row),
        record=row,
    )


def _fields(frame: bytes) -> tuple[str, str]:
    """The name of the event, and its data; of data on several lines, all of them."""
    fields: dict[str, list[str]] = {"event": [], "data": []}
    for line in frame.decode("utf-8", "replace").split("\n"):
        key, _, value = line.partition(":")
        if key in fields:
            fields[key].append(value.removeprefix(" "))
    return "".join(fields["event"][-1:]), "\n".join(fields["data"])


def _item(event: Post | Repost, /, *, now: datetime, url: str) -> RawItem:
    (item,) = statuses.items([dict(event.record)], url=url, now=now)
    return item


LIVE = Live(ask=ask, streaming=streaming)
