"""What is pushed to the daemon: the values between the desk and the loop that stores it.

Decides which records are new, and which are news of something known. Does not read a body (see
`sources.push`), say what it names (see `pushed`), nor store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.polling import NewMention, OwnedPost, RawItem
from monitor.core.settings import SourceSettings

#: The kind of the sources that are pushed.
KIND = "push"
#: Of records that do not say where they are from.
UNNAMED = "push"


def address_of(name: str) -> str:
    """What stands for the address of a pushed source."""
    return f"{KIND}:{name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """What is wrong with one record."""

    #: Of the body, or the place in the list; from 1.
    line: int
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One record on its way to the database, with what it names."""

    native_id: str
    seen_at: datetime
    mentions: tuple[NewMention, ...] = ()
    owned: tuple[OwnedPost, ...] = ()
    #: Counts of a record without words: only a reading of something known.
    reading: Mapping[str, float] = field(default_factory=dict)
    deleted: bool = False
    #: A repost whose own words name no brand: what it is about, its original says.
    repost: RawItem | None = None

    @property
    def says_something(self) -> bool:
        return bool(self.mentions or self.owned or self.reading or self.deleted)


@dataclass(frozen=True, kw_only=True, slots=True)
class PushIntent:
    """All that one request brought for one source; those of a request are one transaction."""

    source: SourceSettings
    at: datetime
    seconds: float
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What became of the records of a request; they add up to all of them."""

    #: Not known before.
    accepted: int = 0
    #: Known, with a later `seen_at`: a new reading of its counts, or new words.
    updated: int = 0
    #: Names no brand, or is about nothing that is known. Not kept.
    unmatched: int = 0
    #: Blanked.
    deleted: int = 0
    #: Known, and seen no later than what is known: the same request once more.
    ignored: int = 0
    errors: tuple[Complaint, ...] = ()


#: What a record can come to, besides being wrong.
COUNTS = ("accepted", "updated", "unmatched", "deleted", "ignored")


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why nothing of a request is taken."""

    status: int
    reason: str
    #: Seconds.
    retry_after: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sorted:
    """The entries of one source beside what is known of them."""

    #: To be written, in the order in which they were seen.
    kept: tuple[Entry, ...]
    receipt: Receipt


def sort_out(entries: Iterable[Entry], known: Mapping[str, datetime]) -> Sorted:
    """Find what is new. `known`: native id -> when it was last seen.

    The same id again counts only with a later `seen_at`, so a request that is sent twice, because
    its answer got lost, is stored once.
    """
    last = dict(known)
    kept: list[Entry] = []
    counts: Counter[str] = Counter()
    for entry in sorted(entries, key=lambda one: one.seen_at):
        fate = _fate(entry, last.get(entry.native_id))
        counts[fate] += 1
        if fate in {"accepted", "updated", "deleted"}:
            kept.append(entry)
            last[entry.native_id] = entry.seen_at
    return Sorted(kept=tuple(kept), receipt=_receipt(counts))


def _fate(entry: Entry, last: datetime | None) -> str:
    if not entry.says_something or (last is None and (entry.reading or entry.deleted)):
        return "unmatched"
    if last is None:
        return "accepted"
    if entry.deleted:
        return "deleted"
    return "updated" if entry.seen_at > last else "ignored"


def total(receipts: Iterable[Receipt], errors: Iterable[Complaint]) -> Receipt:
    """Those of all sources together."""
    counts: Counter[str] = Counter()
    for receipt in receipts:
        counts.update({name: getattr(receipt, name) for name in COUNTS})
    return _receipt(counts, errors)


def _receipt(counts: Mapping[str, int], errors: Iterable[Complaint] = ()) -> Receipt:
    return Receipt(
        accepted=counts["accepted"],
        updated=counts["updated"],
        unmatched=counts["unmatched"],
        deleted=counts["deleted"],
        ignored=counts["ignored"],
        errors=tuple(errors),
    )
