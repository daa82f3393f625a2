"""Stack Exchange: questions by time, its quota, its errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem, SourceState
from monitor.errors import FeedError
from monitor.sources import kind, stackexchange
from monitor.sources.kind import Ask
from tests.sources.services import SECOND, START, StackExchange, follow
from tests.sources.simulated import NOW, Collector, answered, asked, hostile, params, sample

URL = "https://api.stackexchange.com/2.3?site=superuser"
SECONDS = int(NOW.timestamp())

QUESTION = {
    "question_id": 991,
    "title": "Why does &quot;United&quot; crash &amp; burn?",
    "body": "<p>It says <code>boom</code>.</p>",
    "link": "https://superuser.com/questions/991/why",
    "creation_date": SECONDS - 600,
    "owner": {"display_name": "Ann &#39;A&#39;", "reputation": 5},
    "score": -2,
    "view_count": 120,
    "answer_count": 0,
}


def ask(cursor: str = "", **known: Any) -> Ask:
    return asked(URL, query="United", cursor=cursor, **known)


def read(*items: Any, now: datetime = NOW, cursor: str = "", **fields: Any) -> FeedDocument:
    body = {"items": [*items], "has_more": False, **fields}
    return stackexchange.read(answered(body, ask(cursor, now=now)))


def test_questions_are_asked_for_by_exact_words_on_the_site_that_the_address_names() -> None:
    url = stackexchange.ask(ask(since=START))
    assert url.startswith("https://api.stackexchange.com/2.3/search/advanced?")
    assert params(url) == {
        "site": "superuser",
        "q": '"United"',
        "sort": "creation",
        "order": "desc",
        "fromdate": str(int(START.timestamp())),
        "pagesize": "100",
        "filter": "withbody",
    }


def test_the_site_is_stack_overflow_unless_the_address_names_one() -> None:
    for url in (stackexchange.KIND.home, "https://api.stackexchange.com"):
        assert params(stackexchange.ask(asked(url, query="x")))["site"] == "stackoverflow"


def test_handles_and_tags_are_not_worth_a_request() -> None:
    names = ("United", "@united", "#united")
    assert stackexchange.KIND.queries(URL, names, False) == ("United",)


def test_the_key_goes_into_the_address() -> None:
    state = SourceState(id=1, name="s", kind="stackexchange", url=URL)
    request = kind.request(stackexchange.KIND, ask(), state, token="k(1&2")
    assert params(request.url)["key"] == "k(1&2"
    assert request.url.startswith(stackexchange.ask(ask()).split("?")[0])
    assert params(request.url).keys() - params(stackexchange.ask(ask())).keys() == {"key"}


def test_a_question_is_read_with_its_counts_and_the_signs_in_its_title() -> None:
    assert read(QUESTION).items == (
        RawItem(
            native_id="991",
            url="https://superuser.com/questions/991/why",
            title='Why does "United" crash & burn?',
            text="It says boom.",
            author="Ann 'A'",
            published_at=NOW - timedelta(minutes=10),
            engagement={"score": -2.0, "views": 120.0, "replies": 0.0},
        ),
    )


def test_missing_counts_are_absent() -> None:
    (item,) = read({"question_id": 1, "title": "x"}).items
    assert item.engagement == {}


def collector(service: StackExchange) -> Collector:
    return Collector(kind=stackexchange.KIND, serve=service, url=URL, since=START)


def test_new_questions_between_two_polls_are_found() -> None:
    service = StackExchange(now=START + timedelta(hours=1))
    service.add(START + SECOND)
    polled = collector(service)
    polled.poll(service.now)
    service.add(START + timedelta(hours=1, seconds=9))
    service.now = START + timedelta(hours=2)
    assert polled.poll(service.now) == 1
    assert set(polled.stored) == {"1", "2"}


def test_questions_of_the_second_at_which_a_page_ends_are_all_found() -> None:
    service = StackExchange(size=4, now=START + timedelta(hours=1))
    service.add(*[START + timedelta(seconds=5 + number // 3) for number in range(20)])
    polled = collector(service)
    polled.poll(service.now, pages=30)
    assert len(polled.stored) == 20
    assert polled.warnings == []


def test_an_empty_answer_keeps_the_place() -> None:
    kept = read(QUESTION).cursor or ""
    empty = read(cursor=kept)
    assert (empty.items, empty.cursor, empty.more) == ((), kept, False)


@pytest.mark.parametrize("seed", range(6))
def test_every_question_is_collected_whenever_it_is_polled_and_cut_off(seed: int) -> None:
    service = StackExchange(size=10)
    polled = collector(service)
    expected = follow(polled, service, seed=seed, late=timedelta(minutes=14))
    assert expected <= set(polled.stored)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 22, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "fields", "wait"),
    [
        (at(12), {}, None),
        (at(12), {"backoff": 10}, 10.0),
        (at(12), {"backoff": "10"}, None),
        # Half of the day is over: half of the quota may be spent, and a tenth more.
        (at(12), {"quota_max": 300, "quota_remaining": 130}, None),
        (at(12), {"quota_max": 300, "quota_remaining": 100}, 432.0),
        (at(12), {"quota_max": 300, "quota_remaining": 0}, 43_200.0),
        (at(0), {"quota_max": 300, "quota_remaining": 299}, None),
        (at(23), {"quota_max": 300, "quota_remaining": 10}, None),
        (at(12), {"quota_max": 10_000, "quota_remaining": 3_900, "backoff": 30}, 30.0),
        (at(12), {"quota_max": 0, "quota_remaining": 0}, None),
        (at(12), {"quota_remaining": 0}, None),
    ],
)
def test_the_quota_is_spread_over_the_day_and_backoff_is_obeyed(
    now: datetime, fields: dict[str, Any], wait: float | None
) -> None:
    assert read(QUESTION, now=now, **fields).wait_seconds == wait


THROTTLED = {
    "error_id": 502,
    "error_name": "throttle_violation",
    "error_message": "too many requests from this IP, more requests available in 80 seconds",
}


def test_an_error_is_said_in_its_own_words_and_its_seconds_are_waited() -> None:
    with pytest.raises(FeedError, match="Stack Exchange says: too many requests") as refusal:
        stackexchange.read(answered(THROTTLED, ask()))
    assert refusal.value.wait_seconds == 80


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"error_id": 400, "error_name": "bad_parameter"}, "says: bad_parameter"),
        ({"error_id": 500, "error_message": 5}, "says: an error"),
        ({"items": None}, "no list of 'items'"),
        ({}, "no list of 'items'"),
        ({"items": [{"id": 4}]}, "no entry of 'items' has 'question_id'"),
        (b"\x1f\x8b\x08\x00", "broken JSON"),
        (b"<html>", "looks like HTML"),
    ],
)
def test_what_is_no_answer_is_refused(body: Any, why: str) -> None:
    with pytest.raises(FeedError) as refusal:
        stackexchange.read(answered(body, ask()))
    assert why in str(refusal.value)
    assert refusal.value.wait_seconds is None


def test_an_answer_that_does_not_say_whether_there_is_more_is_followed() -> None:
    assert read(QUESTION, has_more=None).more
    assert not read(has_more=None).more


@given(st.sampled_from(sorted(QUESTION)), hostile)
def test_no_value_of_a_field_breaks_the_reader(field: str, value: Any) -> None:
    document = read({**QUESTION, field: value}, {**QUESTION, "question_id": 5})
    assert "5" in [item.native_id for item in document.items]
    for item in document.items:
        assert item.url is None or item.url.startswith("https://")
    assert len(document.cursor or "") < 100


@given(st.sampled_from(["backoff", "quota_max", "quota_remaining", "has_more"]), hostile)
def test_no_value_of_the_wrapper_breaks_the_reader(field: str, value: Any) -> None:
    document = read(QUESTION, **{"quota_max": 300, "quota_remaining": 1, field: value})
    assert document.wait_seconds is None or document.wait_seconds >= 0


def test_counts_are_read_again_for_up_to_a_hundred_questions() -> None:
    posts = [("991", None), ("7", None)]
    url = stackexchange.refresh(URL, posts)
    assert url.startswith("https://api.stackexchange.com/2.3/questions/991;7?")
    assert params(url) == {"site": "superuser", "pagesize": "100"}
    page = answered({"items": [QUESTION]}, ask())
    assert stackexchange.read_counts(page, posts) == {
        "991": {"score": -2.0, "views": 120.0, "replies": 0.0},
        "7": None,
    }
    with pytest.raises(FeedError):
        stackexchange.read_counts(answered(THROTTLED, ask()), posts)


def test_an_answer_about_other_questions_deletes_nothing() -> None:
    page = answered({"items": [QUESTION]}, ask())
    with pytest.raises(FeedError, match="posts that were not asked for"):
        stackexchange.read_counts(page, [("7", None)])


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://superuser.com/questions", "superuser"),
        ("https://www.serverfault.com", "serverfault"),
        ("https://travel.stackexchange.com", "travel"),
    ],
)
def test_the_address_of_a_site_is_complained_about(url: str, site: str) -> None:
    assert stackexchange.complaint(url).endswith(f"https://api.stackexchange.com/2.3?site={site}")


@pytest.mark.parametrize("url", [URL, "http://127.0.0.1:8097"])
def test_other_addresses_are_taken(url: str) -> None:
    assert stackexchange.complaint(url) == ""


def test_recorded_answers_of_other_methods_are_refused() -> None:
    """No questions were recorded; the wrapper is the same."""
    name = "stackexchange/tests/mock_objects/test_stackoverflow_exists"
    recorded = json.loads(sample(name))
    assert recorded["items"]
    with pytest.raises(FeedError, match="no entry of 'items' has 'question_id'"):
        stackexchange.read(answered(recorded, ask()))
    assert stackexchange.read(answered({**recorded, "items": [QUESTION]}, ask())).items
