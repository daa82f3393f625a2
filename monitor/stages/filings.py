"""Where the mentions of one batch went, and which stories were joined on the way.

Does not decide where a mention belongs (see `tracker`), and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.filing import Filed, Regrouping
from monitor.core.stories import Merge, home_of
from monitor.core.types import Mention, Verdict
from monitor.core.volume import Surprise
from monitor.stages.news import MONITOR


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """One mention put to its story."""

    filed: Filed
    mention: Mention
    surprise: Surprise
    #: What it is read as now, if it was taken for something else before.
    reread: Verdict | None = None


class Filings:
    """What was read, filed and regrouped, in order."""

    def __init__(self) -> None:
        self.verdicts: list[tuple[int, Verdict]] = []
        #: The same, as they were when they were read.
        self.mentions: list[Mention] = []
        self.filed: list[Filed] = []
        #: Of the brand's volume, by story.
        self.surprise: dict[int, Surprise] = {}
        #: Stories of which something new was said.
        self.fresh: set[int] = set()
        self.regroupings: list[Regrouping] = []
        #: Stories that went into another one, and which.
        self._joined: dict[int, int] = {}

    def read(self, mention: Mention, verdict: Verdict) -> None:
        """What was made of a mention, wherever it belongs."""
        self.verdicts.append((mention.id, verdict))
        self.mentions.append(mention)

    def put(self, one: Filing) -> int:
        """One more; its story."""
        story_id = one.filed.story_id
        self.filed.append(one.filed)
        self.surprise[story_id] = one.surprise
        if one.reread:
            self.read(one.mention, one.reread)
        if not one.mention.history:
            self.fresh.add(story_id)
        return story_id

    def regroup(self, regrouping: Regrouping) -> None:
        """Mentions went to another story; with a merge, all that is filed to the old one too."""
        self.regroupings.append(regrouping)
        if regrouping.verb == "merge" and regrouping.from_story is not None:
            self._joined[regrouping.from_story] = regrouping.to_story

    def merge(self, merge: Merge, mention_ids: Sequence[int], now: datetime) -> Regrouping:
        """Two stories turned out to be one: how that is logged."""
        regrouping = Regrouping(
            at=now,
            actor=MONITOR,
            verb="merge",
            brand=merge.brand,
            from_story=merge.gone,
            to_story=merge.kept,
            mention_ids=tuple(mention_ids),
            why=merge.how,
        )
        self.regroup(regrouping)
        return regrouping

    def is_gone(self, story_id: int) -> bool:
        return story_id in self._joined

    def home(self, story_id: int) -> int:
        """The story that this one is part of by now."""
        return home_of(story_id, self._joined)

    def came_to(self, story_id: int) -> list[int]:
        """Mentions that this batch brought to a story, once each."""
        return list(dict.fromkeys(self._came_to(story_id)))

    def _came_to(self, story_id: int) -> Iterator[int]:
        for filed in self.filed:
            if self.home(filed.story_id) == story_id:
                yield filed.mention_id
        for one in self.regroupings:
            if self.home(one.to_story) == story_id:
                yield from one.mention_ids

    @property
    def stories(self) -> frozenset[int]:
        """All stories concerned, those that are gone too."""
        filed = {filed.story_id for filed in self.filed}
        return frozenset(filed | {*self._joined, *self._joined.values()})
