"""The deliver loop as scenarios, on a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from monitor.core.outbox import Answered, AttemptIntent, Unreachable, WebhookState
from monitor.core.retry import SPAN, TABLE
from monitor.core.settings import Settings
from monitor.core.signing import refusal
from monitor.core.types import Level
from monitor.ports import Store, Telemetry
from monitor.stages import lane
from monitor.stages.deliver import Deliver
from monitor.stages.running import Run, inline
from tests.core.facts import incident
from tests.stages.deliveries import (
    BOARD,
    BROKEN,
    LEADERSHIP,
    NOON,
    OK,
    SECRET,
    Clock,
    Counted,
    Outbox,
    Receiver,
    Sent,
    after,
    settings,
    urls,
    webhook,
)

ONE = settings(webhook("leadership", LEADERSHIP))
WITH_FALLBACK = settings(
    webhook("leadership", LEADERSHIP, fallback="board"), webhook("board", BOARD)
)


class House:
    """The stage with everything it needs; `at` runs it at a moment until nothing is left to do."""

    def __init__(
        self, config: Settings = ONE, *, store: Any = None, db: Run = inline, settle: float = 5.0
    ) -> None:
        self.clock = Clock()
        self.outbox = Outbox()
        self.receiver = Receiver(self.clock)
        self.counted = Counted()
        self.deliver = Deliver(
            settings=config,
            store=cast("Store", store or self.outbox),
            poster=self.receiver,
            clock=self.clock,
            jitter=lambda: 0.5,
            db=db,
            telemetry=cast("Telemetry", self.counted),
            settle=settle,
        )

    async def at(self, moment: datetime) -> list[Sent]:
        self.clock.at = max(self.clock.at, moment)
        before = len(self.receiver.sent)
        while await self.deliver.step(self.clock()):
            pass
        return self.receiver.sent[before:]

    async def until(self, moment: datetime, *, every: timedelta) -> None:
        while self.clock.at < moment:
            await self.at(self.clock.at + every)


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_nothing_due_nothing_done() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add(next_attempt_at=after(seconds=1))
        assert await house.deliver.step(NOON) is False
        assert house.receiver.sent == []

    run(story)


def test_a_due_alert_is_sent_and_the_independent_library_believes_it() -> None:
    async def story() -> None:
        house = House()
        house.clock.at = datetime.now(tz=NOON.tzinfo)
        house.outbox.add(created_at=house.clock.at)
        assert await house.deliver.step(house.clock.at) is True
        (sent,) = house.receiver.sent
        assert sent.url == LEADERSHIP
        assert sent.headers["content-type"] == "application/json"
        message = Webhook(SECRET).verify(sent.body, dict(sent.headers))
        assert message["data"] == {"n": 1}
        assert house.outbox.states() == {1: "delivered"}
        assert house.counted.outcomes == [("leadership", "delivered")]
        assert house.outbox.attempts[0].seconds == 0.5

    run(story)


def test_every_attempt_has_the_same_id_and_body_a_new_time_and_a_new_signature() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add()
        house.receiver.answers(BROKEN, OK)
        (first,) = await house.at(NOON)
        (second,) = await house.at(after(seconds=10))
        assert (first.id, first.body) == (second.id, second.body)
        for sent in (first, second):
            assert refusal(sent.headers, body=sent.body, secrets=[SECRET], now=sent.at) is None
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
        assert house.counted.outcomes == [("leadership", "failed"), ("leadership", "delivered")]

    run(story)


def test_more_than_15_minutes_after_the_event_the_body_says_late() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add(created_at=after(minutes=-16), next_attempt_at=NOON)
        house.outbox.add(created_at=after(minutes=-14), next_attempt_at=NOON)
        sent = await house.at(NOON)
        assert [one.data for one in sent] == [{"n": 2}, {"n": 1, "late": True}]

    run(story)


def test_the_whole_table_to_a_dead_letter() -> None:
    """With probes between the attempts of the table, which shorten nothing."""

    async def story() -> None:
        house = House()
        house.receiver.takes = 0.0
        house.receiver.answers(BROKEN)
        house.outbox.add()
        await house.until(after(minutes=10), every=timedelta(seconds=1))
        await house.until(NOON + SPAN - timedelta(minutes=2), every=timedelta(minutes=1))
        assert house.outbox.states() == {1: "pending"}
        await house.until(NOON + SPAN + timedelta(hours=1), every=timedelta(minutes=1))
        assert house.outbox.states() == {1: "dead"}
        assert house.counted.outcomes[-1] == ("leadership", "dead")
        made = [0, *(one.attempt for one in house.outbox.attempts)]
        by_table = [
            intent.at
            for before, intent in zip(made, house.outbox.attempts, strict=False)
            if intent.attempt > before
        ]
        waits = [later - earlier for earlier, later in pairwise(by_table)]
        assert len(waits) == len(TABLE)
        for wait, planned in zip(waits, TABLE, strict=True):
            assert planned <= wait <= planned + timedelta(minutes=1)

    run(story)


def test_after_six_hours_of_outage_each_alert_is_delivered_or_superseded_within_a_minute() -> None:
    """40 alerts of 5 incidents; only the newest of each arrives."""

    async def story() -> None:
        house = House()
        house.receiver.answers(Unreachable(error="connection refused"))
        for number in range(40):
            house.outbox.add(incident_id=number % 5, created_at=house.clock.at)
            await house.until(after(minutes=9 * (number + 1)), every=timedelta(seconds=10))
        before = len(house.receiver.sent)
        house.receiver.answers(OK)
        back = house.clock.at
        assert back >= after(hours=6)
        # The next probe comes within half a minute, and then everything.
        while len(house.receiver.sent) == before:
            await house.at(house.clock.at + timedelta(seconds=5))
        assert house.receiver.sent[before].at - back <= timedelta(seconds=30)
        states = house.outbox.states()
        assert house.clock.at - house.receiver.sent[before].at <= timedelta(minutes=1)
        assert [states[number] for number in range(36, 41)] == ["delivered"] * 5
        assert {states[number] for number in range(1, 36)} == {"superseded"}
        arrived = [one.data["n"] for one in house.receiver.sent[before:]]
        assert sorted(arrived) == [36, 37, 38, 39, 40]

    run(story)


def test_while_a_webhook_fails_its_newest_alert_is_tried_at_least_every_five_minutes() -> None:
    async def story() -> None:
        house = House()
        house.receiver.takes = 15.0
        house.receiver.answers(Unreachable(error="no answer within 15 s"))
        for number in range(12):
            house.outbox.add(incident_id=number % 3)
        newest = house.outbox.add(created_at=after(seconds=1))
        await house.until(after(hours=5), every=timedelta(seconds=5))
        times = [one.at for one in house.receiver.sent if one.data["n"] == newest.id]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert max(gaps) <= timedelta(minutes=5)

    run(story)


def test_after_a_restart_an_attempt_cut_off_is_repeated_and_counted_once() -> None:
    async def story() -> None:
        house = House(settle=0.01)
        house.outbox.add()
        house.receiver.hanging[LEADERSHIP] = asyncio.Event()
        assert await house.deliver.step(NOON) is True
        await house.deliver.aclose()
        assert house.outbox.attempts == []
        assert house.outbox.states() == {1: "pending"}
        del house.receiver.hanging[LEADERSHIP]
        again = await house.at(after(seconds=1))
        assert [one.id for one in again] == [house.receiver.sent[0].id]
        assert house.outbox.deliveries[1].attempt == 1

    run(story)


def test_what_a_receiver_has_taken_is_written_down_though_we_are_stopped_just_then() -> None:
    async def story() -> None:
        writing, written = asyncio.Event(), asyncio.Event()

        async def slow(call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
            if call == house.outbox.record_attempt:
                writing.set()
                await written.wait()
            return call(*args, **kwargs)

        house = House(db=cast("Run", slow), settle=0.01)
        house.outbox.add()
        await house.deliver.step(NOON)
        await writing.wait()
        closing = asyncio.create_task(house.deliver.aclose())
        await asyncio.sleep(0)
        written.set()
        await closing
        assert house.outbox.states() == {1: "delivered"}

    run(story)


def test_an_end_does_not_wait_for_ever_for_what_cannot_be_written_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lane, "LAST_WRITE", 0.01)

    async def story() -> None:
        writing, ended = asyncio.Event(), asyncio.Event()

        async def full(call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
            if call == house.outbox.record_attempt:
                writing.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.set()
            return call(*args, **kwargs)

        house = House(db=cast("Run", full), settle=0.01)
        house.outbox.add()
        await house.deliver.step(NOON)
        await writing.wait()
        async with asyncio.timeout(10):
            await house.deliver.aclose()
            await ended.wait()

    run(story)


def test_a_receiver_that_hangs_delays_nobody_else() -> None:
    async def story() -> None:
        both = settings(webhook("leadership", LEADERSHIP), webhook("board", BOARD))
        house = House(both, settle=0.01)
        house.receiver.hanging[LEADERSHIP] = asyncio.Event()
        house.outbox.add("leadership")
        house.outbox.add("leadership", created_at=after(seconds=-1))
        house.outbox.add("board")
        assert await house.deliver.step(NOON) is True
        house.outbox.add("board")
        assert await house.deliver.step(NOON) is True
        assert house.outbox.states("board") == {3: "delivered", 4: "delivered"}
        # One attempt at a time within a webhook.
        assert urls(house.receiver.sent).count(LEADERSHIP) == 1
        house.receiver.hanging[LEADERSHIP].set()
        await house.at(after(seconds=1))
        assert house.outbox.states() == {1: "delivered", 2: "delivered"}

    run(story)


def test_410_stops_the_webhook_until_it_is_enabled_and_the_fallback_takes_over() -> None:
    async def story() -> None:
        house = House(WITH_FALLBACK)
        house.receiver.answer = lambda sent: Answered(status=410) if sent.url == LEADERSHIP else OK
        house.outbox.add()
        house.outbox.add(created_at=after(seconds=-5))
        await house.at(NOON)
        assert urls(house.receiver.sent) == [LEADERSHIP, BOARD, BOARD]
        # A new one is handed over without another attempt, and stays for the day it is enabled.
        fresh = house.outbox.add(created_at=after(minutes=1))
        await house.until(after(minutes=2), every=timedelta(seconds=2))
        assert urls(house.receiver.sent).count(LEADERSHIP) == 1
        assert house.receiver.sent[-1].data == {"n": fresh.id}
        assert house.outbox.states()[fresh.id] == "pending"
        assert "disabled" in str(house.outbox.attempts[-2].error)
        # It was written down once, not at every look.
        count = len(house.outbox.attempts)
        await house.until(after(hours=1), every=timedelta(seconds=30))
        assert len(house.outbox.attempts) == count

    run(story)


def test_after_five_minutes_of_failing_the_fallback_has_every_alert_once() -> None:
    async def story() -> None:
        house = House(WITH_FALLBACK)
        house.receiver.answer = lambda sent: BROKEN if sent.url == LEADERSHIP else OK
        for number in range(3):
            house.outbox.add(created_at=after(seconds=-number))
        await house.until(after(minutes=4), every=timedelta(seconds=2))
        assert BOARD not in urls(house.receiver.sent)
        await house.until(after(minutes=30), every=timedelta(seconds=5))
        handed = [one.data["n"] for one in house.receiver.sent if one.url == BOARD]
        assert sorted(handed) == [1, 2, 3]
        assert set(house.outbox.states().values()) == {"pending"}

    run(story)


def test_while_a_receiver_rests_for_hours_its_fallback_has_every_alert() -> None:
    async def story() -> None:
        house = House(WITH_FALLBACK)
        asked = Answered(status=503, headers={"retry-after": "21600"})
        house.receiver.answer = lambda sent: asked if sent.url == LEADERSHIP else OK
        house.outbox.add()
        await house.at(NOON)
        assert urls(house.receiver.sent) == [LEADERSHIP, BOARD]
        house.outbox.add(created_at=after(hours=1))
        await house.until(after(hours=2), every=timedelta(seconds=30))
        assert urls(house.receiver.sent) == [LEADERSHIP, BOARD, BOARD]
        assert [one.data["n"] for one in house.receiver.sent] == [1, 1, 3]
        # They wait for the receiver itself too.
        house.receiver.answers(OK)
        await house.until(after(hours=6.1), every=timedelta(seconds=30))
        assert set(house.outbox.states().values()) == {"delivered"}

    run(story)


def test_without_a_fallback_what_comes_meanwhile_simply_waits() -> None:
    async def story() -> None:
        house = House()
        house.receiver.answers(Answered(status=503, headers={"retry-after": "21600"}))
        house.outbox.add()
        await house.at(NOON)
        house.outbox.add(created_at=after(hours=1))
        await house.until(after(hours=2), every=timedelta(seconds=30))
        assert len(house.outbox.attempts) == 1

    run(story)


def test_the_webhook_waits_as_long_as_retry_after_says_with_new_alerts_too() -> None:
    async def story() -> None:
        house = House()
        asked = Answered(status=429, headers={"retry-after": "600"})
        house.receiver.answers(asked, OK)
        house.outbox.add()
        await house.at(NOON)
        house.outbox.add(created_at=after(minutes=1))
        await house.until(after(minutes=9), every=timedelta(seconds=5))
        assert len(house.receiver.sent) == 1
        await house.until(after(minutes=11), every=timedelta(seconds=5))
        assert house.outbox.states() == {1: "delivered", 2: "delivered"}

    run(story)


def test_alerts_for_a_webhook_that_is_no_longer_configured_become_dead_letters() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add("old")
        house.outbox.add("old", next_attempt_at=after(hours=9))
        assert await house.at(NOON) == []
        assert house.outbox.states("old") == {1: "dead", 2: "dead"}
        assert house.counted.outcomes == [("old", "dead"), ("old", "dead")]

    run(story)


def test_a_new_configuration_holds_from_the_next_alert_on() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add()
        await house.at(NOON)
        house.deliver.settings = settings(webhook("leadership", BOARD))
        house.outbox.add(created_at=after(seconds=5))
        await house.at(after(seconds=5))
        assert urls(house.receiver.sent) == [LEADERSHIP, BOARD]

    run(story)


def test_what_waits_for_a_webhook_that_was_renamed_reaches_it_under_its_new_name() -> None:
    async def story() -> None:
        house = House()
        house.receiver.answers(BROKEN, OK)
        house.outbox.add()
        await house.at(NOON)
        house.deliver.settings = settings(webhook("chiefs", LEADERSHIP), webhook("b", BOARD))
        house.outbox.add("b", alert_id=101)
        await house.at(after(minutes=1))
        assert house.outbox.states("leadership") == {1: "dead"}
        assert house.outbox.states("chiefs") == {3: "delivered"}
        assert sorted(urls(house.receiver.sent)) == [BOARD, LEADERSHIP, LEADERSHIP], "each once"

    run(story)


def test_what_waits_for_a_webhook_that_was_removed_goes_to_none_that_did_not_ask_for_it() -> None:
    async def story() -> None:
        others: dict[str, dict[str, Any]] = {
            "of another brand": {"brands": ("Castell Bank",)},
            "of what is graver": {"min_level": Level.CRITICAL},
            "of sources": {"events": ("source.*",)},
        }
        house = House(settings(*(webhook(name, BOARD, **asks) for name, asks in others.items())))
        house.outbox.incidents[7] = incident()
        house.outbox.add("leadership", incident_id=7)
        await house.at(NOON)
        assert house.outbox.states("leadership") == {1: "dead"}
        assert len(house.outbox.deliveries) == 1

    run(story)


ECHOES = {
    "the whole address": (LEADERSHIP, "***"),
    "its path": ("no hook at /services/T0/B0/verysecretpath here", "no hook at *** here"),
}


@pytest.mark.parametrize("name", ECHOES)
def test_an_answer_that_repeats_the_address_does_not_bring_it_into_the_log(name: str) -> None:
    echo, shown = ECHOES[name]

    async def story() -> None:
        house = House()
        house.receiver.answers(Answered(status=404, excerpt=echo), Unreachable(error=echo))
        house.outbox.add()
        await house.at(NOON)
        await house.at(after(seconds=20))
        assert [one.error for one in house.outbox.attempts] == [f"answered 404: {shown}", shown]

    run(story)


def test_a_short_path_is_no_secret() -> None:
    async def story() -> None:
        house = House(settings(webhook("leadership", "http://127.0.0.1/inbox?a=1")))
        house.receiver.answers(Answered(status=404, excerpt="not /inbox"))
        house.outbox.add()
        await house.at(NOON)
        assert house.outbox.attempts[0].error == "answered 404: not /inbox"

    run(story)


def test_a_mistake_of_ours_in_a_lane_is_not_swallowed() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add(body="no json", created_at=after(hours=-1))
        with pytest.raises(json.JSONDecodeError):
            await house.at(NOON)

    run(story)


def test_a_failing_webhook_with_nothing_to_send_keeps_nobody_busy() -> None:
    async def story() -> None:
        house = House()
        house.outbox.webhooks["leadership"] = WebhookState(
            name="leadership", failing_since=after(hours=-1)
        )
        assert await house.deliver.step(NOON) is False
        looked: list[AttemptIntent] = house.outbox.attempts
        assert looked == []
        # It is looked at again after five seconds, not at every step.
        waits = replace(house.outbox.add(), attempt=3, next_attempt_at=after(hours=1))
        house.outbox.deliveries[1] = waits
        assert await house.deliver.step(after(seconds=4)) is False
        assert await house.deliver.step(after(seconds=5)) is True
        assert house.outbox.states() == {1: "delivered"}

    run(story)


def test_the_log_tells_once_that_a_webhook_fails_and_once_that_it_is_back() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add()
        house.receiver.answers(BROKEN)
        await house.until(after(minutes=10), every=timedelta(seconds=5))
        house.receiver.answers(OK)
        await house.until(after(minutes=20), every=timedelta(seconds=5))

    with capture_logs() as told:
        run(story)

    assert [(one["event"], one["log_level"], one["status"]) for one in told] == [
        ("webhook fails", "warning", 500),
        ("webhook takes alerts again", "info", 204),
    ]
    assert {one["webhook"] for one in told} == {"leadership"}


def test_the_log_does_not_repeat_what_a_receiver_says_for_it_may_name_authors() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add()
        house.receiver.answers(Answered(status=500, excerpt="cannot take: @mira_onwheels says"))
        await house.at(NOON)
        assert "@mira" in str(house.outbox.attempts[0].error)

    with capture_logs() as told:
        run(story)

    assert [one["event"] for one in told] == ["webhook fails"]
    assert "@mira" not in str(told)


def test_the_log_tells_of_a_webhook_that_is_disabled_and_of_a_dead_letter() -> None:
    async def story() -> None:
        house = House()
        house.outbox.add()
        house.outbox.add(webhook="nobody")
        house.receiver.answers(Answered(status=410))
        await house.at(NOON)

    with capture_logs() as told:
        run(story)

    assert {(one["event"], one["webhook"], one["log_level"]) for one in told} == {
        ("webhook is disabled", "leadership", "warning"),
        ("alert is a dead letter", "nobody", "warning"),
    }
