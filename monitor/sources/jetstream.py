"""Jetstream, the stream of all that is written on Bluesky: its addresses and its frames.

Reads two wires: v1 (`/subscribe`, places are microseconds since 1970) and v2
(`/xrpc/network.bsky.jetstream.subscribeEvents`, places are numbers of the server's own, worth
nothing at another). Does not connect (see `stages.stream`), nor make items (see `bluesky`).
https://github.com/bluesky-social/jetstream, and its lexicon
lexicons/network/bsky/jetstream/subscribeEvents.json
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from monitor.core.asking import Ask
from monitor.core.times import utc
from monitor.errors import FeedError, StreamError
from monitor.sources import cleaning, jsonvalues
from monitor.sources.jsonvalues import Row
from monitor.sources.streaming import Deleted, Departed, Event, Passed, Post, Repost

POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
#: Nothing else is even parsed: likes and follows, which are most of what an unfiltered stream
#: sends, name other collections (and posts only inside of addresses, not between quotes).
_MARKS = tuple(f'"{word}"'.encode() for word in (POST, REPOST, "account", "error"))
#: Asked of the server: a post holds 3,000 bytes of text, and a frame of megabytes is no post.
MAX_FRAME = 2**18
#: v1 sends events slightly out of order, so that the last place seen is not the furthest.
REWIND = timedelta(seconds=5)
#: Places below are numbers of the server, from here on microseconds since 1970; as a time it lies
#: before all that any server has.
_FIRST_INSTANT = 10**15
#: Past the year 9999 in microseconds, or any count.
_NO_PLACE = 10**18
_V2_PATH = "/xrpc/"
#: Of an account that does not come back; "deactivated" and "suspended" ones may.
#: https://atproto.com/specs/account
_GONE = frozenset({"deleted", "takendown"})
_MAX_TEXT = 10_000
_LONGEST_DATE = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# https://atproto.com/specs/did, https://atproto.com/specs/record-key
_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]", re.ASCII)
_KEY = re.compile(r"(?!\.{1,2}$)[a-zA-Z0-9_~.:-]{1,512}", re.ASCII)
_POST_URI = re.compile(rf"at://({_DID.pattern})/{re.escape(POST)}/({_KEY.pattern})", re.ASCII)


def post_uri(uri: str) -> tuple[str, str] | None:
    """The account and the key of a post; None for what is no address of a post of an account."""
    found = _POST_URI.fullmatch(uri)
    return (found[1], found[2]) if found and len(uri) <= cleaning.MAX_ID else None


def subscription(ask: Ask) -> str:
    """The WebSocket address of all posts and reposts since the cursor, `ask.since`, or ever."""
    parts = urlsplit(ask.url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    is_v2 = parts.path.startswith(_V2_PATH)
    path = parts.path if parts.path.strip("/") else "/subscribe"
    wanted = "collections" if is_v2 else "wantedCollections"
    query: list[tuple[str, str | int]] = [(wanted, POST), (wanted, REPOST)]
    query += [("kinds", "commit"), ("kinds", "account")] if is_v2 else []
    query += [("maxMessageSizeBytes", MAX_FRAME), ("cursor", _start(ask, is_v2=is_v2))]
    return f"{scheme}://{parts.netloc}{path}?{urlencode(query)}"


def _start(ask: Ask, *, is_v2: bool) -> int:
    place = int(ask.cursor) if re.fullmatch(r"\d{1,18}", ask.cursor, re.ASCII) else None
    if place is None:
        # Both take a time, and go to the oldest they have if it is older.
        return _FIRST_INSTANT if ask.since is None else max(_FIRST_INSTANT, _micros(ask.since))
    if is_v2:
        return place
    # A place in the future would mean "from now on": what was said in between would be lost.
    furthest = min(place, _micros(ask.now))
    return max(_FIRST_INSTANT, furthest - REWIND // timedelta(microseconds=1))


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def read(frame: bytes) -> Event | None:
    """One frame of either wire; see `Streaming.read`."""
    if not any(mark in frame for mark in _MARKS):
        return None
    row = jsonvalues.mapping(jsonvalues.load(frame, of="Jetstream"))
    if row.get("$type") == "error":
        raise StreamError(f"the server hangs up: {_complaint(row)}")
    return _read_v1(row) if "kind" in row else _read_v2(row)


def _complaint(row: Row) -> str:
    words = (jsonvalues.text(row, "error"), jsonvalues.text(row, "message"))
    return cleaning.line(": ".join(word for word in words if word), 300)


def _read_v1(row: Row) -> Event | None:
    position = _place(row, "time_us")
    at = None if position is None else _moment(position)
    kind, did = jsonvalues.text(row, "kind"), _did(row)
    if position is None or at is None:
        raise FeedError("not an event of Jetstream: it has no time_us")
    commit = jsonvalues.inner(row, "commit") if kind == "commit" else {}
    account = jsonvalues.inner(row, "account") if kind == "account" else {}
    return _event(did, commit, account, Passed(position=position, at=at))


def _read_v2(row: Row) -> Event | None:
    event = jsonvalues.inner(row, "payload") if row.get("$type") == "message" else row
    kind = jsonvalues.text(event, "$type").rpartition("#")[2]
    if kind == "info":
        return None
    position = _place(event, "seq")
    if position is None:
        raise FeedError("not an event of Jetstream: it has neither kind nor seq")
    passed = Passed(position=position, at=_date(event, "time"))
    commit = event if kind == "commit" else {}
    account = jsonvalues.inner(event, "account") if kind == "account" else {}
    return _event(_did(event), commit, account, passed)


def _event(did: str | None, commit: Row, account: Row, passed: Passed) -> Event:
    position, at = passed.position, passed.at
    if did is None:
        return passed
    if account.get("active") is False and jsonvalues.text(account, "status") in _GONE:
        return Departed(position=position, at=at, prefix=f"at://{did}/")
    native_id, operation = _native_id(did, commit), jsonvalues.text(commit, "operation")
    if native_id is None:
        return passed
    if operation == "delete":
        return Deleted(position=position, at=at, native_id=native_id)
    if operation in {"create", "update"}:
        return _said(did, native_id, jsonvalues.inner(commit, "record"), passed)
    return passed


def _said(did: str, native_id: str, record: Row, passed: Passed) -> Event:
    position, at = passed.position, passed.at
    if f"/{POST}/" in native_id:
        return Post(
            position=position,
            at=at,
            native_id=native_id,
            author=did,
            text=words(record),
            record=record,
        )
    of = jsonvalues.text(jsonvalues.inner(record, "subject"), "uri")
    if post_uri(of) is None:
        return passed
    return Repost(position=position, at=at, native_id=native_id, author=did, of=of, record=record)


def _place(row: Row, key: str) -> int | None:
    value = row.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value < _NO_PLACE else None


def _did(row: Row) -> str | None:
    did = jsonvalues.text(row, "did")
    return did if _DID.fullmatch(did) else None


def _native_id(did: str, commit: Row) -> str | None:
    """The at:// URI of a post or a repost; None for a record of any other collection."""
    collection, key = jsonvalues.text(commit, "collection"), jsonvalues.text(commit, "rkey")
    uri = f"at://{did}/{collection}/{key}"
    is_ours = collection in {POST, REPOST} and _KEY.fullmatch(key)
    return uri if is_ours and len(uri) <= cleaning.MAX_ID else None


