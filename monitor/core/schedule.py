"""When to ask a source next, and why: one answer in, a plan out.

Does not ask, nor store: see `aftermath` for what the source's state is afterwards.
The rules are those of well-regarded feed readers, and of https://rachelbythebay.com/frb/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core import waits
from monitor.core.freshness import Hint, retry_after
from monitor.core.polling import (
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    SourceHealth,
    SourceState,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """How patient we are. The defaults are ours; tests also use those of other readers."""

    #: Longest wait that ttl, sy:updatePeriod, max-age or Expires can ask for.
    hint_cap: timedelta = timedelta(hours=24)
    #: Longest wait that Retry-After can ask for.
    retry_after_cap: timedelta = timedelta(days=7)
    #: Largest share added to a wait, so that sources do not march in step.
    jitter: float = 0.1
    #: Round up to a multiple of `every` since 1970.
    grid: bool = False
    #: 429 or 503 that does not say for how long. 429 is about us: it doubles each time. 503 is
    #: what a proxy says all night of a server that is down.
    throttle_base: timedelta = timedelta(minutes=10)
    throttle_cap: timedelta = timedelta(hours=6)
    #: Other failures; doubles each time. The server asked for nothing, so a source is asked nearly
    #: as often as configured, and seen within minutes once it is back.
    backoff_base: timedelta = timedelta(minutes=1)
    backoff_cap: timedelta = timedelta(minutes=5)
    #: A source asked every few seconds backs off from here: a single failed poll must not cost
    #: its watchers a minute. Repeated failures still reach `backoff_cap`.
    backoff_floor: timedelta = timedelta(seconds=5)
    #: 401, 403 and 410: nothing that asking again soon would change.
    refused_wait: timedelta = timedelta(hours=6)
    #: Disabled after this many 410 in a row, over at least this long.
    gone_strikes: int = 3
    gone_span: timedelta = timedelta(hours=24)


RULES = Rules()
#: Of a note: when the source is asked next, and why then.
_WHEN = re.compile(r"; next at [\d-]{10} [\d:]{8}Z[^;]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What follows from one answer."""

    #: None: not asked any more.
    next_poll_at: datetime | None
    #: As stored in `PollIntent.outcome`.
    outcome: str
    health: SourceHealth
    #: For people: what happened, when it is asked next, and why then.
    reason: str
    #: Until then no source of the same host is to be asked.
    pause_host_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """What one answer means by itself."""

    outcome: str
    health: SourceHealth
    #: What happened.
    what: str
    #: Waits that we impose on ourselves.
    waits: tuple[Hint, ...] = ()
    pauses_host: bool = False


def plan(
    state: SourceState,
    answer: FetchResult,
    *,
    every: timedelta,
    now: datetime,
    jitter: float,
    ttl: timedelta | None = None,
    floor: timedelta = timedelta(0),
    peace: timedelta | None = None,
    rules: Rules = RULES,
) -> Plan:
    """Say when to ask again: `every`, unless the server's hints or our own patience ask for more.

    `jitter` is a random number from 0 to 1; `ttl` what the document said of itself; `floor` the
    published limit of this kind of source; `peace` how long the server asked to be left alone, in
    words of its own. A 200 that could not be read is handed in as `unreadable(…)`.
    """
    if is_gone_for_good(state, answer, now=now, rules=rules):
        return _disabled(state)
    told = _told(answer, peace, now=now, rules=rules)
    reading = _read(state, answer, told, every=every, jitter=jitter, rules=rules)
    hints = waits.fresh(
        answer.headers, now=now, ttl=known_ttl(state, answer, ttl), cap=rules.hint_cap
    )
    own = [waits.configured(every), waits.limit(floor)]
    own += [waits.peace(peace, cap=rules.retry_after_cap)] if peace else []
    longest = max((*own, *hints, *reading.waits), key=lambda wait: wait.delay)
    at = now + longest.delay * (1 + rules.jitter * jitter)
    at = _round_up(at, every) if rules.grid else at
    return Plan(
        next_poll_at=at,
        outcome=reading.outcome,
        health=reading.health,
        reason=f"{reading.what}; next at {instant(at)} {longest.because}",
        pause_host_until=at if reading.pauses_host else None,
    )


def unreadable(answer: Fetched, reason: str) -> FetchFailed:
    """An answer that came but is no feed: a failure, whose validators must not be kept."""
    return FetchFailed(reason=reason, status=answer.status, headers=answer.headers)


def gone_streak(
    state: SourceState, answer: FetchResult, *, now: datetime
) -> tuple[int, datetime | None]:
    """Count the 410s in a row, this answer included, and say when the first came."""
    match answer:
        case FetchFailed(status=410):
            return state.gone + 1, state.gone_since or now
        case FetchFailed(status=None):
            # No answer at all says nothing about whether the source is gone.
            return state.gone, state.gone_since
    return 0, None


