"""Receivers that may have taken what they did not answer: knocked at, not flooded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, cast

from monitor.core.outbox import Answered, PostResult, SignedMessage, Unreachable
from monitor.core.turns import PROBE_SPARINGLY
from monitor.ports import Store, Telemetry
from monitor.stages.deliver import Deliver
from monitor.stages.knocking import KNOCK_EVERY, Door
from monitor.stages.running import inline
from tests.stages.deliveries import (
    LEADERSHIP,
    NOON,
    OK,
    Clock,
    Counted,
    Outbox,
    after,
    settings,
    webhook,
)

HANGS = Unreachable(error="no answer within 15 s", perhaps_taken=True)
REFUSES = Unreachable(error="connection refused")
NO_SUCH_METHOD = Answered(status=405)
ALERT = SignedMessage(url=LEADERSHIP, headers={"webhook-id": "msg_1"}, body=b"{}")


class Script:
    """Implements `ports.Poster`: one answer for alerts, one for knocks; remembers what came."""

    def __init__(self, clock: Clock, alerts: PostResult, knocks: PostResult) -> None:
        self.clock = clock
        self.alerts = alerts
        self.knocks = knocks
        self.came: list[SignedMessage] = []

    async def post(self, message: SignedMessage) -> PostResult:
        self.came.append(message)
        answer = self.knocks if message.method == "HEAD" else self.alerts
        self.clock.forward(seconds=15 if answer == HANGS else 0.1)
        return answer

    def count(self, method: str) -> int:
        return sum(one.method == method for one in self.came)


class House:
    """One webhook with one incident's alert; `until` runs the stage to a moment."""

    def __init__(self, *, alerts: PostResult, knocks: PostResult) -> None:
        self.clock = Clock()
        self.outbox = Outbox()
        self.script = Script(self.clock, alerts, knocks)
        self.deliver = Deliver(
            settings=settings(webhook("leadership", LEADERSHIP)),
            store=cast("Store", self.outbox),
            poster=self.script,
            clock=self.clock,
            jitter=lambda: 0.5,
            db=inline,
            telemetry=cast("Telemetry", Counted()),
        )

    async def until(self, minutes: float) -> None:
        while self.clock() < after(minutes=minutes):
            self.clock.forward(seconds=5)
            while await self.deliver.step(self.clock()):
                pass


def knock(door: Door, message: SignedMessage = ALERT) -> bool:
    return asyncio.run(door.opens(message))


def doubted(script: Script) -> Door:
    door = Door(script, script.clock)
    door.heard(HANGS)
    return door


def test_a_knock_goes_to_the_same_address_and_carries_nothing() -> None:
    script = Script(Clock(), OK, OK)
    knock(doubted(script))
    (came,) = script.came
    assert (came.method, came.url, came.body, dict(came.headers)) == ("HEAD", LEADERSHIP, b"", {})


def test_it_opens_when_who_was_silent_answers_whatever_the_answer_says() -> None:
    script = Script(Clock(), OK, HANGS)
    door = doubted(script)
    assert not knock(door)
    script.knocks = NO_SUCH_METHOD
    script.clock.at += KNOCK_EVERY
    assert knock(door)
    script.clock.at += KNOCK_EVERY
    assert not knock(door)


def test_who_answered_knocks_all_along_is_not_back_because_it_still_does() -> None:
    script = Script(Clock(), OK, NO_SUCH_METHOD)
    door = doubted(script)
    opened = []
    for _ in range(3):
        opened.append(knock(door))
        script.clock.at += KNOCK_EVERY
    assert opened == [False, False, False]


def test_knocks_keep_their_distance() -> None:
    script = Script(Clock(), OK, HANGS)
    door = doubted(script)
    knock(door)
    script.clock.at += KNOCK_EVERY - timedelta(seconds=1)
    knock(door)
    assert len(script.came) == 1
    script.clock.at += timedelta(seconds=1)
    knock(door)
    assert len(script.came) == 2


def test_nobody_knocks_where_it_is_clear_that_nothing_was_taken() -> None:
    script = Script(Clock(), OK, OK)
    door = doubted(script)
    door.heard(REFUSES)
    assert not door.in_doubt
    assert not knock(door)
    assert script.came == []


def test_what_goes_by_apprise_cannot_be_knocked_at() -> None:
    script = Script(Clock(), OK, OK)
    by_mail = SignedMessage(url="mailto://a.example", headers={}, body=b"{}", via="apprise")
    assert not knock(doubted(script), by_mail)
    assert script.came == []


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_a_hung_receiver_has_its_alert_within_a_minute_of_its_return() -> None:
    async def story() -> None:
        house = House(alerts=HANGS, knocks=HANGS)
        house.outbox.add()
        await house.until(120)
        alerts = house.script.count("POST")
        assert alerts <= 120 * 60 / PROBE_SPARINGLY.total_seconds() + 11
        back = house.clock()
        house.script.alerts, house.script.knocks = OK, NO_SUCH_METHOD
        while house.outbox.states() == {1: "pending"}:
            await house.until((house.clock() - NOON) / timedelta(minutes=1) + 0.1)
        assert house.clock() - back <= timedelta(minutes=1)

    run(story)


def test_a_slow_receiver_that_answers_knocks_is_not_flooded() -> None:
    async def story() -> None:
        house = House(alerts=HANGS, knocks=NO_SUCH_METHOD)
        house.outbox.add()
        await house.until(120)
        assert house.script.count("HEAD") > 200
        assert house.script.count("POST") <= 120 * 60 / PROBE_SPARINGLY.total_seconds() + 11

    run(story)


def test_a_receiver_that_refuses_is_probed_with_the_alert_itself() -> None:
    async def story() -> None:
        house = House(alerts=REFUSES, knocks=OK)
        house.outbox.add()
        await house.until(10)
        assert house.script.count("HEAD") == 0
        assert house.script.count("POST") > 20

    run(story)


def test_a_receiver_that_rests_is_not_knocked_at() -> None:
    async def story() -> None:
        house = House(alerts=HANGS, knocks=HANGS)
        house.outbox.add()
        await house.until(1)
        house.script.alerts = Answered(status=503, headers={"retry-after": "3600"})
        await house.until(15)
        before = len(house.script.came)
        await house.until(45)
        assert len(house.script.came) == before

    run(story)