def _moment(micros: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return None


def _date(row: Row, key: str) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(jsonvalues.text(row, key)[:_LONGEST_DATE]))
    except (ValueError, OverflowError):
        return None


def words(record: Row) -> str:
    """What a reader sees or is read to: the text of a post, the title of its link card, alt texts.

    The card is often where the name stands: a remark of three words above a headline; and a photo
    of a letter says in its alt text what was written.
    """
    embeds = [jsonvalues.inner(record, "embed"), jsonvalues.inner(record, "embed", "media")]
    cards = (jsonvalues.inner(embed, "external") for embed in embeds)
    titles = (cleaning.line(jsonvalues.text(card, "title"), cleaning.MAX_TITLE) for card in cards)
    # A video has its own.
    shown = (one for embed in embeds for one in (embed, *jsonvalues.rows(embed.get("images"))))
    return cleaning.joined(
        (_words(record, "text"), *titles, *(_words(one, "alt") for one in shown))
    )


def _words(row: Row, key: str) -> str:
    return cleaning.clean(jsonvalues.text(row, key)[:_MAX_TEXT])


def cursor(position: int) -> str:
    return str(position)


def forgot(status: int | None, body: bytes) -> bool:
    """`CursorTooOld` of v2; v1 goes to the oldest it has without a word."""
    return status == 400 and b'"CursorTooOld"' in body
