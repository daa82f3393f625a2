"""One daemon per database: a lock file held for life.

The pid written in it is for people; the kernel is asked whether it still holds. The kernel frees
the lock when the process ends, however it ends. A second line is what the daemon has to say of
itself that is no matter of its database.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import DatabaseError


class Held:
    """The lock file, while it is held."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def note(self, text: str) -> None:
        """Say one line to whoever asks; empty: nothing. `OSError` if the disk is full."""
        os.ftruncate(self._descriptor, len(f"{os.getpid()}\n"))
        # Past the buffer of the file: what is left there would be tried once more at the end.
        os.write(self._descriptor, f"{text}\n".encode() if text else b"")


@contextmanager
def held(database: Path) -> Iterator[Held]:
    """Hold `<database>.lock`; `DatabaseError` if another daemon does."""
    path = _file_of(database)
    try:
        file = path.open("a+", encoding="utf-8")
    except FileNotFoundError as e:
        raise DatabaseError(f"monitor.database: there is no folder {path.parent}") from e
    except OSError as e:
        raise DatabaseError(f"{path}: {e.strerror}") from e
    with file:
        _lock(file.fileno(), database, path)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield Held(file.fileno())


def holder(database: Path, *, table: Path = Path("/proc/locks")) -> int | None:
    """The process that holds it, where the system tells (Linux).

    The lock is not tried for that: a daemon that starts at this moment would be refused.
    """
    path = _file_of(database)
    try:
        pid, file = _lines(path)[0], path.stat().st_ino
        rows = [line.split() for line in table.read_text(encoding="ascii").splitlines()]
    except OSError:
        return None
    # proc_locks(5): number, kind, ADVISORY, access, pid, device and inode, range.
    locks = ((row[1], row[4], row[5].rpartition(":")[2]) for row in rows)
    return int(pid) if ("FLOCK", pid, str(file)) in locks else None


def noted(database: Path) -> str:
    """What the daemon that holds it last had to say; empty: nothing, or it cannot be read."""
    try:
        return _lines(_file_of(database))[1]
    except OSError:
        return ""


def _lines(path: Path) -> tuple[str, str]:
    pid, _, rest = path.read_text(encoding="utf-8").partition("\n")
    return pid.strip(), rest.strip()


def _file_of(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _lock(descriptor: int, database: Path, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e:
        holder = _lines(path)[0] or "?"
        raise DatabaseError(f"{database}: another daemon holds it (process {holder})") from e
