"""JSON Feed 1.0 and 1.1: https://www.jsonfeed.org/version/1.1/.

Does no I/O. A field of the wrong type is as good as absent.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import cleaning, jsonvalues
from monitor.sources.newest import newest

_VERSION = "https://jsonfeed.org/version/"


def read(body: bytes, *, url: str, now: datetime) -> FeedDocument:
    """Read a document; raise `FeedError`, and nothing else, for what is no JSON Feed."""
    feed = _load(body)
    entries = jsonvalues.rows(feed["items"])
    dated = ((_date(entry, now=now), entry) for entry in entries)
    read = newest(dated, cleaning.MAX_ITEMS)
    items = tuple(cleaning.told(_item(entry, feed, url=url, now=now) for entry in read))
    return FeedDocument(
        items=items,
        title=cleaning.title_line(jsonvalues.text(feed, "title")),
        dropped=max(0, len(entries) - cleaning.MAX_ITEMS),
    )


def _load(body: bytes) -> dict[str, Any]:
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as e:
        raise FeedError(f"not a feed: broken JSON ({str(e)[:80]})") from e
    if not isinstance(feed, dict) or _VERSION not in jsonvalues.text(feed, "version").replace(
        "www.", ""
    ):
        raise FeedError("not a feed: JSON, but no JSON Feed (no version)")
    if not isinstance(feed.get("items"), list):
        raise FeedError("not a feed: a JSON Feed without items")
    return feed


def _item(entry: dict[str, Any], feed: dict[str, Any], *, url: str, now: datetime) -> RawItem:
    link = jsonvalues.text(entry, "url") or jsonvalues.text(entry, "external_url")
    address = cleaning.web_address(link, url)
    title = cleaning.title_line(jsonvalues.text(entry, "title"))
    text = _body(entry)
    return RawItem(
        native_id=cleaning.stable_id(_id(entry), link=link, content=f"{title}\n{text}"),
        url=address,
        title=title,
        text=text,
        author=_author(entry) or _author(feed),
        published_at=_date(entry, now=now),
        language=cleaning.language_code(
            jsonvalues.text(entry, "language") or jsonvalues.text(feed, "language")
        ),
    )


def _body(entry: dict[str, Any]) -> str:
    """The content; the summary if there is none. `content_text` is not markup."""
    if text := cleaning.clean(jsonvalues.text(entry, "content_text")[: cleaning.MAX_MARKUP]):
        return text
    return cleaning.plain(jsonvalues.text(entry, "content_html")) or cleaning.plain(
        jsonvalues.text(entry, "summary")
    )


def _id(entry: dict[str, Any]) -> str:
    """Ids should be strings; numbers are met, and the standard says to take them as such."""
    given = entry.get("id")
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return str(given) if is_number else jsonvalues.text(entry, "id")


def _author(holder: dict[str, Any]) -> str | None:
    """The first named author: `authors` since 1.1, `author` before."""
    authors = holder.get("authors")
    people = [*(authors if isinstance(authors, list) else []), holder.get("author")]
    names = [jsonvalues.text(person, "name") for person in people if isinstance(person, dict)]
    return next((name for name in map(cleaning.name_line, names) if name), None)


def _date(entry: dict[str, Any], *, now: datetime) -> datetime | None:
    for key in ("date_published", "date_modified"):
        try:
            date = datetime.fromisoformat(jsonvalues.text(entry, key).strip())
        except ValueError:
            continue
        if sane := cleaning.sane_date(date, now=now):
            return sane
    return None
