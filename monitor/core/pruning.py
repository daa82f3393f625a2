"""What one step of pruning came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Pruned:
    """A step deletes so many rows of each kind at most: others write in between."""

    #: Mentions that it deleted.
    mentions: int
    #: There may be more to delete, of whatever kind.
    is_more: bool
