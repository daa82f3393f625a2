"""What was alleged in the last months, as the daemon learns it at its start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.adapters import store_burns
from monitor.adapters.store import SqliteStore
from monitor.core.polling import SourceState
from monitor.core.slowburn import FULL, LEAST, alleged, alleged_in
from monitor.core.speakers import is_fresh
from tests.adapters.store_values import NOON, after, mention, poll, read_all, source, verdict

SURE = st.floats(0, 1)


def test_a_mention_that_alleges_is_told_from_one_that_is_only_counted(
    store: SqliteStore, news: SourceState
):
    store.record_poll(poll(news, *(mention(str(number)) for number in range(1, 4))))
    sure = {"about": 1.0, "alarm": 1.0}
    store.record_assessment(read_all([1], harms={"safety": 0.9, "service": 0.9}, **sure))
    store.record_assessment(read_all([2], harms={"safety": 0.01, "service": 0.9}, **sure))
    store.record_assessment(read_all([3], harms={"safety": 0.9}, about=0.0))

    (day,) = store.past_days(after(days=-1))
    assert [(one.mention_id, dict(one.harms)) for one in day.allegations] == [(1, {"safety": 1.0})]
    assert (day.others, day.watched) == (2, 3)


def test_of_what_alleges_nothing_nothing_is_read(
    store: SqliteStore, news: SourceState, monkeypatch: pytest.MonkeyPatch
):
    """It is most of what is said, and a start waits for it."""
    read: list[object] = []

    def reading(harms, **sure):
        read.append(harms)
        return alleged(harms, **sure)

    monkeypatch.setattr(store_burns, "alleged", reading)
    store.record_poll(poll(news, mention("1"), mention("2")))
    store.record_assessment(read_all([1, 2], alarm=1.0, harms={"service": 1.0, "safety": 0.05}))

    (day,) = store.past_days(after(days=-1))
    assert (read, day.others) == ([], 2)


def test_of_a_repost_and_of_a_language_that_it_does_not_know_nothing_is_learnt(
    store: SqliteStore, news: SourceState
):
    """As when they were heard: a restart must not make allegations of them."""
    store.record_poll(poll(news, mention("1", repost_of="0"), mention("2")))
    sure = {"about": 1.0, "alarm": 1.0, "harms": {"safety": 0.9}}
    store.record_assessment(read_all([1], **sure))
    store.record_assessment(read_all([2], language_trained=False, **sure))

    (day,) = store.past_days(after(days=-1))
    assert (day.allegations, day.others) == ((), 2)


def test_days_and_what_is_alleged_on_them_come_oldest_first_each_with_who_said_it(
    store: SqliteStore, news: SourceState
):
    said = {"1": 30.0, "2": 2.0, "3": 1.0, "4": -1.0}
    posts = (
        mention(native_id, author=None, published_at=after(hours=at), seen_at=after(hours=at))
        for native_id, at in said.items()
    )
    store.record_poll(poll(news, *posts))
    store.record_assessment(read_all([1, 2, 3, 4], about=1.0, alarm=1.0, harms={"safety": 0.9}))

    days = list(store.past_days(NOON))
    assert [[one.mention_id for one in day.allegations] for day in days] == [[3, 2], [1]]
    assert days[0].allegations[0].author == "https://example.org/3", "its address stands for it"


def test_what_was_there_before_the_watch_began_was_not_watched(
    store: SqliteStore, news: SourceState
):
    store.record_poll(poll(news, mention("1", history=True), mention("2")))
    store.record_assessment(read_all([1, 2], harms={}))

    (day,) = store.past_days(after(days=-1))
    assert (day.others, day.watched) == (2, 1)


@given(about=SURE, alarm=SURE, complaint=SURE, harm=SURE, followers=st.sampled_from([None, 3, 99]))
def test_what_is_learnt_at_a_start_is_what_was_heard_before(
    about: float, alarm: float, complaint: float, harm: float, followers: int | None
):
    said = {"about": about, "alarm": alarm, "complaint": complaint, "harms": {"safety": harm}}
    heard = alleged_in(verdict(**said), fresh=is_fresh(followers))

    assert learnt(said, followers) == ([heard] if heard else [])


def test_an_allegation_that_is_just_enough_is_learnt():
    said = {"about": 1.0, "alarm": FULL, "complaint": 0.0, "harms": {"safety": LEAST}}

    assert learnt(said, None) == [{"safety": LEAST}]


def learnt(said: dict[str, object], followers: int | None) -> list[dict[str, float]]:
    with SqliteStore.in_memory() as store:
        store.sync_sources([source()], now=NOON)
        (news,) = store.source_states()
        store.record_poll(poll(news, mention("1", author_followers=followers)))
        store.record_assessment(read_all([1], **said))
        days = store.past_days(after(days=-1))
        return [dict(one.harms) for day in days for one in day.allegations]
