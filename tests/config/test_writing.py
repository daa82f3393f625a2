"""What was read is written as config.toml has it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.config.writing import span


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(days=400), "400d"),
        (timedelta(hours=36), "36h"),
        (timedelta(minutes=90), "90m"),
        (timedelta(seconds=61), "61s"),
    ],
)
def test_a_duration_is_written_in_its_largest_whole_unit(value: timedelta, text: str) -> None:
    assert span(value) == text
