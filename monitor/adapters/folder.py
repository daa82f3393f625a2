"""Read what lies in a folder of this machine, a part of one file at a time.

Says where a part comes from in headers of its own, and does not know what stands in it (see
`sources.file`). Nothing in the folder leads out of it: symbolic links are not followed, and what
is no regular file is not opened.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from monitor.core import folder
from monitor.core.folder import Cursor, File, Mark
from monitor.core.polling import Fetched, FetchFailed, FetchResult, Request
from monitor.ports import Fetcher

SCHEME = "folder:"
#: How often a folder is listed anew because a file was renamed before it could be opened.
_LOOKS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one part may cost."""

    #: Bytes that are read at once.
    part: int = 2**20
    #: Bytes of one packed file, unpacked.
    unpacked: int = 256 * 2**20
    #: Bytes of the first line of a table.
    head: int = 64 * 2**10
    #: Files of one folder.
    files: int = 5_000


class FolderFetcher:
    """Implements `ports.Fetcher` for folders and files that grow; asks `beyond` for the rest."""

    def __init__(
        self,
        beyond: Fetcher,
        *,
        limits: Limits = Limits(),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._beyond = beyond
        self._limits = limits
        self._now = now

    async def fetch(self, request: Request) -> FetchResult:
        """Give the next part of what is new; an empty one if nothing is."""
        if not request.url.startswith(SCHEME):
            return await self._beyond.fetch(request)
        path, _, cursor = request.url.removeprefix(SCHEME).partition("?")
        return await asyncio.to_thread(self._next, Path(unquote(path)), unquote(cursor))

    def _next(self, path: Path, text: str) -> FetchResult:
        cursor = folder.read(text)
        try:
            headers, body = self._next_part(path, cursor)
        except OSError as e:
            return FetchFailed(reason=f"{path}: {e.strerror or e}")
        return Fetched(status=200, headers=headers, body=body, url=path.as_uri())

    def _next_part(self, path: Path, cursor: Cursor) -> tuple[dict[str, str], bytes]:
        for _ in range(_LOOKS):
            files = _found(path, self._limits.files)
            file, more = folder.next_file(files, cursor, now=self._now())
            if file is None:
                return {}, b""
            with suppress(FileNotFoundError):  # renamed just now: it is looked for once more
                place, body = self._part(path, file, cursor.marks.get(file.inode, Mark()))
                return {**place, "x-more": str(int(more))}, body
        raise OSError("files come and go faster than they can be read")

    def _part(self, path: Path, file: File, mark: Mark) -> tuple[dict[str, str], bytes]:
        about = {
            "x-name": file.name,
            "x-inode": str(file.inode),
            "x-size": str(file.size),
            "x-changed": str(file.changed),
            "x-settled": str(int(folder.is_settled(file.written, self._now()))),
        }
        try:
            with _opened(path, file) as stream:
                place, body = self._read(stream, file.name, mark)
        except FileNotFoundError:
            raise
        except (OSError, zlib.error) as e:
            return about | {"x-error": getattr(e, "strerror", None) or str(e)}, b""
        return about | place, body

    def _read(self, stream: BinaryIO, name: str, mark: Mark) -> tuple[dict[str, str], bytes]:
        """A part from the place on, after the head of a table and what stands before the part."""
        if mark.offset > self._limits.unpacked and folder.is_packed(name):
            raise OSError(f"unpacks to more than {self._limits.unpacked >> 20} MiB")
        limit = self._limits.head
        head = stream.readline(limit) if folder.is_table(name) and mark.offset else b""
        start, before = _place(stream, mark)
        part, is_cut = _read(stream, self._limits.part)
        is_end = is_cut or not _read(stream, 1)[0]
        place = {
            "x-offset": str(start),
            "x-end": str(int(is_end)),
            "x-cut": str(int(is_cut)),
            "x-head": str(len(head)),
            "x-before": str(len(before)),
        }
        return place, head + before + part


def _found(path: Path, most: int) -> list[File]:
    """The files that may be read: those of a folder, or the one that is named."""
    if not path.is_dir():
        about = path.stat()
        if not folder.is_wanted(path.name):
            raise OSError("the name should end in .jsonl or .csv, or in .gz after that")
        return [_file(path.name, about)]
    with os.scandir(path) as entries:
        regular = (one for one in entries if one.is_file(follow_symlinks=False))
        wanted = (one for one in regular if folder.is_wanted(one.name))
        files = [_file(one.name, one.stat(follow_symlinks=False)) for one in wanted]
    if len(files) > most:
        raise OSError(f"more than {most:,} files: move away those that were read")
    return files


def _file(name: str, about: os.stat_result) -> File:
    return File(
        name=name,
        inode=about.st_ino,
        size=about.st_size,
        changed=about.st_ctime_ns,
        written=about.st_mtime,
    )


@contextmanager
def _opened(path: Path, file: File) -> Iterator[BinaryIO]:
    """The very file that was listed, unpacked; without waiting for the other end of a pipe."""
    link = os.O_NOFOLLOW if path.is_dir() else 0
    where = path / file.name if path.is_dir() else path
    # Not `where` again after this: what has been opened is what is looked at.
    number = os.open(where, os.O_RDONLY | os.O_NONBLOCK | link)
    with os.fdopen(number, "rb") as stream:
        about = os.fstat(number)
        if not stat.S_ISREG(about.st_mode) or about.st_ino != file.inode:
            raise FileNotFoundError("was changed while it was opened")
        yield gzip.GzipFile(fileobj=stream) if folder.is_packed(file.name) else stream  # type: ignore[misc]


def _place(stream: BinaryIO, mark: Mark) -> tuple[int, bytes]:
    """Where to read on, and the bytes before it; the start if the file was written anew."""
    back = min(mark.offset, folder.LOOK_BACK)
    before = b""
    with suppress(EOFError):
        stream.seek(mark.offset - back)
        before = stream.read(back)
    if len(before) == back and folder.check_of(before) == mark.check:
        return mark.offset, before
    stream.seek(0)
    return 0, b""


def _read(stream: BinaryIO, size: int) -> tuple[bytes, bool]:
    """At most `size` bytes, and whether a packed file ended too early."""
    pieces: list[bytes] = []
    missing = size
    try:
        while missing and (piece := stream.read1(missing)):  # type: ignore[attr-defined]
            pieces.append(piece)
            missing -= len(piece)
    except EOFError:
        return b"".join(pieces), True
    return b"".join(pieces), False
