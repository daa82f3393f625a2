"""When an alert is tried again: the answer to one attempt -> what becomes of the delivery.

Does not send, store or look at the clock, nor pick what is sent (see `turns`). Two beats run side
by side:

- the *table*: every delivery is tried again 5 s, 15 s, … after the end of the attempt before,
  eleven attempts in all, then it is a dead letter. Its next beat is `next_attempt_at`;
- the *probe*: a webhook that is failing is asked with its newest alert, every 20 s as a rule and
  at least every five minutes (see `turns.pace`), so that its return is seen early. A probe that
  fails leaves the table as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.outbox import (
    Answered,
    AttemptIntent,
    Delivery,
    DeliveryState,
    NewDelivery,
    PostResult,
    WebhookState,
)
from monitor.core.rulings import Fate, Judge, Ruling, by_contract
from monitor.core.turns import is_older_state, may_go

#: Waits between attempts, each counted from the end of the attempt before.
TABLE = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
#: From the first attempt to the last, without jitter: 46 h 21 min 20 s.
SPAN = sum(TABLE, timedelta())
JITTER = 0.2
#: A webhook that fails this long is taken for dead: its fallback takes over.
DEAD_AFTER = timedelta(minutes=5)
#: An alert must not sleep for weeks because a receiver says so: the longest wait of the table.
LONGEST_RETRY_AFTER = TABLE[-1]


def after_attempt(
    delivery: Delivery,
    result: PostResult,
    *,
    webhook: WebhookState,
    pending: Sequence[Delivery],
    now: datetime,
    started: datetime,
    jitter: float,
    fallback: str = "",
    judge: Judge = by_contract,
) -> AttemptIntent:
    """Say what an attempt that began at `started` and ended at `now` means.

    `pending` are the deliveries that wait for this webhook (this one may be among them);
    `jitter` from 0 to 1 stands for -20 % to +20 %; `fallback` names the webhook that takes over,
    or is empty; `judge` says what an answer of this receiver means.
    """
    others = [one for one in pending if one.id != delivery.id]
    ruling = _ruling(result, judge, now)
    attempt = _Attempt(
        delivery=delivery,
        result=result,
        ruling=ruling,
        webhook=webhook,
        others=others,
        started=started,
        now=now,
    )
    if ruling.fate is Fate.DELIVERED:
        return _delivered(attempt)
    return _failed(attempt, jitter=jitter, fallback=fallback)


def not_sent(
    delivery: Delivery,
    *,
    webhook: WebhookState,
    pending: Sequence[Delivery],
    now: datetime,
    fallback: str = "",
) -> AttemptIntent:
    """What a due delivery becomes whose webhook is disabled, or asked us to wait (`is_away`).

    It waits until then, or for `webhook enable`: as long as the table would have tried it, then
    it is a dead letter. What waits is handed over meanwhile.
    """
    others = [one for one in pending if one.id != delivery.id]
    until, why = _shut(delivery, webhook, now)
    return AttemptIntent(
        delivery_id=delivery.id,
        at=now,
        seconds=0.0,
        status=None,
        error=f"not sent: webhook {webhook.name} {why}",
        state=DeliveryState.PENDING if until else DeliveryState.DEAD,
        # Counted, so that `webhook enable` can tell it from what quiet hours hold back.
        attempt=max(1, delivery.attempt),
        next_attempt_at=until,
        webhook=webhook,
        hand_over=_hand_over([delivery, *others], fallback, now),
    )


def _shut(delivery: Delivery, webhook: WebhookState, now: datetime) -> tuple[datetime | None, str]:
    if webhook.disabled_at or webhook.not_before is None:
        return _held_until(delivery, now), "is disabled since it said that it is gone"
    return webhook.not_before, "asked to be left alone for now"


def is_away(webhook: WebhookState, now: datetime) -> bool:
    """It fails for so long already, or will by the time at which it may be asked again.

    Then its fallback takes over: a `Retry-After` of hours is no reason to tell nobody.
    """
    if webhook.disabled_at:
        return True
    if webhook.failing_since is None:
        return False
    return max(now, webhook.not_before or now) - webhook.failing_since >= DEAD_AFTER


def is_shut(webhook: WebhookState, now: datetime) -> bool:
    """Nothing may be sent to it now, and its fallback is to take over."""
    resting = webhook.not_before is not None and now < webhook.not_before
    return bool(webhook.disabled_at) or (resting and is_away(webhook, now))


def nowhere_to_go(
    delivery: Delivery, *, webhook: WebhookState, now: datetime, heirs: Sequence[str] = ()
) -> AttemptIntent:
    """What a delivery becomes whose webhook is not configured any more: a dead letter.

    Its alert goes to those who would be told of it now (`heirs`), if it did not before: a webhook
    may have got another name, or another one its place.
    """
    return AttemptIntent(
        delivery_id=delivery.id,
        at=now,
        seconds=0.0,
        status=None,
        error=f"not sent: webhook {webhook.name} is not in the configuration any more",
        state=DeliveryState.DEAD,
        attempt=delivery.attempt,
        next_attempt_at=None,
        webhook=webhook,
        hand_over=tuple(new for heir in heirs for new in _hand_over([delivery], heir, now)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Attempt:
    """The arguments of `after_attempt`, handed on together."""

    delivery: Delivery
    result: PostResult
    ruling: Ruling
    webhook: WebhookState
    others: Sequence[Delivery]
    started: datetime
    now: datetime

    @property
    def is_probe(self) -> bool:
        """It came before the table's time."""
        return self.started < self.delivery.next_attempt_at

    @property
    def made(self) -> int:
        return self.delivery.attempt + (not self.is_probe)

    def intent(
        self,
        state: DeliveryState,
        webhook: WebhookState,
        *,
        attempt: int,
        error: str | None = None,
        next_attempt_at: datetime | None = None,
        wake: bool = False,
        supersede: tuple[int, ...] = (),
        hand_over: tuple[NewDelivery, ...] = (),
    ) -> AttemptIntent:
        return AttemptIntent(
            delivery_id=self.delivery.id,
            at=self.started,
            seconds=max(0.0, (self.now - self.started).total_seconds()),
            status=self.result.status if isinstance(self.result, Answered) else None,
            error=error,
            state=state,
            attempt=attempt,
            next_attempt_at=next_attempt_at,
            webhook=replace(webhook, last_attempt_at=self.now),
            wake=wake,
            supersede=supersede,
            hand_over=hand_over,
        )


