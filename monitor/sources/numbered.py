"""Pages that have numbers: which one comes next.

A cache may answer with the page before, and to count on would skip the page that was asked for.
So the number is kept with a mark of what the page before held; a page that holds the same is asked
for once more, and believed the second time (as many new posts as a page holds move all by one).

Does not fetch, and does not know where a list ends (see `paging`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_AGAIN = "!"


def number(at: str) -> int | None:
    """The number of the page that `at` stands for; None for the first."""
    digits = at.partition(":")[0]
    return int(digits) if digits.isdecimal() else None


def following(at: str, names: Iterable[str], *, first: int) -> str:
    """What stands for the page after `at`, which held the posts of these names."""
    held = hashlib.sha256("\n".join(names).encode("utf-8", "replace")).hexdigest()[:12]
    here = number(at)
    if at.partition(":")[2] == held:
        return f"{at}{_AGAIN}"
    return f"{(first if here is None else here) + 1}:{held}"
