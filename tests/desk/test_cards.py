"""From bodies of alerts to cards: order, doubles, and what cannot be trusted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.fields import web_url
from monitor.core.notice import WORDS
from monitor.desk.cards import MOST_CARDS, cards
from monitor.desk.cardstory import Bar, Outlook
from tests.desk.alerts import NOON, after, incident_message, operational_message, received


def changed(body: str, **changes: Any) -> str:
    message = json.loads(body)
    message["data"].update(changes)
    return json.dumps(message)


def test_the_newest_event_comes_first_whatever_the_order_of_arrival() -> None:
    old, new = incident_message(number=1, at=after(minutes=-9)), incident_message(number=2)
    fraction = incident_message(number=3, at=after(microseconds=5))
    made = cards([received(old), received(fraction), received(new)], [])
    assert [card.incident_id for card in made] == [3, 2, 1]


def test_an_alert_that_came_in_and_is_in_the_log_is_one_card() -> None:
    body = incident_message()
    late = changed(body, late=True)
    (card,) = cards([received(late, at=after(minutes=20))], [body])
    assert (card.received_at, card.late) == (after(minutes=20), True)


def test_of_one_that_was_blanked_since_it_came_in_the_blanked_one_is_shown() -> None:
    body = incident_message()
    evidence = [json.loads(body)["data"]["evidence"][0] | {"text": "[deleted]", "author": None}]
    (card,) = cards([received(body)], [changed(body, evidence=evidence)])
    assert card.story is not None
    assert [quote.text for quote in card.story.quotes] == ["[deleted]"]
    assert card.received_at is not None


def test_an_alert_of_the_log_alone_says_so() -> None:
    (card,) = cards([], [incident_message()])
    assert (card.received_at, card.late) == (None, False)


def test_older_states_of_an_incident_are_marked_as_such() -> None:
    bodies = [
        incident_message(number=1, at=after(minutes=-9)),
        incident_message(number=2, at=after(minutes=-8)),
        incident_message(number=1, type_="incident.escalated"),
        operational_message("source.blind", at=after(minutes=-1)),
        operational_message("source.recovered"),
    ]
    made = cards([], bodies)
    marks = {(card.words, card.incident_id): card.outdated for card in made}
    assert marks == {
        ("Escalated", 1): False,
        ("New incident", 1): True,
        ("New incident", 2): False,
        ("Source lost", None): False,
        ("Source is back", None): False,
    }


def test_only_the_newest_are_shown() -> None:
    many = [incident_message(number=n, at=after(minutes=n)) for n in range(1, MOST_CARDS + 3)]
    made = cards([], many)
    assert len(made) == MOST_CARDS
    assert made[0].incident_id == MOST_CARDS + 2


def test_a_card_has_what_the_message_says() -> None:
    (card,) = cards([], [incident_message()])
    story = card.story
    assert story is not None
    assert (card.type, card.words, card.at) == ("incident.opened", "New incident", NOON)
    assert story.incident.title == "Crew drags passenger off flight"
    assert story.brief.startswith("Said of Nordwind Air")
    assert story.reason == "Risk 0.65 reached warning."
    assert story.risk == 0.65
    assert story.outlook == Outlook(
        low=20.0, middle=55.0, high=3010.0, at=after(hours=24), viral=0.12
    )
    assert story.acknowledge_by == after(minutes=15)
    assert (story.sources_seen, story.sources_unseen, story.unseen) == (2, 1, ("forum",))
    assert story.links == (("inbox", "http://127.0.0.1:8300/inbox#incident-7"),)


def test_parts_come_by_weight_and_those_of_nothing_are_left_out() -> None:
    (card,) = cards([], [incident_message()])
    assert card.story is not None
    assert card.story.bars == (
        Bar(name="alarm", value=0.5, sentence="An expert would show this.", width=100.0),
        Bar(name="harm", value=0.2, sentence="Severity 3.5 of 4.", width=40.0),
        Bar(name="credibility", value=-0.05, sentence="Copies.", width=10.0),
    )


def test_a_story_without_parts_has_no_bars() -> None:
    (card,) = cards([], [changed(incident_message(), why=[])])
    assert card.story is not None
    assert card.story.bars == ()


def test_evidence_has_its_counts_the_largest_first_and_its_first_known_time() -> None:
    (card,) = cards([], [incident_message()])
    assert card.story is not None
    first, second = card.story.quotes
    assert first.counts == ("4,210 likes", "30 reposts", "2.5 score")
    assert (first.at, first.author) == (after(minutes=-50), "@anna")
    assert (second.at, second.author, second.url) == (after(minutes=-49), "", None)


def test_without_a_forecast_there_is_none() -> None:
    (card,) = cards([], [changed(incident_message(), forecast=None)])
    assert card.story is not None
    assert card.story.outlook is None


def test_an_operational_event_shows_its_facts() -> None:
    body = operational_message(
        "source.blind", source="forum", last_success_at=NOON, polls=3, note="", none=None
    )
    (card,) = cards([], [body])
    assert card.story is None
    assert card.facts == (
        ("source", "forum"),
        ("last success at", "2026-11-22T12:00:00Z"),
        ("polls", "3"),
    )


def test_names_are_listed_as_people_write_them() -> None:
    body = operational_message("monitor.heartbeat", healthy=["forum", "town"], stale=[], odd=[1])
    (card,) = cards([], [body])
    assert card.facts == (("healthy", "forum, town"), ("stale", "none"), ("odd", "[1]"))


def test_a_heartbeat_of_a_hundred_sources_is_headed_by_their_number() -> None:
    names = [f"feed {number}" for number in range(100)]
    beat = operational_message(
        "monitor.heartbeat", healthy_count=100, stale_count=0, healthy=names, stale=[]
    )
    (card,) = cards([], [beat])
    assert card.heading == "100 sources healthy, 0 stale"
    assert "feed 99" in dict(card.facts)["healthy"]


def test_an_event_that_lists_many_names_has_a_heading_of_one_line() -> None:
    (card,) = cards([], [operational_message("moon.landed", names=["feed"] * 100)])
    assert card.heading.startswith("feed, feed")
    assert len(card.heading) <= 120


def test_a_type_without_words_is_shown_as_it_is() -> None:
    (card,) = cards([], [operational_message("moon.landed")])
    assert card.words == "moon.landed"
    assert WORDS["webhook.test"] == "Test"


BROKEN = {
    "no json": "{",
    "no object": "[]",
    "a number": "7",
    "no data": '{"type": "webhook.test"}',
    "data is a list": '{"type": "webhook.test", "data": []}',
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_body_of_no_shape_is_left_out(name: str) -> None:
    assert cards([], [BROKEN[name]]) == ()


MISSHAPEN: dict[str, dict[str, Any]] = {
    "no incident": {"incident": None},
    "an id that is none": {"incident": {"id": "x"}},
    "an endless id": {"incident": {"id": float("inf")}},
    "a forecast of nothing": {"forecast": {"p10": 1}},
    "coverage without counts": {"coverage": {"stale": []}},
    "a time that is none": {"clock": {"first_seen": "soon"}},
    "parts without a value": {"why": [{"name": "a"}]},
    "links as a list": {"links": ["https://a.example"]},
    "a risk in words": {"risk": "high"},
}


@pytest.mark.parametrize("name", MISSHAPEN)
def test_an_incident_of_another_shape_is_shown_as_its_facts(name: str) -> None:
    (card,) = cards([], [changed(incident_message(), **MISSHAPEN[name])])
    assert card.story is None
    assert dict(card.facts)["schema"] == "incident.v1"


def test_an_event_without_a_time_comes_last() -> None:
    timeless = '{"type": "webhook.test", "timestamp": "soon", "data": {}}'
    made = cards([received(timeless)], [incident_message()])
    assert [card.words for card in made] == ["New incident", "Test"]
    assert made[1].at == datetime.min.replace(tzinfo=UTC)


def test_a_time_without_a_zone_is_utc() -> None:
    naive = '{"type": "webhook.test", "timestamp": "2026-11-22T12:00:00", "data": {}}'
    assert cards([], [naive])[0].at == NOON
    other = '{"type": "webhook.test", "timestamp": "2026-11-22T14:00:00+02:00", "data": {}}'
    assert cards([], [other])[0].at.utcoffset() == timedelta(0)


LINKS = {
    "https://a.example/x?y#z": True,
    "http://127.0.0.1:8300/": True,
    "HTTPS://A.example/": True,
    "javascript:alert(1)": False,
    "JaVaScRiPt:alert(1)": False,
    "data:text/html,x": False,
    "https:alert(1)": False,
    "//a.example": False,
    "/inbox": False,
    "https://": False,
    "https://[": False,
    "ftp://a.example": False,
    " javascript:alert(1)": False,
    "java\nscript:alert(1)": False,
    "https://a.example/\u202egnp": False,
    "": False,
}


@pytest.mark.parametrize("url", LINKS)
def test_only_http_and_https_addresses_become_links(url: str) -> None:
    assert web_url(url) == (url if LINKS[url] else None)


@pytest.mark.parametrize("value", [None, 7, ["https://a.example"]])
def test_what_is_no_text_is_no_link(value: object) -> None:
    assert web_url(value) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)


@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from(sorted(json.loads(incident_message())["data"])),
    JSON,
)
def test_whatever_stands_in_a_body_there_is_a_card(key: str, value: object) -> None:
    assert len(cards([], [changed(incident_message(), **{key: value})])) == 1
