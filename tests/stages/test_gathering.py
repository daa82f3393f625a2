"""Complaints that trickle in for weeks become one incident, with all of them as its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.burns import Burn
from monitor.core.filing import AssessIntent, Placed
from monitor.core.growth import GrowthModel
from monitor.core.meaning import Meaning
from monitor.core.outlook import Outlook
from monitor.core.repairs import Hand
from monitor.core.stories import Stories
from monitor.core.types import Level, Status, Verdict
from monitor.core.volume import Volume
from monitor.stages.docket import Docket
from monitor.stages.gathering import (
    gather,
    goes_on,
    is_by_itself,
    is_none,
    is_told,
    kept_story,
    others,
)
from monitor.stages.repair import Repair
from monitor.stages.running import inline
from monitor.stages.tracker import Tracker
from tests.core.facts import NOON, mention
from tests.core.facts import incident as opened
from tests.core.facts import verdict as alleging
from tests.fakes import FakeClassifier, verdict
from tests.stages.conftest import SETTINGS, World, item

pytestmark = pytest.mark.anyio

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
#: Eight ways to say it; no two of them share words that would make them one story.
WAYS = (
    "a card nobody wanted came by mail",
    "signature on that form is not mine",
    "teller opened savings behind our backs",
    "grandmother pays for insurance she refused",
    "quota pressure: staff invent clients",
    "strange overdraft under maiden name",
    "who ordered this loan, certainly not us",
    "hidden subscription found after audit",
    "paperwork forged at closing desk",
    "phantom membership billed since spring",
)


class Reader(FakeClassifier):
    """Hears deception in everything but a queue, and nothing that alarms."""

    def _read(self, text: str) -> Verdict:
        if "queue" in text:
            return verdict()
        return verdict(alarm=0.05, severity=1.5, complaint=0.6, deception=0.7)


class Meaner(Reader):
    """Says what it takes a text to mean as well."""

    def _read(self, text: str) -> Verdict:
        return replace(super()._read(text), vector=bytes((1, 2, 3)))


async def test_what_an_allegation_means_is_known_after_a_restart(world: World) -> None:
    world.read_by(Meaner())
    await world.start()
    await complain(world, range(1))

    [said] = [one for day in world.store.past_days(NOON) for one in day.allegations]
    assert said.meaning == Meaning(model=verdict().model, packed=bytes((1, 2, 3)))


@pytest.fixture
def slow(world: World) -> World:
    world.read_by(Reader())
    return world


async def complain(world: World, weeks: range) -> None:
    for week in weeks:
        now = world.clock.forward(WEEK)
        text = f"Meridian Air: {WAYS[week]}"
        await world.see(item(week, text, published_at=now))
        await world.see(item(f"q{week}", f"in the queue {week}", published_at=now))


async def test_weeks_of_small_complaints_become_one_incident_at_warning(slow: World) -> None:
    await slow.start()
    await complain(slow, range(10))

    [(level, mentions, authors, risk)] = slow.rows(
        "SELECT level, mention_count, author_count, risk FROM incidents"
    )
    assert level == "warning"
    assert mentions == authors
    assert 3 <= int(str(mentions)) <= 10
    assert 0.5 <= float(str(risk)) < 0.8
    assert slow.told.count("incident.opened") == 1
    [opened] = [event for event in slow.events if event.type == "incident.opened"]
    [part] = [part for part in opened.parts if part.name == "slow burn"]
    assert "people in words of their own said that people were misled" in part.sentence
    assert sum(part.value for part in opened.parts) == pytest.approx(opened.incident.risk)


async def test_how_each_of_them_came_there_is_on_record(slow: World) -> None:
    await slow.start()
    await complain(slow, range(10))

    whys = slow.rows("SELECT DISTINCT why FROM regroupings")
    assert whys == [("several people said that people were misled or cheated",)]
    stories = slow.rows(
        "SELECT count(DISTINCT story_id) FROM story_mentions WHERE mention_id IN"
        " (SELECT mention_id FROM incident_mentions)"
    )
    assert stories == [(1,)]


async def test_a_restart_neither_forgets_it_nor_tells_it_again(slow: World) -> None:
    await slow.start()
    await complain(slow, range(8))
    before = slow.told.copy()
    slow.assess = slow.new_assess()
    await slow.assess.start(slow.clock())
    now = slow.clock.forward(timedelta(hours=2))
    await slow.see(item("again", f"Meridian Air: {WAYS[7]}", published_at=now))

    assert "incident.opened" in before
    assert slow.told == before
    assert slow.rows("SELECT level FROM incidents") == [("warning",)]


async def test_where_mentions_are_filed_is_said_of_those_that_are(slow: World) -> None:
    await slow.start()
    await complain(slow, range(10))
    placed = slow.store.placed([1, 3, 999])

    assert [one.mention_id for one in placed] == [1, 3]
    assert [one.incident_id for one in placed] == [1, 1]


async def test_what_a_person_took_out_stays_out(slow: World) -> None:
    await slow.start()
    await complain(slow, range(10))
    [(incident_id,)] = slow.rows("SELECT id FROM incidents")
    [(first,)] = slow.rows("SELECT min(mention_id) FROM incident_mentions")
    repair = Repair(store=slow.store, settings=SETTINGS, growth=GrowthModel.default())
    hand = Hand(actor="ann", at=slow.clock.forward(timedelta(minutes=1)))
    repair.split(int(str(incident_id)), [int(str(first))], hand=hand)
    await slow.see(item("x", "Meridian Air: invoice for ghost seats", published_at=slow.clock()))

    homes = {
        row[0]: row[1] for row in slow.rows("SELECT mention_id, story_id FROM story_mentions")
    }
    kept = {row[0]: row[1] for row in slow.rows("SELECT id, story_id FROM incidents")}
    assert homes[first] != kept[incident_id]


def place(mention: int, story: int, incident: int | None = None) -> Placed:
    return Placed(mention_id=mention, story_id=story, incident_id=incident)


@pytest.mark.parametrize(
    ("placed", "kept"),
    [
        ((), 9),
        ((place(1, 1), place(2, 2)), 9),
        ((place(1, 1, 5), place(2, 2), place(3, 3)), 9),
        ((place(1, 1, 5), place(2, 2)), 1),
        ((place(1, 1, 5), place(2, 1, 5), place(3, 2, 6)), 1),
        ((place(1, 1, 8), place(2, 2), place(3, 3)), 1),
        ((place(1, 1, 8), place(2, 2, 5), place(3, 2, 5), place(4, 2, 5)), 1),
        ((place(1, 1, 8), place(2, 2, 7), place(3, 2, 7)), 2),
    ],
    ids=[
        "nothing is filed",
        "nothing became an incident",
        "an incident that is only watched has a third of it",
        "an incident that is only watched has half of it",
        "the one that has most of it",
        "an incident that people were told of has a third of it",
        "what people were told of, though what is watched has more",
        "of two that people were told of the larger",
    ],
)
def test_the_incident_that_stands_for_it_stays(placed: tuple[Placed, ...], kept: int) -> None:
    assert kept_story(9, placed, told={7, 8}) == kept


@pytest.mark.parametrize(
    ("status", "of", "expected"),
    [
        (Status.DISMISSED, 1, True),
        (Status.DISMISSED, 2, True),
        (Status.DISMISSED, 3, False),
        (Status.RESOLVED, 1, False),
        (Status.OPEN, 1, False),
    ],
)
def test_who_dismissed_one_complaint_of_four_has_not_said_that_the_four_are_nothing(
    status: Status, of: int, expected: bool
) -> None:
    incident = replace(opened(Level.WARNING), id=5, status=status)
    placed = tuple(place(n, n, 5 if n < of else None) for n in range(4))
    assert is_none(incident, placed) is expected


@pytest.mark.parametrize(
    ("level", "incident", "told"),
    [(Level.WARNING, 5, True), (Level.WATCH, 5, False), (Level.CRITICAL, None, False)],
)
def test_people_are_told_by_an_open_incident_at_warning(
    level: Level, incident: int | None, told: bool
) -> None:
    live = {5: replace(opened(level), id=5)}

    assert is_told((place(1, 1), place(2, 2, incident)), live) is told
    assert not is_told((place(1, 1, 6),), live)


class Outage(FakeClassifier):
    """Hears two harms in everything, and nothing that alarms."""

    def _read(self, text: str) -> Verdict:
        if "queue" in text:
            return verdict()
        return verdict(alarm=0.1, severity=1.5, complaint=0.8, outage=0.9, deception=0.9)


async def test_what_many_say_within_the_hour_becomes_one_incident_whatever_its_harms(
    world: World,
) -> None:
    world.read_by(Outage())
    await world.start()
    for number in range(20):
        await world.see(item(f"q{number}", f"in the queue {number}"))
        world.clock.forward(timedelta(hours=6))
    for number in range(4):
        now = world.clock.forward(timedelta(minutes=4))
        await world.see(item(number, f"Meridian Air: {WAYS[number]}", published_at=now))

    [(level, mentions)] = world.rows("SELECT level, mention_count FROM incidents")
    assert level == "warning"
    assert int(str(mentions)) >= 3
    assert world.told.count("incident.opened") == 1


def test_stories_of_other_incidents_are_left_alone_if_people_were_told_of_them() -> None:
    placed = (place(1, 1), place(2, 2, 7), place(3, 1), place(4, 4), place(5, 5, 6))

    assert others(9, 9, placed, watched=()) == (1, 4)
    assert others(2, 9, placed, watched=()) == (1, 4, 9)
    assert others(2, 9, placed, watched={6}) == (1, 4, 5, 9)


async def test_what_is_alleged_after_people_were_told_goes_to_the_same_incident(
    slow: World,
) -> None:
    await slow.start()
    await complain(slow, range(6))
    [(known,)] = slow.rows("SELECT mention_count FROM incidents")
    await complain(slow, range(6, 10))

    assert slow.rows("SELECT mention_count FROM incidents") == [(int(str(known)) + 4,)]
    assert slow.told.count("incident.opened") == 1


async def test_it_goes_on_when_the_brand_is_used_to_it_by_now(slow: World) -> None:
    """A restart in between changes nothing; after half a year of silence it is another matter."""
    await slow.start()
    await complain(slow, range(6))
    [(known,)] = slow.rows("SELECT mention_count FROM incidents")
    await chat(slow, 400)
    slow.assess = slow.new_assess()
    await slow.assess.start(slow.clock())
    slow.clock.forward(100 * DAY)
    await complain(slow, range(6, 7))
    assert slow.rows("SELECT mention_count FROM incidents") == [(int(str(known)) + 1,)]

    await chat(slow, 400)
    slow.clock.forward(200 * DAY)
    await complain(slow, range(7, 8))
    assert slow.rows("SELECT mention_count FROM incidents") == [(int(str(known)) + 1,)]


async def chat(world: World, posts: int) -> None:
    """Ordinary talk, beside which a few complaints are nothing."""
    now = world.clock.forward(DAY)
    said = (f"queue {n} at Meridian Air" for n in range(posts))
    await world.see(*(item(f"{now} {n}", one, published_at=now) for n, one in enumerate(said)))
    world.clock.forward(DAY)


LIVE = {
    5: replace(opened(Level.WARNING), id=5),
    6: replace(opened(Level.WATCH), id=6),
    7: replace(opened(Level.CRITICAL), id=7),
    8: replace(opened(Level.WARNING), id=8),
}


@pytest.mark.parametrize(
    ("placed", "own", "belongs"),
    [
        ((place(1, 1, 5),), None, True),
        ((place(1, 1, 5),), 6, True),
        ((place(1, 1, 5),), 5, True),
        ((place(1, 1, 5),), 7, False),
        ((place(1, 1, 5),), 8, False),
        ((place(1, 1, 5),), 99, True),
        ((place(1, 1, 6), place(2, 2)), None, False),
        ((place(1, 1, 99),), None, False),
    ],
    ids=[
        "a story of no incident",
        "a story that is only watched",
        "its own story",
        "a story that people were told of as another one",
        "one that is at warning alone",
        "a story whose incident is over",
        "nobody was told of it",
        "what was told is over",
    ],
)
def test_one_voice_more_belongs_to_what_people_were_told_of(
    placed: tuple[Placed, ...], own: int | None, belongs: bool
) -> None:
    assert goes_on(placed, own, LIVE) is belongs


@pytest.mark.parametrize(
    ("known", "placed", "own", "stays"),
    [
        ({}, (place(1, 1, 5),), 7, False),
        ({"again": True}, (place(1, 1, 5),), None, False),
        ({"again": True}, (place(1, 1, 5),), 7, True),
        ({"sudden": True}, (place(1, 1),), None, False),
        ({"sudden": True}, (place(1, 1, 5),), None, True),
    ],
    ids=[
        "what was never told before is brought together",
        "so is one voice more",
        "not one that people were told of as another incident",
        "what breaks out is brought together",
        "not beside an incident that people were told of",
    ],
)
def test_a_mention_stays_by_itself_that_may_be_of_another_incident(
    known: dict[str, bool], placed: tuple[Placed, ...], own: int | None, stays: bool
) -> None:
    burn = burning(1, **known)
    assert is_by_itself(burn, placed, own, LIVE) is stays


def burning(*mentions: int, **known: bool) -> Burn:
    return Burn(
        brand="Acme",
        harm="outage",
        since=NOON,
        mention_ids=mentions,
        authors=3,
        expected=0.1,
        evidence=9.0,
        **known,
    )


@pytest.mark.parametrize(
    ("told_in", "kept"),
    [(1, 2), (3, 3)],
    ids=["told in what the first has put away", "it takes in what the first has kept"],
)
async def test_two_burns_of_one_batch_that_share_a_story_become_one(
    store: SqliteStore, told_in: int, kept: int
) -> None:
    """The database does not know yet where the first of them put it."""
    tracker = Tracker(stories=Stories(), volume=Volume())
    docket = Docket(
        now=NOON,
        settings=SETTINGS,
        tracker=tracker,
        outlook=Outlook(model=GrowthModel.default()),
        story_ids=count(1),
        incident_ids=count(1),
        live=dict,
    )
    said = [
        mention(n, text=text) for n, text in enumerate(("rabbit dead", "lounge opens", "pets"))
    ]
    touched = docket.file(said, [alleging() for _ in said])
    assert touched == [1, 2, 3]
    filed = {0: place(0, 1), 1: place(1, 2), 2: place(2, 3)}
    store.placed = lambda mention_ids: tuple(filed[id_] for id_ in mention_ids)

    burns = [(2, burning(0, 1)), (told_in, burning(0, 2))]
    stay = await gather(docket, tracker, burns, store=store, db=inline)

    assert stay == [kept]
    assert {docket.home(story_id) for story_id in touched} == {kept}
    assert [story_id for story_id in touched if tracker.knows(story_id)] == [kept]
    assert sorted(tracker.story(kept).mention_ids) == [0, 1, 2]


class Witness(Reader):
    """Hears cruelty to staff beside what it hears otherwise, and all of it means the same."""

    def _read(self, text: str) -> Verdict:
        alarm = 0.95 if "clerk" in text else self.alarm
        read = verdict(alarm=alarm, severity=3.0, complaint=0.1, labour=0.9)
        told = read if "whistle" in text or "clerk" in text else super()._read(text)
        return replace(told, vector=bytes((90, 0 if "queue" in text else 90, 0)))

    def __init__(self, alarm: float) -> None:
        super().__init__()
        self.alarm = alarm


@pytest.mark.parametrize(
    ("alarm", "told"),
    [(0.95, ["incident.updated"]), (0.4, [])],
    ids=["would have been a page", "would not"],
)
async def test_another_harm_of_the_same_matter_is_told_as_a_side_of_it(
    world: World, alarm: float, told: list[str]
) -> None:
    world.read_by(Witness(alarm))
    await world.start()
    await chat(world, 20)
    await complain(world, range(8))
    now = world.clock.forward(WEEK)
    await world.see(item("c", "clerk made to lie by Meridian Air bosses", published_at=now))
    assert world.told[-1] == "incident.escalated"
    before = len(world.told)
    now = world.clock.forward(WEEK)
    await world.see(item("w", "Meridian Air, I blow the whistle", published_at=now))

    assert world.told[before:] == told
    assert [event.reason for event in world.events[before:]] == [
        "Another side of it: “Meridian Air, I blow the whistle”." for _ in told
    ]
    assert world.rows("SELECT count(*) FROM incidents") == [(1,)]
    newest = "SELECT text FROM mentions JOIN incident_mentions ON id = mention_id"
    assert world.rows(f"{newest} ORDER BY id DESC LIMIT 1") == [
        ("Meridian Air, I blow the whistle",)
    ]


async def watch_two(
    slow: World,
    *statuses: Status,
    first: Level = Level.WATCH,
    second: Level = Level.WATCH,
    left_at: Level | None = None,
) -> None:
    """Two complaints, each an incident that was told at its level; then the rest of them."""
    await slow.start()
    await complain(slow, range(2))
    known = replace(opened(Level.WATCH), brand="Meridian Air")
    now = slow.clock()
    watched = [
        (
            replace(
                known,
                id=50 + n,
                status=status,
                level=left_at or told,
                alerted_level=told,
                # What is closed knows when: by that it is told what came since.
                resolved_at=None if status.is_live else now,
            ),
            n,
        )
        for n, status, told in zip((1, 2), statuses, (first, second), strict=True)
    ]
    members = ((51, 1), (52, 2))
    slow.store.record_assessment(
        AssessIntent(at=slow.clock(), incidents=tuple(watched), members=members)
    )
    slow.assess = slow.new_assess()
    await slow.assess.start(slow.clock())
    await complain(slow, range(2, 6))


async def test_what_was_only_watched_becomes_part_of_the_slow_burn(slow: World) -> None:
    await watch_two(slow, Status.OPEN, Status.OPEN)

    assert slow.rows("SELECT id, level, status FROM incidents ORDER BY id") == [
        (51, "warning", "open"),
        (52, "watch", "merged"),
    ]
    assert slow.rows("SELECT mention_count FROM incidents WHERE id = 51") == [(6,)]


async def test_what_was_watched_and_over_by_then_does_too(slow: World) -> None:
    await watch_two(slow, Status.RESOLVED, Status.RESOLVED)

    assert slow.rows("SELECT id, level, status, mention_count FROM incidents WHERE id = 51") == [
        (51, "warning", "open", 6)
    ]
    assert slow.rows("SELECT count(*) FROM incidents WHERE level = 'warning'") == [(1,)]


@pytest.mark.parametrize("told", [Level.WATCH, Level.WARNING])
async def test_what_somebody_dismissed_is_no_part_of_it(slow: World, told: Level) -> None:
    await watch_two(slow, Status.OPEN, Status.DISMISSED, second=told)

    assert slow.rows("SELECT id, level, status, mention_count FROM incidents ORDER BY id") == [
        (51, "warning", "open", 5),
        (52, told.label, "dismissed", 0),
    ]
    assert slow.rows("SELECT mention_id FROM incident_mentions WHERE incident_id = 52") == [(2,)]


@pytest.mark.parametrize("told", [Level.WATCH, Level.WARNING])
async def test_nor_is_it_if_it_was_the_first(slow: World, told: Level) -> None:
    await watch_two(slow, Status.DISMISSED, Status.OPEN, first=told)

    assert slow.rows("SELECT id, level, status, mention_count FROM incidents ORDER BY id") == [
        (51, told.label, "dismissed", 0),
        (52, "warning", "open", 5),
    ]


@pytest.mark.parametrize("left_at", [None, Level.WATCH], ids=["at its level", "calmed down"])
async def test_one_that_people_were_told_of_stands_for_it_though_it_is_over(
    slow: World, left_at: Level | None
) -> None:
    await watch_two(slow, Status.OPEN, Status.RESOLVED, second=Level.WARNING, left_at=left_at)

    assert slow.rows("SELECT id, status FROM incidents ORDER BY id") == [
        (51, "merged"),
        (52, "open"),
    ]
    members = "SELECT count(*) FROM incident_mentions WHERE incident_id = 52"
    assert slow.rows(members) == [(6,)]


async def test_of_two_that_people_were_told_of_each_keeps_what_it_has(slow: World) -> None:
    told = Level.WARNING
    await watch_two(slow, Status.RESOLVED, Status.RESOLVED, first=told, second=told)

    assert slow.rows("SELECT id FROM incidents WHERE status = 'merged'") == []
    assert slow.rows("SELECT mention_id FROM story_mentions WHERE story_id = 2") == [(2,)]
    [(of_the_first,)] = slow.rows("SELECT count(*) FROM story_mentions WHERE story_id = 1")
    assert int(str(of_the_first)) > 1, "what came since went to one of them"


@pytest.mark.parametrize("other", [Status.OPEN, Status.RESOLVED])
async def test_a_slow_burn_brings_back_what_it_was_laid_to_with_the_third_voice(
    slow: World, other: Status
) -> None:
    """The first two may be late echoes; from then on each voice goes there."""
    told = Level.WARNING
    await watch_two(slow, Status.RESOLVED, other, first=told, second=told)

    assert slow.told == ["incident.reopened"]
    [reopened] = slow.events
    assert reopened.incident.id == 51
    assert reopened.reason.endswith("(3 mentions in words of their own).")
    known = reopened.incident.mention_count
    await complain(slow, range(6, 8))
    [(count,)] = slow.rows("SELECT mention_count FROM incidents WHERE id = 51")
    assert int(str(count)) >= known + 2


class Accident(Outage):
    """Hears of one that is grave as well."""

    def _read(self, text: str) -> Verdict:
        grave = verdict(alarm=0.95, severity=4.0, complaint=0.8, outage=0.9, firsthand=0.9)
        return grave if "burnt" in text else super()._read(text)


async def test_what_breaks_out_beside_an_incident_that_people_were_told_of_is_left_apart(
    world: World,
) -> None:
    """It may be a second accident of that day, and is to be judged by itself."""
    world.read_by(Accident())
    await world.start()
    for number in range(20):
        await world.see(item(f"q{number}", f"in the queue {number}"))
        world.clock.forward(timedelta(hours=6))
    await world.see(item("grave", "Meridian Air: server hall burnt", published_at=world.clock()))
    for number in range(2):
        now = world.clock.forward(timedelta(minutes=4))
        await world.see(item(number, f"Meridian Air: {WAYS[number]}", published_at=now))

    assert world.rows("SELECT count(*) FROM incident_mentions WHERE incident_id = 1") == [(1,)]
    assert world.rows("SELECT count(*) FROM regroupings") == [(0,)]
