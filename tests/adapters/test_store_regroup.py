"""What is written when mentions go from one story to another, and what the daemon asks of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent, Regrouping, Repaired
from monitor.core.polling import SourceState
from monitor.core.types import Status
from tests.adapters.store_values import (
    BRAND,
    NOON,
    after,
    ask,
    filed,
    incident,
    mention,
    poll,
    troubles,
    verdict,
)


def regrouping(verb: str, from_story: int | None, to_story: int, *ids: int, **known: Any) -> Any:
    ordinary: dict[str, Any] = {"actor": "ann", "why": "because", "is_repair": True}
    return Regrouping(
        at=after(hours=1),
        verb=verb,
        brand=BRAND,
        from_story=from_story,
        to_story=to_story,
        mention_ids=ids,
        **{**ordinary, **known},
    )


def write(store: SqliteStore, *regroupings: Regrouping) -> None:
    store.record_assessment(AssessIntent(at=after(hours=1), regroupings=regroupings))


@pytest.fixture
def stories(store: SqliteStore, news: SourceState) -> SqliteStore:
    """Stories 1 (mentions 1 and 2), 2 (3) and 3 (4); the first two are incidents."""
    store.record_poll(poll(news, *(mention(str(n)) for n in (1, 2, 3, 4))))
    store.record_assessment(
        AssessIntent(
            at=NOON,
            verdicts=tuple((n, verdict()) for n in (1, 2, 3, 4)),
            filed=(filed(1, 1), filed(2, 1, "similar 0.40"), filed(3, 2), filed(4, 3)),
            incidents=((incident(1), 1), (incident(2), 2)),
            members=((1, 1), (1, 2), (2, 3)),
        )
    )
    return store


def filings(path: Path) -> list[tuple[Any, ...]]:
    return ask(path, "SELECT mention_id, story_id, how FROM story_mentions ORDER BY mention_id")


def members(path: Path) -> list[tuple[Any, ...]]:
    return ask(path, "SELECT incident_id, mention_id FROM incident_mentions ORDER BY 1, 2")


def test_a_move_is_logged_and_leaves_the_incident_and_how_it_was_filed(
    stories: SqliteStore, path: Path
) -> None:
    write(stories, regrouping("move", 1, 2, 2))

    assert filings(path)[1] == (2, 2, "similar 0.40")
    assert members(path) == [(1, 1), (2, 3)], "it joins the other one by the policy's answer"
    assert ask(path, "SELECT * FROM regroupings") == [
        (1, "2026-11-22T13:00:00.000000Z", "ann", "move", 1, 2, "because", 1)
    ]
    assert ask(path, "SELECT * FROM regrouped_mentions") == [(2, 1)]


def test_with_a_merge_all_of_the_story_goes_and_its_incident_keeps_its_past(
    stories: SqliteStore, path: Path
) -> None:
    write(stories, regrouping("merge", 1, 2, 1))

    assert [story for _, story, _ in filings(path)] == [2, 2, 2, 3]
    assert members(path) == [(1, 1), (1, 2), (2, 3)]
    assert ask(path, "SELECT mention_id FROM regrouped_mentions") == [(1,), (2,)]


def test_a_split_makes_the_story_that_it_goes_to(stories: SqliteStore, path: Path) -> None:
    write(stories, regrouping("split", 1, 9, 2, apart=True))

    assert ask(path, "SELECT id, brand, last_added_at FROM stories WHERE id = 9") == [
        (9, BRAND, "2026-11-22T13:00:00.000000Z")
    ]
    assert stories.next_story_id() == 10
    assert stories.kept_apart() == ((1, 9),)


def test_a_mention_that_was_filed_nowhere_gets_a_story(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention()))
    store.record_assessment(AssessIntent(at=NOON, verdicts=((1, verdict()),)))
    unfiled = store.remembered_one(1)
    assert unfiled is not None
    assert (unfiled.story_id, unfiled.incident_id) == (0, None)

    write(store, regrouping("move", None, 1, 1))

    assert [one.mention.id for one in store.remembered_of([1])] == [1]
    assert store.kept_apart() == ()


def test_a_mention_that_was_not_read_is_known_and_not_remembered(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, mention()))

    assert store.has_mentions((1,))
    assert not store.has_mentions((1, 2))
    assert store.remembered_one(1) is None


def test_the_daemon_is_told_of_repairs_only_each_once(stories: SqliteStore) -> None:
    assert stories.repairs_since(0) == Repaired(last=0)
    write(
        stories,
        regrouping("merge", 3, 2, 4, is_repair=False, actor="monitor"),
        regrouping("split", 1, 9, 2),
        regrouping("move", None, 2, 1),
    )

    assert stories.repairs_since(0) == Repaired(last=3, stories=(1, 2, 9))
    assert stories.repairs_since(2) == Repaired(last=3, stories=(2,))
    assert stories.repairs_since(3) == Repaired(last=3)


@pytest.mark.parametrize(
    ("merges", "left"),
    [
        ([(2, 3)], ((1, 3),)),
        ([(1, 3)], ((2, 3),)),
        ([(2, 1)], ()),
        ([(2, 3), (3, 4)], ((1, 4),)),
        ([(2, 3), (3, 1)], ()),
    ],
)
def test_who_takes_a_story_in_stays_apart_from_the_same(
    stories: SqliteStore, merges: list[tuple[int, int]], left: tuple[tuple[int, int], ...]
) -> None:
    write(stories, regrouping("split", 2, 1, 3, apart=True))

    write(stories, *(regrouping("merge", gone, kept) for gone, kept in merges))

    assert stories.kept_apart() == left


def test_a_merged_incident_is_found_in_the_one_that_stands_at_the_end(
    stories: SqliteStore,
) -> None:
    write(stories, regrouping("merge", 1, 3), regrouping("merge", 3, 2))

    assert stories.survivor_of(1) == 2
    assert stories.survivor_of(7) is None


def test_a_merge_of_before_the_log_has_no_survivor_to_name(
    store: SqliteStore, news: SourceState
) -> None:
    gone = incident(1, status=Status.MERGED)
    store.record_assessment(AssessIntent(at=NOON, incidents=((gone, 1),)))

    assert store.survivor_of(1) is None


def test_an_edited_post_that_is_about_something_else_leaves_its_story(
    stories: SqliteStore, path: Path
) -> None:
    stories.record_assessment(AssessIntent(at=NOON, verdicts=((2, verdict()),)))

    assert [mention_id for mention_id, _, _ in filings(path)] == [1, 3, 4]


def test_unless_people_put_it_there(stories: SqliteStore, path: Path) -> None:
    write(stories, regrouping("move", 1, 2, 2))

    stories.record_assessment(AssessIntent(at=NOON, verdicts=((2, verdict()),)))

    assert filings(path)[1] == (2, 2, "similar 0.40")


def test_the_log_outlives_stories_and_mentions(stories: SqliteStore, path: Path) -> None:
    write(stories, regrouping("merge", 3, 9, 4), regrouping("split", 9, 3, apart=True))

    stories.prune(before=after(days=500), limit=100)

    assert ask(path, "SELECT from_story, to_story FROM regroupings") == [(3, 9), (9, 3)]
    assert ask(path, "SELECT * FROM regrouped_mentions") == []
    assert stories.kept_apart() == ()
    assert troubles(stories.path) == ()


def test_the_story_of_a_reopened_matter_stands_for_its_newest_incident(
    stories: SqliteStore, path: Path
) -> None:
    stories.record_assessment(AssessIntent(at=after(hours=2), incidents=((incident(3), 1),)))

    assert stories.incident_of(1) == 3
    assert [one.incident_id for one in stories.placed([1, 3])] == [3, 2]


def test_what_is_filed_to_no_story_is_placed_nowhere(stories: SqliteStore, path: Path) -> None:
    stories.record_assessment(AssessIntent(at=after(hours=2), filed=(filed(3, 0),)))

    assert [one.mention_id for one in stories.placed([1, 3])] == [1]


def test_a_story_is_read_again_in_the_order_in_which_it_was_told(
    store: SqliteStore, news: SourceState
) -> None:
    late, early = mention("1", published_at=NOON), mention("2", published_at=after(hours=-1))
    store.record_poll(poll(news, late, early))
    store.record_assessment(
        AssessIntent(
            at=NOON, verdicts=((1, verdict()), (2, verdict())), filed=(filed(1), filed(2))
        )
    )

    assert [one.mention.id for one in store.remembered_of([1])] == [2, 1]
