"""What servers say of how much they may be asked, and how we keep to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.ratelimit import SCARCE, Allowance, told, wait

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EPOCH = int(NOW.timestamp())


def allowance(left: float, seconds: float = 60, limit: float | None = None) -> Allowance:
    return Allowance(left=left, until=NOW + timedelta(seconds=seconds), limit=limit)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        (
            {
                "x-ratelimit-limit": "300",
                "x-ratelimit-remaining": "298",
                "x-ratelimit-reset": "2026-11-22T12:05:00.123456Z",
            },
            Allowance(
                left=298,
                until=NOW + timedelta(minutes=5, microseconds=123456),
                limit=300,
            ),
        ),
        (
            {"x-ratelimit-remaining": "599.0", "x-ratelimit-reset": "371"},
            allowance(599, 371),
        ),
        (
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 90)},
            allowance(0, 90),
        ),
        (
            {"x-ratelimit-remaining": "7", "x-ratelimit-reset": str((EPOCH + 90) * 1000)},
            allowance(7, 90),
        ),
        (
            {
                "ratelimit-limit": "100, 100;w=60",
                "ratelimit-remaining": "5",
                "ratelimit-reset": "30",
            },
            allowance(5, 30, 100),
        ),
        ({"ratelimit": '"default";r=50;t=30'}, allowance(50, 30)),
        (
            {"ratelimit": '"default";r=50;t=30', "ratelimit-policy": '"default";q=100;w=60'},
            allowance(50, 30, 100),
        ),
        ({"ratelimit": "limit=100, remaining=50, reset=30"}, allowance(50, 30, 100)),
        ({"x-ratelimit-remaining": "5"}, None),
        ({"x-ratelimit-reset": "5"}, None),
        ({"x-ratelimit-remaining": "many", "x-ratelimit-reset": "5"}, None),
        ({"x-ratelimit-remaining": "-1", "x-ratelimit-reset": "5"}, None),
        ({"x-ratelimit-remaining": "5", "x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-remaining": "5", "x-ratelimit-reset": "86400"}, allowance(5, 86400)),
        ({"x-ratelimit-remaining": "5", "x-ratelimit-reset": "86401"}, None),
        ({"x-ratelimit-remaining": "5", "x-ratelimit-reset": "9" * 15}, None),
        ({"ratelimit": "r=5"}, None),
        ({"ratelimit": "t=5"}, None),
    ],
)
def test_servers_say_it_in_many_ways(headers, expected):
    assert told(headers, now=NOW) == expected


@pytest.mark.parametrize(
    ("left", "limit", "seconds", "expected"),
    [
        (50, 100, 60, 0),
        (10, 100, 60, 0),
        (9, 100, 63, 7),
        (1, 100, 60, 60),
        (0.5, 100, 60, 60),
        (0, None, 60, 60),
        (1, None, 60, 0),
        (0, None, 0, 0),
        (0, None, -5, 0),
    ],
)
def test_what_is_scarce_is_spread_and_an_empty_bucket_is_waited_for(
    left, limit, seconds, expected
):
    known = allowance(left, seconds, limit)
    assert wait(known, now=NOW) == timedelta(seconds=expected)


def test_who_says_nothing_is_asked_at_once():
    assert wait(None, now=NOW) == timedelta(0)


def test_each_request_takes_one():
    assert allowance(2).spent() == allowance(1)
    assert allowance(0.5).spent() == allowance(0)


@given(
    limit=st.integers(min_value=1, max_value=5_000),
    seconds=st.integers(min_value=1, max_value=900),
)
def test_who_waits_as_told_never_asks_more_than_is_allowed(limit, seconds):
    """A virtual clock: as many requests as fit into the span until the bucket is filled."""
    known, now, asked = allowance(limit, seconds, limit), NOW, 0
    while (at := now + wait(known, now=now)) < known.until:
        now, known, asked = at, known.spent(), asked + 1
        assert asked <= limit
    assert asked >= limit * (1 - SCARCE) - 1


@given(
    st.dictionaries(
        st.sampled_from(
            ["x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit", "ratelimit-reset"]
        ),
        st.text(),
    )
)
def test_nonsense_never_raises(headers):
    known = told(headers, now=NOW)
    assert timedelta(0) <= wait(known, now=NOW) <= timedelta(days=1)
