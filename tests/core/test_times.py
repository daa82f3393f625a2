"""A time without a zone is UTC, any other is brought there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.core.times import can_be_true, utc

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "at", [NOON, NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=5)))]
)
def test_every_time_is_brought_to_utc(at: datetime) -> None:
    assert utc(at) == NOON
    assert utc(at).tzinfo is UTC


def test_the_edge_of_the_calendar_cannot_be_moved() -> None:
    with pytest.raises(OverflowError):
        utc(datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))))


@pytest.mark.parametrize(
    ("at", "can"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOON, True),
        (NOON + timedelta(days=1), True),
        (NOON + timedelta(days=1, seconds=1), False),
    ],
)
def test_what_lies_before_the_web_or_in_the_future_cannot_be_true(at: datetime, can: bool) -> None:
    assert can_be_true(at, now=NOON) is can
