"""When an alert is tried again (contract, section 7), as tables and named scenarios."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.outbox import (
    Answered,
    AttemptIntent,
    Delivery,
    DeliveryState,
    NewDelivery,
    PostResult,
    Unreachable,
    WebhookState,
)
from monitor.core.retry import (
    DEAD_AFTER,
    SPAN,
    TABLE,
    after_attempt,
    is_away,
    is_shut,
    not_sent,
    nowhere_to_go,
)
from monitor.core.types import Level

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORKING = WebhookState(name="leadership")
EVEN = 0.5
OK = Answered(status=204)
BROKEN = Answered(status=500)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def delivery(
    id_: int = 1,
    *,
    incident: int | None = 7,
    attempt: int = 0,
    created: datetime = NOW,
    due: datetime | None = None,
    type_: str = "incident.opened",
) -> Delivery:
    return Delivery(
        id=id_,
        alert_id=id_ + 100,
        incident_id=incident,
        webhook="leadership",
        type=type_,
        level=Level.WARNING,
        body="{}",
        created_at=created,
        attempt=attempt,
        next_attempt_at=due or created,
    )


def failing(since: datetime) -> WebhookState:
    return replace(WORKING, failing_since=since)


def attempt(
    result: PostResult,
    *,
    of: Delivery | None = None,
    webhook: WebhookState = WORKING,
    others: tuple[Delivery, ...] = (),
    took: float = 2.0,
    jitter: float = EVEN,
    fallback: str = "",
) -> AttemptIntent:
    """One attempt that began at NOW."""
    tried = of or delivery()
    return after_attempt(
        tried,
        result,
        webhook=webhook,
        pending=(tried, *others),
        now=after(seconds=took),
        started=NOW,
        jitter=jitter,
        fallback=fallback,
    )


# --- what an answer means

ANSWERS = {
    # status: (what the delivery becomes, what is written down)
    200: ("delivered", None),
    202: ("delivered", None),
    299: ("delivered", None),
    199: ("pending", "answered 199"),
    300: ("pending", "answered 300: redirects are not followed"),
    302: ("pending", "answered 302: redirects are not followed"),
    399: ("pending", "answered 399: redirects are not followed"),
    400: ("pending", "answered 400"),
    404: ("pending", "answered 404"),
    410: ("pending", "answered 410: disabled until `monitor webhook enable`"),
    429: ("pending", "answered 429"),
    500: ("pending", "answered 500"),
    503: ("pending", "answered 503"),
}


@pytest.mark.parametrize("status", ANSWERS)
def test_what_each_answer_means(status: int) -> None:
    state, error = ANSWERS[status]
    intent = attempt(Answered(status=status))
    assert (intent.status, intent.state.value, intent.error) == (status, state, error)


def test_the_first_words_of_a_refusal_are_kept() -> None:
    assert attempt(Answered(status=400, excerpt="no such team")).error == (
        "answered 400: no such team"
    )


def test_no_answer_at_all_is_tried_again() -> None:
    intent = attempt(Unreachable(error="connection refused"))
    assert (intent.status, intent.error) == (None, "connection refused")
    assert intent.state is DeliveryState.PENDING


def test_an_attempt_is_written_down_with_its_begin_and_its_length() -> None:
    intent = attempt(OK, took=3.5)
    assert (intent.delivery_id, intent.at, intent.seconds) == (1, NOW, 3.5)
    assert intent.webhook.last_attempt_at == after(seconds=3.5)


def test_a_clock_that_was_set_back_makes_no_negative_length() -> None:
    assert attempt(OK, took=-60.0).seconds == 0.0


# --- the table

SCHEDULE = [
    # attempts made before, wait after this one fails
    (0, timedelta(seconds=5)),
    (1, timedelta(seconds=15)),
    (2, timedelta(minutes=1)),
    (3, timedelta(minutes=5)),
    (4, timedelta(minutes=15)),
    (5, timedelta(hours=1)),
    (6, timedelta(hours=3)),
    (7, timedelta(hours=6)),
    (8, timedelta(hours=12)),
    (9, timedelta(hours=24)),
]


@pytest.mark.parametrize(("made", "wait"), SCHEDULE)
@pytest.mark.parametrize(("jitter", "factor"), [(0.0, 0.8), (0.5, 1.0), (1.0, 1.2)])
def test_the_table_counts_from_the_end_of_the_attempt_before(
    made: int, wait: timedelta, jitter: float, factor: float
) -> None:
    intent = attempt(BROKEN, of=delivery(attempt=made), took=15.0, jitter=jitter)
    assert intent.next_attempt_at == after(seconds=15) + wait * factor
    assert intent.attempt == made + 1
    assert intent.state is DeliveryState.PENDING


def test_after_the_eleventh_failure_it_is_a_dead_letter() -> None:
    intent = attempt(BROKEN, of=delivery(attempt=10))
    assert intent.state is DeliveryState.DEAD
    assert intent.attempt == 11
    assert intent.next_attempt_at is None


def test_the_whole_table_takes_46_hours() -> None:
    assert timedelta(hours=46, minutes=21, seconds=20) == SPAN
    assert len(TABLE) == 10


# --- Retry-After

RETRY_AFTER = {
    # (status, header): when it is next tried; the table alone would say 5 s
    "later than the table": (429, "120", after(seconds=2 + 120)),
    "503 counts too": (503, "120", after(seconds=2 + 120)),
    "sooner than the table": (429, "1", after(seconds=2 + 5)),
    "zero": (429, "0", after(seconds=2 + 5)),
    "a date": (503, "Sun, 22 Nov 2026 12:10:00 GMT", after(minutes=10)),
    "a date gone by": (503, "Sun, 22 Nov 2026 11:00:00 GMT", after(seconds=2 + 5)),
    "a week": (429, "604800", after(seconds=2, hours=24)),
    "absurd": (429, "99999999999", after(seconds=2, hours=24)),
    "nonsense": (429, "soon", after(seconds=2 + 5)),
    "on another status": (500, "120", after(seconds=2 + 5)),
    "on a redirect": (302, "120", after(seconds=2 + 5)),
}


@pytest.mark.parametrize("name", RETRY_AFTER)
def test_retry_after_is_honoured_where_it_belongs(name: str) -> None:
    status, header, expected = RETRY_AFTER[name]
    intent = attempt(Answered(status=status, headers={"retry-after": header}))
    assert intent.next_attempt_at == expected


def test_the_whole_webhook_waits_as_it_was_asked_to() -> None:
    asked = Answered(status=429, headers={"retry-after": "120"})
    assert attempt(asked).webhook.not_before == after(seconds=122)
    assert attempt(Unreachable(error="x")).webhook.not_before is None
    waited = replace(WORKING, not_before=NOW)
    assert attempt(BROKEN, webhook=waited).webhook.not_before is None
    assert attempt(OK, webhook=waited).webhook.not_before is None


def test_waiting_as_asked_does_not_stretch_the_table() -> None:
    asked = Answered(status=429, headers={"retry-after": "120"})
    assert attempt(asked, of=delivery(attempt=10)).state is DeliveryState.DEAD


# --- probes

WAITING = delivery(attempt=6, created=after(hours=-2), due=after(hours=2))


def test_a_probe_that_fails_leaves_the_table_as_it_was() -> None:
    intent = attempt(BROKEN, of=WAITING, webhook=failing(after(hours=-2)))
    assert intent.state is DeliveryState.PENDING
    assert intent.attempt == 6
    assert intent.next_attempt_at == after(hours=2)


def test_a_probe_before_the_last_attempt_kills_nothing() -> None:
    last = replace(WAITING, attempt=10)
    intent = attempt(BROKEN, of=last, webhook=failing(after(hours=-2)))
    assert (intent.state, intent.attempt) == (DeliveryState.PENDING, 10)


def test_a_probe_at_the_very_moment_of_the_table_is_its_attempt() -> None:
    intent = attempt(BROKEN, of=replace(WAITING, next_attempt_at=NOW))
    assert intent.attempt == 7


def test_a_probe_that_is_asked_to_wait_longer_than_the_table_waits() -> None:
    asked = Answered(status=503, headers={"retry-after": "14400"})
    assert attempt(asked, of=WAITING).next_attempt_at == after(seconds=2, hours=4)


def test_a_probe_that_arrives_is_a_delivery() -> None:
    intent = attempt(OK, of=WAITING)
    assert (intent.state, intent.attempt) == (DeliveryState.DELIVERED, 7)
    assert intent.next_attempt_at is None


# --- how the webhook does


def test_the_first_failure_begins_a_time_of_failing_and_the_next_does_not() -> None:
    assert attempt(BROKEN).webhook.failing_since == after(seconds=2)
    began = after(minutes=-3)
    assert attempt(BROKEN, webhook=failing(began)).webhook.failing_since == began


def test_a_success_ends_it() -> None:
    webhook = attempt(OK, webhook=failing(after(hours=-1))).webhook
    assert webhook.failing_since is None
    assert webhook.last_success_at == after(seconds=2)


def test_410_disables_the_webhook_and_its_alerts_wait_for_it() -> None:
    intent = attempt(Answered(status=410))
    assert intent.webhook.disabled_at == after(seconds=2)
    assert intent.state is DeliveryState.PENDING
    assert intent.next_attempt_at == NOW + SPAN
    assert attempt(BROKEN).webhook.disabled_at is None


def test_410_to_an_alert_older_than_the_whole_table_is_the_end_of_it() -> None:
    intent = attempt(Answered(status=410), of=delivery(created=NOW - SPAN))
    assert intent.state is DeliveryState.DEAD


# --- after a success


def test_a_success_wakes_what_was_tried_before_and_waits() -> None:
    waiting = delivery(2, incident=8, attempt=4, due=after(minutes=10))
    assert attempt(OK, others=(waiting,)).wake
    assert not attempt(BROKEN, others=(waiting,)).wake


def test_there_is_nobody_to_wake_when_nothing_waits() -> None:
    assert not attempt(OK).wake
    due = delivery(2, incident=8, attempt=4, due=NOW)
    assert not attempt(OK, others=(due,)).wake


def test_quiet_hours_are_not_ended_by_a_success() -> None:
    held = delivery(2, incident=8, attempt=0, due=after(hours=7))
    assert not attempt(OK, others=(held,)).wake


def test_a_delivered_state_makes_older_states_of_its_incident_needless() -> None:
    newer, older = after(minutes=-1), after(minutes=-9)
    others = (
        delivery(2, created=older),
        delivery(3, created=older, incident=8),
        delivery(4, created=older, incident=None, type_="source.blind"),
        delivery(5, created=older, incident=None, type_="webhook.test"),
        delivery(6, created=older, type_="statement.seen"),
        delivery(7, created=NOW),
        delivery(8, created=older, attempt=3, type_="incident.escalated"),
    )
    intent = attempt(OK, of=delivery(1, created=newer), others=others)
    assert intent.supersede == (2, 8)


def test_of_two_states_of_one_moment_the_one_stored_later_is_newer() -> None:
    others = (delivery(1), delivery(3))
    assert attempt(OK, of=delivery(2), others=others).supersede == (1,)


def test_a_failure_makes_nothing_needless() -> None:
    older = delivery(2, created=after(minutes=-9))
    assert attempt(BROKEN, others=(older,)).supersede == ()


@pytest.mark.parametrize("type_", ["source.blind", "webhook.test", "monitor.heartbeat"])
def test_operational_events_supersede_nothing(type_: str) -> None:
    older = delivery(2, created=after(minutes=-9), incident=None, type_=type_)
    sent = delivery(1, incident=None, type_=type_)
    assert attempt(OK, of=sent, others=(older,)).supersede == ()


# --- the fallback

WAITS = delivery(2, incident=8, attempt=3, due=after(minutes=4))
HELD = delivery(3, incident=9, attempt=0, due=after(hours=7))


def handed(*ids: int) -> tuple[NewDelivery, ...]:
    ended = after(seconds=2)
    return tuple(
        NewDelivery(webhook="board", alert_id=id_ + 100, next_attempt_at=ended) for id_ in ids
    )


def test_a_webhook_that_fails_for_five_minutes_hands_over_all_that_waits() -> None:
    long_enough = failing(after(seconds=2, minutes=-5))
    intent = attempt(BROKEN, webhook=long_enough, others=(WAITS,), fallback="board")
    assert intent.hand_over == handed(1, 2)


def test_before_that_it_hands_over_nothing() -> None:
    just_not = failing(after(seconds=3, minutes=-5))
    assert attempt(BROKEN, webhook=just_not, others=(WAITS,), fallback="board").hand_over == ()
    assert attempt(BROKEN, others=(WAITS,), fallback="board").hand_over == ()


def test_a_disabled_webhook_hands_over_at_once() -> None:
    intent = attempt(Answered(status=410), others=(WAITS,), fallback="board")
    assert intent.hand_over == handed(1, 2)


def test_one_that_asks_for_more_than_five_minutes_hands_over_at_once() -> None:
    def handed(seconds: str) -> int:
        asked = Answered(status=503, headers={"retry-after": seconds})
        return len(attempt(asked, others=(WAITS,), fallback="board").hand_over)

    assert handed("300") == 2
    assert handed("299") == 0


RESTING = replace(WORKING, failing_since=NOW, not_before=NOW + DEAD_AFTER)
AWAY = {
    # webhook: (its fallback takes over, and nothing may be sent to it now)
    "working": (WORKING, False, False),
    "disabled": (replace(WORKING, disabled_at=NOW), True, True),
    "failing for a moment": (failing(NOW), False, False),
    "failing for almost five minutes": (failing(NOW - timedelta(seconds=299)), False, False),
    "failing for five minutes": (failing(NOW - DEAD_AFTER), True, False),
    "resting for five minutes": (RESTING, True, True),
    "resting for less": (replace(RESTING, not_before=after(seconds=299)), False, False),
    "rested enough": (replace(failing(NOW - DEAD_AFTER), not_before=NOW), True, False),
    "asked to rest, then well": (replace(RESTING, failing_since=None), False, False),
}


@pytest.mark.parametrize("name", AWAY)
def test_who_is_taken_for_away(name: str) -> None:
    webhook, away, shut = AWAY[name]
    assert (is_away(webhook, NOW), is_shut(webhook, NOW)) == (away, shut)


def test_an_alert_for_a_webhook_that_asked_us_to_wait_goes_to_the_fallback_meanwhile() -> None:
    fresh = delivery(5, attempt=0)
    intent = not_sent(
        fresh, webhook=RESTING, pending=[fresh, WAITS, HELD], now=NOW, fallback="board"
    )
    assert (intent.state, intent.attempt) == (DeliveryState.PENDING, 1)
    assert intent.next_attempt_at == RESTING.not_before
    assert intent.error == "not sent: webhook leadership asked to be left alone for now"
    assert [one.alert_id for one in intent.hand_over] == [105, 102, 103]


def test_a_dead_letter_is_handed_over_alone() -> None:
    intent = attempt(BROKEN, of=delivery(attempt=10), others=(WAITS,), fallback="board")
    assert intent.hand_over == handed(1)


def test_what_quiet_hours_hold_back_is_held_back_at_the_fallback_too() -> None:
    intent = attempt(Answered(status=410), others=(HELD,), fallback="board")
    assert intent.hand_over[1].next_attempt_at == HELD.next_attempt_at


def test_without_a_fallback_or_without_need_nothing_is_handed_over() -> None:
    assert attempt(Answered(status=410), others=(WAITS,)).hand_over == ()
    assert attempt(OK, webhook=failing(after(hours=-1)), fallback="board").hand_over == ()


# --- not sent at all


def test_an_alert_for_a_disabled_webhook_waits_and_the_fallback_has_it() -> None:
    disabled = replace(WORKING, disabled_at=after(hours=-1))
    fresh = delivery(1, created=after(minutes=-1), due=NOW)
    intent = not_sent(fresh, webhook=disabled, pending=(fresh, HELD), now=NOW, fallback="board")
    assert intent == AttemptIntent(
        delivery_id=1,
        at=NOW,
        seconds=0.0,
        status=None,
        error="not sent: webhook leadership is disabled since it said that it is gone",
        state=DeliveryState.PENDING,
        attempt=1,
        next_attempt_at=after(minutes=-1) + SPAN,
        webhook=disabled,
        hand_over=(
            NewDelivery(webhook="board", alert_id=101, next_attempt_at=NOW),
            NewDelivery(webhook="board", alert_id=103, next_attempt_at=HELD.next_attempt_at),
        ),
    )


def test_it_waits_no_longer_than_the_table_would_have_tried() -> None:
    old = delivery(created=NOW - SPAN, attempt=4)
    intent = not_sent(old, webhook=WORKING, pending=(old,), now=NOW)
    assert (intent.state, intent.next_attempt_at) == (DeliveryState.DEAD, None)
    assert (intent.attempt, intent.hand_over) == (4, ())


def test_an_alert_for_a_webhook_taken_out_of_the_configuration_is_a_dead_letter() -> None:
    assert nowhere_to_go(delivery(attempt=2), webhook=WORKING, now=NOW) == AttemptIntent(
        delivery_id=1,
        at=NOW,
        seconds=0.0,
        status=None,
        error="not sent: webhook leadership is not in the configuration any more",
        state=DeliveryState.DEAD,
        attempt=2,
        next_attempt_at=None,
        webhook=WORKING,
    )


def test_who_would_be_told_now_takes_over_from_a_webhook_that_is_not_there_any_more() -> None:
    held = replace(HELD, webhook="leadership")
    intents = [
        nowhere_to_go(one, webhook=WORKING, now=NOW, heirs=("board", "desk"))
        for one in (delivery(attempt=2), held)
    ]
    assert [(new.webhook, new.alert_id, new.next_attempt_at) for new in intents[0].hand_over] == [
        ("board", 101, NOW),
        ("desk", 101, NOW),
    ]
    assert {new.next_attempt_at for new in intents[1].hand_over} == {HELD.next_attempt_at}
