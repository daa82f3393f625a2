"""Posts whose counts rise travel on: named scenarios of what was counted and never seen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import echoes as module
from monitor.core.echoes import MAX_STEPS, MOST, STEP, Count, Echoes, counts_of
from monitor.core.tally import Tally
from tests.core.facts import HOUR, MINUTE, NOON, mention, verdict

DAY = timedelta(days=1)


def read(
    value: float,
    after: timedelta,
    *,
    post: str = "p",
    name: str = "reposts",
    said: datetime = NOON,
) -> Count:
    return Count(post=post, said_at=said, at=said + after, name=name, value=value)


def heard(*counts: Count) -> Echoes:
    echoes = Echoes()
    for count in counts:
        echoes.add(count)
    return echoes


def events(echoes: Echoes, *, seen: int = 0, first: datetime = NOON) -> dict[float, float]:
    """Minutes since the first post to events, rounded."""
    found = echoes.since(first, seen=seen)
    return {round(at / 60, 1): round(each, 2) for at, each in found}


def between(echoes: Echoes, start: timedelta, end: timedelta) -> float:
    low, high = start.total_seconds(), end.total_seconds()
    return sum(each for at, each in echoes.since(NOON, seen=0) if low <= at < high)


class TestARise:
    def test_falls_between_the_two_readings(self) -> None:
        echoes = heard(read(10, 20 * MINUTE), read(40, 40 * MINUTE))
        assert between(echoes, 0 * MINUTE, 20 * MINUTE) == pytest.approx(10)
        assert between(echoes, 20 * MINUTE, 40 * MINUTE) == pytest.approx(30)
        assert echoes.total == 40

    def test_is_spread_evenly_on_the_logarithm_of_the_age(self) -> None:
        # log(1 + t / 1 min) reaches log 16 after 15 minutes: log 6 of it in the first five.
        found = events(heard(read(100, 15 * MINUTE)))
        assert found == {2.5: 64.62, 7.5: 21.86, 12.5: 13.51}

    def test_counts_each_kind_by_itself(self) -> None:
        echoes = heard(read(3, HOUR), read(4, HOUR, name="quotes"), read(5, HOUR, name="replies"))
        assert echoes.total == 12

    @pytest.mark.parametrize("name", ["likes", "views", "score"])
    def test_of_likes_views_and_scores_is_none(self, name: str) -> None:
        echoes = Echoes()
        assert not echoes.add(read(1000, HOUR, name=name))
        assert echoes.since(NOON, seen=0) == ()

    def test_is_told_and_only_once(self) -> None:
        echoes = Echoes()
        told = [echoes.add(read(value, HOUR)) for value in (5, 5, 6, 6)]
        assert told == [True, False, True, False]
        assert echoes.total == 6

    def test_of_one_moment_is_put_to_that_moment(self) -> None:
        assert events(heard(read(7, 0 * MINUTE))) == {2.5: 7.0}
        assert events(heard(read(7, HOUR), read(9, HOUR)))[62.5] == pytest.approx(2.0, abs=0.1)

    def test_before_the_post_was_said_is_put_to_the_reading(self) -> None:
        assert events(heard(read(7, -HOUR)), first=NOON - HOUR) == {2.5: 7.0}


class TestWhatIsNotBelieved:
    def test_a_count_that_falls_takes_nothing_back(self) -> None:
        echoes = heard(read(50, HOUR), read(20, 2 * HOUR), read(60, 3 * HOUR))
        assert echoes.total == 60
        assert between(echoes, 2 * HOUR, 3 * HOUR) == pytest.approx(10, abs=0.1)

    def test_a_reading_that_comes_late_changes_nothing(self) -> None:
        assert heard(read(50, 2 * HOUR), read(90, HOUR)).total == 50

    def test_no_post_has_more_than_ten_millions(self) -> None:
        assert heard(read(1e30, HOUR)).total == MOST

    def test_less_than_nothing_is_nothing(self) -> None:
        assert not heard(read(-5, HOUR)).total

    def test_readings_of_too_many_posts_say_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MAX_READ", 2)
        echoes = heard(*(read(1, HOUR, post=post) for post in "abc"), read(5, 2 * HOUR, post="a"))
        assert echoes.total == 6

    def test_the_steps_are_bounded_and_none_is_lost(self) -> None:
        echoes = heard(read(1, 0 * MINUTE), read(2, 30 * DAY), read(3, 60 * DAY))
        found = echoes.since(NOON, seen=0)
        assert len(found) == MAX_STEPS
        assert sum(each for _, each in found) == pytest.approx(3)
        # A rise seen after long is put to its last two weeks.
        assert found[0][0] == pytest.approx((46 * DAY).total_seconds(), abs=STEP)
        # What is older than all that is kept is put to the oldest.
        assert found[0][1] == pytest.approx(2, abs=0.01)

    @pytest.mark.parametrize("seen", [12, 13, 400])
    def test_of_what_was_seen_as_mentions_nothing_is_counted_again(self, seen: int) -> None:
        assert heard(read(12, HOUR)).since(NOON, seen=seen) == ()


class TestWhatWasSeen:
    def test_is_not_counted_twice(self) -> None:
        echoes = heard(read(10, HOUR))
        assert sum(events(echoes, seen=4).values()) == pytest.approx(6, abs=0.05)
        assert events(echoes, seen=10) == events(echoes, seen=11) == {}

    def test_the_same_post_in_two_places_counts_once_and_the_highest(self) -> None:
        echoes = heard(read(10, HOUR), read(12, HOUR), read(11, HOUR + MINUTE))
        assert echoes.total == 12

    def test_two_posts_count_both(self) -> None:
        assert heard(read(10, HOUR), read(12, HOUR, post="q")).total == 22


class TestOneStoryOfTwo:
    def test_has_the_events_of_both(self) -> None:
        one, other = heard(read(10, HOUR)), heard(read(12, HOUR, post="q"))
        one.absorb(other)
        assert one.total == 22
        assert sum(events(one).values()) == pytest.approx(22, abs=0.1)
        assert not one.add(read(12, 2 * HOUR, post="q"))
        assert one.add(read(13, 3 * HOUR, post="q"))

    def test_knows_the_newest_reading_of_a_post_of_both(self) -> None:
        one, other = heard(read(10, HOUR)), heard(read(12, 2 * HOUR))
        one.absorb(other)
        assert not one.add(read(12, 3 * HOUR))


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 3e6)), max_size=12))
def test_whatever_is_read_adds_up_and_lies_after_the_post(rows: list[tuple[float, float]]) -> None:
    echoes = heard(*(read(value, timedelta(seconds=age)) for value, age in rows))
    found = echoes.since(NOON, seen=0)
    assert sum(each for _, each in found) == pytest.approx(echoes.total)
    assert all(at >= 0 and each >= 0 for at, each in found)


class TestOfAMention:
    def test_what_is_counted_is_what_carries_it_on(self) -> None:
        post = mention(engagement={"likes": 9.0, "reposts": 3.0, "replies": 1.0})
        assert counts_of(post) == (
            Count(post=post.url or "", said_at=post.at, at=post.seen_at, name="reposts", value=3),
            Count(post=post.url or "", said_at=post.at, at=post.seen_at, name="replies", value=1),
        )

    def test_a_repost_shows_what_it_reposts(self) -> None:
        assert counts_of(mention(repost_of="n1", engagement={"reposts": 3.0})) == ()

    def test_a_post_without_an_address_is_one_of_its_source(self) -> None:
        [count] = counts_of(mention(7, url=None, engagement={"reposts": 3.0}))
        assert count.post == "1/n7"


class TestInATally:
    def test_its_facts_tell_what_was_not_seen(self) -> None:
        tally = Tally("Acme")
        for one in (mention(0), mention(1, repost_of="n0")):
            tally.add(one, verdict())
        assert tally.hear(read(9, 4 * MINUTE))
        [echo] = tally.facts(NOON + HOUR).echoes
        assert echo == pytest.approx((150.0, 8.0))
        assert tally.spread == pytest.approx(10)

    def test_two_stories_that_are_one_have_the_echoes_of_both(self) -> None:
        one, other = Tally("Acme"), Tally("Acme")
        other.add(mention(0), verdict())
        other.hear(read(9, 4 * MINUTE))
        one.absorb(other)
        [echo] = one.facts(NOON + HOUR).echoes
        assert echo == pytest.approx((150.0, 9.0))
