"""Mastodon's streams: which one, and what its events say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from monitor.errors import FeedError, StreamError
from monitor.sources import mastodon
from monitor.sources.mastodonlive import LIVE, ask, read
from monitor.sources.streaming import Deleted, Passed, Post
from tests.sources.simulated import NOW, hostile
from tests.sources.test_mastodon import ITEM, STATUS

HOME = "https://near.example"


def event(name: str, data: object) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"event: {name}\ndata: {text}".encode()


def said(**changes: Any) -> Post:
    found = read(event("update", STATUS | changes), url=HOME)
    assert isinstance(found, Post)
    return found


@pytest.mark.parametrize(
    ("url", "stream"),
    [
        (HOME, "/api/v1/streaming/public"),
        (f"{HOME}/", "/api/v1/streaming/public"),
        (f"{HOME}/public", "/api/v1/streaming/public"),
        (f"{HOME}/public/local", "/api/v1/streaming/public/local"),
        (f"{HOME}/public/remote", "/api/v1/streaming/public/remote"),
        (f"{HOME}/tags/united", "/api/v1/streaming/hashtag?tag=united"),
        (f"{HOME}/api/v1/timelines/tag/%C3%BC", "/api/v1/streaming/hashtag?tag=%C3%BC"),
    ],
)
def test_the_stream_is_that_of_the_list(url, stream):
    assert ask(url) == HOME + stream


def test_a_post_is_the_one_that_the_list_gives():
    streaming = LIVE.streaming(HOME)
    post = said()
    assert (post.native_id, post.author, post.text) == (
        ITEM.native_id,
        ITEM.author,
        ITEM.text,
    )
    assert streaming.item(post, now=NOW) == ITEM


def test_an_edit_is_the_post_once_more():
    frame = event("status.update", {**STATUS, "content": "<p>Sorry</p>", "spoiler_text": ""})
    found = read(frame, url=HOME)
    assert isinstance(found, Post)
    item = LIVE.streaming(HOME).item(found, now=NOW)
    assert item == replace(ITEM, text="Sorry")


def test_what_is_deleted_is_named_by_the_number_of_this_server():
    found = read(event("delete", "109348677773283527"), url=HOME)
    assert isinstance(found, Deleted)
    assert found.native_id == "109348677773283527"


@pytest.mark.parametrize(
    "frame",
    [
        b":thump",
        b"event: notification\ndata: {}",
        b"event: filters_changed\ndata: undefined",
        event("delete", "a/b"),
        b"data: {}",
        b"",
        b"\xff\xfe",
        b"event",
    ],
)
def test_what_is_not_about_posts_is_passed_over(frame):
    assert read(frame, url=HOME) is None


def test_a_boost_is_nothing_that_these_streams_have():
    assert isinstance(read(event("update", STATUS | {"reblog": STATUS}), url=HOME), Passed)


def test_data_may_stand_on_several_lines():
    text = json.dumps(STATUS, indent=1).replace("\n", "\ndata:")
    found = read(f"id: 1\ndata:{text}\nevent:update".encode(), url=HOME)
    assert isinstance(found, Post)
    assert found.native_id == ITEM.native_id


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("{", "not an answer of Mastodon's stream: broken JSON"),
        ("", "not an answer of Mastodon's stream: it is empty"),
        ("[]", "its post has no 'uri'"),
        ({"id": "1"}, "its post has no 'uri'"),
    ],
)
def test_what_is_no_post_is_refused(data, why):
    with pytest.raises(FeedError, match=why):
        read(event("update", data), url=HOME)


@given(hostile)
def test_nothing_that_a_post_may_hold_is_raised(value):
    for key in STATUS:
        changed: Mapping[str, Any] = STATUS | {key: value}
        try:
            found = read(event("update", json.dumps(changed)), url=HOME)
        except (FeedError, StreamError):
            continue
        if isinstance(found, Post):
            LIVE.streaming(HOME).item(found, now=NOW)


def test_it_has_no_place_to_forget():
    streaming = LIVE.streaming(HOME)
    assert streaming.forgot(400, b"") is False
    assert streaming.cursor(7) == "7"
    assert mastodon.KIND.name == "mastodon"
