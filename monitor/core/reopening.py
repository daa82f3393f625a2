"""Whether a resolved incident has come back, or is only echoed.

Whoever closed it knew what had been seen by then. Copies, reposts, late headlines and talk say
nothing new; an eyewitness or an editor who says in words of his own what would be a warning by
itself does, and so do several milder ones, or a crowd. Does not decide at which level (see
`policy`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.humanize import counted
from monitor.core.lately import Told
from monitor.core.readings import Readings
from monitor.core.risk import assess
from monitor.core.settings import AlertSettings
from monitor.core.tally import StoryFacts
from monitor.core.types import Level

#: Milder texts after which a resolved story is no longer an echo. Fewer may come late.
REOPEN_MENTIONS = 3
#: It has grown when there are this many times as many mentions as when it was closed, and no
#: fewer than `CROWD`.
GROWTH = 3
CROWD = 10
#: What was printed longer before the closing than this is the old story, seen late: nobody can
#: have weighed a headline of the last quarter of an hour.
LATE = timedelta(minutes=15)
#: First-hand evidence from which somebody speaks for himself.
EYEWITNESS = 0.5


def came_back(facts: StoryFacts, closed: datetime, settings: AlertSettings) -> str:
    """What says that the story came back after it had been closed; empty if nothing does."""
    since = [told for told in facts.lately if told.seen_at > closed]
    new = [told for told in since if _is_news(told, closed)]
    alone = assess(_anew(facts, new)).value
    if alone >= settings.threshold(Level.WARNING):
        said = counted(len(new), "new mention")
        return f"{said} since it was closed, a warning without the rest: risk {alone:.2f}."
    further = sum(told.said_at > closed for told in since)
    if further >= REOPEN_MENTIONS:
        return f"{further} mentions in words of their own since it was closed."
    return _crowd(facts, closed)


def _is_news(told: Told, closed: datetime) -> bool:
    """An injury that is told late is new all the same; a headline is not."""
    if told.read.edited:
        return told.said_at > closed - LATE
    return told.read.firsthand >= EYEWITNESS


def _anew(facts: StoryFacts, new: Sequence[Told]) -> StoryFacts:
    """The story as if nothing else had been said, but for who stands behind it."""
    readings = Readings.of(told.read for told in new)
    return replace(
        facts,
        mention_count=len(new),
        author_count=len(new),
        source_count=min(len(new), 1),
        voices=len(new),
        reach=0,
        reach_known=0,
        complainants=0.0,
        outrage=0.0,
        alarm=readings.credible(lambda each: each.alarm),
        severity=readings.credible(lambda each: each.severity),
        firsthand=readings.firsthand,
        # Of what was vouched for before, nothing is hearsay any more.
        vouched=max(readings.vouched, facts.vouched),
        edited=readings.edited,
        backing=readings.backing,
        harms=readings.harms,
    )


def _crowd(facts: StoryFacts, closed: datetime) -> str:
    then, now = facts.count_until(closed), facts.mention_count
    if now < max(CROWD, GROWTH * then):
        return ""
    return f"From {then} to {now} mentions since it was closed."
