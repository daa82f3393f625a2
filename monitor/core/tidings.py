"""What an operator is told of an attempt in the log: the turns of a webhook, not each attempt.

Does not log.
"""

from __future__ import annotations

from monitor.core.outbox import AttemptIntent, DeliveryState, WebhookState

FAILS, BACK = "webhook fails", "webhook takes alerts again"
DISABLED, DEAD = "webhook is disabled", "alert is a dead letter"


def tidings(before: WebhookState, attempt: AttemptIntent) -> str | None:
    """What is new since `before`; None: it goes on as it was."""
    after = attempt.webhook
    if after.disabled_at and not before.disabled_at:
        return DISABLED
    if attempt.state is DeliveryState.DEAD:
        return DEAD
    if bool(after.failing_since) is bool(before.failing_since):
        return None
    return FAILS if after.failing_since else BACK
