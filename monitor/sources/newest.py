"""The newest entries of a document that lists more than are read, told before it is parsed.

Reading tens of thousands of entries takes longer than a document may take, and most of them are
old. Does not parse XML: it finds where entries begin and what they say of their date.
"""

from __future__ import annotations

import heapq
import re
from array import array
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from monitor.core.times import utc
from monitor.sources import cleaning

T = TypeVar("T")

#: The start of an entry; what looks like one within a CDATA section or a comment is none, and one
#: of these that is never closed goes on to the end.
_START = re.compile(
    rb"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)|<((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])",
    re.DOTALL,
)
_DATE = re.compile(
    rb"<(?:[\w.-]+:)?(?:pubDate|published|updated|date|issued|modified|created)\b[^<>]{0,200}>"
    rb"\s*(?:<!\[CDATA\[\s*)?([^<\]]{6,64})"
)
_NEVER = datetime.min.replace(tzinfo=UTC)


def newest(dated: Iterable[tuple[datetime | None, T]], most: int) -> list[T]:
    """Give the `most` newest in the order in which they came; one without a date is the oldest.

    Among those of one date the first are taken: feeds begin with what is new.
    """
    numbered = ((date or _NEVER, -place, one) for place, (date, one) in enumerate(dated))
    found = heapq.nlargest(most, numbered, key=lambda entry: entry[:2])
    return [one for _, _, one in sorted(found, key=lambda entry: -entry[1])]


def shortened(body: bytes, most: int, *, now: datetime) -> tuple[bytes, int]:
    """Give an XML feed with its `most` newest entries alone, and say how many were taken out."""
    starts, name = _starts(body)
    if len(starts) <= most:
        return body, 0
    last = _end_of_last(body, starts[-1], name)
    ends = (*starts[1:], last)
    dated = ((_date(body, *place, now=now), place) for place in zip(starts, ends, strict=True))
    kept = (body[start:end] for start, end in newest(dated, most))
    return b"".join((body[: starts[0]], *kept, body[last:])), len(starts) - most


def _starts(body: bytes) -> tuple[array[int], bytes]:
    """Where entries begin, and what they are called: as the first of them."""
    starts, called = array("Q"), b""
    for found in _START.finditer(body):
        name = found[1] or b""
        called = called or name
        if name and name == called:
            starts.append(found.start())
    return starts, called


def _end_of_last(body: bytes, start: int, name: bytes) -> int:
    end = body.rfind(b"</" + name, start)
    close = body.find(b">", end) if end >= 0 else -1
    return close + 1 or len(body)


def _date(body: bytes, start: int, end: int, *, now: datetime) -> datetime | None:
    found = _DATE.search(body, start, end)
    return cleaning.sane_date(_moment(found[1]) if found else None, now=now)


def _moment(written: bytes) -> datetime | None:
    """A date of Atom (RFC 3339) or of RSS (RFC 822)."""
    text = written.decode("ascii", "replace").strip()
    read = datetime.fromisoformat if text[:4].isdigit() else parsedate_to_datetime
    try:
        return utc(read(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
