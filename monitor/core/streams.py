"""What is remembered of a stream: that it flows, how far behind it is, or why it broke off.

Does not read it. A stream has no next poll: `next_poll_at` is when the next word of it is due
while it flows, and when it is connected again once it broke off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core import schedule
from monitor.core.aftermath import after_poll
from monitor.core.humanize import compact
from monitor.core.polling import FetchFailed, PollIntent, SourceHealth, SourceState

#: The least wait that `schedule` knows; its floor for failures is five seconds.
_AT_ONCE = timedelta(seconds=1)
#: A stream that is so far behind is not live.
LIVE = timedelta(seconds=10)
#: What a lost place is made up for with, before the last event that was seen.
MARGIN = timedelta(minutes=1)
#: RFC 6455, section 4.2.2: what a server answers when it agrees to speak WebSocket.
_SWITCHING = 101


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What a stream beside the polls of a source came to."""

    #: How it stands, in plain words; empty: there is none.
    note: str = ""
    #: Mentions that were new.
    new: int = 0


def beginning(state: SourceState, *, backfill: timedelta | None, now: datetime) -> datetime | None:
    """Where to begin without a cursor: where it was lost, or `backfill` ago; None: anywhere."""
    if state.last_success_at is not None:
        return state.last_success_at - MARGIN
    return None if backfill is None else now - backfill


def is_live(at: datetime | None, *, now: datetime) -> bool:
    """Whether an event of `at` is one of these moments."""
    return at is not None and now - at < LIVE


def flowing(
    state: SourceState,
    *,
    every: timedelta,
    now: datetime,
    since: datetime,
    at: datetime | None,
    heard: int,
    garbled: int,
    new: int,
) -> PollIntent:
    """All is well: `heard` posts since `since`, `new` of them mentions, the last event of `at`.

    `garbled` frames could not be read.
    """
    seconds = max(1.0, (now - since).total_seconds())
    behind = "" if at is None or is_live(at, now=now) else f", {compact(now - at)} behind"
    unread = f", {garbled} frames could not be read" if garbled else ""
    is_new = state.state is not SourceHealth.HEALTHY
    after = replace(
        state,
        state=SourceHealth.HEALTHY,
        state_since=now if is_new else state.state_since,
        last_success_at=now,
        next_poll_at=now + every,
        failures=0,
        gone=0,
        gone_since=None,
        note=f"connected; {heard / seconds:.1f} posts a second{behind}{unread}",
    )
    return PollIntent(
        source=after,
        at=now,
        outcome="ok",
        status=_SWITCHING,
        seconds=(now - since).total_seconds(),
        items=heard,
        changed=heard > 0,
        new=new,
    )


def broken(
    state: SourceState,
    failure: FetchFailed,
    *,
    now: datetime,
    since: datetime,
    jitter: float,
    heard: int,
    new: int,
) -> PollIntent:
    """It broke off, or could not be opened: when it is tried again, as for a poll that failed."""
    plan = schedule.plan(state, failure, every=_AT_ONCE, now=now, jitter=jitter)
    return PollIntent(
        source=after_poll(state, failure, plan, now=now),
        at=now,
        outcome=plan.outcome,
        status=failure.status,
        seconds=(now - since).total_seconds(),
        items=heard,
        new=new,
    )


def connected(state: SourceState, *, now: datetime) -> SourceState:
    """As it stands once something was heard: what failed before is forgotten."""
    return replace(
        state,
        state=SourceHealth.HEALTHY,
        state_since=now,
        failures=0,
        gone=0,
        gone_since=None,
        note="",
    )
