"""What to write of a catch: mentions, statements, what is to be blanked, and the place after it.

Reads the store (which posts are ours), writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.core.brands import Matcher
from monitor.core.intake import originals_of, take_in
from monitor.core.passed_on import by_id, retold
from monitor.core.polling import NewMention, PageIntent, SourceState
from monitor.core.settings import SourceSettings
from monitor.ports import Store
from monitor.stages.sieve import Catch


def page_of(
    catch: Catch,
    state: SourceState,
    source: SourceSettings,
    *,
    store: Store,
    matcher: Matcher,
    is_first: bool,
    now: datetime,
) -> PageIntent:
    """`state` has the cursor after the catch; `is_first`: nothing was ever read of this stream."""
    taken = take_in(catch.posts.values(), source, matcher=matcher, first_poll=is_first, now=now)
    reposts = _reposts(catch, state, taken.mentions, store=store, matcher=matcher, now=now)
    deleted: tuple[str, ...] = ()
    if catch.deleted or catch.departed:
        deleted = store.gone(state.id, native_ids=catch.deleted, prefixes=catch.departed)
    return PageIntent(
        source=state,
        at=now,
        mentions=(*taken.mentions, *reposts),
        owned=taken.owned,
        deleted=deleted,
        names_reposts=True,
    )


def _reposts(
    catch: Catch,
    state: SourceState,
    mentions: tuple[NewMention, ...],
    *,
    store: Store,
    matcher: Matcher,
    now: datetime,
) -> Iterator[NewMention]:
    """Reposts of what is stored, or is about to be."""
    wanted = originals_of(catch.reposts.values())
    if wanted:
        known = by_id([*store.originals(state.id, wanted), *mentions])
        for repost in catch.reposts.values():
            yield from retold(repost, known, matcher, now=now)
