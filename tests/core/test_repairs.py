"""What people may repair of a grouping, what goes with it, and what they are told."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.core import repairs
from monitor.core.filing import Regrouping, Remembered
from monitor.core.repairs import FiledStory, Group, Hand
from monitor.core.types import Incident, Mention, Status
from monitor.errors import InputError
from tests.core.facts import NOON, incident, mention, story, verdict

ANN = Hand(actor="ann", at=NOON)


def filed(each: Mention, story_id: int, incident_id: int | None) -> Remembered:
    return Remembered(mention=each, verdict=verdict(), story_id=story_id, incident_id=incident_id)


def told(story_id: int, *mentions: Mention, by: Incident | None = None) -> FiledStory:
    incident_id = by.id if by else None
    remembered = tuple(filed(each, story_id, incident_id) for each in mentions)
    return FiledStory(id=story_id, filed=remembered, incident=by)


def group(number: int, *mentions: Mention, part_of: int | None = None, **known: Any) -> Group:
    """Incident 1 with story 10, incident 2 with story 20."""
    stands = incident(id=number, **known)
    return Group(incident=stands, story=told(number * 10, *mentions, by=stands), part_of=part_of)


def refusal(act: Any, *values: Any, **named: Any) -> str:
    with pytest.raises(InputError) as caught:
        act(*values, **named, hand=ANN)
    return str(caught.value)


class TestAMerge:
    def test_all_of_a_story_goes(self) -> None:
        merged = repairs.merge(group(1, mention(1)), group(2, mention(2), mention(3)), hand=ANN)

        assert merged == Regrouping(
            at=NOON,
            actor="ann",
            verb="merge",
            brand="Acme",
            from_story=20,
            to_story=10,
            mention_ids=(2, 3),
            why="from incident 2 to incident 1",
            is_repair=True,
        )

    def test_what_is_over_may_become_part_of_what_is_not(self) -> None:
        over = group(2, mention(2), status=Status.RESOLVED)

        assert repairs.merge(group(1, mention(1)), over, hand=ANN).mention_ids == (2,)

    @pytest.mark.parametrize(
        ("kept", "gone", "why"),
        [
            (
                {},
                {"brand": "Zeta"},
                (
                    "incident 2 is about Zeta, incident 1 about Acme: an incident "
                    "is about one brand"
                ),
            ),
            ({"status": Status.MERGED}, {}, "incident 1 is part of another one already"),
            (
                {"status": Status.MERGED, "part_of": 7},
                {},
                ("incident 1 is part of incident 7 already"),
            ),
            (
                {},
                {"status": Status.MERGED, "part_of": 1},
                ("incident 2 is part of incident 1 already"),
            ),
            (
                {"status": Status.RESOLVED},
                {},
                (
                    "incident 1 is resolved already and would silence "
                    "incident 2; merge the other way round: monitor incident merge 2 1"
                ),
            ),
            (
                {"status": Status.RESOLVED},
                {"status": Status.DISMISSED},
                ("incident 1 is resolved already, and so is incident 2 (dismissed)"),
            ),
        ],
    )
    def test_refusals_say_why_and_what_to_do(self, kept: Any, gone: Any, why: str) -> None:
        assert refusal(repairs.merge, group(1, **kept), group(2, **gone)) == why

    def test_an_incident_is_not_merged_into_itself(self) -> None:
        assert refusal(repairs.merge, group(1), group(1)) == (
            "incident 1 cannot be merged into itself"
        )


class TestASplit:
    def test_the_mentions_leave_and_the_two_stories_stay_apart(self) -> None:
        whole = group(1, mention(1), mention(2), mention(3))

        parted = repairs.split(whole, [2], to_story=30, hand=ANN)

        assert (parted.verb, parted.from_story, parted.to_story) == ("split", 10, 30)
        assert parted.mention_ids == (2,)
        assert parted.why == "from incident 1"
        assert parted.is_repair
        assert parted.apart

    def test_copies_go_along(self) -> None:
        whole = group(1, mention(1), mention(2), mention(3, fingerprint="f2"))

        assert repairs.split(whole, [2], to_story=30, hand=ANN).mention_ids == (2, 3)

    def test_what_is_over_may_still_be_split(self) -> None:
        whole = group(1, mention(1), mention(2), status=Status.RESOLVED)

        assert repairs.split(whole, [2], to_story=30, hand=ANN).mention_ids == (2,)

    @pytest.mark.parametrize(
        ("chosen", "why"),
        [
            ([9], "mention 9 is not in incident 1"),
            ([9, 2, 8], "mentions 8, 9 are not in incident 1"),
            (
                [1, 2, 3],
                (
                    "all mentions of incident 1 cannot be split away: copies and reposts go "
                    "together, and some of it must stay"
                ),
            ),
            (
                [1, 2],
                (
                    "all mentions of incident 1 cannot be split away: copies and reposts go "
                    "together, and some of it must stay"
                ),
            ),
        ],
    )
    def test_refusals_say_why(self, chosen: list[int], why: str) -> None:
        whole = group(1, mention(1), mention(2), mention(3, repost_of="n1"))

        assert refusal(repairs.split, whole, chosen, to_story=30) == why

    def test_what_is_part_of_another_one_is_split_there(self) -> None:
        gone = group(2, status=Status.MERGED, part_of=1)

        assert refusal(repairs.split, gone, [1], to_story=30) == (
            "incident 2 is part of incident 1 already"
        )


class TestAMove:
    def test_a_mention_goes_from_one_incident_to_another_and_they_stay_apart(self) -> None:
        origin = group(1, mention(1), mention(2), mention(3, repost_of="n2")).story

        moved = repairs.move(mention(2), origin, group(2, mention(7)), hand=ANN)

        assert (moved.verb, moved.from_story, moved.to_story) == ("move", 10, 20)
        assert moved.mention_ids == (2, 3)
        assert moved.why == "from incident 1 to incident 2"
        assert moved.apart

    def test_a_story_that_is_no_incident_may_follow_as_a_whole(self) -> None:
        moved = repairs.move(mention(2), told(30, mention(2)), group(2), hand=ANN)

        assert (moved.from_story, moved.why) == (30, "to incident 2")
        assert not moved.apart

    def test_a_mention_that_was_filed_nowhere_may_be_put_somewhere(self) -> None:
        moved = repairs.move(mention(2), None, group(2), hand=ANN)

        assert (moved.from_story, moved.mention_ids, moved.why) == (None, (2,), "to incident 2")
        assert not moved.apart

    @pytest.mark.parametrize(
        ("origin", "target", "why"),
        [
            (
                group(2, mention(2), mention(3)).story,
                group(2),
                ("mention 2 is in incident 2 already"),
            ),
            (
                group(1, mention(2)).story,
                group(2),
                ("mention 2 is all that incident 1 has; merge them: monitor incident merge 2 1"),
            ),
            (
                None,
                group(2, brand="Zeta"),
                ("mention 2 is about Acme, incident 2 about Zeta: an incident is about one brand"),
            ),
            (
                None,
                group(2, status=Status.MERGED, part_of=5),
                ("incident 2 is part of incident 5 already"),
            ),
        ],
    )
    def test_refusals_say_why_and_what_to_do(
        self, origin: FiledStory | None, target: Group, why: str
    ) -> None:
        assert refusal(repairs.move, mention(2), origin, target) == why


class TestWhatFollows:
    @pytest.mark.parametrize(
        ("other", "follows"),
        [
            ({}, False),
            ({"fingerprint": "f1"}, True),
            ({"repost_of": "n1"}, True),
            ({"repost_of": "n4"}, False),
        ],
    )
    def test_copies_and_reposts_do(self, other: dict[str, Any], follows: bool) -> None:
        found = repairs.followers([1], [mention(1), mention(2, **other)])

        assert found == ((1, 2) if follows else (1,))

    def test_so_does_a_copy_of_a_repost_of_a_copy_in_the_order_in_which_they_were_said(
        self,
    ) -> None:
        posts = [
            mention(1, fingerprint="f3"),
            mention(2),
            mention(3, repost_of="n4"),
            mention(4, fingerprint="f5"),
            mention(5),
        ]

        assert repairs.followers([5], posts) == (1, 3, 4, 5)

    @pytest.mark.parametrize(("link", "follows"), [("a", True), ("b", False)])
    def test_a_text_that_only_points_is_a_copy_of_those_that_point_to_the_same(
        self, link: str, follows: bool
    ) -> None:
        this = mention(1, text="watch this https://x.example/a", fingerprint="f")
        other = mention(2, text=f"Watch this! https://x.example/{link}", fingerprint="f")

        assert repairs.followers([1], [this, other]) == ((1, 2) if follows else (1,))


def test_a_repair_is_applied_to_what_was_filed() -> None:
    parted = repairs.split(group(1, mention(1), mention(2)), [2], to_story=30, hand=ANN)
    before = [filed(mention(1), 10, 1), filed(mention(2), 10, 1)]

    after = list(repairs.applied(parted, before, incident_id=None))

    assert after == [filed(mention(1), 10, 1), filed(mention(2), 30, None)]


class TestTheLog:
    def logged(self, repair: Regrouping, **ids: int | None) -> list[tuple[int, str, str]]:
        actions = repairs.actions(repair, **ids)
        assert all((each.actor, each.at) == ("ann", NOON) for each in actions)
        return [(each.incident_id, each.verb, each.text) for each in actions]

    def test_of_a_merge_with_the_one_that_stays(self) -> None:
        merged = repairs.merge(group(1, mention(1)), group(2, mention(2)), hand=ANN)

        assert self.logged(merged, source=2, target=1) == [(1, "merge", "took in incident 2")]

    def test_of_a_split_with_both(self) -> None:
        parted = repairs.split(
            group(1, mention(1), mention(2), mention(3)), [2, 3], to_story=30, hand=ANN
        )

        assert self.logged(parted, source=1, target=4) == [
            (1, "split", "mentions 2, 3 to incident 4"),
            (4, "split", "mentions 2, 3 from incident 1"),
        ]
        assert self.logged(parted, source=1, target=None) == [
            (1, "split", "mentions 2, 3 to a story that is no incident"),
        ]

    def test_of_a_move_with_both(self) -> None:
        moved = repairs.move(mention(2), None, group(2), hand=ANN)

        assert self.logged(moved, source=1, target=2) == [
            (1, "move", "mention 2 to incident 2"),
            (2, "move", "mention 2 from incident 1"),
        ]
        assert self.logged(moved, source=None, target=2) == [
            (2, "move", "mention 2 from a story that is no incident"),
        ]


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([4], "mention 4"),
        ([4, 5], "mentions 4, 5"),
        (range(1, 4), "mentions 1, 2 and 1 more"),
    ],
)
def test_long_lists_are_cut(ids: Any, words: str) -> None:
    assert repairs.listed(ids, most=2) == words


def test_a_title_from_a_text_that_has_left_leaves_too() -> None:
    named = incident(title="Rabbit dead in cargo hold")
    facts = story(titles=("Leggings  forbidden",))
    rabbit = mention(1, text="Rabbit  dead\nin cargo hold")
    leggings = mention(2, title="Leggings forbidden", text="more")

    assert repairs.retitled(named, facts, [leggings, rabbit]) is named
    assert repairs.retitled(named, facts, [leggings]).title == "Leggings forbidden"
