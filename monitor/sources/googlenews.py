"""Google News: headlines that name a brand, by its search feed.

About 100 headlines of an answer, no paging; the window asked for reaches back to the newest
headline known, so that the hundred suffice. Gives headline, outlet and date. The address leads to
the article by way of Google: it is not taken apart, since Google answers that with 429. No counts.

`url` chooses the edition: `https://news.google.com/rss/search?hl=de&gl=DE&ceid=DE:de`. No key, no
published limit. Terms: every feed says "personal, non-commercial use … any other use is expressly
prohibited"; nothing is asked for unless a source of this kind is configured.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import addresses, feed, jsonvalues
from monitor.sources.kind import Ask, Kind, Page
from monitor.sources.printed import queries

NOTICE = (
    "Google allows its news feeds for personal, non-commercial use only; "
    "any other use is prohibited by their notice"
)
_HOME = "https://news.google.com/rss/search"
_EDITION = {"hl": "en-US", "gl": "US", "ceid": "US:en"}
#: Headlines come in late: asked for again.
_LATE = timedelta(hours=2)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=365)


def complaint(url: str) -> str:
    """What is wrong with an address; empty: nothing."""
    return "" if urlsplit(url).path.endswith("/rss/search") else f"should be {_HOME}?hl=…&gl=…"


def ask(ask: Ask) -> str:
    """The search for one name, in the edition that the configured address names."""
    edition = _EDITION | dict(parse_qsl(urlsplit(ask.url).query))
    return addresses.endpoint(ask.url, addresses.path(ask.url), **edition | {"q": _search(ask)})


def read(page: Page) -> FeedDocument:
    """Read the headlines; the cursor is the date of the newest known."""
    if page.body.lstrip()[:1] in (b"{", b"["):
        raise FeedError("not a feed of Google News: JSON")
    document = feed.read(page.body, headers=page.headers, url=page.url, now=page.ask.now)
    items = tuple(_headline(item) for item in document.items if item.title)
    dates = [item.published_at for item in items if item.published_at is not None]
    seconds = [int(min(date, page.ask.now).timestamp()) for date in dates]
    known = _newest(page.ask)
    newest = max([*seconds, known or 0])
    return replace(
        document,
        items=items,
        cursor=jsonvalues.kept(newest=newest or None),
    )


def _search(ask: Ask) -> str:
    """A name as exact words, and how far back: hours up to a day, then days."""
    words = addresses.phrase(ask.query)
    start = _newest(ask) or (ask.since.timestamp() if ask.since else None)
    if start is None:
        return words
    age = min(max(timedelta(seconds=ask.now.timestamp() - start) + _LATE, _LATE), _LONGEST)
    hours, days = -(-age // _HOUR), -(-age // _DAY)
    return f"{words} when:{hours}h" if age <= _DAY else f"{words} when:{days}d"


def _newest(ask: Ask) -> int | None:
    return jsonvalues.count(jsonvalues.cursor(ask.cursor), "newest")


def _headline(item: RawItem) -> RawItem:
    """Without the outlet at its end; the text says it once more, beside headlines of others."""
    title, outlet = item.title or "", item.author or ""
    ending = f" - {outlet}"
    named = title.removesuffix(ending) if outlet and title != ending.strip() else title
    return replace(item, title=named or title or None, text="")


KIND = Kind(
    name="googlenews",
    ask=ask,
    read=read,
    queries=queries,
    home=_HOME,
    accept=feed.ACCEPT,
    floor=timedelta(minutes=5),
    pages=1,
    pause=timedelta(seconds=10),
    notice=NOTICE,
    complaint=complaint,
    renames=True,
)
