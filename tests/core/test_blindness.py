"""Blind is not quiet: which sources show us nothing, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.blindness import is_awaited, is_heard, is_running, silent, unseen
from monitor.core.polling import SourceHealth, SourceState

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FAILING = SourceState(
    id=1,
    name="news",
    kind="feed",
    url="https://news.example",
    state=SourceHealth.FAILING,
    state_since=NOON,
    note="connection refused",
    last_success_at=NOON,
    next_poll_at=NOON,
)


@pytest.mark.parametrize(
    ("every", "after", "is_blind"),
    [
        (5 * MINUTE, 15 * MINUTE, False),
        (5 * MINUTE, 15.1 * MINUTE, True),
        (MINUTE, 15 * MINUTE, False),
        (MINUTE, 15.1 * MINUTE, True),
        (HOUR, 3 * HOUR, False),
        (HOUR, 3.1 * HOUR, True),
    ],
)
def test_three_intervals_without_success_are_blindness(every, after, is_blind):
    assert bool(unseen(FAILING, every=every, now=NOON + after)) is is_blind


def test_it_says_for_how_long_and_why():
    assert unseen(FAILING, every=MINUTE, now=NOON + HOUR) == (
        "no success for 1h: connection refused"
    )
    never = replace(FAILING, last_success_at=None, note="")
    assert unseen(never, every=MINUTE, now=NOON + HOUR) == "no success for 1h: it was not asked"


def test_a_source_that_was_never_looked_at_is_not_blind():
    assert (
        unseen(
            replace(FAILING, last_success_at=None, state_since=None), every=MINUTE, now=NOON + HOUR
        )
        == ""
    )


def test_a_healthy_source_is_not_blind_but_a_stale_one_is():
    healthy = replace(FAILING, state=SourceHealth.HEALTHY, next_poll_at=NOON + 2 * HOUR)
    assert unseen(healthy, every=MINUTE, now=NOON + HOUR) == ""
    assert unseen(healthy, every=MINUTE, now=NOON + 9 * HOUR) != ""


UNASKED = replace(FAILING, state=SourceHealth.STALE, last_success_at=None, note="not asked yet")


def test_a_source_that_was_not_asked_yet_is_blind_once_its_time_is_over():
    assert unseen(UNASKED, every=MINUTE, now=NOON + 15 * MINUTE) == ""
    assert unseen(UNASKED, every=MINUTE, now=NOON + 16 * MINUTE) == (
        "no success for 16m: not asked yet"
    )


def test_a_source_that_came_back_after_a_year_is_given_as_long():
    back = replace(UNASKED, last_success_at=NOON - 365 * 24 * HOUR)
    assert unseen(back, every=MINUTE, now=NOON + 15 * MINUTE) == ""


@pytest.mark.parametrize(
    ("state", "after", "awaited"),
    [
        (UNASKED, 59, True),
        (UNASKED, 60, False),
        (replace(UNASKED, state_since=None), 0, False),
        (FAILING, 0, False),
    ],
)
def test_the_first_answer_of_a_source_is_waited_for_a_minute(state, after, awaited):
    assert is_awaited(state, now=NOON + timedelta(seconds=after)) is awaited


@pytest.mark.parametrize(
    ("heartbeat", "running"),
    [(NOON, True), (NOON - MINUTE, True), (NOON - 1.1 * MINUTE, False), (None, False)],
)
def test_the_daemon_is_there_if_it_said_so_within_the_minute(heartbeat, running):
    assert is_running(heartbeat, now=NOON) is running


def test_silence_is_told_with_what_was_allowed():
    news = [NOON - n * HOUR for n in range(14 * 24, -1, -1)]
    assert silent(news, seen=NOON + 25 * HOUR) == (
        "nothing new came for 1d 1h; its history allows 1d"
    )
    assert silent(news, seen=NOON + HOUR) == ""
    assert silent([], seen=NOON) == ""
    assert silent(news, seen=None) == ""


ASKED = SourceState(id=1, name="a", kind="feed", url="https://a.example", last_success_at=NOON)
AWAY = replace(ASKED, last_success_at=NOON - timedelta(days=1))
DEAD = replace(AWAY, state=SourceHealth.FAILING, failures=9)


@pytest.mark.parametrize(
    ("states", "heard"),
    [
        ((), True),
        ((ASKED,), True),
        ((AWAY,), False),
        ((ASKED, AWAY), False),
        ((ASKED, DEAD), True),
        ((DEAD,), False),
        ((ASKED, replace(AWAY, state=SourceHealth.THROTTLED)), True),
    ],
)
def test_a_silence_counts_once_it_was_listened_to(
    states: tuple[SourceState, ...], heard: bool
) -> None:
    assert is_heard(states, since=NOON, now=NOON) is heard


@pytest.mark.parametrize(("days", "heard"), [(-1, False), (1, False), (2, True)])
def test_what_is_asked_once_a_month_is_not_waited_for(days: int, heard: bool) -> None:
    rare = replace(AWAY, next_poll_at=NOON + timedelta(days=days))
    assert is_heard((ASKED, rare), since=NOON, now=NOON) is heard
    assert not is_heard((rare,), since=NOON, now=NOON), "nobody else was listened to"
