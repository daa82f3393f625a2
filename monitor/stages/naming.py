"""What an ambiguous name of each brand stood for so far, and what that makes of the next verdict.

Reads no text and writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.core.intake import ASSUMED
from monitor.core.reading import UNREAD
from monitor.core.shares import OUTRIGHT, Share, Shares, moved
from monitor.core.types import Mention, Verdict


class Naming:
    """The shares of all brands; see `core.shares`."""

    def __init__(self) -> None:
        self._shares: Shares[str] = Shares()
        #: Mentions read but not yet written, by what they say: a batch may be taken again, and it
        #: is if one of them says something else by then.
        self._unwritten: dict[tuple[int, str], Verdict] = {}

    def restore(self, shares: Mapping[str, Share]) -> None:
        """Go on from what was read before."""
        self._shares = Shares(shares)

    def heard(self, mention: Mention, verdict: Verdict) -> Verdict:
        """The verdict, `about` moved to what the name stood for; the next ones learn from it."""
        if mention.certain or mention.matched_by == ASSUMED or verdict.model == UNREAD:
            return verdict
        said = mention.id, mention.full_text
        if said not in self._unwritten:
            about = self._shares.heard(mention.brand, verdict.about)
            self._unwritten[said] = replace(verdict, about=about)
        return self._unwritten[said]

    def written(self) -> None:
        """What was heard is in the database now."""
        self._unwritten.clear()


def outright(mention: Mention, verdict: Verdict) -> Verdict:
    """The verdict, `about` moved to what a name that means the brand alone stands for."""
    if not mention.certain or mention.matched_by == ASSUMED or verdict.model == UNREAD:
        return verdict
    return replace(verdict, about=moved(verdict.about, OUTRIGHT))
