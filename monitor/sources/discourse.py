"""Discourse: what is said in one forum, in one of three ways that its address chooses.

- The bare `https://forum`: its search, once for each name, the newest first. It shows one post of
  a topic only, and an excerpt of it, of the last days; no more than 500 topics.
- `https://forum/posts.json`: every public post in full, matched here. The best for a forum about
  the brand.
- `https://forum/latest.json`, also of a category (`/c/…/l/latest.json`): new topics, matched here
  by their titles.

Forums that are not public are read with a `token`: `KEY:USER` of an administrator, or the key of a
user (https://meta.discourse.org/t/user-api-keys-specification/48536).

https://docs.discourse.org: 200 requests a minute and 50 in ten seconds for each IP address, with
the key of a user 20 a minute and 2,880 a day, of an administrator 60 a minute; searches fewer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument, RawItem, Request
from monitor.errors import FeedError
from monitor.sources import addresses, cleaning, discourseposts, jsonvalues, numbered, paging
from monitor.sources.jsonvalues import Row
from monitor.sources.kind import Kind, Posts, Refresh

_SERVICE = "Discourse"
#: The search never gives a further page.
_PAGES = 10
#: The search is bounded by days, and by its order: dates do not say where it ends.
_SEARCH = paging.Depth(posts=_PAGES * 50, late=timedelta(days=3))
_LATE = timedelta(hours=1)
_TOPICS = paging.Depth(posts=10**6, late=_LATE)
_SLUG = re.compile(r"[\w-]{1,255}")
#: What names a list, behind the address of the forum, which need not be all of its host.
_LIST = re.compile(r"/(?:c/.*|search\.json|posts\.json|latest(?:\.json)?)$")
#: The action that is a "like".
_LIKE = 2


def queries(url: str, names: tuple[str, ...], has_token: bool) -> tuple[str, ...]:  # noqa: ARG001, FBT001
    """What is asked for, each with a cursor of its own; "" is whatever there is."""
    return names if _way(url) == "search" else ("",)


def _way(url: str) -> str:
    """Name the list that an address asks for."""
    end = addresses.path(url).rpartition("/")[2]
    return {"latest.json": "latest", "latest": "latest", "posts.json": "posts"}.get(end, "search")


def ask(asked: Ask) -> str:
    """A page of the list that the address chooses."""
    way, path = _way(asked.url), addresses.path(asked.url)
    if way == "posts":
        return addresses.endpoint(asked.url, path, before=discourseposts.place(asked).at)
    descent = paging.descent(asked)
    number = numbered.number(descent.at)
    if way == "latest":
        path = path.removesuffix(".json") + ".json"
        return addresses.endpoint(asked.url, path, order="created", page=number)
    after = _day(descent.floor)
    words = f"{addresses.phrase(asked.query)} order:latest{after}"
    path = path.removesuffix("/search.json") + "/search.json"
    return addresses.endpoint(asked.url, path, q=words, page=number or 1)


def _day(floor: int | None) -> str:
    """Dates of the search are days, and the day itself is within."""
    if floor is None:
        return ""
    day = datetime.fromtimestamp(floor, UTC) - _LATE
    return f" after:{day.date().isoformat()}"


def authorise(request: Request, token: str) -> Request:
    """Add `KEY:USER` of an administrator, or the key of a user."""
    key, _, user = token.partition(":")
    added = {"Api-Key": key, "Api-Username": user} if user else {"User-Api-Key": key}
    return replace(request, headers={**request.headers, **added})


def read(page: Page) -> FeedDocument:
    """See `Reader`."""
    answer = jsonvalues.mapping(jsonvalues.load(page.body, of=_SERVICE))
    _refuse_errors(answer)
    return {"search": _search, "posts": _posts, "latest": _latest}[_way(page.ask.url)](
        answer, page
    )


def _refuse_errors(answer: Row) -> None:
    """Raise what it says instead of an answer."""
    errors = answer.get("errors")
    said = (
        [error for error in errors if isinstance(error, str)] if isinstance(errors, list) else []
    )
    said += [jsonvalues.text(jsonvalues.inner(answer, "grouped_search_result"), "error")]
    said += [jsonvalues.text(answer, "message")] if "failed" in answer else []
    if error := next((error for error in said if error), ""):
        raise FeedError(f"{_SERVICE} says: {cleaning.line(error, 120)}")


def _search(answer: Row, page: Page) -> FeedDocument:
    posts = jsonvalues.entries(answer, "posts", name="id", of=_SERVICE)
    topics = {
        jsonvalues.number_id(row, "id"): row for row in jsonvalues.rows(answer.get("topics"))
    }
    titled = [
        {
            **post,
            "topic_title": topics.get(jsonvalues.number_id(post, "topic_id"), {}).get("title"),
        }
        for post in posts
    ]
    here = paging.descent(page.ask).at
    goes_on = jsonvalues.inner(answer, "grouped_search_result").get("more_full_page_results")
    at = numbered.counted(here, _names(posts), first=1) if goes_on else ""
    document = _document(titled, page)
    if at and (numbered.number(at) or 0) > _PAGES:
        at, document = "", replace(document, warning=paging.CUT)
    return paging.turn(document, page.ask, dates=_dates(posts, page), at=at, depth=_SEARCH)


def _posts(answer: Row, page: Page) -> FeedDocument:
    posts = jsonvalues.entries(answer, "latest_posts", name="id", of=_SERVICE)
    ids = [number for post in posts if (number := jsonvalues.count(post, "id")) is not None]
    dates = [date for date in _dates(posts, page) if date]
    return discourseposts.step(
        _document(posts, page), page.ask, ids=ids, oldest=min(dates, default=None)
    )


def _latest(answer: Row, page: Page) -> FeedDocument:
    holder = jsonvalues.inner(answer, "topic_list")
    topics = jsonvalues.entries(holder, "topics", name="id", of=_SERVICE)
    users = {
        jsonvalues.number_id(user, "id"): user for user in jsonvalues.rows(answer.get("users"))
    }
    items = (_topic(topic, users, page) for topic in topics)
    document = FeedDocument(items=tuple(cleaning.told(item for item in items if item)))
    # What is pinned stands first, whatever its age.
    dated = [{} if jsonvalues.flag(topic, "pinned") else topic for topic in topics]
    here = paging.descent(page.ask).at
    at = ""
    if holder.get("more_topics_url"):
        at = numbered.counted(here, _names(topics), first=0)
    return paging.turn(document, page.ask, dates=_dates(dated, page), at=at, depth=_TOPICS)


def _dates(rows: Sequence[Row], page: Page) -> list[datetime | None]:
    return [jsonvalues.date(row, "created_at", now=page.ask.now) for row in rows]


def _names(rows: Sequence[Row]) -> list[str]:
    return [jsonvalues.number_id(row, "id") or "" for row in rows]


def _document(posts: Sequence[Row], page: Page) -> FeedDocument:
    gone = (jsonvalues.number_id(post, "id") for post in posts if _is_gone(post))
    return FeedDocument(
        items=tuple(cleaning.told(_items(posts, page))),
        deleted=tuple(name for name in gone if name),
    )


def _items(posts: Sequence[Row], page: Page) -> Iterator[RawItem]:
    for post in posts:
        name = jsonvalues.number_id(post, "id")
        if name is not None and not _is_gone(post):
            yield _post(post, name, page)


def _post(post: Row, name: str, page: Page) -> RawItem:
    topic = jsonvalues.number_id(post, "topic_id")
    number = jsonvalues.number_id(post, "post_number")
    place = f"t/{topic}/{number}" if topic and number else f"p/{name}"
    return RawItem(
        native_id=name,
        url=_home(page) + place,
        title=cleaning.title_line(jsonvalues.text(post, "topic_title")),
        text=cleaning.plain(jsonvalues.text(post, "cooked") or jsonvalues.text(post, "blurb")),
        author=cleaning.name_line(jsonvalues.text(post, "username")),
        published_at=jsonvalues.date(post, "created_at", now=page.ask.now),
        engagement=_counts(post),
    )


def _topic(topic: Row, users: dict[str | None, Row], page: Page) -> RawItem | None:
    name = jsonvalues.number_id(topic, "id")
    if name is None:
        return None
    slug = jsonvalues.text(topic, "slug")
    first = next(iter(jsonvalues.rows(topic.get("posters"))), {})
    author = users.get(jsonvalues.number_id(first, "user_id"), {})
    return RawItem(
        native_id=f"t{name}",
        url=f"{_home(page)}t/{slug}/{name}" if _SLUG.fullmatch(slug) else f"{_home(page)}t/{name}",
        title=cleaning.title_line(jsonvalues.text(topic, "title")),
        text=cleaning.plain(jsonvalues.text(topic, "excerpt")),
        author=cleaning.name_line(jsonvalues.text(author, "username")),
        published_at=jsonvalues.date(topic, "created_at", now=page.ask.now),
        engagement=_topic_counts(topic),
    )


def _home(page: Page) -> str:
    url = page.ask.url
    return f"{addresses.origin(url)}{_LIST.sub('', addresses.path(url))}/"


def _is_gone(post: Row) -> bool:
    return bool(post.get("deleted_at")) or jsonvalues.flag(post, "user_deleted")


def _counts(post: Row) -> dict[str, float]:
    actions = jsonvalues.rows(post.get("actions_summary"))
    liked = next((row for row in actions if jsonvalues.count(row, "id") == _LIKE), {})
    names = {"likes": "like_count", "replies": "reply_count", "views": "reads"}
    return jsonvalues.engagement(liked, {"likes": "count"}) | jsonvalues.engagement(post, names)


def _topic_counts(topic: Row) -> dict[str, float]:
    posts = jsonvalues.count(topic, "posts_count")
    replies = {"replies": float(posts - 1)} if posts else {}
    return replies | jsonvalues.engagement(topic, {"likes": "like_count", "views": "views"})


def refresh(url: str, posts: Posts) -> str:
    """The address of one post; topics of `latest.json` have none that is cheap."""
    name = posts[0][0]
    if not name.isdecimal():
        return ""
    return f"{addresses.origin(url)}{_LIST.sub('', addresses.path(url))}/posts/{name}.json"


def read_counts(page: Page, posts: Posts) -> dict[str, dict[str, float] | None]:
    """Counts of the post, None if it was deleted."""
    answer = jsonvalues.mapping(jsonvalues.load(page.body, of=_SERVICE))
    _refuse_errors(answer)
    name = posts[0][0]
    if jsonvalues.number_id(answer, "id") != name:
        raise FeedError(f"not an answer of {_SERVICE}: not the post {name}")
    return {name: None if _is_gone(answer) else _counts(answer)}


KIND = Kind(
    name="discourse",
    ask=ask,
    read=read,
    queries=queries,
    refresh=Refresh(at_once=1, ask=refresh, read=read_counts),
    authorise=authorise,
    floor=timedelta(seconds=5),
    pause=timedelta(seconds=3),
)
