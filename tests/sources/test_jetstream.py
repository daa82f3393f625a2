"""Frames of Jetstream become events, in both wires, whatever strangers write."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.asking import Ask
from monitor.errors import FeedError, StreamError
from monitor.sources import jetstream
from monitor.sources.streaming import Deleted, Departed, Passed, Post, Repost
from tests.sources import frames
from tests.sources.frames import START, WIRES

V1 = "wss://jetstream2.us-east.bsky.network/subscribe"
V2 = "wss://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents"
NOW = START + timedelta(hours=1)
wires = pytest.mark.parametrize("wire", WIRES)


def ask(url: str, *, cursor: str = "", since: datetime | None = None) -> Ask:
    return Ask(url=url, query="", cursor=cursor, since=since, now=NOW)


def asked(url: str, **given: object) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(jetstream.subscription(ask(url, **given))).query)  # type: ignore[arg-type]


# --- the subscription


def test_v1_is_asked_for_posts_and_reposts() -> None:
    address = jetstream.subscription(ask(V1, since=START))
    assert address.startswith(f"{V1}?")
    assert asked(V1, since=START) == [
        ("wantedCollections", "app.bsky.feed.post"),
        ("wantedCollections", "app.bsky.feed.repost"),
        ("maxMessageSizeBytes", str(2**18)),
        ("cursor", "1795348800000000"),
    ]


def test_v2_is_asked_for_accounts_too() -> None:
    assert asked(V2, cursor="41") == [
        ("collections", "app.bsky.feed.post"),
        ("collections", "app.bsky.feed.repost"),
        ("kinds", "commit"),
        ("kinds", "account"),
        ("maxMessageSizeBytes", str(2**18)),
        ("cursor", "41"),
    ]


@pytest.mark.parametrize(
    ("given", "host_and_path"),
    [
        ("https://example.org", "wss://example.org/subscribe"),
        ("https://example.org/", "wss://example.org/subscribe"),
        ("http://127.0.0.1:6008/subscribe", "ws://127.0.0.1:6008/subscribe"),
        ("ws://127.0.0.1:6008", "ws://127.0.0.1:6008/subscribe"),
        ("wss://example.org/xrpc/a.b.c?x=1#y", "wss://example.org/xrpc/a.b.c"),
    ],
)
def test_the_address_may_be_written_in_several_ways(given: str, host_and_path: str) -> None:
    assert jetstream.subscription(ask(given)).partition("?")[0] == host_and_path


@pytest.mark.parametrize(
    ("url", "cursor", "since", "start"),
    [
        # Without a place: a time that both wires know, none before all that any server has.
        (V1, "", None, 10**15),
        (V2, "", None, 10**15),
        (V2, "", START, frames.micros(START)),
        (V1, "", datetime(1990, 1, 1, tzinfo=UTC), 10**15),
        # v1 sends events out of order, v2 does not.
        (V1, str(frames.micros(START)), None, frames.micros(START) - 5_000_000),
        (V2, "17", None, 17),
        # A place in the future would lose what was said until now.
        (V1, str(frames.micros(NOW) + 1), None, frames.micros(NOW) - 5_000_000),
        # Places that no server gave.
        (V1, "17", None, 10**15),
        (V1, "x", START, frames.micros(START)),
        (V1, "1" * 19, START, frames.micros(START)),
        (V1, "\u0661\u0662", START, frames.micros(START)),
        (V1, "-5", START, frames.micros(START)),
    ],
)
def test_where_a_subscription_begins(
    url: str, cursor: str, since: datetime | None, start: int
) -> None:
    assert asked(url, cursor=cursor, since=since)[-1] == ("cursor", str(start))


def test_a_cursor_is_the_place_of_the_last_event() -> None:
    assert jetstream.cursor(41) == "41"
    assert asked(V2, cursor=jetstream.cursor(41))[-1] == ("cursor", "41")


@pytest.mark.parametrize(
    ("status", "body", "is_lost"),
    [
        (400, b'{"error":"CursorTooOld","message":"floor 9"}', True),
        (400, b'{"error":"InvalidRequest"}', False),
        (500, b'{"error":"CursorTooOld"}', False),
        (None, b"", False),
    ],
)
def test_a_server_says_when_it_forgot_our_place(
    status: int | None, body: bytes, is_lost: bool
) -> None:
    assert jetstream.forgot(status, body) is is_lost


# --- frames


def place(number: int, wire: str) -> int:
    return number if wire == "v2" else frames.micros(START + timedelta(seconds=number))


@wires
def test_a_post(wire: str) -> None:
    event = jetstream.read(frames.post(3, "Meridian Air is late", wire=wire))
    assert event == Post(
        position=place(3, wire),
        at=START + timedelta(seconds=3),
        native_id="at://did:plc:000000000000000000000001/app.bsky.feed.post/3k00000000003",
        author="did:plc:000000000000000000000001",
        text="Meridian Air is late",
        record=frames.record("Meridian Air is late", number=3),
    )


@wires
def test_an_edit_is_a_post_again(wire: str) -> None:
    event = jetstream.read(frames.post(3, "changed", operation="update", wire=wire))
    assert isinstance(event, Post)
    assert event.text == "changed"


@wires
def test_a_repost_names_what_it_passes_on(wire: str) -> None:
    event = jetstream.read(frames.repost(4, frames.uri(3), author=2, wire=wire))
    assert isinstance(event, Repost)
    assert event.of == frames.uri(3)
    assert event.native_id == frames.uri(4, author=2, collection=frames.REPOST)
    assert event.author == frames.did(2)
    assert event.position == place(4, wire)
    assert event.record["createdAt"] == "2026-11-22T12:00:04+00:00"


@wires
@pytest.mark.parametrize("collection", [frames.POST, frames.REPOST])
def test_what_is_taken_back(wire: str, collection: str) -> None:
    event = jetstream.read(frames.delete(9, of=3, collection=collection, wire=wire))
    assert event == Deleted(
        position=place(9, wire),
        at=START + timedelta(seconds=9),
        native_id=frames.uri(3, collection=collection),
    )


@wires
@pytest.mark.parametrize("status", ["deleted", "takendown"])
def test_an_account_that_is_gone(wire: str, status: str) -> None:
    event = jetstream.read(frames.account(9, author=5, status=status, wire=wire))
    assert event == Departed(
        position=place(9, wire),
        at=START + timedelta(seconds=9),
        prefix="at://did:plc:000000000000000000000005/",
    )


@wires
@pytest.mark.parametrize(
    ("active", "status"),
    [(False, "deactivated"), (False, "suspended"), (True, "deleted"), (False, None)],
)
def test_an_account_that_may_come_back(wire: str, active: bool, status: str | None) -> None:
    event = jetstream.read(frames.account(9, author=5, active=active, status=status, wire=wire))
    assert event == Passed(position=place(9, wire), at=START + timedelta(seconds=9))


@wires
def test_a_like_is_not_even_parsed(wire: str) -> None:
    assert jetstream.read(frames.like(5, frames.uri(3), wire=wire)) is None
    assert jetstream.read(frames.like(5, frames.uri(3), wire=wire)[:-9]) is None


@pytest.mark.parametrize(
    "frame",
    [
        b'{"$type":"message","payload":{"$type":"a#info","name":"OutdatedCursor","error":""}}',
        b"",
        b"\xff\x00",
    ],
)
def test_a_notice_has_no_place(frame: bytes) -> None:
    assert jetstream.read(frame) is None


def test_the_flat_form_of_v2_is_read_too() -> None:
    payload = json.loads(frames.post(3, "flat", wire="v2"))["payload"]
    event = jetstream.read(json.dumps(payload).encode())
    assert isinstance(event, Post)
    assert (event.text, event.position) == ("flat", 3)


def test_a_server_that_hangs_up_says_why() -> None:
    frame = b'{"$type":"error","error":"ConsumerTooSlow","message":"too\\n slow"}'
    with pytest.raises(StreamError, match=r"^the server hangs up: ConsumerTooSlow: too slow$"):
        jetstream.read(frame)
    with pytest.raises(StreamError, match=r"^the server hangs up: $"):
        jetstream.read(b'{"$type":"error"}')


@pytest.mark.parametrize(
    "text",
    [
        '"app.bsky.feed.post"',
        '{"app.bsky.feed.post":1',
        '["app.bsky.feed.post"]',
        '{"kind":"commit","x":"app.bsky.feed.post"}',
        '{"kind":"commit","x":"app.bsky.feed.post","time_us":"1"}',
        '{"kind":"commit","x":"app.bsky.feed.post","time_us":true}',
        '{"kind":"commit","x":"app.bsky.feed.post","time_us":0}',
        '{"kind":"commit","x":"app.bsky.feed.post","time_us":-4}',
        '{"kind":"commit","x":"app.bsky.feed.post","time_us":1.5}',
        '{"kind":"commit","x":"app.bsky.feed.post","time_us":1000000000000000000}',
        '{"kind":"commit","x":"app.bsky.feed.post","time_us":999999999999999999}',
        '{"x":"app.bsky.feed.post","seq":null}',
        '{"$type":"message","payload":[],"x":"app.bsky.feed.post"}',
        '<html>"app.bsky.feed.post"</html>',
        '{"x":"app.bsky.feed.post","y":' + "[" * 100_000,
        '{"x":"app.bsky.feed.post","seq":' + "9" * 5_000 + "}",
    ],
)
def test_what_no_jetstream_sends_is_refused(text: str) -> None:
    with pytest.raises(FeedError, match=r"not an (answer|event) of Jetstream"):
        jetstream.read(text.encode())


@wires
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"did:plc:000000000000000000000001"', '"did:PLC:1"'),
        ('"did:plc:000000000000000000000001"', "null"),
        ('"rkey":"3k00000000003"', '"rkey":".."'),
        ('"rkey":"3k00000000003"', '"rkey":"a/b"'),
        ('"rkey":"3k00000000003"', '"rkey":"a\\n"'),
        ('"rkey":"3k00000000003"', f'"rkey":"{"a" * 500}"'),
        ('"rkey":"3k00000000003"', '"rkey":3'),
        ('"create"', '"resync"'),
        ('"create"', '["create"]'),
        ('"collection":"app.bsky.feed.post"', '"collection":"x.y.app.bsky.feed.post"'),
    ],
)
def test_a_bad_event_still_tells_its_place(wire: str, old: str, new: str) -> None:
    frame = frames.post(3, "x", wire=wire).decode()
    assert old in frame
    event = jetstream.read(frame.replace(old, new).encode())
    assert event == Passed(position=place(3, wire), at=START + timedelta(seconds=3))


@pytest.mark.parametrize(
    "record", [None, [], "x", {}, {"text": None}, {"text": 5}, {"text": ["x"]}, {"embed": 3}]
)
def test_a_post_without_words_says_nothing(record: object) -> None:
    row = json.loads(frames.post(3, "x"))
    row["commit"]["record"] = record
    event = jetstream.read(json.dumps(row).encode())
    assert isinstance(event, Post)
    assert event.text == ""


@pytest.mark.parametrize(
    "of",
    [
        "",
        None,
        "at://did:plc:1/app.bsky.feed.generator/abc",
        "at://handle.example/app.bsky.feed.post/abc",
        "https://bsky.app/profile/did:plc:1/post/abc",
        "at://did:plc:1/app.bsky.feed.post/" + "a" * 500,
    ],
)
def test_a_repost_of_what_is_no_post_does_not_matter(of: str) -> None:
    event = jetstream.read(frames.repost(4, of))
    assert event == Passed(position=place(4, "v1"), at=START + timedelta(seconds=4))


def test_a_time_that_is_none_leaves_the_place() -> None:
    for time in ('"yesterday"', "null", '"0001-01-01T00:00:00+09:00"', f'"{"2" * 5000}"'):
        frame = frames.account(3, author=5, status=None, wire="v2").decode()
        old = '"time":"2026-11-22T12:00:03.000000Z"'
        assert old in frame
        event = jetstream.read(frame.replace(old, f'"time":{time}').encode())
        assert event == Passed(position=3, at=None)


@given(st.binary(max_size=60))
def test_no_bytes_do_harm(junk: bytes) -> None:
    for frame in (junk, b'{"kind":"commit","x":"app.bsky.feed.post",' + junk):
        try:
            jetstream.read(frame)
        except (FeedError, StreamError):
            continue


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"did": _values | st.just("did:plc:1"), "kind": st.sampled_from(["commit", "account", 3])},
        optional={
            "time_us": _values | st.integers(1, 10**18),
            "seq": _values,
            "payload": _values,
            "account": _values | st.fixed_dictionaries({"active": _values, "status": _values}),
            "commit": _values
            | st.fixed_dictionaries(
                {
                    "operation": st.sampled_from(["create", "delete", {}]),
                    "collection": st.just("app.bsky.feed.post"),
                    "rkey": _values | st.just("abc"),
                    "record": _values
                    | st.fixed_dictionaries({"text": _values, "embed": _values, "langs": _values}),
                }
            ),
        },
    )
)
def test_no_types_do_harm(row: dict[str, object]) -> None:
    frame = json.dumps(row | {"x": "app.bsky.feed.post"}).encode()
    try:
        event = jetstream.read(frame)
    except FeedError:
        return
    assert event is None or event.position > 0


# --- words


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"text": " a \u0000b\r\n\n c "}, "a b\nc"),
        ({"text": "1 < 2 & <b>"}, "1 < 2 & <b>"),
        ({"text": "see", "embed": {"external": {"title": "Meridian\nAir"}}}, "see\nMeridian Air"),
        ({"text": "", "embed": {"external": {"title": "Meridian Air"}}}, "Meridian Air"),
        (
            {"text": "Meridian Air!", "embed": {"external": {"title": "Meridian Air"}}},
            "Meridian Air!",
        ),
        ({"text": "see", "embed": {"media": {"external": {"title": "Card"}}}}, "see\nCard"),
        ({"text": "see", "embed": {"external": {"title": 7}}}, "see"),
        ({"text": "x" * 20_000}, "x" * 10_000),
        (
            {"text": "Look", "embed": {"images": [{"alt": "A wet\r\nseat"}, 7, {"alt": "look"}]}},
            "Look\nA wet\nseat\nlook",
        ),
        ({"text": "", "embed": {"media": {"images": [{"alt": "A seat"}]}}}, "A seat"),
        (
            {"text": "Film", "embed": {"alt": "Two guards drag a man"}},
            "Film\nTwo guards drag a man",
        ),
        ({"text": "A seat!", "embed": {"images": [{"alt": "A seat"}, {"alt": ""}]}}, "A seat!"),
    ],
)
def test_what_a_reader_sees(record: dict[str, object], words: str) -> None:
    assert jetstream.words(record) == words
