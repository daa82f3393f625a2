"""The outbox: what is due first, what waits, what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.rows import time_text
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.outbox import DeliveryState, NewDelivery, WebhookState
from monitor.core.types import Level
from monitor.errors import InputError, NotFoundError
from tests.adapters.store_values import NOON, after, alert, ask, attempt, opening

DISABLED = WebhookState(name="ops", disabled_at=NOON, last_attempt_at=NOON)


def states(path: Path) -> list[tuple[Any, ...]]:
    return ask(path, "SELECT id, webhook, state, attempt, next_attempt_at FROM deliveries")


# --- what is due


def test_a_delivery_comes_back_with_its_alert(store: SqliteStore) -> None:
    store.record_assessment(opening(1, "ops"))
    (due,) = store.due_deliveries(NOON, 10)
    assert (due.id, due.alert_id, due.incident_id, due.webhook) == (1, 1, 1, "ops")
    assert (due.type, due.level, due.body) == ("incident.opened", Level.WARNING, alert().body)
    assert (due.created_at, due.next_attempt_at, due.attempt) == (NOON, NOON, 0)
    assert due.state is DeliveryState.PENDING


def test_an_operational_alert_is_delivered_too(store: SqliteStore) -> None:
    store.add_alerts([alert(None, "ops", type="source.blind", level=None)])
    (due,) = store.due_deliveries(NOON, 10)
    assert (due.incident_id, due.level, due.type) == (None, None, "source.blind")


def test_nothing_is_due_before_its_time(store: SqliteStore) -> None:
    store.add_alerts([alert(None, "ops", due=after(minutes=5)), alert(None, "ops")])
    assert [one.id for one in store.due_deliveries(after(minutes=4), 10)] == [2]
    assert {one.id for one in store.due_deliveries(after(minutes=5), 10)} == {1, 2}
    assert store.next_delivery_at() == NOON


def test_the_newest_state_of_each_incident_comes_first(store: SqliteStore) -> None:
    for id_ in (1, 2):
        store.record_assessment(opening(id_))
    watch, warning, critical = Level.WATCH, Level.WARNING, Level.CRITICAL
    for incident_id, level, webhooks in (
        (1, watch, ["ops"]),
        (2, critical, ["ops", "board"]),
        (1, warning, ["ops"]),
        (2, warning, ["ops"]),
        (None, None, ["ops"]),
        (None, None, ["ops"]),
    ):
        store.add_alerts([alert(incident_id, *webhooks, level=level)])
    order = [(one.incident_id, one.level, one.webhook) for one in store.due_deliveries(NOON, 10)]
    assert order == [
        (2, critical, "board"),
        (1, warning, "ops"),
        (2, warning, "ops"),
        (None, None, "ops"),
        (None, None, "ops"),
        (2, critical, "ops"),
        (1, watch, "ops"),
    ]
    assert [one.id for one in store.due_deliveries(NOON, 2)] == [3, 4]


def test_a_webhook_for_which_much_is_due_does_not_fill_the_list_for_the_others(
    store: SqliteStore,
) -> None:
    for _ in range(5):
        store.add_alerts([alert(None, "away")])
    store.add_alerts([alert(None, "ops")])
    assert [one.webhook for one in store.due_deliveries(NOON, 3)] == ["away", "ops", "away"]


def test_a_disabled_webhook_is_left_out_and_its_deliveries_wait(store: SqliteStore) -> None:
    store.record_assessment(opening(1, "ops", "board"))
    store.add_alerts([alert(1, "ops", due=after(minutes=-5))])
    store.record_attempt(attempt(1, DeliveryState.DEAD, webhook=DISABLED, status=410))
    assert [one.webhook for one in store.due_deliveries(after(hours=1), 10)] == ["board"]
    assert [one.id for one in store.pending_deliveries("ops")] == [3]
    assert store.next_delivery_at() == NOON
    assert store.enable_webhook("ops", now=after(hours=1))
    assert [one.id for one in store.due_deliveries(after(hours=1), 10)] == [2, 3]
    assert store.webhook_states()["ops"] == WebhookState(name="ops", last_attempt_at=NOON)


def test_what_waits_for_a_webhook_comes_newest_first(store: SqliteStore) -> None:
    store.add_alerts([alert(None, "ops", due=after(days=days)) for days in (3, 1, 2)])
    store.add_alerts([alert(None, "board")])
    assert [one.alert_id for one in store.pending_deliveries("ops")] == [3, 2, 1]


def test_an_empty_outbox_has_nothing_next(store: SqliteStore) -> None:
    assert store.next_delivery_at() is None
    assert store.due_deliveries(NOON, 10) == ()


# --- what an attempt leaves behind


def test_a_delivered_alert_is_out_of_the_way(store: SqliteStore, path: Path) -> None:
    store.record_assessment(opening(1, "ops"))
    store.record_attempt(attempt(1, DeliveryState.DELIVERED))
    assert store.pending_deliveries("ops") == ()
    assert ask(path, "SELECT state, attempt, next_attempt_at, delivered_at FROM deliveries") == [
        ("delivered", 1, None, time_text(after(seconds=2)))
    ]
    assert ask(path, "SELECT delivery_id, at, status, error, seconds FROM attempts") == [
        (1, time_text(NOON), 200, None, 2.0)
    ]


def test_a_failed_attempt_is_logged_and_tried_again(store: SqliteStore, path: Path) -> None:
    store.record_assessment(opening(1, "ops"))
    failing = WebhookState(
        name="ops", failing_since=NOON, last_attempt_at=NOON, last_success_at=after(days=-1)
    )
    store.record_attempt(
        attempt(
            1,
            DeliveryState.PENDING,
            status=None,
            error="refused",
            next_attempt_at=after(seconds=5),
            webhook=failing,
        )
    )
    (waiting,) = store.pending_deliveries("ops")
    assert (waiting.attempt, waiting.next_attempt_at) == (1, after(seconds=5))
    assert store.webhook_states() == {"ops": failing}
    assert ask(path, "SELECT status, error FROM attempts") == [(None, "refused")]


def test_a_dead_letter_has_no_next_attempt(store: SqliteStore, path: Path) -> None:
    store.record_assessment(opening(1, "ops"))
    dead = attempt(1, DeliveryState.DEAD, attempt=11, next_attempt_at=after(minutes=1))
    store.record_attempt(dead)
    assert states(path) == [(1, "ops", "dead", 11, None)]
    assert store.next_delivery_at() is None


def test_the_newest_word_on_a_webhook_counts(store: SqliteStore) -> None:
    store.record_assessment(opening(1, "ops"))
    every = WebhookState(
        name="ops",
        disabled_at=NOON,
        failing_since=NOON,
        last_success_at=NOON,
        last_attempt_at=NOON,
    )
    for state in (every, WebhookState(name="ops", last_success_at=after(hours=1))):
        store.record_attempt(attempt(1, DeliveryState.PENDING, webhook=state))
        assert store.webhook_states() == {"ops": state}


def test_one_success_makes_all_that_was_tried_and_waits_due_at_once(
    store: SqliteStore, path: Path
) -> None:
    waiting, held_back, overdue = after(hours=6), after(hours=8), after(minutes=-1)
    store.add_alerts([alert(None, "ops"), alert(None, "ops"), alert(None, "board")])
    store.add_alerts([alert(None, "ops", due=held_back), alert(None, "ops")])
    for id_, webhook, next_at in ((2, "ops", waiting), (3, "board", waiting), (5, "ops", overdue)):
        tried = attempt(id_, DeliveryState.PENDING, next_attempt_at=next_at)
        store.record_attempt(replace(tried, webhook=WebhookState(name=webhook)))
    store.record_attempt(attempt(1, DeliveryState.DELIVERED, wake=True))
    assert [row[-1] for row in states(path)] == [
        None,
        time_text(after(seconds=2)),
        time_text(waiting),
        time_text(held_back),
        time_text(overdue),
    ]


def test_a_success_without_waking_leaves_the_others_waiting(store: SqliteStore) -> None:
    store.add_alerts([alert(None, "ops"), alert(None, "ops")])
    later = attempt(2, DeliveryState.PENDING, next_attempt_at=after(hours=6))
    store.record_attempt(later)
    store.record_attempt(attempt(1, DeliveryState.DELIVERED))
    assert store.next_delivery_at() == after(hours=6)


def test_older_states_of_an_incident_are_superseded(store: SqliteStore, path: Path) -> None:
    store.record_assessment(opening(1, "ops"))
    store.add_alerts([alert(1, "ops"), alert(1, "ops")])
    store.record_attempt(attempt(2, DeliveryState.DELIVERED))
    store.record_attempt(attempt(3, DeliveryState.DELIVERED, supersede=(1, 2)))
    assert [row[2] for row in states(path)] == ["superseded", "delivered", "delivered"]
    assert store.next_delivery_at() is None


def test_a_dead_webhook_hands_its_alert_over(store: SqliteStore, path: Path) -> None:
    store.record_assessment(opening(1, "ops", "board"))
    hand_over = tuple(
        NewDelivery(webhook=name, next_attempt_at=after(minutes=1)) for name in ("board", "phone")
    )
    store.record_attempt(attempt(1, DeliveryState.DEAD, hand_over=hand_over))
    assert [row[1:] for row in states(path)] == [
        ("ops", "dead", 1, None),
        ("board", "pending", 0, time_text(NOON)),
        ("phone", "pending", 0, time_text(after(minutes=1))),
    ]
    assert ask(path, "SELECT DISTINCT alert_id FROM deliveries") == [(1,)]


def test_one_alert_reaches_a_webhook_once_however_often_it_is_named(
    store: SqliteStore, path: Path
) -> None:
    store.record_assessment(AssessIntent(at=NOON, alerts=(alert(None, "ops", "ops"),)))
    assert states(path) == [(1, "ops", "pending", 0, time_text(NOON))]


# --- by hand


def test_a_dead_letter_is_retried_from_the_start(store: SqliteStore, path: Path) -> None:
    store.record_assessment(opening(1, "ops"))
    store.record_attempt(attempt(1, DeliveryState.DEAD, attempt=11))
    store.retry_delivery(1, now=after(hours=1))
    assert states(path) == [(1, "ops", "pending", 0, time_text(after(hours=1)))]


def test_a_waiting_delivery_is_retried_now_and_keeps_count(store: SqliteStore, path: Path) -> None:
    store.record_assessment(opening(1, "ops"))
    store.record_attempt(attempt(1, DeliveryState.PENDING, attempt=3))
    store.retry_delivery(1, now=after(seconds=9))
    assert states(path) == [(1, "ops", "pending", 3, time_text(after(seconds=9)))]


def test_what_arrived_is_not_sent_again(store: SqliteStore) -> None:
    store.record_assessment(opening(1, "ops"))
    store.record_attempt(attempt(1, DeliveryState.DELIVERED))
    with pytest.raises(InputError, match="delivery 1 is delivered"):
        store.retry_delivery(1, now=NOON)


def test_a_delivery_that_does_not_exist_is_named(store: SqliteStore) -> None:
    with pytest.raises(NotFoundError, match="no delivery 7"):
        store.retry_delivery(7, now=NOON)


def test_enabling_wakes_what_failed_and_says_whether_the_webhook_was_disabled(
    store: SqliteStore,
) -> None:
    assert not store.enable_webhook("ops", now=NOON)
    store.record_assessment(opening(1, "ops"))
    broken = WebhookState(name="ops", disabled_at=NOON, failing_since=NOON)
    store.record_attempt(
        attempt(1, DeliveryState.PENDING, next_attempt_at=after(hours=12), webhook=broken)
    )
    assert store.enable_webhook("ops", now=after(hours=1))
    assert store.next_delivery_at() == after(hours=1)
    assert store.webhook_states() == {"ops": WebhookState(name="ops")}
    assert not store.enable_webhook("ops", now=after(hours=2))
