"""Pages that have numbers, or words of the server: which one comes next.

A cache may answer with the page before, and to go on from there would skip the page that was asked
for. So what stands for a page is kept with a mark of what the page before held; a page that holds
the same is asked for once more, and believed the second time (as many new posts as a page holds
move all by one).

Does not fetch, and does not know where a list ends (see `paging`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_AGAIN = "!"


def word(at: str) -> str:
    """What is asked for; empty for the first page."""
    return at.rpartition(":")[0]


def number(at: str) -> int | None:
    """The number of the page that is asked for; None for the first, and for words."""
    return int(word(at)) if word(at).isdecimal() else None


def marked(at: str, following: str, names: Iterable[str]) -> str:
    """What stands for the page `following`, if the one at `at` held the posts of these names."""
    held = hashlib.sha256("\n".join(names).encode("utf-8", "replace")).hexdigest()[:12]
    return f"{at}{_AGAIN}" if at.endswith(f":{held}") else f"{following}:{held}"


def counted(at: str, names: Iterable[str], *, first: int) -> str:
    """What stands for the page after `at` where pages are counted from `first`."""
    here = number(at)
    return marked(at, str((first if here is None else here) + 1), names)
