"""What the passing of time brings: reminders, escalation, blindness, heartbeat, retention."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from monitor.adapters.store import SqliteStore
from monitor.core.answers import Answer
from monitor.core.polling import FetchFailed, PageIntent
from monitor.core.pushed import source_of
from monitor.core.pushing import PushIntent
from monitor.core.settings import AlertSettings, EscalationStep, PlannedSilence, QuietHours
from monitor.core.types import Level
from monitor.errors import InputError, NotFoundError
from monitor.stages import answer
from tests.fakes import page
from tests.stages.conftest import FEED, HOOK, NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
MINUTES = timedelta(minutes=1)
[A] = SETTINGS.sources
B = replace(A, name="b", url="https://feeds.example/b")


async def after(world: World, span: timedelta) -> list[str]:
    """What is told when `span` has passed since noon."""
    world.events.clear()
    await world.respond.step(NOON + span)
    return world.told


def operational(world: World, type_: str) -> list[dict[str, object]]:
    rows = world.rows(f"SELECT body FROM alerts WHERE type = '{type_}' ORDER BY id")  # noqa: S608
    return [json.loads(str(body))["data"] for (body,) in rows]


async def test_an_unacknowledged_incident_is_reminded_of_once_its_time_is_over(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))

    assert await after(world, 14 * MINUTES) == []
    assert await after(world, 16 * MINUTES) == ["incident.reminder"]
    assert await after(world, 17 * MINUTES) == []
    assert ("remind", "monitor") in world.rows("SELECT verb, actor FROM actions")


async def test_all_that_is_to_be_reminded_of_at_once_is_one_message(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))

    assert await after(world, 61 * MINUTES) == ["incident.reminder"]
    assert world.events[-1].reason == (
        "Nobody acknowledged it for 15 minutes. "
        "No statement of the brand was seen within 60 minutes."
    )
    assert await after(world, 62 * MINUTES) == []


async def test_a_reminder_quotes_what_was_said_since_the_last_message(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    assert await after(world, 16 * MINUTES) == ["incident.reminder"]
    assert world.events[-1].reason == "Nobody acknowledged it for 15 minutes."

    world.clock.forward(20 * MINUTES)
    words = "The woman whom Meridian Air crew dragged down the aisle is in hospital"
    await world.see(item(2, f"{words} with a broken hip", ago=-20 * MINUTES))
    assert await after(world, timedelta(hours=5)) == ["incident.reminder"]
    assert world.events[-1].reason.endswith(
        f" 1 mention since the last message: “{words} with a broken hip”."
    )
    assert await after(world, timedelta(hours=9)) == ["incident.reminder"]
    assert world.events[-1].reason == "Nobody acknowledged it for 8 hours."


async def test_an_acknowledged_incident_is_left_to_those_who_have_it(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    said = Answer(verb="acknowledge", actor="ann", text="calling the station")
    answer.take(world.store, world.settings, 1, said, now=NOON + MINUTES)

    assert await after(world, 59 * MINUTES) == []
    assert await after(world, timedelta(hours=9)) == ["incident.reminder"]
    assert world.events[-1].reason == "No statement of the brand was seen within 60 minutes."
    assert await after(world, timedelta(hours=10)) == []
    assert world.rows("SELECT status, acknowledged_by FROM incidents") == [("acknowledged", "ann")]
    [body] = world.rows("SELECT body FROM alerts WHERE type = 'incident.acknowledged'")
    assert "Acknowledged by ann: calling the station." in str(body)


async def test_nobody_answers_so_the_next_step_is_told(store):
    board = replace(HOOK, name="board")
    steps = (EscalationStep(after=timedelta(minutes=20), webhooks=("board",)),)
    settings = replace(SETTINGS, webhooks=(HOOK, board), alerts=AlertSettings(escalation=steps))
    world = World(store=store, settings=settings)
    await world.start()
    await world.see(item(1, DRAGGED))
    assert world.rows("SELECT DISTINCT webhook FROM deliveries") == [("leadership",)]

    assert await after(world, 21 * MINUTES) == ["incident.reminder", "incident.handed_on"]
    assert ("board", "incident.handed_on") in world.rows(
        "SELECT webhook, type FROM deliveries JOIN alerts ON alerts.id = alert_id"
    )


async def test_quiet_hours_hold_back_what_is_not_critical(store):
    quiet = QuietHours(start=11 * 60, end=14 * 60, zone="UTC")
    settings = replace(SETTINGS, alerts=AlertSettings(critical=0.99, quiet_hours=(quiet,)))
    world = World(store=store, settings=settings)
    await world.start()
    await world.see(item(1, DRAGGED))

    [event] = world.events
    assert event.incident.level is Level.WARNING
    [(due,)] = world.rows("SELECT next_attempt_at FROM deliveries")
    assert str(due).startswith("2026-11-22T14:00:00")


async def test_a_planned_silence_of_its_brand_holds_it_back_too(store):
    planned = PlannedSilence(
        name="move",
        reason="new core",
        brand="Meridian Air",
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=5),
    )
    settings = replace(SETTINGS, alerts=AlertSettings(critical=0.99), silences=(planned,))
    world = World(store=store, settings=settings)
    await world.start()
    await world.see(item(1, DRAGGED))

    [(due,)] = world.rows("SELECT next_attempt_at FROM deliveries")
    assert str(due).startswith("2026-11-22T17:00:00")


async def test_an_incident_that_went_quiet_is_closed(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    for verb in ("acknowledge", "statement"):
        said = Answer(verb=verb, actor="ann", text="We are sorry.")
        answer.take(world.store, world.settings, 1, said, now=NOON)

    assert await after(world, timedelta(hours=71)) == []
    world.clock.forward(timedelta(hours=73))
    await world.see()
    assert await after(world, timedelta(hours=73)) == ["incident.resolved"]
    assert world.rows("SELECT status FROM incidents") == [("resolved",)]


async def acknowledged(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED))
    for verb in ("acknowledge", "statement"):
        said = Answer(verb=verb, actor="ann", text="We are sorry.")
        answer.take(world.store, world.settings, 1, said, now=NOON)


async def test_a_silence_that_nobody_listened_to_closes_nothing(world: World):
    await acknowledged(world)
    week = timedelta(days=7)
    assert await after(world, week) == []

    world.clock.forward(week)
    lawsuit = "The woman whom Meridian Air crew dragged down the aisle sues the airline"
    await world.see(item(2, lawsuit, ago=-week + 30 * MINUTES))
    assert "incident.resolved" not in await after(world, week)
    assert world.rows("SELECT status, mention_count FROM incidents") == [("acknowledged", 2)]


async def test_what_every_source_is_blind_to_closes_nothing(world: World):
    await acknowledged(world)
    world.fetcher.answers(FEED, FetchFailed(reason="connection refused"))
    world.clock.forward(timedelta(hours=73))
    await world.poll.round(world.clock(), everything=True)
    assert await after(world, timedelta(hours=73)) == []
    assert world.rows("SELECT status FROM incidents") == [("acknowledged",)]


async def test_what_is_pushed_was_listened_to_though_every_source_is_blind(world: World):
    await acknowledged(world)
    world.fetcher.answers(FEED, FetchFailed(reason="connection refused"))
    world.clock.forward(timedelta(hours=73))
    await world.poll.round(world.clock(), everything=True)
    pushed = PushIntent(
        source=source_of("crm", world.settings), at=world.clock(), seconds=0.1, entries=()
    )
    world.store.record_push((replace(pushed, at=NOON),))
    assert await after(world, timedelta(hours=73)) == [], "that was before its end"
    world.store.record_push((pushed,))
    assert await after(world, timedelta(hours=73)) == ["incident.resolved"]


async def test_nobody_is_reminded_of_a_brand_that_was_taken_out_of_the_configuration(
    world: World,
):
    await world.start()
    await world.see(item(1, DRAGGED))
    watched = world.respond.settings
    world.respond.settings = replace(watched, brands=())
    assert await after(world, timedelta(hours=5)) == []

    world.respond.settings = watched
    assert await after(world, timedelta(hours=5)) == ["incident.reminder"]


async def test_what_people_have_of_such_a_brand_is_closed_as_ever(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    said = Answer(verb="acknowledge", actor="ann", text="calling the station")
    answer.take(world.store, world.settings, 1, said, now=NOON)
    world.respond.settings = replace(world.settings, brands=())

    assert await after(world, timedelta(hours=73)) == ["incident.resolved"]


async def test_a_source_without_success_is_told_as_blind_once_and_as_recovered_once(world: World):
    await world.start()
    world.fetcher.answers(FEED, FetchFailed(reason="connection refused"))
    await world.poll.round(NOON, everything=True)
    for minutes in (10, 20, 30):
        await world.respond.step(NOON + minutes * MINUTES)

    [blind] = operational(world, "source.blind")
    assert (blind["source"], blind["last_success_at"]) == ("a", None)
    assert "connection refused" in str(blind["note"])

    world.clock.forward(timedelta(minutes=40))
    await world.see(item(1, "Meridian Air flies to Oslo"))
    await world.respond.step(world.clock())
    await world.respond.step(world.clock())

    assert [one["source"] for one in operational(world, "source.recovered")] == ["a"]


async def test_a_source_is_asked_on_after_the_clock_was_set_back(world: World):
    world.clock.forward(timedelta(hours=9))
    await world.start()
    await world.see(item(1, "Meridian Air flies to Oslo"))
    await world.respond.step(world.clock())
    world.clock.forward(timedelta(hours=-9))
    with capture_logs() as told:
        await world.respond.step(world.clock())
        await world.respond.step(world.clock())

    assert [one["event"] for one in told] == ["the clock was set back"]
    [state] = world.store.source_states()
    assert state.next_poll_at is not None
    assert state.next_poll_at - world.clock() < timedelta(minutes=6)


async def test_a_source_that_answers_is_not_blind_however_little_it_says(world: World):
    await world.start()
    for _ in range(10):
        await world.see()
        world.clock.forward(timedelta(minutes=5))
        await world.respond.step(world.clock())

    assert operational(world, "source.blind") == []


async def test_the_heartbeat_proves_that_silence_means_quiet(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    for hours in (0, 1, 23, 24, 25):
        await world.respond.step(NOON + timedelta(hours=hours))

    beats = operational(world, "monitor.heartbeat")
    assert len(beats) == 2
    assert beats[0]["open_incidents"] == 1
    assert beats[0]["healthy"] == ["a"]


async def test_the_first_heartbeat_waits_until_every_source_has_been_asked(store):
    world = World(store=store, settings=replace(SETTINGS, sources=(A, B)))
    await world.start()
    world.fetcher.answers("https://feeds.example/b", FetchFailed(reason="404", status=404))
    await world.respond.step(NOON)
    assert operational(world, "monitor.heartbeat") == []

    await world.see()
    await world.respond.step(NOON + timedelta(seconds=2))
    [beat] = operational(world, "monitor.heartbeat")
    assert (beat["healthy"], beat["stale"]) == (["a"], ["b"])
    assert (beat["healthy_count"], beat["stale_count"]) == (1, 1)


async def test_the_first_heartbeat_does_not_wait_for_ever_and_calls_nothing_unasked_healthy(store):
    world = World(store=store, settings=replace(SETTINGS, sources=(A, B)))
    await world.start()
    await world.respond.step(NOON + timedelta(seconds=59))
    await world.respond.step(NOON + timedelta(seconds=61))

    [beat] = operational(world, "monitor.heartbeat")
    assert (beat["healthy"], beat["stale"]) == ([], ["a", "b"])


async def test_a_heartbeat_of_more_sources_than_a_message_can_name_counts_them(store):
    many = tuple(
        replace(A, name=f"the name of a feed, forty characters {n:03}") for n in range(500)
    )
    world = World(store=store, settings=replace(SETTINGS, sources=many))
    await world.start()
    await world.respond.step(NOON + timedelta(seconds=61))

    [beat] = operational(world, "monitor.heartbeat")
    assert (beat["healthy_count"], beat["stale_count"]) == (0, 500)
    assert beat["stale"] == [source.name for source in many[:20]]


async def test_an_alert_before_the_first_answer_of_a_source_does_not_count_it_as_seen(store):
    world = World(store=store, settings=replace(SETTINGS, sources=(A, B)))
    await world.start()
    [a, _] = store.source_states()
    world.reader.page("page", item(1, DRAGGED))
    world.fetcher.answers(FEED, page("page"))
    await world.poll.poll(a, NOON)
    await world.assess.step(NOON)

    assert (world.events[0].coverage.healthy, world.events[0].coverage.stale) == (("a",), ("b",))


async def test_the_heartbeat_can_be_turned_off(store):
    world = World(store=store, settings=replace(SETTINGS, heartbeat=None))
    await world.start()
    await world.see(item(1, DRAGGED))
    for hours in (0, 25):
        await world.respond.step(NOON + timedelta(hours=hours))

    assert operational(world, "monitor.heartbeat") == []


async def test_old_mentions_go_and_incidents_stay(world: World):
    oslo = "Meridian Air flies to Oslo"
    await world.start()
    await world.see(item(1, DRAGGED), item(2, oslo))
    await world.respond.step(NOON + timedelta(days=399))
    assert world.rows("SELECT text FROM mentions ORDER BY text") == [(DRAGGED,), (oslo,)]
    await world.respond.step(NOON + timedelta(days=401))

    assert world.rows("SELECT text FROM mentions") == [(DRAGGED,)]


async def test_what_is_old_is_looked_for_once_an_hour(world: World):
    await world.start()
    await world.see(item(1, "Meridian Air flies to Oslo"))
    over = NOON + timedelta(days=400)
    left = []
    for minutes in (-30, 1, 29, 30):
        await world.respond.step(over + minutes * MINUTES)
        left += world.rows("SELECT count(*) FROM mentions")

    assert left == [(1,), (1,), (1,), (0,)]
    await world.see(item(2, "Meridian Air flies to Rome"))
    await world.respond.step(over + 90 * MINUTES)
    assert world.rows("SELECT count(*) FROM mentions") == [(0,)]


async def test_a_replay_has_no_sources_to_lose(world: World):
    world.respond._operational = False
    await world.start()
    await world.respond.step(NOON + timedelta(days=30))

    assert world.rows("SELECT count(*) FROM alerts") == [(0,)]


async def test_an_answer_to_nothing_or_to_something_closed_is_refused(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    resolve, ack = Answer(verb="resolve", actor="ann"), Answer(verb="acknowledge", actor="bob")

    with pytest.raises(NotFoundError, match="there is no incident 7"):
        answer.take(world.store, world.settings, 7, resolve, now=NOON)
    answer.take(world.store, world.settings, 1, ack, now=NOON)
    with pytest.raises(InputError, match="incident 1 was acknowledged by bob already"):
        answer.take(world.store, world.settings, 1, ack, now=NOON)
    answer.take(world.store, world.settings, 1, resolve, now=NOON)
    with pytest.raises(InputError, match="incident 1 is resolved already"):
        answer.take(world.store, world.settings, 1, ack, now=NOON)


async def test_deleted_words_are_wiped_from_the_file_within_the_hour(tmp_path):
    path = tmp_path / "monitor.db"
    with SqliteStore.open(path) as store:
        world = World(store=store, settings=SETTINGS)
        await world.start()
        await world.see(item(1, DRAGGED))
        await after(world, 1 * MINUTES)
        [state] = store.source_states()
        [(native_id,)] = world.rows("SELECT native_id FROM mentions")
        at = NOON + 2 * MINUTES
        store.record_page(PageIntent(source=state, at=at, deleted=(str(native_id),)))
        await after(world, 3 * MINUTES)
        assert DRAGGED.encode() in path.with_name("monitor.db-wal").read_bytes()

        await after(world, 63 * MINUTES)
        for file in tmp_path.glob("monitor.db*"):
            assert DRAGGED.encode() not in file.read_bytes(), file


async def test_what_one_pruning_leaves_goes_minutes_later_and_not_hours(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("monitor.stages.respond.PRUNE_LIMIT", 2)
    world.respond.settings = replace(SETTINGS, retention=timedelta(0))
    await world.start()
    await world.see(*(item(n, f"Meridian Air flight {n} is fine") for n in range(5)))
    left = []
    for seconds in (1, 60, 61, 121, 181):
        await after(world, timedelta(seconds=seconds))
        left += world.rows("SELECT count(*) FROM mentions")
    assert left == [(3,), (3,), (1,), (0,), (0,)]
