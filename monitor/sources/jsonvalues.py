"""Typed looks into JSON that strangers wrote: what is missing or of a wrong type is absent.

Does not know any interface, and does not make text safe to show (see `cleaning`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.errors import FeedError
from monitor.sources import cleaning

Row = dict[str, Any]

#: Larger than any count of people or posts; floats are exact below it.
_MOST = 10**15
#: Longer than any date, whatever its fraction of a second.
_LONGEST_DATE = 64
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)


def load(body: bytes, *, of: str) -> Any:
    """The document in `body`; raise `FeedError` naming `of`, the service, for what is no JSON."""
    start = body[:1_000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise FeedError(f"not an answer of {of}: it is empty")
    if start.startswith(b"<"):
        raise FeedError(f"not an answer of {of}: looks like HTML or XML")
    try:
        return json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as e:
        raise FeedError(f"not an answer of {of}: broken JSON ({str(e)[:80]})") from e


def cursor(kept: str) -> Row:
    """A cursor that is a JSON object; empty for one that is not (the first, or of another age)."""
    try:
        return mapping(json.loads(kept))
    except (ValueError, RecursionError):
        return {}


def kept(**parts: Any) -> str:
    """Such a cursor, without what is None: the same parts give the same text."""
    given = {name: part for name, part in parts.items() if part is not None}
    return json.dumps(given, sort_keys=True, separators=(",", ":")) if given else ""


def mapping(value: Any) -> Row:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def inner(row: Row, *path: str) -> Row:
    """The object that lies at `path`, or an empty one."""
    for key in path:
        row = mapping(row.get(key))
    return row


def rows(value: Any) -> list[Row]:
    """The objects of a list; nothing for what is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def entries(answer: Row, key: str, *, name: str, of: str) -> list[Row]:
    """The objects of the list `key`, of which `of`, the service, must have sent one.

    Raises `FeedError` if there is no list, or if no object in it has what `name` calls: then the
    shape has changed, and to read on as if nothing had been said would lose it.
    """
    value = answer.get(key)
    if not isinstance(value, list):
        raise FeedError(f"not an answer of {of}: no list of {key!r}")
    found = rows(value[: cleaning.MAX_ITEMS])
    if value and all(row.get(name) is None for row in found):
        raise FeedError(f"not an answer of {of}: no entry of {key!r} has {name!r}")
    return found


def check_asked(found: Iterable[str | None], asked: Collection[str], *, of: str) -> None:
    """Raise `FeedError` if something was `found` that was not `asked` for.

    What such an answer (of a cache) does not speak of must not be taken for deleted.
    """
    if any(name and name not in asked for name in found):
        raise FeedError(f"not an answer of {of}: it speaks of posts that were not asked for")


def text(row: Row, key: str) -> str:
    """The string, or an empty one."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def flag(row: Row, key: str) -> bool:
    """Whether it is true, and not just something."""
    return row.get(key) is True


def whole(row: Row, key: str) -> int | None:
    """A whole number, negative ones too; None for anything else, and for what nobody counts."""
    value = row.get(key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if -_MOST < value < _MOST else None


def count(row: Row, key: str) -> int | None:
    """How many; None if it is unknown."""
    value = whole(row, key)
    return value if value is not None and value >= 0 else None


def engagement(row: Row, names: Mapping[str, str]) -> dict[str, float]:
    """Known counts under our names; `names` says theirs. A score may be below zero."""
    read = {name: (whole if name == "score" else count)(row, key) for name, key in names.items()}
    return {name: float(value) for name, value in read.items() if value is not None}


def number_id(row: Row, key: str) -> str | None:
    """The digits of an id that is a number, sent as one or as text."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    # Not `str(value)` at once: Python refuses to write a number of more than 4,300 digits.
    if isinstance(value, int):
        return str(value) if 0 <= value < 10**18 else None
    return value if _DIGITS.fullmatch(value) else None


def date(row: Row, key: str, *, now: datetime) -> datetime | None:
    """An ISO 8601 date (UTC, unless it says otherwise) that can be true."""
    try:
        return cleaning.sane_date(datetime.fromisoformat(text(row, key)[:_LONGEST_DATE]), now=now)
    except ValueError:
        return None


def unix(row: Row, key: str, *, now: datetime) -> datetime | None:
    """Seconds since 1970 that can be true."""
    seconds = whole(row, key)
    try:
        date = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return cleaning.sane_date(date, now=now)
