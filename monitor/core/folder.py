"""How far the files of a folder were read: which is next, from where, and what need not be kept.

Files are known by their inode, so that one that is renamed (rotated) is read on, and by the bytes
before the place, so that one that was written anew is read anew. Does not read or list anything.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

#: A last line without an end is complete once the file has not changed for so long.
SETTLED = timedelta(minutes=1)
#: A record that was left out is shown for so long.
REPEATED = timedelta(days=1)
#: Bytes before the place that are compared.
LOOK_BACK = 256
#: Files that are remembered one by one; of older ones, only that they were read.
MOST_MARKS = 64
#: Files of these names are read: any tool's export, also once it is rotated or packed.
_NAME = re.compile(
    r"[^.~].*\.(?P<form>jsonl|ndjson|json|csv|tsv)(?:\.[0-9][0-9A-Za-z_-]{0,30})?(?P<gz>\.gz)?",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One file, as it was found."""

    name: str
    inode: int
    size: int
    #: When anything about it changed, nanoseconds since 1970: its arrival in the folder too.
    changed: int
    #: When its content changed, seconds since 1970.
    written: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How far one file was read."""

    changed: int = 0
    #: Its size when all of it was looked at; -1: there is more to read.
    seen: int = -1
    #: Bytes that were read to the end of a record, unpacked.
    offset: int = 0
    #: Lines that were.
    line: int = 0
    #: Of the last bytes before `offset`.
    check: int = 0
    #: Bytes after the last record, which wait for its end.
    tail: bool = False
    #: In the middle of a line that is too long.
    skipping: bool = False
    #: It is one JSON array, and `line` counts its elements.
    is_list: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far a folder was read."""

    marks: Mapping[int, Mark] = field(default_factory=dict)
    #: (changed, inode): all files up to this one that have no mark were read.
    done: tuple[int, int] = (0, 0)
    #: Records that were left out, the last of them in words, and when that was (seconds).
    bad: int = 0
    last_bad: str = ""
    bad_at: int = 0


def is_packed(name: str) -> bool:
    return name.lower().endswith(".gz")


def is_table(name: str) -> bool:
    """Whether it is CSV, or tab-separated; else JSON Lines."""
    found = _NAME.fullmatch(name)
    return found is not None and found["form"].lower() in {"csv", "tsv"}


def is_wanted(name: str) -> bool:
    """Whether a file of this name is read: no hidden or half-written one."""
    return _NAME.fullmatch(name) is not None


def next_file(files: Iterable[File], cursor: Cursor, *, now: float) -> tuple[File | None, bool]:
    """The file to read next, and whether there are more. `now`: seconds since 1970."""
    waiting = sorted(
        (file for file in files if _has_news(file, cursor, now)),
        key=lambda file: (file.changed, file.inode),
    )
    return (waiting[0] if waiting else None), len(waiting) > 1


def _has_news(file: File, cursor: Cursor, now: float) -> bool:
    mark = cursor.marks.get(file.inode)
    if mark is None:
        return (file.changed, file.inode) > cursor.done
    return (
        mark.seen != file.size
        or mark.changed != file.changed
        or (mark.tail and is_settled(file.written, now))
    )


def is_settled(written: float, now: float) -> bool:
    """Whether nobody has written to a file for `SETTLED`; both in seconds of one clock."""
    return now - written >= SETTLED.total_seconds()


def check_of(before: bytes) -> int:
    """What is remembered of the bytes before a place."""
    return zlib.crc32(before[-LOOK_BACK:])


def after(cursor: Cursor, inode: int, mark: Mark) -> Cursor:
    """The cursor after a part of a file was read."""
    marks = {**cursor.marks, inode: mark}
    done = cursor.done
    while len(marks) > MOST_MARKS:
        oldest = min((one.changed, at) for at, one in marks.items())
        del marks[oldest[1]]
        done = max(done, oldest)
    return replace(cursor, marks=marks, done=done)


def complained(cursor: Cursor, complaints: Sequence[str], *, now: int) -> Cursor:
    """The cursor with what is wrong in the part that was read; old complaints are dropped."""
    if now - cursor.bad_at > REPEATED.total_seconds():
        cursor = replace(cursor, bad=0, last_bad="")
    if not complaints:
        return cursor
    return replace(cursor, bad=cursor.bad + len(complaints), last_bad=complaints[-1], bad_at=now)


def written(cursor: Cursor) -> str:
    """A cursor as text."""
    marks = [
        [inode, m.changed, m.seen, m.offset, m.line, m.check, _flags(m)]
        for inode, m in cursor.marks.items()
    ]
    parts = [marks, list(cursor.done), cursor.bad, cursor.last_bad, cursor.bad_at]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> Cursor:
    """A cursor from what `written` wrote; a fresh one from anything else."""
    try:
        marks, done, bad, last_bad, bad_at = json.loads(text)
        return Cursor(
            marks={row[0]: _mark(row) for row in marks},
            done=(int(done[0]), int(done[1])),
            bad=int(bad),
            last_bad=str(last_bad),
            bad_at=int(bad_at),
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        return Cursor()


def _mark(row: list[int]) -> Mark:
    _, changed, seen, offset, line, check, flags = row
    return Mark(
        changed=changed,
        seen=seen,
        offset=offset,
        line=line,
        check=check,
        tail=bool(flags & 1),
        skipping=bool(flags & 2),
        is_list=bool(flags & 4),
    )


def _flags(mark: Mark) -> int:
    return mark.tail + 2 * mark.skipping + 4 * mark.is_list
