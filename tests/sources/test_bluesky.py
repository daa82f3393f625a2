"""Posts of Bluesky as they are stored, and their counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import bluesky, jetstream
from monitor.sources.registry import KINDS, STREAMS
from monitor.sources.streaming import Post, Repost
from tests.sources import frames
from tests.sources.frames import START

NOW = START + timedelta(hours=1)
ASK = Ask(url=bluesky.HOME, query="", cursor="", since=None, now=NOW)


def page(body: bytes) -> Page:
    return Page(body=body, headers={}, url=bluesky.HOME, ask=ASK)


def post(**parts: object) -> Post:
    event = jetstream.read(frames.post(3, "Meridian Air is late", parts=parts))
    assert isinstance(event, Post)
    return event


def test_a_post_as_it_is_stored() -> None:
    assert bluesky.item(post(), now=NOW) == RawItem(
        native_id="at://did:plc:000000000000000000000001/app.bsky.feed.post/3k00000000003",
        url="https://bsky.app/profile/did:plc:000000000000000000000001/post/3k00000000003",
        text="Meridian Air is late",
        author="did:plc:000000000000000000000001",
        published_at=START + timedelta(seconds=3),
        language="en",
    )


def test_a_repost_has_no_words_and_the_page_of_the_post() -> None:
    event = jetstream.read(frames.repost(4, frames.uri(3), author=2))
    assert isinstance(event, Repost)
    assert bluesky.item(event, now=NOW) == RawItem(
        native_id=frames.uri(4, author=2, collection=frames.REPOST),
        url="https://bsky.app/profile/did:plc:000000000000000000000001/post/3k00000000003",
        author="did:plc:000000000000000000000002",
        published_at=START + timedelta(seconds=4),
        repost_of=frames.uri(3),
    )


@pytest.mark.parametrize(
    ("made", "at"),
    [
        ("2026-11-22T11:59:00.123Z", datetime(2026, 11, 22, 11, 59, 0, 123000, tzinfo=UTC)),
        ("2015-01-02T03:04:05+02:00", datetime(2015, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("2026-11-22T12:59:00Z", START + timedelta(seconds=3)),  # after it was seen
        ("2999-01-01T00:00:00Z", START + timedelta(seconds=3)),
        ("1970-01-01T00:00:00Z", START + timedelta(seconds=3)),
        ("soon", START + timedelta(seconds=3)),
        (None, START + timedelta(seconds=3)),
    ],
)
def test_a_post_is_as_old_as_its_author_says_but_no_younger_than_it_is(
    made: object, at: datetime
) -> None:
    assert bluesky.item(post(createdAt=made), now=NOW).published_at == at


def test_without_any_date_it_has_none() -> None:
    assert bluesky.said_at({}, None, now=NOW) is None
    assert bluesky.said_at({}, datetime(1971, 1, 1, tzinfo=UTC), now=NOW) is None


@pytest.mark.parametrize(
    ("langs", "language"),
    [
        (["pt-BR"], "pt"),
        (["en", "de"], None),
        ([], None),
        (None, None),
        ("en", None),
        ([3], None),
        (["not a tag"], None),
    ],
)
def test_the_language_counts_if_one_alone_is_named(langs: object, language: str | None) -> None:
    assert bluesky.item(post(langs=langs), now=NOW).language == language


def test_what_is_no_post_has_no_page() -> None:
    assert bluesky.web_page("at://did:plc:1/app.bsky.feed.like/3k") is None


# --- as a kind of source


def test_it_is_a_stream_and_never_polled() -> None:
    kind = KINDS["bluesky"]
    assert (kind.polled, kind.searches, kind.home) == (False, False, bluesky.HOME)
    assert kind.ask(ASK) == jetstream.subscription(ASK)
    assert STREAMS["bluesky"].subprotocols == ("xrpc.v1.json",)


@pytest.mark.parametrize(
    ("frame", "document"),
    [
        (frames.like(3, frames.uri(1)), FeedDocument(items=())),
        (frames.post(3, ""), FeedDocument(items=(), cursor="1795348803000000")),
        (
            frames.delete(3, of=1),
            FeedDocument(items=(), cursor="1795348803000000", deleted=(frames.uri(1),)),
        ),
        (
            frames.post(3, "Meridian Air is late"),
            FeedDocument(items=(bluesky.item(post(), now=NOW),), cursor="1795348803000000"),
        ),
    ],
)
def test_a_frame_is_a_page(frame: bytes, document: FeedDocument) -> None:
    assert bluesky.KIND.read(page(frame)) == document


@pytest.mark.parametrize(
    "url",
    [bluesky.HOME, "https://a.example", "ws://127.0.0.1:6008/subscribe", "http://a.example/x"],
)
def test_addresses_of_a_jetstream(url: str) -> None:
    assert bluesky.KIND.complaint(url) == ""


@pytest.mark.parametrize(
    "url", ["bsky.app", "ftp://a.example", "wss://", "wss://[::1", "file:///x"]
)
def test_addresses_of_nothing(url: str) -> None:
    assert bluesky.KIND.complaint(url).startswith("should be the address of a Jetstream")


# --- counts


def asked_for(*posts: tuple[str, str | None]) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(bluesky.refresh("wss://any.example", posts)).query)


def test_counts_are_asked_for_by_the_uri_of_the_post() -> None:
    address = bluesky.refresh(bluesky.HOME, [(frames.uri(1), None)])
    assert address.startswith(f"{bluesky.COUNTS}?")
    assert asked_for((frames.uri(1), None), ("7", "x"), (frames.uri(2), None)) == [
        ("uris", frames.uri(1)),
        ("uris", frames.uri(2)),
    ]


def test_no_more_than_the_server_takes_at_once() -> None:
    assert len(asked_for(*((frames.uri(n), None) for n in range(40)))) == 25
    assert bluesky.refresh(bluesky.HOME, [("7", None)]) == ""


def test_counts_are_read_for_what_was_asked_for() -> None:
    views = [
        {
            "uri": frames.uri(1),
            "likeCount": 5,
            "repostCount": 0,
            "replyCount": None,
            "quoteCount": -1,
            "bookmarkCount": 9,
        },
        {"uri": frames.uri(2), "likeCount": 1},
        {"likeCount": 1},
        "x",
    ]
    body = json.dumps({"posts": views}).encode()
    asked = [(frames.uri(1), None), (frames.uri(3), None)]
    assert bluesky.read_counts(page(body), asked) == {
        frames.uri(1): {"likes": 5.0, "reposts": 0.0}
    }


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"posts":{}}', b"<html>", b'{"error":"x"}'])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    with pytest.raises(FeedError, match="not an answer of Bluesky"):
        bluesky.read_counts(page(body), [])
