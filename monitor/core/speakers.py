"""Who says a mention, and from where. Knows no stories."""

from __future__ import annotations

from urllib.parse import urlsplit

from monitor.core.types import Mention

#: No source tells the age of an account; almost no followers is the sign that can be seen.
FRESH_FOLLOWERS = 10


def is_fresh(followers: int | None) -> bool:
    """Whether an account is known to have hardly a follower."""
    return followers is not None and followers < FRESH_FOLLOWERS


def speaker(mention: Mention) -> str:
    """Who speaks; of a post without an author, the site that carries it."""
    return mention.author or place(mention)


def place(mention: Mention) -> str:
    """The site of a post, or the source where it has no address."""
    return urlsplit(mention.url or "").netloc or mention.source
