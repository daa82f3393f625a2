"""A slow burn becomes one story: its mentions lie in many, most of them long out of mind.

Decides which story stays; the tracker and the docket act on it. Judges nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.core.burns import Burn
from monitor.core.filing import Placed
from monitor.core.types import Incident, Level, Status
from monitor.ports import Store
from monitor.stages.docket import Docket
from monitor.stages.restoring import recall
from monitor.stages.running import Run
from monitor.stages.tracker import Tracker


def kept_story(burn_story: int, placed: Sequence[Placed], told: Collection[int]) -> int:
    """The story that stays: of the incident that has most of the mentions, or of the newest one.

    `told` are incidents that reached `warning`; another one must have half of the mentions.
    """
    alerted = Counter(one.story_id for one in placed if one.incident_id in told)
    if alerted:
        return alerted.most_common(1)[0][0]
    watched = Counter(one.story_id for one in placed if one.incident_id is not None)
    story, count = next(iter(watched.most_common(1)), (burn_story, 0))
    return story if 2 * count >= len(placed) else burn_story


def is_none(incident: Incident, placed: Sequence[Placed]) -> bool:
    """Whether people said of it that it is none, and not of most of the mentions."""
    share = sum(one.incident_id == incident.id for one in placed)
    return incident.status is Status.DISMISSED and 2 * share <= len(placed)


def is_told(placed: Sequence[Placed], live: Mapping[int, Incident]) -> bool:
    """Whether an open incident at `warning` or above speaks of it.

    Then what is new may be a second accident of that day, and is to be judged by itself.
    """
    known = (live.get(one.incident_id or 0) for one in placed)
    return any(one is not None and one.level >= Level.WARNING for one in known)


def goes_on(placed: Sequence[Placed], own: int | None, live: Mapping[int, Incident]) -> bool:
    """Whether one voice more, whose story is the incident `own` or none, belongs to what is told.

    It does while the incident is open, if people were not told of it as another one.
    """
    told = {one.incident_id for one in placed if is_told((one,), live)}
    known = live.get(own or 0)
    return bool(told) and (known is None or known.level < Level.WARNING or own in told)


def others(
    kept: int, burn_story: int, placed: Sequence[Placed], watched: Collection[int]
) -> tuple[int, ...]:
    """Stories that go into it: the newest mention's, and those no alerted incident stands for.

    `watched` are incidents that stayed below `warning`, also those that are over.
    """
    free = (
        one.story_id for one in placed if one.incident_id is None or one.incident_id in watched
    )
    return tuple(story for story in dict.fromkeys((*free, burn_story)) if story != kept)


def is_by_itself(
    burn: Burn, placed: Sequence[Placed], own: int | None, live: Mapping[int, Incident]
) -> bool:
    """Whether the newest mention of a burn, in the incident `own` or none, stays where it is."""
    if burn.again and not goes_on(placed, own, live):
        return True
    return burn.sudden and is_told(placed, live)


async def gather(
    docket: Docket, tracker: Tracker, burns: Sequence[tuple[int, Burn]], *, store: Store, db: Run
) -> list[int]:
    """Bring the stories of each burn together; the stories that stay."""
    if not burns:
        return []
    live = {one.id: one for one in await db(store.live_incidents)}
    gathering = _Gathering(docket=docket, tracker=tracker, live=live, store=store, db=db)
    stay = [await gathering.gather(story_id, burn) for story_id, burn in burns]
    return list(dict.fromkeys(docket.home(kept) for kept in stay if kept is not None))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gathering:
    """What the burns of one batch are brought together with."""

    docket: Docket
    tracker: Tracker
    live: Mapping[int, Incident]
    store: Store
    db: Run

    async def gather(self, told_in: int, burn: Burn) -> int | None:
        """The story that stays; None: nothing is brought together."""
        # Another burn of the same batch may have put it, or one of these, into a third story.
        story_id = self.docket.home(told_in)
        found: Sequence[Placed] = await self.db(self.store.placed, burn.mention_ids)
        placed = [replace(one, story_id=self.docket.home(one.story_id)) for one in found]
        if is_by_itself(burn, placed, self.tracker.story(story_id).incident_id, self.live):
            return None
        known = await self._incidents(placed)
        out = {one.id for one in known if is_none(one, placed)}
        of_it = [one for one in placed if one.incident_id not in out]
        kept = kept_story(story_id, of_it, [one.id for one in known if _was_told(one)])
        watched = {one.id for one in known if _is_free(one)}
        for other in (kept, *others(kept, story_id, placed, watched)):
            await self._lay_to(kept, other, burn, is_news=burn.again and other == story_id)
        self.docket.freshen(kept)
        return kept

    async def _lay_to(self, kept: int, other: int, burn: Burn, *, is_news: bool) -> None:
        """Put one story into the one that stays, unless people want them apart."""
        if not self.tracker.knows(other):
            await recall(self.tracker, other, burn.brand, store=self.store, db=self.db)
        if other == kept or self.tracker.sides.are_apart(kept, other):
            return
        if is_news:
            self.docket.lay_to(kept, other)
        joined = self.tracker.join(kept, other, burn.tie)
        self.docket.join([joined], self.live)

    async def _incidents(self, placed: Sequence[Placed]) -> list[Incident]:
        """The incidents, over or not, that the mentions are part of."""
        ids = {one.incident_id for one in placed if one.incident_id is not None}
        found = [await self.db(self.store.incident, id_) for id_ in sorted(ids)]
        return [one for one in found if one is not None]


def _was_told(incident: Incident) -> bool:
    """It reached `warning`."""
    return max(incident.level, incident.alerted_level) >= Level.WARNING


def _is_free(incident: Incident) -> bool:
    """It was only watched, and is open or over by itself: nobody said that it is none."""
    if incident.status.is_live:
        return incident.level < Level.WARNING
    return incident.status is Status.RESOLVED and not _was_told(incident)
