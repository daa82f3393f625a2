"""What is new of an incident since people last looked: it came back, or goes on, or is echoed.

Whoever closed it knew what had been seen by then. Copies, reposts, late headlines and talk say
nothing new; an eyewitness or an editor who says in words of his own what would be a warning by
itself does, and so do several milder ones, or a crowd. An echo fades: what is heard days later is
weighed as if it were of another event, hearsay too. Does not decide at which level (see `policy`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.brief import headline
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
#: What is heard so long after the closing is no echo: a second accident is hearsay first as well.
FADED = timedelta(days=3)
#: First-hand evidence from which somebody speaks for himself.
EYEWITNESS = 0.5


def came_back(facts: StoryFacts, closed: datetime, settings: AlertSettings) -> str:
    """What says that the story came back after it had been closed; empty if nothing does."""
    since = [told for told in facts.lately if told.seen_at > closed]
    if warns := _warning(facts, since, closed, settings):
        return f"Since it was closed: {warns}"
    further = [told for told in since if told.said_at > closed]
    if len(further) >= REOPEN_MENTIONS:
        said = f"{len(further)} mentions in words of their own"
        return f"Since it was closed: {_quoted(further)} ({said})."
    return _crowd(facts, closed)


def heard_since(facts: StoryFacts, then: datetime, settings: AlertSettings) -> str:
    """What an eyewitness or an editor said after `then` that would be a warning by itself."""
    since = [told for told in facts.lately if told.seen_at > then and _is_news(told, then)]
    return _warning(facts, since, then, settings)


def _warning(
    facts: StoryFacts, since: Sequence[Told], then: datetime, settings: AlertSettings
) -> str:
    """What of it is a warning without all that was said up to `then`; empty if nothing is."""
    new = [told for told in since if _is_news(told, then) or told.said_at > then + FADED]
    # Of what was vouched for before, an echo is no hearsay any more; what is no echo may be.
    vouched = facts.vouched if any(_is_news(told, then) for told in new) else 0.0
    alone = assess(_anew(facts, new, vouched=vouched)).value
    if alone < settings.threshold(Level.WARNING):
        return ""
    count = counted(len(new), "mention")
    return f"{_quoted(new)} ({count}, enough for a warning without the rest: risk {alone:.2f})."


def _quoted(told: Sequence[Told]) -> str:
    """The words of the worst one."""
    worst = min((one.read for one in told), key=lambda read: read.rank)
    return f"“{headline(worst.title)}”"


def _is_news(told: Told, then: datetime) -> bool:
    """An injury that is told late is new all the same; a headline is not."""
    if told.read.edited:
        return told.said_at > then - LATE
    return told.read.firsthand >= EYEWITNESS


def _anew(facts: StoryFacts, new: Sequence[Told], *, vouched: float) -> StoryFacts:
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
        vouched=max(readings.vouched, vouched),
        edited=readings.edited,
        backing=readings.backing,
        harms=readings.harms,
    )


def _crowd(facts: StoryFacts, closed: datetime) -> str:
    then, now = facts.count_until(closed), facts.mention_count
    if now < max(CROWD, GROWTH * then):
        return ""
    return f"From {then} to {now} mentions since it was closed."
