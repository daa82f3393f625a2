"""Feeds: RSS 0.9x to 2.0, RDF, Atom (by feedparser) and JSON Feed.

Does no I/O: says how to ask, and turns the bytes that come into items.
"""

from __future__ import annotations

import calendar
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from monitor.core.polling import FeedDocument, RawItem
from monitor.core.times import utc
from monitor.errors import FeedError
from monitor.sources import cleaning, figures, jsonfeed, newest, tombstones
from monitor.sources.encodings import in_utf8
from monitor.sources.kind import Ask, Kind, Page

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, */*;q=0.1"
)
#: Headers that feedparser may see; the others (an encoding that is undone by now) would mislead.
_TOLD = ("content-type", "content-language")
_UTF_8 = "application/xml; charset=utf-8"
#: How often a period of http://purl.org/rss/1.0/modules/syndication/ is, in seconds.
_PERIODS = {
    "hourly": 3_600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
#: feedparser takes each of these for a description, and what comes second for the full content: a
#: photo's caption would stand where the article does. Under another name it keeps them apart.
_BESIDE = re.compile(rb"<(/?)(media:description|itunes:summary)\b[^<>]*?(/?)>")
#: feedparser takes out but a DOCTYPE that begins a line; one that stays and names a DTD, which is
#: never fetched, makes a parser of XML pass over each `&eacute;` without a word.
_IN_LINE = re.compile(rb">[ \t]*<!DOCTYPE\b")
_ASIDES = ("itunes_summary_", "media_description_")
_MAIL = r"[^\s@()]{1,100}@[^\s@()]{1,100}"
_WITH_ADDRESS = re.compile(rf"{_MAIL} \((.+)\)|(.+) \({_MAIL}\)")
_LOOKS_LIKE = (
    ("HTML", re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)),
    ("XML", re.compile(rb"\s*<(?:\?xml|!|[a-z])", re.IGNORECASE)),
    ("gzip", re.compile(rb"\x1f\x8b")),
)


def read(body: bytes, *, headers: Mapping[str, str], url: str, now: datetime) -> FeedDocument:
    """Read a document; raise `FeedError` for what is no feed, and nothing else but `MemoryError`.

    `headers` have lower-case names; `url` is where the document came from. A broken document is
    read as far as it goes, and says so in `warning`; of a long one the newest entries are.
    """
    written = in_utf8(body)
    if written is not None:
        body, headers = written, {**headers, "content-type": _UTF_8}
    start = body[:1_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise FeedError("not a feed: the document is empty")
    if start.startswith((b"{", b"[")):
        return jsonfeed.read(body, url=url, now=now)
    deleted = tombstones.read(body)
    body, older = newest.shortened(body, cleaning.MAX_ITEMS, now=now)
    parsed = parse(body, headers)
    entries = [entry for entry in parsed.entries if entry]
    if not entries:
        _refuse_nothing(parsed, start)
    items = tuple(cleaning.told(_items(entries, parsed, url=url, now=now)))
    listed = {item.native_id for item in items}
    return FeedDocument(
        items=items,
        title=cleaning.title_line(_text(parsed.feed, "title")),
        ttl_seconds=_ttl(parsed.feed),
        dropped=older + max(0, len(entries) - cleaning.MAX_ITEMS),
        warning=_warning(parsed),
        # RFC 6721, section 3: what is listed again was taken back into the feed.
        deleted=tuple(native_id for native_id in deleted if native_id not in listed),
    )


def _feedparser() -> Any:
    """It takes a while to load, and only the process that reads needs it."""
    import feedparser  # type: ignore[import-untyped] # noqa: PLC0415

    return feedparser


def parse(body: bytes, headers: Mapping[str, str]) -> Any:
    """What feedparser makes of it; raise `FeedError` for what breaks it. Text is still markup."""
    told = {name: headers[name] for name in _TOLD if name in headers}
    body = _IN_LINE.sub(b">\n<!DOCTYPE", body, count=1)
    try:
        return _feedparser().parse(
            # Bytes, never text: feedparser takes text for an address or a path, and opens it.
            io.BytesIO(_BESIDE.sub(rb"<\1\2_\3>", body)),
            # Not told where it came from: it would make ids absolute too, and every item would be
            # new once the feed moves. Links are made absolute below.
            response_headers=told,
            # Three times faster; the markup is taken out below.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as e:
        # It is written to forgive, but hostile input still finds errors of every type in it.
        raise FeedError(f"not readable as a feed ({type(e).__name__}: {str(e)[:80]})") from e


def _refuse_nothing(parsed: Any, start: bytes) -> None:
    """A feed without entries is fine, if it is whole; anything else without entries is no feed."""
    if not parsed.get("version"):
        kind = next((kind for kind, looks in _LOOKS_LIKE if looks.match(start)), "text")
        raise FeedError(f"not a feed: looks like {kind}")
    if why := _warning(parsed):
        raise FeedError(f"{why}; no entry could be read")


def _warning(parsed: Any) -> str | None:
    error = parsed.get("bozo_exception")
    if not parsed.get("bozo") or isinstance(error, _feedparser().ThingsNobodyCaresAboutButMe):
        return None
    return f"broken feed: {cleaning.line(str(error), 120)}"


def _items(entries: list[Any], parsed: Any, *, url: str, now: datetime) -> Iterator[RawItem]:
    """The entries; those without an id that lead to one page, as of a status page, by their words.

    By the page they would be one, and what is said last would be taken for an edit of it.
    """
    read = entries[: cleaning.MAX_ITEMS]
    items = [_item(entry, parsed, url=url, now=now) for entry in read]
    heads: dict[str, set[str]] = defaultdict(set)
    for item in items:
        heads[item.native_id].add(item.title or item.text)
    for entry, item in zip(read, items, strict=True):
        is_one = _text(entry, "id") or len(heads[item.native_id]) == 1
        said = cleaning.hashed(f"{item.title}\n{item.text}")
        yield item if is_one else replace(item, native_id=said)


def _item(entry: Any, parsed: Any, *, url: str, now: datetime) -> RawItem:
    link = _text(entry, "link")
    title = cleaning.title_line(_text(entry, "title"))
    text = _body(entry)
    return RawItem(
        native_id=cleaning.stable_id(_text(entry, "id"), link=link, content=f"{title}\n{text}"),
        url=cleaning.web_address(link, url),
        title=title,
        text=text,
        author=_author(entry, parsed),
        published_at=_date(entry, now=now),
        language=_language(entry, parsed.feed),
        engagement=_engagement(entry),
    )


def _body(entry: Any) -> str:
    """The content or the summary, whichever is fuller; without them what stands beside them.

    Content may be a picture with its credit, and the summary what the article says.
    """
    contents = entry.get("content") or []
    texts = [_text(content, "value") for content in contents] + [_text(entry, "summary")]
    if fullest := max(map(cleaning.plain, texts), key=len):
        return fullest
    beside = (cleaning.plain(_text(entry, name)) for name in _ASIDES)
    return next((text for text in beside if text), "")


def _author(entry: Any, parsed: Any) -> str | None:
    """Who wrote it; for a search result, the outlet it comes from.

    RFC 4287, section 4.2.1: an entry of Atom that names nobody is by the author of the feed.
    """
    is_atom = _text(parsed, "version").startswith("atom")
    holders = [(entry, "author"), (entry.get("source"), "title")]
    holders += [(parsed.feed, "author")] if is_atom else []
    names = (_name(holder, key) for holder, key in holders if isinstance(holder, dict))
    return next((name for name in map(cleaning.name_line, names) if name), None)


def _name(holder: Any, key: str) -> str:
    """Without the mail address before or behind it, which but one of two feeds may give."""
    given = _text(holder, key).strip()
    found = _WITH_ADDRESS.fullmatch(given)
    return (found[1] or found[2]) if found else given


def _date(entry: Any, *, now: datetime) -> datetime | None:
    for key in ("published", "updated", "created"):
        try:
            date = _moment(entry, key)
        except (TypeError, ValueError, IndexError, OverflowError, OSError):
            continue
        if sane := cleaning.sane_date(date, now=now):
            return sane
    return None


def _moment(entry: Any, key: str) -> datetime | None:
    """As feedparser read it; it gives "Sun, 22 Nov 2026 10:00:00", without a zone, no date."""
    # Past feedparser's own lookup, which takes one date for another and warns about it.
    parsed, text = dict.get(entry, f"{key}_parsed"), dict.get(entry, key)
    if text and figures.is_date(text):
        # feedparser takes 2026/11/22 for the first of the month, 01-11-2026 for a day of 2001.
        return figures.moment(text)
    if parsed:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    return utc(parsedate_to_datetime(text)) if text else None


def _language(entry: Any, feed: Any) -> str | None:
    details = [
        *(entry.get("content") or []),
        entry.get("title_detail"),
        entry.get("summary_detail"),
    ]
    tags = [_text(entry, "language")]  # dc:language
    tags += [_text(detail, "language") for detail in details if isinstance(detail, dict)]
    codes = (cleaning.language_code(tag) for tag in [*tags, _text(feed, "language")])
    return next((code for code in codes if code), None)


def _engagement(entry: Any) -> dict[str, float]:
    """Counts that some feeds give; what is absent is unknown, not zero."""
    given = {
        "replies": entry.get("slash_comments") or entry.get("thr_total"),
        "views": _inner(entry, "media_statistics", "views"),
        "likes": _inner(entry, "media_starrating", "count"),
    }
    return {name: float(count) for name, count in given.items() if _is_count(count)}


def _inner(entry: Any, outer: str, inner: str) -> Any:
    holder = entry.get(outer)
    return holder.get(inner) if isinstance(holder, dict) else None


def _is_count(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value.strip()) is not None


def _ttl(feed: Any) -> float | None:
    """Seconds for which the feed wants to be left alone: the longer of its two ways to say it."""
    minutes = _text(feed, "ttl").strip()
    asked = [int(minutes) * 60] if re.fullmatch(r"[0-9]{1,9}", minutes) else []
    period = _PERIODS.get(_text(feed, "sy_updateperiod").strip().lower())
    times = _text(feed, "sy_updatefrequency").strip()
    if period:
        often = int(times) if re.fullmatch(r"[0-9]{1,6}", times) else 1
        asked.append(period // max(1, often))
    return float(max(asked)) if any(asked) else None


def _text(holder: Any, key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _ask(ask: Ask) -> str:
    return ask.url


def _read(page: Page) -> FeedDocument:
    return read(page.body, headers=page.headers, url=page.url, now=page.ask.now)


KIND = Kind(
    name="feed",
    ask=_ask,
    read=_read,
    searches=False,
    accept=ACCEPT,
    conditional=True,
    # A feed is one page, and is asked as often as the configuration says.
    pages=1,
    pause=timedelta(0),
    local=True,
    moves=True,
    renames=True,
)
