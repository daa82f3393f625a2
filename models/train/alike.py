"""Whether two texts are near-duplicates, where texts are drawn that must not be.

Not what groups the daemon's mentions (see `monitor.core.wordings`).
"""

from __future__ import annotations

from monitor.core.text import fingerprint, shingles

_NEARLY = 0.8


def nearly_equal(a: str, b: str) -> bool:
    """Jaccard similarity of 0.8 or more on word 3-shingles (Broder 1997)."""
    if fingerprint(a) == fingerprint(b):
        return True
    mine, other = shingles(a), shingles(b)
    return len(mine & other) >= _NEARLY * len(mine | other) > 0
