"""Mention records: what `monitor replay`, `POST /push` and sources of kind `file` take in.

Does not match or store; it says what is wrong with a record, or gives it as a `RawItem`.
The shape is fixed in the contract, section 6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from monitor.core.polling import RawItem
from monitor.core.times import can_be_true
from monitor.errors import InputError

#: A recording may be of days that were made up, but of none that the calendar hardly has.
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One dated mention, or a later reading of its counts."""

    source: str
    item: RawItem
    #: When it could have been seen: `seen_at`, else `published_at`.
    seen_at: datetime
    #: It was taken down where it was posted: its words are to be forgotten.
    deleted: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.item.native_id

    @property
    def is_reading(self) -> bool:
        """It tells of nothing but counts: what was said stands in an earlier one."""
        item = self.item
        return not (self.deleted or item.title or item.text or item.repost_of)


def row_of(line: str | bytes) -> Mapping[str, Any]:
    """One line as an object. `InputError` for anything else."""
    try:
        row = json.loads(line)
    except ValueError as e:
        raise InputError(f"not JSON: {e}") from e
    except RecursionError as e:
        raise InputError("not JSON: nested too deeply") from e
    if not isinstance(row, dict):
        raise InputError(f"should be a JSON object, not {type(row).__name__}")
    return row


def parse(line: str) -> Record:
    """Read one line of a recording. `InputError` names the field."""
    row = row_of(line)
    key = "published_at" if row.get("seen_at") is None else "seen_at"
    seen = _time(row, key)
    if seen is None:
        raise InputError("published_at: missing, and there is no seen_at either")
    if not can_be_true(seen, now=LATEST):
        raise InputError(f"{key}: {row[key]!r} cannot be true")
    return Record(
        source=_text(row, "source") or "replay",
        item=_item(row, now=seen),
        seen_at=seen,
        deleted=_flag(row, "deleted"),
    )


def arriving(row: Mapping[str, Any], *, source: str, now: datetime) -> Record:
    """Read a record that comes in now: seen now, unless it says that it was seen before.

    `source` is that of a record that does not say. `InputError` names the field.
    """
    seen = _true_time(row, "seen_at", now=now)
    return Record(
        source=_text(row, "source") or source,
        item=_item(row, now=now),
        seen_at=now if seen is None else min(seen, now),
        deleted=_flag(row, "deleted"),
    )


def in_order(records: Iterable[Record]) -> Iterator[Record]:
    """In the order in which they could have been seen; ties as they came.

    The same record again counts only with a later `seen_at`: then it is a new reading.
    """
    last: dict[tuple[str, str], datetime] = {}
    for record in sorted(records, key=lambda one: one.seen_at):
        if record.key not in last or record.seen_at > last[record.key]:
            last[record.key] = record.seen_at
            yield record


def _item(row: Mapping[str, Any], *, now: datetime) -> RawItem:
    return RawItem(
        native_id=_required(row, "id"),
        url=_text(row, "url"),
        title=_text(row, "title"),
        text=_text(row, "text") or "",
        author=_text(row, "author"),
        author_followers=_count(row, "author_followers"),
        published_at=_true_time(row, "published_at", now=now),
        language=_text(row, "language"),
        engagement=_engagement(row),
        repost_of=_text(row, "repost_of"),
        brand=_text(row, "brand"),
    )


def _required(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    text = _text(row, key)
    if not text:
        raise InputError(f"{key}: missing")
    return text


def _text(row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f"{key}: should be text, not {type(value).__name__}")
    return _UNUSABLE.sub("", value)


def _flag(row: Mapping[str, Any], key: str) -> bool:
    value = row.get(key) or False
    if not isinstance(value, bool):
        raise InputError(f"{key}: should be true or false, not {type(value).__name__}")
    return value


def _count(row: Mapping[str, Any], key: str) -> int | None:
    value = row.get(key)
    if value is None:
        return None
    return int(_number(value, key))


def _number(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{key}: should be a number, not {type(value).__name__}")
    # Neither infinity nor NaN is; an integer may have more digits than a float can hold.
    if not 0 <= value < 2**53:
        raise InputError(f"{key}: {value} is no count")
    return value


def _engagement(row: Mapping[str, Any]) -> dict[str, float]:
    """Known counts only: a count that is null is unknown, not zero."""
    value = row.get("engagement") or {}
    if not isinstance(value, dict):
        raise InputError(f"engagement: should be an object, not {type(value).__name__}")
    return {
        name: float(_number(count, f"engagement.{name}"))
        for name, count in value.items()
        if count is not None
    }


def _true_time(row: Mapping[str, Any], key: str, *, now: datetime) -> datetime | None:
    """A time that cannot be true is taken for one that is not known."""
    at = _time(row, key)
    return at if at is not None and can_be_true(at, now=now) else None


def _time(row: Mapping[str, Any], key: str) -> datetime | None:
    text = _text(row, key)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise InputError(f"{key}: {text!r} is no time such as 2017-04-10T01:13:00Z") from e
    if moment.tzinfo is None:
        raise InputError(f"{key}: {text!r} has no time zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        # The first or the last day of the calendar: where an empty time of a program ends up in
        # another zone. A few hours do not make it true.
        return moment.replace(tzinfo=UTC)
