"""Five lines for a leader's phone: plain words, and no number that the event does not say."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.brief_lines import LINE_CHARS, brief_lines
from monitor.core.risk import assess
from tests.core.facts import story
from tests.receivers.events import BODIES, NOON, after, hostile, incident

JARGON = re.compile(r"(?i)alarm|logit|p10|p90|quantile|classifier|model|risk|probabilit|score")


def data(**incident_changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(incident())["data"]
    made["incident"] |= incident_changes
    return made


def said(told: dict[str, Any], label: str) -> str:
    return next(line.text for line in brief_lines(told, at=NOON) if line.label == label)


WORDS = """\
Alleged: Said of Nordwind Air: staff mistreated someone and people were hurt or put in danger.
    How grave: very, injury or danger to life.
Who and where: 150 people in 180 posts (30 of them passed on) on 4 sources, among them social,
    news; the first at 22 Nov 2026, 06:00 UTC.
Growth: 180 posts in 6 hours, about 30 an hour. By 23 Nov 2026, 12:00 UTC probably 300 to
    3,010 posts (right 8 times in 10), most likely 555. Chance of going viral,
    reposts and replies counted: 12 %.
Known: someone who was there says or shows it; 2 posts to read with this alert. Not known:
    whether it is true; what 1 source would show that cannot be seen (forum).
