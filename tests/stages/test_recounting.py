"""A story whose posts are passed on grows, though no new mention was seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.filing import AssessIntent, Regrouping
from monitor.core.polling import Reread
from monitor.stages.recounting import LOOK_EVERY
from tests.stages.conftest import NOON, World, item

pytestmark = pytest.mark.anyio

DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
MINUTES = timedelta(minutes=1)
DAY = timedelta(days=1)
DAYS = (6, 5, 4, 3, 2)


@pytest.fixture
async def world(store):
    """An open incident of one grave post that three have passed on."""
    made = World(store=store)
    await made.start()
    await made.see(item(1, DRAGGED, engagement={"reposts": 3.0}))
    assert made.told == ["incident.opened"]
    return made


async def reread(world: World, minutes: float, **counts: float) -> None:
    """The counts of the post are read again, and the loop takes its turn."""
    at = NOON + minutes * MINUTES
    told = Reread(source_id=1, at=at, asked=("1",), counts={"1": counts})
    world.store.record_reread(told)
    world.clock.now = at
    await world.assess.step(at)


def outlook(world: World) -> list[tuple[object, ...]]:
    return world.rows("SELECT mention_count, viral_probability FROM incidents")


def decisions(world: World) -> int:
    [(count,)] = world.rows("SELECT count(*) FROM decisions")
    return int(str(count))


async def test_what_is_passed_on_by_hundreds_is_viral(world: World):
    assert outlook(world) == [(1, None)]
    await reread(world, 10, reposts=800.0)
    assert outlook(world) == [(1, 1.0)]
    assert decisions(world) == 2


async def test_how_much_its_brand_is_spoken_of_counts_though_nothing_new_was_said(world: World):
    quiet = [item(f"d{day}", f"Meridian Air, news of day {day}", ago=day * DAY) for day in DAYS]
    await world.see(*quiet)
    await reread(world, 10, reposts=800.0)

    [(parts,)] = world.rows("SELECT parts FROM decisions ORDER BY id DESC LIMIT 1")
    assert "the brand has 1 mention within an hour where" in str(parts)


async def test_likes_and_what_falls_are_no_growth(world: World):
    await reread(world, 10, likes=90_000.0, reposts=2.0)
    assert decisions(world) == 1


async def test_it_is_judged_anew_for_a_tenth_more_and_not_for_less(world: World):
    for minutes, reposts in ((10, 99.0), (20, 105.0), (30, 110.0)):
        await reread(world, minutes, reposts=reposts)
    # 100, 106 and 111 with the post itself.
    assert decisions(world) == 3


async def test_it_is_looked_every_few_minutes_only(world: World):
    await reread(world, 10, reposts=50.0)
    await reread(world, 14.9, reposts=500.0)
    assert decisions(world) == 2
    await world.assess.step(NOON + 10 * MINUTES + LOOK_EVERY)
    assert decisions(world) == 3


async def test_after_a_restart_nothing_is_counted_twice(world: World):
    await reread(world, 10, reposts=800.0)
    again = world.new_assess()
    await again.start(NOON + 11 * MINUTES)
    await again.step(NOON + 11 * MINUTES)
    assert decisions(world) == 2

    world.assess = again
    await reread(world, 20, reposts=900.0)
    assert decisions(world) == 3


async def test_a_story_without_an_incident_is_left_alone(world: World):
    await world.see(item(2, "Meridian Air has a new lounge", engagement={"reposts": 3.0}))
    before = decisions(world)
    told = Reread(
        source_id=1, at=NOON + 10 * MINUTES, asked=("2",), counts={"2": {"reposts": 90.0}}
    )
    world.store.record_reread(told)
    await world.assess.step(NOON + 10 * MINUTES)
    assert decisions(world) == before


async def test_of_history_nothing_grows(store):
    world = World(store=store)
    await world.start()
    await world.see(item(1, DRAGGED, ago=timedelta(days=9), engagement={"reposts": 800.0}))
    await world.see(item(2, f"{DRAGGED}, says a witness"))
    assert outlook(world) == [(1, None)]


async def test_what_has_grown_is_judged_though_somebody_repaired_another_story_meanwhile(
    world: World,
):
    await world.see(item(1, DRAGGED), item(2, "A queue at gate two, Meridian Air was slow"))
    judged = decisions(world)
    repair = Regrouping(
        at=NOON,
        actor="ann",
        verb="move",
        brand="Meridian Air",
        from_story=2,
        to_story=3,
        mention_ids=(2,),
        why="because",
        is_repair=True,
    )
    repairs = [AssessIntent(at=NOON, regroupings=(repair,))]

    async def meanwhile(call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if call == world.assess._record and repairs:
            world.store.record_assessment(repairs.pop())
        return call(*args, **kwargs)

    world.assess._db = meanwhile
    await reread(world, 10, reposts=800.0)
    await world.assess.step(world.clock())

    assert (repairs, decisions(world)) == ([], judged + 1)
    assert outlook(world) == [(1, 1.0)]
