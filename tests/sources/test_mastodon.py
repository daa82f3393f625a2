"""Mastodon: which list is asked for, what a post says, and that none is skipped."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem, SourceState
from monitor.errors import FeedError
from monitor.sources import kind, mastodon
from tests.sources.services import SECOND, START, Fediverse, follow
from tests.sources.simulated import (
    NOW,
    SAMPLES,
    Collector,
    answered,
    asked,
    hostile,
    params,
    sample,
)

HOME = "https://near.example"
TAG = f"{HOME}/tags/united"
FLAKE = int(NOW.timestamp() * 1000) << 16

STATUS: dict[str, Any] = {
    "id": str(FLAKE - 5),
    "uri": "https://far.example/users/ann/statuses/77",
    "url": "https://far.example/@ann/77",
    "created_at": "2026-11-22T11:00:00.250Z",
    "edited_at": "2026-11-22T11:30:00.000Z",
    "content": "<p>United lost my <a href='https://x.example'>bag</a></p><p>Again</p>",
    "spoiler_text": "Rant &amp; airlines",
    "language": "en-GB",
    "replies_count": 3,
    "reblogs_count": 2,
    "favourites_count": 9,
    "quotes_count": 0,
    "reblog": None,
    "account": {"acct": "ann@far.example", "followers_count": 512},
}
ITEM = RawItem(
    native_id="https://far.example/users/ann/statuses/77",
    url=f"https://near.example/@ann@far.example/{FLAKE - 5}",
    text="Rant & airlines\nUnited lost my bag\nAgain",
    author="@ann@far.example",
    author_followers=512,
    published_at=NOW - timedelta(hours=1) + timedelta(milliseconds=250),
    language="en",
    engagement={"likes": 9.0, "reposts": 2.0, "replies": 3.0, "quotes": 0.0},
)


def read(
    body: Any, *, url: str = TAG, query: str = "", cursor: str = "", **headers: str
) -> FeedDocument:
    return mastodon.read(answered(body, asked(url, query=query, cursor=cursor), **headers))


def url(where: str, query: str = "", cursor: str = "", **known: Any) -> str:
    return mastodon.ask(asked(where, query=query, cursor=cursor, **known))


@pytest.mark.parametrize(
    ("where", "query", "path"),
    [
        (TAG, "", "/api/v1/timelines/tag/united"),
        (f"{HOME}/api/v1/timelines/tag/united", "ignored", "/api/v1/timelines/tag/united"),
        (f"{HOME}/public", "", "/api/v1/timelines/public"),
        (f"{HOME}/public/local", "", "/api/v1/timelines/public"),
        (HOME, "", "/api/v1/timelines/public"),
        (f"{HOME}/", "#UnitedAirlines", "/api/v1/timelines/tag/UnitedAirlines"),
        (HOME, "#vereinigt über", "/api/v1/timelines/tag/vereinigt%C3%BCber"),
        (HOME, "#a/b", "/api/v1/timelines/tag/a%2Fb"),
        (HOME, "United Airlines", "/api/v2/search"),
        (HOME, "#", "/api/v2/search"),
    ],
)
def test_the_address_and_the_name_say_which_list_is_read(
    where: str, query: str, path: str
) -> None:
    assert url(where, query).startswith(f"{HOME}{path}?")


def test_only_what_was_written_here_is_asked_for_if_the_address_says_so() -> None:
    assert params(url(f"{HOME}/public/local"))["local"] == "true"
    assert params(url(f"{HOME}/public?only_media=true"))["only_media"] == "true"
    assert "local" not in params(url(f"{HOME}/public"))


@pytest.mark.parametrize(
    ("where", "has_token", "queries"),
    [
        (TAG, True, ("",)),
        (f"{HOME}/public", False, ("",)),
        (HOME, True, ("United", "#united")),
        (HOME, False, ("#united", "")),
    ],
)
def test_names_are_searched_for_only_where_the_search_finds_posts(
    where: str, has_token: bool, queries: tuple[str, ...]
) -> None:
    assert mastodon.queries(where, ("United", "#united"), has_token) == queries


def test_the_search_asks_for_exact_words_and_the_token_goes_into_a_header() -> None:
    state = SourceState(id=1, name="m", kind="mastodon", url=HOME)
    request = kind.request(
        mastodon.KIND, asked(HOME, query="@United Airlines"), state, token="secret"
    )
    assert params(request.url) == {"q": '"United Airlines"', "type": "statuses", "limit": "40"}
    assert request.headers["Authorization"] == "Bearer secret"


def test_a_list_is_read_forward_from_the_beginning_that_is_wanted() -> None:
    first = int(START.timestamp() * 1000) << 16
    assert params(url(TAG, since=START)) == {"min_id": str(first), "limit": "40"}
    assert params(url(TAG))["min_id"] == "0"


def test_a_post_is_read_with_its_counts_its_reach_and_its_warning() -> None:
    assert read([STATUS]).items == (ITEM,)


def test_a_person_of_the_server_itself_is_named_like_all_others() -> None:
    account = {"acct": "bob", "followers_count": 0}
    (item,) = read([{**STATUS, "account": account}]).items
    assert (item.author, item.author_followers) == ("@bob@near.example", 0)
    assert item.url == f"https://near.example/@bob/{FLAKE - 5}"


def test_missing_counts_are_absent() -> None:
    bare = {key: STATUS[key] for key in ("id", "uri", "content")}
    (item,) = read([bare]).items
    assert item.engagement == {}
    assert item.author_followers is None


def test_alt_texts_and_the_title_of_a_link_card_are_words_of_a_post() -> None:
    pictures = [{"description": "A letter:\nUnited fired me"}, {"description": None}, 7]
    post = {**STATUS, "card": {"title": "United lost my bag"}, "media_attachments": pictures}
    (item,) = read([post]).items
    assert item.text == f"{ITEM.text}\nA letter:\nUnited fired me", (
        "the title stands there already"
    )

    post |= {"content": "<p>Look</p>", "card": {"title": " A <b>bag</b>\nis lost "}}
    (item,) = read([post]).items
    assert item.text.startswith("Rant & airlines\nLook\nA <b>bag</b> is lost\nA letter")


def test_a_boost_says_what_it_passes_on_and_the_original_comes_with_it() -> None:
    boost = {
        **STATUS,
        "id": str(FLAKE - 1),
        "uri": "https://near.example/users/bob/statuses/9/activity",
        "created_at": "2026-11-22T11:59:00.000Z",
        "content": "",
        "spoiler_text": "",
        "language": None,
        "reblog": STATUS,
        "account": {"acct": "bob", "followers_count": 4},
    }
    original, boosted = read([boost]).items
    assert original == ITEM
    assert boosted == RawItem(
        native_id="https://near.example/users/bob/statuses/9/activity",
        url=f"https://near.example/@bob/{FLAKE - 1}",
        text=ITEM.text,
        author="@bob@near.example",
        author_followers=4,
        published_at=NOW - timedelta(minutes=1),
        language="en",
        repost_of=ITEM.native_id,
    )


def test_a_boost_without_a_name_leaves_the_original() -> None:
    assert read([{"reblog": STATUS, "uri": "", "content": ""}, STATUS]).items == (ITEM,)


def test_an_address_that_cannot_be_made_is_that_of_the_original() -> None:
    (item,) = read([{**STATUS, "account": {"acct": "a/../b"}}]).items
    assert (item.url, item.author) == ("https://far.example/@ann/77", None)
    (item,) = read([{**STATUS, "id": "../1", "url": None}]).items
    assert item.url == "https://far.example/users/ann/statuses/77"
    (item,) = read([{**STATUS, "id": 5, "url": "javascript:alert(1)"}]).items
    assert item.url is None


def polled(service: Fediverse, where: str = TAG, query: str = "") -> Collector:
    return Collector(kind=mastodon.KIND, serve=service, url=where, query=query, since=START)


def test_new_posts_between_two_polls_are_found() -> None:
    service = Fediverse()
    service.add(START + SECOND)
    collector = polled(service)
    service.now = START + timedelta(hours=1)
    assert collector.poll(service.now) == 2
    service.add(START + timedelta(hours=1, seconds=1))
    service.now = START + timedelta(hours=2)
    # No page was larger before, so that this one may be cut short.
    assert collector.poll(service.now) == 2
    assert collector.poll(service.now) == 1
    assert len(collector.stored) == 2


def test_a_post_that_arrives_late_is_found_by_reading_the_last_minutes_twice() -> None:
    service = Fediverse()
    service.add(START + timedelta(minutes=10), START + timedelta(minutes=11))
    service.add(START + timedelta(minutes=9), late=timedelta(minutes=3))
    collector = polled(service)
    service.now = START + timedelta(minutes=11)
    collector.poll(service.now)
    assert len(collector.stored) == 2
    service.now = START + timedelta(minutes=13)
    collector.poll(service.now)
    assert len(collector.stored) == 3


def test_a_page_that_only_repeats_what_is_known_is_not_the_last() -> None:
    """However small the pages of a server are: else it would be read for ever, and no further."""
    service = Fediverse(size=3)
    service.add(*[START + timedelta(seconds=number) for number in range(1, 9)])
    collector = polled(service)
    service.now = START + timedelta(minutes=1)
    for _ in range(6):
        collector.poll(service.now)
    assert len(collector.stored) == 8


def test_an_empty_list_keeps_the_place() -> None:
    kept = read([], cursor=read([STATUS]).cursor or "").cursor or ""
    assert '"id"' not in kept
    assert read([], cursor=kept).cursor == kept
    assert not read([]).more
    assert params(url(TAG, cursor=read([]).cursor or ""))["min_id"] == "0"


def page_of(count: int) -> list[dict[str, Any]]:
    """The newest is of this very moment."""
    return [{**STATUS, "uri": f"u{n}", "id": str(FLAKE - n)} for n in range(count)]


def test_the_very_first_page_is_not_the_last_however_small_the_pages_of_a_server_are() -> None:
    assert read([STATUS]).more


def test_a_full_page_is_followed_from_its_last_id() -> None:
    document = read(page_of(20))
    assert document.more
    assert params(url(TAG, cursor=document.cursor or ""))["min_id"] == str(FLAKE)


def test_an_answer_to_another_question_neither_ends_the_chain_nor_moves_it() -> None:
    cursor = read(page_of(20)).cursor or ""
    again = read(page_of(20), cursor=cursor)
    assert (again.cursor, again.more) == (cursor, True)


def test_the_next_poll_begins_before_what_may_still_arrive_late() -> None:
    cursor = read([], cursor=read(page_of(20)).cursor or "").cursor or ""
    back = (5 * 60 * 1000) << 16
    assert params(url(TAG, cursor=cursor))["min_id"] == str(FLAKE - back)
    hour_old = str(FLAKE - (3_600_000 << 16))
    settled = read([], cursor=read([{**STATUS, "id": hour_old}]).cursor or "").cursor or ""
    assert params(url(TAG, cursor=settled))["min_id"] == hour_old


def test_ids_of_servers_that_count_otherwise_are_taken_as_they_are() -> None:
    page = [{**STATUS, "id": name} for name in ("AjR9", "AjRA", "AjQz")]
    assert params(url(TAG, cursor=read(page).cursor or ""))["min_id"] == "AjRA"
    counted = read([{**STATUS, "id": "4711"}, {**STATUS, "id": "998"}]).cursor or ""
    assert params(url(TAG, cursor=counted))["min_id"] == "4711"


@pytest.mark.parametrize("name", [str(FLAKE + (2 * 86_400_000 << 16)), "9" * 64, "9" * 65, "a b"])
def test_an_id_of_the_future_does_not_hide_what_comes_until_then(name: str) -> None:
    assert read([{**STATUS, "id": name}, STATUS]).cursor == read([STATUS]).cursor


def search(*rows: Any, cursor: str = "", since: Any = START) -> FeedDocument:
    ask = asked(HOME, query="United", cursor=cursor, since=since)
    return mastodon.read(answered({"accounts": [], "statuses": [*rows]}, ask))


def test_the_search_goes_down_to_the_beginning_a_whole_second_at_a_time() -> None:
    document = search(STATUS)
    assert document.more
    second = int(NOW.timestamp()) - 3600
    ask = url(HOME, "United", document.cursor or "", since=START)
    assert params(ask)["max_id"] == str((second + 1) * 1000 << 16)


def test_the_search_ends_below_the_beginning_and_starts_there_again() -> None:
    old = {**STATUS, "created_at": "2026-11-20T08:00:00Z"}
    document = search(STATUS, old)
    assert not document.more
    assert "max_id" not in params(url(HOME, "United", document.cursor or ""))
    assert not search(STATUS, old, cursor=document.cursor or "").more


def test_a_search_that_finds_nothing_is_complete() -> None:
    document = search()
    assert not document.more
    assert document.items == ()


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "2026-11-22T12:02:00.5Z"}, 120.5),
        ({"x_ratelimit_remaining": "1", "x_ratelimit_reset": "2026-11-22T12:02:00Z"}, None),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "2026-11-22T11:02:00Z"}, 0.0),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "2030-11-22T11:02:00Z"}, 900.0),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "soon"}, None),
        ({"x_ratelimit_remaining": "0"}, None),
        ({}, None),
    ],
)
def test_the_server_is_left_alone_when_it_says_that_nothing_is_left(
    headers: dict[str, str], wait: float | None
) -> None:
    assert read([STATUS], **headers).wait_seconds == wait


@pytest.mark.parametrize(
    ("body", "where", "why"),
    [
        (
            {"error": "This method requires an authenticated user"},
            TAG,
            "Mastodon says: This method",
        ),
        ({"error": "Record not found"}, HOME, "Mastodon says: Record"),
        ({}, TAG, "no list of 'statuses'"),
        ([], HOME, "no list of 'statuses'"),
        ({"accounts": []}, HOME, "no list of 'statuses'"),
        ([{"id": "1", "text": "x"}], TAG, "no entry of 'statuses' has 'uri'"),
        (b"<!DOCTYPE html>", TAG, "looks like HTML"),
        (b'[{"id": "1', TAG, "broken JSON"),
        (b"null", TAG, "no list of 'statuses'"),
    ],
)
def test_what_is_no_answer_is_refused(body: Any, where: str, why: str) -> None:
    with pytest.raises(FeedError) as refusal:
        read(body, url=where, query="United" if where == HOME else "")
    assert why in str(refusal.value)


@given(
    st.sampled_from([*STATUS, "account.acct", "account.followers_count"]), hostile, st.booleans()
)
def test_no_value_of_a_field_breaks_the_reader(field: str, value: Any, is_inner: bool) -> None:
    outer, _, inner = field.partition(".")
    row = {**STATUS, outer: {**STATUS["account"], inner: value} if inner else value}
    rows = [{**STATUS, "uri": "b", "reblog": row} if is_inner else row, {**STATUS, "uri": "c"}]
    document = read(rows)
    assert {"c"} <= {item.native_id for item in document.items}
    for item in document.items:
        assert item.url is None or item.url.startswith("https://")
        assert len(item.native_id) <= 500
    assert len(document.cursor or "") < 200


def test_ten_megabytes_of_text_cost_little() -> None:
    huge = "<p>" + "x" * 10_000_000
    (item,) = read([{**STATUS, "content": huge, "spoiler_text": huge, "uri": "u" + huge}]).items
    assert len(item.text) <= 200_100
    assert len(item.native_id) < 100


def test_counts_are_read_again_by_the_id_that_the_address_holds() -> None:
    posts = [
        (ITEM.native_id, ITEM.url),
        ("b", f"{HOME}/@bob/12"),
        ("c", "https://far.example/@c/1"),
    ]
    ask = mastodon.refresh(TAG, [*posts, ("d", None), ("e", f"{HOME}/about/me/1")])
    assert ask == f"{HOME}/api/v1/statuses?id[]={FLAKE - 5}&id[]=12"
    counts = mastodon.read_counts(answered([STATUS], asked(TAG)), posts)
    assert counts == {ITEM.native_id: ITEM.engagement, "b": None}


def test_posts_of_other_servers_are_not_asked_for() -> None:
    assert mastodon.refresh(TAG, [("c", "https://far.example/@c/1"), ("d", None)]) == ""


@pytest.mark.parametrize("body", [{"error": "Not found"}, {}, b"<html>"])
def test_an_answer_that_is_none_does_not_delete(body: Any) -> None:
    with pytest.raises(FeedError):
        mastodon.read_counts(answered(body, asked(TAG)), [("b", f"{HOME}/@bob/12")])


def test_an_answer_about_other_posts_deletes_nothing() -> None:
    posts = [("other", f"{HOME}/@bob/12")]
    with pytest.raises(FeedError, match="posts that were not asked for"):
        mastodon.read_counts(answered([STATUS], asked(TAG)), posts)


@pytest.mark.parametrize(("size", "seed"), [(3, 1), (3, 2), *((20, seed) for seed in range(6))])
def test_every_post_of_a_list_is_collected(size: int, seed: int) -> None:
    service = Fediverse(size=size)
    collector = polled(service)
    expected = follow(collector, service, seed=seed, late=timedelta(minutes=4))
    assert expected <= set(collector.stored)


@pytest.mark.parametrize("seed", range(6))
def test_every_post_that_the_search_finds_is_collected(seed: int) -> None:
    service = Fediverse(size=10)
    service.muted = frozenset(range(0, 10_000, 3))
    collector = polled(service, HOME, "United")
    expected = follow(collector, service, seed=seed, late=timedelta(minutes=9))
    muted = service.names(post for post in service.posts if post.number in service.muted)
    assert expected - muted <= set(collector.stored)


def recorded() -> list[dict[str, Any]]:
    if not SAMPLES.exists():
        pytest.skip(f"{SAMPLES} is not at hand")
    files = sorted((SAMPLES / "mastodon").glob("*.json"))
    return [json.loads(sample(f"mastodon/{file.name}"))["response"]["json"] for file in files]


def test_the_recorded_posts_are_read() -> None:
    rows = [row for row in recorded() if isinstance(row, dict) and "content" in row]
    assert len(rows) > 15
    for row in rows:
        items = read([row], url="http://localhost:3000/public").items
        names = {item.native_id for item in items if item.repost_of is None}
        assert names == {(row["reblog"] or row)["uri"]}
        (item,) = [item for item in items if item.repost_of is None]
        assert set(item.engagement) == {"likes", "reposts", "replies", "quotes"}
        account = (row["reblog"] or row)["account"]
        assert item.author == f"@{account['acct']}@localhost"
        assert (
            item.url == f"http://localhost:3000/@{account['acct']}/{(row['reblog'] or row)['id']}"
        )


def test_the_recorded_searches_are_read() -> None:
    answers = [row for row in recorded() if isinstance(row, dict) and "statuses" in row]
    assert len(answers) == 3
    for answer in answers:
        assert read(answer, url="http://localhost:3000", query="x").items == ()
