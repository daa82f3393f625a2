"""What a person is shown of an event, whatever the receiver."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor.core.brief_lines import Line
from monitor.core.notice import WORDS, Link, Notice, Quote, notice, shorter
from tests.receivers.events import BODIES, INCIDENT_TYPES, NOON, NOTHING, OLD, incident, other


def changed(**changes: Any) -> Notice:
    message = json.loads(incident())
    message["data"] |= changes
    return notice(json.dumps(message).encode())


def test_an_incident_is_shown_with_all_that_counts() -> None:
    shown = notice(incident())
    assert shown.title == "[CRITICAL] New incident: Nordwind Air: Crew drags passenger off flight"
    assert (shown.type, shown.words) == ("incident.opened", "New incident")
    assert (shown.level, shown.status, shown.incident_id) == ("critical", "open", 7)
    assert (shown.brand, shown.at) == ("Nordwind Air", NOON)
    assert shown.brief.startswith("Said of Nordwind Air: ")
    assert len(shown.lines) == 5
    assert shown.quotes == (
        Quote(
            label="social.example, @anna",
            text="They dragged him down the aisle & nobody helped",
            url="https://social.example/@anna/1",
        ),
        Quote(label="news", text="Outrage grows", url=None),
    )
    assert shown.why == (
        "An expert would show this to leadership.",
        "Best first-hand evidence 0.95: the author saw it or shows it; that weighs.",
        "Severity 3.5 of 4.",
    )
    assert shown.notes == (
        "Reached critical: risk 0.90, threshold 0.80.",
        "First seen 22 Nov 2026, 06:00 UTC, detected 22 Nov 2026, 12:00 UTC.",
        "2 sources could be seen, 1 could not.",
    )
    assert shown.links == (
        Link("Acknowledge", "https://monitor.example/a/7/c2lnbmVkLXRva2Vu"),
        Link("Inbox", "http://127.0.0.1:8300/inbox#incident-7"),
    )
    assert shown.page == "http://127.0.0.1:8300/inbox#incident-7"


@pytest.mark.parametrize("type_", [*INCIDENT_TYPES, *BODIES.keys() - {"old", "nothing"}])
def test_every_type_of_the_contract_has_its_words(type_: str) -> None:
    assert notice(BODIES[type_]).words == WORDS[type_]
    assert WORDS[type_] in notice(BODIES[type_]).title


def test_a_type_of_a_later_release_is_shown_as_it_is() -> None:
    assert notice(b'{"type": "incident.praised", "data": {}}').title == "incident.praised"
    assert notice(b'{"data": 3}').title == "event"
    assert notice(b"[]").title == "event"


def test_an_event_about_no_incident_is_shown_field_by_field() -> None:
    shown = notice(other("source.blind"))
    assert shown.title == "Source lost: forum"
    assert shown.lines == (
        Line("Source", "forum"),
        Line("Kind", "feed"),
        Line("State", "failing"),
        Line("Last success at", "22 Nov 2026, 09:00 UTC"),
        Line("Note", "answered 503"),
    )
    assert shown.brief.startswith("Source: forum; Kind: feed; ")
    assert (shown.notes, shown.quotes, shown.why) == ((), (), ())


def test_a_source_that_is_lost_says_first_since_when_and_why() -> None:
    shown = notice(other("source.blind", reason="no success for 16m: answered 503"))
    assert shown.lines[0] == Line("Source lost", "no success for 16m: answered 503")
    assert shown.brief.startswith("Source lost: no success for 16m: answered 503; Source: forum")
    assert "Note" not in [line.label for line in shown.lines], "it is the end of the reason"


def test_lists_and_numbers_are_spelt_out_and_nothing_is_left_out_silently() -> None:
    lines = notice(other("monitor.heartbeat")).lines
    assert lines[0] == Line("Healthy", "social, news")
    assert lines[2:] == (Line("Open incidents", "1"), Line("Backlog", "0"))


def test_no_more_than_eight_fields_are_shown() -> None:
    many = {f"k{n}": "v" for n in range(20)}
    assert len(notice(other("praise.digest", **many)).lines) == 8


def test_a_message_is_the_brief_and_a_line() -> None:
    shown = notice(other("webhook.test"))
    assert shown.brief == "A test of the connection."
    assert Line("Message", "A test of the connection.") in shown.lines
    assert shown.title == "Test: leadership"


def test_what_happened_to_an_incident_comes_before_what_is_due() -> None:
    shown = notice(other("statement.seen"))
    assert shown.title == "Statement: Nordwind Air: Crew drags"
    assert [line.label for line in shown.lines] == ["Brand", "Lacks"]
    clocked = notice(other("statement.seen", clock={"statement_by": "2026-11-22T13:00:00Z"}))
    assert clocked.lines[-1].label == "Next"
    said = notice(other("statement.seen", reason="A post of the brand speaks of it."))
    assert said.lines[0] == Line("Statement", "A post of the brand speaks of it.")
    assert said.brief == "A post of the brand speaks of it. Nordwind Air what happens next"


def test_what_the_brand_said_is_quoted_above_what_was_said_of_it() -> None:
    spoken = {"at": "2026-11-22T12:30:00Z", "url": "https://press.example/1", "text": "Sorry."}
    shown = notice(other("statement.seen", statement=spoken, evidence=[{"text": "Shame"}]))
    assert shown.quotes == (
        Quote(label="press.example, Nordwind Air", text="Sorry.", url="https://press.example/1"),
        Quote(label="no name", text="Shame", url=None),
    )


@pytest.mark.parametrize(
    "type_", ["incident.reminder", "incident.updated", "incident.handed_on", "incident.resolved"]
)
def test_whoever_is_told_again_reads_first_why_and_reads_it_once(type_: str) -> None:
    message = json.loads(incident()) | {"type": type_}
    message["data"]["reason"] = "Nobody acknowledged it for 15 minutes."
    shown = notice(json.dumps(message).encode())
    assert shown.lines[0] == Line(WORDS[type_], "Nobody acknowledged it for 15 minutes.")
    assert [line.label for line in shown.lines[1:6]] == [x.label for x in notice(incident()).lines]
    assert "Nobody acknowledged it for 15 minutes." not in shown.notes


def test_an_incident_alone_is_told_by_its_name() -> None:
    body = b'{"type": "statement.seen", "data": {"incident": {"brand": "Acme"}}}'
    assert notice(body).brief == notice(body).title == "Statement: Acme"


def test_lateness_is_told() -> None:
    told = "Late: sent more than 15 minutes after the event."
    assert changed(late=True).notes[-1] == told
    assert notice(other("webhook.test", late=True)).notes == (told,)


def test_an_event_of_an_older_release_is_shown_without_what_it_lacks() -> None:
    shown = notice(OLD)
    assert shown.title == "[WARNING] New incident: Acme: A title"
    assert shown.brief == "Said of Acme: a product is faulty."
    assert (shown.quotes, shown.why, shown.notes, shown.links) == ((), (), (), ())


def test_an_event_that_says_nothing_is_still_a_message() -> None:
    shown = notice(NOTHING)
    assert (shown.title, shown.brief, shown.at, shown.lines) == ("Update", "Update", None, ())


def test_what_is_no_link_is_no_button() -> None:
    links = {"a": "javascript:alert(1)", "": "https://a.example", "read_on": "https://b.example"}
    assert changed(links=links).links == (Link("Read on", "https://b.example"),)


@pytest.mark.parametrize(
    ("names", "page"), [(("inbox", "incident"), "incident"), (("other",), ""), ((), "")]
)
def test_the_page_to_read_on_is_never_a_link_that_answers(
    names: tuple[str, ...], page: str
) -> None:
    shown = changed(links={name: f"https://m.example/{name}" for name in names})
    assert shown.page == (f"https://m.example/{page}" if page else "")


def test_evidence_is_shown_with_a_link_or_a_text_and_five_at_most() -> None:
    one = {"url": "https://a.example/1", "source": "a.example", "author": None, "text": ""}
    bare = {"url": "ftp://a.example", "source": None, "author": None, "text": "said"}
    shown = changed(evidence=[one, bare, {"url": None, "text": ""}, *[one] * 9])
    assert shown.quotes[0] == Quote("a.example", "", "https://a.example/1")
    assert shown.quotes[1] == Quote("no name", "said", None)
    assert len(shown.quotes) == 5


def test_only_the_five_weightiest_reasons_are_shown_and_none_that_weighs_nothing() -> None:
    why = [
        {"name": f"{n}", "value": value, "sentence": f"S{n}."}
        for n, value in enumerate((0.004, 0.01, -0.3, 0.2, 0.1, 0.05, 0.02, 0.005))
    ]
    assert changed(why=[*why, {"value": 0.9}]).why == ("S2.", "S3.", "S4.", "S5.", "S6.")
    assert changed(why=why[:1] + why[-1:]).why == ("S7.",)


def test_a_notice_is_shortened_by_its_reasons_first_and_its_links_last() -> None:
    whole = notice(incident())
    steps = [(len(n.why), len(n.quotes), len(n.notes), len(n.links)) for n in shorter(whole)]
    assert steps == [
        (3, 2, 3, 2),
        (2, 2, 3, 2),
        (1, 2, 3, 2),
        (0, 2, 3, 2),
        (0, 1, 3, 2),
        (0, 0, 3, 2),
        (0, 0, 0, 1),
        (0, 0, 0, 0),
    ]


def test_what_stays_is_what_comes_first() -> None:
    whole = notice(incident())
    short = list(shorter(whole))
    assert short[1].why == whole.why[:2]
    assert short[4].quotes == whole.quotes[:1]
    assert short[6].links == whole.links[:1]


def test_what_is_no_json_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        notice(b"oops")
