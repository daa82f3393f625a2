"""JSON Lines, in and out: good lines go on, bad ones are named on stderr with their number.

Does not know what the fields mean: `score`, `score_numbers` and `core.records` do.
"""

from __future__ import annotations

import json
import math
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from monitor.cli.common import clip
from monitor.core.times import utc
from monitor.errors import InputError

#: Of the reason why a line is bad: a value that is shown may be as long as the line.
_REASON_CHARS = 300
#: Half of a surrogate pair: JSON may hold it as an escape, UTF-8 may not.
_HALF = re.compile("[\ud800-\udfff]")

T = TypeVar("T")
Row = Mapping[str, Any]


class Complaints:
    """Reports bad lines on stderr, and lets the rest go on."""

    def __init__(self) -> None:
        self.count = 0

    def without(
        self, lines: Iterable[bytes], use: Callable[[bytes], T], *, where: str = ""
    ) -> Iterator[T]:
        """What `use` makes of each good line; a line is bad when it is no UTF-8 or `InputError`.

        `where` stands before the number, as the name of a file.
        """
        for number, line in enumerate(lines, start=1):
            # Some editors and spreadsheets begin a file with this mark of UTF-8.
            words = line.removeprefix(BOM_UTF8) if number == 1 else line
            if not words.strip():
                continue
            try:
                yield use(words)
            except (InputError, UnicodeDecodeError) as e:
                self.count += 1
                click.echo(f"{where}line {number}: {clip(str(e), _REASON_CHARS)}", err=True)

    def leave(self) -> None:
        """End with exit code 1 if a line was bad."""
        if self.count:
            sys.exit(1)


def say_line(shape: Row) -> None:
    """One line on stdout; what was handed in as an escape that UTF-8 cannot hold is one again."""
    line = json.dumps(shape, ensure_ascii=False)
    click.echo(_HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", line))


def given(row: Row, key: str) -> Any:
    """Any value but none at all. `InputError` names the field."""
    if key not in row:
        raise InputError(f"{key}: missing")
    return row[key]


def echoed(row: Row, key: str) -> Any:
    """What is handed back as it came: any value that is JSON. Python reads NaN, which is none."""
    value = given(row, key)
    try:
        json.dumps(value, allow_nan=False)
    except ValueError as e:
        raise InputError(f"{key}: NaN and Infinity are no JSON") from e
    except RecursionError as e:
        # To write it takes a little more of the stack than it took to read it.
        raise InputError(f"{key}: nested too deeply") from e
    return value


def text(row: Row, key: str, *, default: str | None = None) -> str:
    """A string; half a character in it is left out."""
    value = row.get(key, default)
    if value is None and default is not None:
        return default
    if value is None:
        raise InputError(f"{key}: missing")
    if not isinstance(value, str):
        raise InputError(f"{key}: should be text, not {type(value).__name__}")
    return value.encode("utf-8", "ignore").decode()


def number(row: Row, key: str) -> float:
    """A finite number that is not negative."""
    return _number(given(row, key), key)


def whole(row: Row, key: str) -> int:
    """A whole number that is not negative; 3.0 is one."""
    value = number(row, key)
    if value != int(value) or value >= 2**53:
        raise InputError(f"{key}: should be a whole number below 2^53, not {value}")
    return int(value)


def numbers(row: Row, key: str) -> tuple[float, ...]:
    """A list of numbers as `number` takes them."""
    values = given(row, key)
    if not isinstance(values, list):
        raise InputError(f"{key}: should be a list, not {type(values).__name__}")
    return tuple(_number(value, f"{key}[{place}]") for place, value in enumerate(values))


def _number(value: object, key: str) -> float:
    found = _signed(value, key)
    if not math.isfinite(found) or found < 0:
        raise InputError(f"{key}: should be a finite number of 0 or more, not {value}")
    return found


def _signed(value: object, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{key}: should be a number, not {type(value).__name__}")
    try:
        return float(value)
    except OverflowError:
        return math.inf


def time(row: Row, key: str) -> datetime:
    """A point in time: ISO 8601, UTC where no offset is given, or seconds since 1970."""
    value = given(row, key)
    try:
        if isinstance(value, str):
            return utc(datetime.fromisoformat(value))
        # What was before 1970 is before 0.
        return datetime.fromtimestamp(_signed(value, key), UTC)
    except (ValueError, OverflowError, OSError) as e:
        raise InputError(f"{key}: not a time: {value!r}") from e
