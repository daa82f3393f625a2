"""When the counts of a post are read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.rereading import Followed, due, due_at

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
POST = Followed(native_id="1", url=None, seen_at=NOON)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_readings_come_at_doubling_intervals_and_at_last_twice_a_day():
    post, after = POST, []
    for _ in range(12):
        post = replace(post, asked_at=due_at(post))
        assert post.asked_at is not None
        after.append((post.asked_at - NOON) / minutes(1))
    assert after == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2000, 2720, 3440]


def test_a_reading_that_came_late_is_followed_as_late():
    assert due_at(replace(POST, asked_at=NOON + minutes(33))) == NOON + minutes(66)


def test_what_is_due_longest_comes_first_and_no_more_than_can_be_asked_at_once():
    posts = [
        replace(POST, native_id=name, seen_at=NOON - minutes(age))
        for name, age in (("a", 5), ("b", 60), ("c", 4), ("d", 7))
    ]
    assert [post.native_id for post in due(posts, now=NOON, most=9)] == ["b", "d", "a"]
    assert [post.native_id for post in due(posts, now=NOON, most=2)] == ["b", "d"]
    assert due(posts, now=NOON - minutes(90), most=9) == ()
