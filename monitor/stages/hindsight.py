"""Filing with a second look at posts that said an ambiguous name alone (see `core.hindsight`).

Those that alarmed are kept for some hours, as a story of the brand may show that they belong to
it; one that comes while an incident is told of is laid beside it at once. In memory alone: after
a restart, those from before stay where they are. Runs no classifier, writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from monitor.core.filing import Filed
from monitor.core.hindsight import ALARMING, LIKELIER, about_beside, bears_on, is_doubtful
from monitor.core.tally import StoryFacts
from monitor.core.types import Mention, Verdict
from monitor.stages.filings import Filing
from monitor.stages.tracker import Tracker


def take(
    tracker: Tracker,
    mention: Mention,
    verdict: Verdict,
    *,
    now: datetime,
    new_id: Callable[[], int],
) -> Iterator[Filing]:
    """File a mention, and what its story shows to be about the brand as well."""
    found = tracker.file(mention, verdict, new_id=new_id)
    if found is not None:
        filed, surprise = found
        yield Filing(filed=filed, mention=mention, surprise=surprise)
        if verdict.alarm >= ALARMING:
            yield from _seen_again(tracker, filed.story_id, mention.brand, now)
    elif is_doubtful(mention, verdict) and not mention.history:
        tracker.doubts.keep(mention, verdict)
        yield from _beside_incidents(tracker, mention, verdict, now)


def _seen_again(tracker: Tracker, story_id: int, brand: str, now: datetime) -> Iterator[Filing]:
    doubts = [each for each in tracker.doubts.of(brand) if not tracker.has_filed(each[0])]
    if not doubts:
        return
    facts = tracker.story(story_id).tally.facts(now)
    for mention, verdict in doubts:
        about = _about(tracker, story_id, facts, mention, verdict)
        yield from _put(tracker, story_id, mention, verdict, about)


def _beside_incidents(
    tracker: Tracker, mention: Mention, verdict: Verdict, now: datetime
) -> Iterator[Filing]:
    told = []
    for story_id in tracker.alerted(mention.brand):
        facts = tracker.story(story_id).tally.facts(now)
        told.append((_about(tracker, story_id, facts, mention, verdict), -story_id))
    if told:
        about, oldest = max(told)
        yield from _put(tracker, -oldest, mention, verdict, about)


def _about(
    tracker: Tracker, story_id: int, facts: StoryFacts, mention: Mention, verdict: Verdict
) -> float:
    if not bears_on(facts, mention, verdict):
        return verdict.about
    return about_beside(verdict, near=tracker.near(mention.brand, story_id, verdict))


def _put(
    tracker: Tracker, story_id: int, mention: Mention, verdict: Verdict, about: float
) -> Iterator[Filing]:
    if about < LIKELIER:
        return
    reread = replace(verdict, about=about)
    how = f"by what else is said: about {about:.2f}, by itself {verdict.about:.2f}"
    filed = Filed(mention_id=mention.id, story_id=story_id, brand=mention.brand, how=how)
    surprise = tracker.put(story_id, mention, reread)
    yield Filing(filed=filed, mention=mention, surprise=surprise, reread=reread)
