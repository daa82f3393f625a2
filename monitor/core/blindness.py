"""Whether a source shows us nothing: no success for too long, or success without anything new.

Does not raise the alarm (see `stages.watching`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.core import expected
from monitor.core.aftermath import health
from monitor.core.humanize import compact
from monitor.core.polling import SourceHealth, SourceState

#: A source is blind after this many intervals without a success, and at least this long.
BLIND_AFTER = 3
BLIND_MIN = timedelta(minutes=15)
#: The first answer of a source is waited for so long before it is said how many can be seen.
FIRST_ANSWER = timedelta(minutes=1)
#: So long the next answer of a source is waited for before a silence counts: there are sources
#: that are asked once a month.
SOON = timedelta(days=1)
#: The daemon writes that it is there every two seconds; a long write of another loop may come
#: between, and takes no minute.
ALIVE = timedelta(minutes=1)


def unseen(state: SourceState, *, every: timedelta, now: datetime) -> str:
    """Say that a source had no success for too long; empty: it had, or is not due."""
    # One that came back into the configuration, or moved, may have been seen long ago.
    since = (None if state.is_unasked else state.last_success_at) or state.state_since
    if since is None or health(state, every=every, now=now) is SourceHealth.HEALTHY:
        return ""
    if now - since <= max(BLIND_AFTER * every, BLIND_MIN):
        return ""
    return f"no success for {compact(now - since)}: {state.note or 'it was not asked'}"


def is_heard(states: Sequence[SourceState], *, since: datetime, now: datetime) -> bool:
    """Whether it is known that nothing was said until `since`, as far as anything can be seen.

    One source answered after it, and no other that is well has yet to before long: the daemon may
    have been away, or every source blind.
    """
    unheard = [each for each in states if not has_answered(each, since=since)]
    return not states or (
        len(unheard) < len(states) and not any(_answers_soon(each, now=now) for each in unheard)
    )


def has_answered(state: SourceState, *, since: datetime) -> bool:
    """Whether it had a success at `since` or later."""
    return state.last_success_at is not None and state.last_success_at >= since


def _answers_soon(state: SourceState, *, now: datetime) -> bool:
    is_well = state.state is SourceHealth.HEALTHY and not state.failures
    return is_well and (state.next_poll_at is None or state.next_poll_at <= now + SOON)


def is_awaited(state: SourceState, *, now: datetime) -> bool:
    """Whether a source that was not asked yet may answer at any moment."""
    since = state.state_since
    return state.is_unasked and since is not None and now - since < FIRST_ANSWER


def is_running(heartbeat: datetime | None, *, now: datetime) -> bool:
    """Whether the daemon is there, by when it last wrote that it is: without it none is seen."""
    return heartbeat is not None and now - heartbeat <= ALIVE


def silent(news: Sequence[datetime], *, seen: datetime | None) -> str:
    """Say that a source answers, and brings nothing new for longer than its history allows.

    `seen` is when it last answered; `news` as in `expected.allowed`.
    """
    if seen is None or (gap := expected.silence(news, seen=seen)) is None:
        return ""
    most = expected.allowed(news) or timedelta(0)
    return f"nothing new came for {compact(gap)}; its history allows {compact(most)}"
