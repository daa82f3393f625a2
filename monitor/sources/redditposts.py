"""Posts and comments of Reddit, as its API (JSON) and its feeds (Atom) give them.

Does not know where they were asked for (see `reddit`). Both ways give the same ids (fullnames such
as `t3_157kyrd`), addresses and authors; only the API gives counts and says what was removed. A
comment has no title: the title of its thread is not its author's.
https://www.reddit.com/dev/api/, https://github.com/reddit-archive/reddit/wiki/JSON
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import cleaning, jsonvalues
from monitor.sources.jsonvalues import Row

SITE = "https://www.reddit.com"
_FULLNAME = re.compile(r"t[13]_[0-9a-z]{1,13}", re.ASCII)
_PART = re.compile(r"\w{1,50}", re.ASCII)
#: What stands in the place of words that are gone.
_GONE = frozenset({"[removed]", "[deleted]", "[deleted by user]"})
#: What feeds add to every text.
_SIGNED = re.compile(r"\s*submitted by\s+/u/\S+(?:\s+to\s+\S+)?\s+\[link\]\s+\[comments\]\s*\Z")
_SIGNATURE = 300  # characters, at most
_COUNTS = {"score": "score", "reposts": "num_crossposts", "views": "view_count"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One page of a list: https://www.reddit.com/dev/api/#listings."""

    posts: tuple[Row, ...]
    #: Fullname of the post after which the list goes on; empty at its end.
    after: str
    #: Posts beyond the cap, left out.
    dropped: int = 0


def listing(body: bytes) -> Listing:
    """Read a page of the API; raise `FeedError` for anything else."""
    answer = jsonvalues.mapping(jsonvalues.load(body, of="Reddit"))
    data = jsonvalues.inner(answer, "data")
    children = data.get("children")
    if not isinstance(children, list) or "after" not in data:
        raise FeedError(f"not an answer of Reddit: {_complaint(answer)}")
    posts = tuple(
        {**jsonvalues.inner(child, "data"), "kind": jsonvalues.text(child, "kind")}
        for child in jsonvalues.rows(children[: cleaning.MAX_ITEMS])
    )
    if children and not any(fullname(post) for post in posts):
        raise FeedError("not an answer of Reddit: a list, but of no posts or comments")
    after = jsonvalues.text(data, "after")
    return Listing(
        posts=posts,
        after=after if is_fullname(after) else _last(posts, data["after"]),
        dropped=max(0, len(children) - cleaning.MAX_ITEMS),
    )


def document(listing: Listing, *, now: datetime) -> FeedDocument:
    """What a page says, without where the list goes on."""
    gone = (fullname(post) for post in listing.posts if is_gone(post))
    return FeedDocument(
        items=tuple(cleaning.told(_items(listing.posts, now=now))),
        deleted=tuple(dict.fromkeys(gone)),
        dropped=listing.dropped,
    )


def fullname(post: Row) -> str:
    """The id, unique on Reddit; empty for what is no post or comment."""
    name = jsonvalues.text(post, "name")
    return name if is_fullname(name) else ""


def is_fullname(name: str) -> bool:
    return _FULLNAME.fullmatch(name) is not None


def is_gone(post: Row) -> bool:
    """Deleted by its author, or removed by someone else: its words are not to be kept."""
    words = (jsonvalues.text(post, key).strip() for key in ("selftext", "body", "title"))
    removed = jsonvalues.text(post, "removed_by_category") != ""
    return fullname(post) != "" and (removed or not _GONE.isdisjoint(words))


def created(post: Row, *, now: datetime) -> datetime | None:
    return jsonvalues.unix(post, "created_utc", now=now)


def engagement(post: Row) -> dict[str, float]:
    """Counts of a post. Subscribers of a subreddit are no followers of an author: left out.

    While a score is hidden, the one given means nothing. `num_comments` of a comment, where it is
    given, is that of its whole thread.
    """
    hidden = jsonvalues.flag(post, "hide_score") or jsonvalues.flag(post, "score_hidden")
    names = {name: key for name, key in _COUNTS.items() if not (hidden and name == "score")}
    if fullname(post).startswith("t3"):
        names["replies"] = "num_comments"
    return jsonvalues.engagement(post, names)


def from_feed(item: RawItem) -> RawItem:
    """An entry of one of Reddit's feeds, as the API would give it."""
    head, tail = item.text[:-_SIGNATURE], item.text[-_SIGNATURE:]
    return replace(
        item,
        url=_canonical(item.url),
        # Of a comment: "/u/ann on The title of the thread".
        title=None if item.native_id.startswith("t1_") else item.title,
        text=head + _SIGNED.sub("", tail),
        author=_account((item.author or "").removeprefix("/u/")),
    )


def _items(posts: tuple[Row, ...], *, now: datetime) -> Iterator[RawItem]:
    for post in posts:
        if fullname(post) and not is_gone(post):
            yield _item(post, now=now)


def _item(post: Row, *, now: datetime) -> RawItem:
    parent = jsonvalues.text(post, "crosspost_parent")
    return RawItem(
        native_id=fullname(post),
        url=_permalink(post),
        title=cleaning.title_line(jsonvalues.text(post, "title")),
        text=_words(post),
        author=_account(jsonvalues.text(post, "author")),
        published_at=created(post, now=now),
        engagement=engagement(post),
        repost_of=parent if is_fullname(parent) else None,
    )


def _words(post: Row) -> str:
    """The text as it is shown; as it was typed (Markdown) if that is missing."""
    shown = (cleaning.plain(jsonvalues.text(post, key)) for key in ("selftext_html", "body_html"))
    typed = (
        cleaning.clean(jsonvalues.text(post, key)[: cleaning.MAX_MARKUP])
        for key in ("selftext", "body")
    )
    return next((text for texts in (shown, typed) for text in texts if text), "")


def _permalink(post: Row) -> str | None:
    """Comments of before 2018 come without one."""
    if link := jsonvalues.text(post, "permalink"):
        return _canonical(cleaning.web_address(link, SITE))
    thread = jsonvalues.text(post, "link_id").removeprefix("t3_")
    parts = (jsonvalues.text(post, "subreddit"), thread, jsonvalues.text(post, "id"))
    if not all(_PART.fullmatch(part) for part in parts):
        return None
    return f"{SITE}/r/{parts[0]}/comments/{parts[1]}/_/{parts[2]}/"


def _canonical(url: str | None) -> str | None:
    """Under one name for all of Reddit's; None for an address elsewhere."""
    parts = urlsplit(url or "")
    if not f".{parts.hostname}".endswith(".reddit.com"):
        return None
    return f"{SITE}{parts.path}"


def _account(name: str) -> str | None:
    """As people write it. The post of an account that is gone stays, without the name."""
    named = cleaning.name_line(name)
    return f"u/{named}" if named and named not in _GONE else None


def _last(posts: tuple[Row, ...], after: object) -> str:
    """Where to go on if `after` is there but is no fullname."""
    names = [name for name in map(fullname, posts) if name]
    return names[-1] if after is not None and names else ""


def _complaint(answer: Row) -> str:
    """What the service says of itself: {"message": "Forbidden", "error": 403}."""
    said = cleaning.line(jsonvalues.text(answer, "message"), 80)
    return f"it says {said!r}" if said else "JSON, but no list of posts"
