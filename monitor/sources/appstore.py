"""App Store: customer reviews of one app in one country, with their stars.

`url` is the app's page (`https://apps.apple.com/us/app/name/id123456789`). The newest 500 reviews,
in 10 pages of 50; the stars stand before the title, where people and the classifier see them. A
review that was edited comes again, under its id. `assume_brand = true` is what one wants here.

The feed (https://itunes.apple.com/…/rss/customerreviews) has no key, no documentation and no
published limit; too many requests are answered with an empty page. Its JSON is at times empty
where its XML is not: then the XML is read. Google Play has no public feed: export its reviews and
use `file`, or hand them to `push`. Terms: https://www.apple.com/legal/internet-services/itunes/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import addresses, cleaning, feed, jsonvalues, paging
from monitor.sources.jsonvalues import Row
from monitor.sources.kind import Ask, Kind, Page

_HOST = "https://itunes.apple.com"
_FEED = "/rss/customerreviews"
_PAGES = 10
#: Reviews are shown some hours after the time they bear.
_DEPTH = paging.Depth(posts=500, late=timedelta(hours=12))
_COUNTRY = re.compile(r"/([a-z]{2})(?:/|\Z)", re.ASCII)
_APP = re.compile(r"/id=?(\d{1,12})(?:/|\Z)", re.ASCII)
_PLACE = re.compile(r"([1-9]|10) (json|xml) (\d{1,12})", re.ASCII)
#: Seconds of peace after an answer that is empty for no other reason; it asks for none itself.
_PEACE, _PAUSE = 600.0, 60.0
_XML_FOR = timedelta(minutes=10)
_ID = re.compile(r"\d{1,20}", re.ASCII)
_STARS = {str(n): "★" * n + "☆" * (5 - n) for n in range(1, 6)}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Which page comes next, in which form: `2 json 0`."""

    number: int = 1
    form: str = "json"
    #: When it was asked for in this form, in seconds since 1970.
    since: int = 0

    @classmethod
    def of(cls, ask: Ask) -> _Place:
        found = _PLACE.fullmatch(paging.descent(ask).at)
        if not found:
            return cls()
        place = cls(number=int(found[1]), form=found[2], since=int(found[3]))
        # Should the XML break for good, the JSON is tried again.
        fresh = place.since + _XML_FOR.total_seconds() >= ask.now.timestamp()
        return place if fresh else cls(number=place.number)

    def kept(self) -> str:
        return f"{self.number} {self.form} {self.since}"


def complaint(url: str) -> str:
    """What is wrong with an address; empty: nothing."""
    path = addresses.path(url)
    known = _COUNTRY.match(path) and _APP.search(path)
    return "" if known else "should be https://apps.apple.com/us/app/name/id123456789"


def ask(ask: Ask) -> str:
    """A page of the feed, on the configured host if that is the feed's."""
    path = addresses.path(ask.url)
    country, app = _COUNTRY.match(path), _APP.search(path)
    host = ask.url if _FEED in path else _HOST
    place = _Place.of(ask)
    named = f"/{country[1] if country else 'us'}{_FEED}/page={place.number}"
    asked = f"/id={app[1] if app else 0}/sortby=mostrecent/{place.form}"
    return addresses.endpoint(host, named + asked)


def read(page: Page) -> FeedDocument:
    """Read a page; an empty one in JSON is asked for once more, in XML."""
    place = _Place.of(page.ask)
    entries = _entries_of_xml(page) if place.form == "xml" else _entries_of_json(page.body)
    reviews = [entry for entry in entries if "im:rating" in entry]
    if not reviews and place.form == "json":
        return _in_xml(page.ask, place)
    items = [item for entry in reviews if (item := _item(entry, now=page.ask.now))]
    if reviews and not items:
        raise FeedError("not an answer of the App Store: none of its reviews could be read")
    _refuse_silence(page.ask, place, reviews)
    has_next = bool(reviews) and place.number < _PAGES
    following = _Place(number=place.number + 1).kept() if has_next else ""
    return paging.turn(
        FeedDocument(items=tuple(cleaning.told(items)), wait_seconds=_wait(page.ask, reviews)),
        page.ask,
        dates=[item.published_at for item in items],
        at=following,
        depth=_DEPTH,
    )


