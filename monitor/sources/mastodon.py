"""Mastodon: public posts that one server knows of, its own and those that reached it.

Which of its lists is read is decided by the configured address, and by what is searched for:

- `https://server/tags/NAME` or `/api/v1/timelines/tag/NAME`: the posts with that tag.
- `/public`, `/public/local`, `/public/remote` or `/api/v1/timelines/public`: all public posts,
  matched here; busy servers write more of them than may be read.
- The bare `https://server`: for a `#name` the posts with that tag; for other names the search, if
  there is a token; without one, the search finds no posts, and the public posts are read instead.

Lists are read forward from the last id (`min_id`), so that nothing is skipped however long ago
that was; the search from its newest post down. Ids hold the time, also those of posts that arrive
late, so the last minutes are read twice. A post keeps the name that the network knows it by
(`uri`), so it is the same from every server; `url` is the page of the server that was asked, and
holds its id there, from which the counts are read again. Counts are what that server knows.

With `stream = true` its posts also come as they are written (see `mastodonlive`). Does not see
posts of people who do not want to be found by searches.

https://docs.joinmastodon.org/methods/timelines/, /methods/search/, /methods/statuses/: 300
requests in 5 minutes for each account and each IP address; `X-RateLimit-*` say how many are left.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument
from monitor.core.times import utc
from monitor.errors import FeedError
from monitor.sources import addresses, cleaning, jsonvalues, snowflakes, statuses, windows
from monitor.sources.jsonvalues import Row
from monitor.sources.kind import Kind, Posts, Refresh, bearer

_SERVICE = "Mastodon"
_TAG = re.compile(r"(?:/api/v1/timelines/tag|/tags)/([^/]+)")
_PUBLIC = re.compile(r"(?:/api/v1/timelines)?/public(?:/(local|remote))?")
#: The most that it gives of a list, and of posts asked for by id.
_SIZE = 40
_USUAL = 20
_LATE = timedelta(minutes=5)
_LATE_INDEXED = timedelta(minutes=10)


def queries(url: str, names: tuple[str, ...], has_token: bool) -> tuple[str, ...]:  # noqa: FBT001
    """What is asked for, each with a cursor of its own; "" is all public posts."""
    if route(url):
        return ("",)
    if has_token:
        return names
    return (*(name for name in names if name.startswith("#")), "")


def ask(asked: Ask) -> str:
    """A page of a list after the last id, or of the search before a second."""
    given = route(asked.url) or _route_of(asked.query)
    if given is not None:
        after = snowflakes.after(asked)
        return addresses.endpoint(asked.url, min_id=after, limit=_SIZE, **given)
    at = windows.window(asked).at
    return addresses.endpoint(
        asked.url,
        "/api/v2/search",
        q=addresses.phrase(asked.query.lstrip("@")),
        type="statuses",
        limit=_SIZE,
        # Exclusive, and made into a date by the server: the whole second must lie below.
        max_id=None if at is None else snowflakes.first(at + 1),
    )


def route(url: str) -> dict[str, Any] | None:
    """Path and parameters of the list that an address names."""
    path = addresses.path(url)
    if tag := _TAG.fullmatch(path):
        return {"path": f"/api/v1/timelines/tag/{tag[1]}"}
    if public := _PUBLIC.fullmatch(path):
        only = {public[1]: "true"} if public[1] else {}
        return {"path": "/api/v1/timelines/public", **only}
    return None


def _route_of(query: str) -> dict[str, Any] | None:
    if not query:
        return {"path": "/api/v1/timelines/public"}
    tag = "".join(query.removeprefix("#").split())
    if not query.startswith("#") or not tag:
        return None
    return {"path": f"/api/v1/timelines/tag/{quote(tag, safe='')}"}


def read(page: Page) -> FeedDocument:
    """See `Reader`."""
    is_list = (route(page.ask.url) or _route_of(page.ask.query)) is not None
    rows = _statuses(page, is_list=is_list)
    document = FeedDocument(
        items=tuple(cleaning.told(statuses.items(rows, url=page.url, now=page.ask.now))),
        wait_seconds=_wait(page),
    )
    if is_list:
        ids = [snowflakes.past(row, now=page.ask.now) for row in rows]
        return snowflakes.step(document, page.ask, ids=ids, usual=_USUAL, late=_LATE)
    dates = [jsonvalues.date(row, "created_at", now=page.ask.now) for row in rows]
    full = len(rows) >= _SIZE
    # What the account has muted is taken out of a page, so that a short one is not the last.
    return windows.step(
        document, page.ask, dates=dates, last=not rows, full=full, late=_LATE_INDEXED
    )


def _statuses(page: Page, *, is_list: bool) -> list[Row]:
    answer = jsonvalues.load(page.body, of=_SERVICE)
    if isinstance(answer, dict) and (error := jsonvalues.text(answer, "error")):
        raise FeedError(f"{_SERVICE} says: {cleaning.line(error, 120)}")
    holder = {"statuses": answer} if is_list else jsonvalues.mapping(answer)
    return jsonvalues.entries(holder, "statuses", name="uri", of=_SERVICE)


def _wait(page: Page) -> float | None:
    """Until the server counts anew, if nothing may be asked any more."""
    if page.headers.get("x-ratelimit-remaining", "").strip() != "0":
        return None
    try:
        reset = datetime.fromisoformat(page.headers.get("x-ratelimit-reset", "").strip())
        seconds = (utc(reset) - page.ask.now).total_seconds()
    except (ValueError, OverflowError):
        return None
    # The window is 5 minutes; a longer one is a clock that is wrong.
    return min(max(seconds, 0.0), 900.0)


def refresh(url: str, posts: Posts) -> str:
    """The address of posts of this server; empty if none of them is known to be."""
    ids = [name for _, address in posts if (name := statuses.local_id(address, url))]
    query = "&".join(f"id[]={name}" for name in ids)
    return f"{addresses.origin(url)}/api/v1/statuses?{query}" if ids else ""


def read_counts(page: Page, posts: Posts) -> dict[str, dict[str, float] | None]:
    """Counts by name, None for a post that the server does not show any more."""
    rows = _statuses(page, is_list=True)
    found = {statuses.name(row): statuses.counts(row) for row in rows}
    asked = [name for name, address in posts if statuses.local_id(address, page.url)]
    jsonvalues.check_asked(found, asked, of=_SERVICE)
    return {name: found.get(name) for name in asked}


KIND = Kind(
    name="mastodon",
    ask=ask,
    read=read,
    queries=queries,
    refresh=Refresh(at_once=20, ask=refresh, read=read_counts),
    authorise=bearer,
    floor=timedelta(seconds=5),
)
