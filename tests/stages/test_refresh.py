"""The counts of posts of open incidents are read again while they matter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.polling import FeedDocument, FetchFailed, NotModified
from monitor.core.settings import Secret, SourceSettings
from monitor.errors import FeedError
from monitor.sources import registry
from monitor.sources.kind import Kind, Refresh, bearer
from monitor.stages.ledger import Ledger
from monitor.stages.refresh import LEAVE_ALONE, LOOK_EVERY, Refreshing
from monitor.stages.running import inline
from tests.fakes import page
from tests.stages.conftest import FEED, NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
MINUTES = timedelta(minutes=1)
COUNTS = "https://feeds.example/counts?ids="


def ask(url: str, posts: Sequence[tuple[str, str | None]]) -> str:
    names = ",".join(sorted(name for name, _ in posts))
    return f"{COUNTS}{names}" if url == FEED else ""


def read(*_: object) -> dict[str, dict[str, float] | None]:
    raise NotImplementedError  # the reader of these tests is a fake


def read_page(page: object) -> FeedDocument:
    raise NotImplementedError


TALK = Kind(
    name="talk",
    ask=lambda ask: ask.url,
    read=read_page,
    searches=False,
    authorise=bearer,
    refresh=Refresh(at_once=2, ask=ask, read=read),
)
SOURCE = SourceSettings(name="a", kind="talk", url=FEED, every=5 * MINUTES)


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(registry.KINDS, "talk", TALK)


@pytest.fixture
async def world(talk, store):
    """An open incident of one grave post."""
    made = World(store=store, settings=replace(SETTINGS, sources=(SOURCE,)))
    await made.start()
    await made.see(item(1, DRAGGED, engagement={"likes": 3.0}))
    assert made.told == ["incident.opened"]
    made.fetcher.asked.clear()
    return made


def refreshing(world: World, ledger: Ledger | None = None) -> Refreshing:
    return Refreshing(
        settings=world.settings,
        store=world.store,
        fetcher=world.fetcher,
        reader=world.reader,
        ledger=ledger or Ledger(),
        db=inline,
        clock=world.clock,
    )


def answers(world: World, ids: str, **counts: object) -> None:
    named = {name.removeprefix("n"): value for name, value in counts.items()}
    world.fetcher.answers(f"{COUNTS}{ids}", page(json.dumps(named)))


def readings(world: World) -> list[tuple[object, ...]]:
    return world.rows("SELECT name, value, substr(seen_at, 12, 5) FROM engagement ORDER BY 3, 1")


async def test_each_reading_is_a_row(world: World):
    loop = refreshing(world)
    for minutes, likes in ((5, 40.0), (10, 400.0), (20, 400.0)):
        answers(world, "1", n1={"likes": likes, "reposts": 7.0})
        world.clock.now = NOON + minutes * MINUTES
        await loop.step(world.clock())

    assert readings(world) == [
        ("likes", 3.0, "12:00"),
        ("likes", 40.0, "12:05"),
        ("reposts", 7.0, "12:05"),
        ("likes", 400.0, "12:10"),
    ]
    assert len(world.fetcher.asked) == 3


async def test_a_post_is_asked_for_when_it_is_due_and_not_before(world: World):
    loop = refreshing(world)
    answers(world, "1", n1={"likes": 4.0})
    for minutes in range(45):
        world.clock.now = NOON + minutes * MINUTES
        await loop.step(world.clock())

    assert len(world.fetcher.asked) == 4, "after 5, 10, 20 and 40 minutes"


async def test_it_is_looked_now_and_then_only(world: World):
    loop = refreshing(world)
    await loop.step(NOON + 4.9 * MINUTES)
    await loop.step(NOON + 5 * MINUTES)
    assert world.fetcher.asked == []
    await loop.step(NOON + 4.9 * MINUTES + LOOK_EVERY)
    assert len(world.fetcher.asked) == 1


async def test_no_more_posts_are_asked_for_than_one_request_takes(world: World):
    await world.see(*(item(n, f"{DRAGGED}, says witness {n}") for n in (2, 3)))
    world.fetcher.asked.clear()
    await refreshing(world).step(NOON + 5 * MINUTES)

    [asked] = world.fetcher.asked
    assert asked.url.startswith(COUNTS)
    assert len(asked.url.removeprefix(COUNTS).split(",")) == 2


ALONE = replace(TALK, refresh=Refresh(at_once=1, ask=ask, read=read))
NOT_FOUND = FetchFailed(reason="the server answered 404 Not Found", status=404)


async def steps(loop: Refreshing, world: World, *minutes: int) -> None:
    for minute in minutes:
        world.clock.now = NOON + minute * MINUTES
        await loop.step(world.clock())


async def test_a_page_that_stays_away_is_taken_for_deleted_a_passing_404_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(registry.KINDS, "talk", ALONE)
    loop = refreshing(world)
    world.fetcher.answers(f"{COUNTS}1", NOT_FOUND)
    await steps(loop, world, 5, 10, 20, 40)
    answers(world, "1", n1={"likes": 4.0})
    await steps(loop, world, 80)
    world.fetcher.answers(f"{COUNTS}1", NOT_FOUND)
    await steps(loop, world, 160)
    assert world.rows("SELECT text FROM mentions") == [(DRAGGED,)]
    await steps(loop, world, 320)
    assert world.rows("SELECT text FROM mentions") == [("",)]


async def test_a_page_that_is_not_there_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(registry.KINDS, "talk", ALONE)
    await world.see(item(2, f"{DRAGGED}, says another witness"))
    world.fetcher.answers(f"{COUNTS}1", NOT_FOUND)
    answers(world, "2", n2={"likes": 9.0})
    await steps(refreshing(world), world, 5, 6)
    assert ("likes", 9.0, "12:06") in readings(world)


async def test_a_404_for_several_says_nothing_about_one(world: World):
    await world.see(item(2, f"{DRAGGED}, says another witness"))
    world.fetcher.answers(f"{COUNTS}1,2", NOT_FOUND)
    loop = refreshing(world)
    await steps(loop, world, 5, 80, 160, 320)
    assert ("",) not in world.rows("SELECT text FROM mentions")


async def test_a_post_that_is_gone_is_blanked(world: World):
    answers(world, "1", n1=None)
    await refreshing(world).step(NOON + 5 * MINUTES)

    assert world.rows("SELECT text, author FROM mentions") == [("", None)]
    assert world.store.followed(1) == ()


async def test_an_answer_about_other_posts_is_not_believed(world: World):
    answers(world, "1", n2={"likes": 9.0}, n3=None)
    await refreshing(world).step(NOON + 5 * MINUTES)

    assert readings(world) == [("likes", 3.0, "12:00")]


async def test_a_post_that_cannot_be_asked_for_is_left_for_later(world: World):
    other = replace(SOURCE, url="https://feeds.example/b")
    loop = refreshing(world)
    loop.settings = replace(SETTINGS, sources=(other,))
    world.clock.now = NOON + 5 * MINUTES
    await loop.step(world.clock())

    assert world.fetcher.asked == []
    assert world.store.followed(1)[0].asked_at == world.clock()


@pytest.mark.parametrize(
    "answer",
    [FetchFailed(reason="down", status=500), NotModified(headers={}), page("{}", url=FEED)],
)
async def test_a_source_that_fails_is_left_alone_for_a_while(world: World, answer, monkeypatch):
    if not isinstance(answer, FetchFailed | NotModified):

        async def fails(*_: object) -> None:
            raise FeedError("not an answer", wait_seconds=60)

        monkeypatch.setattr(world.reader, "counts", fails)
    world.fetcher.answers(f"{COUNTS}1", answer)
    loop = refreshing(world)
    at = NOON + 5 * MINUTES
    for now in (at, at + MINUTES, at + LEAVE_ALONE - MINUTES, at + LEAVE_ALONE):
        await loop.step(now)

    assert len(world.fetcher.asked) == 2
    assert readings(world) == [("likes", 3.0, "12:00")]


async def test_what_the_server_lets_us_ask_is_kept_for_the_polls(world: World):
    ledger = Ledger()
    headers = {
        "x-ratelimit-remaining": "5",
        "x-ratelimit-limit": "100",
        "x-ratelimit-reset": "900",
    }
    ledger.learn(("feeds.example", ""), headers, now=NOON)
    await refreshing(world, ledger).step(NOON + 5 * MINUTES)

    assert world.fetcher.asked == []


async def test_what_it_says_is_learnt_and_credentials_go_out(world: World):
    ledger = Ledger()
    loop = refreshing(world, ledger)
    loop.settings = replace(SETTINGS, sources=(replace(SOURCE, token=Secret("hunter2")),))
    gone = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "900"}
    world.fetcher.answers(f"{COUNTS}1", page("{}", **gone))
    await loop.step(NOON + 5 * MINUTES)

    [asked] = world.fetcher.asked
    assert asked.headers["Authorization"] == "Bearer hunter2"
    assert ledger.wait(("feeds.example", "hunter2"), now=NOON) > timedelta(0)
    assert "hunter2" not in repr(world.reader.pages)


async def test_a_source_that_is_not_well_is_not_asked(world: World):
    [state] = world.store.source_states()
    world.fetcher.answers(FEED, FetchFailed(reason="down"))
    await world.poll.poll(state, NOON)
    world.fetcher.asked.clear()
    await refreshing(world).step(NOON + 5 * MINUTES)

    assert world.fetcher.asked == []


async def test_when_the_incident_is_closed_nobody_asks_any_more(world: World):
    world.store._connection.execute("UPDATE incidents SET status = 'resolved'")
    await refreshing(world).step(NOON + 5 * MINUTES)

    assert world.fetcher.asked == []


async def test_a_kind_that_cannot_is_not_asked(world: World, monkeypatch):
    monkeypatch.setitem(registry.KINDS, "talk", replace(TALK, refresh=None))
    await refreshing(world).step(NOON + 5 * MINUTES)

    assert world.fetcher.asked == []


async def test_a_bug_in_one_kind_costs_that_source_alone(world: World, monkeypatch):
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    refresh = replace(TALK.refresh, ask=broken)  # type: ignore[type-var]
    monkeypatch.setitem(registry.KINDS, "talk", replace(TALK, refresh=refresh))
    loop = refreshing(world)
    await loop.step(NOON + 5 * MINUTES)
    monkeypatch.setitem(registry.KINDS, "talk", TALK)
    await loop.step(NOON + 6 * MINUTES)

    assert world.fetcher.asked == []
