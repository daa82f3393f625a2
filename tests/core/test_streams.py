"""What is remembered of a stream that flows, and of one that broke off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core import streams
from monitor.core.polling import FetchFailed, SourceHealth, SourceState

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BEFORE = NOON - timedelta(minutes=1)
STATE = SourceState(id=1, name="sky", kind="bluesky", url="wss://a.example", cursor="41")
EVERY = timedelta(minutes=5)


def flowing(state: SourceState = STATE, *, at: datetime | None = NOON, garbled: int = 0):
    return streams.flowing(
        state, every=EVERY, now=NOON, since=BEFORE, at=at, heard=90, garbled=garbled, new=2
    )


def broken(state: SourceState = STATE, *, jitter: float = 1.0, **failure: object):
    return streams.broken(
        state,
        FetchFailed(reason="the server hung up", **failure),  # type: ignore[arg-type]
        now=NOON,
        since=BEFORE,
        jitter=jitter,
        heard=90,
        new=2,
    )


def test_a_stream_that_flows_is_a_poll_that_went_well() -> None:
    intent = flowing()
    assert (intent.outcome, intent.status, intent.at) == ("ok", 101, NOON)
    assert (intent.items, intent.new, intent.seconds) == (90, 2, 60.0)
    assert intent.source == replace(
        STATE,
        last_success_at=NOON,
        next_poll_at=NOON + EVERY,
        note="connected; 1.5 posts a second",
    )


def test_a_stream_that_flows_again_is_healthy_from_now_on() -> None:
    ill = replace(
        STATE,
        state=SourceHealth.FAILING,
        state_since=BEFORE,
        failures=3,
        gone=1,
        gone_since=BEFORE,
    )
    after = flowing(ill).source
    assert (after.state, after.state_since) == (SourceHealth.HEALTHY, NOON)
    assert (after.failures, after.gone, after.gone_since) == (0, 0, None)


def test_health_is_as_old_as_it_is() -> None:
    assert flowing(replace(STATE, state_since=BEFORE)).source.state_since == BEFORE


@pytest.mark.parametrize(
    ("at", "note"),
    [
        (NOON, "connected; 1.5 posts a second"),
        (NOON - timedelta(seconds=9), "connected; 1.5 posts a second"),
        (NOON - timedelta(seconds=10), "connected; 1.5 posts a second, 10s behind"),
        (NOON - timedelta(hours=23, minutes=5), "connected; 1.5 posts a second, 23h 5m behind"),
        (None, "connected; 1.5 posts a second"),
    ],
)
def test_how_far_behind_it_is_is_said(at: datetime | None, note: str) -> None:
    assert flowing(at=at).source.note == note


def test_what_could_not_be_read_is_said() -> None:
    note = "connected; 1.5 posts a second, 7 frames could not be read"
    assert flowing(garbled=7).source.note == note


def test_the_first_moment_is_no_rate() -> None:
    intent = streams.flowing(
        STATE, every=EVERY, now=NOON, since=NOON, at=NOON, heard=4, garbled=0, new=0
    )
    assert intent.source.note == "connected; 4.0 posts a second"
    assert intent.seconds == 0.0


@pytest.mark.parametrize(
    ("failures", "jitter", "seconds"),
    [
        (0, 0.0, 1.0),
        (0, 1.0, 5.5),
        (1, 1.0, 11.0),
        (3, 0.5, 21.0),
        (5, 1.0, 176.0),
        (6, 1.0, 330.0),
        (90, 1.0, 330.0),
    ],
)
def test_it_is_connected_again_ever_later_but_never_much_later(
    failures: int, jitter: float, seconds: float
) -> None:
    after = broken(replace(STATE, failures=failures), jitter=jitter).source
    assert after.next_poll_at is not None
    assert (after.next_poll_at - NOON).total_seconds() == pytest.approx(seconds)
    assert after.failures == failures + 1


def test_what_broke_it_off_is_remembered_and_so_is_the_place() -> None:
    known = replace(STATE, last_success_at=BEFORE)
    intent = broken(known)
    assert (intent.outcome, intent.status) == ("failed", None)
    assert (intent.items, intent.new, intent.seconds) == (90, 2, 60.0)
    assert intent.source.state is SourceHealth.FAILING
    assert intent.source.note.startswith("the server hung up; next at 2026-11-22 12:00:05Z")
    assert (intent.source.cursor, intent.source.last_success_at) == ("41", BEFORE)


def test_a_server_that_asks_for_peace_gets_it() -> None:
    intent = broken(status=429, headers={"retry-after": "90"}, jitter=0.0)
    assert intent.outcome == "throttled"
    assert intent.source.next_poll_at == NOON + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("last_success_at", "backfill", "since"),
    [
        (None, timedelta(hours=24), NOON - timedelta(hours=24)),
        (None, None, None),
        (BEFORE, timedelta(hours=24), BEFORE - timedelta(minutes=1)),
        (BEFORE, None, BEFORE - timedelta(minutes=1)),
    ],
)
def test_where_a_stream_without_a_place_begins(
    last_success_at: datetime | None, backfill: timedelta | None, since: datetime | None
) -> None:
    state = replace(STATE, last_success_at=last_success_at)
    assert streams.beginning(state, backfill=backfill, now=NOON) == since


@pytest.mark.parametrize(
    ("seconds", "is_live"), [(-5, True), (0, True), (9.9, True), (10, False), (99, False)]
)
def test_live_is_what_was_said_just_now(seconds: float, is_live: bool) -> None:
    assert streams.is_live(NOON - timedelta(seconds=seconds), now=NOON) is is_live


def test_without_a_time_nothing_is_live() -> None:
    assert not streams.is_live(None, now=NOON)
