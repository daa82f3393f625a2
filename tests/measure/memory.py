"""Peak memory of a process and its children, as Linux counts it (VmHWM in /proc/PID/status)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_EVERY_SECONDS = 0.05


class Peak:
    """The most that the living processes of one family ever held together, in bytes.

    The sum of each one's own peak, so never less than what they really held at any moment.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._seen = 0

    @property
    def bytes(self) -> int:
        return self._seen

    def look(self) -> None:
        self._seen = max(self._seen, sum(_high_water(pid) for pid in family(self._pid)))

    def forget(self) -> int:
        """Start anew from what is held now, and return that: loading a model has its own peak."""
        for pid in family(self._pid):
            with suppress(OSError):
                # "5" sets VmHWM to what the process holds: proc_pid_clear_refs(5).
                Path(f"/proc/{pid}/clear_refs").write_text("5")
        self._seen = 0
        self.look()
        return self._seen


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    """Look many times a second while inside."""
    peak, over = Peak(pid), threading.Event()

    def watch() -> None:
        while not over.wait(_EVERY_SECONDS):
            peak.look()

    thread = threading.Thread(target=watch, name="memory")
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def family(pid: int) -> set[int]:
    """This process and all its descendants that live."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            found = re.search(r"^PPid:\s+(\d+)", status.read_text(), re.MULTILINE)
            if found:
                parents[int(status.parent.name)] = int(found[1])
    known = {pid}
    while more := {child for child, parent in parents.items() if parent in known} - known:
        known |= more
    return known


def _high_water(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def megabytes(size: float) -> str:
    return f"{size / 2**20:.0f} MiB"
