"""Discourse: its search, its newest posts, its newest topics."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem, SourceState
from monitor.errors import FeedError
from monitor.sources import discourse, kind, paging
from monitor.sources.kind import Ask
from tests.sources.services import SECOND, START, Forum, follow
from tests.sources.simulated import NOW, Collector, answered, asked, hostile, params, sample

HOME = "https://forum.example"
POSTS = f"{HOME}/posts.json"
LATEST = f"{HOME}/latest.json"

FOUND: dict[str, Any] = {
    "id": 501,
    "username": "ann",
    "created_at": "2026-11-22T11:00:00.250Z",
    "like_count": 3,
    "blurb": "is <span class='search-highlight'>United</span> &amp; the bag",
    "post_number": 4,
    "topic_id": 77,
}
POST: dict[str, Any] = {
    **FOUND,
    "blurb": None,
    "like_count": None,
    "cooked": "<p>United lost it</p><p>Again</p>",
    "topic_title": "Lost &amp; found",
    "reply_count": 2,
    "reads": 40,
    "score": 12.5,
    "actions_summary": [{"id": 3, "count": 9}, {"id": 2, "count": 6}],
    "deleted_at": None,
    "user_deleted": False,
}
TOPIC: dict[str, Any] = {
    "id": 77,
    "title": "United & the bag",
    "slug": "united-the-bag",
    "excerpt": "It was <b>lost</b>",
    "created_at": "2026-11-22T11:00:00Z",
    "posts_count": 5,
    "reply_count": 1,
    "views": 900,
    "like_count": 8,
    "pinned": False,
    "posters": [{"user_id": 12, "description": "Original Poster"}],
}


def ask(url: str = HOME, cursor: str = "", **known: Any) -> Ask:
    return asked(url, query="United Airlines", cursor=cursor, **known)


def read(body: Any, *, url: str = HOME, cursor: str = "", **known: Any) -> FeedDocument:
    return discourse.read(answered(body, ask(url, cursor, **known)))


def search(*posts: Any, more: Any = None, **known: Any) -> FeedDocument:
    grouped = {"more_full_page_results": more, "error": None}
    topics = [{"id": 77, "title": "Lost & found"}]
    body = {"posts": [*posts], "topics": topics, "grouped_search_result": grouped}
    return read(body, **known)


def newest(*posts: Any, **known: Any) -> FeedDocument:
    return read({"latest_posts": [*posts]}, url=POSTS, **known)


def topics(*rows: Any, more: Any = None, **known: Any) -> FeedDocument:
    users = [{"id": 12, "username": "ann"}]
    return read(
        {"users": users, "topic_list": {"topics": [*rows], "more_topics_url": more}},
        url=known.pop("url", LATEST),
        **known,
    )


def test_the_search_asks_for_exact_words_of_the_last_days_newest_first() -> None:
    url = discourse.ask(ask(since=START))
    assert url.startswith("https://forum.example/search.json?")
    assert params(url) == {"q": '"United Airlines" order:latest after:2026-11-20', "page": "1"}
    assert params(discourse.ask(ask()))["q"] == '"United Airlines" order:latest'


def test_the_day_before_is_asked_for_too_while_its_posts_may_still_be_new() -> None:
    cursor = search({**FOUND, "created_at": "2026-11-22T00:30:00Z"}).cursor or ""
    assert "after:2026-11-21" in params(discourse.ask(ask(cursor=cursor)))["q"]


@pytest.mark.parametrize(
    ("url", "made"),
    [
        (HOME, f"{HOME}/search.json"),
        (f"{HOME}/forum/", f"{HOME}/forum/search.json"),
        (f"{HOME}/search.json", f"{HOME}/search.json"),
        (POSTS, POSTS),
        (LATEST, LATEST),
        (f"{HOME}/latest", LATEST),
        (f"{HOME}/c/support/5/l/latest.json", f"{HOME}/c/support/5/l/latest.json"),
    ],
)
def test_the_address_chooses_the_list(url: str, made: str) -> None:
    assert discourse.ask(ask(url)).split("?")[0] == made


def test_lists_are_asked_for_once_and_the_search_for_each_name() -> None:
    names = ("United", "#united")
    assert discourse.queries(HOME, names, False) == names
    assert discourse.queries(POSTS, names, True) == ("",)
    assert discourse.queries(LATEST, names, True) == ("",)


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("KEY:system", {"Api-Key": "KEY", "Api-Username": "system"}),
        ("KEY", {"User-Api-Key": "KEY"}),
    ],
)
def test_a_forum_that_is_not_public_is_shown_a_key(token: str, headers: dict[str, str]) -> None:
    state = SourceState(id=1, name="d", kind="discourse", url=HOME)
    request = kind.request(discourse.KIND, ask(), state, token=token)
    assert headers.items() <= request.headers.items()
    assert "KEY" not in request.url


def test_a_found_post_is_read_with_the_title_of_its_topic() -> None:
    assert search(FOUND).items == (
        RawItem(
            native_id="501",
            url="https://forum.example/t/77/4",
            title="Lost & found",
            text="is United & the bag",
            author="ann",
            published_at=NOW - timedelta(hours=1) + timedelta(milliseconds=250),
            engagement={"likes": 3.0},
        ),
    )


def test_a_post_is_read_whole_with_its_counts() -> None:
    (item,) = newest(POST).items
    assert (item.title, item.text) == ("Lost & found", "United lost it\nAgain")
    assert item.engagement == {"likes": 6.0, "replies": 2.0, "views": 40.0}


def test_a_topic_is_read_with_its_counts_and_its_author() -> None:
    assert topics(TOPIC).items == (
        RawItem(
            native_id="t77",
            url="https://forum.example/t/united-the-bag/77",
            title="United & the bag",
            text="It was lost",
            author="ann",
            published_at=NOW - timedelta(hours=1),
            engagement={"likes": 8.0, "views": 900.0, "replies": 4.0},
        ),
    )


@pytest.mark.parametrize(
    ("url", "home"),
    [
        (f"{HOME}/forum", f"{HOME}/forum/"),
        (f"{HOME}/forum/search.json", f"{HOME}/forum/"),
        (f"{HOME}/forum/posts.json", f"{HOME}/forum/"),
        (f"{HOME}/c/support/5/l/latest.json", f"{HOME}/"),
        (f"{HOME}/forum/latest", f"{HOME}/forum/"),
    ],
)
def test_links_lead_to_the_forum_wherever_it_stands(url: str, home: str) -> None:
    body = {"latest_posts": [POST], "posts": [POST], "topic_list": {"topics": [TOPIC]}}
    (item,) = read(body, url=url).items
    assert (item.url or "").startswith(f"{home}t/")


def test_missing_counts_are_absent() -> None:
    assert newest({"id": 1, "cooked": "x"}).items[0].engagement == {}
    assert topics({"id": 1, "title": "x"}).items[0].engagement == {}


def test_a_place_that_is_not_known_is_left_out_of_the_address() -> None:
    assert newest({"id": 1, "cooked": "x"}).items[0].url == "https://forum.example/p/1"
    assert topics({**TOPIC, "slug": "../x"}).items[0].url == "https://forum.example/t/77"


def test_a_deleted_post_and_one_of_a_deleted_user_are_deleted() -> None:
    gone = {**POST, "id": 5, "deleted_at": "2026-11-22T11:00:00Z"}
    also = {**POST, "id": 6, "user_deleted": True}
    document = newest(gone, also, {**gone, "id": None}, POST)
    assert document.deleted == ("5", "6")
    assert [item.native_id for item in document.items] == ["501"]


def collector(service: Forum, url: str = HOME) -> Collector:
    return Collector(kind=discourse.KIND, serve=service, url=url, since=START)


@pytest.mark.parametrize("url", [HOME, POSTS, LATEST])
def test_new_posts_between_two_polls_are_found(url: str) -> None:
    service = Forum(now=START + timedelta(hours=1))
    service.add(START - timedelta(days=2), START + SECOND, START + 2 * SECOND)
    polled = collector(service, url)
    polled.poll(service.now)
    service.add(START + timedelta(hours=1, seconds=1))
    service.now = START + timedelta(hours=2)
    assert polled.poll(service.now) == 1
    assert {name.removeprefix("t") for name in polled.stored} >= {"2", "3", "4"}


def test_the_search_does_not_ask_for_a_page_beyond_the_tenth_and_says_so() -> None:
    service = Forum(size=2, now=START + timedelta(hours=1))
    service.add(*[START + timedelta(seconds=number) for number in range(1, 40)])
    polled = collector(service)
    assert polled.poll(service.now, pages=50) == 10
    assert len(polled.stored) == 20
    assert polled.warnings == [paging.CUT]


def test_what_is_pinned_on_top_does_not_end_the_list_of_topics() -> None:
    pinned = {**TOPIC, "id": 1, "created_at": "2020-01-01T00:00:00Z", "pinned": True}
    document = topics(pinned, TOPIC, more="/latest?page=1", since=START)
    assert document.more
    assert params(discourse.ask(ask(LATEST, document.cursor or "")))["page"] == "1"
    old = {**TOPIC, "id": 2, "created_at": "2026-11-19T00:00:00Z"}
    assert not topics(TOPIC, old, more="/latest?page=1", since=START).more


def numbered(*ids: int) -> list[dict[str, Any]]:
    return [{**POST, "id": number} for number in ids]


@pytest.mark.parametrize(
    ("cursor", "ids", "before"),
    [
        ("", (900, 870), 870),
        ('{"floor":10,"at":870,"top":900}', (870, 850), 850),
        ('{"floor":10,"at":870,"top":900}', (870,), 821),
        ('{"floor":10,"at":870,"top":900}', (), 821),
        # A page from a cache: asked once more.
        ('{"floor":10,"at":870,"top":900}', (950, 880), 870),
    ],
)
def test_posts_are_followed_by_id(cursor: str, ids: tuple[int, ...], before: int) -> None:
    document = newest(*numbered(*ids), cursor=cursor)
    assert document.more
    assert params(discourse.ask(ask(POSTS, document.cursor or "")))["before"] == str(before)


@pytest.mark.parametrize(
    ("cursor", "ids", "floor"),
    [
        ("", (), None),
        ("", (1,), 1),
        ('{"floor":900}', (), 900),
        ('{"floor":900}', (905, 850), 905),
        ('{"floor":900,"at":880,"top":990}', (880, 850), 990),
    ],
)
def test_posts_are_complete_once_what_was_known_is_reached(
    cursor: str, ids: tuple[int, ...], floor: int | None
) -> None:
    document = newest(*numbered(*ids), cursor=cursor)
    assert not document.more
    assert json.loads(document.cursor or "{}").get("floor") == floor


def test_newer_posts_on_a_later_page_do_not_lift_what_is_known() -> None:
    document = newest(*numbered(1_500, 840), cursor='{"floor":900,"at":880,"top":990}')
    assert json.loads(document.cursor or "")["top"] == 990


def test_the_first_poll_of_posts_ends_at_the_beginning_that_is_wanted() -> None:
    old = {**POST, "id": 480, "created_at": "2026-11-20T08:59:59Z"}
    assert not newest(POST, old, since=START).more
    assert newest(POST, old, since=START - timedelta(hours=1)).more
    assert newest(POST, {**old, "created_at": None}, since=START).more


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (HOME, {"posts": [], "grouped_search_result": {"more_full_page_results": None}}),
        (LATEST, {"topic_list": {"topics": []}}),
        (POSTS, {"latest_posts": []}),
    ],
)
def test_an_empty_answer_is_complete(url: str, body: Any) -> None:
    document = read(body, url=url)
    assert (document.items, document.more) == ((), False)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"errors": ["You have performed this action too many times"], "error_type": "rate_limit"},
         "Discourse says: You have performed"),
        ({"failed": "FAILED", "message": "slow down"}, "Discourse says: slow down"),
        ({"posts": [], "grouped_search_result": {"error": "extreme load"}}, "says: extreme load"),
        ({"errors": [5]}, "no list of 'posts'"),
        ({"posts": None}, "no list of 'posts'"),
        ({"posts": [{"number": 1}]}, "no entry of 'posts' has 'id'"),
        (b"<html>login</html>", "looks like HTML"),
        (b"[]", "no list of 'posts'"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(body: Any, why: str) -> None:
    with pytest.raises(FeedError) as refusal:
        read(body)
    assert why in str(refusal.value)


@pytest.mark.parametrize("url", [POSTS, LATEST])
def test_a_search_is_no_list(url: str) -> None:
    with pytest.raises(FeedError, match="no list of"):
        read({"posts": []}, url=url)


@given(st.sampled_from([*POST, *TOPIC]), hostile, st.sampled_from([HOME, POSTS, LATEST]))
def test_no_value_of_a_field_breaks_the_reader(field: str, value: Any, url: str) -> None:
    rows = [{**POST, **TOPIC, field: value}, {**POST, **TOPIC, "id": 5}]
    body = {
        "posts": rows,
        "latest_posts": rows,
        "topics": rows,
        "users": rows,
        "grouped_search_result": {"more_full_page_results": value},
        "topic_list": {"topics": rows, "more_topics_url": value},
    }
    document = read(body, url=url)
    assert "5" in [item.native_id.removeprefix("t") for item in document.items]
    for item in document.items:
        assert (item.url or "").startswith("https://forum.example/")
    assert len(document.cursor or "") < 200


def test_counts_are_read_again_one_post_at_a_time() -> None:
    assert discourse.refresh(HOME, [("501", None)]) == f"{HOME}/posts/501.json"
    assert discourse.refresh(f"{HOME}/f/posts.json", [("5", None)]) == f"{HOME}/f/posts/5.json"
    assert discourse.refresh(LATEST, [("t77", None)]) == ""
    page = answered(POST, ask())
    assert discourse.read_counts(page, [("501", None)]) == {
        "501": {"likes": 6.0, "replies": 2.0, "views": 40.0}
    }
    gone = answered({**POST, "deleted_at": "2026-11-22T11:00:00Z"}, ask())
    assert discourse.read_counts(gone, [("501", None)]) == {"501": None}


@pytest.mark.parametrize("body", [{"id": 5}, {}, [], {"errors": ["no"]}])
def test_another_post_is_not_taken_for_the_one_that_was_asked_for(body: Any) -> None:
    with pytest.raises(FeedError):
        discourse.read_counts(answered(body, ask()), [("501", None)])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("url", [HOME, POSTS, LATEST])
def test_every_post_is_collected_whenever_it_is_polled_and_cut_off(url: str, seed: int) -> None:
    service = Forum(size=50 if url == HOME else 10)
    polled = collector(service, url)
    expected = follow(
        polled, service, seed=seed, deletes=url == POSTS, bursts=(0, 0, 1, 3, 12, 24)
    )
    assert expected <= {name.removeprefix("t") for name in polled.stored}


def test_the_official_description_names_the_fields_that_are_read() -> None:
    paths = json.loads(sample("discourse/openapi.json"))["paths"]

    def schema(path: str) -> Any:
        answer = paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        return answer["properties"]

    posts = schema("/posts.json")["latest_posts"]["items"]["properties"]
    assert set(POST) - {"blurb", "like_count"} <= set(posts)
    topic = schema("/latest.json")["topic_list"]["properties"]["topics"]["items"]["properties"]
    assert set(TOPIC) - {"excerpt"} <= set(topic)
    grouped = schema("/search.json")["grouped_search_result"]["properties"]
    assert {"more_full_page_results", "error"} <= set(grouped)
