"""Blind is not quiet: sources that fail, sources that answer and bring nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.query_status import status
from monitor.core.polling import PollIntent, RawItem
from monitor.core.settings import SourceSettings
from tests.fakes import page
from tests.stages.conftest import FEED, NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
START = NOON - timedelta(days=14)


def told(world: World, type_: str) -> list[dict[str, object]]:
    rows = world.rows("SELECT type, body FROM alerts ORDER BY id")
    return [json.loads(str(body))["data"] for type_told, body in rows if type_told == type_]


async def a_fortnight_of_news(world: World, *, kind: str = "feed") -> None:
    """One mention each hour until noon, asked for every hour."""
    world.clock.now = START
    await world.start()
    while world.clock() <= NOON:
        await once(world, item(str(world.clock()), "Meridian Air", published_at=world.clock()))
        world.clock.forward(HOUR)
    world.clock.now = NOON


async def once(world: World, *items: RawItem) -> None:
    """One poll that brings these."""
    world.reader.page("page", *items)
    world.fetcher.answers(FEED, page("page"))
    await world.poll.round(world.clock(), everything=True)


async def test_a_source_that_answers_and_brings_nothing_is_told_as_blind_and_as_recovered(
    world: World,
):
    await a_fortnight_of_news(world)
    for _ in range(24):
        world.clock.forward(HOUR)
        await once(world)
        await world.respond.step(world.clock())

    [blind] = told(world, "source.blind")
    assert str(blind["reason"]).startswith("nothing new came for 10h")
    assert blind["state"] == "healthy"
    [seen] = status(world.store._connection, now=world.clock())["sources"]
    assert seen["state"] == "stale"
    assert seen["note"].startswith("nothing new came for 1d; its history")

    world.clock.forward(HOUR)
    await once(world, item("news", "Meridian Air again"))
    await world.respond.step(world.clock())
    assert [one["source"] for one in told(world, "source.recovered")] == ["a"]
    [seen] = status(world.store._connection, now=world.clock())["sources"]
    assert seen["state"] == "healthy"


async def test_a_monitor_that_was_off_for_a_while_does_not_blame_its_sources(world: World):
    await a_fortnight_of_news(world)
    world.clock.forward(timedelta(days=3))
    await world.respond.step(world.clock())

    assert [one["reason"] for one in told(world, "source.blind")] == [
        f"no success for 3d: {world.store.source_states()[0].note}"
    ]


async def test_news_are_counted_every_five_minutes_only(world: World):
    await world.start()
    asked = []
    counted = world.store.news_times

    def counting(source_id, **given):
        asked.append(source_id)
        return counted(source_id, **given)

    world.store.news_times = counting
    for seconds in (0, 2, 299, 300, 302):
        await world.respond.step(NOON + timedelta(seconds=seconds))
    assert len(asked) == 2


async def test_what_is_pushed_can_be_silent_though_it_is_never_asked(store):
    pushed = SourceSettings(name="a", kind="push", url="push:a", every=HOUR)
    world = World(store=store, settings=replace(SETTINGS, sources=(pushed,)))
    await world.start()
    [state] = store.source_states()
    for hours in range(14 * 24):
        at = START + hours * HOUR
        store.record_poll(
            PollIntent(
                source=replace(state, last_success_at=at),
                at=at,
                outcome="ok",
                status=None,
                seconds=0.0,
                new=1,
            )
        )
    await world.respond.step(NOON)
    assert told(world, "source.blind") == []
    await world.respond.step(NOON + 24 * HOUR)
    [blind] = told(world, "source.blind")
    assert str(blind["reason"]).startswith("nothing new came for 1d")
    [seen] = status(store._connection, now=NOON + 24 * HOUR)["sources"]
    assert seen["state"] == "stale"
