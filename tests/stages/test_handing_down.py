"""An acknowledged incident becomes part of another: by the monitor itself, and by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.answers import Answer
from monitor.core.filing import NewAction
from monitor.core.growth import GrowthModel
from monitor.core.repairs import Hand
from monitor.core.stories import Merge
from monitor.core.types import Incident, Level, Status
from monitor.stages import answer
from monitor.stages.inheriting import hand_down
from monitor.stages.repair import Repair
from monitor.stages.running import Run
from tests.stages.conftest import NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

TEXTS = (
    "Meridian Air crew bedragged grandmother",
    "tarmac pilot outdragged luggage cart somebody Meridian Air",
    "leaked memo redragged victims paid Meridian Air",
)
MINUTE = timedelta(minutes=1)


async def stories(world: World, many: int = 2) -> None:
    """As many incidents, each of one post, numbered from 1."""
    await world.start()
    for number, text in enumerate(TEXTS[:many], start=1):
        await world.see(item(number, text))
    assert world.rows("SELECT count(*) FROM incidents") == [(many,)]
    world.events.clear()


def say(world: World, verb: str, number: int, text: str = "") -> None:
    said = Answer(verb=verb, actor="kim", text=text)
    answer.take(world.store, SETTINGS, number, said, now=world.clock.forward(MINUTE))


async def merge(world: World, *pairs: tuple[int, int]) -> None:
    """The merging pass finds that these stories are one: (kept, gone)."""
    world.assess._tracker._stories.merge = lambda now: tuple(
        Merge(brand="Meridian Air", kept=kept, gone=gone, how="similar 0.30")
        for kept, gone in pairs
    )
    await world.assess.step(world.clock.forward(11 * MINUTE))


def by_hand(world: World, kept: int, gone: int) -> None:
    repair = Repair(store=world.store, settings=SETTINGS, growth=GrowthModel.default())
    repair.merge(kept, gone, hand=Hand(actor="ann", at=world.clock.forward(MINUTE)))


def incident(world: World, number: int = 1) -> Incident:
    found = world.store.incident(number)
    assert found is not None
    return found


def lower(world: World, number: int, level: Level) -> None:
    world.store._connection.execute(
        "UPDATE incidents SET level = ?, alerted_level = ? WHERE id = ?",
        (level.label, level.label, number),
    )


async def test_the_acknowledgement_holds_for_the_survivor_and_says_whose_it_is(world: World):
    await stories(world)
    say(world, "acknowledge", 2)
    await merge(world, (1, 2))

    survivor = incident(world)
    assert (survivor.status.value, survivor.acknowledged_by) == ("acknowledged", "kim")
    assert ("kim", "acknowledge", "from incident 2: acknowledged by kim") in world.rows(
        "SELECT actor, verb, text FROM actions WHERE incident_id = 1"
    )
    assert world.told == ["incident.merged", "incident.acknowledged"]
    [(body,)] = world.rows(
        "SELECT body FROM alerts WHERE incident_id = 1 AND type = 'incident.acknowledged'"
    )
    assert json.loads(str(body))["data"]["reason"] == (
        "Acknowledged by kim as incident 2, which is part of this one now."
    )


@pytest.mark.parametrize("by", ["monitor", "hand"])
async def test_what_is_told_of_the_one_that_goes_is_its_own(world: World, by: str):
    """Not the other's words, nor a risk that nothing explains."""
    await stories(world)
    if by == "monitor":
        await merge(world, (1, 2))
    else:
        by_hand(world, 1, 2)

    [(body,)] = world.rows("SELECT body FROM alerts WHERE type = 'incident.merged'")
    told = json.loads(str(body))["data"]
    assert [one["text"] for one in told["evidence"]] == [TEXTS[1]]
    assert TEXTS[1] in told["brief"]
    why = {part["name"]: part["value"] for part in told["why"]}
    assert why["alarm"] > 0 == why.get("other", 0)


