"""A stream beside the polls: sooner what they bring, and nothing hangs on it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest

from monitor.core.polling import SourceHealth
from monitor.stages.stream import try_live
from tests.servers import RESET, Answer
from tests.sources.onair import Show, event, follow, show
from tests.sources.services import START, Post

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def on():
    async with AsyncExitStack() as stack:
        yield await show(stack)


def add(on: Show, count: int = 1) -> list[Post]:
    first = len(on.air.service.posts)
    return on.air.service.add(*(START + timedelta(seconds=first + n + 1) for n in range(count)))


async def listens(on: Show) -> None:
    await on.streams.step(START)
    await on.wait(lambda: on.air.is_open, within=5)
    assert on.air.is_open


async def hears(on: Show, count: int) -> None:
    await on.wait(lambda: len(on.stored()) == count, within=5)
    assert len(on.stored()) == count


def state(on: Show):
    return on.store.source_states()[0]


async def is_due(on: Show, at: datetime) -> None:
    await on.wait(lambda: state(on).next_poll_at == at, within=5)
    assert state(on).next_poll_at == at


def rows(on: Show, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in on.store._connection.execute(statement)]


async def test_a_post_is_there_before_any_poll_and_a_poll_does_not_double_it(on: Show):
    await listens(on)
    posts = add(on, 3)
    on.air.say(*on.air.events(posts))
    await hears(on, 3)
    assert rows(on, "SELECT count(*) FROM polls") == [(0,)]
    await on.look()
    assert len(on.stored()) == 3


async def test_the_note_of_the_source_says_how_it_stands(on: Show):
    await on.look()
    assert state(on).note.endswith("; no stream yet")
    await listens(on)
    on.air.say(*on.air.events(add(on)), b"event: update\ndata: {\n\n", *on.air.events(add(on)))
    await hears(on, 2)
    await on.look()
    note = state(on).note
    assert note.endswith("; stream connected; 2.0 posts a second, 1 events could not be read")
    assert state(on).state is SourceHealth.HEALTHY


async def test_what_it_brought_counts_as_news_of_the_source(on: Show):
    """Else a source whose stream is always sooner would look as if nothing ever came."""
    await on.look()
    await listens(on)
    on.air.say(*on.air.events(add(on, 2)))
    await hears(on, 2)
    await on.look()
    await on.look()
    assert rows(on, "SELECT new_items FROM polls ORDER BY id") == [(0,), (2,), (0,)]


async def test_the_place_of_the_polls_stays(on: Show):
    on.air.service.now = START + MINUTE
    add(on)
    await on.look()
    before = state(on).cursor
    await listens(on)
    on.air.say(*on.air.events(add(on)))
    await hears(on, 2)
    assert state(on).cursor == before


async def test_an_edit_changes_the_words(on: Show):
    await listens(on)
    (post,) = add(on)
    on.air.say(*on.air.events([post]))
    await hears(on, 1)
    status = on.air.service.status(post) | {"content": "<p>United is sorry</p>"}
    on.air.say(event("status.update", status))
    await on.wait(
        lambda: rows(on, "SELECT text FROM mentions") == [("United is sorry",)], within=5
    )
    assert rows(on, "SELECT text FROM mentions") == [("United is sorry",)]


async def test_a_post_that_is_deleted_is_blanked(on: Show):
    await listens(on)
    posts = add(on, 2)
    on.air.say(*on.air.events(posts))
    await hears(on, 2)
    on.air.say(event("delete", str(posts[0].snowflake)), event("delete", "12345"))
    await on.wait(lambda: False, within=0.3)
    assert [text for (text,) in rows(on, "SELECT text FROM mentions")] == ["United again"] * 2
    on.ear.forward(timedelta(seconds=10))
    await on.wait(lambda: rows(on, "SELECT text FROM mentions")[0] == ("",), within=5)
    assert rows(on, "SELECT text, deleted_at IS NULL FROM mentions ORDER BY id") == [
        ("", 0),
        ("United again", 1),
    ]


async def test_what_was_deleted_is_blanked_when_it_ends(on: Show):
    await listens(on)
    (post,) = add(on)
    on.air.say(*on.air.events([post]), event("delete", str(post.snowflake)))
    await hears(on, 1)
    await on.wait(lambda: False, within=0.3)
    await on.streams.close()
    assert rows(on, "SELECT text FROM mentions") == [("",)]


async def test_a_connection_asks_for_a_poll_at_once_but_not_again_and_again(on: Show):
    await on.look()
    due = state(on).next_poll_at
    assert due is not None
    on.ear.now = on.clock()
    await listens(on)
    await is_due(on, on.clock())
    on.store.reserve_poll(1, until=due)
    on.air.say(RESET)
    await on.wait(lambda: on.air.opened == 2, within=5)
    await on.wait(lambda: False, within=0.3)
    assert state(on).next_poll_at == due
    on.ear.forward(MINUTE)
    on.air.say(RESET)
    await on.wait(lambda: on.air.opened == 3, within=5)
    await is_due(on, on.ear())


async def test_a_source_that_was_asked_to_wait_is_not_polled_sooner(on: Show):
    on.air.service.faults = {1: "cut"}
    await on.look()
    assert state(on).state is SourceHealth.FAILING
    due = state(on).next_poll_at
    await listens(on)
    await on.wait(lambda: False, within=0.3)
    assert state(on).next_poll_at == due


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (
            Answer(status=401, body=b'{"error":"Missing access token"}'),
            'no stream: answered 401: {"error":"Missing access token"}; next at 2026-11-20 15:18',
        ),
        (Answer(status=503, headers={"Retry-After": "90"}), "no stream: answered 503; next at"),
        (Answer(body=b"<html>"), "no stream: its answer is no stream of events; next at"),
    ],
)
async def test_a_refusal_is_told_and_the_polls_go_on(on: Show, answer: Answer, note: str):
    on.air.refusal = answer
    (listener,) = on.streams._listeners.values()
    await listener.connect()
    assert listener._beside.note.startswith(note)
    on.air.service.now = START + MINUTE
    add(on)
    await on.look()
    assert len(on.stored()) == 1
    assert note in state(on).note


async def test_a_stream_that_says_nothing_is_taken_for_dead(on: Show):
    await listens(on)
    (listener,) = on.streams._listeners.values()
    await on.wait(lambda: "connected" in listener._beside.note, within=5)
    on.ear.forward(timedelta(seconds=61))
    await on.wait(lambda: on.air.opened == 2, within=5)
    assert on.air.opened == 2


async def test_a_bug_in_reading_costs_that_stream_alone(on: Show):
    (listener,) = on.streams._listeners.values()

    def broken(*_: object, **__: object):
        raise ZeroDivisionError

    listener._sieve._sifted = broken
    await listener.connect()
    assert listener.told().note.startswith("no stream: internal error: ZeroDivisionError; next at")


async def test_a_stream_is_tried_out(on: Show):
    (source,) = on.poll.settings.sources
    events = on.streams._tools.events
    assert await try_live(source, events) is None
    on.air.refusal = Answer(status=401)
    assert await try_live(source, events) == "answered 401"


async def test_a_source_that_is_gone_from_the_database_costs_nothing(on: Show):
    await listens(on)
    on.store._connection.execute("DELETE FROM sources")
    on.air.say(*on.air.events(add(on)), event("delete", "1"))
    await on.wait(lambda: False, within=0.3)
    await on.streams.close()
    assert on.stored() == []


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["cut", "endless line", "silence"])
async def test_a_stream_that_goes_wrong_loses_nothing_and_takes_nothing_in_twice(wrong):
    found, heard = await follow(wrong)
    assert (found.lost, found.twice) == (frozenset(), 0)
    assert heard > found.said / 3
    assert found.asked >= 5, "it was connected again each time"
