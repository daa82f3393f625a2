"""What the outbox remembers of a webhook, and alerts that another webhook takes over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.outbox import DeliveryState, NewDelivery
from tests.adapters.store_values import NOON, after, alert, ask, attempt


def test_a_dead_webhook_hands_on_all_that_waits_for_it(store: SqliteStore, path: Path) -> None:
    waiting = (alert(None, "ops"), alert(None, "ops"))
    store.record_assessment(AssessIntent(at=NOON, alerts=waiting))
    taken = tuple(
        NewDelivery(webhook="board", next_attempt_at=NOON, alert_id=alert_id)
        for alert_id in (1, 2)
    )
    store.record_attempt(attempt(1, DeliveryState.DEAD, hand_over=taken))

    assert ask(path, "SELECT alert_id FROM deliveries WHERE webhook = 'board' ORDER BY 1") == [
        (1,),
        (2,),
    ]


def test_a_webhook_that_asked_us_to_wait_is_remembered_until_it_is_enabled(
    store: SqliteStore,
) -> None:
    store.record_assessment(AssessIntent(at=NOON, alerts=(alert(None, "ops"),)))
    tried = attempt(1, DeliveryState.PENDING)
    waits = replace(tried.webhook, not_before=after(hours=1))
    store.record_attempt(replace(tried, webhook=waits))
    name = waits.name

    assert store.webhook_states()[name].not_before == after(hours=1)
    store.enable_webhook(name, now=NOON)
    assert store.webhook_states()[name].not_before is None
