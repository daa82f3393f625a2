"""The brand speaks: which incident it means, the clock stops, and what it lacks is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import jsonschema
import pytest

from monitor.adapters.rows import time_text
from monitor.adapters.store_blank import blank
from monitor.core.answers import Answer
from monitor.core.growth import GrowthModel
from monitor.core.repairs import Hand
from monitor.errors import BusyError
from monitor.stages import answer
from monitor.stages.repair import Repair
from monitor.stages.running import Run
from tests.core.test_event import SCHEMA
from tests.stages.conftest import NOON, World, item

pytestmark = pytest.mark.anyio

DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
SPOKE = "We are sorry that a wheelchair user was dragged down the aisle. That was wrong of us."
MINUTE = timedelta(minutes=1)


async def spoken(world: World, text: str = SPOKE, **values: Any) -> None:
    await world.see(item("s", text, author="@meridianair", **values))
    await world.respond.step(NOON + MINUTE)


async def test_a_statement_stops_its_clock_by_itself(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await spoken(world, url="https://meridianair.example/news/1")

    assert world.told[-1] == "statement.seen"
    assert world.rows("SELECT statement_at IS NOT NULL, status FROM incidents") == [(1, "open")]
    assert world.rows("SELECT incident_id, why FROM statements") == [
        (
            1,
            "It reads as an answer, in words of what is said: “wheelchair”, “user”, “dragged”.",
        )
    ]
    reasons = [event.reason for event in world.events]
    assert reasons[-1] == (
        "The brand spoke. It reads as an answer, in words of what is said: “wheelchair”, “user”, "
        "“dragged”. It seems to lack: what happens next; by when."
    )


async def test_what_is_sent_says_what_was_said_and_what_it_lacks(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await spoken(world, url="https://meridianair.example/news/1")

    [(text,)] = world.rows("SELECT body FROM alerts WHERE type = 'statement.seen'")
    body = json.loads(str(text))
    jsonschema.validate(body, SCHEMA)
    jsonschema.validate(
        body["data"]["statement"], {**SCHEMA["$defs"]["statement"], "$defs": SCHEMA["$defs"]}
    )
    assert body["data"]["statement"] == {
        "at": "2026-11-22T12:00:00Z",
        "url": "https://meridianair.example/news/1",
        "text": SPOKE,
        "lacks": ["what happens next", "by when"],
    }
    assert body["data"]["clock"]["statement_at"] == "2026-11-22T12:00:00Z"


async def test_it_is_heard_once(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await spoken(world)
    world.events.clear()
    await world.respond.step(NOON + 2 * MINUTE)
    await spoken(world)
    assert "statement.seen" not in world.told


async def patient(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """As the daemon waits for a database that somebody else writes to (`monitor.threads`)."""
    while True:
        try:
            return call(*args, **kwargs)
        except BusyError:
            continue


async def test_it_is_heard_though_the_database_was_locked_just_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear, tries = world.store.hear_statement, []

    def locked_at_first(*args: Any, **kwargs: Any) -> bool:
        tries.append(args)
        if len(tries) == 1:
            raise BusyError("another program writes")
        return hear(*args, **kwargs)

    monkeypatch.setattr(world.store, "hear_statement", locked_at_first)
    world.respond._db = cast("Run", patient)
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await spoken(world)

    assert world.told[-1] == "statement.seen"
    assert len(tries) == 2


async def test_what_was_said_before_it_was_an_incident_is_heard_then(world: World) -> None:
    await world.start()
    await spoken(world)
    assert world.told == []
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await world.respond.step(NOON + 2 * MINUTE)
    assert world.told[-1] == "statement.seen"


async def test_a_post_about_something_else_is_kept_and_stops_nothing(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await spoken(world, "Fly to Rome with us from June!")
    assert "statement.seen" not in world.told
    assert world.rows("SELECT incident_id FROM statements") == [(None,)]
    assert world.rows("SELECT statement_at FROM incidents") == [(None,)]


async def test_an_edited_statement_is_read_again(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await spoken(world)
    better = f"{SPOKE} We will publish our report by Friday."
    await spoken(world, better)
    [(checks,)] = world.rows("SELECT checks FROM statements")
    assert json.loads(str(checks))["when"] is True


async def test_so_is_one_of_which_the_title_says_more_by_now(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await spoken(world, title="A statement")
    await spoken(world, title="We will publish our report by Friday.")
    [(checks,)] = world.rows("SELECT checks FROM statements")
    assert json.loads(str(checks))["when"] is True
    await spoken(world, f"{SPOKE} Call us.", title="We will publish our report by Friday.")
    [(checks,)] = world.rows("SELECT checks FROM statements")
    assert json.loads(str(checks))["when"] is True


async def test_a_statement_recorded_by_hand_is_read_as_well(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    said = Answer(verb="statement", actor="ann", text=SPOKE)
    answer.take(world.store, world.settings, 1, said, now=NOON)
    [(checks,)] = world.rows("SELECT checks FROM statements")
    assert json.loads(str(checks))["next"] is False
    [(text,)] = world.rows("SELECT body FROM alerts WHERE type = 'statement.seen'")
    assert json.loads(str(text))["data"]["statement"]["lacks"] == ["what happens next", "by when"]


def while_it_is_compared(
    world: World, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]
) -> None:
    """Another process writes between the look at the open incidents and the answer."""
    seen, due = world.store.evidence, [happens]

    def evidence(incident_id: int, limit: int) -> Any:
        found = seen(incident_id, limit)
        if due:
            due.pop()()
        return found

    monkeypatch.setattr(world.store, "evidence", evidence)


async def test_a_statement_is_not_heard_of_an_incident_that_is_merged_away_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that took it in would go on waiting for a statement."""
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    await world.see(item(2, "leaked memo redragged victims paid Meridian Air", ago=MINUTE))
    assert world.rows("SELECT count(*) FROM incidents") == [(2,)]

    def merge() -> None:
        repair = Repair(store=world.store, settings=world.settings, growth=GrowthModel.default())
        repair.merge(2, 1, hand=Hand(actor="ann", at=NOON + MINUTE))

    while_it_is_compared(world, monkeypatch, merge)
    await spoken(world)
    await world.respond.step(NOON + 2 * MINUTE)

    assert world.rows("SELECT incident_id FROM statements") == [(2,)]
    assert world.rows("SELECT id, statement_at IS NOT NULL FROM incidents") == [(1, 0), (2, 1)]
    assert world.told.count("statement.seen") == 1


async def test_a_statement_that_is_taken_back_meanwhile_is_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, ago=MINUTE))
    connection = world.store._connection
    while_it_is_compared(
        world, monkeypatch, lambda: blank(connection, "s", source_id=1, at=time_text(NOON))
    )
    await spoken(world)

    assert "statement.seen" not in world.told
    assert world.rows("SELECT statement_at FROM incidents") == [(None,)]
