"""Lemmy: posts and comments in the shapes of v3 and v4."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import lemmy
from monitor.sources.kind import Ask
from tests.sources.services import SECOND, START, Lemmy, Post, follow
from tests.sources.simulated import NOW, Collector, answered, asked, hostile, params, sample

HOME = "https://near.example"
V4 = f"{HOME}/api/v4"

CREATOR = {"name": "ann", "actor_id": "https://far.example/u/ann"}
POST = {
    "ap_id": "https://far.example/post/8",
    "name": "United &amp; the bag",
    "body": "It was *lost*.",
    "published": "2026-11-22T11:00:00.123456Z",
    "deleted": False,
    "removed": False,
}
COUNTS = {"score": -1, "upvotes": 2, "downvotes": 3, "comments": 4, "child_count": 0}
V3_POST = {"post": POST, "creator": CREATOR, "counts": COUNTS}
V3_COMMENT = {
    "comment": {
        "ap_id": "https://far.example/comment/9",
        "content": "Mine too",
        "published": "2026-11-22T11:30:00",
    },
    "post": POST,
    "creator": {"name": "bob"},
    "counts": {"score": 5, "upvotes": 5, "child_count": 1},
}


def ask(url: str = HOME, cursor: str = "", **known: Any) -> Ask:
    return asked(url, query="United  Airlines", cursor=cursor, **known)


def read(body: Any, *, url: str = HOME, cursor: str = "", **known: Any) -> FeedDocument:
    return lemmy.read(answered(body, ask(url, cursor, **known)))


def found(**lists: Any) -> dict[str, Any]:
    return {"type_": "All", "posts": [], "comments": [], "communities": [], "users": [], **lists}


@pytest.mark.parametrize(
    ("url", "path", "asks"),
    [
        (HOME, "/api/v3/search", {"q": "United Airlines", "type_": "All", "sort": "New"}),
        (f"{HOME}/api/v3/search?listing_type=Local", "/api/v3/search",
         {"q": "United Airlines", "type_": "All", "sort": "New", "listing_type": "Local"}),
        (V4, "/api/v4/search", {"search_term": "United Airlines", "type_": "all", "sort": "new"}),
        (f"{HOME}/api/v3/post/list?community_name=air", "/api/v3/post/list",
         {"community_name": "air", "sort": "New"}),
        (f"{V4}/comment/list", "/api/v4/comment/list", {"sort": "new"}),
    ],
)  # fmt: skip
def test_the_address_says_which_interface_and_which_list(
    url: str, path: str, asks: dict[str, str]
) -> None:
    made = lemmy.ask(ask(url))
    assert made.startswith(f"{HOME}{path}?")
    assert params(made) == {**asks, "limit": "50"}


def test_a_list_is_asked_for_once_and_the_search_for_each_name() -> None:
    names = ("United", "#united")
    assert lemmy.queries(f"{HOME}/api/v3/post/list", names, False) == ("",)
    assert lemmy.queries(HOME, names, True) == names


def test_a_post_and_a_comment_of_v3_are_read_with_their_counts() -> None:
    assert read(found(posts=[V3_POST], comments=[V3_COMMENT])).items == (
        RawItem(
            native_id="https://far.example/post/8",
            url="https://far.example/post/8",
            title="United & the bag",
            text="It was *lost*.",
            author="@ann@far.example",
            published_at=NOW - timedelta(hours=1) + timedelta(microseconds=123456),
            engagement={"likes": 2.0, "score": -1.0, "replies": 4.0},
        ),
        RawItem(
            native_id="https://far.example/comment/9",
            url="https://far.example/comment/9",
            text="Mine too",
            author="bob",
            published_at=NOW - timedelta(minutes=30),
            engagement={"likes": 5.0, "score": 5.0, "replies": 1.0},
        ),
    )


V4_POST = {
    "post": {**POST, **COUNTS, "published_at": "2026-11-22T10:00:00Z", "published": None},
    "creator": {"name": "ann", "ap_id": "https://far.example/u/ann"},
}


@pytest.mark.parametrize(
    "answer",
    [
        {"posts": [V4_POST], "comments": [], "persons": [], "next_page": None},
        {"search": [{"type_": "post", **V4_POST}, {"type_": "community", "community": {}}]},
        {"items": [V4_POST], "next_page": None},
    ],
)
def test_a_post_of_v4_is_read_from_whichever_list_it_stands_in(answer: Any) -> None:
    (item,) = read(answer, url=V4).items
    assert item.native_id == "https://far.example/post/8"
    assert item.author == "@ann@far.example"
    assert item.published_at == NOW - timedelta(hours=2)
    assert item.engagement == {"likes": 2.0, "score": -1.0, "replies": 4.0}


def test_missing_counts_are_absent() -> None:
    (item,) = read(found(posts=[{"post": POST}])).items
    assert (item.engagement, item.author) == ({}, None)


def test_what_its_author_deleted_or_a_moderator_removed_is_deleted() -> None:
    gone = {**V3_POST, "post": {**POST, "ap_id": "https://far.example/post/1", "removed": True}}
    also = {**V3_COMMENT, "comment": {**V3_COMMENT["comment"], "deleted": True}}  # type: ignore[dict-item]
    nameless = {**V3_POST, "post": {"removed": True}}
    document = read(found(posts=[gone, V3_POST, nameless], comments=[also]))
    assert document.deleted == ("https://far.example/post/1", "https://far.example/comment/9")
    assert [item.native_id for item in document.items] == ["https://far.example/post/8"]


def collector(service: Lemmy, url: str = HOME) -> Collector:
    return Collector(kind=lemmy.KIND, serve=service, url=url, since=START)


def test_new_posts_between_two_polls_are_found() -> None:
    service = Lemmy(now=START + timedelta(hours=1))
    service.add(START - timedelta(days=1), START - timedelta(days=2), START + SECOND)
    polled = collector(service)
    assert polled.poll(service.now) == 1
    service.add(START + timedelta(hours=1, seconds=1))
    service.now = START + timedelta(hours=2)
    assert polled.poll(service.now) == 1
    assert len(polled.stored) == 4


def test_the_list_that_reaches_less_far_back_says_how_many_pages_are_read() -> None:
    """One old post must not end a search that has many new comments."""
    service = Lemmy(size=3, now=START + timedelta(hours=1))
    comments = [Post(number, START + timedelta(seconds=number)) for number in range(1, 18, 2)]
    service.posts = [*comments, Post(18, START - timedelta(days=9))]
    polled = collector(service)
    polled.poll(service.now)
    assert len({name for name in polled.stored if "comment" in name}) == 9


@pytest.mark.parametrize(
    ("url", "cursor_before", "answer", "asks"),
    [
        (HOME, "", found(posts=[V3_POST]), {"page": "2"}),
        (HOME, '{"at":"2:x","seen":1}', found(posts=[V3_POST]), {"page": "3"}),
        (V4, "", {"posts": [V4_POST], "next_page": "Pa1-_="}, {"page_cursor": "Pa1-_="}),
        (f"{HOME}/api/v3/post/list", "", {"posts": [V3_POST], "next_page": "P5"},
         {"page_cursor": "P5"}),
    ],
)  # fmt: skip
def test_the_next_page_is_a_number_or_a_word_of_the_server(
    url: str, cursor_before: str, answer: Any, asks: dict[str, str]
) -> None:
    document = read(answer, url=url, cursor=cursor_before)
    assert document.more
    made = params(lemmy.ask(ask(url, document.cursor or "")))
    assert asks.items() <= made.items()


@pytest.mark.parametrize(
    ("url", "next_page"),
    [(V4, None), (V4, "P x"), (V4, "P" * 501), (V4, 7), (f"{HOME}/api/v3/post/list", None)],
)
def test_a_list_without_a_next_page_ends(url: str, next_page: Any) -> None:
    assert not read({"posts": [V4_POST], "next_page": next_page}, url=url).more


def test_a_page_of_what_nobody_asked_for_is_passed_over() -> None:
    document = read({"search": [{"type_": "person", "person": {}}], "next_page": "P2"}, url=V4)
    assert document.more
    assert document.items == ()


def test_an_empty_page_in_the_middle_is_asked_for_once_more_and_then_believed() -> None:
    kept = read(found(posts=[V3_POST]), since=NOW).cursor or ""
    empty = read(found(), cursor=kept)
    assert (empty.items, empty.more) == ((), True)
    again = read(found(), cursor=empty.cursor or "")
    assert (again.items, again.more) == ((), False)
    assert json.loads(again.cursor or "{}")["floor"] == json.loads(kept)["floor"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"error": "rate_limit_error"}, "Lemmy says: rate_limit_error"),
        ({}, "no list of posts or comments"),
        ({"posts": None}, "no list of posts or comments"),
        ([], "no list of posts or comments"),
        ({"posts": [{"id": 1}]}, "no posts or comments in its lists"),
        ({"posts": ["x"]}, "no posts or comments in its lists"),
        (b"<html>", "looks like HTML"),
        (b'{"posts": [', "broken JSON"),
    ],
)
def test_what_is_no_answer_is_refused(body: Any, why: str) -> None:
    with pytest.raises(FeedError) as refusal:
        read(body)
    assert why in str(refusal.value)


@given(
    st.sampled_from(["post", "creator", "counts", "comment"]),
    st.sampled_from(["", *POST, *COUNTS, "name", "actor_id", "ap_id"]),
    hostile,
)
def test_no_value_of_a_field_breaks_the_reader(outer: str, inner: str, value: Any) -> None:
    view: dict[str, Any] = {**V3_POST}
    view[outer] = {**view.get(outer, {}), inner: value} if inner else value
    other = {**V3_POST, "post": {**POST, "ap_id": "https://far.example/post/7"}}
    document = read(found(posts=[view, other], next_page=value if not inner else None))
    assert "https://far.example/post/7" in [item.native_id for item in document.items]
    for item in document.items:
        assert item.url is None or item.url.startswith(("https://", "http://"))
        assert len(item.native_id) <= 500
    assert len(document.cursor or "") < 700


def test_ten_megabytes_of_text_cost_little() -> None:
    huge = "x" * 10_000_000
    view = {**V3_POST, "post": {**POST, "body": huge, "name": huge, "ap_id": "a" + huge}}
    (item,) = read(found(posts=[view])).items
    assert len(item.text) <= 100_000
    assert len(item.native_id) < 100


@pytest.mark.parametrize("url", [HOME, V4])
@pytest.mark.parametrize("seed", range(5))
def test_every_post_and_comment_is_collected(url: str, seed: int) -> None:
    service = Lemmy(size=10)
    polled = collector(service, url)
    expected = follow(polled, service, seed=seed, late=timedelta(minutes=59), deletes=False)
    assert expected <= set(polled.stored)


def test_the_shapes_that_were_noted_are_read() -> None:
    shapes = json.loads(sample("lemmy/shapes_v3_v4.json"))["shapes"]
    view = shapes["v3_post_view"]
    (item,) = read(found(posts=[view])).items
    assert item.native_id == view["post"]["ap_id"]
    assert item.author == "@u@lemmy.example"
    assert item.engagement == {"likes": 1.0, "score": 1.0, "replies": 0.0}
    newer = {"post": {**view["post"], **shapes["v4_post_view_differences"]["post"]}}
    answer = {**shapes["v4_search_response"], "posts": [newer]}
    document = read(answer, url=V4)
    assert document.items[0].engagement == {"likes": 1.0, "score": 1.0, "replies": 0.0}
    assert document.more
