"""Which live incident's story a new one is laid to."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from monitor.core.apart import Apart
from monitor.core.daily import DAY
from monitor.core.policy import Decision, Reason
from monitor.core.stories import Stories
from monitor.core.types import Level, Verdict
from monitor.core.volume import Volume
from monitor.stages.tracker import Tracker
from tests.core.facts import HOUR, NOON, incident, mention, verdict

EVENT, TALK = bytes((120, 10, 20)), bytes((10, 120, 20))
#: Of the event, and neither of it nor quite apart.
BESIDE, ASIDE = bytes((60, 30, 90)), bytes((10, 120, 120))


@pytest.fixture
def tracker() -> Tracker:
    """Four quiet days, then a crowd that tells an event, which is incident 7, and one joke."""
    book, ids = Tracker(stories=Stories(), volume=Volume()), count(1)

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
    tracker: Tracker, made: Decision, level: Level, is_side: bool
) -> None:
    facts = tracker.story(6).tally.facts(NOON + 4 * DAY + HOUR)
    live = {7: replace(incident(level), id=7)}

    found = tracker.sides.of(6, facts, made, live)

    assert (found is not None and found[0] == 5) is is_side


LATER = NOON + 4 * DAY + HOUR
LOUD = {7: replace(incident(Level.CRITICAL), id=7)}


@pytest.mark.parametrize(
    "made",
    [decision(Level.QUIET), decision(Level.WARNING, "incident.opened")],
    ids=["that is quiet", "that would be told"],
)
def test_a_story_that_people_told_apart_is_laid_to_nothing(
    tracker: Tracker, made: Decision
) -> None:
    facts = tracker.story(6).tally.facts(LATER)
    assert tracker.sides.of(6, facts, made, LOUD) is not None

    tracker.sides._stories.apart = Apart([(5, 6)])

    assert tracker.sides.of(6, facts, made, LOUD) is None


def test_nor_to_an_incident_of_another_brand(tracker: Tracker) -> None:
    facts = replace(tracker.story(6).tally.facts(LATER), brand="Other")
    tracker.sides.hear("Other", LATER, 500)
    for day in range(1, 5):
        tracker.sides.hear("Other", LATER - day * DAY)

    for made in (decision(Level.QUIET), decision(Level.WARNING, "incident.opened")):
        assert tracker.sides.of(6, facts, made, LOUD) is None


def test_nor_to_one_that_is_over(tracker: Tracker) -> None:
    made = decision(Level.WARNING, "incident.opened")
    each = mention(60, text="plane late again today", published_at=LATER, seen_at=LATER)
    tracker.file(each, verdict(vector=TALK, alarm=0.9), new_id=lambda: 60)
    facts = tracker.story(60).tally.facts(LATER)

    assert tracker.sides.of(60, facts, made, LOUD) == (5, "of the same day, and similar 0.25")
    assert tracker.sides.of(60, facts, made, {}) is None


@pytest.mark.parametrize(("mentions", "crowded"), [(9, False), (10, True), (11, True)])
def test_ten_mentions_in_a_day_are_a_crowd(
    tracker: Tracker, mentions: int, *, crowded: bool
) -> None:
    facts = replace(tracker.story(6).tally.facts(LATER), brand="Other")
    tracker.sides.hear("Other", LATER, mentions)

    assert tracker.sides.is_crowded(facts) is crowded


def test_a_quiet_story_is_laid_to_the_incident_that_most_speak_of(tracker: Tracker) -> None:
    """Incident 8 means the same as 7, and is spoken of by fewer."""
    few = mention(60, text="bleeding doctor screams", published_at=LATER, seen_at=LATER)
    tracker.file(few, verdict(vector=EVENT, alarm=0.9), new_id=lambda: 99)
    tracker.enter(99, 8)
    live = {**LOUD, 8: replace(LOUD[7], id=8)}
    facts = tracker.story(6).tally.facts(LATER)

    found = tracker.sides.of(6, facts, decision(Level.QUIET), live)

    assert found is not None
    assert found[0] == 5


def test_nothing_is_laid_to_an_incident_of_which_nobody_spoke_for_a_day(tracker: Tracker) -> None:
    late = LATER + 2 * DAY
    tracker.sides.hear("Acme", late, 40)
    facts = tracker.story(6).tally.facts(late)

    assert tracker.sides.of(60, facts, decision(Level.QUIET), LOUD) is None


@pytest.mark.parametrize(
    ("level", "brand", "is_side"),
    [
        (Level.WARNING, "Acme", True),
        (Level.WATCH, "Acme", False),
        (Level.WARNING, "Other", False),
    ],
    ids=["warned of", "only watched", "of another brand"],
)
def test_what_is_told_in_other_words_minutes_after_an_incident_is_a_side_of_it(
    level: Level, brand: str, *, is_side: bool
) -> None:
    book, ids = Tracker(stories=Stories(), volume=Volume()), count(1)
    for number, text in ((0, "weather window"), (1, "girl fell out"), (2, "mum crying queue")):
        at = NOON + number * HOUR / 6
        each = mention(number, text=text, published_at=at, seen_at=at)
        vector = (TALK, EVENT, BESIDE)[number]
        book.file(each, verdict(vector=vector, alarm=0.9), new_id=ids.__next__)
    book.enter(2, 7)
    facts = replace(book.story(3).tally.facts(NOON + HOUR / 3), brand=brand)
    live = {7: replace(incident(level), id=7)}

    found = book.sides.of(3, facts, decision(Level.CRITICAL, "incident.opened"), live)

    assert (found is not None and found[0] == 2) is is_side


@pytest.mark.parametrize(
    ("brand", "begun", "said", "is_side"),
    [
        ("Acme", -48, -48, False),
        ("Acme", -48, -1, False),
        ("Acme", -3, -3, True),
        ("Other", -48, -48, True),
    ],
    ids=["the days before", "and still spoken of", "today alone", "another brand's"],
)
def test_but_not_of_a_brand_that_has_many_incidents(
    brand: str, begun: int, said: int, *, is_side: bool
) -> None:
    book, ids = Tracker(stories=Stories(), volume=Volume()), count(1)

    def say(text: str, hour: float, vector: bytes, brand: str = "Acme") -> None:
        at = NOON + hour * HOUR
        each = mention(next(numbers), text=text, brand=brand, published_at=at, seen_at=at)
        book.file(each, verdict(vector=vector, alarm=0.9), new_id=ids.__next__)

    numbers = count(1)
    for number in range(60):
        say(f"weather{number} window{number}", -5, TALK)
        say(f"calamity{number} mishap{number}", begun, TALK, brand)
        say(f"calamity{number} mishap{number}", said + number / 60, TALK, brand)
    for story in range(2, 121, 2):
        book.enter(story, story)
    say("girl fell out", 0, EVENT)
    book.enter(121, 61)
    say("mum crying queue", 0.3, ASIDE)
    facts = book.story(122).tally.facts(NOON + HOUR / 3)
    live = {61: replace(incident(Level.WARNING), id=61)}

    found = book.sides.of(122, facts, decision(Level.CRITICAL, "incident.opened"), live)

    assert (found is not None and found[0] == 121) is is_side


@pytest.fixture
def grown(tracker: Tracker) -> Tracker:
    """A second incident of the same day, of which as much is said in other words."""
    for number in range(60, 90):
        at = NOON + 4 * DAY + number * HOUR / 60
        each = mention(number, text="bleeding doctor screams", published_at=at, seen_at=at)
        tracker.file(each, verdict(vector=EVENT, alarm=0.9), new_id=lambda: 99)
    tracker.enter(99, 8)
    return tracker


def test_two_live_incidents_that_mean_the_same_are_one_event(grown: Tracker) -> None:
    found = grown.sides.one_event({7, 8}, LATER + HOUR)
    assert found is not None
    assert found[:2] == (5, 99)
    assert found[2].startswith("near in meaning, ")


def test_the_older_story_stands_for_it_whichever_became_an_incident_first(grown: Tracker) -> None:
    for story_id, incident_id in ((5, None), (99, 7), (5, 8)):
        grown.enter(story_id, incident_id)

    found = grown.sides.one_event({7, 8}, LATER + HOUR)
    assert found is not None
    assert found[:2] == (5, 99)


@pytest.mark.parametrize("live", [{7}, {8}, set()])
def test_unless_one_of_them_is_over(grown: Tracker, live: set[int]) -> None:
    assert grown.sides.one_event(live, LATER + HOUR) is None


def test_unless_people_told_them_apart(grown: Tracker) -> None:
    grown.sides._stories.apart = Apart([(5, 99)])
    assert grown.sides.one_event({7, 8}, LATER + HOUR) is None


@pytest.mark.parametrize(
    "known",
    [{"text": "lounge queue endless", "vector": TALK}, {"brand": "Other", "vector": EVENT}],
    ids=["they mean other things", "they are of different brands"],
)
def test_unless(tracker: Tracker, known: dict[str, Any]) -> None:
    vector = known["vector"]
    text = {"text": "bleeding doctor"} | {k: v for k, v in known.items() if k != "vector"}
    for number in range(60, 90):
        at = NOON + 4 * DAY + number * HOUR / 60
        each = mention(number, published_at=at, seen_at=at, **text)
        tracker.file(each, verdict(vector=vector, alarm=0.9), new_id=lambda: 99)
    tracker.enter(99, 8)
    assert tracker.sides.one_event({7, 8}, LATER + HOUR) is None
