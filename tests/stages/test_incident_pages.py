"""One poll as a chain of pages: what is asked, in which order, and what stays if it breaks off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.core.polling import FeedDocument, Fetched, FetchFailed, NotModified, SourceHealth
from monitor.core.settings import Secret, SourceSettings
from monitor.core.trails import MARGIN, MAX_CURSOR
from monitor.errors import FeedError
from monitor.sources.kind import Ask, Kind, bearer
from tests.stages.conftest import NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

HOME = "https://talk.example"
EVERY = timedelta(minutes=5)
NEWS = "Meridian Air is late"


def ask(ask: Ask) -> str:
    since = f"{ask.since:%d %H:%M}" if ask.since else ""
    return f"{ask.url}/?q={ask.query}&c={ask.cursor}&since={since}"


def read(page: object) -> FeedDocument:
    raise NotImplementedError  # the reader of these tests is a fake


TALK = Kind(name="talk", ask=ask, read=read, home=HOME, authorise=bearer, pages=3)
SOURCE = SourceSettings(
    name="a", kind="talk", url=HOME, every=EVERY, query=("Meridian Air", "Meridian")
)


def talk(
    store: object, *, kind: Kind = TALK, others: Sequence[SourceSettings] = (), **changes: object
) -> World:
    sources = (replace(SOURCE, **changes), *others)  # type: ignore[arg-type]
    settings = replace(SETTINGS, sources=sources)
    return World(store=store, settings=settings, kinds={"talk": kind})  # type: ignore[arg-type]


class Server:
    """Answers by name and cursor; what nobody told it to answer is an empty last page."""

    def __init__(self, world: World, headers: dict[str, str] | None = None) -> None:
        self.world = world
        self.headers = headers or {}
        self.asked: list[tuple[str, str]] = []
        self.since: list[str] = []
        self.pauses: list[float] = []
        self.authorised: list[str | None] = []
        self._answers: dict[tuple[str, str], FeedDocument | Exception | FetchFailed] = {}
        world.poll._fetcher = self

    def answers(
        self, name: str, answer: FeedDocument | Exception | FetchFailed, *, at: str = ""
    ) -> None:
        self._answers[name, at] = answer

    async def fetch(self, request):
        query = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
        key = (query["q"][0], query["c"][0])
        self.asked.append(key)
        self.since.append(query["since"][0])
        self.pauses.append(request.pause.total_seconds())
        self.authorised.append(request.headers.get("Authorization"))
        answer = self._answers.get(key, FeedDocument(items=(), cursor=f"end of {key[0]}"))
        if isinstance(answer, FetchFailed):
            return answer
        self.world.reader.document(str(key), answer)
        body = str(key).encode()
        return Fetched(status=200, headers=self.headers, body=body, url=request.url)


def page(*items, cursor: str = "end", more: bool = False, **told: object) -> FeedDocument:
    return FeedDocument(items=items, cursor=cursor, more=more, **told)  # type: ignore[arg-type]


def cursors(world: World) -> dict[str, str]:
    [(text,)] = world.rows("SELECT cursor FROM sources WHERE name = 'a'")
    return {name: row["cursor"] for name, row in json.loads(str(text) or "{}").items()}


def state(world: World):
    return next(one for one in world.store.source_states() if one.name == "a")


async def poll(world: World, *, after: timedelta = timedelta(0)) -> None:
    world.clock.forward(after)
    await world.poll.round(world.clock(), everything=True)


async def started(world: World) -> Server:
    await world.start()
    return Server(world)


async def test_every_name_is_asked_for_one_page_each_in_turn(store):
    server = await started(world := talk(store))
    server.answers("Meridian Air", page(item(1, NEWS), cursor="2", more=True))
    server.answers("Meridian Air", page(item(2, NEWS + " again")), at="2")
    await poll(world)

    assert server.asked == [("Meridian Air", ""), ("Meridian", ""), ("Meridian Air", "2")]
    assert cursors(world) == {"Meridian Air": "end", "Meridian": "end of Meridian"}
    assert world.rows("SELECT native_id FROM mentions ORDER BY 1") == [("1",), ("2",)]
    assert world.rows("SELECT outcome, items, new_items FROM polls") == [("ok", 2, 2)]


async def test_a_poll_asks_for_so_many_pages_and_the_next_goes_on(store):
    server = await started(world := talk(store, query=("Meridian",)))
    for at, then in (("", "2"), ("2", "3"), ("3", "4")):
        server.answers("Meridian", page(cursor=then, more=True), at=at)
    await poll(world)

    assert server.asked == [("Meridian", ""), ("Meridian", "2"), ("Meridian", "3")]
    assert "more to read at the next poll: 1" in state(world).note
    await poll(world, after=EVERY)
    assert server.asked[3:] == [("Meridian", "4")]
    assert "more to read" not in state(world).note


async def test_every_name_is_asked_for_however_many_there_are(store):
    names = tuple(f"name {number}" for number in range(5))
    server = await started(world := talk(store, query=names))
    await poll(world)

    assert [name for name, _ in server.asked] == list(names)


async def test_each_page_is_stored_before_the_next_is_asked_for(store):
    server = await started(world := talk(store, query=("Meridian",)))
    server.answers("Meridian", page(item(1, NEWS), cursor="2", more=True))
    server.answers("Meridian", FetchFailed(reason="broke off"), at="2")
    await poll(world)

    assert world.rows("SELECT native_id FROM mentions") == [("1",)]
    assert cursors(world) == {"Meridian": "2"}
    assert state(world).state is SourceHealth.FAILING
    assert world.rows("SELECT outcome, items, new_items FROM polls") == [("failed", 1, 1)]
    assert world.woken == 1


async def test_a_server_that_is_down_is_not_asked_for_the_other_names(store):
    server = await started(world := talk(store))
    server.answers("Meridian Air", FetchFailed(reason="down", status=500))
    await poll(world)
    await poll(world, after=EVERY)

    assert server.asked == [("Meridian Air", ""), ("Meridian", ""), ("Meridian Air", "")]


async def test_a_name_that_is_refused_does_not_keep_the_others_from_being_asked(store):
    server = await started(world := talk(store))
    server.answers("Meridian Air", FetchFailed(reason="too short", status=400))
    server.answers("Meridian", page(item(1, NEWS)))
    await poll(world)

    assert world.rows("SELECT native_id FROM mentions") == [("1",)]
    assert state(world).note.startswith("too short")
    assert state(world).state is SourceHealth.FAILING


async def test_an_answer_of_another_kind_is_a_failure_of_its_name(store):
    server = await started(world := talk(store))
    server.answers("Meridian Air", FeedError("not an answer of Talk"))
    server.answers("Meridian", page(item(1, NEWS)))
    await poll(world)

    assert world.rows("SELECT outcome, status, items FROM polls") == [("unreadable", 200, 1)]
    assert state(world).note.startswith("not an answer of Talk")


async def test_a_cursor_that_is_refused_is_given_up_and_nothing_is_lost(store):
    server = await started(world := talk(store, query=("Meridian",)))
    server.answers("Meridian", page(cursor="old"))
    await poll(world)
    server.answers("Meridian", FetchFailed(reason="too old", status=400), at="old")
    server.answers("Meridian", page(item(1, NEWS), cursor="new"))
    await poll(world, after=EVERY)

    assert server.asked[1:] == [("Meridian", "old"), ("Meridian", "")]
    assert server.since[2] == f"{NOON - MARGIN:%d %H:%M}", "from before the last complete chain"
    assert cursors(world) == {"Meridian": "new"}
    assert state(world).state is SourceHealth.HEALTHY


@pytest.mark.parametrize("status", [400, 404, 410, 422])
async def test_a_cursor_is_kept_if_the_server_refuses_to_be_asked_without_it_too(store, status):
    server = await started(world := talk(store, query=("Meridian",)))
    server.answers("Meridian", page(cursor="mine"))
    await poll(world)
    for at in ("mine", ""):
        server.answers("Meridian", FetchFailed(reason="no", status=status), at=at)
    await poll(world, after=EVERY)

    assert server.asked[1:] == [("Meridian", "mine"), ("Meridian", "")]
    assert cursors(world) == {"Meridian": "mine"}


async def test_a_cursor_is_not_blamed_for_a_server_that_is_down(store):
    server = await started(world := talk(store, query=("Meridian",)))
    server.answers("Meridian", page(cursor="mine"))
    await poll(world)
    server.answers("Meridian", FetchFailed(reason="down", status=503), at="mine")
    await poll(world, after=EVERY)

    assert server.asked[1:] == [("Meridian", "mine")]


async def test_a_page_that_leads_to_itself_ends_the_chain(store):
    server = await started(world := talk(store, query=("Meridian",)))
    server.answers("Meridian", page(cursor="2", more=True))
    server.answers("Meridian", page(cursor="2", more=True), at="2")
    await poll(world)

    assert server.asked == [("Meridian", ""), ("Meridian", "2")]


async def test_a_cursor_without_end_is_refused(store):
    server = await started(world := talk(store, query=("Meridian",)))
    server.answers("Meridian", page(item(1, NEWS), cursor="x" * (MAX_CURSOR + 1)))
    await poll(world)

    assert "a cursor of more than" in state(world).note
    assert cursors(world) == {"Meridian": ""}


async def test_a_little_peace_is_waited_for_within_the_poll(store):
    server = await started(world := talk(store))
    server.answers("Meridian Air", page(wait_seconds=30.0))
    await poll(world)

    assert server.pauses == [1.0, 30.0]
    assert state(world).next_poll_at == NOON + EVERY


async def test_more_peace_ends_the_poll_and_puts_off_the_next(store):
    server = await started(world := talk(store))
    server.answers("Meridian Air", page(item(1, NEWS), wait_seconds=900.0))
    await poll(world)

    assert server.asked == [("Meridian Air", "")]
    assert world.rows("SELECT native_id FROM mentions") == [("1",)]
    assert state(world).next_poll_at == NOON + timedelta(minutes=15)
    assert "the server asks for 15m of peace" in state(world).note
    assert state(world).state is SourceHealth.HEALTHY


async def test_an_error_that_asks_for_peace_is_a_server_that_slows_us_down(store):
    server = await started(world := talk(store))
    server.answers("Meridian Air", FeedError("one request every 5 seconds", wait_seconds=900))
    await poll(world)

    assert server.asked == [("Meridian Air", "")]
    assert state(world).state is SourceHealth.THROTTLED
    assert state(world).next_poll_at == NOON + timedelta(minutes=15)


async def test_a_source_is_asked_no_more_often_than_its_kind_allows(store):
    world = talk(store, floor=timedelta(minutes=20))
    await started(world)
    await poll(world)

    assert state(world).next_poll_at == NOON + timedelta(minutes=20)
    assert "the source's own limit (every 20m)" in state(world).note


async def test_credentials_go_out_and_nowhere_else(store):
    world = talk(store, token=Secret("hunter2", "env:TALK"), query=("Meridian",))
    server = await started(world)
    await poll(world)

    assert server.authorised == ["Bearer hunter2"]
    assert "hunter2" not in repr(world.reader.pages)
    assert all("hunter2" not in str(row) for row in world.rows("SELECT * FROM sources"))


async def test_an_address_with_a_credential_in_it_is_not_shown_to_the_reader(store):
    def in_address(request, token):
        return replace(request, url=f"{request.url}&key={token}")

    kind = replace(TALK, authorise=in_address)
    world = talk(store, kind=kind, token=Secret("hunter2"), query=("Meridian",))
    await started(world)
    await poll(world)

    [shown] = world.reader.pages
    assert shown.url == "https://talk.example/?q=Meridian&c=&since=21 12:00"


async def test_at_the_first_chain_what_is_old_is_history_however_many_polls_it_takes(store):
    old = timedelta(days=3)
    server = await started(world := talk(store, kind=replace(TALK, pages=1), query=("Meridian",)))
    server.answers("Meridian", page(item(1, NEWS, ago=old), cursor="2", more=True))
    server.answers("Meridian", page(item(2, NEWS, ago=old), cursor="3"), at="2")
    server.answers("Meridian", page(item(3, NEWS, ago=old), cursor="4"), at="3")
    for _ in range(3):
        await poll(world, after=EVERY)

    assert world.rows("SELECT native_id, history FROM mentions ORDER BY 1") == [
        ("1", 1),
        ("2", 1),
        ("3", 0),
    ]
    assert server.since[:2] == ["21 12:05", "21 12:05"], "it does not move while the chain lasts"


async def test_a_name_that_is_added_has_a_first_chain_of_its_own(store):
    server = await started(world := talk(store, query=("Meridian",)))
    await poll(world)
    sources = (replace(SOURCE, query=("Meridian", "Meridian Air")),)
    world.poll.settings = replace(SETTINGS, sources=sources)
    server.answers("Meridian Air", page(item(1, NEWS, ago=timedelta(days=3))))
    await poll(world, after=EVERY)

    assert world.rows("SELECT native_id, history FROM mentions") == [("1", 1)]


async def test_a_name_that_is_taken_out_is_forgotten(store):
    await started(world := talk(store))
    await poll(world)
    world.poll.settings = replace(SETTINGS, sources=(replace(SOURCE, query=("Meridian",)),))
    await poll(world, after=EVERY)

    assert list(cursors(world)) == ["Meridian"]


async def test_a_new_address_starts_afresh(store):
    await started(world := talk(store))
    await poll(world)
    moved = replace(SETTINGS, sources=(replace(SOURCE, url="https://other.example"),))
    store.sync_sources(moved.sources, now=NOON)

    assert cursors(world) == {}


async def test_validators_and_moves_are_for_documents_that_stay_where_they_are(store):
    server = await started(world := talk(store, query=("Meridian",)))
    server.headers = {"etag": '"1"', "last-modified": "today"}
    await poll(world)
    assert (state(world).etag, state(world).last_modified) == (None, None)

    class Moved:
        async def fetch(self, request):
            assert "If-None-Match" not in request.headers
            return NotModified(headers={}, moved_to="https://elsewhere.example")

    world.poll._fetcher = Moved()
    await poll(world, after=EVERY)
    assert state(world).moved_to is None


async def test_what_is_deleted_is_blanked_on_any_page(store):
    server = await started(world := talk(store, query=("Meridian",)))
    server.answers("Meridian", page(item(1, NEWS), item(2, NEWS + " again")))
    await poll(world)
    server.answers("Meridian", page(cursor="b", more=True, deleted=("1",)), at="end")
    server.answers("Meridian", page(cursor="c", deleted=("2",)), at="b")
    await poll(world, after=EVERY)

    assert world.rows("SELECT text, author FROM mentions") == [("", None), ("", None)]


async def test_what_was_wrong_with_a_page_is_said(store):
    server = await started(world := talk(store))
    server.answers("Meridian Air", page(warning="two lines left out"))
    await poll(world)

    assert state(world).state is SourceHealth.HEALTHY
    assert state(world).note.endswith("; two lines left out")


async def test_what_comes_by_itself_is_not_polled(store):
    server = await started(world := talk(store, kind=replace(TALK, polled=False)))
    await poll(world)

    assert server.asked == []


async def test_a_kind_that_does_not_search_is_asked_for_all_it_has(store):
    server = await started(world := talk(store, query=()))
    await poll(world)

    assert server.asked == [("", "")]


async def test_sources_that_ask_one_host_pause_together_whatever_their_addresses(store):
    other = replace(SOURCE, name="b", url=f"{HOME}/other", query=("Meridian",))
    server = await started(world := talk(store, query=("Meridian",), others=(other,)))
    server.answers("Meridian", FetchFailed(reason="slow down", status=429))
    [first, _] = world.store.source_states()
    await world.poll.poll(first, NOON)

    assert store.due_sources(NOON + EVERY) == ()


def budget(left: int, seconds: int, *, limit: int = 100) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(left),
        "x-ratelimit-reset": str(seconds),
    }


class TestAServerThatCountsWhatIsAsked:
    async def test_is_not_asked_for_more_than_is_left(self, store):
        server = await started(world := talk(store))
        server.headers = budget(0, 900)
        server.answers("Meridian Air", page(item(1, NEWS)))
        await poll(world)

        assert server.asked == [("Meridian Air", "")]
        assert state(world).state is SourceHealth.HEALTHY
        assert state(world).next_poll_at == NOON + timedelta(minutes=15)

    async def test_is_left_alone_by_all_sources_of_the_account(self, store):
        other = replace(SOURCE, name="b")
        server = await started(world := talk(store, others=(other,)))
        server.headers = budget(0, 900)
        first, second = world.store.source_states()
        await world.poll.poll(first, NOON)
        await world.poll.poll(second, NOON)

        assert len(server.asked) == 1
        [state_b] = [one for one in world.store.source_states() if one.name == "b"]
        assert state_b.state is SourceHealth.THROTTLED
        assert state_b.note.startswith("what the server lets us ask is used up")
        assert state_b.next_poll_at == NOON + timedelta(minutes=15)

    async def test_is_asked_by_another_account(self, store):
        other = replace(SOURCE, name="b", token=Secret("hunter2"))
        server = await started(world := talk(store, others=(other,)))
        server.headers = budget(0, 900)
        for one in world.store.source_states():
            await world.poll.poll(one, NOON)

        assert server.authorised == [None, "Bearer hunter2"]

    async def test_is_asked_again_when_it_has_filled_the_bucket(self, store):
        server = await started(world := talk(store, query=("Meridian",)))
        server.headers = budget(0, 900)
        await poll(world)
        await poll(world, after=timedelta(minutes=15))

        assert len(server.asked) == 2

    async def test_is_asked_at_longer_intervals_when_little_is_left(self, store):
        server = await started(world := talk(store, query=("a", "b")))
        server.headers = budget(5, 100)
        await poll(world)

        assert server.pauses == [1.0, 20.0]

    async def test_that_refuses_says_by_its_count_for_how_long(self, store):
        server = await started(world := talk(store, query=("Meridian",)))
        refusal = FetchFailed(reason="slow down", status=429, headers=budget(0, 1800))
        server.answers("Meridian", refusal)
        await poll(world)

        assert state(world).state is SourceHealth.THROTTLED
        assert state(world).next_poll_at == NOON + timedelta(minutes=30)
        assert store.due_sources(NOON + timedelta(minutes=10)) == ()

    async def test_each_request_counts_before_its_answer_comes(self, store):
        server = await started(world := talk(store, query=("a", "b", "c", "d")))
        server.headers = budget(2, 900, limit=10)
        await poll(world)
        server.headers = {}
        await poll(world, after=timedelta(seconds=1))

        assert len(server.asked) == 6, "two were left, and two were asked for"
