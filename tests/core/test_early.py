"""A forecast that has next to nothing to go by is told with that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.early import caution_of
from monitor.core.types import Forecast, Level, Status
from tests.core.facts import NOON, incident

FORECAST = Forecast(now=1, p10=1.0, p50=1.0, p90=2.0, at=NOON + timedelta(days=1))
YOUNG = replace(
    incident(Level.CRITICAL),
    status=Status.OPEN,
    mention_count=1,
    first_seen_at=NOON - timedelta(minutes=2),
    forecast=FORECAST,
)


def test_of_one_young_post_it_says_what_the_forecast_goes_by() -> None:
    assert caution_of(YOUNG, NOON) == (
        "Too early to tell: the forecast has only 1 post to go by, "
        "and takes the story for an everyday one."
    )


@pytest.mark.parametrize(
    "known",
    [{"forecast": None}, {"status": Status.RESOLVED}, {"mention_count": 3}],
    ids=["without a forecast", "once it is over", "of three posts"],
)
def test_nothing_is_said_where_there_is_nothing_to_mistake(known: dict[str, object]) -> None:
    assert not caution_of(replace(YOUNG, **known), NOON)  # type: ignore[arg-type]
