"""Looks into the JSON of an event: what is missing, or of another type, is absent.

A stored event may be of an older release, and one that is shown to people must not fail for
that. Does not know what the fields mean (see `notice`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from monitor.core.plaintext import tidy
from monitor.core.times import utc

_NEVER_IN_A_URL = re.compile(r'[ <>"{}\\`]')

Table = Mapping[str, object]


def table(data: Table, key: str) -> Table:
    """The object, or an empty one."""
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def rows(data: Table, key: str) -> tuple[Table, ...]:
    """The objects of a list."""
    return tuple(row for row in _list(data.get(key)) if isinstance(row, dict))


def words(data: Table, key: str) -> tuple[str, ...]:
    """The texts of a list, each on one line, without empty ones."""
    texts = (tidy(each) for each in _list(data.get(key)) if isinstance(each, str))
    return tuple(filter(None, texts))


def text(data: Table, key: str) -> str:
    """The text, on one line; empty for none."""
    found = data.get(key)
    return tidy(found) if isinstance(found, str) else ""


def number(data: Table, key: str) -> float | None:
    """A finite number."""
    found = data.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        return float(found) if math.isfinite(found) else None
    except OverflowError:
        return None


def count(data: Table, key: str) -> int:
    """How many; 0 for what is no count."""
    return max(0, int(number(data, key) or 0))


def moment_at(data: Table, key: str) -> datetime | None:
    """An ISO 8601 time, in UTC."""
    try:
        return utc(datetime.fromisoformat(text(data, key)))
    except (ValueError, OverflowError):
        return None


def web_url(url: object) -> str | None:
    """The address if it may become a link: http or https, with a host, without a user.

    What stands before an @ ("https://your-bank.example@evil.example") is there to deceive, and
    what RFC 3986 allows nowhere, to break out of a link.
    """
    if not isinstance(url, str) or url != tidy(url) or _NEVER_IN_A_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return None
    return url if usable else None


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []
