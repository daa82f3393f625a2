"""Kind `push`: mention records that other programs post to the daemon, by the user's own access.

A body is one record, a JSON array of them, or JSON Lines. A bad record costs itself alone: it is
named by its line (its place in an array), the others are read. Does not know HTTP, nor who may
push (see `desk.push`). The shape of a record is described in docs/push.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.asking import Ask, Page
from monitor.core.polling import FeedDocument
from monitor.core.pushing import KIND as NAME
from monitor.core.pushing import UNNAMED, Complaint
from monitor.core.records import Record, row_of
from monitor.errors import FeedError, InputError
from monitor.sources.cleaning import line as one_line
from monitor.sources.kind import Kind
from monitor.sources.recorded import record_of

#: Records of one request.
MOST_RECORDS = 5_000
#: Characters of a complaint: it may quote the record.
_MAX_ERROR = 200


class TooManyError(InputError):
    """More records than one request may bring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """What a body says."""

    #: (line, record)
    records: tuple[tuple[int, Record], ...]
    errors: tuple[Complaint, ...]


def read(body: bytes, *, now: datetime) -> Pushed:
    """Read every record. `InputError` for a body that holds none, `TooManyError` for too many."""
    records: list[tuple[int, Record]] = []
    errors: list[Complaint] = []
    for number, row in _rows(body):
        try:
            record = record_of(_object(row), source=UNNAMED, now=now)
        except InputError as e:
            errors.append(complaint(number, e))
        else:
            records.append((number, record))
    return Pushed(records=tuple(records), errors=tuple(errors))


def complaint(line: int, error: InputError) -> Complaint:
    """On one line, and not as long as what it quotes."""
    return Complaint(line=line, error=one_line(str(error), _MAX_ERROR))


def _rows(body: bytes) -> Iterator[tuple[int, object]]:
    body = body.removeprefix(b"\xef\xbb\xbf")
    whole = _whole(body.strip())
    if isinstance(whole, list):
        return _limited(enumerate(whole, start=1))
    if isinstance(whole, dict):
        return iter([(1, whole)])
    return _limited((number, line) for number, line in _lines(body) if line.strip())


def _whole(body: bytes) -> object:
    """The body as one document; None for what may be JSON Lines."""
    if not body.startswith((b"{", b"[")):
        raise InputError("the body should be a JSON object, an array of them, or JSON Lines")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as e:
        if body.startswith(b"{"):
            return None
        raise InputError(f"not JSON: {one_line(str(e), _MAX_ERROR)}") from e


def _lines(body: bytes) -> Iterator[tuple[int, bytes]]:
    """As a list would hold them all, and 5 MiB of line ends are many."""
    start = number = 0
    while start <= len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        number += 1
        yield number, body[start:end]
        start = end + 1


def _limited(rows: Iterator[tuple[int, object]]) -> Iterator[tuple[int, object]]:
    for count, row in enumerate(rows):
        if count == MOST_RECORDS:
            raise TooManyError(f"more than {MOST_RECORDS:,} records: send them in parts")
        yield row


def _object(row: object) -> Mapping[str, Any]:
    if isinstance(row, bytes):
        return row_of(row)
    if not isinstance(row, dict):
        raise InputError(f"should be a JSON object, not {type(row).__name__}")
    return row


def _address(ask: Ask) -> str:
    return ask.url


def _page(page: Page) -> FeedDocument:
    """A body as a page, for those who know pages only."""
    try:
        pushed = read(page.body, now=page.ask.now)
    except InputError as e:
        raise FeedError(str(e)) from e
    warning = f"line {pushed.errors[0].line}: {pushed.errors[0].error}" if pushed.errors else None
    return FeedDocument(items=tuple(one.item for _, one in pushed.records), warning=warning)


KIND = Kind(name=NAME, ask=_address, read=_page, searches=False, polled=False)
