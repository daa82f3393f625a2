"""Hacker News: Algolia's search read by time, and counts from Firebase."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import hackernews, windows
from monitor.sources.kind import Ask
from tests.sources.services import SECOND, START, Algolia, follow
from tests.sources.simulated import NOW, Collector, answered, asked, hostile, params, sample

HOME = hackernews.KIND.home
SECONDS = int(NOW.timestamp())

STORY = {
    "objectID": "4100",
    "title": "Tell HN: United &amp; the <i>dog</i>",
    "story_text": "It was <i>dragged</i>.<p>Really.",
    "url": None,
    "author": "ann",
    "points": 41,
    "num_comments": 7,
    "created_at_i": SECONDS - 3600,
    "created_at": "2026-11-22T11:00:00Z",
}
COMMENT = {
    "objectID": "4101",
    "comment_text": "I was there &#x2F; it&#x27;s true",
    "story_title": "Tell HN",
    "author": "bob",
    "points": None,
    "num_comments": None,
    "created_at_i": SECONDS - 60,
}


def ask(cursor: str = "", **known: Any) -> Ask:
    return asked(HOME, query="United Airlines", cursor=cursor, **known)


def read(*hits: Any, cursor: str = "", **fields: Any) -> FeedDocument:
    return hackernews.read(answered({"hits": [*hits], "hitsPerPage": 500, **fields}, ask(cursor)))


def collector(service: Algolia) -> Collector:
    return Collector(kind=hackernews.KIND, serve=service, url=HOME, since=START)


def test_the_search_asks_for_exact_words_in_stories_and_comments_since_the_beginning() -> None:
    url = hackernews.ask(ask(since=START))
    assert url.startswith("https://hn.algolia.com/api/v1/search_by_date?")
    assert params(url) == {
        "query": '"United Airlines"',
        "tags": "(story,comment)",
        "numericFilters": f"created_at_i>={int(START.timestamp())}",
        "hitsPerPage": "500",
    }


def test_without_a_beginning_all_that_there_is_is_asked_for() -> None:
    assert params(hackernews.ask(ask()))["numericFilters"] == "created_at_i>=0"


def test_a_story_and_a_comment_are_read_with_their_counts() -> None:
    assert read(COMMENT, STORY).items == (
        RawItem(
            native_id="4101",
            url="https://news.ycombinator.com/item?id=4101",
            text="I was there / it's true",
            author="bob",
            published_at=NOW - timedelta(seconds=60),
        ),
        RawItem(
            native_id="4100",
            url="https://news.ycombinator.com/item?id=4100",
            title="Tell HN: United & the dog",
            text="It was dragged.\nReally.",
            author="ann",
            published_at=NOW - timedelta(hours=1),
            engagement={"score": 41.0, "replies": 7.0},
        ),
    )


def test_a_date_that_is_missing_is_taken_from_its_other_form() -> None:
    (item,) = read({**STORY, "created_at_i": None}).items
    assert item.published_at == NOW - timedelta(hours=1)


def test_what_the_last_poll_saw_is_asked_for_again_as_far_as_posts_may_be_late() -> None:
    cursor = read(COMMENT, STORY).cursor or ""
    assert params(hackernews.ask(ask(cursor)))["numericFilters"] == (
        f"created_at_i>={SECONDS - 60 - 15 * 60}"
    )


def test_new_posts_between_two_polls_are_found_by_the_second() -> None:
    service = Algolia()
    service.add(START + SECOND, START + 2 * SECOND)
    polled = collector(service)
    service.now = START + timedelta(minutes=1)
    assert polled.poll(service.now) == 1
    service.add(START + timedelta(minutes=2))
    service.now = START + timedelta(minutes=3)
    assert polled.poll(service.now) == 1
    assert set(polled.stored) == {"1", "2", "3"}


def test_posts_of_the_second_at_which_a_page_ends_are_all_found() -> None:
    service = Algolia(size=10, now=START + timedelta(hours=1))
    service.add(*[START + timedelta(seconds=5 + number // 7) for number in range(35)])
    polled = collector(service)
    polled.poll(service.now)
    assert len(polled.stored) == 35
    assert polled.warnings == []


def test_more_posts_of_one_second_than_a_page_holds_are_not_lost_in_silence() -> None:
    service = Algolia(size=10, now=START + timedelta(hours=1))
    service.add(*[START + timedelta(seconds=9)] * 25, START + timedelta(seconds=3))
    polled = collector(service)
    polled.poll(service.now)
    assert polled.warnings == [windows.CROWDED]
    assert "26" in polled.stored


def test_a_poll_that_is_cut_off_goes_on_where_it_was() -> None:
    service = Algolia(size=10, now=START + timedelta(hours=1))
    service.add(*[START + timedelta(seconds=number) for number in range(1, 36)])
    polled = collector(service)
    polled.poll(service.now, pages=2)
    service.add(START + timedelta(hours=2))
    service.now = START + timedelta(hours=3)
    polled.poll(service.now, pages=2)
    assert "36" not in polled.stored
    polled.poll(service.now)
    polled.poll(service.now)
    assert len(polled.stored) == 36


def test_an_answer_to_another_question_neither_ends_the_chain_nor_moves_it() -> None:
    first = read(*[{**COMMENT, "objectID": "9"}, STORY], hitsPerPage=2)
    again = read(*[{**COMMENT, "objectID": "9"}, STORY], hitsPerPage=2, cursor=first.cursor or "")
    assert first.more
    assert again.more
    assert again.cursor == first.cursor


def test_nothing_where_the_posts_of_the_bound_should_be_is_not_taken_for_the_end() -> None:
    begun = ask(since=START)
    page = answered({"hits": [COMMENT, STORY], "hitsPerPage": 2}, begun)
    under_way = hackernews.read(page).cursor or ""
    document = read(cursor=under_way)
    assert not document.more
    assert params(hackernews.ask(ask(document.cursor or "")))["numericFilters"] == (
        f"created_at_i>={int(START.timestamp())}"
    )


def test_an_empty_page_keeps_the_place() -> None:
    kept = read(COMMENT).cursor or ""
    empty = read(cursor=kept)
    assert empty.items == ()
    assert empty.cursor == kept
    assert not empty.more


def test_a_post_from_the_future_does_not_hide_what_comes_until_then() -> None:
    ahead = {**COMMENT, "created_at_i": SECONDS + 3600}
    cursor = read(ahead, STORY).cursor or ""
    assert params(hackernews.ask(ask(cursor)))["numericFilters"] == (
        f"created_at_i>={SECONDS - 15 * 60}"
    )


def test_the_same_hit_twice_is_one_item() -> None:
    assert len(read(COMMENT, COMMENT).items) == 1


def test_a_hit_that_is_no_object_does_not_make_a_full_page_the_last() -> None:
    assert read(None, COMMENT, hitsPerPage=2).more


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "it is empty"),
        (b"<html>busy</html>", "looks like HTML or XML"),
        (b'{"hits": [{"objectID"', "broken JSON"),
        (b"[]", "no list of 'hits'"),
        (b'{"message": "Invalid numericFilters", "status": 400}', "no list of 'hits'"),
        (b'{"hits": {}}', "no list of 'hits'"),
        (b'{"hits": [{"object_id": "1"}]}', "no entry of 'hits' has 'objectID'"),
        (b'{"hits": [1, 2]}', "no entry of 'hits' has 'objectID'"),
    ],
)
def test_what_is_no_answer_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(FeedError, match="not an answer of Hacker News") as refusal:
        hackernews.read(answered(body, ask()))
    assert why in str(refusal.value)


@given(st.sampled_from(sorted(STORY)), hostile)
def test_no_value_of_a_field_breaks_the_reader(field: str, value: Any) -> None:
    document = read({**STORY, field: value}, COMMENT)
    assert "4101" in [item.native_id for item in document.items]
    for item in document.items:
        assert item.url is not None
        assert item.url.startswith("https://news.ycombinator.com/item?id=")
        assert all(isinstance(count, float) for count in item.engagement.values())
    assert len(document.cursor or "") < 100


def test_ten_megabytes_of_text_cost_little() -> None:
    (item,) = read({**COMMENT, "comment_text": "<p>" + "x" * 10_000_000}).items
    assert len(item.text) <= 100_000


def test_a_cursor_of_another_age_is_as_good_as_none() -> None:
    for cursor in ("nonsense", '{"floor":"x","at":[]}', '{"floor":-5}'):
        assert params(hackernews.ask(ask(cursor)))["numericFilters"] == "created_at_i>=0"


def test_counts_are_read_again_one_post_at_a_time() -> None:
    posts = [("4100", None)]
    url = hackernews.refresh(HOME, posts)
    assert url == "https://hacker-news.firebaseio.com/v0/item/4100.json"
    assert hackernews.refresh("http://127.0.0.1:8/x", posts) == (
        "http://127.0.0.1:8/v0/item/4100.json"
    )


@pytest.mark.parametrize(
    ("item", "counts"),
    [
        ({"id": 7, "score": 9, "descendants": 4, "kids": [8]}, {"score": 9.0, "replies": 4.0}),
        ({"id": 7, "type": "comment", "kids": [8, 9]}, {"replies": 2.0}),
        ({"id": 7, "type": "comment"}, {}),
        ({"id": 7, "deleted": True}, None),
        ({"id": 7, "dead": True, "score": 1}, None),
        ({"id": 7, "score": "9", "kids": {}}, {}),
    ],
)
def test_what_firebase_says_of_a_post(item: Any, counts: Any) -> None:
    page = answered(item, ask())
    assert hackernews.read_counts(page, [("7", None)]) == {"7": counts}


def test_a_post_that_firebase_does_not_know_is_not_taken_for_deleted() -> None:
    assert hackernews.read_counts(answered(b"null", ask()), [("7", None)]) == {}


@pytest.mark.parametrize("body", [b'{"id": 8, "deleted": true}', b"[]", b'"x"', b"{}"])
def test_another_post_is_not_taken_for_the_one_that_was_asked_for(body: bytes) -> None:
    with pytest.raises(FeedError, match="not the item 7"):
        hackernews.read_counts(answered(body, ask()), [("7", None)])


def test_an_address_of_the_site_itself_is_complained_about() -> None:
    assert "leave it out" in hackernews.complaint("https://news.ycombinator.com/newest")
    assert hackernews.complaint(HOME) == ""


@pytest.mark.parametrize("seed", range(8))
def test_every_post_is_collected_whenever_it_is_polled_and_cut_off(seed: int) -> None:
    service = Algolia(size=10)
    polled = collector(service)
    expected = follow(polled, service, seed=seed, late=timedelta(minutes=14))
    assert expected <= set(polled.stored)
    assert set(polled.stored) <= service.names(service.posts)


def test_the_recorded_answer_is_read() -> None:
    recorded = json.loads(sample("hackernews/algolia_search_live_shortened.json"))["response"]
    (item,) = hackernews.read(answered(recorded, ask())).items
    assert item.native_id == recorded["hits"][0]["objectID"]
    assert item.author == recorded["hits"][0]["author"]
    assert item.engagement == {"score": 1.0, "replies": 0.0}
    assert item.published_at is not None
    assert item.published_at.isoformat() == "2016-12-08T19:39:07+00:00"