@pytest.mark.parametrize(
    ("verb", "text"), [("acknowledge", ""), ("assign", "li"), ("note", "all are safe")]
)
async def test_what_is_said_to_it_while_the_two_are_being_joined_is_not_lost(
    world: World, verb: str, text: str
) -> None:
    """Words and cases are looked for in between, which takes seconds; then all is done again."""
    await stories(world)
    saying = [lambda: say(world, verb, 2, text)]

    async def db(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if call == world.assess._record and saying:
            saying.pop()()
        return call(*args, **kwargs)

    world.assess._db = cast("Run", db)
    await merge(world, (1, 2))
    assert incident(world, 2).status.is_live
    await merge(world, (1, 2))

    assert incident(world, 2).status is Status.MERGED
    survivor = incident(world)
    assert survivor.acknowledged_by == ("kim" if verb == "acknowledge" else None)
    assert survivor.assigned_to == ("li" if verb == "assign" else None)
    assert (survivor.facts_at is not None) is (verb == "note")
    assert world.told.count("incident.merged") == 1


async def test_nobody_is_reminded_of_it_then(world: World):
    await stories(world)
    say(world, "acknowledge", 2)
    await merge(world, (1, 2))
    world.events.clear()
    await world.respond.step(world.clock.forward(20 * MINUTE))

    # Of what is known people are reminded: nobody has noted it.
    told = [event.reason for event in world.events]
    assert told == ["Nobody noted what is known within 15 minutes."]


async def test_what_people_know_at_a_level_is_not_told_as_a_rise_of_the_survivor(world: World):
    await stories(world)
    say(world, "acknowledge", 2)
    lower(world, 1, Level.WATCH)
    await merge(world, (1, 2))

    assert incident(world).level == incident(world, 2).level
    assert world.told == ["incident.merged", "incident.acknowledged"]


async def test_a_graver_survivor_waits_for_an_answer_of_its_own(world: World):
    await stories(world)
    lower(world, 2, Level.WATCH)
    say(world, "acknowledge", 2)
    await merge(world, (1, 2))

    survivor = incident(world)
    assert survivor.status.value == "open"
    assert survivor.acknowledged_by is None
    [(actor, note)] = world.rows("SELECT actor, text FROM actions WHERE verb = 'take over'")
    assert actor == "monitor"
    assert "not its acknowledgement: kim had seen it at watch" in str(note)
    assert world.told == ["incident.merged"]


async def test_in_a_chain_the_last_one_has_it(world: World):
    await stories(world, 3)
    say(world, "acknowledge", 3)
    await merge(world, (2, 3), (1, 2))

    assert [incident(world, n).status.value for n in (1, 2, 3)] == [
        "acknowledged",
        "merged",
        "merged",
    ]


async def test_by_hand_it_is_the_same(world: World):
    await stories(world)
    say(world, "assign", 2, "li")
    say(world, "acknowledge", 2)
    by_hand(world, 1, 2)

    survivor = incident(world)
    assert (survivor.acknowledged_by, survivor.assigned_to) == ("kim", "li")
    assert (1, "incident.acknowledged") in world.rows("SELECT incident_id, type FROM alerts")


async def test_by_hand_too_a_rise_that_people_know_is_none(world: World):
    await stories(world)
    say(world, "acknowledge", 2)
    lower(world, 1, Level.WATCH)
    by_hand(world, 1, 2)

    told = world.rows("SELECT type FROM alerts WHERE incident_id = 1 ORDER BY id")
    assert told == [("incident.opened",), ("incident.acknowledged",)]


async def test_one_that_nobody_touched_leaves_no_line(world: World):
    await stories(world)
    await merge(world, (1, 2))

    assert world.told == ["incident.merged"]
    assert world.rows("SELECT verb FROM actions") == [("merge",)]


def test_what_went_nowhere_leaves_nothing(store: SqliteStore):
    """Of a story that people took apart meanwhile no incident may be left."""
    world = World(store=store)
    lost = Incident(
        id=9,
        brand="Meridian Air",
        title="x",
        status=Status.MERGED,
        level=Level.WATCH,
        severity=1.0,
        risk=0.3,
        opened_at=NOON,
        first_seen_at=NOON,
        last_seen_at=NOON,
    )
    gone = NewAction(incident_id=9, at=NOON, actor="monitor", verb="merge")
    assert hand_down(world.store, SETTINGS, [(lost, gone, ())]) == ()
