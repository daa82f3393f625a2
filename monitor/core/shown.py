"""What a source showed last, to tell news from the same once more, whoever it speaks of.

Does not say how long a source may show the same (see `expected`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from monitor.core.polling import Fetched, FetchResult, NotModified

_DIGITS = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What is remembered of one answer."""

    #: Of the entries it listed, whatever their order; empty: nothing is known yet.
    digest: str
    #: Whether they were others than before: none at all are no news. None: nobody knows.
    changed: bool | None


def shown(ids: Collection[str], *, before: str) -> Shown:
    """Compare entries, by their native ids, with the digest of those `before`."""
    digest = _digest(ids)
    return Shown(digest=digest, changed=bool(ids) and digest != before)


def after(answer: FetchResult, ids: Collection[str], *, before: str) -> Shown:
    """The same of an answer: a failure says nothing, and a 304 that nothing is new."""
    match answer:
        case Fetched():
            return shown(ids, before=before)
        case NotModified():
            return Shown(digest=before, changed=False)
    return Shown(digest=before, changed=None)


def _digest(ids: Collection[str]) -> str:
    listed = "\n".join(sorted(ids))
    return hashlib.sha256(listed.encode("utf-8", "replace")).hexdigest()[:_DIGITS]
