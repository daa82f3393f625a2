"""People repair the grouping from another process: it is done at once, and it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.answers import Answer
from monitor.core.growth import GrowthModel
from monitor.core.repairs import Hand
from monitor.core.types import Level
from monitor.errors import InputError, NotFoundError
from monitor.stages import answer
from monitor.stages.repair import Outcome, Repair
from tests.adapters.store_values import troubles
from tests.fakes import page
from tests.stages.conftest import FEED, NOON, SETTINGS, World, item

pytestmark = pytest.mark.anyio

DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
TODDLER = "Crew of Meridian Air dragged a toddler down the aisle, the mother was screaming"
TARMAC = "tarmac pilot outdragged luggage cart somebody Meridian Air"
QUEUE = "Crew of Meridian Air let a wheelchair user stand in the queue down the aisle"
MINUTES = timedelta(minutes=1)


@dataclass
class House:
    """A daemon on a database file, and people at another connection to it."""

    path: Path
    daemon: World
    people: SqliteStore

    @property
    def repair(self) -> Repair:
        return Repair(store=self.people, settings=SETTINGS, growth=GrowthModel.default())

    @property
    def ann(self) -> Hand:
        return Hand(actor="ann", at=self.daemon.clock.forward(MINUTES))

    def split(self, incident_id: int, *mention_ids: int) -> Outcome:
        return self.repair.split(incident_id, mention_ids, hand=self.ann)

    def merge(self, kept: int, gone: int) -> Outcome:
        return self.repair.merge(kept, gone, hand=self.ann)

    def move(self, mention_id: int, incident_id: int) -> Outcome:
        return self.repair.move(mention_id, incident_id, hand=self.ann)

    async def restart(self) -> None:
        self.daemon.assess = self.daemon.new_assess()
        await self.daemon.assess.start(self.daemon.clock())

    async def tidy(self) -> None:
        """The merging pass."""
        await self.daemon.assess.step(self.daemon.clock.forward(11 * MINUTES))

    async def see(self, number: int | str, text: str, **values: Any) -> int:
        """A post arrives and is read; its id."""
        now = self.daemon.clock.forward(MINUTES)
        await self.daemon.see(item(number, text, published_at=now, **values))
        [(found,)] = self.rows("SELECT id FROM mentions WHERE native_id = ?", str(number))
        return int(str(found))

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.people._connection.execute(statement, values)]

    def incident_of(self, mention_id: int) -> list[object]:
        """The incidents that stand for the story of a mention."""
        return [
            row[0]
            for row in self.rows(
                "SELECT id FROM incidents JOIN story_mentions USING (story_id)"
                " WHERE mention_id = ? AND status <> 'merged'",
                mention_id,
            )
        ]

    def members(self, incident_id: int) -> list[object]:
        found = "SELECT mention_id FROM incident_mentions WHERE incident_id = ? ORDER BY 1"
        return [row[0] for row in self.rows(found, incident_id)]

    def counts(self) -> list[tuple[object, ...]]:
        return self.rows("SELECT id, status, mention_count FROM incidents ORDER BY id")

    def outbox(self) -> list[tuple[object, ...]]:
        return self.rows("SELECT incident_id, type FROM alerts ORDER BY id")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "monitor.db"
    with SqliteStore.open(path) as store, SqliteStore.open(path) as people:
        daemon = World(store=store)
        await daemon.start()
        yield House(path=path, daemon=daemon, people=people)


async def moved(house: House, restarts: bool) -> int:
    """The second mention of incident 1, moved to incident 2."""
    _, second = await one_of_two(house)
    await house.see(3, TARMAC)
    house.move(second, 2)
    if restarts:
        await house.restart()
    return second


async def one_of_two(house: House) -> tuple[int, int]:
    """Two events that were grouped as one: incident 1."""
    first, second = await house.see(1, DRAGGED), await house.see(2, TODDLER)
    assert house.counts() == [(1, "open", 2)]
    return first, second


async def two(house: House) -> tuple[int, int]:
    """Two incidents, 1 and 2, of one mention each."""
    first, second = await house.see(1, DRAGGED), await house.see(2, TARMAC)
    assert house.counts() == [(1, "open", 1), (2, "open", 1)]
    return first, second


class TestASplit:
    async def test_what_is_grave_becomes_an_incident_and_is_told(self, house: House):
        first, second = await one_of_two(house)

        done = house.split(1, second)

        assert done.target is not None
        assert done.target.id == 2
        assert done.target.level >= Level.WATCH
        assert done.target.title.startswith("Crew of Meridian Air dragged a toddler")
        assert house.counts() == [(1, "open", 1), (2, "open", 1)]
        assert (house.members(1), house.members(2)) == ([first], [second])
        assert house.outbox()[-1] == (2, "incident.opened")
        assert house.rows(
            "SELECT webhook FROM deliveries JOIN alerts ON alerts.id = alert_id"
            " WHERE incident_id = 2"
        ) == [("leadership",)]

    async def test_who_and_when_stand_with_both_incidents(self, house: House):
        _, second = await one_of_two(house)

        house.split(1, second)

        assert house.rows("SELECT incident_id, actor, verb, text, at FROM actions") == [
            (1, "ann", "split", "mention 2 to incident 2", "2026-11-22T12:03:00.000000Z"),
            (2, "ann", "split", "mention 2 from incident 1", "2026-11-22T12:03:00.000000Z"),
        ]

    async def test_what_is_harmless_becomes_a_story_without_an_incident(self, house: House):
        first, second = await house.see(1, DRAGGED), await house.see(2, QUEUE)

        done = house.split(1, second)

        assert done.target is None
        assert house.counts() == [(1, "open", 1)]
        assert house.members(1) == [first]
        [(incident, level, mention)] = house.rows(
            "SELECT incident_id, level, mention_id FROM decisions ORDER BY id DESC LIMIT 1"
        )
        assert (incident, level, mention) == (None, "quiet", second), "the policy was asked"

    async def test_what_is_left_is_judged_without_what_is_grave(self, house: House):
        await house.see(1, QUEUE)
        grave = await house.see(2, DRAGGED)
        house.daemon.clock.forward(timedelta(hours=2))

        house.split(1, grave)

        assert house.counts() == [(1, "open", 1), (2, "open", 1)]
        assert (1, "incident.deescalated") in house.outbox()

    async def test_the_title_leaves_with_its_text(self, house: House):
        first, _ = await one_of_two(house)

        done = house.split(1, first)

        assert done.source is not None
        assert done.source.title.startswith("Crew of Meridian Air dragged a toddler")

    async def test_a_mention_of_another_incident_or_of_none_is_refused(self, house: House):
        _, second = await two(house)

        with pytest.raises(InputError, match="mention 2 is not in incident 1"):
            house.split(1, second)
        with pytest.raises(NotFoundError, match="there is no mention 99"):
            house.split(1, 99)
        with pytest.raises(NotFoundError, match="there is no incident 7"):
            house.split(7, second)
        assert house.rows("SELECT * FROM regroupings WHERE is_repair") == []


class TestAMerge:
    async def test_the_second_goes_into_the_first_and_that_is_announced(self, house: House):
        first, second = await two(house)

        done = house.merge(1, 2)

        assert done.source is not None
        assert done.source.status.value == "merged"
        assert house.counts() == [(1, "open", 2), (2, "merged", 1)]
        assert house.members(1) == [first, second]
        assert house.outbox()[2:] == [(2, "incident.merged")]
        assert house.rows("SELECT incident_id, actor, verb, text FROM actions") == [
            (1, "ann", "merge", "took in incident 2"),
            (2, "ann", "merge", "into incident 1: by ann"),
        ]

    async def test_of_one_that_is_over_is_recorded_and_not_announced(self, house: House):
        await two(house)
        said = Answer(verb="resolve", actor="ann")
        answer.take(house.people, SETTINGS, 2, said, now=NOON + 3 * MINUTES)
        before = house.outbox()

        house.merge(1, 2)

        assert house.counts() == [(1, "open", 2), (2, "merged", 1)]
        assert house.outbox() == before

    async def test_the_same_again_says_that_it_was_done(self, house: House):
        await two(house)
        house.merge(1, 2)

        with pytest.raises(InputError, match="incident 2 is part of incident 1 already"):
            house.merge(1, 2)

    async def test_an_incident_far_down_a_chain_names_the_last(self, house: House):
        await two(house)
        await house.see(3, "leaked memo redragged victims paid Meridian Air")
        house.merge(2, 3)
        house.merge(1, 2)

        with pytest.raises(InputError, match="incident 3 is part of incident 1 already"):
            house.split(3, 3)

    async def test_an_edited_post_that_waits_to_be_read_goes_along(self, house: House):
        _, second = await two(house)
        house.rows("DELETE FROM verdicts WHERE mention_id = ?", second)

        house.merge(1, 2)

        assert house.incident_of(second) == [1]


class TestAMove:
    async def test_a_mention_goes_to_the_other_incident(self, house: House):
        first, second = await one_of_two(house)
        third = await house.see(3, TARMAC)

        house.move(second, 2)

        assert (house.members(1), house.members(2)) == ([first], [second, third])
        assert house.counts() == [(1, "open", 1), (2, "open", 2)]
        assert house.rows("SELECT incident_id, actor, verb, text FROM actions") == [
            (1, "ann", "move", "mention 2 to incident 2"),
            (2, "ann", "move", "mention 2 from incident 1"),
        ]

    async def test_a_mention_that_was_held_for_another_subject_can_be_put_in(self, house: House):
        await house.see(1, DRAGGED)
        other = await house.see(2, "Meridian football coach shouts at crew")
        assert house.incident_of(other) == []

        house.move(other, 1)
        await house.restart()
        await house.see(3, f"{DRAGGED} again")

        assert house.incident_of(other) == [1]
        assert house.counts() == [(1, "open", 3)]

    async def test_a_mention_of_a_story_without_incident_can_be_put_in(self, house: House):
        await house.see(1, DRAGGED)
        other = await house.see(2, "Two hours in line at gate seven, queue, Meridian Air")
        assert house.incident_of(other) == []

        house.move(other, 1)

        assert house.counts() == [(1, "open", 2)]
        assert house.rows("SELECT * FROM kept_apart") == []

    async def test_the_last_mention_and_one_that_is_unknown_or_unread_are_refused(
        self, house: House
    ):
        first, second = await two(house)

        with pytest.raises(InputError, match="mention 1 is all that incident 1 has"):
            house.move(first, 2)
        with pytest.raises(NotFoundError, match="there is no mention 99"):
            house.move(99, 2)
        house.rows("DELETE FROM verdicts WHERE mention_id = ?", second)
        with pytest.raises(InputError, match="mention 2 has not been read yet"):
            house.move(second, 1)


class TestTheDaemonFollows:
    async def test_copies_and_reposts_go_where_the_mention_went(self, house: House):
        _, second = await one_of_two(house)
        house.split(1, second)

        copy = await house.see(3, TODDLER)
        repost = await house.see(4, "RT, Meridian Air, unbelievable", repost_of="2")

        assert house.incident_of(copy) == house.incident_of(repost) == [2]
        assert house.counts() == [(1, "open", 1), (2, "open", 3)]

    async def test_a_reload_of_the_configuration_changes_nothing_of_that(self, house: House):
        _, second = await one_of_two(house)
        house.split(1, second)
        house.daemon.assess = house.daemon.new_assess(house.daemon.assess._tracker)
        await house.daemon.assess.start(house.daemon.clock())

        copy, third = await house.see(3, TODDLER), await house.see(4, TARMAC)

        assert (house.incident_of(copy), house.incident_of(third)) == ([2], [3])

    async def test_what_is_like_the_rest_stays_with_the_rest(self, house: House):
        _, second = await one_of_two(house)
        house.split(1, second)

        more = await house.see(
            3, "Wheelchair user at Meridian Air dragged down aisle, crew laughs"
        )

        assert house.incident_of(more) == [1]

    async def test_new_stories_and_incidents_get_ids_that_people_did_not_give(self, house: House):
        _, second = await one_of_two(house)
        house.split(1, second)

        third = await house.see(3, TARMAC)

        assert house.incident_of(third) == [3]
        assert house.counts() == [(1, "open", 1), (2, "open", 1), (3, "open", 1)]

    @pytest.mark.parametrize("restarts", [False, True])
    async def test_the_merging_pass_does_not_undo_a_split(self, house: House, restarts: bool):
        _, second = await one_of_two(house)
        house.split(1, second)
        if restarts:
            await house.restart()
        copy = await house.see(3, f"{TODDLER} {DRAGGED}")
        await house.tidy()

        assert len(house.incident_of(second)) == len(house.incident_of(copy)) == 1
        assert [status for _, status, _ in house.counts()] == ["open", "open"]
        assert house.rows("SELECT count(*) FROM regroupings WHERE verb = 'merge'") == [(0,)]

    async def test_without_a_split_the_merging_pass_would_have_joined_them(self, house: House):
        """What the test above would not notice if the two stories were not alike."""
        _, second = await one_of_two(house)
        house.split(1, second)
        house.rows("DELETE FROM kept_apart")
        await house.restart()
        await house.tidy()

        assert house.rows("SELECT actor, verb, from_story, to_story FROM regroupings") == [
            ("ann", "split", 1, 2),
            ("monitor", "merge", 2, 1),
        ]

    @pytest.mark.parametrize("told_apart", [True, False])
    async def test_a_story_that_was_split_off_does_not_come_back_as_kin(
        self, house: House, told_apart: bool
    ):
        await house.see(1, DRAGGED)
        quiet = await house.see(2, QUEUE)
        house.split(1, quiet)
        if not told_apart:
            house.rows("DELETE FROM kept_apart")

        grave = await house.see(3, f"{QUEUE}, then dragged")

        assert house.incident_of(grave) == house.incident_of(quiet) == [2 if told_apart else 1]

    @pytest.mark.parametrize("restarts", [False, True])
    async def test_a_merge_holds_and_the_incident_goes_on_counting(
        self, house: House, restarts: bool
    ):
        await two(house)
        house.merge(1, 2)
        if restarts:
            await house.restart()

        more = await house.see(3, f"{TARMAC} again")
        await house.tidy()

        assert house.incident_of(more) == [1]
        assert house.counts() == [(1, "open", 3), (2, "merged", 1)]

    @pytest.mark.parametrize("restarts", [False, True])
    async def test_a_moved_mention_takes_its_copies_along(self, house: House, restarts: bool):
        second = await moved(house, restarts)

        copy = await house.see(4, TODDLER)
        await house.tidy()

        assert house.incident_of(copy) == house.incident_of(second) == [2]
        assert house.counts() == [(1, "open", 1), (2, "open", 3)]

    @pytest.mark.parametrize("restarts", [False, True])
    async def test_an_edited_post_stays_where_people_put_it(self, house: House, restarts: bool):
        second = await moved(house, restarts)

        await house.see(2, DRAGGED)

        assert house.incident_of(second) == [2]

    async def test_so_does_one_that_was_edited_before_a_restart_and_is_all_of_its_story(
        self, house: House
    ):
        _, second = await one_of_two(house)
        house.split(1, second)
        world = house.daemon
        world.reader.page("page", item(2, f"{DRAGGED}, twice"))
        world.fetcher.answers(FEED, page("page"))
        await world.poll.round(world.clock(), everything=True)
        assert house.rows("SELECT mention_id FROM unread") == [(second,)]
        await house.restart()
        await house.tidy()

        copy = await house.see(3, f"{DRAGGED}, twice")

        assert house.incident_of(copy) == house.incident_of(second) == [2]
        assert house.counts() == [(1, "open", 1), (2, "open", 2)]

    async def test_a_merge_after_a_split_takes_it_back(self, house: House):
        _, second = await one_of_two(house)
        house.split(1, second)
        house.merge(1, 2)
        await house.tidy()

        assert house.rows("SELECT * FROM kept_apart") == []
        assert house.counts() == [(1, "open", 2), (2, "merged", 1)]
        assert house.incident_of(await house.see(3, TODDLER)) == [1]

    async def test_what_takes_in_a_split_story_stays_apart_from_the_old_one(self, house: House):
        _, second = await one_of_two(house)
        third = await house.see(3, TARMAC)
        assert house.incident_of(third) == [2]
        house.split(1, second)
        house.merge(2, 3)
        await house.restart()
        await house.tidy()

        assert house.incident_of(second) == house.incident_of(third) == [2]
        assert house.counts()[0] == (1, "open", 1)

    async def test_a_repair_while_a_batch_is_read_loses_nothing_and_is_not_overwritten(
        self, house: House
    ):
        _, second = await one_of_two(house)
        read = house.daemon.classifier.classify
        done: list[Outcome] = []

        def slowly(readings):
            if not done:
                done.append(house.split(1, second))
            return read(readings)

        house.daemon.classifier.classify = slowly
        house.daemon.events.clear()
        third, copy = await house.see(3, TARMAC), await house.see(4, TODDLER)

        assert house.incident_of(copy) == [2]
        assert house.incident_of(third) == [3]
        assert house.counts() == [(1, "open", 1), (2, "open", 2), (3, "open", 1)]
        assert house.daemon.told.count("incident.opened") == 1, "of the new one, once"
        assert troubles(house.people.path) == ()

    async def test_a_batch_that_is_taken_again_counts_once_in_stories_that_nobody_repaired(
        self, house: House
    ):
        _, second = await one_of_two(house)
        await house.see(3, TARMAC)
        read = house.daemon.classifier.classify

        def slowly(readings):
            if not house.rows("SELECT 1 FROM regroupings"):
                house.split(1, second)
            return read(readings)

        house.daemon.classifier.classify = slowly
        await house.see(4, f"{TARMAC} once more")

        assert house.counts() == [(1, "open", 1), (2, "open", 2), (3, "open", 1)]

    async def test_a_batch_that_is_taken_again_counts_once_for_the_volume(self, house: House):
        _, second = await one_of_two(house)
        read = house.daemon.classifier.classify
        learnt = []
        volume = house.daemon.assess._tracker._volume
        learn = volume.learn

        def slowly(readings):
            if not house.rows("SELECT 1 FROM regroupings"):
                house.split(1, second)
            return read(readings)

        house.daemon.classifier.classify = slowly

        def counted(series: str, at: datetime) -> None:
            learnt.append(at)
            learn(series, at)

        volume.learn = counted
        await house.see(3, TARMAC)
        await house.see(4, f"{TARMAC} once more")

        assert len(learnt) == 2

    async def test_a_repair_during_the_merging_pass_takes_the_pass_back(self, house: House):
        await two(house)
        third = await house.see(3, f"{DRAGGED} and more")
        stories = house.daemon.assess._tracker._stories

        def meanwhile(now):
            house.move(third, 2)
            return (stories.join("Meridian Air", kept=1, gone=2, how="similar"),)

        stories.merge = meanwhile
        await house.tidy()

        assert house.counts() == [(1, "open", 1), (2, "open", 2)]
        assert house.incident_of(third) == [2]
        assert house.rows("SELECT count(*) FROM regroupings") == [(1,)]

    async def test_also_for_stories_that_nobody_repaired(self, house: House):
        _, second = await one_of_two(house)
        memo = "leaked memo redragged victims paid Meridian Air"
        await house.see(3, TARMAC)
        await house.see(4, memo)
        stories = house.daemon.assess._tracker._stories

        def meanwhile(now):
            house.split(1, second)
            return (stories.join("Meridian Air", kept=2, gone=3, how="similar"),)

        stories.merge = meanwhile
        await house.tidy()
        copy = await house.see(5, f"{memo}!")

        assert house.incident_of(copy) == [3]
        assert house.counts()[1:] == [(2, "open", 1), (3, "open", 2), (4, "open", 1)]

    async def test_with_the_daemon_gone_all_is_done_all_the_same(self, house: House):
        _, second = await one_of_two(house)

        house.split(1, second)

        assert house.counts() == [(1, "open", 1), (2, "open", 1)]
        with SqliteStore.open(house.path) as store:
            house.daemon = World(store=store, clock=house.daemon.clock)
            await house.daemon.start()
            copy = await house.see(3, TODDLER)
            await house.tidy()
            assert house.incident_of(copy) == [2]


async def test_a_repair_that_fails_midway_leaves_everything_as_it_was(house: House, monkeypatch):
    _, second = await one_of_two(house)
    before = house.counts(), house.outbox(), house.rows("SELECT * FROM story_mentions")

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(house.people, "record_assessment", breaks)
    with pytest.raises(RuntimeError):
        house.split(1, second)

    assert (house.counts(), house.outbox()) == before[:2]
    assert house.rows("SELECT * FROM story_mentions") == before[2]


async def test_an_incident_without_a_story_cannot_be_repaired(house: House):
    await two(house)
    house.rows("UPDATE incidents SET story_id = NULL WHERE id = 1")

    with pytest.raises(InputError, match="incident 1 has no story"):
        house.merge(1, 2)


async def test_automatic_merges_are_recorded_with_all_that_went(house: House):
    await house.see(1, "Meridian Air flies to Oslo from May, tickets for little")
    await house.see(2, "Meridian Air lounge renovated, marble floors and palms")
    tracker = house.daemon.assess._tracker
    tracker._stories.merge = lambda now: (
        tracker._stories.join("Meridian Air", kept=1, gone=2, how="similar 0.30"),
    )
    await house.tidy()

    assert house.rows(
        "SELECT actor, verb, from_story, to_story, why, is_repair, mention_id FROM regroupings"
        " JOIN regrouped_mentions ON regrouping_id = id"
    ) == [("monitor", "merge", 2, 1, "similar 0.30", 0, 2)]
    assert house.rows("SELECT story_id, how FROM story_mentions") == [
        (1, "new story"),
        (1, "new story"),
    ]
