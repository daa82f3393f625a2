"""What a server says about when to come back: Retry-After, Cache-Control, Expires, Age.

Does not weigh one hint against another, nor cap it (see `schedule`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.core.times import utc

#: Eleven digits are three thousand years: more is nonsense, and would overflow a timedelta.
_SECONDS = re.compile(r"[0-9]{1,11}")
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?([0-9]{1,11})"?\s*(?:,|$)', re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|,)\s*no-cache\s*(?:,|$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """One reason not to come back sooner than after `delay`."""

    delay: timedelta
    #: Ends the sentence "next at … …".
    because: str


def retry_after(headers: Mapping[str, str], *, now: datetime) -> Hint | None:
    """Read Retry-After, in seconds or as a date (RFC 9110, 10.2.3); None if it cannot be read.

    `headers` have lower-case names. A date is taken relative to the answer's own Date, so that a
    server whose clock is wrong still means the span that it means.
    """
    value = headers.get("retry-after", "").strip()
    seconds = _SECONDS.fullmatch(value)
    delay = timedelta(seconds=int(value)) if seconds else _until(value, headers, now)
    return _hint(delay, f"because the server said Retry-After: {value}")


def freshness(headers: Mapping[str, str], *, now: datetime) -> Hint | None:
    """Read for how long the answer is fresh (RFC 9111, 4.2); None if it does not say.

    `headers` have lower-case names. `max-age` less `Age` wins over `Expires`; `no-cache` cancels
    both, as it allows asking at any time.
    """
    control = headers.get("cache-control", "")
    if _NO_CACHE.search(control):
        return None
    if found := _MAX_AGE.search(control):
        delay = timedelta(seconds=int(found[1])) - _age(headers)
        return _hint(delay, f"because the server said Cache-Control: max-age={found[1]}")
    expires = headers.get("expires", "").strip()
    return _hint(_until(expires, headers, now), f"because the server said Expires: {expires}")


def _hint(delay: timedelta | None, because: str) -> Hint | None:
    return None if delay is None else Hint(delay=max(delay, timedelta(0)), because=because)


def _age(headers: Mapping[str, str]) -> timedelta:
    """How long a cache on the way has held the answer already."""
    value = headers.get("age", "").strip()
    return timedelta(seconds=int(value)) if _SECONDS.fullmatch(value) else timedelta(0)


def _until(value: str, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    then = _date(value)
    return None if then is None else then - (_date(headers.get("date", "")) or now)


def _date(value: str) -> datetime | None:
    """An HTTP date, whatever its zone; one without a zone is UTC."""
    try:
        return utc(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
