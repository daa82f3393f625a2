"""From the records of one request to what is to be stored, source by source.

Does not read the body of a request (see `sources.push`), nor know what is stored already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.brandnames import brand_of, names_of
from monitor.core.brands import Matcher
from monitor.core.intake import take_in
from monitor.core.passed_on import Originals, by_id, retold
from monitor.core.polling import RawItem, SourceState
from monitor.core.pushing import KIND, Complaint, Entry, address_of
from monitor.core.records import Record
from monitor.core.settings import Settings, SourceSettings
from monitor.core.types import Mention
from monitor.errors import InputError

#: Sources that make themselves: more of them are a mistake of the sender.
MOST_SOURCES = 100
_ONE_TOO_MANY = f"source: more than {MOST_SOURCES} of them; use fewer names"
#: Nobody asks these sources: it only fills the field.
_NEVER_ASKED = timedelta(days=1)

Numbered = tuple[int, Record]


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """What a request brought for one source."""

    source: SourceSettings
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What is known before the records are looked at."""

    settings: Settings
    matcher: Matcher
    states: Sequence[SourceState]
    #: The sender says that it sends the past: what is old is never alerted.
    history: bool
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _Keeper:
    """A source that keeps records, and what they may name."""

    source: SourceSettings
    #: What a brand of it may be called -> its name.
    brands: Mapping[str, str]
    #: Nothing was ever taken from it.
    first: bool


def grouped(
    records: Sequence[Numbered], known: Standing
) -> tuple[tuple[Batch, ...], tuple[Complaint, ...]]:
    """Find what each record names, and the source that keeps it; and what cannot be kept."""
    keepers = _keepers(records, known)
    complaints: list[Complaint] = []
    entries: dict[str, list[Entry]] = defaultdict(list)
    for line, record in records:
        try:
            name, entry = _kept(record, keepers, known)
        except InputError as e:
            complaints.append(Complaint(line=line, error=str(e)))
        else:
            entries[name].append(entry)
    sources = {keeper.source.name: keeper.source for keeper in keepers.values()}
    groups = (Batch(source=sources[name], entries=tuple(of)) for name, of in entries.items())
    return tuple(groups), tuple(complaints)


def sources_of(
    names: Iterable[str], settings: Settings, states: Iterable[SourceState]
) -> dict[str, SourceSettings | None]:
    """The source of each name; None for one that would make itself and is one too many."""
    there = {state.name for state in states if state.kind == KIND}
    found: dict[str, SourceSettings | None] = {}
    for name in names:
        source = source_of(name, settings)
        may_be = source.name in there or len(there) < MOST_SOURCES
        found[name] = source if may_be else None
        there |= {source.name} if may_be else set()
    return found


def source_of(name: str, settings: Settings) -> SourceSettings:
    """The source that keeps what is pushed under a name of lower case.

    One that is configured under it, else one that makes itself. A name that a polled source has
    is told apart: two ways to the same posts have two states of health.
    """
    for source in settings.sources:
        if source.kind == KIND and source.name.casefold() == name:
            return source
    taken = {source.name.casefold() for source in settings.sources}
    free = f"{name} ({KIND})" if name in taken else name
    return SourceSettings(name=free, kind=KIND, url=address_of(free), every=_NEVER_ASKED)


def _keepers(records: Iterable[Numbered], known: Standing) -> dict[str, _Keeper]:
    """By the name that the records say; none for a source that is one too many."""
    names = dict.fromkeys(record.source for _, record in records)
    fed = {state.name for state in known.states if state.last_success_at is not None}
    return {
        name: _Keeper(
            source=source,
            brands=names_of(known.settings.brands, only=source.brands),
            first=source.name not in fed,
        )
        for name, source in sources_of(names, known.settings, known.states).items()
        if source is not None
    }


def _kept(record: Record, keepers: Mapping[str, _Keeper], known: Standing) -> tuple[str, Entry]:
    """The source that keeps a record, by name, and its entry. `InputError`: it is not kept."""
    keeper = keepers.get(record.source)
    if keeper is None:
        raise InputError(_ONE_TOO_MANY)
    first = known.history or keeper.first
    about = _about(record, keeper.brands)
    return keeper.source.name, _entry(about, keeper.source, known, first=first)


def _about(record: Record, brands: Mapping[str, str]) -> Record:
    """The record, its brand by the name that it has here; `brands`: those of its source."""
    if record.item.brand is None or record.deleted:
        return record
    brand = brand_of(record.item.brand, brands)
    return replace(record, item=replace(record.item, brand=brand))


def _entry(record: Record, source: SourceSettings, known: Standing, *, first: bool) -> Entry:
    item = record.item
    if record.deleted:
        return Entry(native_id=item.native_id, seen_at=record.seen_at, deleted=True)
    if record.is_reading:
        return Entry(
            native_id=item.native_id, seen_at=record.seen_at, reading=dict(item.engagement)
        )
    # Old is what is old now, whenever it was seen.
    taken = take_in((item,), source, matcher=known.matcher, first_poll=first, now=known.now)
    return Entry(
        native_id=item.native_id,
        seen_at=record.seen_at,
        mentions=tuple(replace(one, seen_at=record.seen_at) for one in taken.mentions),
        owned=taken.owned,
        repost=next(iter(taken.reposts), None),
    )


def reposts_of(batch: Batch) -> tuple[RawItem, ...]:
    """What it passes on without naming a brand itself."""
    return tuple(entry.repost for entry in batch.entries if entry.repost)


def with_reposts(batch: Batch, stored: Iterable[Mention], matcher: Matcher) -> Batch:
    """The batch, such reposts as mentions of the brands of their originals.

    `stored`: originals that came before it; others are in the batch itself, in any order.
    """
    given = [mention for entry in batch.entries for mention in entry.mentions]
    known = by_id([*stored, *given], reposts_of(batch))
    return replace(batch, entries=tuple(_whole(entry, known, matcher) for entry in batch.entries))


def _whole(entry: Entry, known: Originals, matcher: Matcher) -> Entry:
    if entry.repost is None:
        return entry
    return replace(entry, mentions=retold(entry.repost, known, matcher, now=entry.seen_at))