def is_gone_for_good(
    state: SourceState, answer: FetchResult, *, now: datetime, rules: Rules = RULES
) -> bool:
    """Whether this answer is one 410 too many. Servers flap: one day of them is asked for."""
    strikes, since = gone_streak(state, answer, now=now)
    is_410 = isinstance(answer, FetchFailed) and answer.status == 410
    long_enough = since is not None and now - since >= rules.gone_span
    return is_410 and strikes >= rules.gone_strikes and long_enough


def known_ttl(state: SourceState, answer: FetchResult, ttl: timedelta | None) -> timedelta | None:
    """Tell the ttl in force after this answer: of the new document; on a 304, of the last one."""
    match answer:
        case Fetched():
            return ttl
        case NotModified() if state.ttl_seconds is not None:
            return timedelta(seconds=state.ttl_seconds)
    return None


def _disabled(state: SourceState) -> Plan:
    since = "" if state.gone_since is None else f" since {instant(state.gone_since)}"
    return Plan(
        next_poll_at=None,
        outcome="gone",
        health=SourceHealth.DISABLED,
        reason=f"the server says it is gone for good (410){since}; not asked any more",
    )


def _read(
    state: SourceState,
    answer: FetchResult,
    told: Hint | None,
    *,
    every: timedelta,
    jitter: float,
    rules: Rules,
) -> _Reading:
    match answer:
        case Fetched():
            return _Reading(outcome="ok", health=SourceHealth.HEALTHY, what="ok")
        case NotModified():
            return _Reading(
                outcome="not modified", health=SourceHealth.HEALTHY, what="not modified"
            )
    return _read_failure(state, answer, told, every=every, jitter=jitter, rules=rules)


def _read_failure(
    state: SourceState,
    answer: FetchFailed,
    told: Hint | None,
    *,
    every: timedelta,
    jitter: float,
    rules: Rules,
) -> _Reading:
    status = answer.status
    if status in {429, 503} or (told and _is_no_verdict(status)):
        return _throttled(state, answer, told, rules=rules)
    if status == 410:
        return _failing("gone", answer, _refused("because it says it is gone", rules))
    if status in {401, 403}:
        return _failing("failed", answer, _refused("because it refuses us", rules))
    wait = _backoff(state, every=every, jitter=jitter, rules=rules)
    outcome = "unreadable" if 200 <= (status or 0) < 300 else "failed"
    return _failing(outcome, answer, wait, told)


def _is_no_verdict(status: int | None) -> bool:
    """Whether an answer of this status says only that we are to wait, if it says for how long."""
    return status is None or status == 403 or 200 <= status < 300


def _failing(outcome: str, failure: FetchFailed, *waits: Hint | None) -> _Reading:
    return _Reading(
        outcome=outcome,
        health=SourceHealth.FAILING,
        what=failure.reason,
        waits=tuple(wait for wait in waits if wait),
    )


def _throttled(
    state: SourceState, failure: FetchFailed, told: Hint | None, *, rules: Rules
) -> _Reading:
    """A server that does not say for how long gets a pause for all that we ask of its host."""
    times = state.failures if failure.status == 429 else 0
    pause = Hint(
        delay=_doubled(rules.throttle_base, times, rules.throttle_cap),
        because="because the server asks us to slow down",
    )
    return _Reading(
        outcome="throttled",
        health=SourceHealth.THROTTLED,
        what=failure.reason,
        waits=(told or pause,),
        pauses_host=told is None,
    )


def _backoff(state: SourceState, *, every: timedelta, jitter: float, rules: Rules) -> Hint:
    """Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/."""
    base = min(rules.backoff_base, max(every, rules.backoff_floor))
    times = state.failures + 1
    return Hint(
        delay=_doubled(base, state.failures, rules.backoff_cap) * jitter,
        because=f"because it failed {times} times in a row" if times > 1 else "because it failed",
    )


def _refused(because: str, rules: Rules) -> Hint:
    return Hint(delay=rules.refused_wait, because=because)


def _doubled(base: timedelta, times: int, cap: timedelta) -> timedelta:
    return min(cap, base * (1 << min(times, 20)))


def _told(
    answer: FetchResult, peace: timedelta | None, *, now: datetime, rules: Rules
) -> Hint | None:
    """How long a refusal asks us to wait: in its own words, or by Retry-After.

    RFC 9110 gives the header a meaning on refusals only.
    """
    if not isinstance(answer, FetchFailed):
        return None
    if peace:
        return waits.peace(peace, cap=rules.retry_after_cap)
    hint = retry_after(answer.headers, now=now)
    return hint and waits.capped(hint, rules.retry_after_cap)


def _round_up(at: datetime, every: timedelta) -> datetime:
    return _EPOCH - (_EPOCH - at) // every * every


def put_off(note: str, *, until: datetime, by: str) -> str:
    """The note of a source that waits because `by`, another of its host, was asked to."""
    when = f"; next at {instant(until)} because {by}, of the same host, was asked to wait"
    return _WHEN.sub(lambda _: when, note, count=1) if _WHEN.search(note) else note + when


def instant(at: datetime) -> str:
    """A time as the note of a source says it, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
