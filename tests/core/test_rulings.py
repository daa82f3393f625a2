"""What an answer means: the contract's rules, and where a receiver's own differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.outbox import Answered, Delivery, DeliveryState, Unreachable, WebhookState
from monitor.core.retry import after_attempt
from monitor.core.rulings import Fate, Judge, by_contract, hopeless_at
from monitor.receivers import FORMATS, complaint
from tests.receivers.events import webhook

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
D, A, H, G = Fate.DELIVERED, Fate.AGAIN, Fate.HOPELESS, Fate.GONE


def fate(format_: str, status: int, excerpt: str = "") -> Fate:
    return FORMATS[format_].judge(Answered(status=status, excerpt=excerpt), NOW).fate


@pytest.mark.parametrize("format_", FORMATS)
def test_the_contract_holds_for_every_format(format_: str) -> None:
    statuses = {202: D, 204: D, 301: A, 307: A, 401: A, 404: A, 410: G, 429: A, 500: A, 503: A}
    assert {status: fate(format_, status) for status in statuses} == statuses
    assert fate(format_, 200, "ok") is D


OWN = [
    ("standard", 400, "", A),
    ("slack", 200, "ok", D),
    ("slack", 200, "OK", D),
    ("slack", 200, "", D),
    ("slack", 200, '{"success":true}', D),
    ("slack", 200, '{"ok": true, "x": 1}', D),
    ("slack", 200, '{"ok": false}', A),
    ("slack", 200, "<!DOCTYPE html> Sign in", A),
    ("slack", 200, "okay", A),
    ("slack", 400, "invalid_blocks", H),
    ("slack", 403, "action_prohibited", A),
    ("slack", 404, "channel_not_found", A),
    ("slack", 410, "channel_is_archived", G),
    ("teams", 202, "", D),
    ("teams", 200, "1", D),
    ("teams", 200, "Webhook message delivery failed with error: HTTP error 429", A),
    ("teams", 400, "TriggerInputSchemaMismatch", H),
    ("teams", 413, "", H),
    ("discord", 200, '{"id":"1"}', D),
    ("discord", 400, '{"code": 50035}', H),
    ("discord", 404, '{"message": "Unknown Webhook", "code": 10015}', G),
    ("discord", 404, '{"message": "404: Not Found", "code": 0}', A),
    ("discord", 404, '{"code": 100150}', A),
    ("discord", 500, '{"code": 10015}', A),
    ("pagerduty", 202, '{"status":"success"}', D),
    ("pagerduty", 400, '{"status":"invalid event"}', H),
    ("pagerduty", 413, "", H),
    ("pagerduty", 429, "", A),
    ("alertmanager", 400, "", A),
    ("alertmanager-api", 200, "", D),
    ("alertmanager-api", 400, '"bad label"', H),
    ("apprise", 200, "", D),
]


@pytest.mark.parametrize(("format_", "status", "excerpt", "expected"), OWN)
def test_what_a_receiver_means_by_its_answer(
    format_: str, status: int, excerpt: str, expected: Fate
) -> None:
    assert fate(format_, status, excerpt) is expected


WAITS = [
    ("standard", 429, {"retry-after": "7"}, "", 7),
    ("standard", 503, {"retry-after": "7"}, "", 7),
    ("standard", 500, {"retry-after": "7"}, "", None),
    ("slack", 429, {"retry-after": "30"}, "rate_limited", 30),
    ("discord", 429, {}, '{"message": "slow down", "retry_after": 0.64, "global": false}', 1),
    ("discord", 429, {}, '{"retry_after":64.57}', 65),
    ("discord", 429, {"retry-after": "90"}, '{"retry_after": 2}', 90),
    ("discord", 429, {"retry-after": "1"}, '{"retry_after": 2.5}', 3),
    ("discord", 429, {"retry-after": "5"}, "<html>", 5),
    ("discord", 429, {}, "<html>", None),
    ("discord", 500, {}, '{"retry_after": 2}', None),
]


@pytest.mark.parametrize(("format_", "status", "headers", "excerpt", "seconds"), WAITS)
def test_when_a_receiver_wants_to_be_asked_again(
    format_: str, status: int, headers: dict[str, str], excerpt: str, seconds: int | None
) -> None:
    answer = Answered(status=status, headers=headers, excerpt=excerpt)
    wait = FORMATS[format_].judge(answer, NOW).wait
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


COMPLAINTS = [
    ("standard", 301, "", "answered 301: redirects are not followed"),
    ("standard", 399, "", "answered 399: redirects are not followed"),
    ("standard", 400, "", "answered 400"),
    ("standard", 500, "oops", "answered 500: oops"),
    ("standard", 410, "x", "answered 410: disabled until `monitor webhook enable`"),
    ("slack", 200, "<html>", "answered 200 but not `ok`: <html>"),
    ("slack", 400, "no_text", "answered 400: no_text (never tried again)"),
    ("teams", 200, "Webhook message delivery failed", None),
    (
        "discord",
        404,
        '{"code": 10015}',
        "answered 404: disabled until `monitor webhook enable`",
    ),
    ("discord", 429, '{"retry_after": 1}', 'answered 429: {"retry_after": 1}'),
]


@pytest.mark.parametrize(("format_", "status", "excerpt", "words"), COMPLAINTS)
def test_a_failure_is_told_in_words(
    format_: str, status: int, excerpt: str, words: str | None
) -> None:
    answer = Answered(status=status, excerpt=excerpt)
    expected = words or f"answered {status}: {excerpt}"
    assert complaint(webhook(format_), answer, now=NOW) == expected


def test_what_was_taken_gives_no_complaint_and_silence_says_its_error() -> None:
    assert complaint(webhook("slack"), Answered(status=200, excerpt="ok"), now=NOW) is None
    assert complaint(webhook("slack"), Unreachable(error="refused"), now=NOW) == "refused"


# --- what becomes of a delivery

DELIVERY = Delivery(
    id=1,
    alert_id=101,
    incident_id=7,
    webhook="leadership",
    type="incident.opened",
    level=None,
    body="{}",
    created_at=NOW,
    attempt=0,
    next_attempt_at=NOW,
)
WAITING = replace(DELIVERY, id=2, alert_id=102, incident_id=8)
WORKING = WebhookState(name="leadership")


def attempt(status: int, judge: Judge, **changes: object):
    return after_attempt(
        DELIVERY,
        Answered(status=status, excerpt="invalid event"),
        webhook=replace(WORKING, **changes),  # type: ignore[arg-type]
        pending=(DELIVERY, WAITING),
        now=NOW,
        started=NOW,
        jitter=0.5,
        fallback="board",
        judge=judge,
    )


def test_a_hopeless_message_is_dead_at_once_with_the_reason_and_the_fallback_has_it() -> None:
    intent = attempt(400, hopeless_at(400))
    assert (intent.state, intent.next_attempt_at, intent.attempt) == (DeliveryState.DEAD, None, 1)
    assert intent.error == "answered 400: invalid event (never tried again)"
    assert [(new.webhook, new.alert_id) for new in intent.hand_over] == [("board", 101)]
    # The webhook answered: it is not disabled, and the other message waits for its own turn.
    assert intent.webhook.disabled_at is None
    assert intent.webhook.failing_since == NOW


def test_the_same_answer_is_tried_again_where_only_the_contract_holds() -> None:
    intent = attempt(400, by_contract)
    assert intent.state is DeliveryState.PENDING
    assert intent.next_attempt_at == NOW + timedelta(seconds=5)


def test_a_webhook_that_was_deleted_is_disabled_and_everything_is_handed_over() -> None:
    gone = Answered(status=404, excerpt='{"code": 10015}')
    intent = after_attempt(
        DELIVERY,
        gone,
        webhook=WORKING,
        pending=(DELIVERY, WAITING),
        now=NOW,
        started=NOW,
        jitter=0.5,
        fallback="board",
        judge=FORMATS["discord"].judge,
    )
    assert intent.webhook.disabled_at == NOW
    assert intent.state is DeliveryState.PENDING
    assert [new.alert_id for new in intent.hand_over] == [101, 102]
