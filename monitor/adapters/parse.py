"""Read pages in worker processes, each within a deadline and a limit of memory.

Does not know any format (see `sources`), nor any secret: it starts, feeds, watches and ends the
workers.
"""

from __future__ import annotations

import asyncio
import io
import math
import os
import pickle
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import monitor
from monitor.adapters.parse_worker import FRAME, READY, Answer, Job
from monitor.core.asking import Page, Posts
from monitor.core.polling import FeedDocument
from monitor.errors import FeedError

#: All that an answer may be made of: a worker that was taken over cannot run code here.
_PARTS = {
    ("monitor.adapters.parse_worker", "Answer"),
    ("monitor.core.polling", "FeedDocument"),
    ("monitor.core.polling", "RawItem"),
    ("datetime", "datetime"),
    ("datetime", "timezone"),
    ("datetime", "timedelta"),
}
#: Not `-m`: the classes of the answers would belong to `__main__`.
_PROGRAM = "import sys; from monitor.adapters.parse_worker import main; main(sys.argv[1:])"
#: What a worker is told of our environment: it needs no secret.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one document may cost."""

    #: Seconds to read it.
    deadline: float = 8.0
    #: Bytes on top of what an idle worker holds.
    memory: int = 256 * 2**20
    #: Documents read at the same time: one that is slow must not hold up the others.
    workers: int = 2
    #: A document that took more seconds than this queues with its like from then on: however many
    #: of them there are, they keep one worker busy, not all.
    slow: float = 1.0
    #: A worker that ever held more bytes than this is replaced after its answer.
    retire: int = 128 * 2**20
    #: Longest answer that is taken, in bytes.
    answer: int = 64 * 2**20
    #: Seconds for a worker to start, on a busy machine.
    start: float = 60.0


class ProcessReader:
    """Implements `ports.FeedReader`. Workers start when first needed and are used again."""

    def __init__(self, *, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._free = asyncio.Semaphore(limits.workers)
        self._idle: list[Process] = []
        self._worn: set[int] = set()
        self._slow: set[str] = set()
        self._slow_lane = asyncio.Lock()

    async def read(self, kind: str, page: Page) -> FeedDocument:
        """Read one page; raise `FeedError` if it is not of this kind, too slow, or too large."""
        job = Job(kind=kind, page=replace(page, body=b""))
        answer = await self._answer(job, page)
        if answer.document is None:
            raise FeedError(answer.error, wait_seconds=answer.wait_seconds)
        return answer.document

    async def counts(
        self, kind: str, page: Page, posts: Posts
    ) -> Mapping[str, Mapping[str, float] | None]:
        """Read the counts of posts; raise `FeedError` as `read`."""
        job = Job(kind=kind, page=replace(page, body=b""), posts=tuple(posts))
        answer = await self._answer(job, page)
        if answer.counts is None:
            raise FeedError(answer.error, wait_seconds=answer.wait_seconds)
        return answer.counts

    async def _answer(self, job: Job, page: Page) -> Answer:
        # What one source sends is alike; the address of each page of it may be another.
        source = page.ask.url
        async with self._lane(source), self._worker() as worker:
            with self._timed(source):
                return await self._ask(worker, job, page.body)

    async def close(self) -> None:
        """End the workers and wait until they are gone."""
        while self._idle:
            await _end(self._idle.pop())

    def _lane(self, url: str) -> AbstractAsyncContextManager[None]:
        return self._slow_lane if url in self._slow else nullcontext()

    @contextmanager
    def _timed(self, url: str) -> Iterator[None]:
        """Remember which documents are slow to read, whatever became of them."""
        start = time.monotonic()
        try:
            yield
        finally:
            is_slow = time.monotonic() - start > self._limits.slow
            (self._slow.add if is_slow else self._slow.discard)(url)

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[Process]:
        """Lend a worker out; it comes back only if it is fit for the next document."""
        async with self._free:
            worker = await self._next_idle() or await self._start()
            fit = False
            try:
                yield worker
                fit = not self._is_worn(worker)
            finally:
                if fit:
                    self._idle.append(worker)
                else:
                    await _end(worker)

    async def _next_idle(self) -> Process | None:
        """A worker at rest; one that has died meanwhile (the system was out of memory) is not."""
        while self._idle:
            worker = self._idle.pop()
            if worker.returncode is None:
                return worker
            await _end(worker)
        return None

    async def _start(self) -> Process:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-c", _PROGRAM),
            str(self._limits.memory),
            # A little after our own deadline: it is the worker's way to end if we are killed.
            str(math.ceil(self._limits.deadline) + 2),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=_environment(),
        )
        try:
            async with asyncio.timeout(self._limits.start):
                await _stdout(worker).readexactly(len(READY))
        except (TimeoutError, EOFError) as e:
            await _end(worker)
            raise FeedError("the process that reads feeds does not start") from e
        except BaseException:
            await _end(worker)
            raise
        return worker

    async def _ask(self, worker: Process, job: Job, body: bytes) -> Answer:
        """Hand one document over and wait for the answer. Raise `FeedError` if there is none."""
        try:
            async with asyncio.timeout(self._limits.deadline):
                await _send(worker, job, body)
                answer = await self._receive(_stdout(worker))
        except TimeoutError as e:
            raise FeedError(f"not read within {self._limits.deadline:g} s") from e
        except (EOFError, OSError, pickle.UnpicklingError) as e:
            raise FeedError("the document broke the process that reads feeds") from e
        if answer.peak > self._limits.retire:
            self._worn.add(worker.pid)
        return answer

    async def _receive(self, stream: asyncio.StreamReader) -> Answer:
        size, _ = FRAME.unpack(await stream.readexactly(FRAME.size))
        if size > self._limits.answer:
            raise FeedError("what the document says is larger than a feed may be")
        answer = _Unpickler(io.BytesIO(await stream.readexactly(size))).load()
        if not isinstance(answer, Answer):
            raise pickle.UnpicklingError("not an answer")
        return answer

    def _is_worn(self, worker: Process) -> bool:
        return worker.returncode is not None or worker.pid in self._worn


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) not in _PARTS:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no part of an answer")
        return super().find_class(module_name, global_name)


async def _send(worker: Process, job: Job, body: bytes) -> None:
    packed = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
    stream = _stdin(worker)
    stream.write(FRAME.pack(len(packed), len(body)) + packed)
    stream.write(body)
    await stream.drain()


async def _end(worker: Process) -> None:
    """Kill, and wait until nothing of it is left: no process, no pipe."""
    if worker.returncode is None:
        with suppress(ProcessLookupError):
            worker.kill()
    _stdin(worker).close()
    await worker.communicate()


def _environment() -> dict[str, str]:
    """As little of ours as it takes to start Python; `monitor` is found where we found it."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return kept | {"PYTHONPATH": str(Path(monitor.__file__).parent.parent)}


def _stdin(worker: Process) -> asyncio.StreamWriter:
    assert worker.stdin is not None  # noqa: S101 - for the type checker: it was started with pipes
    return worker.stdin


def _stdout(worker: Process) -> asyncio.StreamReader:
    assert worker.stdout is not None  # noqa: S101 - as above
    return worker.stdout
