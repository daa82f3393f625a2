"""The page of an incident, its forms, and the link that acknowledges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import structlog
from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.adapters.queries import Queries
from monitor.core.answers import Answer
from monitor.core.dossier import Dossier
from monitor.core.settings import AlertSettings
from monitor.core.types import Forecast, Incident, Level, Status
from monitor.desk.forms import LINK, VERBS, answer_of, fields
from monitor.desk.incidentpage import Frame, incident_page, verbatim
from monitor.errors import BusyError, DatabaseError
from tests.core.facts import incident as facts_of
from tests.desk.alerts import POST
from tests.desk.house import HERE, NOON, House, house_at

HOUR = timedelta(hours=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with house_at(tmp_path) as made:
        yield made


def plain(page: str) -> str:
    """What a reader sees, in one line."""
    words = " ".join(re.sub(r"<[^>]+>", " ", page.partition("</style>")[2]).split())
    return re.sub(r" ([,.])", r"\1", words)


# --- the page


def test_the_page_says_what_is_alleged_why_and_by_whom(house: House) -> None:
    page = plain(house.get("/incidents/1").text)
    assert "Passengers left in the cold" in page
    assert "Said of Aurora Rail: people were hurt or put in danger" in page
    assert "They dragged him down the aisle" in page
    assert "4,210 likes" in page
    assert "Injury is alleged." in page
    body = page.partition("Timeline")[2]
    assert body.index("Response clock") < body.index("What to do") < body.index("Evidence")


def test_who_has_it_how_large_it_is_and_what_is_known_stand_before_all_else(house: House) -> None:
    def top() -> str:
        return plain(house.get("/incidents/1").text).partition("Response clock")[0]

    assert "Who has it nobody Risk 0.62 of 1 Mentions 3" in top()
    assert "Known: little. Not known: whether it is true." in top()
    house.post("/incidents/1/acknowledge", token=house.form(), by="Ann", text="calling")
    assert "Who has it Ann" in top()
    assert "Last done by people: Acknowledged, Ann, 22 Nov 2026, 12:00 UTC : calling" in top()
    house.change(status=Status.OPEN)
    assert "Who has it nobody" in top()
    house.change(assigned_to="Li")
    assert "Who has it Li" in top()


def test_the_page_says_as_the_alert_does_that_some_say_it_is_not_true(tmp_path: Path) -> None:
    with house_at(tmp_path, text="They dragged nobody, the video is fake") as house:
        page = plain(house.get("/incidents/1").text)
    assert "Not known: whether it is true, for the one post says that it is not." in page


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.DISMISSED])
def test_of_what_is_over_the_page_foresees_nothing_more(house: House, status: Status) -> None:
    forecast = Forecast(
        now=30, p10=34.0, p50=40.0, p90=56.0, at=NOON + HOUR, viral_probability=0.2
    )
    house.change(forecast=forecast, status=status)
    page = plain(house.get("/incidents/1").text)
    assert f"Expected nothing more {status.value}" in page
    assert "Goes viral" not in page
    house.change(forecast=replace(forecast, viral_probability=1.0))
    assert "Goes viral it has" in plain(house.get("/incidents/1").text)


def test_the_page_says_how_little_the_forecast_of_one_young_post_knows(house: House) -> None:
    forecast = Forecast(now=1, p10=1.0, p50=1.0, p90=2.0, at=NOON + HOUR, viral_probability=0.001)
    first = NOON - timedelta(minutes=2)
    house.change(forecast=forecast, mention_count=1, first_seen_at=first)
    assert "Too early to tell: the forecast has only 1 post" in plain(
        house.get("/incidents/1").text
    )
    house.change(mention_count=3)
    assert "Too early" not in plain(house.get("/incidents/1").text)


def test_a_forecast_whose_time_has_passed_says_so(house: House) -> None:
    forecast = Forecast(now=1, p10=1.0, p50=2.0, p90=9.0, at=NOON + HOUR, viral_probability=None)
    house.change(forecast=forecast)
    assert "Expected 1\u20139 by 22 Nov 2026, 13:00 UTC" in plain(house.get("/incidents/1").text)
    house.now = NOON + 2 * HOUR
    assert "Was expected 1\u20139 by 22 Nov" in plain(house.get("/incidents/1").text)


def test_of_much_evidence_the_worst_is_read_at_once(house: House) -> None:
    page = _with_evidence(8)
    at_once, _, folded = page.partition("3 more posts")
    assert [f"post {n}" in at_once for n in (0, 4, 5)] == [True, True, False]
    assert "post 7" in folded
    assert "8 posts of 900 mentions, the worst first." in plain(page)
    assert "monitor mentions --incident 1" in page
    assert "more post" not in _with_evidence(5)


def _with_evidence(count: int) -> str:
    posts = tuple(replace(POST, text=f"post {n}") for n in range(count))
    incident = replace(facts_of(Level.CRITICAL), id=1, mention_count=900)
    found = Dossier(incident=incident, reason="", parts=(), evidence=posts)
    frame = Frame(now=NOON, nonce="n")
    return incident_page(found, settings=AlertSettings(), frame=frame, token="t")


def test_headings_leave_out_no_level(house: House) -> None:
    levels = [int(one) for one in re.findall(r"<h(\d)", house.get("/incidents/1").text)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_evidence_is_verbatim_and_its_link_gives_nothing_away(house: House) -> None:
    page = house.get("/incidents/1").text
    assert "They dragged him\ndown the aisle" in page
    (link,) = re.findall(r'<a href="https://example.org/1"[^>]*>', page)
    assert 'rel="noopener noreferrer nofollow"' in link


def test_the_clock_says_what_is_due_and_what_is_overdue(house: House) -> None:
    house.now = NOON + 20 * timedelta(minutes=1)
    house.change(level=Level.CRITICAL)
    page = plain(house.get("/incidents/1").text)
    assert "Acknowledge overdue: was due 22 Nov 2026, 12:14 UTC, 6 min ago" in page
    assert "First statement due 22 Nov 2026, 12:59 UTC, in 39 min" in page
    assert "Delivered not yet" in page


def test_what_is_only_watched_owes_nothing(house: House) -> None:
    house.now = NOON + 20 * HOUR
    house.change(level=Level.WATCH)
    page = house.get("/incidents/1").text
    assert "overdue" not in plain(page)
    assert "First statement" not in plain(page)


def test_what_was_done_is_on_the_clock_with_its_time(house: House) -> None:
    house.now = NOON + HOUR
    house.post("/incidents/1/acknowledge", token=house.form(), by="Ann", text="calling")
    page = plain(house.get("/incidents/1").text)
    assert "Acknowledge done 22 Nov 2026, 13:00 UTC, late" in page
    assert "Acknowledged by Ann" in page


def test_how_the_brand_recovers_is_there(house: House) -> None:
    assert "Recovery Not one whole day has passed" in plain(house.get("/incidents/1").text)
    house.now = NOON + 48 * HOUR
    assert "No baseline: 0 days before 22 Nov 2026" in plain(house.get("/incidents/1").text)


def test_timeline_and_deliveries_are_there(house: House) -> None:
    page = plain(house.get("/incidents/1").text)
    assert "Timeline 22 Nov 2026, 12:00 UTC First seen They dragged him 22 Nov" in page
    assert "open Aurora Rail opened 22 Nov 2026, 11:59 UTC" in page
    assert "New incident leadership pending" in page


def test_the_page_fetches_nothing_and_runs_nothing(house: House) -> None:
    answer = house.get("/incidents/1")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert "form-action 'self'" in policy
    assert "script" not in policy + answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"(?:src|srcset)=|url\(|@import|<link", answer.text)


HOSTILE = '<script>alert(1)</script>\u202e{{7*7}}\x1b[31m\n"><img src=x onerror=alert(1)>'


def test_hostile_text_is_text(tmp_path: Path) -> None:
    with house_at(tmp_path, text=HOSTILE) as house:
        house.post("/incidents/1/note", token=house.form(), by=HOSTILE, text=HOSTILE)
        house.change(title=HOSTILE, assigned_to=HOSTILE)
        page = house.get("/incidents/1").text
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{7*7}}" in page


@pytest.mark.parametrize("number", ["7", str(2**63), "9" * 400])
def test_an_incident_that_is_not_there_is_not_found(house: House, number: str) -> None:
    answer = house.get(f"/incidents/{number}")
    assert answer.status_code == 404
    assert "there is no" in plain(answer.text)
    assert '<a href="/inbox">' in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")


@pytest.mark.parametrize("path", ["/incidents/x", "/incidents/-1", "/incidents/1/../../etc"])
def test_what_is_no_number_is_not_found(house: House, path: str) -> None:
    assert house.get(path).status_code == 404


def test_without_a_database_it_says_so(house: House) -> None:
    link = house.link()
    broken = house.database.with_suffix(".gone")
    house.database.rename(broken)
    answers = [house.get("/incidents/1"), house.get(link)]
    broken.rename(house.database)
    assert [one.status_code for one in answers] == [503, 503]
    assert "the database did not answer" in plain(answers[0].text)


def test_a_text_is_shown_as_it_was_said() -> None:
    assert verbatim("one\n\n  two\t three\u202e") == "one\n\ntwo three"
    assert len(verbatim("x" * 9_000)) == 5_000


# --- its forms

GIVEN = {
    "assign": {"text": "the station"},
    "note": {"text": "the crew was heard"},
    "snooze": {"for": "4 hours"},
    "statement": {"text": "We are sorry.", "url": "https://aurora.example/1"},
    "dismiss": {"reason": "not-us"},
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_taken_with_the_name_of_who_said_it(house: House, verb: str) -> None:
    if verb == "reopen":
        house.change(status=Status.RESOLVED)
    given = GIVEN.get(verb, {})
    answer = house.post(f"/incidents/1/{verb}", token=house.form(), by=" Ann ", **given)
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/1")
    assert house.actions() == [(1, verb, "Ann")]


def test_the_page_offers_what_can_be_done(house: House) -> None:
    def offered() -> set[str]:
        return set(re.findall(r'action="/incidents/1/(\w+)"', house.get("/incidents/1").text))

    assert offered() == {*VERBS, "merge"} - {"reopen"}
    house.post("/incidents/1/acknowledge", token=house.form(), by="Ann")
    assert offered() == {*VERBS, "merge"} - {"reopen", "acknowledge"}
    house.change(status=Status.DISMISSED)
    assert offered() == {"reopen", "note", "statement", "merge"}
    house.change(2, status=Status.RESOLVED)
    assert offered() == {"reopen", "note", "statement"}
    house.change(2, status=Status.OPEN)
    house.change(status=Status.MERGED)
    assert offered() == {"note"}


def test_what_is_part_of_another_incident_is_put_there_from_its_page(house: House) -> None:
    page = LexborHTMLParser(house.get("/incidents/2").text)
    choices = [
        one.attributes["value"] for one in page.css('form#merge select[name="into"] option')
    ]
    answer = house.post("/incidents/2/merge", token=house.form(2), by=" Ann ", into="1")

    assert choices == ["1"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/1")
    assert [house.incident(number).status for number in (1, 2)] == [Status.OPEN, Status.MERGED]
    assert "Ann" in plain(house.get("/incidents/1").text)
    gone = LexborHTMLParser(house.get("/incidents/2").text)
    assert [one.text() for one in gone.css('.line a[href="/incidents/1"]')] == ["incident 1"]
    assert {(verb, who) for _, verb, who in house.actions()} == {("merge", "Ann")}


def test_incidents_of_other_brands_are_not_offered_to_join(house: House) -> None:
    house.change(1, brand="Meridian Air")
    assert "/incidents/2/merge" not in house.get("/incidents/2").text


def test_posts_that_are_another_matter_are_ticked_where_they_are_read(house: House) -> None:
    assert "does not belong here" not in house.get("/incidents/1").text
    house.post("/incidents/2/merge", token=house.form(2), by="Ann", into="1")
    page = LexborHTMLParser(house.get("/incidents/1").text)
    boxes = [one.attributes["name"] for one in page.css('blockquote input[form="split"]')]
    answer = house.post("/incidents/1/split", token=house.form(), by="Li", **{"post-2": "on"})

    assert boxes == ["post-1", "post-2"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/1")
    assert house.actions()[-1][1:] == ("split", "Li")
    with Queries.open(house.database) as queries:
        assert [one.mention_id for one in queries.dossier(1).evidence] == [1]


def test_what_was_ticked_stays_so_when_nobody_said_who_they_are(house: House) -> None:
    house.post("/incidents/2/merge", token=house.form(2), by="Ann", into="1")
    answer = house.post("/incidents/1/split", token=house.form(), by="", **{"post-2": "on"})

    boxes = LexborHTMLParser(answer.text).css('input[form="split"]')
    assert ["checked" in one.attributes for one in boxes] == [False, True]


def test_how_it_is_known_to_be_none_is_written_down(house: House) -> None:
    given = {"by": "Ann", "reason": "not-us", "text": " it is of the town "}
    house.post("/incidents/1/dismiss", token=house.form(), **given)
    assert "not-us: it is of the town" in plain(house.get("/incidents/1").text)


def test_a_snooze_ends_when_the_form_said(house: House) -> None:
    house.post("/incidents/1/snooze", token=house.form(), by="Ann", **{"for": "4 hours"})
    assert house.incident().snoozed_until == NOON + 4 * HOUR


WRONG = {
    "nobody": ("note", {"by": " \u202e ", "text": "x"}, "say who you are"),
    "no words": ("note", {"by": "Ann"}, "a note needs words"),
    "no reason": ("dismiss", {"by": "Ann", "reason": "bored"}, "say why it is none"),
    "no span": ("snooze", {"by": "Ann", "for": "1 year"}, "say for how long"),
    "no address": ("statement", {"by": "Ann", "text": "x", "url": "javascript:1"}, "http://"),
    "no time": ("statement", {"by": "Ann", "text": "x", "said_at": "noon"}, "2026-11-23 16:20"),
    "no incident": ("merge", {"by": "Ann", "into": "\u0663"}, "say which incident"),
    "no number": ("merge", {"by": "Ann", "into": "9" * 19}, "say which incident"),
    "itself": ("merge", {"by": "Ann", "into": "1"}, "cannot be merged into itself"),
    "no one joins": ("merge", {"by": "", "into": "2"}, "say who you are"),
    "no post": ("split", {"by": "Ann"}, "say which posts do not belong here"),
    "no mention": ("split", {"by": "Ann", "post-x": "on"}, "say which posts do not belong here"),
    "of another": ("split", {"by": "Ann", "post-2": "on"}, "mention 2 is not in incident 1"),
    "not closed": ("reopen", {"by": "Ann"}, "nothing to reopen"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_form_that_is_wrong_changes_nothing_and_says_why(house: House, name: str) -> None:
    verb, form, complaint = WRONG[name]
    answer = house.post(f"/incidents/1/{verb}", token=house.form(), **form)
    assert answer.status_code == 409
    assert complaint in plain(answer.text)
    assert house.actions() == []


KEPT = {
    "note": {"by": " ", "text": "the crew </textarea> was heard"},
    "statement": {
        "by": "Ann",
        "text": "We are sorry.",
        "url": "aurora.example",
        "said_at": "2026-11-22T11:20",
    },
    "assign": {"by": "", "text": 'the "station"'},
    "snooze": {"by": "", "text": "night", "for": "3 days"},
    "dismiss": {"by": "", "reason": "not-us", "text": "it is of the town"},
}


@pytest.mark.parametrize("verb", KEPT)
def test_what_was_typed_into_a_form_that_is_wrong_need_not_be_typed_again(
    house: House, verb: str
) -> None:
    answer = house.post(f"/incidents/1/{verb}", token=house.form(), **KEPT[verb])
    page = LexborHTMLParser(answer.text)
    (form,) = page.css(f'form[action="/incidents/1/{verb}"]')
    assert form.parent is not None
    assert "open" in form.parent.attributes
    assert "Nothing was recorded" in page.css("title")[0].text()
    for name, value in KEPT[verb].items():
        assert _filled(form, name) == value
    assert house.actions() == []


def test_of_a_field_that_comes_twice_the_first_counts() -> None:
    assert fields(b"by=Ann&text=&by=Eve") == {"by": "Ann", "text": ""}


@pytest.mark.parametrize(
    ("chosen", "hours"),
    [("1 hour", 1), ("4 hours", 4), ("12 hours", 12), ("1 day", 24), ("3 days", 72)],
)
def test_a_snooze_lasts_as_long_as_was_chosen(chosen: str, hours: int) -> None:
    said = answer_of("snooze", {"by": "Ann", "for": chosen}, raised_at=NOON, now=NOON)
    assert said.until == NOON + timedelta(hours=hours)


def test_where_a_statement_stands_is_recorded_with_it() -> None:
    form = {"by": "Ann", "text": "We are sorry.", "url": " https://aurora.example/news/1 "}
    said = answer_of("statement", form, raised_at=NOON, now=NOON)
    assert said.url == "https://aurora.example/news/1"
    assert said.said_at is None


def test_a_statement_is_dated_in_utc_as_the_page_shows_it(house: House) -> None:
    made = "2026-11-22T11:20"
    given = {"by": "Ann", "text": "We are sorry.", "said_at": made}
    house.post("/incidents/1/statement", token=house.form(), **given)
    assert house.incident().statement_at == datetime(2026, 11, 22, 11, 20, tzinfo=UTC)


def test_what_was_typed_while_the_database_was_locked_need_not_be_typed_again(
    house: House,
) -> None:
    async def locked(number: int, answer: Answer) -> Incident:
        raise BusyError(f"incident {number} waits for {answer.verb}")

    desk = next(route.endpoint.__self__ for route in house.client.app.routes[-4:])
    taking = desk.take
    typed = {"by": "Ann", "text": "the crew was heard", "token": house.form()}
    object.__setattr__(desk, "take", locked)
    refused = house.post("/incidents/1/note", **typed)
    object.__setattr__(desk, "take", taking)

    assert refused.status_code == 503
    assert "the database could not be written; try again" in plain(refused.text)
    (form,) = LexborHTMLParser(refused.text).css('form[action="/incidents/1/note"]')
    assert _filled(form, "text") == "the crew was heard"
    assert house.actions() == []
    assert house.post("/incidents/1/note", **typed).status_code == 303
    assert house.actions() == [(1, "note", "Ann")]


def _filled(form: LexborNode, name: str) -> str | None:
    """What stands in a field, as a browser shows it."""
    (field,) = form.css(f'[name="{name}"]')
    chosen = (*field.css("option[selected]"), field)[0]
    return chosen.attributes.get("value") or chosen.text()


def test_what_was_typed_to_one_that_is_over_by_then_may_be_noted(house: House) -> None:
    token = house.form()
    house.change(status=Status.RESOLVED)
    answer = house.post("/incidents/1/acknowledge", token=token, by="Ann", text="I called them")
    (form,) = LexborHTMLParser(answer.text).css('form[action="/incidents/1/note"]')
    assert _filled(form, "text") == "I called them"
    assert "resolved already" in plain(answer.text)


def test_a_form_that_is_sent_twice_counts_once(house: House) -> None:
    form = {"token": house.form(), "by": "Ann", "text": "the crew was heard"}
    answers = [house.post("/incidents/1/note", **form) for _ in range(2)]
    assert [one.headers["location"] for one in answers] == ["/incidents/1"] * 2
    assert house.actions() == [(1, "note", "Ann")]
    house.post("/incidents/1/note", **form | {"text": "and the captain"})
    assert len(house.actions()) == 2


def test_a_form_that_was_not_taken_may_be_sent_again(house: House) -> None:
    token = house.form()
    house.change(status=Status.RESOLVED)
    assert house.post("/incidents/1/resolve", token=token, by="Ann").status_code == 409
    house.change(status=Status.OPEN)
    assert house.post("/incidents/1/resolve", token=token, by="Ann").is_redirect
    assert house.actions() == [(1, "resolve", "Ann")]


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("acknowledge", {}),
        ("snooze", {"for": "1 day"}),
        ("resolve", {}),
        ("dismiss", {"reason": "false-alarm"}),
    ],
)
def test_a_page_from_before_it_rose_does_not_silence_what_came_after(
    house: House, verb: str, fields: dict[str, str]
) -> None:
    """Dismissed as what it was at watch, it would be closed for good at critical."""
    token = house.form()
    house.change(raised_at=NOON)
    answer = house.post(f"/incidents/1/{verb}", token=token, by="Ann", **fields)
    assert "has risen since" in plain(answer.text)
    assert house.actions() == []


def test_what_silences_nothing_is_taken_from_a_page_from_before_it_rose(house: House) -> None:
    token = house.form()
    house.change(raised_at=NOON)
    house.post("/incidents/1/note", token=token, by="Ann", text="the crew was heard")
    house.post("/incidents/1/assign", token=token, by="Ann", text="li")
    assert house.actions() == [(1, "note", "Ann"), (1, "assign", "Ann")]


FOREIGN = {
    "no token": ({"token": ""}, {}),
    "a token of another incident": ({"token": "other"}, {}),
    "a link for a token": ({"token": "link"}, {}),
    "another site": ({}, {"sec-fetch-site": "cross-site", "origin": HERE}),
    "another site of the same domain": ({}, {"sec-fetch-site": "same-site"}),
    "another origin": ({}, {"origin": "https://evil.example"}),
    "another port": ({}, {"origin": "http://127.0.0.1:9999"}),
    "a sandboxed frame": ({}, {"origin": "null"}),
    "not a form": ({}, {"content-type": "text/plain"}),
    "no type": ({}, {"content-type": ""}),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_form_that_is_not_from_the_page_is_refused(house: House, name: str) -> None:
    form, headers = FOREIGN[name]
    tokens = {"": "", "other": house.form(2), "link": house.link().removeprefix("/a/")}
    token = tokens[form["token"]] if form else house.form()
    answer = house.post("/incidents/1/resolve", headers, token=token, by="Ann")
    assert answer.status_code == 403
    assert house.actions() == []


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": HERE}, {"sec-fetch-site": "same-origin", "origin": "null"}],
)
def test_the_page_itself_may_post_with_whatever_its_browser_says(
    house: House, headers: dict[str, str]
) -> None:
    assert house.post("/incidents/1/resolve", headers, token=house.form(), by="A").is_redirect


def test_a_page_that_lay_open_for_half_a_day_is_opened_anew(house: House) -> None:
    token = house.form()
    house.now = NOON + 12 * HOUR
    answer = house.post("/incidents/1/note", token=token, by="Ann", text="what I wrote")
    assert (answer.status_code, house.actions()) == (403, [])
    assert "the page had been open for too long" in plain(answer.text)
    assert "what I wrote</textarea>" in answer.text
    assert house.post("/incidents/1/note", token=house.form(), by="Ann", text="x").is_redirect


def test_what_is_too_much_is_refused(house: House) -> None:
    assert (
        house.post("/incidents/1/note", token=house.form(), text="x" * 70_000).status_code == 403
    )
    many = {f"f{number}": "x" for number in range(50)}
    assert house.post("/incidents/1/note", token=house.form(), **many).status_code == 400
    broken = house.client.post(
        "/incidents/1/note",
        content=b"token=\xff\xfe",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert broken.status_code == 400


def test_a_verb_that_is_none_is_not_found(house: House) -> None:
    assert house.post("/incidents/1/destroy", token=house.form(), by="Ann").status_code == 404
    assert house.get("/incidents/1/resolve").status_code == 405


# --- the link


def test_the_link_shows_one_button_and_looking_changes_nothing(house: House) -> None:
    answer = house.get(house.link())
    assert answer.status_code == 200
    assert answer.text.count("<button") == 1
    assert "I am on it: acknowledge incident 1" in plain(answer.text)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert house.incident().status is Status.OPEN
    assert house.actions() == []


def test_the_button_acknowledges_without_a_login(house: House) -> None:
    link = house.link()
    answer = house.post(link)
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert house.incident().acknowledged_by == LINK
    assert house.alerts()[-1]["type"] == "incident.acknowledged"
    page = plain(house.get(link).text)
    assert f"Acknowledged by {LINK}, 22 Nov 2026, 12:00 UTC." in page
    assert "button" not in house.get(link).text.partition("</style>")[2]


def test_who_gives_a_name_is_named(house: House) -> None:
    house.post(house.link(), by=" Ann\u202e ")
    assert house.incident().acknowledged_by == f"Ann ({LINK})"


def test_twice_is_once(house: House) -> None:
    link = house.link()
    assert [house.post(link, by=name).status_code for name in ("Ann", "Bob")] == [303, 303]
    assert house.actions() == [(1, "acknowledge", f"Ann ({LINK})")]


def test_one_that_rose_since_asks_for_its_newest_alert(house: House) -> None:
    link = house.link()
    house.change(raised_at=NOON)
    assert house.post(link).is_redirect
    assert house.actions() == []
    assert "has risen since this alert" in plain(house.get(link).text)
    assert house.post(house.link()).is_redirect
    assert house.actions() == [(1, "acknowledge", LINK)]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.DISMISSED, Status.MERGED])
def test_one_that_is_over_says_so(house: House, status: Status) -> None:
    link = house.link()
    house.change(status=status)
    house.post(link)
    assert house.actions() == []
    assert f"The incident is {status.value}" in plain(house.get(link).text)


def test_a_link_that_does_not_count_says_why(house: House) -> None:
    link = house.link()
    forged = house.get(link[:-1] + ("A" if link[-1] != "A" else "B"))
    assert (forged.status_code, "was not made by this monitor" in forged.text) == (404, True)
    house.now = NOON + timedelta(days=7)
    assert house.get(link).status_code == 410
    assert "too old" in house.post(link).text
    house.now = NOON - HOUR
    assert house.get(link).status_code == 403


def test_the_log_tells_who_and_never_the_link(house: House) -> None:
    link = house.link()
    with structlog.testing.capture_logs() as logs:
        house.get(link)
        house.post(link, by="Ann")
        house.post(link, by="Ann")
        house.get(link + "x")
    assert [entry["event"] for entry in logs] == ["acknowledged by link", "link without effect"]
    assert link.removeprefix("/a/") not in str(logs)


def test_a_database_in_trouble_is_not_a_wrong_link(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> bytes:
        raise DatabaseError("disk full")

    link = house.link()
    desks = {route.path: route.endpoint.__self__ for route in house.client.app.routes[-4:]}
    for one in desks.values():
        object.__setattr__(one, "key", broken)
    assert [house.get(link).status_code, house.post(link).status_code] == [503, 503]
