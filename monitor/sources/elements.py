"""A part of a growing JSON array as the elements that are whole in it, as `rowsplit` does lines.

Brackets and commas between the elements are passed over, so that a list that is written on, or a
second list after the first, is read on. A broken element costs itself alone if its brackets are
paired. Does not know what an element means.
"""

from __future__ import annotations

import json
import re

from monitor.sources.rowsplit import MOST_ROWS, Part, Row, Split

#: Longer ones cannot be told from a list that is broken for good.
ENDLESS = "a record of more than a mebibyte; what comes after it in this list is not read"
HALF = "the list ends in the middle of a record"

_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*+")
_TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_BRACKETS = re.compile(rf"{_TEXT}|[{{}}\[\]]", re.DOTALL)
_SCRAP = re.compile(rf'{_TEXT}|[^\s,\[\]{{"]++', re.DOTALL)
_DECODER = json.JSONDecoder()


def begins(content: bytes) -> bool:
    """Whether a file that starts with this is one array."""
    return content[:1_000].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[")


def split(part: Part) -> Split:
    """Take the elements that are whole; `Row.line` and `Split.lines` count elements."""
    if part.skipping:
        return Split(rows=(), consumed=len(part.content), lines=0, skipping=True)
    text = part.content.decode("utf-8", "surrogateescape")
    rows: list[Row] = []
    at = _between(text, 0)
    while at < len(text) and len(rows) < MOST_ROWS:
        end = _end(text, at, part)
        if end is None:
            return _cut(rows, text, at, part)
        rows.append(Row(line=len(rows) + 1, content=_bytes(text[at:end])))
        at = _between(text, end)
    consumed = len(_bytes(text[:at]))
    return Split(rows=tuple(rows), consumed=consumed, lines=len(rows), is_full=at < len(text))


def _cut(rows: list[Row], text: str, at: int, part: Part) -> Split:
    """The part ends in the middle of an element."""
    consumed, line = len(_bytes(text[:at])), len(rows) + 1
    if not (consumed or part.is_end):
        endless = Row(line=line, error=ENDLESS)
        return Split(rows=(endless,), consumed=len(part.content), lines=0, skipping=True)
    # It is told and not taken: should the rest come after all, all of it is read.
    half = [Row(line=line, error=HALF)] if part.is_end and part.is_settled else []
    return Split(rows=(*rows, *half), consumed=consumed, lines=len(rows))


def _between(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _end(text: str, at: int, part: Part) -> int | None:
    """Where the element ends that begins here; None if that is still to come."""
    if text[at] == "{":
        return _end_of_object(text, at)
    scrap = _SCRAP.match(text, at)
    end = scrap.end() if scrap else at + 1
    return end if end < len(text) or (part.is_end and part.is_settled) else None


def _end_of_object(text: str, at: int) -> int | None:
    try:
        return _DECODER.raw_decode(text, at)[1]
    except (ValueError, RecursionError):
        return _end_of_brackets(text, at)


def _end_of_brackets(text: str, at: int) -> int | None:
    """Of something that is no JSON."""
    depth = 0
    for found in _BRACKETS.finditer(text, at):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found[0], 0)
        if depth <= 0:
            return found.end()
    return None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
