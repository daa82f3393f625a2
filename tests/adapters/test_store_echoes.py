"""Readings of counts as the loops read them back, and how far stories have spread by them."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.echoes import Count
from monitor.core.filing import AssessIntent
from monitor.core.polling import NewMention, Reread, SourceState
from monitor.core.types import Status
from tests.adapters.store_values import NOON, after, filed, incident, mention, poll, verdict


def take(store: SqliteStore, news: SourceState, *mentions: NewMention, **changes: Any) -> None:
    """Two posts of story 1, which became an incident, and one of story 2, which did not."""
    store.record_poll(poll(news, *mentions))
    ids = range(1, len(mentions) + 1)
    store.record_assessment(
        AssessIntent(
            at=NOON,
            verdicts=tuple((i, verdict()) for i in ids),
            filed=tuple(filed(i, 2 if i == 3 else 1) for i in ids),
            incidents=((incident(1, **changes), 1),),
        )
    )


def reread(store: SqliteStore, minutes: float, **counts: dict[str, float]) -> None:
    named = {name.removeprefix("n"): value for name, value in counts.items()}
    store.record_reread(
        Reread(source_id=1, at=after(minutes=minutes), asked=tuple(named), counts=named)
    )


def posts() -> list[NewMention]:
    return [
        mention("1", engagement={"reposts": 3.0, "likes": 9.0}),
        mention("2", url=None),
        mention("3", engagement={"replies": 70.0}),
    ]


def told(store: SqliteStore, minutes: float = -1) -> list[tuple[int, str, float]]:
    return [
        (story, count.post, count.value)
        for story, count in store.counts_since(after(minutes=minutes))
    ]


def test_readings_of_open_incidents_are_told_oldest_first(store, news) -> None:
    take(store, news, *posts())
    reread(store, 10, n2={"quotes": 4.0}, n3={"replies": 99.0})
    reread(store, 5, n1={"reposts": 5.0, "likes": 90.0})
    assert told(store) == [
        (1, "https://example.org/1", 3.0),
        (1, "https://example.org/1", 5.0),
        (1, "1/2", 4.0),
    ]
    assert told(store, 5) == [(1, "1/2", 4.0)]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.DISMISSED])
def test_of_one_that_is_over_nothing_is_told(store, news, status: Status) -> None:
    take(store, news, *posts(), status=status)
    assert told(store) == []


def test_a_repost_shows_what_it_reposts_and_history_is_over(store, news) -> None:
    counts = {"reposts": 3.0}
    take(
        store,
        news,
        mention("1", repost_of="9", engagement=counts),
        mention("2", history=True, engagement=counts),
    )
    assert told(store) == []


def test_what_is_remembered_knows_its_counts(store, news) -> None:
    take(store, news, *posts())
    reread(store, 5, n1={"reposts": 5.0})
    first, second = store.remembered_of([1])
    assert first.counts == tuple(
        Count(
            post="https://example.org/1",
            said_at=NOON,
            at=after(minutes=minutes),
            name="reposts",
            value=value,
        )
        for minutes, value in ((0, 3.0), (5, 5.0))
    )
    assert second.counts == ()


def test_a_story_is_as_large_as_it_has_spread(store, news) -> None:
    take(store, news, *posts(), mention("4", repost_of="1", engagement={"reposts": 40.0}))
    reread(store, 5, n1={"reposts": 8.0, "quotes": 2.0})
    reread(store, 9, n1={"reposts": 7.0})
    brand = mention().brand
    assert store.story_sizes() == ((brand, 13, 1), (brand, 71, 1))
