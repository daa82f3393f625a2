"""Whose turn it is: which of the deliveries that wait for one webhook is sent next.

Does not decide what an answer means, nor when the next attempt is (see `retry`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from monitor.core.outbox import Answered, Delivery, PostResult, WebhookState

#: From the end of an attempt: with the 15 s that one may hang, the return of a receiver is seen
#: in time to hand everything over within a minute of it.
PROBE_EVERY = timedelta(seconds=20)
#: The same for a receiver that may have taken what it did not answer, or is away for long; with an
#: attempt's 15 s this stays within the five minutes promised.
PROBE_SPARINGLY = timedelta(minutes=4, seconds=30)
#: Who has been away for so long is not expected back this minute.
LONG_AWAY = timedelta(hours=24)
_GATEWAY_TIMEOUT = 504
_SERVER_ERROR = 500

_Story = tuple[str, int]


def choose(
    pending: Sequence[Delivery],
    *,
    webhook: WebhookState,
    now: datetime,
    tried_at: Mapping[int, datetime],
    sparingly: bool = False,
) -> Delivery | None:
    """Pick what is sent to this webhook next; None while there is nothing to send.

    `tried_at` says when the last attempt at a delivery ended, as far as that is remembered. A
    probe that is due goes first (see `pace` for `sparingly`); the newest state of an incident
    goes before older ones.
    """
    if webhook.disabled_at or (webhook.not_before and now < webhook.not_before):
        return None
    waiting = sorted((one for one in pending if may_go(one, now)), key=_age, reverse=True)
    if webhook.failing_since and waiting:
        tried = tried_at.get(waiting[0].id)
        every = pace(now - webhook.failing_since, sparingly=sparingly)
        if tried is None or now >= tried + every:
            return waiting[0]
    heads = {_story(one): one for one in reversed(waiting)}
    due = [one for one in waiting if one.next_attempt_at <= now]
    # False sorts first: newest states, then what they would make needless.
    due.sort(key=lambda one: heads[_story(one)] is not one)
    return _instead_of(due[0], heads[_story(due[0])], tried_at) if due else None


def pace(failing_for: timedelta, *, sparingly: bool) -> timedelta:
    """How long after a probe the next one goes.

    `sparingly`: the last one may have been taken, though no answer came. To send it again every
    few seconds would flood the people behind a receiver that works, but takes its time.
    """
    return PROBE_SPARINGLY if sparingly or failing_for > LONG_AWAY else PROBE_EVERY


def perhaps_taken(result: PostResult) -> bool:
    """Whether the receiver may have taken a message that it did not say it took."""
    if isinstance(result, Answered):
        return result.status == _GATEWAY_TIMEOUT
    return result.perhaps_taken


def is_up(result: PostResult) -> bool:
    """Whether the answer to a knock shows somebody at home; what it says of it is no matter."""
    return isinstance(result, Answered) and result.status < _SERVER_ERROR


def may_go(delivery: Delivery, now: datetime) -> bool:
    """Not held back (by quiet hours): its time has come, or it was tried before."""
    return delivery.attempt > 0 or delivery.next_attempt_at <= now


def is_state(type_: str) -> bool:
    """Whether an event of this type tells how its incident stands: only the newest counts."""
    return type_.startswith("incident.")


def is_older_state(one: Delivery, than: Delivery) -> bool:
    """Both tell of the same incident, and `than` tells the newer state."""
    return _story(one) == _story(than) and _age(one) < _age(than)


def _instead_of(due: Delivery, head: Delivery, tried_at: Mapping[int, datetime]) -> Delivery:
    """The newest state of the same incident, unless that was tried since this one fell due.

    So the first thing a receiver hears when it is back is how matters stand now.
    """
    tried = tried_at.get(head.id)
    return due if tried and tried >= due.next_attempt_at else head


def _story(delivery: Delivery) -> _Story:
    """States of one incident share a story; any other delivery stands for itself."""
    if delivery.incident_id is None or not is_state(delivery.type):
        return "delivery", delivery.id
    return "incident", delivery.incident_id


def _age(delivery: Delivery) -> tuple[datetime, int]:
    return delivery.created_at, delivery.alert_id
