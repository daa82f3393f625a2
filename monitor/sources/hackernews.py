"""Hacker News: stories and comments that hold a name, found by Algolia's search, minutes old.

What Algolia finds also in the address of a story or the name of an author is left to the matching
of brands. Points and numbers of comments are read again from the site's own interface on Firebase,
which also says what was deleted or killed. Job offers and polls are not asked for.

https://hn.algolia.com/api: no key, 10,000 requests an hour for each IP address, at most 1,000 hits
of a query, so that pages are told apart by time. https://github.com/HackerNews/API: no key, "there
is currently no rate limit". Phrases in quotation marks are exact (`advancedSyntax` is on there).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import addresses, cleaning, jsonvalues, windows
from monitor.sources.jsonvalues import Row
from monitor.sources.kind import Kind, Posts, Refresh

_SERVICE = "Hacker News"
_HOME = "https://hn.algolia.com"
_SEARCH = "/api/v1/search_by_date"
_ITEM = "https://news.ycombinator.com/item?id="
_FIREBASE = "https://hacker-news.firebaseio.com"
_SIZE = 500
#: Algolia reads what is new within a few minutes.
_LATE = timedelta(minutes=15)
_COUNTS = {"score": "points", "replies": "num_comments"}


def ask(asked: Ask) -> str:
    """Hits between two seconds, newest first."""
    window = windows.window(asked)
    bounds = [f"created_at_i>={window.floor}"]
    bounds += [] if window.at is None else [f"created_at_i<={window.at}"]
    return addresses.endpoint(
        asked.url,
        _SEARCH,
        query=addresses.phrase(asked.query),
        tags="(story,comment)",
        numericFilters=",".join(bounds),
        hitsPerPage=_SIZE,
    )


def read(page: Page) -> FeedDocument:
    """See `Reader`."""
    answer = jsonvalues.mapping(jsonvalues.load(page.body, of=_SERVICE))
    hits = jsonvalues.entries(answer, "hits", name="objectID", of=_SERVICE)
    dates = [_date(hit, now=page.ask.now) for hit in hits]
    items = (_item(hit, date) for hit, date in zip(hits, dates, strict=True))
    document = FeedDocument(items=tuple(cleaning.told(item for item in items if item)))
    # It may give fewer than were asked for, and says so.
    size = min(_SIZE, jsonvalues.count(answer, "hitsPerPage") or _SIZE)
    full = len(answer["hits"]) >= size
    last = bool(hits) and not full
    return windows.step(document, page.ask, dates=dates, last=last, full=full, late=_LATE)


def _item(hit: Row, date: datetime | None) -> RawItem | None:
    name = jsonvalues.number_id(hit, "objectID")
    if name is None:
        return None
    markup = jsonvalues.text(hit, "comment_text") or jsonvalues.text(hit, "story_text")
    return RawItem(
        native_id=name,
        url=_ITEM + name,
        title=cleaning.title_line(jsonvalues.text(hit, "title")),
        text=cleaning.plain(markup),
        author=cleaning.name_line(jsonvalues.text(hit, "author")),
        published_at=date,
        engagement=jsonvalues.engagement(hit, _COUNTS),
    )


def _date(hit: Row, *, now: datetime) -> datetime | None:
    return jsonvalues.unix(hit, "created_at_i", now=now) or jsonvalues.date(
        hit, "created_at", now=now
    )


def refresh(url: str, posts: Posts) -> str:
    """The address of the one post that is asked for at a time."""
    home = _FIREBASE if url.startswith(_HOME) else addresses.origin(url)
    return f"{home}/v0/item/{posts[0][0]}.json"


def read_counts(page: Page, posts: Posts) -> dict[str, dict[str, float] | None]:
    """Points and comments of the post, None if it is gone; nothing if Firebase does not say."""
    answer = jsonvalues.load(page.body, of=_SERVICE)
    name = posts[0][0]
    if answer is None:
        return {}
    if jsonvalues.number_id(jsonvalues.mapping(answer), "id") != name:
        raise FeedError(f"not an answer of {_SERVICE}: not the item {name}")
    if jsonvalues.flag(answer, "deleted") or jsonvalues.flag(answer, "dead"):
        return {name: None}
    kids = answer.get("kids")
    replies = {"replies": float(len(kids))} if isinstance(kids, list) else {}
    given = jsonvalues.engagement(answer, {"score": "score", "replies": "descendants"})
    return {name: replies | given}


def complaint(url: str) -> str:
    """Say what is wrong with a configured address."""
    if addresses.host(url) in {"news.ycombinator.com", "hacker-news.firebaseio.com"}:
        return f"is not the search of Hacker News; leave it out, or write {_HOME}"
    return ""


KIND = Kind(
    name="hackernews",
    ask=ask,
    read=read,
    refresh=Refresh(at_once=1, ask=refresh, read=read_counts),
    home=_HOME,
    complaint=complaint,
    floor=timedelta(seconds=10),
)
