"""Kind `file`: what any other tool exports, dropped in a folder as JSON or CSV.

What it gives: a mention for each line of JSON Lines or CSV, or each element of one JSON array, in
the fields of a mention record or under the names that other tools have for them (see `exports`).
Files may be packed (.gz), may grow, and may be rotated; new ones are found. What it does not do:
look into folders below, or follow symbolic links. A bad record costs itself alone and is shown by
`monitor status` for a day.

`url` is the folder or one file. The names that are read there end in .jsonl, .ndjson, .json, .csv
or .tsv, as they are or with .gz, and with the number or date of a rotation. A file that is written
under another name and then renamed is read once, whole. A line without an end waits for it; after
a minute without a change it is taken as it is, and once more when the rest comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from monitor.core import brandnames, folder
from monitor.core.asking import Ask, Page
from monitor.core.folder import Cursor, Mark
from monitor.core.polling import FeedDocument
from monitor.core.records import Record, row_of
from monitor.errors import InputError
from monitor.sources import cleaning, elements, exports, rowsplit
from monitor.sources.kind import Kind
from monitor.sources.recorded import record_of
from monitor.sources.rowsplit import Part, Row, Split

NAME = "file"
_MAX_ERROR = 200


def address(ask: Ask) -> str:
    """The folder and how far it was read; only the folder's own fetcher knows such an address."""
    path = unquote(urlsplit(ask.url).path) if ask.url.startswith("file:") else ask.url
    return f"folder:{quote(path)}?{quote(ask.cursor)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """What the fetcher says of the part it sends."""

    name: str
    inode: int
    #: None: it could not be read.
    offset: int | None
    size: int
    changed: int
    error: str
    is_end: bool
    is_cut: bool
    is_settled: bool
    head: bytes
    before: bytes
    content: bytes


def read(page: Page) -> FeedDocument:
    """Read a part of one file, and say where the next begins."""
    cursor = folder.read(page.ask.cursor)
    now = int(page.ask.now.timestamp())
    if "x-name" not in page.headers:
        return FeedDocument(items=(), warning=_warning(folder.complained(cursor, (), now=now)))
    place = _place(page)
    mark = cursor.marks.get(place.inode, Mark())
    # Written anew since: what was known of it is of another file.
    mark = Mark() if place.offset not in {None, mark.offset} else mark
    if place.offset == 0:
        is_list = not folder.is_table(place.name) and elements.begins(place.content)
        mark = replace(mark, is_list=is_list)
    found = (elements if mark.is_list else rowsplit).split(_part(place, mark))
    records, complaints = _records(found, place, mark, page)
    after = _after(mark, place, found)
    cursor = folder.after(cursor, place.inode, after)
    cursor = folder.complained(cursor, [*complaints, *_trouble(place, mark)], now=now)
    return FeedDocument(
        items=tuple(one.item for one in records if not one.deleted),
        deleted=tuple(one.item.native_id for one in records if one.deleted),
        cursor=folder.written(cursor),
        more=after.seen < 0 or page.headers.get("x-more") == "1",
        warning=_warning(cursor),
    )


def _place(page: Page) -> _Place:
    told = page.headers
    head, before = int(told.get("x-head", 0)), int(told.get("x-before", 0))
    offset = told.get("x-offset")
    return _Place(
        name=told["x-name"],
        inode=int(told["x-inode"]),
        offset=None if offset is None else int(offset),
        size=int(told["x-size"]),
        changed=int(told["x-changed"]),
        error=told.get("x-error", ""),
        is_end=told.get("x-end", "1") == "1",
        is_cut=told.get("x-cut") == "1",
        is_settled=told["x-settled"] == "1",
        head=page.body[:head],
        before=page.body[head : head + before],
        content=page.body[head + before :],
    )


def _part(place: _Place, mark: Mark) -> Part:
    return Part(
        content=place.content,
        separator=rowsplit.separator_of(_head(place)) if folder.is_table(place.name) else "",
        is_end=place.is_end,
        is_settled=place.is_settled,
        skipping=mark.skipping,
    )


def _head(place: _Place) -> bytes:
    """The first line of a table: sent along, unless it stands in the part itself."""
    return (place.head or place.content).partition(b"\n")[0]


def _records(
    found: Split, place: _Place, mark: Mark, page: Page
) -> tuple[list[Record], list[str]]:
    records: list[Record] = []
    complaints: list[str] = []
    for row, fields in _fields(found, place):
        try:
            records.append(_record(fields(), page.ask))
        except InputError as e:
            why = cleaning.line(str(e), _MAX_ERROR)
            what = "record" if mark.is_list else "line"
            complaints.append(f"{place.name} {what} {mark.line + row.line}: {why}")
    return records, complaints


def _record(fields: Mapping[str, Any], ask: Ask) -> Record:
    record = record_of(exports.record_from(fields), source=NAME, now=ask.now)
    if record.item.brand is None or record.deleted or not ask.brands:
        return record
    brand = brandnames.brand_of(record.item.brand, ask.brands)
    return replace(record, item=replace(record.item, brand=brand))


def _fields(found: Split, place: _Place) -> Iterator[tuple[Row, Callable[[], Mapping[str, Any]]]]:
    """Each row with what gives its fields by name; the first row of a table gives the names."""
    if not folder.is_table(place.name):
        for row in found.rows:
            yield row, partial(_object, row)
        return
    rows = iter(found.rows)
    names = _names(place.head) if place.head else getattr(next(rows, None), "cells", ())
    for row in rows:
        yield row, partial(_named, row, names)


def _names(head: bytes) -> tuple[str, ...]:
    whole = Part(content=head, separator=rowsplit.separator_of(head), is_end=True, is_settled=True)
    rows = rowsplit.split(whole).rows
    return rows[0].cells if rows else ()


def _object(row: Row) -> Mapping[str, Any]:
    _refuse(row)
    if b"\0" in row.content:
        raise InputError(rowsplit.UTF_16)
    return row_of(rowsplit.words(row.content).removeprefix("\ufeff"))


def _named(row: Row, names: tuple[str, ...]) -> Mapping[str, Any]:
    _refuse(row)
    return dict(zip((name.removeprefix("\ufeff") for name in names), row.cells, strict=False))


def _refuse(row: Row) -> None:
    if row.error:
        raise InputError(row.error)


def _after(mark: Mark, place: _Place, found: Split) -> Mark:
    consumed = place.content[: found.consumed]
    is_waiting = place.is_end and found.consumed < len(place.content)
    is_done = place.is_end and not found.is_full
    return Mark(
        changed=place.changed,
        seen=place.size if is_done else -1,
        offset=mark.offset + found.consumed,
        line=mark.line + found.lines,
        check=folder.check_of(place.before + consumed) if place.offset is not None else mark.check,
        tail=is_done and not place.is_settled and (is_waiting or place.is_cut),
        skipping=found.skipping,
        is_list=mark.is_list,
    )


def _trouble(place: _Place, mark: Mark) -> Iterator[str]:
    """What is wrong with the file itself."""
    if place.error:
        yield f"{place.name}: {cleaning.line(place.error, _MAX_ERROR)}"
    elif place.is_cut and place.is_settled:
        yield f"{place.name}: ends too early, after line {mark.line}"


def _warning(cursor: Cursor) -> str | None:
    if not cursor.bad:
        return None
    records = "1 record was" if cursor.bad == 1 else f"{cursor.bad:,} records were"
    return f"{records} left out, last: {cursor.last_bad}"


KIND = Kind(
    name=NAME,
    ask=address,
    read=read,
    searches=False,
    local=True,
    names_brands=True,
    pages=20,
    pause=timedelta(0),
)
