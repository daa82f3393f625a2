"""Stack Exchange: questions that hold a name, of the site that `?site=` in the address names.

`url = "https://api.stackexchange.com/2.3?site=superuser"`; Stack Overflow unless it says. Answers
and comments are not searched by this interface. Deleted questions are not found any more, which is
seen when counts are read again.

https://api.stackexchange.com/docs/advanced-search, /docs/throttle, /docs/wrapper: 300 requests a
day for each IP address, 10,000 with a key (`token`: not a secret by their rules, but kept as one);
30 a second; `backoff` must be obeyed; the same request at most once a minute. What the quota
allows is spread over the day once it is spent faster than the day goes by. Errors come in the
wrapper, with HTTP 400 or 200. Content is licensed CC BY-SA: show author and link.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument, RawItem, Request
from monitor.errors import FeedError
from monitor.sources import addresses, cleaning, jsonvalues, printed, windows
from monitor.sources.jsonvalues import Row
from monitor.sources.kind import Kind, Posts, Refresh

_SERVICE = "Stack Exchange"
_HOME = "https://api.stackexchange.com"
_VERSION = "/2.3"
_SITE = "stackoverflow"
_SITES = ("stackexchange.com", "stackoverflow.com", "superuser.com", "serverfault.com")
#: The most that it gives.
_SIZE = 100
_LATE = timedelta(minutes=15)
_COUNTS = {"score": "score", "views": "view_count", "replies": "answer_count"}
_DAY = 86_400
#: "too many requests from this IP, more requests available in 80 seconds"
_SECONDS = re.compile(r"available in (\d{1,6}) seconds", re.ASCII)
#: How far the quota may be ahead of the day before requests are spread.
_SLACK = 0.1


def ask(asked: Ask) -> str:
    """Questions between two seconds, newest first."""
    window = windows.window(asked)
    return _address(
        asked.url,
        "/search/advanced",
        q=addresses.phrase(asked.query),
        sort="creation",
        order="desc",
        fromdate=window.floor,
        todate=window.at,
        pagesize=_SIZE,
        filter="withbody",
    )


def _address(url: str, path: str, **params: str | int | None) -> str:
    address = addresses.endpoint(url, _VERSION + path, **params)
    return (
        address if "site=" in address else addresses.endpoint(address, _VERSION + path, site=_SITE)
    )


def authorise(request: Request, token: str) -> Request:
    """Add the key, https://api.stackexchange.com/docs/authentication."""
    parts = addresses.path(request.url)
    return replace(request, url=addresses.endpoint(request.url, parts, key=token))


def read(page: Page) -> FeedDocument:
    """See `Reader`."""
    answer = _answer(page)
    questions = jsonvalues.entries(answer, "items", name="question_id", of=_SERVICE)
    dates = [jsonvalues.unix(row, "creation_date", now=page.ask.now) for row in questions]
    items = (_item(row, date, page.url) for row, date in zip(questions, dates, strict=True))
    document = FeedDocument(
        items=tuple(cleaning.told(item for item in items if item)),
        wait_seconds=_wait(answer, now=page.ask.now),
    )
    full = jsonvalues.flag(answer, "has_more")
    last = bool(questions) and answer.get("has_more") is False
    return windows.step(document, page.ask, dates=dates, last=last, full=full, late=_LATE)


def _answer(page: Page) -> Row:
    answer = jsonvalues.mapping(jsonvalues.load(page.body, of=_SERVICE))
    if "error_id" in answer:
        said = jsonvalues.text(answer, "error_message") or jsonvalues.text(answer, "error_name")
        asked = _SECONDS.search(said[:1_000])
        raise FeedError(
            f"{_SERVICE} says: {cleaning.line(said, 120) or 'an error'}",
            wait_seconds=min(float(asked[1]), _DAY) if asked else None,
        )
    return answer


def _item(row: Row, date: datetime | None, url: str) -> RawItem | None:
    name = jsonvalues.number_id(row, "question_id")
    if name is None:
        return None
    return RawItem(
        native_id=name,
        url=cleaning.web_address(jsonvalues.text(row, "link"), url),
        title=cleaning.title_line(jsonvalues.text(row, "title")),
        text=cleaning.plain(jsonvalues.text(row, "body")),
        author=cleaning.name_line(jsonvalues.text(jsonvalues.inner(row, "owner"), "display_name")),
        published_at=date,
        engagement=jsonvalues.engagement(row, _COUNTS),
    )


def _wait(answer: Row, *, now: datetime) -> float | None:
    """The longer of what it asks for and what the quota asks for."""
    waits = (jsonvalues.count(answer, "backoff"), _spread(answer, now=now))
    return max((float(wait) for wait in waits if wait), default=None)


def _spread(answer: Row, *, now: datetime) -> float | None:
    """Seconds between requests that make the quota last, if it is spent faster than the day.

    The quota begins anew at midnight UTC.
    """
    most, left = (jsonvalues.count(answer, f"quota_{key}") for key in ("max", "remaining"))
    if not most or left is None:
        return None
    to_come = _DAY - (now - datetime.combine(now.date(), datetime.min.time(), UTC)).total_seconds()
    is_ahead = 1 - left / most > 1 - to_come / _DAY + _SLACK
    return to_come / max(left, 1) if is_ahead else None


def refresh(url: str, posts: Posts) -> str:
    """The address of up to 100 questions."""
    names = ";".join(name for name, _ in posts)
    return _address(url, f"/questions/{names}", pagesize=_SIZE)


def read_counts(page: Page, posts: Posts) -> dict[str, dict[str, float] | None]:
    """Counts by question, None for one that is not there any more."""
    rows = jsonvalues.entries(_answer(page), "items", name="question_id", of=_SERVICE)
    found = {
        jsonvalues.number_id(row, "question_id"): jsonvalues.engagement(row, _COUNTS)
        for row in rows
    }
    jsonvalues.check_asked(found, [name for name, _ in posts], of=_SERVICE)
    return {name: found.get(name) for name, _ in posts}


def complaint(url: str) -> str:
    """Say what is wrong with a configured address."""
    home = addresses.host(url)
    if home.endswith(_SITES) and not home.startswith("api."):
        site = home.removeprefix("www.").removesuffix(".com").removesuffix(".stackexchange")
        return f"is a site and not its interface; write {_HOME}{_VERSION}?site={site}"
    return ""


KIND = Kind(
    name="stackexchange",
    ask=ask,
    read=read,
    queries=printed.queries,
    refresh=Refresh(at_once=100, ask=refresh, read=read_counts),
    home=f"{_HOME}{_VERSION}?site={_SITE}",
    authorise=authorise,
    complaint=complaint,
    floor=timedelta(minutes=1),
)
