"""A part of a growing file as the rows that are whole in it, each with its line.

What is not whole yet waits: nothing after the last whole row is taken. Does not know what a row
means.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.sources.encodings import mostly_utf8

#: Rows of one part: what is left comes with the next.
MOST_ROWS = 2_000
#: Lines that one row of a table may span: a quote that is never closed would eat the file.
MOST_LINES = 1_000
#: Characters of a cell. Not `csv.field_size_limit`, which any library may set for all.
MOST_IN_A_CELL = 131_072
#: Lines that are looked at at once, empty ones too.
_AT_ONCE = 10_000
#: What parts the cells of a table.
_SEPARATORS = ",;\t|"
_ENDLESS = "a quote is never closed, or a cell never ends"
#: What PowerShell and "Unicode text" of Excel are.
UTF_16 = "looks like UTF-16: export it as UTF-8"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row, or what is wrong with it."""

    #: From 1, within the part.
    line: int
    #: The line, of JSON Lines.
    content: bytes = b""
    #: The cells, of a table.
    cells: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """The whole rows of a part."""

    rows: tuple[Row, ...]
    #: Bytes of the part that are dealt with, and the lines that end in them.
    consumed: int
    lines: int
    #: There are more whole rows in it than are taken at once.
    is_full: bool = False
    #: The part ends in the middle of a line that is too long.
    skipping: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a file, as it came."""

    content: bytes
    #: What parts the cells; empty for JSON Lines.
    separator: str = ""
    #: Nothing comes after it, for now.
    is_end: bool = False
    #: Nothing was written for a while: its last line has its end.
    is_settled: bool = False
    #: It begins in the middle of a line that is too long.
    skipping: bool = False


def words(line: bytes) -> str:
    """A line as text: UTF-8, or else what Excel writes where nobody asks it for UTF-8.

    What was cut within a character, as many programs cut it, is UTF-8 all the same.
    """
    text = mostly_utf8(line)
    return line.decode("cp1252", "replace") if text is None else text


def separator_of(head: bytes) -> str:
    """What parts the cells of a table: the sign that stands in its first line most often."""
    return max(_SEPARATORS, key=head.decode("utf-8", "replace").count)


def split(part: Part) -> Split:
    """Take the rows that are whole; something is taken of every part that is not the end."""
    lines = _lines(part)
    skipped = _skipped(lines) if part.skipping else 0
    if part.skipping and not skipped:
        return Split(rows=(), consumed=len(part.content), lines=0, skipping=True)
    rows: list[Row] = []
    at = last = skipped
    while at < len(lines) and len(rows) < MOST_ROWS:
        row, taken = _row(lines, at, part)
        if not taken:
            break
        rows += [row] if row else []
        at, last = at + taken, at
    if at == 0 and not part.is_end:
        endless = Row(line=1, error="a line of more than a mebibyte")
        return Split(rows=(endless,), consumed=len(part.content), lines=0, skipping=True)
    # Should the rest of the last line come after all, all of it is read once more.
    done = last if at and _may_be_half(lines[at - 1], part) else at
    return Split(
        rows=tuple(rows),
        consumed=sum(map(len, lines[:done])),
        lines=done,
        is_full=at < len(lines) if len(rows) == MOST_ROWS else at == _AT_ONCE,
    )


def _lines(part: Part) -> list[bytes]:
    """The lines with their ends; the last may have none.

    Not of a table that is still written: the start of a line may look like the end of a row.
    """
    *lines, last = part.content.split(b"\n", _AT_ONCE)
    may_be_half = part.separator and not (part.is_end and part.is_settled)
    may_be_half = may_be_half or len(lines) == _AT_ONCE
    return [line + b"\n" for line in lines] + ([last] if last and not may_be_half else [])


def _skipped(lines: Sequence[bytes]) -> int:
    """How many lines the rest of one that is too long takes: one, if it ends here."""
    return 1 if lines and lines[0].endswith(b"\n") else 0


def _row(lines: Sequence[bytes], at: int, part: Part) -> tuple[Row | None, int]:
    """The row that begins at a line, if it is no empty one, and how many lines it takes.

    None are taken if the row is not whole yet.
    """
    line = lines[at]
    is_last = part.is_end and part.is_settled
    if part.separator:
        return _cells(lines, at, part.separator, is_last=is_last)
    if not (is_last or line.endswith(b"\n") or (part.is_end and _is_whole(line))):
        return None, 0
    return (Row(line=at + 1, content=line) if line.strip() else None), 1


def _may_be_half(line: bytes, part: Part) -> bool:
    """Whether a line was taken only because nothing came after it for a while."""
    return not line.endswith(b"\n") and (bool(part.separator) or not _is_whole(line))


def _is_whole(line: bytes) -> bool:
    """Whether a line of JSON Lines is complete without its end."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


class _Feed:
    """The lines of one row, as the reader of tables asks for them."""

    def __init__(self, lines: Sequence[bytes], at: int) -> None:
        self._lines = lines
        self._at = at
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        place = self._at + self.taken
        if place >= len(self._lines) or self.taken == MOST_LINES:
            raise _NotWholeError(self.taken == MOST_LINES)
        self.taken += 1
        return words(self._lines[place])


class _NotWholeError(Exception):
    """The reader asks for more lines than there are."""

    def __init__(self, is_endless: bool) -> None:  # noqa: FBT001 - the one argument
        super().__init__()
        self.is_endless = is_endless


def _cells(
    lines: Sequence[bytes], at: int, separator: str, *, is_last: bool
) -> tuple[Row | None, int]:
    """One row of a table, which may span lines: RFC 4180, section 2."""
    feed = _Feed(lines, at)
    try:
        cells = tuple(next(csv.reader(feed, delimiter=separator)))
    except _NotWholeError as e:
        if not (e.is_endless or is_last):
            return None, 0
        return Row(line=at + 1, error=_ENDLESS), 1
    except csv.Error:
        return Row(line=at + 1, error=_ENDLESS), 1
    return _checked(Row(line=at + 1, cells=cells), feed.taken)


def _checked(row: Row, taken: int) -> tuple[Row | None, int]:
    """The row, or what is wrong with its cells; nothing for an empty one."""
    if any(len(cell) > MOST_IN_A_CELL for cell in row.cells):
        return Row(line=row.line, error=_ENDLESS), 1
    if not any(cell.strip() for cell in row.cells):
        return None, taken
    if any("\0" in cell for cell in row.cells):
        return Row(line=row.line, error=UTF_16), taken
    return row, taken
