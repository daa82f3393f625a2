"""Which live incident's story a new one is laid to."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from monitor.core.daily import DAY
from monitor.core.policy import Decision, Reason
from monitor.core.stories import Stories
from monitor.core.types import Level, Verdict
from monitor.core.volume import Volume
from monitor.stages.casebook import Casebook
from tests.core.facts import HOUR, NOON, incident, mention, verdict

EVENT, TALK = bytes((120, 10, 20)), bytes((10, 120, 20))


@pytest.fixture
def casebook() -> Casebook:
    """Four quiet days, then a crowd that tells an event, which is incident 7, and one joke."""
    book, ids = Casebook(stories=Stories(), volume=Volume()), count(1)

    def say(number: int, text: str, read: Verdict, *, days: int) -> None:
        at = NOON + days * DAY + number * HOUR / 60
        each = mention(number, text=text, published_at=at, seen_at=at)
        book.file(each, read, new_id=ids.__next__)

    for day in range(4):
        say(day, f"weather{day} window{day}", verdict(vector=TALK), days=day)
    for number in range(10, 40):
        say(number, "dragged off plane", verdict(vector=EVENT, alarm=0.9), days=4)
    say(50, "seats fights now", verdict(vector=EVENT), days=4)
    book.enter(5, 7)
    return book


def decision(level: Level, event: str | None = None) -> Decision:
    return Decision(reason=Reason.BELOW_WATCH, level=level, event=event, sentence="")


@pytest.mark.parametrize(
    ("made", "level", "is_side"),
    [
        (decision(Level.QUIET), Level.WARNING, True),
        (decision(Level.QUIET), Level.WATCH, False),
        (decision(Level.WATCH), Level.WARNING, False),
    ],
    ids=[
        "a quiet one is part of what everybody speaks of",
        "not of what is only watched",
        "what deserves a look and is not told, as it is old, stays by itself",
    ],
)
def test_a_story_that_is_not_told(
    casebook: Casebook, made: Decision, level: Level, is_side: bool
) -> None:
    facts = casebook.case(6).tally.facts(NOON + 4 * DAY + HOUR)
    live = {7: replace(incident(level), id=7)}

    found = casebook.sides.of(6, facts, made, live)

    assert (found is not None and found[0] == 5) is is_side
