"""What the assess loop keeps in mind, when somebody else has changed it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from monitor.core.filing import Filed, Remembered
from monitor.core.growth import GrowthModel
from monitor.core.outlook import Outlook
from monitor.core.stories import Stories
from monitor.core.types import Mention, Verdict
from monitor.core.volume import Volume
from monitor.stages.docket import Docket
from monitor.stages.smoulder import PAST
from monitor.stages.tracker import Tracker
from tests.core.facts import NOON, mention, verdict
from tests.stages.conftest import SETTINGS


class Desk:
    """A tracker that files, and gives ids."""

    def __init__(self) -> None:
        self.tracker = Tracker(stories=Stories(), volume=Volume())
        self._ids = count(1)

    def file(self, each: Mention, read: Verdict | None = None) -> Filed:
        found = self.tracker.file(each, read or verdict(), new_id=lambda: next(self._ids))
        assert found is not None
        return found[0]


def test_a_repost_goes_where_its_original_is() -> None:
    desk = Desk()
    desk.file(mention(1, text="Rabbit dead in cargo hold"))

    filed = desk.file(mention(2, text="unbelievable", repost_of="n1"))

    assert (filed.story_id, filed.how) == (1, "repost")


def test_a_repost_goes_where_the_story_of_its_original_went() -> None:
    desk = Desk()
    for number, text in enumerate(("rabbit dead", "lounge opens", "pet gone"), start=1):
        desk.file(mention(number, text=text))
    desk.tracker.join(2, 3, "one event")
    desk.tracker.join(1, 2, "one event")

    filed = [desk.file(mention(n, text="unbelievable", repost_of=f"n{n - 2}")) for n in (4, 5)]

    assert [(each.story_id, each.how) for each in filed] == [(1, "repost"), (1, "repost")]


def test_a_name_that_two_posts_share_stays_with_the_story_of_the_later_one() -> None:
    """Though that of the earlier one goes into a third."""
    desk = Desk()
    desk.file(mention(1, text="rabbit dead"))
    desk.file(mention(2, text="lounge opens", native_id="n1"))
    desk.file(mention(3, text="pet gone"))
    desk.tracker.join(3, 1, "one event")

    filed = desk.file(mention(4, text="unbelievable", repost_of="n1"))

    assert (filed.story_id, filed.how) == (2, "repost")


def after_two_allegations() -> Desk:
    """Of one harm in two stories: each bears the other out."""
    desk = Desk()
    grave = {"about": 1.0, "complaint": 0.8, "harms": {"deception": 1.0}}
    for number in range(2):
        words = " ".join(f"word{number}x{place}" for place in range(8))
        desk.file(mention(number, text=words), verdict(**grave))
    return desk


def test_how_sure_a_story_is_that_others_say_the_same_is_what_its_surest_post_was() -> None:
    desk = after_two_allegations()
    surest = desk.tracker.story(2).others
    assert surest > 0.0

    desk.file(mention(2, text="unbelievable", repost_of="n1"))
    assert desk.tracker.story(2).others == surest
    desk.tracker.join(1, 2, "one event")
    assert desk.tracker.story(1).others == surest


def test_a_repost_of_what_is_no_more_finds_no_story_that_is_gone() -> None:
    desk = Desk()
    desk.file(mention(1, text="Rabbit dead in cargo hold"))
    desk.tracker.reload([1], (), apart=())

    filed = desk.file(mention(2, text="unbelievable", repost_of="n1"))

    assert (filed.story_id, filed.how) == (2, "new story")
    assert not desk.tracker.knows(1)


#: What three posts say and mean: the first two the same, in other words.
MEANT = (
    (mention(1, text="Rabbit breeder furious: crew ignored him"), verdict(vector=bytes((127, 9)))),
    (mention(2, text="Pet lifeless after landing, rabbit owner"), verdict(vector=bytes((127, 0)))),
    (mention(3, text="New lounge opens, rabbit statue"), verdict(vector=bytes((0, 127)))),
)


def test_stories_that_mean_the_same_are_joined_also_after_a_restart() -> None:
    desk, again = Desk(), Desk()
    stories = [desk.file(*each).story_id for each in MEANT]
    again.tracker.restore(
        Remembered(mention=each, verdict=read, story_id=story_id, incident_id=None)
        for story_id, (each, read) in zip(stories, MEANT, strict=True)
    )
    now = MEANT[-1][0].at
    merges = [[merge for merge, _, _ in each.tracker.merge(now)] for each in (desk, again)]

    assert stories == [1, 2, 3]
    assert merges[0] == merges[1]
    assert [(merge.kept, merge.gone) for merge in merges[0]] == [(1, 2)]


def test_what_a_repost_takes_over_is_kept_without_its_vector() -> None:
    desk = Desk()
    desk.file(*MEANT[0])

    assert desk.tracker.verdict_of(mention(9, repost_of="n1")) == verdict()


def two_incidents(desk: Desk) -> None:
    """Two stories with an incident each, of six posts each, that mean the same; and a third."""
    said = (
        ("rabbit dead hold crew", (127, 9)),
        ("lounge opens", (0, 127)),
        ("pet gone", (127, 0)),
    )
    for story, (text, leaning) in enumerate(said):
        for n in range(6):
            each = mention(10 * story + n, text=f"{text} {text}{n}")
            desk.file(each, verdict(vector=bytes(leaning)))
    for story_id in (1, 2, 3):
        desk.tracker.enter(story_id, 100 + story_id)


def test_two_live_incidents_that_mean_the_same_turn_out_to_be_one() -> None:
    two_incidents(desk := Desk())

    found = desk.tracker.sides.one_event({101, 102, 103}, NOON)

    assert found is not None
    assert found[:2] == (1, 3)


def test_an_incident_that_is_over_takes_nothing_in() -> None:
    two_incidents(desk := Desk())

    assert desk.tracker.sides.one_event({101, 102}, NOON) is None


def test_what_people_told_apart_is_not_taken_for_one_event() -> None:
    two_incidents(desk := Desk())
    desk.tracker.reload((), (), apart=[(1, 3)])

    assert desk.tracker.sides.one_event({101, 102, 103}, NOON) is None


def test_what_is_known_of_slow_burns_ends_with_what_a_restart_would_find() -> None:
    desk = after_two_allegations()
    smoulder = desk.tracker._smoulder
    assert smoulder.others(1) > 0.0

    desk.tracker.expire(NOON + PAST)
    assert smoulder.others(1) > 0.0
    desk.tracker.expire(NOON + PAST + timedelta(hours=1))
    assert smoulder.others(1) == 0.0


def test_a_story_that_is_gone_is_no_incident_any_more() -> None:
    two_incidents(desk := Desk())
    brand = desk.tracker.story(1).tally.brand
    assert sorted(desk.tracker.alerted(brand)) == [1, 2, 3]

    desk.tracker.join(1, 3, "one event")
    desk.tracker.reload([2], (), apart=())

    assert desk.tracker.alerted(brand) == [1]
    assert desk.tracker.sides.one_event({101, 102, 103}, NOON) is None


def test_an_incident_follows_its_story_into_a_third_that_takes_it_in_at_once() -> None:
    """In one merging pass 3 goes into 2 and 2 into 1: 1 is the incident that 3 was."""
    desk = Desk()
    for number, text in enumerate(("rabbit dead", "lounge opens", "pet gone"), start=1):
        desk.file(mention(number, text=text))
    desk.tracker.enter(3, 103)
    brand = desk.tracker.story(1).tally.brand
    merges = [desk.tracker.join(2, 3, "alike"), desk.tracker.join(1, 2, "alike")]
    docket = Docket(
        now=NOON,
        settings=SETTINGS,
        tracker=desk.tracker,
        outlook=Outlook(model=GrowthModel.default()),
        story_ids=count(9),
        incident_ids=count(900),
        live=dict,
    )
    docket.join(merges, {})

    assert desk.tracker.alerted(brand) == [1]
    assert desk.tracker.story(1).incident_id == 103
