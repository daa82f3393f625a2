"""A folder that another program writes to, and what goes wrong with it.

The real folder, fetcher, worker process, poll stage and store; only the clock is made up. Each
form of file is written on as its programs do; every third time it goes wrong.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from monitor.adapters.folder import FolderFetcher, Limits
from monitor.adapters.parse import ProcessReader
from monitor.adapters.store import SqliteStore
from monitor.core.polling import FetchResult, Request
from monitor.core.settings import SourceSettings
from monitor.stages.poll import Poll
from tests.fakes import FakeClock, FakeFetcher
from tests.sources.faulty import QUIET, ROUND, ROUNDS, Outcome, polling, reading, settings_of
from tests.sources.services import START, Post, Service

HALF_A_MINUTE = timedelta(seconds=30)
#: Bytes that are read at once: a dozen records.
PART = 1_500


def record(post: Post) -> dict[str, Any]:
    return {"id": post.number, "text": post.text, "source": "twitter", "published_at": post.iso}


def lines(posts: Sequence[Post], *, is_first: bool) -> bytes:
    return b"".join(json.dumps(record(post)).encode() + b"\n" for post in posts)


def table(posts: Sequence[Post], *, is_first: bool) -> bytes:
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, ["id", "text", "source", "published_at"])
    if is_first:
        rows.writeheader()
    rows.writerows(map(record, posts))
    return out.getvalue().encode()


def packed(posts: Sequence[Post], *, is_first: bool) -> bytes:
    return gzip.compress(lines(posts, is_first=is_first))


def array(posts: Sequence[Post], *, is_first: bool) -> bytes:
    return json.dumps([record(post) for post in posts], indent=1).encode()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of file: what it is called, and how records are written to it."""

    name: str
    write: Callable[..., bytes]
    #: New records are written to its end; else all of it is written anew, in place.
    grows: bool = True
    #: A line that is no record.
    junk: bytes = b"oops\n"


FORMS: Mapping[str, Form] = {
    "JSON Lines": Form(name="export.jsonl", write=lines),
    "CSV": Form(name="export.csv", write=table),
    "packed": Form(name="export.jsonl.gz", write=packed, junk=gzip.compress(b"oops\n")),
    "JSON array": Form(name="export.json", write=array, grows=False),
}


@dataclass
class Box:
    """The folder, and who writes to it."""

    folder: Path
    form: Form
    clock: FakeClock
    poll: Poll
    #: What stands in the file, as far as the writer is concerned.
    held: list[Post] = field(default_factory=list)
    faults: int = 0
    polls: int = 0
    #: Called once, before the second part of a poll is read.
    meanwhile: Callable[[], None] | None = None

    @property
    def file(self) -> Path:
        return self.folder / self.form.name

    def bytes_of(self, posts: Sequence[Post]) -> bytes:
        """What the writer adds for new records; the whole file for a form that does not grow."""
        if not self.form.grows:
            return self.form.write([*self.held, *posts], is_first=True)
        return self.form.write(posts, is_first=not self.held)

    def write(self, content: bytes) -> None:
        with self.file.open("ab" if self.form.grows else "wb") as stream:
            stream.write(content)
        self.date()

    def date(self) -> None:
        """As if it were written at the time of the clock."""
        for file in self.folder.iterdir():
            os.utime(file, (self.clock().timestamp(),) * 2)

    def say(self, posts: Sequence[Post]) -> None:
        if posts:
            self.write(self.bytes_of(posts))
            self.held += posts

    async def look(self, after: timedelta) -> None:
        self.clock.forward(after)
        self.polls += 1
        await self.poll.round(self.clock(), everything=True)


Wrong = Callable[[Box, list[Post]], Awaitable[None]]


async def _nothing(box: Box, posts: list[Post]) -> None:
    box.say(posts)


async def _half_written(box: Box, posts: list[Post], pause: timedelta = HALF_A_MINUTE) -> None:
    content = box.bytes_of(posts)
    half = len(content) - 40
    box.write(content[:half])
    await box.look(pause)
    box.write(content[half:] if box.form.grows else content)
    box.held += posts


async def _half_written_for_long(box: Box, posts: list[Post]) -> None:
    await _half_written(box, posts, timedelta(minutes=5))


async def _replaced(box: Box, posts: list[Post]) -> None:
    """A new file with all records takes the place of the old one."""
    box.held += posts
    other = box.folder / ".export.tmp"
    other.write_bytes(box.form.write(box.held, is_first=True))
    other.rename(box.file)
    box.date()


async def _written_anew(box: Box, posts: list[Post]) -> None:
    """Emptied, and begun anew with what is new."""
    box.held = []
    box.file.write_bytes(b"")
    box.date()
    await box.look(HALF_A_MINUTE)
    box.say(posts)


