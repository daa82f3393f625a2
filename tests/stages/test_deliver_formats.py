"""The deliver loop with receivers that speak another language than ours."""

from __future__ import annotations

import asyncio
import json
from typing import cast

from monitor.core.outbox import Answered, Delivery, PostResult, Unreachable
from monitor.core.settings import Secret, WebhookSettings
from monitor.ports import Store, Telemetry
from monitor.stages.deliver import Deliver
from monitor.stages.running import inline
from tests.receivers.events import BODIES, ROUTING_KEY
from tests.stages.deliveries import (
    BOARD,
    NOON,
    Clock,
    Counted,
    Outbox,
    Receiver,
    settings,
    webhook,
)

ADDRESS = "https://hooks.example/services/T0/B0/verysecretpath"


class Told:
    """One webhook of a format with a fallback, and what became of one alert."""

    def __init__(self, format_: str, answer: PostResult, body: bytes = BODIES["incident.opened"]):
        keys = (Secret(ROUTING_KEY),) if format_ == "pagerduty" else ()
        mine = WebhookSettings(
            name="leadership", url=Secret(ADDRESS), secrets=keys, format=format_, fallback="board"
        )
        self.clock = Clock()
        self.outbox = Outbox()
        self.receiver = Receiver(self.clock)
        self.receiver.answer = lambda sent: answer if sent.url != BOARD else Answered(status=204)
        self.outbox.add(body=body.decode())
        deliver = Deliver(
            settings=settings(mine, webhook("board", BOARD)),
            store=cast("Store", self.outbox),
            poster=self.receiver,
            clock=self.clock,
            jitter=lambda: 0.5,
            db=inline,
            telemetry=cast("Telemetry", Counted()),
            settle=5.0,
        )
        asyncio.run(self._until_idle(deliver))

    async def _until_idle(self, deliver: Deliver) -> None:
        while await deliver.step(self.clock()):
            pass

    @property
    def alert(self) -> Delivery:
        return self.outbox.deliveries[1]

    @property
    def error(self) -> str | None:
        return self.outbox.attempts[0].error

    @property
    def handed_over(self) -> bool:
        return any(sent.url == BOARD for sent in self.receiver.sent)


def test_a_chat_gets_its_own_message_and_the_alert_is_delivered() -> None:
    told = Told("slack", Answered(status=200, excerpt="ok"))
    (sent,) = told.receiver.sent
    assert told.alert.state.value == "delivered"
    assert json.loads(sent.body)["blocks"][0]["type"] == "header"
    assert "webhook-signature" not in sent.headers


def test_a_page_that_says_200_is_tried_again() -> None:
    told = Told("slack", Answered(status=200, excerpt="<html> Sign in"))
    assert told.alert.state.value == "pending"
    assert told.alert.next_attempt_at > NOON
    assert told.error == "answered 200 but not `ok`: <html> Sign in"


def test_what_pagerduty_will_never_take_is_dead_at_once_and_the_fallback_has_it() -> None:
    told = Told("pagerduty", Answered(status=400, excerpt="invalid event"))
    assert told.alert.state.value == "dead"
    assert told.error == "answered 400: invalid event (never tried again)"
    assert told.handed_over


def test_a_routing_key_that_comes_back_in_a_complaint_is_not_written_down() -> None:
    echo = f"no integration {ROUTING_KEY} at {ADDRESS}"
    for answer in (Answered(status=400, excerpt=echo), Unreachable(error=echo)):
        told = Told("pagerduty", answer)
        assert "no integration *** at ***" in str(told.error)


def test_a_deleted_channel_of_discord_is_disabled_and_the_fallback_has_the_alert() -> None:
    told = Told("discord", Answered(status=404, excerpt='{"code": 10015}'))
    assert told.outbox.webhooks["leadership"].disabled_at is not None
    assert told.handed_over


def test_an_alert_that_an_older_release_stored_is_still_told() -> None:
    for format_ in ("slack", "teams", "discord", "pagerduty", "apprise", "alertmanager-api"):
        told = Told(format_, Answered(status=202, excerpt="ok"), BODIES["old"])
        assert told.alert.state.value == "delivered"
