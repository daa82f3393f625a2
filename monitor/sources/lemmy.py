"""Lemmy: posts and comments that one server knows of, its own and those that reached it.

The bare `https://server` is searched; so is `/api/v3/search` or `/api/v4/search`. An address of a
list (`/api/v3/post/list`, `/api/v3/comment/list`, and the same in v4) gives whatever there is,
matched here, with the parameters that it bears (`?community_name=…`). The address says what is
asked for, v3 (0.19) unless it names v4 (1.0); answers of both are read by their shape. A post
keeps the name that the network knows it by (`ap_id`), which is the address of its page too.

The search says "page 2" and not "before this date": what is deleted while a chain of pages is
read can hide one post. Languages are numbers of the server's own, and not read.

https://join-lemmy.org/docs/contributors/04-api.html: no key; each server has its own limits, of
the search often 60 requests in ten minutes or fewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import addresses, cleaning, jsonvalues, numbered, paging
from monitor.sources.jsonvalues import Row
from monitor.sources.kind import Kind

_SERVICE = "Lemmy"
_LIST = re.compile(r"/api/v[34]/(?:post|comment)/list")
_PAGE = re.compile(r"[\w.~+/=:-]{1,500}", re.ASCII)
_SIZE = 50
#: Posts of other servers arrive late; one page holds them.
_DEPTH = paging.Depth(posts=10**6, late=timedelta(hours=1))
_LISTS = ("posts", "comments", "items", "results", "search")
#: What a list may hold; v4 mixes them in one.
_VIEWED = {"post", "comment", "community", "person", "multi_community"}
#: Counters stand beside the post in v3, in it in v4.
_COUNTS = {"likes": "upvotes", "score": "score"}


def queries(url: str, names: tuple[str, ...], has_token: bool) -> tuple[str, ...]:  # noqa: ARG001, FBT001
    """What is asked for, each with a cursor of its own; "" is whatever there is."""
    return ("",) if _LIST.fullmatch(addresses.path(url)) else names


def ask(asked: Ask) -> str:
    """A page of the newest."""
    path = addresses.path(asked.url)
    is_list, is_new = _LIST.fullmatch(path) is not None, path.startswith("/api/v4")
    at = paging.descent(asked).at
    params: dict[str, Any] = {"limit": _SIZE, "sort": "new" if is_new else "New"}
    if not is_list:
        path = "/api/v4/search" if is_new else "/api/v3/search"
        params |= {"search_term" if is_new else "q": " ".join(asked.query.split())}
        params |= {"type_": "all" if is_new else "All"}
    if word := numbered.word(at):
        params |= {"page_cursor": word[1:]} if word.startswith("=") else {"page": word}
    return addresses.endpoint(asked.url, path, **params)


def read(page: Page) -> FeedDocument:
    """See `Reader`."""
    answer = _answer(page)
    lists = {key: jsonvalues.rows(answer[key])[: cleaning.MAX_ITEMS] for key in _present(answer)}
    views = [view for rows in lists.values() for view in rows]
    if any(answer[key] for key in lists) and not any(_VIEWED & view.keys() for view in views):
        raise FeedError(f"not an answer of {_SERVICE}: no posts or comments in its lists")
    document = FeedDocument(
        items=tuple(cleaning.told(_items(views, page))),
        deleted=tuple(
            _name(_said(view)) for view in views if _is_gone(view) and _name(_said(view))
        ),
    )
    dates = _shallowest(lists, now=page.ask.now) or [None] * len(views)
    at = _next(answer, page.ask, map(_name, map(_said, views))) if views else ""
    return paging.turn(document, page.ask, dates=dates, at=at, depth=_DEPTH)


def _answer(page: Page) -> Row:
    answer = jsonvalues.mapping(jsonvalues.load(page.body, of=_SERVICE))
    if error := jsonvalues.text(answer, "error"):
        raise FeedError(f"{_SERVICE} says: {cleaning.line(error, 120)}")
    if not _present(answer):
        raise FeedError(f"not an answer of {_SERVICE}: no list of posts or comments")
    return answer


def _present(answer: Row) -> list[str]:
    return [key for key in _LISTS if isinstance(answer.get(key), list)]


def _shallowest(lists: Mapping[str, list[Row]], *, now: datetime) -> list[datetime | None]:
    """Dates of the list that reaches least far back: the search pages two lists at once."""
    dated = [[_date(view, now=now) for view in rows] for rows in lists.values()]
    known = [[date for date in dates if date] for dates in dated]
    return [*max((dates for dates in known if dates), key=_oldest, default=[])]


def _oldest(dates: list[datetime]) -> datetime:
    return min(dates)


def _next(answer: Row, ask: Ask, names: Iterable[str]) -> str:
    """The next page: behind `=` the word of the server for it, else a number."""
    given, path = answer.get("next_page"), addresses.path(ask.url)
    at = paging.descent(ask).at
    if isinstance(given, str):
        return numbered.marked(at, f"={given}", names) if _PAGE.fullmatch(given) else ""
    if path.startswith("/api/v4") or path.endswith("/post/list"):
        return ""
    return numbered.counted(at, names, first=1)


def _items(views: list[Row], page: Page) -> Iterator[RawItem]:
    for view in views:
        if _name(_said(view)) and not _is_gone(view):
            yield _item(view, page)


def _item(view: Row, page: Page) -> RawItem:
    said = _said(view)
    markup = jsonvalues.text(said, "content") or jsonvalues.text(said, "body")
    return RawItem(
        native_id=_name(said),
        url=cleaning.web_address(jsonvalues.text(said, "ap_id"), page.url),
        title=cleaning.title_line(jsonvalues.text(said, "name")),
        text=cleaning.plain(markup),
        author=_author(jsonvalues.inner(view, "creator")),
        published_at=_date(view, now=page.ask.now),
        engagement=_engagement(view),
    )


def _said(view: Row) -> Row:
    """The comment, or the post: a comment stands beside the post that it is on."""
    return jsonvalues.inner(view, "comment") or jsonvalues.inner(view, "post")


def _name(said: Row) -> str:
    given = jsonvalues.text(said, "ap_id")
    return cleaning.stable_id(given, link="", content="") if cleaning.line(given, 9) else ""


def _is_gone(view: Row) -> bool:
    said = _said(view)
    return jsonvalues.flag(said, "deleted") or jsonvalues.flag(said, "removed")


def _date(view: Row, *, now: datetime) -> datetime | None:
    said = _said(view)
    dates = (jsonvalues.date(said, key, now=now) for key in ("published_at", "published"))
    return next((date for date in dates if date), None)


def _engagement(view: Row) -> dict[str, float]:
    holder = jsonvalues.inner(view, "counts") or _said(view)
    replies = "child_count" if "comment" in view else "comments"
    return jsonvalues.engagement(holder, {**_COUNTS, "replies": replies})


def _author(creator: Row) -> str | None:
    """`@name@server`, as the network knows people."""
    name = cleaning.name_line(jsonvalues.text(creator, "name"))
    home = jsonvalues.text(creator, "ap_id") or jsonvalues.text(creator, "actor_id")
    address = cleaning.web_address(home, "")
    return f"@{name}@{addresses.host(address)}" if name and address else name


KIND = Kind(
    name="lemmy",
    ask=ask,
    read=read,
    queries=queries,
    floor=timedelta(seconds=10),
    pause=timedelta(seconds=2),
)
