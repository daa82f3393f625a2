"""A time without a zone is UTC, any other is brought there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.core.times import utc

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
