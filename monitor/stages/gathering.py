"""A slow burn becomes one story: its mentions lie in many, most of them long out of mind.

Decides which story stays; the casebook and the docket act on it. Judges nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monitor.core.filing import Placed
from monitor.core.slowburn import Burn
from monitor.core.types import Incident
from monitor.ports import Store
from monitor.stages.casebook import Casebook
from monitor.stages.docket import Docket
from monitor.stages.running import Run


def kept_story(burn_story: int, placed: Sequence[Placed]) -> int:
    """The story that stays: of an incident that has half of the mentions, or of the newest one."""
    told = Counter(one.story_id for one in placed if one.incident_id is not None)
    if told:
        story, count = told.most_common(1)[0]
        if 2 * count >= len(placed):
            return story
    return burn_story


def others(kept: int, burn_story: int, placed: Sequence[Placed]) -> tuple[int, ...]:
    """Stories that go into it: those that no incident stands for, and the newest mention's."""
    free = (one.story_id for one in placed if one.incident_id is None)
    return tuple(story for story in dict.fromkeys((*free, burn_story)) if story != kept)


async def gather(
    docket: Docket, casebook: Casebook, burns: Sequence[tuple[int, Burn]], *, store: Store, db: Run
) -> list[int]:
    """Bring the stories of each burn together; the stories that stay."""
    stay = []
    live = {one.id: one for one in await db(store.live_incidents)} if burns else {}
    for story_id, burn in burns:
        placed: Sequence[Placed] = await db(store.placed, burn.mention_ids)
        kept = kept_story(story_id, placed)
        for other in (kept, *others(kept, story_id, placed)):
            if not casebook.knows(other):
                await recall(casebook, other, burn.brand, store=store, db=db)
            if other != kept:
                _join(docket, casebook, burn, kept=kept, gone=other, live=live)
        docket.freshen(kept)
        stay.append(kept)
    return stay


async def recall(casebook: Casebook, story_id: int, brand: str, *, store: Store, db: Run) -> None:
    """Read a story from the database as it is there, whether or not it is in mind."""
    remembered = await db(lambda: list(store.remembered_of([story_id])))
    incident = await db(store.incident_of, story_id)
    casebook.recall(story_id, remembered, brand=brand, incident=incident)


def _join(
    docket: Docket,
    casebook: Casebook,
    burn: Burn,
    *,
    kept: int,
    gone: int,
    live: dict[int, Incident],
) -> None:
    if not casebook.are_apart(kept, gone):
        how = f"slow burn of {burn.harm}"
        docket.join([casebook.join(kept, gone, how)], live)
