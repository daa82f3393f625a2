"""The people of one story: who spoke at all, how many hear them, who used words of their own.

Bounded memory. Does not read what they say (see `readings`).
"""

from __future__ import annotations

from monitor.core.distinct import Distinct
from monitor.core.speakers import is_fresh, speaker
from monitor.core.types import Mention

#: Authors whose followers are remembered; those of later ones may count more than once.
MAX_FOLLOWED = 2000


class People:
    """All who spoke, reposts included, and their followers."""

    def __init__(self) -> None:
        #: Authors; those with known and with few followers.
        self._authors, self._known, self._fresh = Distinct(), Distinct(), Distinct()
        self._followers: dict[str, int] = {}
        #: Followers of those who are not remembered.
        self._further = 0

    def meet(self, mention: Mention) -> None:
        author = speaker(mention)
        self._authors.add(author)
        if mention.author_followers is None:
            return
        self._known.add(author)
        if is_fresh(mention.author_followers):
            self._fresh.add(author)
        self._follow(author, mention.author_followers)

    def absorb(self, other: People) -> None:
        self._authors.absorb(other._authors)
        self._known.absorb(other._known)
        self._fresh.absorb(other._fresh)
        self._further += other._further
        for author, followers in other._followers.items():
            self._follow(author, followers)

    @property
    def count(self) -> int:
        return self._authors.count

    @property
    def reach(self) -> int:
        """Followers of all whose number is known."""
        return sum(self._followers.values()) + self._further

    @property
    def known(self) -> int:
        """How many those are."""
        return self._known.count

    @property
    def fresh_share(self) -> float | None:
        """Of those the ones with hardly a follower; None if none is known."""
        return self._fresh.count / self.known if self.known else None

    def _follow(self, author: str, followers: int) -> None:
        """Of several readings the highest counts."""
        if author in self._followers or len(self._followers) < MAX_FOLLOWED:
            self._followers[author] = max(followers, self._followers.get(author, 0))
        else:
            self._further += followers


class Voices:
    """Those who used words of their own: as many as there are authors, and as there are texts."""

    def __init__(self) -> None:
        self._authors, self._texts = Distinct(), Distinct()

    def add(self, author: str, text: str) -> bool:
        """Count one; False if the text certainly was said before."""
        self._authors.add(author)
        return self._texts.add(text)

    def absorb(self, other: Voices) -> None:
        self._authors.absorb(other._authors)
        self._texts.absorb(other._texts)

    @property
    def count(self) -> int:
        return min(self._authors.count, self._texts.count)