Next: someone takes it on by 22 Nov 2026, 12:15 UTC (in 15 minutes); a public statement by
    22 Nov 2026, 13:00 UTC (in 60 minutes)."""


def test_the_five_lines_word_for_word() -> None:
    lines = [f"{line.label}: {line.text}" for line in brief_lines(data(), at=NOON)]
    assert lines == WORDS.replace("\n    ", " ").split("\n")


def test_no_line_speaks_as_a_machine() -> None:
    assert [line for line in brief_lines(data(), at=NOON) if JARGON.search(line.text)] == []


def test_every_number_stands_in_the_event_or_is_one_step_from_it() -> None:
    told = data()
    text = " ".join(line.text for line in brief_lines(told, at=NOON))
    found = {n.replace(",", "") for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
    numbers = {str(round(float(n))) for n in re.findall(r"\d+(?:\.\d+)?", json.dumps(told))}
    dates = {f"{n:02}" for n in range(60)} | {"2026"}
    # Rate (posts an hour), spans of minutes, the share in percent, the interval's 80 %.
    derived = {"30", "6", "15", "60", "12", "8", "10", "2"}
    assert found <= numbers | dates | derived


EXTENTS = [
    ({"mentions": 1, "authors": 1, "reposts": 0, "sources": 1}, "One person in 1 post on social"),
    ({"mentions": 9, "authors": 0, "reposts": 0, "sources": 2}, "9 posts on social, news;"),
    ({"mentions": None}, "It is not told how many."),
]


@pytest.mark.parametrize(("changes", "start"), EXTENTS)
def test_who_and_where(changes: dict[str, Any], start: str) -> None:
    assert said(data(**changes), "Who and where").startswith(start)


def test_without_evidence_sources_are_counted_and_without_a_first_time_none_is_told() -> None:
    told = {**data(first_seen_at=None), "evidence": []}
    assert (
        said(told, "Who and where")
        == "150 people in 180 posts (30 of them passed on) on 4 sources."
    )
    assert "to read" not in said(told, "Known")


PACES = [
    ("2026-11-22T11:00:00Z", 180, "180 posts in 59 minutes, about 183 an hour."),
    ("2026-11-20T11:59:00Z", 24, "24 posts in 2 days, about 12 a day."),
    ("2026-11-21T11:59:00Z", 36, "36 posts in 24 hours, about 2 an hour."),
    ("2026-11-21T11:59:00Z", 35, "35 posts in 24 hours, about 35 a day."),
    ("2026-09-01T11:59:00Z", 20, "20 posts in 82 days, about 2 a week."),
    ("2026-09-01T11:59:00Z", 110, "110 posts in 82 days, about 9 a week."),
    ("2026-09-01T11:59:00Z", 6, "6 posts in 82 days."),
    ("2026-11-22T11:57:59Z", 2, "2 posts in 1 minute."),
    ("2026-11-22T11:56:59Z", 9, "9 posts in 2 minutes."),
    ("2026-11-22T11:56:59Z", 10, "10 posts in 2 minutes, about 298 an hour."),
    ("2026-11-22T10:29:00Z", 2, "2 posts in 90 minutes."),
    ("2026-11-22T01:59:00Z", 12, "12 posts in 10 hours, about 29 a day."),
    ("2026-11-22T10:59:00Z", 3, "3 posts in 60 minutes, about 3 an hour."),
    ("2026-11-22T11:58:01Z", 2, ""),
    ("2026-11-22T06:00:00Z", 1, ""),
    ("never", 9, ""),
]


@pytest.mark.parametrize(("first", "posts", "pace"), PACES)
def test_how_fast_it_grows(first: str, posts: int, pace: str) -> None:
    told = {**data(first_seen_at=first, mentions=posts), "forecast": None}
    told["incident"]["last_seen_at"] = "2026-11-22T11:59:00Z"
    grown = said(told, "Growth")
    assert grown == f"{pace} How big it will be cannot be told yet.".strip()


@pytest.mark.parametrize(
    ("viral", "ending"),
    [
        (None, "likely 555."),
        (0.0, "under 1 %."),
        (0.0099, "under 1 %."),
        (0.999, "over 99 %."),
        (0.01, "viral, reposts and replies counted: 1 %."),
        (1.0, "likely 555. It has gone viral, reposts and replies counted."),
    ],
)
def test_the_chance_of_going_viral_in_percent(viral: float | None, ending: str) -> None:
    told = data()
    told["forecast"]["viral_probability"] = viral
    assert said(told, "Growth").endswith(ending)


def test_the_forecast_of_one_young_post_is_told_with_how_little_it_knows() -> None:
    young = data(first_seen_at="2026-11-22T11:58:00Z", mentions=1)
    young["forecast"] |= {"now": 1, "p10": 1.0, "p50": 1.0, "p90": 2.0, "viral_probability": 0.001}
    assert said(young, "Growth") == (
        "Too early to tell: the forecast has only 1 post to go by, and takes the story for an "
        "everyday one. By 23 Nov 2026, 12:00 UTC probably 1 to 2 posts (right 8 times in 10), "
        "most likely 1. Chance of going viral, reposts and replies counted: under 1 %."
    )
    young["incident"]["mentions"] = 2
    assert "only 2 posts to go by" in said(young, "Growth")


@pytest.mark.parametrize(
    "known",
    [{"mentions": 3}, {"first_seen_at": "2026-11-22T11:00:00Z"}, {"first_seen_at": None}],
    ids=["of three posts", "after an hour", "of nobody knows when"],
)
def test_a_forecast_that_has_something_to_go_by_is_told_as_it_is(known: dict[str, Any]) -> None:
    told = data(**({"first_seen_at": "2026-11-22T11:58:00Z", "mentions": 1} | known))
    assert "Too early" not in said(told, "Growth")


def test_what_one_young_post_has_become_already_is_not_too_early_to_tell() -> None:
    told = data(first_seen_at="2026-11-22T11:58:00Z", mentions=1)
    told["forecast"]["viral_probability"] = 1.0
    assert "Too early" not in said(told, "Growth")


def test_a_forecast_whose_time_has_passed_is_not_told_as_one() -> None:
    told = data()
    told["forecast"]["at"] = "2026-11-22T12:00:00Z"
    assert said(told, "Growth") == (
        "180 posts in 6 hours, about 30 an hour. The last forecast was for 22 Nov 2026, 12:00 UTC;"
        " nobody spoke of it since it was made."
    )
    told["forecast"]["viral_probability"] = 1.0
    assert said(told, "Growth").endswith(
        "since it was made. It has gone viral, reposts and replies counted."
    )


@pytest.mark.parametrize("status", ["resolved", "dismissed", "merged"])
def test_of_what_is_over_nothing_is_foreseen(status: str) -> None:
    assert said(data(status=status), "Growth").endswith(f". Nothing more is foreseen: {status}.")


@pytest.mark.parametrize("missing", ["p10", "p50", "p90", "at"])
def test_half_a_forecast_is_none(missing: str) -> None:
    told = data()
    told["forecast"][missing] = None
    assert said(told, "Growth").endswith("How big it will be cannot be told yet.")


def with_parts(**values: float) -> dict[str, Any]:
    why = [{"name": name.replace("_", "-"), "value": value} for name, value in values.items()]
    return {**data(), "why": why}


KNOWN = [
    (0.5, "someone who was there says or shows it; 2 posts"),
    (0.45, "perhaps an eyewitness; 2 posts"),
    (0.2, "perhaps an eyewitness; 2 posts"),
    (0.19, "no eyewitness so far; 2 posts"),
    (None, "2 posts to read"),
]


@pytest.mark.parametrize(("firsthand", "start"), KNOWN)
def test_an_eyewitness_is_spoken_of_only_where_that_was_looked_at(
    firsthand: float | None, start: str
) -> None:
    told = with_parts()
    if firsthand is not None:
        # Of nothing grave it adds nothing to the risk.
        parts = assess(story(firsthand=firsthand)).parts
        told["why"] = [asdict(replace(part, sentence="In whatever words.")) for part in parts]
        assert [part.value for part in parts if part.name == "first-hand"] == [0.0]
    assert said(told, "Known").startswith(start)


@pytest.mark.parametrize(("value", "shown"), [(-0.01, True), (0.0, False)])
def test_a_campaign_is_told(value: float, shown: bool) -> None:
    text = said(with_parts(credibility=value), "Known")
    assert ("it looks like a campaign" in text) is shown


def test_somebody_who_is_on_it_is_known() -> None:
    assert "; someone of ours is on it. Not" in said(data(status="acknowledged"), "Known")


COVERAGES: list[tuple[dict[str, Any], str]] = [
    ({"stale_count": 0, "stale": []}, "whether it is true."),
    ({"stale_count": 2, "stale": []}, "what 2 sources would show that cannot be seen."),
    ({"stale_count": 3, "stale": ["a", "b", "c"]}, "cannot be seen (a, b, c)."),
    ({"stale_count": 4, "stale": ["a", "b", "c", "d"]}, "cannot be seen (a, b, c, …)."),
]


@pytest.mark.parametrize(("coverage", "ending"), COVERAGES)
def test_what_cannot_be_seen_is_not_known(coverage: dict[str, Any], ending: str) -> None:
    assert said({**data(), "coverage": coverage}, "Known").endswith(ending)


def test_where_nothing_is_known_it_says_little() -> None:
    assert said({"incident": {"id": 1}}, "Known") == "little. Not known: whether it is true."


NEXT = [
    ("open", 0, "someone takes it on by 22 Nov 2026, 12:15 UTC (in 15 minutes); a public"),
    ("acknowledged", 0, "a public statement by 22 Nov 2026, 13:00 UTC (in 60 minutes)."),
    ("snoozed", 0, "a public statement by"),
    ("resolved", 0, "Nothing is due: resolved."),
    ("dismissed", 0, "Nothing is due: dismissed."),
    ("merged", 0, "Nothing is due: merged."),
    ("open", 15, "someone takes it on: due now, 22 Nov 2026, 12:15 UTC; a public"),
    (
        "open",
        16,
        "someone takes it on: was due by 22 Nov 2026, 12:15 UTC, overdue by 1 minute; a public",
    ),
]


@pytest.mark.parametrize(("status", "minutes", "start"), NEXT)
def test_what_is_due_next(status: str, minutes: int, start: str) -> None:
    lines = brief_lines(data(status=status), at=after(minutes=minutes))
    assert lines[-1].text.startswith(start)


@pytest.mark.parametrize(
    ("level", "next_"),
    [
        ("watch", "Nothing is due at a set time."),
        ("warning", "someone takes it on by 22 Nov 2026, 12:15 UTC (in 15 minutes)."),
    ],
)
def test_what_a_level_does_not_ask_for_is_not_due(level: str, next_: str) -> None:
    assert brief_lines(data(level=level), at=NOON)[-1].text == next_


def test_an_event_without_a_time_tells_times_alone() -> None:
    assert "(in " not in brief_lines(data(), at=None)[-1].text


def test_later_due_times_have_their_words_and_come_in_their_order() -> None:
    told = data()
    told["clock"] |= {
        "next_update_by": "2026-11-22T12:30:00Z",
        "facts_by": "2026-11-22T12:05:00Z",
        "board_told_by": "2026-11-22T14:00:00Z",
        "soon_by": "soon",
    }
    line = brief_lines(told, at=None)[-1].text
    assert [what.partition(" by ")[0] for what in line.split("; ")] == [
        "the facts are together",
        "someone takes it on",
        "the next update",
        "a public statement",
        "board told",
    ]


SETTLED = [
    ({}, "the facts are together by 22 Nov 2026, 12:05 UTC (in 5 minutes); a public statement by"),
    ({"facts_at": "2026-11-22T11:59:00Z"}, "a public statement by"),
    ({"statement_at": "2026-11-22T11:59:00Z"}, "Nothing is due at a set time."),
    ({"statement_at": None, "facts_at": None}, "the facts are together by"),
]


@pytest.mark.parametrize(("moments", "start"), SETTLED)
def test_what_was_done_is_due_no_more(moments: dict[str, Any], start: str) -> None:
    told = data(status="acknowledged")
    told["clock"] |= {"facts_by": "2026-11-22T12:05:00Z", **moments}
    assert said(told, "Next").startswith(start)


def test_without_a_clock_nothing_is_due_at_a_set_time() -> None:
    assert said({**data(), "clock": None}, "Next") == "Nothing is due at a set time."


def test_without_harms_the_brief_stands_in() -> None:
    told = data()
    del told["incident"]["harms"]
    assert said(told, "Alleged") == told["brief"]
    assert said({"incident": {"id": 1}}, "Alleged") == "It is not told what."


def test_nothing_grave_is_not_called_grave() -> None:
    assert said(data(severity=0), "Alleged").endswith("in danger.")
    assert said(data(severity=None), "Alleged").endswith("in danger.")


def test_a_post_without_a_source_is_of_one_all_the_same() -> None:
    nowhere = {**data(sources=0), "evidence": [{"text": "x"}, {"source": ""}]}
    assert " on 1 source; the first at " in said(nowhere, "Who and where")


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=200))
def test_five_short_lines_whatever_comes(text: str) -> None:
    for body in (hostile(text), *BODIES.values()):
        lines = brief_lines(json.loads(body)["data"], at=NOON)
        assert len(lines) == 5
        assert all(0 < len(line.text) <= LINE_CHARS and "\n" not in line.text for line in lines)


def test_what_is_told_again_after_years_may_not_be_new() -> None:
    told = data()
    told["evidence"] = [{"text": "Nordwind let a man die in 2014"}, {"text": "2014, remember?"}]

    assert "whether it is new, for 2 of 2 posts speak of 2014" in said(told, "Known")


def test_that_others_say_it_is_not_true_is_told() -> None:
    told = {**data(), "evidence": [{"text": "A child died"}, {"text": "FALSE: nobody died"}]}
    assert "whether it is true, for 1 of 2 posts says that it is not" in said(told, "Known")
