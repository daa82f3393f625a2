"""The inbox page as a person and as a browser see it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.core.reloading import RefusedReload
from monitor.core.spending import Spent
from monitor.core.types import Level, Status
from monitor.desk.cards import Card, cards
from monitor.desk.openings import Note, Opening
from monitor.desk.overview import Overview
from monitor.desk.page import inbox_page
from tests.desk.alerts import NOON, after, incident_message, operational_message, received

WELL = Overview(healthy=("news", "social"))


def page(
    *bodies: str, overview: Overview | None = WELL, now: datetime = NOON, late: bool = False
) -> LexborHTMLParser:
    made: tuple[Card, ...] = cards([received(body) for body in bodies], [])
    return LexborHTMLParser(inbox_page(made, overview=overview, now=now, nonce="n0nce"))


def one(tree: LexborHTMLParser, selector: str) -> LexborNode:
    node = tree.css_first(selector)
    assert node is not None, selector
    return node


def text(tree: LexborHTMLParser, selector: str = "main") -> str:
    node = one(tree, selector)
    spaced = " ".join(node.text(separator=" ").split())
    return re.sub(r" (?=[,.)])|(?<=\() ", "", spaced)


STATES = {
    "all is well": (WELL, "2 sources healthy, none failing: it is quiet."),
    "one": (Overview(healthy=("news",)), "1 source healthy, none failing: it is quiet."),
    "some are not seen": (
        Overview(healthy=("news",), failing=("forum", "blog")),
        "1 source healthy, 2 failing: what is said on those that fail is not noticed.",
    ),
    "no brand": (
        Overview(healthy=("news",), brandless=True),
        "No brand is watched: the configuration names none.",
    ),
    "none was asked": (Overview(), "No source has been asked yet."),
    "nobody knows": (None, "Whether that means quiet or blind cannot be said now."),
}


@pytest.mark.parametrize("name", STATES)
def test_without_alerts_quiet_is_told_apart_from_blind(name: str) -> None:
    overview, sentence = STATES[name]
    shown = text(page(overview=overview), ".empty")
    assert shown == f"No alerts yet {sentence}"


def row(**notes: Note | None) -> Opening:
    told: dict[str, Any] = {"answer": Note(words="kim has it"), "statement": None} | notes
    said = "Nordwind is criticised."
    return Opening(id=7, brand="Nordwind", title="<b>Crew", level="critical", said=said, **told)


def test_open_incidents_stand_at_the_top_with_what_is_owed() -> None:
    due, lacks = (
        Note(words="no statement yet, due", due=after(minutes=20)),
        "the statement seems to lack: x",
    )
    bad = Note(words=lacks, is_bad=True)
    rows = (row(statement=due), row(statement=bad), row())
    tree = page(overview=replace(WELL, open=rows))
    assert text(tree, ".open") == (
        "Open incidents "
        "critical <b>Crew Nordwind is criticised. kim has it · no statement yet, due in 20 min "
        "critical <b>Crew Nordwind is criticised. kim has it · the statement seems to lack: x "
        "critical <b>Crew Nordwind is criticised. kim has it"
    )
    assert one(tree, ".open a").attributes["href"] == "/incidents/7"
    assert text(tree, ".open .over") == lacks


def test_open_incidents_that_are_not_shown_are_counted() -> None:
    many = page(overview=replace(WELL, open=(row(),), more=1_470))
    assert text(many, ".open").endswith(
        "1,470 more open incidents, less grave: monitor incidents --open"
    )
    assert "more" not in text(page(overview=replace(WELL, open=(row(),))), ".open")


@pytest.mark.parametrize("overview", [WELL, None])
def test_without_any_there_is_no_list(overview: Overview | None) -> None:
    assert page(overview=overview).css_first(".open") is None


HEADS = {
    "all is well": (WELL, "Inbox 2 sources healthy, 0 failing."),
    "blind somewhere": (
        Overview(healthy=("news",), failing=("forum", "blog")),
        "Inbox Not seen: forum, blog. 1 source healthy, 2 failing.",
    ),
    "blind nearly everywhere": (
        Overview(failing=tuple(f"feed {number}" for number in range(100))),
        (
            "Inbox Not seen: feed 0, feed 1, feed 2, feed 3, feed 4 and 95 more (monitor status). "
            "0 sources healthy, 100 failing."
        ),
    ),
    "no brand": (
        Overview(healthy=("news",), brandless=True),
        "Inbox No brand is watched. 1 source healthy, 0 failing.",
    ),
    "something waits": (
        Overview(healthy=("news",), pending=2, oldest_pending_at=NOON),
        (
            "Inbox 1 source healthy, 0 failing. 2 deliveries waiting, the oldest since "
            "22 Nov 2026, 12:00 UTC."
        ),
    ),
    "one waits": (
        Overview(healthy=("news",), pending=1),
        "Inbox 1 source healthy, 0 failing. 1 delivery waiting.",
    ),
    "another configuration": (
        Overview(healthy=("news",), refused=RefusedReload(at=NOON, error="<b>: wrong")),
        (
            "Inbox 1 source healthy, 0 failing. Configuration: the file was refused now, "
            "and the one before goes on: <b>: wrong"
        ),
    ),
    "dead letters": (
        Overview(healthy=("news",), dead=2),
        (
            "Inbox 1 source healthy, 0 failing. 2 dead letters: alerts that never arrived. "
            "See monitor deliveries --dead."
        ),
    ),
    "nobody knows": (
        None,
        "Inbox How the sources do cannot be read: the database did not answer.",
    ),
}


@pytest.mark.parametrize("name", HEADS)
def test_the_head_of_the_page_says_how_the_monitor_does(name: str) -> None:
    overview, expected = HEADS[name]
    assert text(page(incident_message(), overview=overview), ".top") == expected


def spent(brand: str, pages: int) -> Spent:
    return Spent(brand=brand, pages=pages, budget=3, days=7)


def test_pages_and_their_budget_stand_in_the_head_the_most_first() -> None:
    some = (spent("Acme", 1), spent("Quiet", 0), spent("Zorvex", 3))
    shown = text(page(overview=replace(WELL, pages=some)), "header")
    assert shown.endswith("Pages in 7 days: Zorvex 3 of 3, Acme 1 of 3.")
    assert "Pages" not in text(page(overview=replace(WELL, pages=some[1:2])), "header")


def test_too_many_pages_are_marked_with_what_to_do() -> None:
    tree = page(overview=replace(WELL, pages=(spent("<b>", 4),)))
    assert text(tree, "header .bad") == (
        "Pages in 7 days: <b> 4 of 3. More than the budget wants: monitor tune finds thresholds "
        "that keep to it."
    )


def test_of_many_brands_the_five_with_most_pages_are_shown() -> None:
    many = tuple(spent(f"b{n}", n) for n in range(1, 8))
    assert "b3 3 of 3, …." in text(page(overview=replace(WELL, pages=many)), "header")


def test_what_holds_alerts_back_stands_in_the_head() -> None:
    silences = (("move: <i>new</i>", "all", NOON + timedelta(hours=1)),)
    assert text(page(overview=replace(WELL, silences=silences)), "header").endswith(
        "Silence until 22 Nov 2026, 13:00 UTC for all brands, but for what is critical: "
        "move: <i>new</i>"
    )


def test_an_incident_is_told_in_full() -> None:
    tree = page(incident_message(level=Level.CRITICAL))
    shown = text(tree, "#incident-7")
    for piece in (
        "critical New incident Nordwind Air 22 Nov 2026, 12:00 UTC",
        "Crew drags passenger off flight",
        "Said of Nordwind Air: staff mistreated someone.",
        "Known: 2 posts to read with this alert. Not known: whether it is true; whether",
        "Risk 0.65 of 1",
        "Mentions 14 by 12 authors",
        "Expected 20\u20133,010 by 23 Nov 2026, 12:00 UTC, most likely 55",
        "Goes viral 12 % likely, reposts and replies counted",
        "Acknowledge by 22 Nov 2026, 12:15 UTC in 15 min",
        "First statement by 22 Nov 2026, 13:00 UTC in 1 h",
        "They dragged him down the aisle @anna on social · 22 Nov 2026, 11:10 UTC · 4,210 likes",
        "Risk 0.65 reached warning. Parts that add up to a risk of 0.6500",
        "alarm +0.5000 An expert would show this.",
        "credibility -0.0500 Copies.",
        "First seen 22 Nov 2026, 11:10 UTC, detected 22 Nov 2026, 12:00 UTC.",
        "2 sources could be seen, 1 could not (forum).",
        "Incident 7 · received",
    ):
        assert piece in shown
    widths = [node.attributes["width"] for node in tree.css("rect")]
    assert widths == ["100.0", "40.0", "10.0"]
    assert "critical" in (one(tree, "#incident-7").attributes["class"] or "")


def test_where_every_source_could_be_seen_nothing_is_said_of_others() -> None:
    assert "could be seen. Incident" in text(page(incident_message(stale=())))


def test_times_that_have_passed_are_marked() -> None:
    tree = page(incident_message(level=Level.CRITICAL), now=after(minutes=20))
    late, in_time = tree.css(".clock li")
    assert late.attributes["class"] == "over"
    assert "5 min ago" in late.text()
    assert not in_time.attributes["class"]


@pytest.mark.parametrize(("level", "count"), [(Level.WATCH, 0), (Level.WARNING, 1)])
def test_what_is_not_asked_of_a_level_has_no_clock(level: Level, count: int) -> None:
    tree = page(incident_message(level=level), now=after(hours=3))
    assert len(tree.css(".clock li")) == count


@pytest.mark.parametrize("status", [Status.ACKNOWLEDGED, Status.RESOLVED, Status.DISMISSED])
def test_the_clock_stops_once_somebody_has_answered(status: Status) -> None:
    tree = page(incident_message(level=Level.CRITICAL, status=status))
    assert tree.css_first(".clock") is None
    assert tree.css_first(".button") is None


@pytest.mark.parametrize("level", [Level.WATCH, Level.WARNING, Level.CRITICAL])
def test_every_level_is_named_and_not_only_coloured(level: Level) -> None:
    assert text(page(incident_message(level=level)), ".level") == level.label


def test_a_statement_that_was_made_is_owed_no_more() -> None:
    body = json.loads(incident_message(level=Level.CRITICAL))
    body["data"]["clock"]["statement_at"] = "2026-11-22T11:30:00Z"
    tree = page(json.dumps(body), now=after(hours=3))
    assert text(tree, ".clock").endswith("First statement done 22 Nov 2026, 11:30 UTC")


def test_who_is_asked_to_answer_has_a_button_beside_the_clock() -> None:
    body = json.loads(incident_message(level=Level.CRITICAL))
    body["data"]["links"]["acknowledge"] = "https://monitor.example/a/ticket"
    tree = page(json.dumps(body))
    assert text(tree, ".button") == "Acknowledge incident 7"
    assert one(tree, ".button").attributes["href"] == "https://monitor.example/a/ticket"


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.DISMISSED, Status.MERGED])
def test_what_is_over_is_folded_away_and_what_is_on_is_read_first(status: Status) -> None:
    ended = incident_message(number=3, at=after(minutes=5), status=status)
    tree = page(incident_message(), ended)
    assert [node.attributes["id"] for node in tree.css("article")] == ["incident-7"]
    assert "open" in one(tree, "#incident-7 details").attributes
    assert "open" not in one(tree, "details#incident-3").attributes
    assert one(tree, "#incident-3 .foot a").attributes["href"] == "/incidents/3"


def test_a_card_says_how_little_the_forecast_of_one_young_post_knew() -> None:
    young = json.loads(incident_message())
    young["data"]["incident"] |= {"mentions": 1, "first_seen_at": "2026-11-22T11:58:00Z"}
    told = page(json.dumps(young), now=after(hours=2))
    assert "Too early to tell: the forecast has only 1 post" in text(told, "#incident-7")
    assert "Too early" not in text(page(incident_message()), "#incident-7")


def test_a_forecast_whose_time_has_passed_says_so() -> None:
    shown = text(page(incident_message(), now=after(hours=25)), ".facts")
    assert "Was expected 20\u20133,010 by 23 Nov 2026, 12:00 UTC" in shown


def test_every_part_of_the_page_has_a_name_by_which_it_is_found_again() -> None:
    some = [
        incident_message(at=after(minutes=-5)),
        incident_message(type_="incident.escalated"),
        incident_message(number=3, status=Status.RESOLVED),
        operational_message("source.blind", source="forum"),
        operational_message("source.blind", source="blog"),
    ]
    names = _names(page(*some, overview=replace(WELL, open=(row(),))))
    assert len(set(names)) == len(names) == 7
    assert all(names)
    assert set(_names(page(*some[1:]))) < set(names)


def _names(tree: LexborHTMLParser) -> list[str | None]:
    return [node.attributes.get("id") for node in tree.css("main > *")]


def test_headings_leave_out_no_level() -> None:
    tree = page(incident_message(), overview=replace(WELL, open=(row(),)))
    levels = [int(str(node.tag)[1]) for node in tree.css("h1, h2, h3, h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_an_earlier_state_is_folded_away_and_leads_to_the_newest() -> None:
    old = incident_message(at=after(minutes=-5))
    tree = page(old, incident_message(type_="incident.escalated"))
    assert len(tree.css("article")) == 1
    assert "New incident" in text(tree, "details.past")
    assert one(tree, "details.past .foot a").attributes["href"] == "#incident-7"
    assert text(tree, "title") == "(1) Inbox · Brand Monitor"


def test_an_operational_event_is_one_line_with_its_facts_inside() -> None:
    tree = page(operational_message("source.blind", source="forum", polls=3))
    assert text(tree, "summary") == "Source lost forum 22 Nov 2026, 12:00 UTC"
    assert text(tree, "dl.plain") == "source forum polls 3"


def test_what_is_known_from_the_log_alone_says_so_and_what_was_late_too() -> None:
    made = cards([], [incident_message()])
    tree = LexborHTMLParser(inbox_page(made, overview=WELL, now=NOON, nonce="n"))
    assert "Incident 7 · from the log" in text(tree, ".foot")
    body = incident_message().removesuffix("}}") + ',"late":true}}'
    assert "late: sent more than 15 minutes after the event" in text(page(body), ".foot")


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} '\"&"


def test_text_from_outside_is_shown_and_not_obeyed() -> None:
    tree = page(
        incident_message(title=HOSTILE[:90], text=HOSTILE),
        operational_message("source.blind", note=HOSTILE),
    )
    assert tree.css("img") == []
    assert len(tree.css("script")) == 1
    assert HOSTILE in one(tree, "blockquote p").text()
    assert HOSTILE in one(tree, "dl.plain dd").text()


def test_only_web_addresses_are_links_and_they_give_nothing_away() -> None:
    tree = page(incident_message())
    (link,) = tree.css("blockquote a")
    assert link.attributes["href"] == "https://social.example/1"
    assert set((link.attributes["rel"] or "").split()) >= {"noopener", "noreferrer"}
    assert "javascript:" not in (tree.html or "")


def test_nothing_is_fetched_from_elsewhere_and_all_code_carries_the_nonce() -> None:
    tree = page(incident_message())
    assert tree.css("link, img, iframe, [style], [onclick]") == []
    for node in tree.css("script, style"):
        assert node.attributes.get("nonce") == "n0nce"
        assert "src" not in node.attributes
