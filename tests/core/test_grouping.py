"""A list of texts grouped as the daemon would have grouped them one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.core.grouping import Grouping
from monitor.core.stories import StoryRules

START = datetime(2026, 11, 2, tzinfo=UTC)
STRIKE = (
    "warehouse workers walk out over unpaid overtime",
    "depot blocked: strike over night shifts in Aldermouth",
    "warehouse workers strike over unpaid overtime, depot blocked in Aldermouth",
    "strike: depot blocked, warehouse workers over unpaid overtime night shifts",
)


def add(grouping: Grouping, text: str, at: datetime) -> int:
    return grouping.add(brand="Zorvex", text=text, at=at)


def test_a_copy_is_of_the_same_story_until_that_has_ended() -> None:
    grouping = Grouping(StoryRules(idle=timedelta(hours=1)))

    assert add(grouping, STRIKE[0], START) == 1
    assert add(grouping, STRIKE[0], START + timedelta(minutes=50)) == 1
    assert add(grouping, STRIKE[0], START + timedelta(hours=3)) == 2
    assert grouping.finish() == {}


def test_stories_are_merged_as_time_goes_by_and_at_the_end() -> None:
    soon, late = Grouping(), Grouping()
    for n, text in enumerate(STRIKE):
        add(soon, text, START)
        add(late, text, START + timedelta(minutes=9 * n))

    assert soon.finish() == {2: 1}
    # The pass between found nothing yet; the last one does.
    assert late.finish() == {2: 1}


def test_a_story_that_went_into_one_that_went_too_is_found_in_the_last() -> None:
    grouping = Grouping()
    grouping._home = {3: 2, 2: 1}

    assert grouping.finish() == {3: 1, 2: 1}


def test_a_text_that_is_late_does_not_turn_the_clock_back() -> None:
    grouping = Grouping()
    add(grouping, STRIKE[0], START + timedelta(hours=2))

    assert add(grouping, STRIKE[0], START) == 1


def test_no_text_is_no_story() -> None:
    assert Grouping().finish() == {}
