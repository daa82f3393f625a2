"""The outbox: what is due, what waits, what an attempt writes.

Runs inside the transaction of its caller (see `store`). Does not decide when to try again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.adapters import sql
from monitor.adapters.connect import Connection
from monitor.adapters.rows import (
    delivery_from,
    maybe_moment,
    maybe_plain,
    maybe_time_text,
    time_text,
    webhook_from,
    webhook_values,
)
from monitor.adapters.store_assess import add_delivery
from monitor.core.outbox import AttemptIntent, Delivery, DeliveryState, WebhookState
from monitor.errors import InputError, NotFoundError

_DELIVERIES = """
SELECT deliveries.*, incident_id, type, level, body, created_at
FROM deliveries JOIN alerts ON alerts.id = deliveries.alert_id
"""
_ENABLED = "webhook NOT IN (SELECT name FROM webhooks WHERE disabled_at IS NOT NULL)"
# Newest state of each incident first, the gravest of them before the others. An operational
# alert has no incident and is a group of its own. Webhooks take turns: one that must wait does
# not fill the list for all.
_DUE = f"""
WITH due AS (
  SELECT *, row_number() OVER (
    PARTITION BY webhook, coalesce(incident_id, -alert_id) ORDER BY alert_id DESC
  ) AS age,
  CASE level WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 WHEN 'watch' THEN 2 ELSE 3 END AS grade
  FROM ({_DELIVERIES} WHERE state = 'pending' AND next_attempt_at <= ? AND {_ENABLED})
)
SELECT * FROM due
ORDER BY
  row_number() OVER (PARTITION BY webhook ORDER BY age, grade, alert_id, id) > 1,
  age, grade, alert_id, id
LIMIT ?
"""  # noqa: S608 - pieces of ours
_PENDING = f"{_DELIVERIES} WHERE state = 'pending' AND webhook = ? ORDER BY alert_id DESC"
_NEXT = f"SELECT min(next_attempt_at) FROM deliveries WHERE state = 'pending' AND {_ENABLED}"  # noqa: S608
_OUTCOME = """
UPDATE deliveries SET state = :state, attempt = :attempt, next_attempt_at = :next_attempt_at,
  delivered_at = :delivered_at
WHERE id = :id
"""
_ATTEMPT = """
INSERT INTO attempts (delivery_id, at, status, error, seconds) VALUES (?, ?, ?, ?, ?)
"""
# What was not tried yet is held back on purpose, by quiet hours.
_WAKE = """
UPDATE deliveries SET next_attempt_at = :at
WHERE webhook = :webhook AND state = 'pending' AND attempt > 0 AND next_attempt_at > :at
"""
_SUPERSEDE = """
UPDATE deliveries SET state = 'superseded', next_attempt_at = NULL
WHERE id = ? AND state = 'pending'
"""
_RETRY = """
UPDATE deliveries SET state = 'pending', next_attempt_at = ?,
  attempt = iif(state = 'dead', 0, attempt)
WHERE id = ?
"""
_IS_DISABLED = "SELECT 1 FROM webhooks WHERE name = ? AND disabled_at IS NOT NULL"
_ENABLE = """
UPDATE webhooks SET disabled_at = NULL, not_before = NULL, failing_since = NULL WHERE name = ?
"""


def due_deliveries(connection: Connection, now: datetime, limit: int) -> tuple[Delivery, ...]:
    rows = connection.execute(_DUE, (time_text(now), limit))
    return tuple(delivery_from(row) for row in rows)


def pending_deliveries(connection: Connection, webhook: str) -> tuple[Delivery, ...]:
    return tuple(delivery_from(row) for row in connection.execute(_PENDING, (webhook,)))


def next_delivery_at(connection: Connection) -> datetime | None:
    return maybe_moment(connection.execute(_NEXT).fetchone()[0])


def webhook_states(connection: Connection) -> Mapping[str, WebhookState]:
    rows = connection.execute("SELECT * FROM webhooks ORDER BY name")
    return {row["name"]: webhook_from(row) for row in rows}


def record_attempt(connection: Connection, intent: AttemptIntent) -> None:
    at = time_text(intent.at)
    what = (intent.status, maybe_plain(intent.error), intent.seconds)
    connection.execute(_ATTEMPT, (intent.delivery_id, at, *what))
    ended = time_text(intent.at + timedelta(seconds=intent.seconds))
    connection.execute(_OUTCOME, _outcome_values(intent, ended=ended))
    values = webhook_values(intent.webhook)
    columns = tuple(values)
    statement = sql.upsert("webhooks", columns, key="name", update=columns[1:])
    connection.execute(statement, values)
    connection.executemany(_SUPERSEDE, ((id_,) for id_ in intent.supersede))
    if intent.wake:
        connection.execute(_WAKE, {"at": ended, "webhook": intent.webhook.name})
    _hand_over(connection, intent)


def _outcome_values(intent: AttemptIntent, *, ended: str) -> dict[str, object]:
    delivered = intent.state is DeliveryState.DELIVERED
    pending = intent.state is DeliveryState.PENDING
    return {
        "id": intent.delivery_id,
        "state": intent.state.value,
        "attempt": intent.attempt,
        "next_attempt_at": maybe_time_text(intent.next_attempt_at) if pending else None,
        "delivered_at": ended if delivered else None,
    }


def _hand_over(connection: Connection, intent: AttemptIntent) -> None:
    if not intent.hand_over:
        return
    (attempted,) = connection.execute(
        "SELECT alert_id FROM deliveries WHERE id = ?", (intent.delivery_id,)
    ).fetchone()
    for delivery in intent.hand_over:
        add_delivery(
            connection,
            alert_id=delivery.alert_id or attempted,
            webhook=delivery.webhook,
            next_attempt_at=delivery.next_attempt_at,
        )


def retry_delivery(connection: Connection, delivery_id: int, *, now: datetime) -> None:
    """Make a dead or waiting delivery due at once; a dead one starts its schedule afresh."""
    row = connection.execute(
        "SELECT state FROM deliveries WHERE id = ?", (delivery_id,)
    ).fetchone()
    if row is None:
        raise NotFoundError(f"there is no delivery {delivery_id}")
    if row["state"] not in {"dead", "pending"}:
        raise InputError(f"delivery {delivery_id} is {row['state']}: there is nothing to retry")
    connection.execute(_RETRY, (time_text(now), delivery_id))


def enable_webhook(connection: Connection, name: str, *, now: datetime) -> bool:
    """Take a webhook into use, what waits due at once; False if it was not disabled."""
    was_disabled = connection.execute(_IS_DISABLED, (name,)).fetchone() is not None
    connection.execute(_ENABLE, (name,))
    connection.execute(_WAKE, {"at": time_text(now), "webhook": name})
    return was_disabled
