"""Silences of the configuration: when they hold, with quiet hours, and where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.planned import coming, due_at, holding, is_endless, occurrence
from monitor.core.settings import AlertSettings, PlannedSilence, QuietHours, Settings, Window
from monitor.core.silences import Silence
from monitor.core.types import Level

MON, SAT, SUN = 0, 5, 6
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def weekly(*windows: Window, **known: Any) -> PlannedSilence:
    return PlannedSilence(name="upgrade", reason="new tills", windows=windows, **known)


def hours(start: float, end: float, *days: int, zone: str = "UTC") -> Window:
    daily = QuietHours(start=int(60 * start), end=int(60 * end), zone=zone)
    return Window(hours=daily, days=days)


MOVE = PlannedSilence(
    name="move", reason="new core", starts_at=utc("2026-11-20"), ends_at=utc("2026-11-22 06:00")
)
#: 2026-11-21 is a Saturday.
NIGHT = weekly(hours(22, 2, SAT))


def settings(*silences: PlannedSilence, quiet: tuple[QuietHours, ...] = ()) -> Settings:
    return Settings(
        database=Path("x"),
        model=Path("x"),
        silences=silences,
        alerts=AlertSettings(quiet_hours=quiet),
    )


def due(at: str, *silences: PlannedSilence, **known: Any) -> datetime:
    quiet = known.pop("quiet", ())
    asked: dict[str, Any] = {"brand": "Acme", "level": Level.WARNING} | known
    return due_at(utc(at), **asked, settings=settings(*silences, quiet=quiet))


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-19 23:59", "2026-11-19 23:59"),
        ("2026-11-20 00:00", "2026-11-22 06:00"),
        ("2026-11-22 05:59", "2026-11-22 06:00"),
        ("2026-11-22 06:00", "2026-11-22 06:00"),
    ],
)
def test_what_is_planned_once_holds_from_its_beginning_to_its_end(at: str, until: str) -> None:
    assert due(at, MOVE) == utc(until)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-21 21:59", "2026-11-21 21:59"),
        ("2026-11-21 22:00", "2026-11-22 02:00"),
        ("2026-11-22 01:59", "2026-11-22 02:00"),
        ("2026-11-22 02:00", "2026-11-22 02:00"),
        ("2026-11-22 22:30", "2026-11-22 22:30"),
        ("2026-11-28 23:00", "2026-11-29 02:00"),
    ],
)
def test_what_comes_each_week_holds_on_its_days(at: str, until: str) -> None:
    assert due(at, NIGHT) == utc(until)


def test_hours_without_days_come_each_day() -> None:
    for day in range(16, 23):
        assert due(f"2026-11-{day} 03:10", weekly(hours(3, 3.5))) == utc(f"2026-11-{day} 03:30")


def test_hours_are_those_of_the_zone() -> None:
    summer = weekly(hours(2, 3, zone="Europe/London"))
    assert due("2026-07-01 01:30", summer) == utc("2026-07-01 02:00")
    assert due("2026-07-01 02:30", summer) == utc("2026-07-01 02:30")


def test_equal_ends_are_a_whole_day() -> None:
    assert due("2026-11-22 00:00", weekly(hours(0, 0, SUN))) == utc("2026-11-23")
    assert due("2026-11-23 00:00", weekly(hours(0, 0, SUN))) == utc("2026-11-23")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        # Clocks go back at 02:00 of summer time: 01:30 comes twice, and the second one ends it.
        ("2026-10-25 00:15", "2026-10-25 01:30"),
        ("2026-10-25 01:15", "2026-10-25 01:30"),
        # They go forward at 01:00: 01:30 never comes.
        ("2026-03-29 00:50", "2026-03-29 01:30"),
    ],
)
def test_where_clocks_change_it_is_the_longer_one(at: str, until: str) -> None:
    assert due(at, weekly(hours(1, 1.5, zone="Europe/London"))) == utc(until)


def test_windows_that_follow_each_other_are_one() -> None:
    weekend = weekly(hours(22, 0, SAT), hours(0, 0, SUN), hours(0, 6, MON))
    found = occurrence(weekend, utc("2026-11-22 12:00"))
    assert found is not None
    assert (found.starts_at, found.ends_at) == (utc("2026-11-21 22:00"), utc("2026-11-23 06:00"))
    inside = weekly(hours(8, 20), hours(9, 10))
    assert due("2026-11-22 09:30", inside) == utc("2026-11-22 20:00")


def test_it_is_of_its_brand_or_of_all() -> None:
    at = "2026-11-21 23:00"
    assert due(at, weekly(hours(22, 2, SAT), brand="Other")) == utc(at)
    assert due(at, weekly(hours(22, 2, SAT), brand="Acme")) == utc("2026-11-22 02:00")


def test_what_is_critical_is_told_at_once() -> None:
    at = "2026-11-21 23:00"
    assert due(at, NIGHT, MOVE, level=Level.CRITICAL) == utc(at)


@pytest.mark.parametrize(
    ("at", "quiet", "silence"),
    [
        ("2026-11-22 01:00", (22, 2), (1, 4)),
        ("2026-11-22 01:00", (1, 4), (22, 2)),
        ("2026-11-22 01:00", (1, 4), (1, 3)),
        ("2026-11-22 01:00", (1, 2), (2, 4)),
        ("2026-11-22 01:00", (2, 4), (1, 2)),
    ],
)
def test_quiet_hours_and_silences_hold_on_for_each_other(
    at: str, quiet: tuple[int, int], silence: tuple[int, int]
) -> None:
    nights = (QuietHours(start=60 * quiet[0], end=60 * quiet[1], zone="UTC"),)
    assert due(at, weekly(hours(*silence)), quiet=nights) == utc("2026-11-22 04:00")


def test_what_holds_is_told_apart_from_what_comes() -> None:
    both = settings(NIGHT, MOVE)
    now = utc("2026-11-21 12:00")
    assert holding(both, now) == (
        Silence(
            brand=None,
            starts_at=utc("2026-11-20"),
            ends_at=utc("2026-11-22 06:00"),
            reason="move: new core",
            actor="config.toml",
        ),
    )
    assert [one.reason for one in coming(both, now)] == ["move: new core", "upgrade: new tills"]
    assert coming(both, now)[1].starts_at == utc("2026-11-21 22:00")
    assert [one.reason for one in coming(both, utc("2026-11-22 06:00"))] == ["upgrade: new tills"]
    assert [one.starts_at for one in holding(both, utc("2026-11-21 22:00"))] == [
        utc("2026-11-20"),
        utc("2026-11-21 22:00"),
    ]


def test_without_a_span_nothing_holds() -> None:
    assert occurrence(PlannedSilence(name="x", reason="y"), utc("2026-11-22")) is None


@pytest.mark.parametrize(
    ("windows", "endless"),
    [
        ((hours(0, 0),), True),
        ((hours(0, 12), hours(12, 0)), True),
        ((hours(0, 23.5),), False),
        (tuple(hours(0, 0, day) for day in range(6)), False),
    ],
)
def test_what_leaves_no_time_to_be_told_is_found(
    windows: tuple[Window, ...], endless: bool
) -> None:
    assert is_endless(windows) is endless
