"""How far a name was asked for, from poll to poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core import trails
from monitor.core.polling import FeedDocument
from monitor.core.trails import MARGIN, Trail

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = NOON + timedelta(minutes=5)


def page(cursor: str | None = None, *, more: bool = False) -> FeedDocument:
    return FeedDocument(items=(), cursor=cursor, more=more)


def test_the_first_chain_goes_back_as_far_as_is_configured():
    assert Trail().begun(NOON).since(DAY) == NOON - DAY
    assert Trail().begun(NOON).since(None) is None


def test_its_end_stays_where_it_was_while_it_lasts():
    half = Trail().begun(NOON).after(page("2", more=True))
    assert half == Trail(cursor="2", began=NOON, asked=NOON)
    assert half.begun(LATER) == replace(half, asked=LATER)
    assert half.begun(LATER).since(DAY) == NOON - DAY


def test_a_complete_chain_has_seen_all_from_before_it_began():
    done = Trail().begun(NOON).after(page("2", more=True)).begun(LATER).after(page("3"))
    assert done == Trail(cursor="3", done=NOON, asked=LATER)
    assert done.begun(LATER).since(DAY) == NOON - MARGIN
    assert done.begun(LATER).since(None) == NOON - MARGIN
    assert done.since(DAY) == NOON - MARGIN


def test_other_names_find_what_may_have_been_there_until_they_were_looked_for_once():
    done = Trail().begun(NOON).after(page(), sought="one")
    assert not done.looks_for_more("one")
    assert done.looks_for_more("two")
    assert done.begun(LATER).after(page(more=True), sought="two").looks_for_more("two")
    assert not done.begun(LATER).after(page(), sought="two").looks_for_more("two")


def test_of_a_trail_from_before_names_were_kept_nothing_is_known():
    assert not Trail(done=NOON).looks_for_more("one")


def test_what_was_never_begun_wants_all_there_is():
    assert Trail().since(DAY) is None


def test_a_page_without_a_cursor_leaves_it_as_it_is():
    assert Trail(cursor="1").begun(NOON).after(page()).cursor == "1"
    assert Trail(cursor="1").begun(NOON).after(page("", more=True)).cursor == ""


@pytest.mark.parametrize(
    "known",
    [
        {"a": Trail()},
        {"a": Trail(cursor='{"x": "é"}', began=NOON, done=LATER, asked=NOON), "": Trail()},
        {"": Trail(done=LATER, sought="abc")},
    ],
)
def test_what_is_written_is_read(known):
    text = trails.written(known)
    assert trails.read(text, names=list(known), last_success_at=LATER) == known


def test_only_names_that_are_still_asked_for_are_read_and_new_ones_begin():
    text = trails.written({"old": Trail(cursor="1"), "kept": Trail(cursor="2")})
    assert trails.read(text, names=("new", "kept"), last_success_at=NOON) == {
        "new": Trail(),
        "kept": Trail(cursor="2"),
    }


def test_a_source_from_before_there_were_cursors_has_seen_what_it_showed():
    assert trails.read("", names=("",), last_success_at=NOON) == {"": Trail(done=NOON)}
    assert trails.read("", names=("",), last_success_at=None) == {"": Trail()}


def test_who_waited_longest_is_asked_first():
    known = {"a": Trail(asked=LATER), "b": Trail(asked=NOON), "c": Trail(), "d": Trail()}
    assert trails.in_turn(known) == ["c", "d", "b", "a"]
