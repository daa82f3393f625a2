"""From the items of one document to the mentions and statements to store.

Does not fetch, parse or read anything: the matcher says which brands a text may name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from monitor.core.brands import Matcher
from monitor.core.passed_on import by_id, retold
from monitor.core.polling import Match, NewMention, OwnedPost, RawItem
from monitor.core.settings import SourceSettings
from monitor.core.text import fingerprint
from monitor.core.types import Mention, full_text

ASSUMED = "assumed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """What one document brought."""

    mentions: tuple[NewMention, ...] = ()
    owned: tuple[OwnedPost, ...] = ()
    #: Those whose own words name no brand: what they are about, their originals say.
    reposts: tuple[RawItem, ...] = ()


def take_in(
    items: Iterable[RawItem],
    source: SourceSettings,
    *,
    matcher: Matcher,
    first_poll: bool,
    now: datetime,
    seen_until: datetime | None = None,
) -> Intake:
    """Match every item against the brands of its source.

    At the first poll of a source, or of new names, items older than its `backfill` are history: a
    fresh start pages nobody about old news. An item without a date cannot prove that it is new:
    history too. `seen_until`: what came after that was looked for by nobody; None: now.
    """
    seen_until = seen_until or now
    mentions: list[NewMention] = []
    owned: list[OwnedPost] = []
    reposts: list[RawItem] = []
    for item in items:
        text = full_text(item.title, item.text)
        owners = matcher.owners(item.url, item.author)
        owned += [_statement(item, brand, now) for brand in _wanted(owners, source)]
        matches = _matches(item, text, source, matcher)
        history = first_poll and _is_old(item, source, seen_until)
        mentions += [
            _mention(item, match, source, history=history, now=now)
            for match in matches
            if match.brand not in owners
        ]
        if item.repost_of and not (matches or owners):
            reposts.append(item)
    return Intake(mentions=tuple(mentions), owned=tuple(owned), reposts=tuple(reposts))


def originals_of(reposts: Iterable[RawItem]) -> frozenset[str]:
    """Native ids of what they pass on."""
    return frozenset(repost.repost_of for repost in reposts if repost.repost_of)


def with_reposts(
    taken: Intake, stored: Iterable[NewMention | Mention], *, matcher: Matcher, now: datetime
) -> Intake:
    """The intake, such reposts among its mentions; `stored`: originals that came before it.

    Those stay reposts whose originals are not known, or not yet.
    """
    known = by_id([*stored, *taken.mentions], taken.reposts)
    retellings = (retold(repost, known, matcher, now=now) for repost in taken.reposts)
    return replace(
        taken,
        mentions=(*taken.mentions, *chain.from_iterable(retellings)),
        reposts=tuple(one for one in taken.reposts if one.repost_of not in known),
    )


def _wanted(brands: Iterable[str], source: SourceSettings) -> list[str]:
    return [brand for brand in brands if not source.brands or brand in source.brands]


def _matches(
    item: RawItem, text: str, source: SourceSettings, matcher: Matcher
) -> tuple[Match, ...]:
    if item.brand is not None:
        return (Match(brand=item.brand, certain=True, alias="given"),)
    if source.assume_brand:
        return (Match(brand=source.brands[0], certain=True, alias=ASSUMED),)
    found = matcher.match(text)
    return tuple(match for match in found if not source.brands or match.brand in source.brands)


def _is_old(item: RawItem, source: SourceSettings, seen_until: datetime) -> bool:
    if source.backfill is None:
        return False
    return item.published_at is None or item.published_at < seen_until - source.backfill


def _mention(
    item: RawItem, match: Match, source: SourceSettings, *, history: bool, now: datetime
) -> NewMention:
    return NewMention(
        native_id=item.native_id,
        brand=match.brand,
        kind=item.kind or source.kind,
        url=item.url,
        author=item.author,
        author_followers=item.author_followers,
        title=item.title,
        text=item.text,
        language=item.language,
        published_at=item.published_at,
        seen_at=now,
        fingerprint=fingerprint(full_text(item.title, item.text)),
        repost_of=item.repost_of,
        matched_by=match.alias,
        certain=match.certain,
        history=history,
        engagement=item.engagement,
    )


def _statement(item: RawItem, brand: str, now: datetime) -> OwnedPost:
    return OwnedPost(
        native_id=item.native_id,
        brand=brand,
        url=item.url,
        title=item.title,
        text=item.text,
        at=min(item.published_at or now, now),
    )