def _ruling(result: PostResult, judge: Judge, now: datetime) -> Ruling:
    if isinstance(result, Answered):
        return judge(result, now)
    return Ruling(fate=Fate.AGAIN, complaint=result.error)


def _delivered(attempt: _Attempt) -> AttemptIntent:
    waiting = [one for one in attempt.others if one.attempt and one.next_attempt_at > attempt.now]
    return attempt.intent(
        DeliveryState.DELIVERED,
        replace(attempt.webhook, failing_since=None, not_before=None, last_success_at=attempt.now),
        attempt=attempt.delivery.attempt + 1,
        wake=bool(waiting),
        supersede=tuple(
            one.id for one in attempt.others if is_older_state(one, than=attempt.delivery)
        ),
    )


def _failed(attempt: _Attempt, *, jitter: float, fallback: str) -> AttemptIntent:
    webhook = _failing(attempt)
    next_at = _next_attempt_at(attempt, webhook, jitter)
    dead = next_at is None
    everything = is_away(webhook, attempt.now)
    over = [attempt.delivery, *(attempt.others if everything else ())]
    return attempt.intent(
        DeliveryState.DEAD if dead else DeliveryState.PENDING,
        webhook,
        attempt=attempt.made,
        error=attempt.ruling.complaint,
        next_attempt_at=next_at,
        hand_over=_hand_over(over, fallback, attempt.now) if dead or everything else (),
    )


def _failing(attempt: _Attempt) -> WebhookState:
    wait = min(attempt.ruling.wait or timedelta(), LONGEST_RETRY_AFTER)
    gone = attempt.ruling.fate is Fate.GONE
    return replace(
        attempt.webhook,
        failing_since=attempt.webhook.failing_since or attempt.now,
        disabled_at=attempt.now if gone else attempt.webhook.disabled_at,
        not_before=attempt.now + wait if wait else None,
    )


def _next_attempt_at(attempt: _Attempt, webhook: WebhookState, jitter: float) -> datetime | None:
    """None: the table is at its end, or there is no point in trying again."""
    if attempt.made > len(TABLE) or attempt.ruling.fate is Fate.HOPELESS:
        return None
    if webhook.disabled_at:
        return _held_until(attempt.delivery, attempt.now)
    if attempt.is_probe:
        at = attempt.delivery.next_attempt_at
    else:
        at = attempt.now + TABLE[attempt.made - 1] * (1 - JITTER + 2 * JITTER * jitter)
    return max(at, webhook.not_before or at)


def _held_until(delivery: Delivery, now: datetime) -> datetime | None:
    end = delivery.created_at + SPAN
    return end if end > now else None


def _hand_over(
    deliveries: Sequence[Delivery], fallback: str, now: datetime
) -> tuple[NewDelivery, ...]:
    if not fallback:
        return ()
    return tuple(
        NewDelivery(
            webhook=fallback,
            alert_id=one.alert_id,
            # What was held back on purpose (quiet hours) is held back there too.
            next_attempt_at=now if may_go(one, now) else one.next_attempt_at,
        )
        for one in deliveries
    )
