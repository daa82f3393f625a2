"""The process that reads what sources send: one job after the other from stdin, answers to stdout.

Does not talk to the network, nor know any secret: it is the one that may be fooled, blown up or
killed. Started and watched by `parse`.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

# Before the memory is limited, and before the first document waits for it.
import feedparser  # type: ignore[import-untyped] # noqa: F401

from monitor.core.asking import Page, Posts
from monitor.core.polling import FeedDocument
from monitor.errors import FeedError
from monitor.sources.registry import KINDS

#: Length of the job or answer, then of the body that follows it, in bytes.
FRAME = struct.Struct(">QQ")
READY = b"ready"
_STATM = Path("/proc/self/statm")
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One page to read; its body comes after it, unpickled."""

    kind: str
    #: Without its body.
    page: Page
    #: Posts whose counts are wanted; empty: the items of the page are.
    posts: Posts = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What became of a job: a document, or why there is none."""

    document: FeedDocument | None = None
    #: Of posts that were asked for.
    counts: Mapping[str, Mapping[str, float] | None] | None = None
    error: str = ""
    #: For how long the source wants to be left alone.
    wait_seconds: float | None = None
    #: The most memory that the process ever held, in bytes; it does not give any back.
    peak: int = 0


def answer(job: Job, body: bytes) -> Answer:
    """Read one document. Nothing that is in it raises."""
    try:
        found = _found(job, replace(job.page, body=body))
    except FeedError as e:
        return Answer(error=str(e), wait_seconds=e.wait_seconds, peak=_peak())
    except MemoryError:
        return Answer(error="the document takes more memory to read than a feed may", peak=_peak())
    except RecursionError:
        return Answer(error="the document is nested too deeply", peak=_peak())
    return replace(found, peak=_peak())


def _found(job: Job, page: Page) -> Answer:
    kind = KINDS[job.kind]
    if not job.posts or kind.refresh is None:
        return Answer(document=kind.read(page))
    return Answer(counts=kind.refresh.read(page, job.posts))


def serve(jobs: BinaryIO, answers: BinaryIO, *, seconds: int) -> None:
    """Work until there is no more; `seconds` is the longest that one job may take."""
    answers.write(READY)
    answers.flush()
    while head := jobs.read(FRAME.size):
        of_job, of_body = FRAME.unpack(head)
        job, body = pickle.loads(jobs.read(of_job)), jobs.read(of_body)  # noqa: S301 - our parent
        # Whoever kills us at the deadline may have been killed himself.
        signal.alarm(seconds)
        packed = pickle.dumps(answer(job, body), pickle.HIGHEST_PROTOCOL)
        signal.alarm(0)
        answers.write(FRAME.pack(len(packed), 0) + packed)
        answers.flush()


def main(arguments: list[str]) -> None:  # pragma: no cover - runs in processes of its own only
    """Limit the memory, leave the signals to the parent, serve."""
    memory, seconds = map(int, arguments)
    # Ctrl-C and a service manager signal every process of the group: the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    limit_memory(memory)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up between two answers.
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers, seconds=seconds)


def limit_memory(extra: int) -> None:
    """Allow `extra` bytes of address space on top of what is in use."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _in_use() + extra
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _in_use() -> int:
    """Bytes of address space; a guess where the system does not tell."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 2**30


def _peak() -> int:
    """Most bytes ever held.

    On Linux not by getrusage: its `ru_maxrss` is carried over from the parent at exec, so a worker
    of a large daemon would seem to be as large from its first breath.
    """
    try:
        status = _STATUS.read_text(encoding="ascii")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return int(status.split("VmHWM:", 1)[1].split(None, 1)[0]) * 1024
