"""The deliver loop on the real outbox: the outage of `test_deliver`, in SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, cast

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.outbox import Answered, NewAlert, NewDelivery, Unreachable
from monitor.core.types import Incident, Level, Status
from monitor.ports import Telemetry
from monitor.stages.deliver import Deliver
from monitor.stages.running import Run, inline
from tests.stages.deliveries import (
    LEADERSHIP,
    NOON,
    OK,
    Clock,
    Counted,
    Receiver,
    after,
    settings,
    webhook,
)


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    with SqliteStore.in_memory() as opened:
        yield opened


def raise_alert(store: SqliteStore, number: int, *, clock: Clock) -> None:
    """One more state of one of five incidents."""
    incident = Incident(
        id=number % 5 + 1,
        brand="Nordwind Air",
        title="Crew drags passenger off flight",
        status=Status.OPEN,
        level=Level.WARNING,
        severity=3.0,
        risk=0.6,
        opened_at=NOON,
        first_seen_at=NOON,
        last_seen_at=clock(),
    )
    alert = NewAlert(
        type="incident.updated",
        created_at=clock(),
        body=f'{{"type":"incident.updated","timestamp":"x","data":{{"n":{number}}}}}',
        incident_id=incident.id,
        level=Level.WARNING,
        deliveries=(NewDelivery(webhook="leadership", next_attempt_at=clock()),),
    )
    store.record_assessment(
        AssessIntent(at=clock(), incidents=((incident, incident.id),), alerts=(alert,))
    )


def states(store: SqliteStore) -> list[str]:
    rows: list[Any] = list(
        store._connection.execute("SELECT state FROM deliveries ORDER BY id").fetchall()
    )
    return [row[0] for row in rows]


def delivering(
    store: SqliteStore, receiver: Receiver, clock: Clock, *, db: Run = inline
) -> Deliver:
    return Deliver(
        settings=settings(webhook("leadership", LEADERSHIP)),
        store=store,
        poster=receiver,
        clock=clock,
        jitter=lambda: 0.5,
        db=db,
        telemetry=cast("Telemetry", Counted()),
    )


def test_after_six_hours_of_outage_the_newest_states_arrive_and_the_rest_is_superseded(
    store: SqliteStore,
) -> None:
    clock = Clock()
    receiver = Receiver(clock)
    receiver.answers(Unreachable(error="connection refused"))
    deliver = delivering(store, receiver, clock)

    async def until(minutes: float, *, every: float) -> None:
        while clock() < after(minutes=minutes):
            clock.forward(seconds=every)
            while await deliver.step(clock()):
                pass

    async def story() -> None:
        for number in range(40):
            raise_alert(store, number, clock=clock)
            await until(9 * (number + 1), every=30)
        assert set(states(store)) == {"pending"}
        back, before = clock(), len(receiver.sent)
        receiver.answers(OK)
        while len(receiver.sent) == before:
            await until((clock() - NOON) / timedelta(minutes=1) + 0.1, every=5)
        assert clock() - back <= timedelta(minutes=1)
        assert states(store) == ["superseded"] * 35 + ["delivered"] * 5
        assert sorted(one.data["n"] for one in receiver.sent[before:]) == [35, 36, 37, 38, 39]
        assert store.webhook_states()["leadership"].failing_since is None
        assert store.next_delivery_at() is None

    asyncio.run(story())


def test_a_webhook_that_is_enabled_while_its_alerts_are_set_aside_stays_enabled(
    store: SqliteStore,
) -> None:
    """Another process enables it between the look and the write, which wrote it back."""
    clock = Clock()
    receiver = Receiver(clock)
    receiver.answers(Answered(status=410))
    enabling = [lambda: store.enable_webhook("leadership", now=clock())]
    is_gone = False

    async def db(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        found = call(*args, **kwargs)
        if call.__name__ == "_read" and is_gone and enabling:
            enabling.pop()()
        return found

    deliver = delivering(store, receiver, clock, db=cast("Run", db))

    async def story() -> None:
        nonlocal is_gone
        raise_alert(store, 1, clock=clock)
        await deliver.step(clock())
        is_gone = True
        assert store.webhook_states()["leadership"].disabled_at
        raise_alert(store, 2, clock=clock)
        receiver.answers(OK)
        clock.forward(seconds=30)
        while await deliver.step(clock()) or enabling:
            clock.forward(seconds=5)
        await deliver.step(clock())

    asyncio.run(story())
    assert store.webhook_states()["leadership"].disabled_at is None
    assert states(store) == ["delivered", "delivered"]