def _in_xml(ask: Ask, place: _Place) -> FeedDocument:
    at = replace(place, form="xml", since=int(ask.now.timestamp())).kept()
    return FeedDocument(items=(), cursor=replace(paging.descent(ask), at=at).kept(), more=True)


def _refuse_silence(ask: Ask, place: _Place, reviews: list[Row]) -> None:
    """Reviews do not vanish: who had some and shows none has had enough of us."""
    if paging.descent(ask).known and place.number == 1 and not reviews:
        why = "the App Store shows no reviews, though there were some: it is throttling"
        raise FeedError(why, wait_seconds=_PEACE)


def _wait(ask: Ask, reviews: list[Row]) -> float | None:
    """What ends where it should not is looked at again, but not at once."""
    return _PAUSE if paging.breaks_off(ask, reviews) else None


def _entries_of_json(body: bytes) -> list[Row]:
    """`entry` is a list, an object if there is but one, absent if there is none."""
    answer = jsonvalues.mapping(jsonvalues.load(body, of="the App Store"))
    if not isinstance(answer.get("feed"), dict):
        raise FeedError("not an answer of the App Store: JSON, but no feed")
    entry = answer["feed"].get("entry")
    return jsonvalues.rows([entry] if isinstance(entry, dict) else entry)[: cleaning.MAX_ITEMS]


def _entries_of_xml(page: Page) -> list[Row]:
    """The entries in the shape that they have in JSON."""
    parsed = feed.parse(page.body, page.headers)
    if not parsed.get("version"):
        raise FeedError("not an answer of the App Store: no feed")
    return [_as_json(entry) for entry in parsed.entries[: cleaning.MAX_ITEMS]]


def _as_json(entry: Any) -> Row:
    contents, links = entry.get("content") or [{}], entry.get("links") or [{}]
    labels = {
        "id": entry.get("id"),
        "title": entry.get("title"),
        "content": contents[0].get("value"),
        "updated": entry.get("updated"),
        "im:rating": entry.get("im_rating"),
        "im:voteSum": entry.get("im_votesum"),
    }
    row: Row = {name: {"label": label} for name, label in labels.items() if label is not None}
    row["author"] = {"name": {"label": entry.get("author")}}
    row["link"] = {"attributes": {"href": links[0].get("href")}}
    return row


def _item(entry: Row, *, now: datetime) -> RawItem | None:
    native_id = _label(entry, "id").strip()
    if not _ID.fullmatch(native_id):
        return None
    stars = _STARS.get(_label(entry, "im:rating").strip(), "")
    title = cleaning.title_line(_label(entry, "title")) or ""
    return RawItem(
        native_id=native_id,
        url=cleaning.web_address(_link(entry), ""),
        title=f"{stars} {title}".strip() or None,
        text=cleaning.clean(_label(entry, "content")[: cleaning.MAX_MARKUP]),
        author=cleaning.name_line(_label(jsonvalues.inner(entry, "author"), "name")),
        published_at=jsonvalues.date(jsonvalues.inner(entry, "updated"), "label", now=now),
        engagement=_engagement(entry),
    )


def _engagement(entry: Row) -> dict[str, float]:
    """How many found the review helpful."""
    helpful = _label(entry, "im:voteSum").strip()
    return {"likes": float(helpful)} if re.fullmatch(r"[0-9]{1,12}", helpful) else {}


def _link(entry: Row) -> str:
    link = entry.get("link")
    first = link[0] if isinstance(link, list) and link else link
    return jsonvalues.text(jsonvalues.inner({"link": first}, "link", "attributes"), "href")


def _label(entry: Row, key: str) -> str:
    return jsonvalues.text(jsonvalues.inner(entry, key), "label")


KIND = Kind(
    name="appstore",
    ask=ask,
    read=read,
    searches=False,
    accept="application/json, application/atom+xml;q=0.9",
    floor=timedelta(minutes=1),
    # Each may be asked for twice.
    pages=2 * _PAGES,
    pause=timedelta(seconds=2),
    complaint=complaint,
)
