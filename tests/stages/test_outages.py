"""A receiver down for a while, over real sockets; six hours: `python -m tests.measure outage`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.stages.outages import WAYS, Outage, suffered

WHILE = Outage(lasts=timedelta(minutes=8), alerts=9, incidents=2)
TRIED = [
    ("connection refused", False),
    ("500", True),
    ("503, Retry-After: the hour of its return", True),
    ("no answer within 15 s", False),
    ("410, then `webhook enable`", True),
]


@pytest.mark.parametrize(("name", "fallback"), TRIED)
def test_each_alert_is_there_or_superseded_by_one_that_is_within_a_minute(
    name: str, fallback: bool, tmp_path: Path
) -> None:
    told = suffered(WAYS[name], WHILE, tmp_path, fallback=fallback)
    assert (told.lost, told.twice) == ((), 0)
    # The operational one, and the newest state of each incident.
    assert (told.delivered, told.superseded) == (3, 6)
    assert told.elsewhere == (9 if fallback else None)
    assert told.seconds <= 60


def test_a_slow_receiver_that_takes_what_it_answers_too_late_is_seen_to_have_it_twice(
    tmp_path: Path,
) -> None:
    told = suffered(WAYS["takes it, answers after 15 s"], WHILE, tmp_path)
    assert told.lost == ()
    assert told.twice > 0
    assert told.most > 1
