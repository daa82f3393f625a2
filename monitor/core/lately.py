"""The newest texts of a story that allege something in words of their own, and when they came.

What came of late is told from what people knew when they closed an incident (see `reopening`).
Copies of what was said before never get here (see `tally`). Judges nothing.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from monitor.core.readings import Read, read
from monitor.core.types import Mention, Verdict

#: Texts kept, the newest ones.
MAX_LATELY = 16
_RANK = attrgetter("rank")


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One text, when it was said and when the monitor first saw it."""

    read: Read
    said_at: datetime
    seen_at: datetime

    @property
    def rank(self) -> tuple[datetime, int]:
        """Newest last."""
        return self.seen_at, self.read.mention_id


class Lately:
    """The last few texts by the time at which they were seen; merges with another one."""

    def __init__(self) -> None:
        self._told: list[Told] = []

    def add(self, mention: Mention, verdict: Verdict, *, wording: str) -> None:
        """Take a text that nobody said before.

        Doubt about the brand is that of the story it stands in: it takes nothing here.
        """
        found = read(mention, verdict, wording=wording, doubt=False)
        self._keep(Told(read=found, said_at=mention.at, seen_at=mention.seen_at))

    def absorb(self, other: Lately) -> None:
        for told in other._told:
            self._keep(told)

    @property
    def told(self) -> tuple[Told, ...]:
        """The newest last."""
        return tuple(self._told)

    def _keep(self, new: Told) -> None:
        """A text that two stories tell is as old as the older telling."""
        text = new.read.fingerprint
        same = next((old for old in self._told if old.read.fingerprint == text), None)
        if same is not None:
            self._told.remove(same)
            new = min(same, new, key=_RANK)
        insort(self._told, new, key=_RANK)
        del self._told[:-MAX_LATELY]
