"""Rows as other tools export them, as mention records: their names, their dates, their numbers.

Does not split a file into rows (see `rowsplit`), nor check a record (see `recorded`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from monitor.errors import InputError
from monitor.sources import figures
from monitor.sources.cleaning import hashed

#: What other tools call the fields of a mention record, the best known first.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "post_id", "tweet_id", "status_id", "message_id", "mention_id", "guid", "uri"),
    "source": ("source", "network", "platform", "source_type", "channel"),
    "url": ("url", "link", "permalink", "post_url", "mention_url", "source_url"),
    "author": ("author", "username", "user", "screen_name", "handle", "author_name", "from", "by"),
    "author_followers": ("author_followers", "followers", "followers_count", "follower_count"),
    "text": (
        "text",
        "message",
        "full_text",
        "body",
        "selftext",
        "content",
        "review_text",
        "hit_sentence",
        "snippet",
        "caption",
        "opening_text",
        "description",
        "summary",
    ),
    "title": ("title", "headline", "subject", "review_title"),
    "published_at": (
        "published_at",
        "date",
        "created_at",
        "published",
        "created_time",
        "created_utc",
        "post_created",
        "published_date",
        "publication_date",
        "publish_date",
        "pubdate",
        "review_date",
        "datetime",
        "timestamp",
        "time",
    ),
    "language": ("language", "lang"),
    "repost_of": ("repost_of", "retweet_of", "retweeted_id", "retweeted_status_id"),
    "brand": ("brand",),
    "deleted": ("deleted",),
}
COUNTS: Mapping[str, tuple[str, ...]] = {
    "likes": ("likes", "like_count", "favorite_count", "favorites", "reactions"),
    "reposts": ("reposts", "retweets", "shares", "retweet_count", "share_count", "repost_count"),
    "replies": (
        "replies",
        "comments",
        "reply_count",
        "comment_count",
        "replies_count",
        "num_comments",
    ),
    "quotes": ("quotes", "quote_count"),
    "views": ("views", "impressions", "view_count", "impression_count"),
    "score": ("score",),
}
#: What a post is read by, or found again.
_SAYING = ("text", "title", "url")
#: Where "publishedAt" is "published_at".
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Counts are whole: "1.234" is written in German, Spanish or Portuguese, "12.0" by a program.
_IN_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+", re.ASCII)
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]{1,15})?[Ee]\+[0-9]{2}", re.ASCII)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(
    rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+|{_IN_GROUPS.pattern}|[0-9]{{1,15}}(?:\.[0-9]{{1,6}})?",
    re.ASCII,
)
_SECONDS = re.compile(r"[0-9]{9,10}(?:\.[0-9]{1,9})?", re.ASCII)
_MILLISECONDS = re.compile(r"[0-9]{12,13}", re.ASCII)
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
#: As the old interface of Twitter wrote it: Wed Oct 10 20:19:24 +0000 2018.
_TWITTER = "%a %b %d %H:%M:%S %z %Y"


def plain_name(name: str) -> str:
    """The name of a column in the form of `ALIASES`: "Post ID" is "post_id"."""
    return re.sub(r"[^a-z0-9]+", "_", name[:100].strip().casefold()).strip("_")


def record_from(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as a mention record, unchecked; `InputError` for a date that is none.

    What stands under our own name goes first. An empty field is unknown. Without an id it is
    known by its address, else by who said what and when. Of what is deleted an id is enough.
    """
    given = {name: value for name, value in row.items() if _is_known(value)}
    named = {plain_name(_CAMEL.sub("_", name)): value for name, value in given.items()}
    named |= {plain_name(name): value for name, value in given.items()}
    record: dict[str, Any] = {}
    for ours, theirs in ALIASES.items():
        if (value := _first(named, theirs)) is not None:
            record[ours] = value
    record["author_followers"] = _number(record.get("author_followers"))
    record["published_at"] = _date("published_at", _with_clock(record, named))
    record["deleted"] = _flag(record.get("deleted"))
    record["engagement"] = _engagement(named)
    if "id" not in record:
        record["id"] = _made_up(record)
    if record["deleted"] is not True and not any(map(record.get, _SAYING)):
        raise InputError("text: missing, and there is no title or url either")
    return record


def _is_known(value: Any) -> bool:
    """Not if it is empty (of pandas: NaN), nor if it is a number that Excel has rounded.

    Many ids would become one.
    """
    if isinstance(value, str):
        return value != "" and _ROUNDED.fullmatch(value.strip()) is None
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _first(named: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((named[name] for name in names if name in named), None)


def _engagement(named: Mapping[str, Any]) -> Any:
    """As the record has it, and what has a column of its own."""
    given = named.get("engagement", {})
    if not isinstance(given, dict):
        return given
    columns = {ours: _number(_first(named, theirs)) for ours, theirs in COUNTS.items()}
    return {name: count for name, count in columns.items() if count is not None} | given


def _with_clock(record: Mapping[str, Any], named: Mapping[str, Any]) -> Any:
    """The date, with the time of day that has a column of its own."""
    date, clock = record.get("published_at"), named.get("time")
    if not (isinstance(date, str) and isinstance(clock, str)) or ":" in date:
        return date
    return f"{date.strip()} {clock.strip()}" if _CLOCK.fullmatch(clock.strip()) else date


def _number(value: Any) -> Any:
    """The number that a text writes; anything else as it is, to be refused by who checks it."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        return value
    text = value.strip()
    return float(re.sub("[.,]" if _IN_GROUPS.fullmatch(text) else ",", "", text))


def _flag(value: Any) -> Any:
    return _WORDS.get(value.strip().casefold(), value) if isinstance(value, str) else value


def _date(name: str, value: Any) -> Any:
    """In ISO 8601, with a time zone: a date that names none is in UTC."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return value
    text = value.strip()[:64]
    for read in (
        _since_1970,
        datetime.fromisoformat,
        figures.moment,
        _in_words,
        parsedate_to_datetime,
    ):
        try:
            moment = read(text)
        except (ValueError, TypeError, OverflowError, IndexError, OSError):
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    raise InputError(f"{name}: {text!r} is no date such as 2017-04-10T01:13:00Z")


def _since_1970(text: str) -> datetime:
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    raise ValueError(text)


def _in_words(text: str) -> datetime:
    return datetime.strptime(text, _TWITTER)  # noqa: DTZ007 - the format holds %z


def _made_up(record: Mapping[str, Any]) -> str:
    if isinstance(url := record.get("url"), str):
        return url
    parts = [str(record.get(name, "")) for name in ("author", "published_at", "title", "text")]
    if not any(parts[2:]):
        raise InputError("id: missing")
    return hashed("\n".join(parts))
