"""Each open incident in one line: who has it, what the brand has said, what is owed when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.queries import Queries
from monitor.adapters.store import SqliteStore
from monitor.core.answers import Answer
from monitor.core.settings import AlertSettings
from monitor.core.statements import stored
from monitor.core.types import Incident, Level, Status
from monitor.desk.openings import MOST, Note, Opening, openings
from monitor.stages.answer import take
from tests.core.facts import NOON, incident
from tests.desk.house import house_at

MINUTE = timedelta(minutes=1)
NOW = NOON + 40 * MINUTE
GOOD = (
    "On Sunday our crew hurt a passenger in the aisle. It was our fault and we are sorry. We will "
    "refund every ticket of that flight by noon tomorrow."
)
BARE = "On Sunday our crew hurt a passenger in the aisle of the plane. We will refund her."


def shown(
    found: Incident, text: str | None = None, settings: AlertSettings | None = None
) -> Opening:
    checks = None if text is None else stored(text)
    (row,) = openings([(found, checks)], settings=settings or AlertSettings(), now=NOW)
    return row


def one(**values: Any) -> Incident:
    return replace(incident(Level.CRITICAL), raised_at=NOON, **values)


ANSWERS: dict[str, tuple[dict[str, Any], Note]] = {
    "nobody yet": (
        {"raised_at": NOW},
        Note(words="nobody has acknowledged it, due", due=NOW + 15 * MINUTE),
    ),
    "nobody in time": (
        {},
        Note(words="nobody has acknowledged it, was due", due=NOON + 15 * MINUTE, is_bad=True),
    ),
    "somebody": (
        {"status": Status.ACKNOWLEDGED, "acknowledged_by": "kim\u202e"},
        Note(words="kim has it"),
    ),
    "who it was given to": (
        {"status": Status.ACKNOWLEDGED, "acknowledged_by": "kim", "assigned_to": "li"},
        Note(words="li has it"),
    ),
    "who was given it and has not answered": (
        {"raised_at": NOW, "assigned_to": "li"},
        Note(words="given to li, not acknowledged, due", due=NOW + 15 * MINUTE),
    ),
    "nobody knows who": ({"status": Status.ACKNOWLEDGED}, Note(words="somebody has it")),
    "asleep": (
        {"status": Status.SNOOZED, "snoozed_until": NOW + MINUTE},
        Note(words="snoozed, ends", due=NOW + MINUTE),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_who_has_it(name: str) -> None:
    values, note = ANSWERS[name]
    assert shown(replace(one(), **values)).answer == note


@pytest.mark.parametrize(
    ("level", "answer_due", "statement_due"),
    [(Level.WATCH, False, False), (Level.WARNING, True, False), (Level.CRITICAL, True, True)],
)
def test_what_nobody_is_reminded_of_is_not_overdue(
    level: Level, *, answer_due: bool, statement_due: bool
) -> None:
    row = shown(replace(one(), level=level, raised_at=NOON - 90 * MINUTE))
    assert row.answer.words.startswith("nobody has acknowledged it")
    assert (row.answer.is_bad, row.answer.due is not None) == (answer_due, answer_due)
    assert (row.statement is not None) is statement_due


def test_a_statement_that_is_owed_says_by_when() -> None:
    due = NOON + 60 * MINUTE
    assert shown(one()).statement == Note(words="no statement yet, due", due=due)
    over = one(opened_at=NOON - 60 * MINUTE)
    late = shown(replace(over, raised_at=NOON - 30 * MINUTE)).statement
    assert late == Note(words="no statement yet, was due", due=NOON + 30 * MINUTE, is_bad=True)


def test_where_none_is_asked_for_none_is_missed() -> None:
    assert shown(one(), settings=AlertSettings(statement_within=None)).statement is None


def spoken(text: str | None) -> Note | None:
    return shown(one(statement_at=NOON, last_statement_at=NOON), text).statement


def test_a_statement_says_what_it_lacks() -> None:
    assert spoken(BARE) == Note(
        words="the statement seems to lack: who takes responsibility; by when"
    )
    assert spoken(GOOD) == Note(words="the statement says what people need")
    denied = spoken("The story about our cans is not true. Health officials have confirmed it.")
    assert denied == Note(words="the statement says that the story is not true")


@pytest.mark.parametrize("text", ["Es tut uns leid.", None])
def test_one_that_was_not_read_says_so(text: str | None) -> None:
    words = "the statement was not read: not in English, or too short"
    assert spoken(text) == Note(words=words)


def test_what_is_alleged_and_by_how_many_stands_in_the_row() -> None:
    many = one(harms=("safety", "privacy"), mention_count=1_200, author_count=1, brand="Acme")
    assert shown(many).said == (
        "Said of Acme: people were hurt or put in danger and personal data was exposed or misused."
        " 1,200 mentions by 1 author."
    )
    unknown = replace(many, harms=(), author_count=0, mention_count=1)
    assert shown(unknown).said == (
        "Acme is criticised; nothing definite is alleged so far. 1 mention."
    )


def test_the_gravest_come_first_and_there_is_an_end() -> None:
    calm = replace(one(), id=900, level=Level.WATCH)
    many = [(replace(one(), id=n), None) for n in range(1, MOST + 5)]
    rows = openings([(calm, None), *many], settings=AlertSettings(), now=NOW)
    assert [row.id for row in rows] == [*range(1, MOST + 1)]
    rows = openings([(calm, None), *many[:2]], settings=AlertSettings(), now=NOW)
    assert [row.id for row in rows] == [1, 2, 900]


def test_texts_from_outside_turn_nothing_around() -> None:
    row = shown(one(title="a\u202eb\nc", brand="x\x00y"))
    assert (row.title, row.brand) == ("ab c", "x y")


def test_the_newest_statement_of_each_open_incident_counts(tmp_path: Path) -> None:
    with house_at(tmp_path) as house:
        with SqliteStore.open(house.database) as store:
            for minutes, text in ((1, BARE), (2, GOOD)):
                said = Answer(verb="statement", actor="kim", text=text)
                take(store, house.settings, 1, said, now=house.now + minutes * MINUTE)
        with Queries.open(house.database) as queries:
            found = {one.id: checks for one, checks in queries.open_ones()}
    assert found == {1: stored(GOOD), 2: None}
