"""A configuration that a running daemon was told to take over, and did not: it was bad.

Says it in words, and in one line that another process can read. Does not load any (see `config`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from monitor.core.event import iso
from monitor.core.humanize import distance


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedReload:
    """Since when the daemon runs on another configuration than that of the file, and why."""

    at: datetime
    #: What is wrong with the file, on one line.
    error: str

    @classmethod
    def of(cls, error: Exception, *, at: datetime) -> Self:
        first, *_ = str(error).splitlines() or [type(error).__name__]
        return cls(at=at, error=first)

    @property
    def line(self) -> str:
        return f"{iso(self.at)} {self.error}"

    @classmethod
    def read(cls, line: str) -> Self | None:
        """What `line` says; None for anything else."""
        at, _, error = line.partition(" ")
        try:
            return cls(at=datetime.fromisoformat(at), error=error)
        except ValueError:
            return None


def sentence(refused: RefusedReload, now: datetime) -> str:
    ago = distance(refused.at, now)
    return f"the file was refused {ago}, and the one before goes on: {refused.error}"
