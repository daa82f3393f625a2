"""What a source showed last, to tell news from the same once more, whoever it speaks of.

Does not say how long a source may show the same (see `expected`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from monitor.core.polling import Fetched, FetchResult, NotModified

_DIGITS = 16
#: Of each entry, where they are told apart: two of a list are alike by chance once in 30,000.
_MARK = 8
#: Entries that are told apart; of more of them one digest is kept, or it would fill the database.
_MOST = 500
#: Nothing was listed.
_NONE = "-"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What is remembered of one answer."""

    #: Of the entries it listed, whatever their order; empty: nothing is known yet. Opaque.
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


def is_listed(native_id: str, digest: str) -> bool:
    """Whether it certainly was among the entries of this digest, but for chance."""
    return _hash(native_id, _MARK) in digest.split(" ")


def _digest(ids: Collection[str]) -> str:
    if len(ids) > _MOST:
        return _hash("\n".join(sorted(ids)), _DIGITS)
    return " ".join(sorted({_hash(native_id, _MARK) for native_id in ids})) or _NONE


def _hash(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:digits]
