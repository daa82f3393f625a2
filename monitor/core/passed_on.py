"""A repost of what is known, as a mention of the same brands.

Does not look the original up, and reads nothing: a repost says what its original says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.core.brands import Matcher
from monitor.core.polling import NewMention, RawItem
from monitor.core.types import Mention

#: By native id, and of each by brand.
Originals = Mapping[str, Mapping[str, NewMention | Mention]]


def by_id(originals: Iterable[NewMention | Mention], reposts: Sequence[RawItem] = ()) -> Originals:
    """What may have been passed on; of two with one id and brand the later.

    Under the id of a repost stands what it passes on: who reposts that passes on the same.
    """
    found: dict[str, dict[str, NewMention | Mention]] = defaultdict(dict)
    for one in originals:
        found[one.native_id][one.brand] = one
    # Lists come oldest first or newest first.
    for repost in (*reposts, *reversed(reposts)):
        if repost.repost_of in found:
            found.setdefault(repost.native_id, found[repost.repost_of])
    return found


def retold(
    repost: RawItem, originals: Originals, matcher: Matcher, *, now: datetime
) -> tuple[NewMention, ...]:
    """The repost as a mention of each brand that its original is about; none: it spreads none."""
    known = originals.get(repost.repost_of or "", {}).values()
    return tuple(passed_on(one, repost, now=now) for one in known if spreads(repost, one, matcher))


def passed_on(original: NewMention | Mention, repost: RawItem, *, now: datetime) -> NewMention:
    """The repost as a mention; when, by whom and of what is its own, all else the original's."""
    return NewMention(
        native_id=repost.native_id,
        brand=original.brand,
        kind=original.kind,
        url=original.url,
        author=repost.author,
        author_followers=repost.author_followers,
        title=original.title,
        text=original.text,
        language=original.language,
        published_at=repost.published_at,
        seen_at=now,
        fingerprint=original.fingerprint,
        repost_of=original.repost_of or original.native_id,
        matched_by=original.matched_by,
        certain=original.certain,
        history=original.history,
    )


def spreads(repost: RawItem, original: NewMention | Mention, matcher: Matcher) -> bool:
    """Whether somebody else passed it on: not its author once more, nor the brand itself."""
    if repost.author is not None and repost.author == original.author:
        return False
    return original.brand not in matcher.owners(None, repost.author)