async def _cut_short(box: Box, posts: list[Post]) -> None:
    """A copy that breaks off, and is made again."""
    whole = box.form.write([*box.held, *posts], is_first=True)
    box.file.write_bytes(whole[: len(whole) // 2])
    box.date()
    await box.look(HALF_A_MINUTE)
    box.file.write_bytes(whole)
    box.held += posts
    box.date()


async def _rotated(box: Box, posts: list[Post]) -> None:
    box.say(posts)
    _rotate(box)


def _rotate(box: Box) -> None:
    number = len(list(box.folder.iterdir()))
    stem, end = (box.form.name.removesuffix(".gz"), ".gz" * box.form.name.endswith(".gz"))
    box.file.rename(box.folder / f"{stem}.{number}{end}")
    box.held = []


async def _renamed(box: Box, posts: list[Post]) -> None:
    """Rotated while it is read."""
    box.say(posts)
    box.meanwhile = lambda: _rotate(box)
    await box.look(HALF_A_MINUTE)
    if box.meanwhile is not None:
        box.meanwhile = None
        _rotate(box)


async def _twice(box: Box, posts: list[Post]) -> None:
    box.say([*posts, *posts, *box.held[-5:]])


async def _copied(box: Box, posts: list[Post]) -> None:
    """Dropped a second time under another name."""
    box.say(posts)
    (box.folder / f"copy of {box.form.name}").write_bytes(box.file.read_bytes())
    box.date()


async def _out_of_order(box: Box, posts: list[Post]) -> None:
    box.say(posts[::-1])


async def _away(box: Box, posts: list[Post]) -> None:
    """The file is gone for a while, and comes back with more in it."""
    away = box.folder.parent / "away"
    box.file.rename(away)
    await box.look(HALF_A_MINUTE)
    away.rename(box.file)
    box.say(posts)


async def _folder_away(box: Box, posts: list[Post]) -> None:
    away = box.folder.parent / "away"
    box.folder.rename(away)
    await box.look(HALF_A_MINUTE)
    away.rename(box.folder)
    box.say(posts)


async def _encoded(box: Box, posts: list[Post]) -> None:
    """Windows-1252, as Excel writes it."""
    for post in posts:
        post.text = "United, café closed"
    write = box.form.write
    box.form = Form(
        name=box.form.name,
        grows=box.form.grows,
        junk=box.form.junk,
        write=lambda given, *, is_first: _in_1252(write, given, is_first=is_first),
    )
    box.say(posts)


def _in_1252(write: Callable[..., bytes], posts: Sequence[Post], *, is_first: bool) -> bytes:
    content = write(posts, is_first=is_first)
    if content.startswith(b"\x1f\x8b"):
        return gzip.compress(_wrong(gzip.decompress(content)))
    return _wrong(content)


def _wrong(content: bytes) -> bytes:
    return content.replace(b"\\u00e9", b"\xe9").replace("é".encode(), b"\xe9")


async def _bad_line(box: Box, posts: list[Post]) -> None:
    if box.form.grows:
        box.write(box.form.junk)
        box.say(posts)
        box.write(box.form.junk)
        return
    box.held += posts
    rows = [json.dumps(record(post)) for post in box.held]
    box.write(f"[oops, {', {x}, '.join(rows)}, 7, null]".encode())


WRONG: Mapping[str, Wrong] = {
    "none": _nothing,
    "half written": _half_written,
    "half written for 5 min": _half_written_for_long,
    "replaced": _replaced,
    "emptied, begun anew": _written_anew,
    "cut short, then whole": _cut_short,
    "rotated": _rotated,
    "renamed while read": _renamed,
    "rows twice": _twice,
    "dropped twice": _copied,
    "other order": _out_of_order,
    "gone and back": _away,
    "folder gone and back": _folder_away,
    "other encoding": _encoded,
    "bad lines": _bad_line,
}


class _Between:
    """Lets something happen between two parts of a file."""

    def __init__(self) -> None:
        self.box: Box | None = None
        self._inner = FolderFetcher(FakeFetcher(), limits=Limits(part=PART), now=self._now)
        self._asked = 0

    def _now(self) -> float:
        assert self.box is not None
        return self.box.clock().timestamp()

    async def fetch(self, request: Request) -> FetchResult:
        answer = await self._inner.fetch(request)
        if self.box and (happen := self.box.meanwhile):
            self.box.meanwhile = None
            happen()
        return answer


async def follow(
    form: str, wrong: str, *, seed: int = 1, reader: ProcessReader | None = None
) -> Outcome:
    """Some hours of records, looked at every ten minutes; then an hour without any."""
    service, chance, clock = Service(), Random(seed), FakeClock(START)
    with TemporaryDirectory() as place, SqliteStore.in_memory() as store:
        folder = Path(place) / "in"
        folder.mkdir()
        source = SourceSettings(
            name="exports", kind="file", url=str(folder), every=ROUND, backfill=None
        )
        async with reading(reader) as processes:
            fetcher = _Between()
            poll = polling(settings_of(source), store, fetcher, processes, clock)
            await poll.start(START)
            box = fetcher.box = Box(folder, FORMS[form], clock, poll)
            for number in range(ROUNDS + QUIET):
                await _round(box, service, chance, number, WRONG[wrong])
        rows = store._connection.execute("SELECT native_id FROM mentions").fetchall()
    stored = [str(row[0]) for row in rows]
    said = frozenset(service.names(service.posts))
    return Outcome.of(said, stored, faulty=box.faults, asked=box.polls)


async def _round(box: Box, service: Service, chance: Random, number: int, wrong: Wrong) -> None:
    if number < ROUNDS:
        seconds = sorted(chance.sample(range(1, 590), chance.choice([1, 3, 24])))
        posts = service.add(*(box.clock() + timedelta(seconds=one) for one in seconds))
        is_wrong = number % 3 == 2
        box.faults += is_wrong
        await (wrong if is_wrong else _nothing)(box, posts)
    await box.look(ROUND)
