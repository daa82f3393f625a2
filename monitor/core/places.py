"""Where something happened, as the author of a text named it: English texts, by their capitals.

Knows no map: what follows "at" or "in" like a name is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor.core.text import without_possessive

#: What is longer is no name of a place.
_PLACE_CHARS = 60
_PLACE = re.compile(
    r"\b(?:at|in|from|near)\s+((?:[A-Z][\w'\u2019-]+)(?:\s+(?:[A-Z][\w'\u2019-]+|\d+)){0,3})"
)
_NO_PLACE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|I|The|My|Christmas|English)\b"
)


def place_of(text: str, names: Iterable[str] = ()) -> str | None:
    """Where it happened, as the author named it: "at Gate 7"; None if nothing looks like it.

    What the brand is called, or begins with, is no place; "at Acme Leeds" is in Leeds.
    """
    own = [_plain(name.split()) for name in names]
    for found in _PLACE.finditer(text):
        place = _without(found[1].split(), own)
        if place and len(place) <= _PLACE_CHARS and not _NO_PLACE.match(place):
            return place
    return None


def _without(words: Sequence[str], names: Iterable[Sequence[str]]) -> str:
    """The words after the longest name that they begin with; empty if they are part of a name."""
    plain = _plain(words)
    known = list(names)
    if any(name[: len(plain)] == plain for name in known):
        return ""
    longest = max((len(n) for n in known if plain[: len(n)] == n), default=0)
    return " ".join(words[longest:])


def _plain(words: Iterable[str]) -> list[str]:
    return [without_possessive(word) for word in words]
