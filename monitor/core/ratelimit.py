"""How much a server lets us ask, by its own headers: a bucket of tokens that it fills.

Does not wait, nor know whose bucket it is: an answer speaks of the account that asked, or of our
address if none did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.core.times import utc

#: Below this share of the bucket what is left is spread until it is filled again.
SCARCE = 0.1
#: A server that fills its bucket later than this is not believed.
LONGEST = timedelta(days=1)
#: Numbers above these are times since 1970, in seconds and in milliseconds.
_EPOCH, _EPOCH_MS = 1e9, 1e12
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
#: `RateLimit: "name";r=50;t=30`, and the older `limit=100, remaining=50, reset=30`:
#: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/.
_LEFT = re.compile(r"(?:^|[;,\s])(?:r|remaining)\s*=\s*([0-9.]+)")
_RESET = re.compile(r"(?:^|[;,\s])(?:t|reset)\s*=\s*([0-9.]+)")
_LIMIT = re.compile(r"(?:^|[;,\s])(?:q|limit)\s*=\s*([0-9.]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """What may still be asked, and when the bucket is full again."""

    left: float
    until: datetime
    #: How much the full bucket holds, if the server says so.
    limit: float | None = None

    def spent(self) -> Allowance:
        """One request later."""
        return replace(self, left=max(0.0, self.left - 1))


def told(headers: Mapping[str, str], *, now: datetime) -> Allowance | None:
    """Read `X-RateLimit-*`, `RateLimit-*` or `RateLimit`; names are in lower case.

    Times to the next filling come as seconds (Reddit, IETF), as seconds since 1970 (GitHub) and as
    ISO 8601 (Mastodon). None if the server does not say, or says nonsense.
    """
    for prefix in ("x-ratelimit", "ratelimit"):
        left = _number(headers.get(f"{prefix}-remaining", ""))
        until = _instant(headers.get(f"{prefix}-reset", ""), now)
        if left is not None and until is not None:
            return Allowance(
                left=left, until=until, limit=_number(headers.get(f"{prefix}-limit", ""))
            )
    return _structured(headers, now)


def wait(allowance: Allowance | None, *, now: datetime) -> timedelta:
    """How long to wait before the next request.

    Nothing while there is plenty; until the bucket is filled if it is empty; in between what is
    left is spread evenly, so that the last requests are not gone when something happens.
    """
    if allowance is None or now >= allowance.until:
        return timedelta(0)
    rest = allowance.until - now
    if allowance.left < 1:
        return rest
    if allowance.limit is None or allowance.left >= SCARCE * allowance.limit:
        return timedelta(0)
    return rest / allowance.left


def _structured(headers: Mapping[str, str], now: datetime) -> Allowance | None:
    said = headers.get("ratelimit", "")
    left, until = _found(_LEFT, said), _instant(_text(_RESET, said), now)
    if left is None or until is None:
        return None
    limit = _found(_LIMIT, said) or _found(_LIMIT, headers.get("ratelimit-policy", ""))
    return Allowance(left=left, until=until, limit=limit)


def _text(pattern: re.Pattern[str], said: str) -> str:
    found = pattern.search(said)
    return found[1] if found else ""


def _found(pattern: re.Pattern[str], said: str) -> float | None:
    return _number(_text(pattern, said))


def _number(text: str) -> float | None:
    """The first of several: some servers list a policy behind it (`100, 100;w=60`)."""
    first = re.split("[,;]", text, maxsplit=1)[0].strip()
    return float(first) if _NUMBER.fullmatch(first) else None


def _instant(text: str, now: datetime) -> datetime | None:
    """When the bucket is full; None if that is not within a day."""
    number = _number(text)
    at = _date(text) if number is None else _moment(number, now)
    return at if at is not None and at - now <= LONGEST else None


def _moment(number: float, now: datetime) -> datetime | None:
    if number >= _EPOCH:
        seconds = number / 1000 if number >= _EPOCH_MS else number
        return datetime.fromtimestamp(min(seconds, 4e10), UTC)
    return now + timedelta(seconds=number)


def _date(text: str) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return None
