"""What to write of a catch: mentions, statements, what is to be blanked, and the place after it.

Reads the store (which posts are ours), writes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.core.brands import Matcher
from monitor.core.intake import originals_of, take_in, with_reposts
from monitor.core.polling import PageIntent, SourceState
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
    taken = replace(taken, reposts=tuple(catch.reposts.values()))
    wanted = originals_of(taken.reposts)
    stored = store.originals(state.id, wanted) if wanted else ()
    taken = with_reposts(taken, stored, matcher=matcher, now=now)
    deleted: tuple[str, ...] = ()
    if catch.deleted or catch.departed:
        deleted = store.gone(state.id, native_ids=catch.deleted, prefixes=catch.departed)
    return PageIntent(
        source=state,
        at=now,
        mentions=taken.mentions,
        owned=taken.owned,
        deleted=deleted,
        names_reposts=True,
    )
