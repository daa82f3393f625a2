"""Stories that are over, as the outlook of a brand is learnt from them."""

from __future__ import annotations

from monitor.adapters import store_past
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.polling import SourceState
from tests.adapters.store_values import BRAND, after, filed, mention, poll, verdict


def told(store: SqliteStore, news: SourceState, *stories: list[float], **known: object) -> None:
    """Stories of posts so many hours after noon."""
    hours = [(hour, story) for story, each in enumerate(stories, 1) for hour in each]
    posts = [
        mention(str(i), published_at=after(hours=hour), seen_at=after(hours=hour), **known)
        for i, (hour, _) in enumerate(hours)
    ]
    store.record_poll(poll(news, *posts))
    for i, (hour, story) in enumerate(hours, 1):
        store.record_assessment(
            AssessIntent(
                at=after(hours=hour), verdicts=((i, verdict()),), filed=(filed(i, story),)
            )
        )


def test_they_are_told_from_their_first_mention_on(store, news) -> None:
    told(store, news, [2.0, 0.0, 0.5, 0.25, 1.0], [80.0])
    assert list(store.past_stories()) == [(BRAND, (0.0, 900.0, 1800.0, 3600.0, 7200.0))]


def test_one_that_was_added_to_less_than_two_days_before_the_newest_is_not_over(
    store, news
) -> None:
    told(store, news, [0.0, 0.1, 0.2, 0.3, 48.1], [90.0, 96.0])
    assert list(store.past_stories()) == []


def test_of_fewer_than_five_mentions_nothing_is_learnt(store, news) -> None:
    told(store, news, [0.0, 0.1, 0.2, 0.3], [80.0])
    assert list(store.past_stories()) == []


def test_history_was_never_watched(store, news) -> None:
    told(store, news, [0.0, 0.1, 0.2, 0.3, 0.4], [80.0], history=True)
    assert list(store.past_stories()) == []


def test_without_stories_there_is_nothing(store) -> None:
    assert list(store.past_stories()) == []


def test_of_more_stories_than_are_read_the_newest_are(store, news, monkeypatch) -> None:
    monkeypatch.setattr(store_past, "_MOST", 1)
    day = [0.0, 0.1, 0.2, 0.3]
    told(store, news, [*day, 0.4], [*day, 1.0], [80.0])
    assert [said[-1] for _, said in store.past_stories()] == [3600.0]
