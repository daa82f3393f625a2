"""From due sources to stored mentions, whatever the sources send."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from monitor.core.polling import (
    FeedDocument,
    FetchFailed,
    FetchResult,
    RawItem,
    Request,
    SourceHealth,
)
from monitor.core.settings import Brand, SourceSettings
from tests.fakes import NOT_MODIFIED, page
from tests.stages.conftest import FEED, NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

OTHER = "https://feeds.example/b"
ELSEWHERE = "https://elsewhere.example/c"


def several() -> tuple[SourceSettings, ...]:
    every = timedelta(minutes=5)
    return tuple(
        SourceSettings(name=name, kind="feed", url=url, every=every)
        for name, url in (("a", FEED), ("b", OTHER), ("c", ELSEWHERE))
    )


def state(world: World, name: str = "a"):
    return next(state for state in world.store.source_states() if state.name == name)


async def test_mentions_are_stored_and_the_readers_woken(world: World):
    await world.start()
    world.reader.page("page", item(1, "Meridian Air is late"), item(2, "nothing to see"))
    world.fetcher.answers(FEED, page("page", etag='"1"'))
    await world.poll.round(NOON, everything=False)

    assert world.rows("SELECT text, matched_by FROM mentions") == [
        ("Meridian Air is late", "Meridian Air")
    ]
    assert world.woken == 1
    assert state(world).etag == '"1"'
    assert state(world).next_poll_at == NOON + timedelta(minutes=5)
    assert ("polled", "a", "ok") in world.telemetry.counted
    assert ("mentioned", "a", "Meridian Air") in world.telemetry.counted


async def test_nothing_is_taken_in_twice(world: World):
    await world.start()
    await world.see(item(1, "Meridian Air is late"))
    await world.see(item(1, "Meridian Air is late"))

    assert world.rows("SELECT count(*) FROM mentions") == [(1,)]
    assert world.woken == 1


async def test_a_repost_that_names_no_brand_is_of_that_of_its_original(world: World):
    await world.start()
    original = item(1, "Meridian Air is late")
    cut = [replace(item(n, "RT @a: Meri"), repost_of=original.native_id) for n in (2, 3)]
    unknown = replace(item(4, "RT @b: Meri"), repost_of="never seen")
    await world.see(cut[0], unknown, original)
    await world.see(cut[0], unknown, original, cut[1])

    assert world.rows("SELECT native_id, text, repost_of FROM mentions ORDER BY native_id") == [
        (original.native_id, "Meridian Air is late", None),
        (cut[0].native_id, "Meridian Air is late", original.native_id),
        (cut[1].native_id, "Meridian Air is late", original.native_id),
    ]


WORDS = "Meridian Air sold the tickets of a family of four a second time"


def shown_anew(number: int, *, words: str = WORDS, author: str | None = "News desk") -> RawItem:
    """What a proxy makes of an entry at every poll: nothing but its words stays."""
    at, link = timedelta(minutes=-5 * number), f"https://proxy.example/{number}"
    return item(f"guid {number}", words, ago=at, url=link, author=author)


@pytest.mark.parametrize("author", ["News desk", None])
async def test_an_entry_that_comes_with_other_id_link_and_date_at_every_poll_is_one_mention(
    world: World, author: str | None
):
    await world.start()
    for number in range(5):
        await world.see(shown_anew(number, author=author), item(9, "Meridian Air is late"))
        world.clock.forward(timedelta(minutes=5))

    assert world.rows("SELECT native_id, text FROM mentions ORDER BY id") == [
        ("guid 4", WORDS),
        ("9", "Meridian Air is late"),
    ]


async def test_the_same_words_are_told_again_once_the_first_entry_was_gone(world: World):
    await world.start()
    await world.see(shown_anew(1))
    await world.see(item(9, "Meridian Air is late"))
    await world.see(shown_anew(2))

    assert world.rows("SELECT count(*) FROM mentions WHERE native_id GLOB 'guid*'") == [(2,)]


@pytest.mark.parametrize("authors", [("Ann", "Bob"), (None, None)])
async def test_short_words_of_two_customers_are_two_mentions(
    world: World, authors: tuple[str | None, str | None]
):
    await world.start()
    for number, author in enumerate(authors):
        await world.see(shown_anew(number, words="Meridian Air down again", author=author))

    assert world.rows("SELECT count(*) FROM mentions") == [(2,)]


CASTELL = Brand(name="Castell Bank", aliases=("Castell Bank",))


async def watch(world: World, *brands: Brand) -> None:
    """As a reload does: the same database, other settings."""
    world.settings = replace(world.settings, brands=brands)
    world.__post_init__()
    await world.start()


async def test_old_news_of_a_brand_that_is_added_later_are_history(world: World):
    [meridian] = world.settings.brands
    await world.start()
    old, recent = (f"Castell Bank robs its customers, {n}" for n in ("1", "2"))
    shown = (
        item(1, "Meridian Air is late"),
        item(2, old, published_at=NOON - timedelta(days=20)),
        item(3, recent, published_at=NOON - timedelta(hours=3)),
    )
    await world.see(*shown)
    await watch(world, meridian, CASTELL)
    await world.see(*shown)
    found = "SELECT native_id, history FROM mentions WHERE brand = 'Castell Bank' ORDER BY 1"
    assert world.rows(found) == [("2", 1), ("3", 0)]

    late = item(4, "Castell Bank fined", published_at=NOON - timedelta(days=2))
    await world.see(*shown, late)
    assert world.rows(found) == [("2", 1), ("3", 0), ("4", 0)]


async def test_what_was_said_while_the_monitor_was_off_is_news_though_names_were_added(
    world: World,
):
    [meridian] = world.settings.brands
    await world.start()
    await world.see(item(1, "Meridian Air is late"))
    world.clock.forward(timedelta(days=3))
    await watch(world, meridian, CASTELL)
    await world.see(
        item(2, "Meridian Air crew hurt a child", published_at=NOON + timedelta(days=1))
    )
    assert world.rows("SELECT native_id, history FROM mentions") == [("1", 0), ("2", 0)]


async def test_a_feed_that_did_not_change_is_asked_in_full_when_names_were_added(world: World):
    [meridian] = world.settings.brands
    await world.start()
    world.reader.page("page", item(1, "Castell Bank fined"))
    world.fetcher.answers(FEED, page("page", etag='"1"'))
    await world.poll.round(NOON, everything=True)
    await world.poll.round(NOON, everything=True)
    await watch(world, meridian, CASTELL)
    await world.poll.round(NOON, everything=True)
    await world.poll.round(NOON, everything=True)

    asked = [bool(request.headers.get("If-None-Match")) for request in world.fetcher.asked]
    assert asked == [False, True, False, True]
    assert world.rows("SELECT brand FROM mentions") == [("Castell Bank",)]


async def test_a_feed_that_gives_all_its_entries_new_ids_brings_nothing_new(world: World):
    await world.start()
    old = item(1, "Meridian Air is late")
    await world.see(old)
    await world.see(replace(old, native_id="?p=1"))

    assert world.rows("SELECT native_id FROM mentions") == [("?p=1",)]


async def test_a_304_leaves_all_as_it_was(world: World):
    await world.start()
    world.fetcher.answers(FEED, NOT_MODIFIED)
    await world.poll.round(NOON, everything=False)

    assert state(world).last_success_at == NOON
    assert world.rows("SELECT outcome, items FROM polls") == [("not modified", 0)]


async def test_the_brands_own_posts_are_statements(world: World):
    await world.start()
    await world.see(item(1, "We at Meridian Air are sorry", author="@MeridianAir"))

    assert world.rows("SELECT text FROM statements") == [("We at Meridian Air are sorry",)]
    assert world.rows("SELECT count(*) FROM mentions") == [(0,)]


async def test_what_is_no_feed_is_a_failure_in_plain_words(world: World):
    await world.start()
    world.fetcher.answers(FEED, page("a page nobody knows", etag='"x"'))
    await world.poll.round(NOON, everything=False)

    assert state(world).state is SourceHealth.FAILING
    assert "looks like HTML" in state(world).note
    assert state(world).etag is None


async def test_what_a_poll_left_out_stands_in_the_status_and_in_the_log(world: World):
    await world.start()
    world.reader.document("page", FeedDocument(items=(), dropped=39_500, warning="broken feed"))
    world.fetcher.answers(FEED, page("page"))
    with capture_logs() as told:
        await world.poll.round(NOON, everything=False)

    assert state(world).state is SourceHealth.HEALTHY
    assert state(world).note.endswith("; broken feed; 39,500 older entries left out")
    [line] = [line for line in told if line["event"] == "poll"]
    assert line["note"] == state(world).note


async def test_a_bug_in_reading_one_source_costs_that_source_alone(store):
    world = World(store=store, settings=replace(SETTINGS, sources=several()))
    await world.start()
    world.reader.page("page", item(1, "Meridian Air is late"))
    world.fetcher.answers(FEED, ZeroDivisionError("oops"))
    world.fetcher.answers(OTHER, page("page", url=OTHER))
    await world.poll.round(NOON, everything=False)

    assert state(world, "a").state is SourceHealth.FAILING
    assert "internal error: ZeroDivisionError" in state(world, "a").note
    assert world.rows("SELECT count(*) FROM mentions") == [(1,)]


async def test_a_host_that_asks_to_wait_is_asked_by_none_of_its_sources(store):
    world = World(store=store, settings=replace(SETTINGS, sources=several()))
    await world.start()
    world.fetcher.answers(FEED, FetchFailed(reason="too many requests", status=429))
    [first] = [one for one in store.due_sources(NOON) if one.name == "a"]
    await world.poll.poll(first, NOON)

    assert state(world, "a").state is SourceHealth.THROTTLED
    due = {one.name for one in store.due_sources(NOON + timedelta(minutes=5))}
    assert due == {"c"}, "b lives on the host that asked us to wait"
    assert state(world, "b").note == (
        "not asked yet; next at 2026-11-22 12:10:00Z "
        "because a, of the same host, was asked to wait"
    )


async def test_the_next_poll_is_written_before_the_request(world: World):
    await world.start()
    seen = []

    class Watching:
        async def fetch(self, request: Request) -> FetchResult:
            seen.append(state(world).next_poll_at)
            return FetchFailed(reason="down")

    world.poll._fetcher = Watching()
    await world.poll.round(NOON, everything=False)

    assert seen == [NOON + timedelta(minutes=5)]


async def test_a_slow_source_is_not_asked_twice_and_holds_up_no_other(store):
    world = World(store=store, settings=replace(SETTINGS, sources=several()))
    await world.start()
    gate = asyncio.Event()
    asked = []

    class Slow:
        async def fetch(self, request: Request) -> FetchResult:
            asked.append(request.url)
            if request.url == FEED:
                await gate.wait()
            return FetchFailed(reason="down")

    world.poll._fetcher = Slow()
    await world.poll.step(NOON)
    await asyncio.sleep(0)
    later = NOON + timedelta(hours=1)
    await world.poll.step(later)
    await asyncio.sleep(0)

    assert asked.count(FEED) == 1
    assert ELSEWHERE in asked
    await world.poll.close()
    assert world.poll._running == {}


async def test_the_end_waits_until_the_polls_in_flight_have_let_go(world: World):
    let_go = []

    class Endless:
        async def fetch(self, request: Request) -> FetchResult:
            try:
                await asyncio.Event().wait()
                return FetchFailed(reason="down")
            finally:
                await asyncio.sleep(0)
                let_go.append(request.url)

    await world.start()
    world.poll._fetcher = Endless()
    await world.poll.step(NOON)
    for _ in range(9):
        await asyncio.sleep(0)
    await world.poll.close()
    assert let_go == [FEED]


async def test_a_poll_that_cannot_be_written_takes_the_daemon_down(world: World):
    await world.start()

    def broken(*args: object, **kwargs: object) -> int:
        raise OSError("disk full")

    world.store.record_poll = broken
    await world.poll.step(NOON)
    await asyncio.sleep(0.01)

    with pytest.raises(OSError, match="disk full"):
        await world.poll.step(NOON)


async def test_a_source_taken_out_of_the_configuration_is_not_asked(world: World):
    await world.start()
    left = state(world)
    world.poll.settings = replace(SETTINGS, sources=())
    await world.poll.poll(left, NOON)
    await world.poll.round(NOON, everything=True)

    assert world.fetcher.asked == []


async def test_validators_are_sent_back(world: World):
    await world.start()
    world.reader.page("page")
    world.fetcher.answers(FEED, page("page", etag='"v1"'))
    await world.poll.round(NOON, everything=True)
    await world.poll.round(NOON, everything=True)

    assert "if-none-match" not in {name.lower() for name in world.fetcher.asked[0].headers}
    assert world.fetcher.asked[1].headers["If-None-Match"] == '"v1"'


async def test_what_a_host_asks_of_one_source_holds_for_one_that_is_being_asked_meanwhile(store):
    world = World(store=store, settings=replace(SETTINGS, sources=several()))
    await world.start()
    refused = FetchFailed(reason="too many requests", status=429)
    world.fetcher.answers(FEED, refused)
    world.reader.page("page", item(1, "Meridian Air is late"))
    world.fetcher.answers(OTHER, page("page", url=OTHER))
    first, second, *_ = store.due_sources(NOON)
    fetch = world.fetcher.fetch

    async def slowly(request: Request) -> FetchResult:
        if request.url == OTHER:
            await world.poll.poll(first, NOON)
        return await fetch(request)

    world.fetcher.fetch = slowly
    await world.poll.poll(second, NOON)

    assert state(world, "b").state is SourceHealth.HEALTHY
    assert state(world, "b").next_poll_at == state(world, "a").next_poll_at
    assert state(world, "b").note.endswith("because a, of the same host, was asked to wait")
    assert {one.name for one in store.due_sources(NOON + timedelta(minutes=9))} == {"c"}
