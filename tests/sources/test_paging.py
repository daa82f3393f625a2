"""Lists that begin with the newest: where a chain of pages goes on, and where it ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from monitor.core.polling import FeedDocument
from monitor.sources import paging
from tests.sources.simulated import NOW, asked

DEPTH = paging.Depth(posts=30, late=timedelta(minutes=1))
NOON = int(NOW.timestamp())


def turn(cursor: dict[str, Any], ages: list[int | None], at: str, **given: Any) -> FeedDocument:
    """A page of posts that are `ages` minutes old."""
    dates = [None if age is None else NOW - timedelta(minutes=age) for age in ages]
    ask = asked("https://x.example", cursor=json.dumps(cursor) if cursor else "", **given)
    return paging.turn(FeedDocument(items=()), ask, dates=dates, at=at, depth=DEPTH)


def kept(document: FeedDocument) -> dict[str, Any]:
    return dict(json.loads(document.cursor or "{}"))


def ago(minutes: int) -> int:
    return NOON - 60 * minutes


class TestAChain:
    def test_goes_on_until_it_meets_what_was_read_before(self) -> None:
        first = turn({"floor": ago(60), "known": True}, [1, 10, 20], "b")
        assert first.more
        assert kept(first) == {
            "floor": ago(60),
            "known": True,
            "top": ago(1),
            "at": "b",
            "seen": 3,
        }
        last = turn(kept(first), [30, 62], "c")
        assert not last.more
        assert kept(last) == {"floor": ago(1), "known": True}

    def test_takes_posts_of_the_second_of_the_floor_and_those_that_came_late(self) -> None:
        assert turn({"floor": ago(60)}, [60], "b").more
        assert turn({"floor": ago(60)}, [61], "b").more
        assert not turn({"floor": ago(60)}, [62], "b").more

    def test_goes_down_to_since_at_first_and_to_the_end_without(self) -> None:
        assert not turn({}, [1, 100], "b", since=NOW - timedelta(hours=1)).more
        assert turn({}, [1, 10], "b", since=NOW - timedelta(hours=1)).more
        assert turn({}, [1, 100_000], "b").more

    def test_ends_with_the_list(self) -> None:
        document = turn({"floor": ago(60)}, [1, 2], "")
        assert (document.more, document.warning) == (False, None)
        assert kept(document) == {"floor": ago(1), "known": True}

    def test_raises_the_floor_to_the_newest_of_its_first_page_alone(self) -> None:
        """What came above the first page meanwhile, and is seen here in part, is for the next."""
        cursor = {"floor": ago(60), "top": ago(30), "at": "b", "seen": 3}
        assert kept(turn(cursor, [5, 70], "c"))["floor"] == ago(30)

    def test_never_lowers_the_floor(self) -> None:
        assert kept(turn({"floor": ago(5)}, [20, 30], "b"))["floor"] == ago(5)

    def test_believes_no_date_of_tomorrow(self) -> None:
        document = turn({"floor": ago(60)}, [-600, 70], "b")
        assert kept(document)["floor"] == NOON

    def test_of_an_empty_list_ends_where_it_began(self) -> None:
        assert turn({}, [], "") == FeedDocument(items=(), cursor="")
        assert kept(turn({"floor": 7, "known": True}, [], "")) == {"floor": 7, "known": True}

    def test_ends_at_an_empty_page_wherever_that_leads(self) -> None:
        assert not turn({"floor": ago(60)}, [], "b").more

    def test_goes_on_past_a_page_of_undated_posts(self) -> None:
        document = turn({"floor": ago(60)}, [None], "b")
        assert document.more
        assert kept(document) == {"floor": ago(60), "known": True, "at": "b", "seen": 1}


class TestAListThatIsTooShort:
    def test_ends_the_chain_and_says_so(self) -> None:
        cursor = {"floor": ago(60), "top": ago(1), "at": "c", "seen": 26}
        document = turn(cursor, [20], "")
        assert (document.more, document.warning) == (False, paging.CUT)
        assert kept(document)["floor"] == ago(1)
        assert turn({**cursor, "seen": 25}, [20], "").warning is None

    def test_may_end_in_an_empty_page(self) -> None:
        cursor = {"floor": ago(60), "top": ago(1), "at": "c", "seen": 27}
        assert turn(cursor, [], "").warning == paging.CUT

    def test_is_not_read_for_ever(self) -> None:
        cursor = {"floor": ago(60), "top": ago(1), "at": "c", "seen": 58}
        assert turn(cursor, [20], "d").more
        assert not turn({**cursor, "seen": 59}, [20], "d").more

    def test_is_not_worth_a_word_if_all_was_wanted_that_there_is(self) -> None:
        assert turn({"top": ago(1), "at": "c", "seen": 59}, [20], "d").warning is None

    def test_does_not_hide_another_warning(self) -> None:
        ask = asked("https://x.example")
        document = FeedDocument(items=(), warning="broken feed")
        assert paging.turn(document, ask, dates=[NOW], at="", depth=DEPTH).warning == "broken feed"


class TestAListThatBreaksOff:
    """It goes on from a post. If that is deleted, some servers answer with nothing."""

    CUT_OFF: ClassVar = {"floor": ago(60), "known": True, "top": ago(1), "at": "b", "seen": 3}

    def test_is_read_once_more_from_the_start(self) -> None:
        document = turn(self.CUT_OFF, [], "")
        assert document.more
        assert kept(document) == {"floor": ago(60), "known": True, "again": True}

    def test_is_taken_for_ended_the_second_time(self) -> None:
        again = turn({"floor": ago(60), "again": True}, [1, 2], "b")
        assert kept(again)["again"] is True
        ended = turn(kept(again), [], "")
        assert not ended.more
        assert kept(ended) == {"floor": ago(1), "known": True}

    def test_is_no_matter_once_the_floor_is_reached(self) -> None:
        assert kept(turn(self.CUT_OFF, [70], "b")) == {"floor": ago(1), "known": True}

    def test_is_asked_for_the_same_page_again_if_one_came_twice(self) -> None:
        document = turn(self.CUT_OFF, [1, 2], "b")
        assert document.more
        assert kept(document) == {**self.CUT_OFF, "seen": 5}


@pytest.mark.parametrize(
    "cursor",
    [
        "null",
        "[]",
        "{",
        '{"floor": "x", "top": [], "at": 5, "seen": -1}',
        '{"floor": true}',
        "[" * 9_000,
    ],
)
def test_a_cursor_of_another_age_is_as_good_as_none(cursor: str) -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    found = paging.descent(asked("https://x.example", cursor=cursor, since=since))
    assert found == paging.Descent(floor=int(since.timestamp()))


def test_a_cursor_is_the_same_for_the_same_place() -> None:
    place = paging.Descent(floor=1, known=True, top=2, at="a", seen=3, again=True)
    assert paging.descent(asked("https://x.example", cursor=place.kept())) == place
