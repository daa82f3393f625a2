"""A slow burn becomes one story: its mentions lie in many, most of them long out of mind.

Decides which story stays; the casebook and the docket act on it. Judges nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.core.burns import Burn
from monitor.core.filing import Placed
from monitor.core.types import Incident, Level
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


def is_told(placed: Sequence[Placed], live: Mapping[int, Incident]) -> bool:
    """Whether an open incident at `warning` or above speaks of it.

    Then what is new may be a second accident of that day, and is to be judged by itself.
    """
    known = (live.get(one.incident_id or 0) for one in placed)
    return any(one is not None and one.level >= Level.WARNING for one in known)


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
    for told_in, burn in burns:
        # Another burn of the same batch may have put it, or one of these, into a third story.
        story_id = docket.home(told_in)
        found: Sequence[Placed] = await db(store.placed, burn.mention_ids)
        placed = [replace(one, story_id=docket.home(one.story_id)) for one in found]
        if burn.sudden and is_told(placed, live):
            continue
        kept = kept_story(story_id, placed)
        for other in (kept, *others(kept, story_id, placed)):
            if not casebook.knows(other):
                await recall(casebook, other, burn.brand, store=store, db=db)
            if other != kept:
                _join(docket, casebook, burn, kept=kept, gone=other, live=live)
        docket.freshen(kept)
        stay.append(kept)
    return list(dict.fromkeys(docket.home(kept) for kept in stay))


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
