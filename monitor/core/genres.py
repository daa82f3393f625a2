"""What the classifier is told of where a text was said: kinds of source as names that it knows.

It was trained on texts of bluesky, forum, hackernews, mastodon, news, reddit, review and twitter,
and on half of all texts without a word about where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping

#: A kind that is not here is told by its own name; an empty name tells nothing.
GENRES: Mapping[str, str] = {
    "appstore": "review",
    "discourse": "forum",
    "file": "",
    "gdelt": "news",
    "googlenews": "news",
    "lemmy": "forum",
    "push": "",
    "stackexchange": "forum",
    "youtube": "",
}


def genre(kind: str) -> str:
    """Give the name under which the classifier knows such texts."""
    return GENRES.get(kind, kind)
