"""Streams: read, sifted, written with their place; broken off and gone on with."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.polling import PageIntent, SourceHealth
from monitor.core.settings import Brand
from monitor.errors import DatabaseError, StreamError
from monitor.stages import sieve
from monitor.stages.stream import try_out
from tests.sources import frames
from tests.sources.frames import START, did, uri
from tests.stages.conftest import SETTINGS
from tests.stages.flows import NOW, OVER, SKY, Flow, Take

pytestmark = pytest.mark.anyio

LATE = "Meridian Air is late"
V2 = "wss://jetstream.example/xrpc/network.bsky.jetstream.subscribeEvents"


@pytest.fixture
def flow(store: SqliteStore) -> Flow:
    return Flow(store)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def place(number: int, *, rewind: int = 5) -> str:
    return str(frames.micros(START + seconds(number - rewind)))


# --- what is kept


async def test_only_posts_that_name_a_brand_are_stored(flow: Flow):
    await flow.play([[frames.post(1, "hello"), frames.post(2, LATE), frames.post(3, "bye")]])

    assert flow.rows("SELECT native_id, kind, brand, text, author, url FROM mentions") == [
        (
            uri(2),
            "bluesky",
            "Meridian Air",
            LATE,
            did(1),
            f"https://bsky.app/profile/{did(1)}/post/3k00000000002",
        )
    ]
    assert flow.woken == 1
    assert ("mentioned", "sky", "Meridian Air") in flow.telemetry.counted


async def test_likes_and_garbage_are_passed_over(flow: Flow):
    junk = [b"", b"\xff", b'{"app.bsky.feed.post"', frames.like(1, uri(9)), b"[]"]
    await flow.play([[*junk, frames.post(2, LATE), *junk]])
    assert flow.texts == [LATE]
    [note] = flow.rows("SELECT note FROM polls ORDER BY id")[0]
    assert str(note).endswith(", 2 frames could not be read")


async def test_the_brands_own_posts_are_statements(store: SqliteStore):
    brand = replace(SETTINGS.brands[0], owned=(did(7),))
    flow = Flow(store, settings=replace(SETTINGS, brands=(brand,)))
    await flow.play([[frames.post(1, "We are sorry", author=7)]])
    assert flow.texts == []
    assert flow.rows("SELECT text FROM statements") == [("We are sorry",)]


async def test_a_source_for_some_brands_keeps_those(store: SqliteStore):
    both = (*SETTINGS.brands, Brand(name="Tarn Bank", aliases=("Tarn Bank",)))
    source = replace(SKY, brands=("Tarn Bank",))
    flow = Flow(store, source=source, settings=replace(SETTINGS, brands=both))
    await flow.play([[frames.post(1, LATE), frames.post(2, "Tarn Bank and Meridian Air")]])
    assert flow.rows("SELECT brand FROM mentions") == [("Tarn Bank",)]


async def test_an_edit_replaces_the_words(flow: Flow):
    edit = frames.post(1, f"{LATE} again", operation="update", at=START + seconds(60))
    await flow.play([[frames.post(1, LATE)], [edit]])
    assert flow.texts == [f"{LATE} again"]


async def test_old_posts_at_the_first_connection_are_history(flow: Flow):
    old = {"createdAt": (START - timedelta(days=2)).isoformat()}
    await flow.play([[frames.post(1, LATE, parts=old), frames.post(2, LATE)]])
    await flow.play([[frames.post(3, f"{LATE} too", parts=old)]])
    assert flow.rows("SELECT native_id, history FROM mentions ORDER BY id") == [
        (uri(1), 1),
        (uri(2), 0),
        (uri(3), 0),
    ]


# --- reposts


async def test_reposts_of_what_is_stored_are_counted_and_others_not(flow: Flow):
    stranger = frames.repost(3, uri(99), author=3)
    await flow.play([[frames.post(1, LATE)], [frames.repost(2, uri(1), author=2), stranger]])

    assert flow.rows("SELECT native_id, repost_of, author, text FROM mentions ORDER BY id") == [
        (uri(1), None, did(1), LATE),
        (uri(2, author=2, collection=frames.REPOST), uri(1), did(2), LATE),
    ]


async def test_a_repost_in_the_same_breath_is_counted_too(flow: Flow):
    await flow.play([[frames.post(1, LATE), frames.repost(2, uri(1), author=2)]])
    assert flow.rows("SELECT repost_of FROM mentions ORDER BY id") == [(None,), (uri(1),)]


async def test_whoever_passes_on_his_own_words_is_one_voice(flow: Flow):
    await flow.play([[frames.post(1, LATE), frames.repost(2, uri(1), author=1)]])
    assert flow.rows("SELECT native_id FROM mentions") == [(uri(1),)]


async def test_a_brand_that_passes_on_praise_is_no_crowd(store: SqliteStore):
    brand = replace(SETTINGS.brands[0], owned=(did(7),))
    flow = Flow(store, settings=replace(SETTINGS, brands=(brand,)))
    await flow.play([[frames.post(1, LATE), frames.repost(2, uri(1), author=7)]])
    assert flow.rows("SELECT count(*) FROM mentions") == [(1,)]


# --- deletions


async def test_a_deleted_post_is_blanked_with_its_reposts(flow: Flow):
    said = [frames.post(1, LATE), frames.repost(2, uri(1), author=2), frames.post(3, LATE)]
    await flow.play([said, [frames.delete(4, of=1)]])

    assert flow.rows("SELECT native_id, text, author FROM mentions ORDER BY native_id") == [
        (uri(1), "", None),
        (uri(3), LATE, did(1)),
        (uri(2, author=2, collection=frames.REPOST), "", None),
    ]


async def test_what_is_taken_back_at_once_is_never_stored(flow: Flow):
    await flow.play([[frames.post(1, LATE), frames.delete(2, of=1), frames.post(3, LATE)]])
    assert flow.rows("SELECT native_id FROM mentions") == [(uri(3),)]


async def test_an_account_that_is_gone_takes_its_posts_along(flow: Flow):
    said = [frames.post(1, LATE, author=5), frames.post(2, LATE, author=6)]
    at_once = [frames.post(3, LATE, author=5), frames.account(4, author=5)]
    await flow.play([said, [*at_once, frames.repost(5, uri(2, author=6), author=8)]])
    assert flow.rows("SELECT native_id, text FROM mentions ORDER BY id") == [
        (uri(1, author=5), ""),
        (uri(2, author=6), LATE),
        (uri(5, author=8, collection=frames.REPOST), LATE),
    ]


async def test_a_repost_that_is_taken_back_is_blanked_alone(flow: Flow):
    said = [frames.post(1, LATE), frames.repost(2, uri(1), author=2)]
    back = frames.delete(3, of=2, author=2, collection=frames.REPOST)
    await flow.play([said, [back]])
    assert flow.texts == [LATE, ""]


async def test_deletions_of_strangers_write_nothing(flow: Flow):
    await flow.play([[frames.post(1)], [frames.delete(2, of=77), frames.account(3, author=9)]])
    # The place was written with the first event, and is due again only in five seconds.
    assert flow.rows("SELECT cursor FROM sources") == [(str(frames.micros(START + seconds(3))),)]
    assert flow.rows("SELECT count(*) FROM mentions") == [(0,)]


async def test_an_account_that_rests_keeps_its_posts(flow: Flow):
    rests = frames.account(2, author=1, status="deactivated")
    await flow.play([[frames.post(1, LATE), rests]])
    assert flow.texts == [LATE]
    assert flow.state.cursor == str(frames.micros(START + seconds(2)))


# --- the place


async def test_mentions_and_the_place_after_them_are_written_together(flow: Flow):
    seen = []
    record = flow.store.record_page

    def watched(intent: PageIntent) -> int:
        seen.append((intent.source.cursor, [one.native_id for one in intent.mentions]))
        return record(intent)

    flow.store.record_page = watched
    await flow.play(
        [[frames.post(1)], [frames.post(2, LATE)], [frames.post(3)], seconds(5), [frames.post(4)]]
    )
    at = [str(frames.micros(START + seconds(number))) for number in (1, 2, 4)]
    assert seen == [(at[0], []), (at[1], [uri(2)]), (at[2], [])]


async def test_after_a_break_it_goes_on_a_little_before_and_stores_nothing_twice(flow: Flow):
    first = [frames.post(10, LATE), frames.post(11)]
    again = [frames.post(10, LATE), frames.post(11), frames.post(12, f"{LATE} again")]
    await flow.play([first], [again])

    assert flow.stream.places[1:] == [place(11)]
    assert flow.texts == [LATE, f"{LATE} again"]
    assert flow.stream.closed == 2


async def test_after_a_restart_it_goes_on_from_the_stored_place(flow: Flow):
    await flow.play([[frames.post(10, LATE)]])
    await flow.play([[frames.post(11)]])
    assert flow.stream.places[1:] == [place(10)]


async def test_a_frame_that_was_cut_in_the_middle_costs_nothing(flow: Flow):
    """What was taken before the break is written; the rest comes again."""
    await flow.play([[frames.post(10, LATE)], OVER], [[frames.post(11, f"{LATE} too")]])
    assert flow.texts == [LATE, f"{LATE} too"]


async def test_the_first_connection_begins_at_the_backfill(store: SqliteStore):
    flow = Flow(store, source=replace(SKY, backfill=timedelta(hours=2)))
    await flow.play([[frames.post(1)]])
    assert flow.stream.places == [str(frames.micros(NOW - timedelta(hours=2)))]


async def test_without_an_address_it_is_the_home_of_its_kind(store: SqliteStore):
    flow = Flow(store, source=replace(SKY, url=""))
    await flow.play([[frames.post(1)]])
    assert flow.stream.asked[0].url.startswith("wss://jetstream2.us-east.bsky.network/subscribe?")


async def test_another_server_is_asked_from_a_time_and_not_from_the_old_place(store: SqliteStore):
    flow = Flow(store, source=replace(SKY, url=V2))
    await flow.play([[frames.post(41, LATE, wire="v2")]])
    assert flow.state.cursor == "41"
    moved = Flow(store, source=replace(SKY, url=V2.replace("jetstream.", "other.")))
    await moved.play([[frames.post(7, wire="v2")]])

    assert moved.stream.places == [str(frames.micros(NOW - timedelta(minutes=1)))]
    assert moved.state.cursor == "7"


async def test_a_place_that_the_server_forgot_is_made_up_for_at_once(store: SqliteStore):
    flow = Flow(store, source=replace(SKY, url=V2))
    await flow.play([[frames.post(41, wire="v2")]])
    flow.slept.clear()
    too_old = StreamError("answered 400", status=400, body=b'{"error":"CursorTooOld"}')
    await flow.play([too_old], [[frames.post(77, LATE, wire="v2")]])

    assert flow.stream.places[1:] == ["41", str(frames.micros(NOW - timedelta(minutes=1)))]
    assert flow.texts == [LATE]


async def test_a_server_that_forgets_everything_is_a_failure(store: SqliteStore):
    flow = Flow(store, source=replace(SKY, url=V2))
    too_old = StreamError("answered 400", status=400, body=b'{"error":"CursorTooOld"}')
    await flow.play([too_old])
    assert flow.state.state is SourceHealth.FAILING


# --- health


async def test_a_stream_that_flows_is_healthy(flow: Flow):
    first: list[Take] = [[frames.post(1), frames.post(2, LATE)]]
    later: list[Take] = [seconds(30), [frames.post(62)]]
    await flow.play([*first, *later, *later])
    outcomes = flow.rows("SELECT outcome, status, items, new_items, seconds, note FROM polls")
    assert outcomes[:2] == [
        ("ok", 101, 2, 1, 0.0, "connected; 2.0 posts a second, 1m 58s behind"),
        ("ok", 101, 2, 0, 60.0, "connected; 0.0 posts a second, 1m 58s behind"),
    ]
    assert flow.telemetry.counted[1] == ("polled", "sky", "ok")


async def test_all_is_said_to_be_well_once_a_minute_or_more_often_if_asked(store: SqliteStore):
    takes = [take for n in range(1, 60) for take in ([frames.post(n)], seconds(1))]
    flow = Flow(store)
    await flow.play(takes)
    assert flow.rows("SELECT count(*) FROM polls WHERE outcome = 'ok'") == [(1,)]
    often = Flow(SqliteStore.in_memory(), source=replace(SKY, every=seconds(20)))
    await often.play(takes)
    assert often.rows("SELECT count(*) FROM polls WHERE outcome = 'ok'") == [(3,)]
    often.store.close()


async def test_a_stream_that_breaks_off_is_failing_until_it_flows(flow: Flow):
    down = StreamError("port 443: Connection refused")
    await flow.play([[frames.post(1)]], [down], [down])
    assert flow.slept == pytest.approx([5.5, 11.0, 22.0])
    assert flow.rows("SELECT outcome FROM polls ORDER BY id") == [
        ("ok",),
        ("failed",),
        ("failed",),
        ("failed",),
    ]
    assert flow.state.state is SourceHealth.FAILING
    assert flow.state.note.startswith("port 443: Connection refused; next at")
    assert flow.state.failures == 3
    assert flow.state.last_success_at == NOW

    await flow.play([[frames.post(2)], OVER])
    assert flow.state.failures == 1


async def test_after_a_restart_the_server_is_still_left_in_peace(flow: Flow):
    await flow.play([StreamError("answered 429", status=429, headers={"retry-after": "600"})])
    flow.slept.clear()
    flow.at(NOW + seconds(100))
    await flow.play([[frames.post(1)]])
    assert flow.slept[0] == pytest.approx(500, abs=61)


async def test_silence_is_not_taken_for_calm(flow: Flow):
    await flow.play([[frames.post(1)], seconds(59), [b"junk"], seconds(1), [frames.post(2)]])
    assert flow.state.note.startswith("nothing was said for 1m; next at")
    assert flow.state.cursor == str(frames.micros(START + seconds(1)))


async def test_a_server_that_hangs_up_says_why(flow: Flow):
    bye = b'{"$type":"error","error":"ConsumerTooSlow","message":"read faster"}'
    await flow.play([[frames.post(1, LATE), bye, frames.post(2, LATE)]])
    [said] = flow.rows("SELECT note FROM polls ORDER BY id")[1]
    assert str(said).startswith("the server hangs up: ConsumerTooSlow: read faster; next at")
    assert flow.texts == [LATE]


async def test_one_that_is_gone_for_good_is_let_go(flow: Flow):
    gone = StreamError("answered 410", status=410)
    for _ in range(6):
        await flow.play([gone])
        flow.at(flow.clock() + timedelta(hours=7))
    assert flow.state.state is SourceHealth.DISABLED
    visits = len(flow.stream.asked)
    await flow.streams.step(flow.clock())
    await flow.streams.close()
    assert len(flow.stream.asked) == visits


async def test_a_bug_in_reading_costs_that_stream_alone(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object, **__: object):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(sieve.Sieve, "_sifted", broken)
    await flow.play([[frames.post(1)]])
    assert flow.state.note.startswith("internal error: ZeroDivisionError; next at")


# --- all streams


async def test_every_stream_has_a_task_of_its_own(flow: Flow):
    flow.stream.visits = [[[frames.post(1, LATE)]]]
    await flow.streams.step(START)
    await flow.streams.step(START)
    await flow.until(lambda: bool(flow.texts))
    await flow.streams.close()
    assert flow.texts == [LATE]


async def test_a_database_that_cannot_be_written_ends_the_daemon(flow: Flow):
    def full(intent: PageIntent) -> int:
        raise DatabaseError("disk full")

    flow.store.record_page = full
    flow.stream.visits = [[[frames.post(1, LATE)]]]
    await flow.streams.step(START)
    await flow.until(lambda: flow.stream.closed == 1)
    await asyncio.sleep(0)
    with pytest.raises(DatabaseError):
        await flow.streams.step(START)
    await flow.streams.close()


async def test_sources_that_are_polled_are_left_alone(store: SqliteStore):
    flow = Flow(store, source=SETTINGS.sources[0])
    await flow.streams.step(START)
    await flow.streams.round(START)
    assert flow.stream.asked == []


async def test_one_pass_reads_until_it_is_live(flow: Flow):
    flow.at(START + seconds(60))
    flow.stream.visits = [[[frames.post(1, LATE)], [frames.post(51, LATE)], [frames.post(52)]]]
    await flow.streams.round(flow.clock())
    assert flow.texts == [LATE, LATE]
    assert flow.state.state is SourceHealth.HEALTHY


async def test_one_pass_ends_in_time(flow: Flow):
    flow.at(START + timedelta(days=1))
    takes = [take for n in range(1, 40) for take in ([frames.post(n, LATE)], seconds(1))]
    flow.stream.visits = [takes]
    await flow.streams.round(flow.clock())
    assert len(flow.texts) == 20


async def test_a_stream_that_is_not_in_the_database_is_not_followed(flow: Flow):
    flow.store.sync_sources((), now=START)
    await flow.streams.step(START)
    await flow.streams.round(START)
    await flow.streams.close()
    assert flow.stream.asked == []


# --- tried out


async def test_a_stream_that_speaks_is_well(flow: Flow):
    flow.stream.visits = [[[frames.post(1)]]]
    assert await try_out(SKY, flow.stream, now=NOW) is None
    assert flow.stream.places == [str(frames.micros(NOW))]


@pytest.mark.parametrize(
    ("take", "complaint"),
    [(seconds(10), "it says nothing"), (StreamError("answered 404"), "answered 404")],
)
async def test_what_is_wrong_with_a_stream_is_said(flow: Flow, take: Take, complaint: str):
    flow.stream.visits = [[take]]
    assert await try_out(SKY, flow.stream, now=NOW) == complaint
