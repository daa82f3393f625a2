"""Blind is not quiet: sources that fail, sources that answer and bring nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.query_status import status
from monitor.adapters.rows import time_text
from monitor.core.outbox import Coverage
from monitor.core.polling import FetchResult, PollIntent, RawItem
from monitor.core.settings import SourceSettings
from monitor.stages.announce import coverage_of
from tests.fakes import NOT_MODIFIED, page
from tests.stages.conftest import FEED, NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
START = NOON - timedelta(days=14)


def told(world: World, type_: str) -> list[dict[str, object]]:
    rows = world.rows("SELECT type, body FROM alerts ORDER BY id")
    return [json.loads(str(body))["data"] for type_told, body in rows if type_told == type_]


async def a_fortnight_of_news(world: World, *, of: str = "Meridian Air") -> RawItem:
    """One post each hour until noon, asked for every hour; the last of them."""
    world.clock.now = START
    await world.start()
    while world.clock() <= NOON:
        post = item(str(world.clock()), of, published_at=world.clock())
        await once(world, post)
        world.clock.forward(HOUR)
    world.clock.now = NOON
    return post


async def hours_of(world: World, hours: int, *posts: RawItem, answer: FetchResult | None = None):
    """The same document each hour, or the same answer."""
    for _ in range(hours):
        world.clock.forward(HOUR)
        await once(world, *posts, answer=answer)
        await world.respond.step(world.clock())


async def once(world: World, *items: RawItem, answer: FetchResult | None = None) -> None:
    """One poll that brings these."""
    world.reader.page("page", *items)
    world.fetcher.answers(FEED, answer or page("page"))
    await world.poll.round(world.clock(), everything=True)


async def test_a_source_that_answers_and_brings_nothing_is_told_as_blind_and_as_recovered(
    world: World,
):
    await a_fortnight_of_news(world)
    await hours_of(world, 24)
    assert told(world, "source.blind") == []
    await hours_of(world, 24)

    [blind] = told(world, "source.blind")
    assert blind["reason"] == "nothing new came for 1d 1h; its history allows 1d"
    assert blind["state"] == "healthy"
    [seen] = status(world.store._connection, now=world.clock())["sources"]
    assert seen["state"] == "stale"
    assert seen["state_since"] == time_text(NOON)
    assert seen["note"].startswith("nothing new came for 2d; its history allows 1d; ok; next at")
    assert coverage_of(world.store.source_states()) == Coverage(healthy=(), stale=("a",))

    await hours_of(world, 1, item("news", "Meridian Air again"))
    assert [one["source"] for one in told(world, "source.recovered")] == ["a"]
    [seen] = status(world.store._connection, now=world.clock())["sources"]
    assert seen["state"] == "healthy"
    assert coverage_of(world.store.source_states()) == Coverage(healthy=("a",), stale=())


@pytest.mark.parametrize("answer", [None, NOT_MODIFIED])
async def test_a_feed_that_shows_the_same_old_document_is_blind_whoever_it_speaks_of(
    world: World, answer: FetchResult | None
):
    last = await a_fortnight_of_news(world, of="nobody we know")
    assert world.rows("SELECT count(*) FROM mentions") == [(0,)]
    await hours_of(world, 30, last, answer=answer)
    [blind] = told(world, "source.blind")
    assert blind["reason"] == "nothing new came for 1d 1h; its history allows 1d"


async def test_a_source_that_ceases_to_speak_of_a_brand_is_not_blind(world: World):
    await a_fortnight_of_news(world)
    for hours in range(100):
        await hours_of(world, 1, item(f"other {hours}", "nobody we know"))
    assert told(world, "source.blind") == []


async def test_a_source_that_is_dead_for_months_does_not_seem_to_recover(world: World):
    last = await a_fortnight_of_news(world)
    await hours_of(world, 26, last)
    for _ in range(60):
        world.clock.forward(timedelta(days=1))
        await once(world, last)
        await world.respond.step(world.clock())
    assert len(told(world, "source.blind")) == 1
    assert told(world, "source.recovered") == []
    # The log of polls is pruned all the same, but for the last news.
    assert world.rows("SELECT count(*) FROM polls WHERE NOT changed") <= [(31,)]


async def test_the_history_of_another_address_says_nothing_of_this_one(world: World):
    last = await a_fortnight_of_news(world)
    [source] = SETTINGS.sources
    moved = replace(source, url="https://feeds.example/elsewhere")
    world.store.sync_sources((moved,), now=world.clock())
    [state] = world.store.source_states()
    assert (state.shown, world.store.news_times(state.id, limit=100)) == ("", ())
    world.store.sync_sources((source,), now=world.clock())
    await hours_of(world, 30, last)
    assert told(world, "source.blind") == []


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
    world.clock.now = START - HOUR
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
    await world.respond.step(NOON + 20 * HOUR)
    assert told(world, "source.blind") == []
    await world.respond.step(NOON + 25 * HOUR)
    [blind] = told(world, "source.blind")
    assert str(blind["reason"]).startswith("nothing new came for 1d 2h")
    [seen] = status(store._connection, now=NOON + 25 * HOUR)["sources"]
    assert seen["state"] == "stale"
