"""Which well-known case an incident resembles, on its page and in the inbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.core.likeness import document
from tests.core.cases import ALIKE, ALIKE_SAID
from tests.desk.alerts import incident_message
from tests.desk.house import House, house_at
from tests.desk.test_incident_desk import plain
from tests.desk.test_page import page, text


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with house_at(tmp_path) as made:
        yield made


def test_the_page_of_an_incident_tells_the_case_why_and_the_lesson(house: House) -> None:
    house.change(resembles=(ALIKE,))
    shown = house.get("/incidents/1").text

    assert (
        "What it resembles Orlan Air: dragged off, similarity 0.65 of 1. It means the same. The "
        "same words: dragged. As grave. The same brand. Lesson: Speak of the person first."
    ) in plain(shown)
    assert '<a href="https://reports.example/1" rel="noopener noreferrer nofollow"' in shown


def test_a_page_without_a_case_says_nothing_of_cases(house: House) -> None:
    assert "resembles" not in house.get("/incidents/1").text


def test_a_case_from_outside_is_text_and_its_address_no_script(house: House) -> None:
    house.change(resembles=(replace(ALIKE, title="<b>x</b>", url="javascript:alert(1)"),))
    shown = house.get("/incidents/1").text

    assert "&lt;b&gt;x&lt;/b&gt;, similarity" in shown
    assert "javascript" not in shown


def alert(**changes: object) -> str:
    message = json.loads(incident_message())
    message["data"] |= changes
    return json.dumps(message)


def test_the_inbox_says_it_in_one_line() -> None:
    told = document([replace(ALIKE, lesson="<i>Speak</i> first.")])

    assert text(page(alert(resembles=told)), ".alike") == (
        f"Resembles {ALIKE_SAID} The same words: dragged. As grave. Lesson: <i>Speak</i> first."
    )
    assert page(alert()).css_first(".alike") is None
