"""A resemblance in words, for messages and papers."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.core.brief_lines import Line
from monitor.core.event import incident_body
from monitor.core.likeness import LINE_CHARS, document, lines, sentence
from monitor.core.notice import notice
from tests.core.cases import ALIKE, ALIKE_SAID
from tests.core.test_event import EVENT, FILLERS, INCIDENT, JUDGE, hostile, with_incident

SECOND = replace(ALIKE, case="accounts", title="Norvik Bank: accounts", similarity=0.6)
SAID = f"{ALIKE_SAID} The same words: dragged. As grave. Lesson: Speak of the person first."


def body(*resembles: object) -> str:
    return incident_body(with_incident(resembles=resembles))


def test_an_alert_says_which_case_it_resembles_why_and_how_much():
    message = json.loads(body(ALIKE))
    JUDGE.validate(message)
    (told,) = message["data"]["resembles"]

    assert told == {
        "case": "flight-1",
        "title": "Orlan Air: dragged off",
        "similarity": 0.6543,
        "why": [
            {"name": "meaning", "value": 0.45, "sentence": "It means the same."},
            {"name": "words", "value": 0.1543, "sentence": "The same words: dragged."},
            {"name": "gravity", "value": 0.05, "sentence": "As grave."},
            {"name": "same brand", "value": 0.0, "sentence": "The same brand."},
        ],
        "lesson": "Speak of the person first.",
        "url": "https://reports.example/1",
    }


def test_an_alert_that_resembles_nothing_is_what_it_was():
    assert "resembles" not in json.loads(body())["data"]
    assert body() == incident_body(EVENT)


def test_two_cases_at_most_are_told_and_a_long_address_is_not():
    told = document((ALIKE, replace(SECOND, url="https://a.example/" + "x" * 300), ALIKE))

    assert [(one["case"], one["url"]) for one in told] == [
        ("flight-1", "https://reports.example/1"),
        ("accounts", None),
    ]


def test_the_line_says_the_case_the_reasons_and_the_lesson():
    assert lines(json.loads(body(ALIKE))["data"]) == (Line("Resembles", SAID),)
    assert sentence(ALIKE) == SAID


def test_the_line_names_a_second_case_beside_the_first():
    (line,) = lines(json.loads(body(ALIKE, SECOND))["data"])

    assert line.text.startswith(
        "Orlan Air: dragged off (similarity 0.65 of 1; also Norvik Bank: accounts, 0.60). It means"
    )


def test_a_message_shows_it_after_its_five_lines():
    shown = notice(body(ALIKE).encode()).lines

    assert [line.label for line in shown][4:] == ["Next", "Resembles"]
    assert len(notice(body().encode()).lines) == 5


@pytest.mark.parametrize("stored", [None, 5, [], [7], "x", {"case": "a"}])
def test_what_an_older_release_did_not_store_is_not_spoken_of(stored):
    assert lines({"resembles": stored}) == ()


def test_a_case_without_its_parts_is_still_a_line():
    (line,) = lines({"resembles": [{"title": "T"}, {}]})

    assert line.text == "T (similarity 0.00 of 1; also , 0.00). Lesson:"


@pytest.mark.parametrize("filler", FILLERS)
def test_a_message_stays_small_whatever_a_case_holds(filler):
    spite = replace(
        ALIKE,
        case=filler,
        title=filler,
        lesson=filler,
        url="https://a.example/" + "é" * 280,
        why=tuple(replace(one, name=filler, sentence=filler) for one in ALIKE.why),
    )
    told = hostile(filler)
    made = incident_body(replace(told, incident=replace(told.incident, resembles=(spite,) * 9)))
    JUDGE.validate(json.loads(made))

    assert len(made.encode()) <= 19_900
    small = json.loads(incident_body(with_incident(resembles=(spite, spite))))
    assert len(lines(small["data"])[0].text) <= LINE_CHARS


def test_cases_go_after_evidence_and_names_when_there_is_no_room():
    wide = replace(
        ALIKE, why=tuple(replace(one, sentence="🙂" * 200) for one in ALIKE.why * 2)[:7]
    )
    told = hostile("🙂" * 999)
    made = json.loads(
        incident_body(replace(told, incident=replace(told.incident, resembles=(wide, wide))))
    )["data"]

    assert "resembles" not in made
    assert made["evidence"] == []
    assert INCIDENT.resembles == ()


def test_the_lesson_of_a_scandal_is_no_advice_on_a_rumour_that_is_denied():
    told = {"resembles": document((ALIKE,)), "evidence": [{"text": "FALSE: nobody was hurt"}]}
    (line,) = lines(told)
    assert line.text.endswith("Lesson, if it is true: Speak of the person first.")
    cheated = {
        "incident": {"harms": ["deception"]},
        "evidence": [{"text": "The report was false"}],
    }
    (line,) = lines({**told, **cheated})
    assert line.text.endswith("Lesson: Speak of the person first.")
    (line,) = lines({**told, "evidence": [{"text": "Two people were hurt"}]})
    assert line.text.endswith("Lesson: Speak of the person first.")
