"""What is remembered of a source after one answer, and how healthy it is between answers.

Does not decide when to ask next (see `schedule`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.core.polling import (
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    SourceHealth,
    SourceState,
)
from monitor.core.schedule import Plan, gone_streak, known_ttl

#: Some servers answer 304 for ever: forget the validators this often (NetNewsWire does the same).
FULL_EVERY = timedelta(days=8)
#: A permanent redirect is believed after this many sightings in a row, over at least this long.
MOVE_STRIKES = 3
MOVE_SPAN = timedelta(hours=24)
#: Longer validators are not kept: they would be sent back with every request.
MAX_VALIDATOR = 1_000


def asks_in_full(state: SourceState, *, now: datetime) -> bool:
    """Whether the next request goes out without validators."""
    if not (state.etag or state.last_modified):
        return True
    return state.last_unconditional_at is None or now - state.last_unconditional_at >= FULL_EVERY


def after_poll(
    state: SourceState,
    answer: FetchResult,
    plan: Plan,
    *,
    now: datetime,
    ttl: timedelta | None = None,
) -> SourceState:
    """Give the complete new state of a source.

    `answer`, `now` and `ttl` are those that `plan` was made of; `ttl` is None for a 304, which
    leaves what the last document said of itself in force.
    """
    gone, gone_since = gone_streak(state, answer, now=now)
    failed = isinstance(answer, FetchFailed)
    changes: dict[str, Any] = _after_success(state, answer, now=now, ttl=ttl)
    return replace(
        state,
        next_poll_at=plan.next_poll_at,
        failures=state.failures + 1 if failed else 0,
        state=plan.health,
        state_since=state.state_since if plan.health is state.state else now,
        note=plan.reason,
        gone=gone,
        gone_since=gone_since,
        **changes,
        **asdict(_move(state, answer, now=now)),
    )


def health(state: SourceState, *, every: timedelta, now: datetime) -> SourceHealth:
    """How a source stands at `now`: as after its last poll, or stale if it should have had one.

    With no hint from the server that is three times `every` after the last success; one minute of
    grace keeps a source that is asked each second from flickering.
    """
    if state.state is not SourceHealth.HEALTHY or state.next_poll_at is None:
        return state.state
    last = state.last_success_at or state.next_poll_at
    due = max(state.next_poll_at, last + every)
    grace = max(2 * every, timedelta(minutes=1))
    return SourceHealth.STALE if now > due + grace else SourceHealth.HEALTHY


def _after_success(
    state: SourceState, answer: FetchResult, *, now: datetime, ttl: timedelta | None
) -> dict[str, Any]:
    """Freshness is renewed, validators are kept even if the body did not change.

    A failure says nothing about either: what is known stays.
    """
    if isinstance(answer, FetchFailed):
        return {}
    kept = isinstance(answer, NotModified)
    asked_in_full = isinstance(answer, Fetched) and asks_in_full(state, now=now)
    in_force = known_ttl(state, answer, ttl)
    return {
        "last_success_at": now,
        "etag": _validator(answer.headers, "etag", state.etag if kept else None),
        "last_modified": _validator(
            answer.headers, "last-modified", state.last_modified if kept else None
        ),
        "last_unconditional_at": now if asked_in_full else state.last_unconditional_at,
        "ttl_seconds": None if in_force is None else in_force.total_seconds(),
    }


def _validator(headers: Mapping[str, str], name: str, known: str | None) -> str | None:
    value = headers.get(name) or known
    return value if value and len(value) <= MAX_VALIDATOR else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Move:
    """The fields of a source's state that a permanent redirect has."""

    moved_to: str | None = None
    moved: int = 0
    moved_since: datetime | None = None
    moved_url: str | None = None


def _move(state: SourceState, answer: FetchResult, *, now: datetime) -> _Move:
    match answer:
        case FetchFailed(status=404 | 410):
            # The new address may have been a mistake: begin again at the configured one.
            return _Move()
        case FetchFailed():
            return _Move(
                moved_to=state.moved_to,
                moved=state.moved,
                moved_since=state.moved_since,
                moved_url=state.moved_url,
            )
    if answer.moved_to is None:
        return _Move(moved_url=state.moved_url)
    is_same = answer.moved_to == state.moved_to
    count = state.moved + 1 if is_same else 1
    since = (state.moved_since if is_same else None) or now
    if count >= MOVE_STRIKES and now - since >= MOVE_SPAN:
        return _Move(moved_url=answer.moved_to)
    return _Move(
        moved_to=answer.moved_to, moved=count, moved_since=since, moved_url=state.moved_url
    )
