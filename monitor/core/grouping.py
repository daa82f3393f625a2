"""A finished list of texts, grouped as the daemon would have grouped them one by one.

Runs `stories` on the clock of the texts: the merging pass is made as time goes by, and once more
at the end. Knows no incidents.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import count

from monitor.core.meaning import Meaning
from monitor.core.stories import MERGE_EVERY, Stories, StoryRules, home_of
from monitor.core.text import fingerprint


class Grouping:
    """Stories of texts that come in time order; each gets a number, those of a story the same."""

    def __init__(self, rules: StoryRules | None = None) -> None:
        self._stories = Stories(rules)
        self._ids = count(1)
        self._home: dict[int, int] = {}
        self._now: datetime | None = None
        self._merged_at: datetime | None = None

    def add(self, *, brand: str, text: str, at: datetime, meaning: Meaning | None = None) -> int:
        """The story of a text at its arrival."""
        self._now = at if self._now is None else max(at, self._now)
        self._tidy(self._now)
        placed = self._stories.place(
            brand=brand,
            text=text,
            fingerprint=fingerprint(text),
            at=at,
            repost_of_story=None,
            new_id=lambda: next(self._ids),
            meaning=meaning,
        )
        return placed.story_id

    def _tidy(self, now: datetime) -> None:
        if self._merged_at is None or now - self._merged_at >= MERGE_EVERY:
            self._merge(now)
            self._stories.expire(now)
            self._merged_at = now

    def _merge(self, now: datetime) -> None:
        self._home |= {merge.gone: merge.kept for merge in self._stories.merge(now)}

    def finish(self) -> Mapping[int, int]:
        """Make the last merging pass: which story each merged one is part of in the end."""
        if self._now is not None:
            self._merge(self._now)
        return {gone: home_of(gone, self._home) for gone in self._home}
