"""Reasons to wait, each in words: what is configured, what the source and its server ask for.

Does not weigh one against another (see `schedule`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.core.freshness import Hint, freshness
from monitor.core.humanize import compact


def configured(every: timedelta) -> Hint:
    return Hint(delay=every, because=f"as configured (every {compact(every)})")


def limit(floor: timedelta) -> Hint:
    return Hint(delay=floor, because=f"because of the source's own limit (every {compact(floor)})")


def peace(asked: timedelta, *, cap: timedelta) -> Hint:
    hint = Hint(delay=asked, because=f"because the server asks for {compact(asked)} of peace")
    return capped(hint, cap)


def capped(hint: Hint, cap: timedelta) -> Hint:
    if hint.delay <= cap:
        return hint
    return Hint(delay=cap, because=f"{hint.because} (we wait {compact(cap)} at most)")


def fresh(
    headers: Mapping[str, str], *, now: datetime, ttl: timedelta | None, cap: timedelta
) -> list[Hint]:
    """How long the server calls its answer fresh. A cached error counts as a cached feed does."""
    said = Hint(delay=ttl, because=f"because its ttl is {compact(ttl)}") if ttl else None
    hints = (said, freshness(headers, now=now))
    return [capped(hint, cap) for hint in hints if hint]
