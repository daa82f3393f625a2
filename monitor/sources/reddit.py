"""Reddit: posts and comments, by search or as they come in.

Two ways, told apart by the address:

- Its feeds, with the private feed token of a logged-in user (https://www.reddit.com/prefs/feeds,
  `token = "HASH:USER"`): no counts, nothing on what was removed. Without a token they are refused
  (429) after very few requests.
- Its API at https://oauth.reddit.com, with id and secret of an approved app (`token =
  "ID:SECRET"`), for which it gives tokens that live 24 hours and are renewed by themselves
  (https://github.com/reddit-archive/reddit/wiki/OAuth2#application-only-oauth), or with such a
  token: counts, removals, crossposts. 100 requests a minute for each app, averaged over ten
  minutes.

An address with a path other than `/search` is a list (`/r/NAME`, `/r/all/comments`) and is asked
once; else each alias is searched for. Lists end after about 1,000 posts. Search finds posts, not
comments. Does not follow threads, nor fetch what a post links to. Each use of the API needs an
approval: https://support.reddithelp.com/hc/en-us/articles/42728983564564. Reddit's rule for the
User-Agent is `platform:app id:version (by /u/name)`: put the account into `contact`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from monitor.core.polling import FeedDocument, Grant, Request
from monitor.errors import FeedError
from monitor.sources import addresses, feed, jsonvalues, paging, redditposts
from monitor.sources.kind import Ask, Kind, Page, Posts, Refresh, bearer

#: Posts asked about in one request: https://www.reddit.com/dev/api/#GET_api_info.
REFRESH_AT_ONCE = 100

_PAGE = 100
_TOKENS = "https://www.reddit.com/api/v1/access_token"
#: A post may come into a list late (approved by a moderator), and into the search later.
_LIST = paging.Depth(posts=1_000, late=timedelta(minutes=1))
_SEARCHED = paging.Depth(posts=1_000, late=timedelta(minutes=10))
_SUBREDDIT = re.compile(r"/r/[\w+]+", re.ASCII)
_SEARCH = re.compile(r"(?:(?:/r/[\w+]+)?/search)?", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?", re.ASCII)
#: What only an entry of a feed has.
_OF_ENTRIES = (b"<published", b"<content")
#: The longest wait that is believed; Reddit counts in spans of ten minutes.
_LONGEST_WAIT = 3_600.0


def queries(url: str, names: tuple[str, ...], _has_token: bool) -> tuple[str, ...]:  # noqa: FBT001
    """A search is made for each name, a list is read once."""
    return names if _searches(url) else ("",)


def complaint(url: str) -> str:
    """What is wrong with an address; empty: nothing."""
    parts = urlsplit(url)
    given = {name for name, _ in parse_qsl(parts.query)}
    if given & {"feed", "user"}:
        return 'leave out feed= and user= and write them as token = "HASH:USER"'
    if parts.path.endswith(".json") and parts.hostname == "www.reddit.com":
        return (
            "www.reddit.com answers no .json any more; ask https://oauth.reddit.com, with a token"
        )
    return ""


def ask(ask: Ask) -> str:
    """The address of the next page."""
    searches = _searches(ask.url)
    within = searches and _SUBREDDIT.match(addresses.path(ask.url))
    return addresses.endpoint(
        ask.url,
        _path(ask.url),
        q=addresses.phrase(ask.query) if searches else None,
        restrict_sr="1" if within else None,
        sort="new",
        limit=_PAGE,
        raw_json="1" if _is_api(ask.url) else None,
        after=paging.descent(ask).at or None,
    )


def authorise(request: Request, token: str) -> Request:
    """A private feed token goes into the address, a bearer token into a header.

    The id and secret of an app are exchanged for one.
    """
    key, colon, user = token.partition(":")
    if not colon:
        return bearer(request, token)
    if _is_api(request.url):
        return replace(request, grant=Grant(url=_TOKENS, client=key, secret=user))
    joint = "&" if urlsplit(request.url).query else "?"
    given = urlencode({"feed": key, "user": user})
    return replace(request, url=f"{request.url}{joint}{given}")


def read(page: Page) -> FeedDocument:
    """Read a page of the API or of a feed."""
    read_one = _read_list if _is_api(page.ask.url) else _read_feed
    return replace(read_one(page), wait_seconds=_wait(page.headers))


def refresh(url: str, posts: Posts) -> str:
    """Where the counts of posts are asked for; empty if they cannot be: feeds give none."""
    names = [name for name, _ in posts if redditposts.is_fullname(name)]
    if not names or not _is_api(url):
        return ""
    asked = addresses.origin(url)
    return addresses.endpoint(asked, "/api/info", id=",".join(names[:REFRESH_AT_ONCE]), raw_json=1)


def read_counts(page: Page, posts: Posts) -> dict[str, dict[str, float] | None]:
    """Counts by native id; None for a post that is gone. Others are not known."""
    asked = {name for name, _ in posts}
    return {
        name: None if redditposts.is_gone(post) else redditposts.engagement(post)
        for post in redditposts.listing(page.body).posts
        if (name := redditposts.fullname(post)) in asked
    }


def _read_list(page: Page) -> FeedDocument:
    listing = redditposts.listing(page.body)
    # A post that is pinned to the top is not in the order of time.
    dates = [
        None if jsonvalues.flag(post, "stickied") else redditposts.created(post, now=page.ask.now)
        for post in listing.posts
    ]
    document = redditposts.document(listing, now=page.ask.now)
    return paging.turn(document, page.ask, dates=dates, at=listing.after, depth=_depth(page))


def _read_feed(page: Page) -> FeedDocument:
    document = feed.read(page.body, headers=page.headers, url=page.url, now=page.ask.now)
    if not document.items and any(part in page.body for part in _OF_ENTRIES):
        # Taken for the end of the list, it would hide all that stands below.
        raise FeedError("not a list of Reddit: its posts have another name")
    posts = [
        redditposts.from_feed(item)
        for item in document.items
        if redditposts.is_fullname(item.native_id)
    ]
    items = tuple(post for post in posts if post.title or post.text)
    at = posts[-1].native_id if posts else ""
    dates = [post.published_at for post in posts]
    return paging.turn(
        replace(document, items=items), page.ask, dates=dates, at=at, depth=_depth(page)
    )


def _depth(page: Page) -> paging.Depth:
    return _SEARCHED if _searches(page.ask.url) else _LIST


def _is_api(url: str) -> bool:
    return addresses.host(url) == "oauth.reddit.com" or addresses.path(url).endswith(".json")


def _bare(url: str) -> str:
    """The path without what says the format."""
    return addresses.path(url).removesuffix(".rss").removesuffix(".json").rstrip("/")


def _searches(url: str) -> bool:
    """Whether an address is a search, of everything or of a subreddit; else it is a list."""
    return _SEARCH.fullmatch(_bare(url)) is not None


def _path(url: str) -> str:
    path = _bare(url) or "/search"
    if _SUBREDDIT.fullmatch(path):
        path += "/new"  # else Reddit gives what is popular, in an order of its own
    return quote(f"{path}.json" if _is_api(url) else f"{path}.rss", safe="/+%")


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until the quota is renewed, if none of it is left."""
    left, renewed = (headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "reset"))
    if not (_NUMBER.fullmatch(left) and _NUMBER.fullmatch(renewed)) or float(left) >= 1:
        return None
    return min(float(renewed), _LONGEST_WAIT)


KIND = Kind(
    name="reddit",
    ask=ask,
    read=read,
    queries=queries,
    home=redditposts.SITE,
    accept="application/json, application/atom+xml;q=0.9",
    authorise=authorise,
    floor=timedelta(seconds=10),
    # A list of the API to its end.
    pages=11,
    complaint=complaint,
    refresh=Refresh(at_once=REFRESH_AT_ONCE, ask=refresh, read=read_counts),
)
