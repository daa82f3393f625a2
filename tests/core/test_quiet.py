"""Who is told, of what, and when at night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.quiet import held_until, recipients, wanted
from monitor.core.settings import (
    AlertSettings,
    EscalationStep,
    QuietHours,
    Secret,
    Settings,
    WebhookSettings,
)
from monitor.core.types import Level

WATCH, WARNING, CRITICAL = Level.WATCH, Level.WARNING, Level.CRITICAL
NIGHT = QuietHours(start=22 * 60, end=7 * 60, zone="Europe/London")
NOON_REST = QuietHours(start=12 * 60, end=13 * 60 + 30, zone="UTC")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def held(now: str, *spans: QuietHours, level: Level | None = WARNING) -> str | None:
    until = held_until(utc(now), level, spans)
    return f"{until:%Y-%m-%d %H:%M}" if until else None


class TestQuietHours:
    @pytest.mark.parametrize(
        ("now", "until"),
        [
            ("2024-01-10 21:59", None),
            ("2024-01-10 22:00", "2024-01-11 07:00"),
            ("2024-01-11 00:00", "2024-01-11 07:00"),
            ("2024-01-11 06:59", "2024-01-11 07:00"),
            ("2024-01-11 07:00", None),
            # British Summer Time: an hour earlier in UTC.
            ("2024-07-10 20:59", None),
            ("2024-07-10 21:00", "2024-07-11 06:00"),
            # The nights in which the clocks change: 31 March and 27 October 2024.
            ("2024-03-30 23:00", "2024-03-31 06:00"),
            ("2024-10-26 22:00", "2024-10-27 07:00"),
        ],
    )
    def test_a_night_over_midnight(self, now: str, until: str | None) -> None:
        assert held(now, NIGHT) == until

    @pytest.mark.parametrize(
        ("now", "until"),
        [
            ("2024-01-10 11:59", None),
            ("2024-01-10 12:00", "2024-01-10 13:30"),
            ("2024-01-10 13:29", "2024-01-10 13:30"),
            ("2024-01-10 13:30", None),
        ],
    )
    def test_a_span_within_a_day(self, now: str, until: str | None) -> None:
        assert held(now, NOON_REST) == until

    def test_what_is_critical_is_never_held(self) -> None:
        assert held("2024-01-10 23:00", NIGHT, level=CRITICAL) is None

    @pytest.mark.parametrize("level", [WATCH, None])
    def test_everything_else_is(self, level: Level | None) -> None:
        assert held("2024-01-10 23:00", NIGHT, level=level) == "2024-01-11 07:00"

    def test_without_quiet_hours_nothing_is_held(self) -> None:
        assert held("2024-01-10 23:00") is None

    def test_spans_that_follow_each_other_hold_on(self) -> None:
        morning = QuietHours(start=7 * 60, end=9 * 60, zone="Europe/London")
        assert held("2024-01-10 23:00", morning, NIGHT) == "2024-01-11 09:00"

    def test_of_two_spans_the_longer_holds(self) -> None:
        short = QuietHours(start=22 * 60, end=23 * 60 + 30, zone="Europe/London")
        assert held("2024-01-10 23:00", NIGHT, short) == "2024-01-11 07:00"
        assert held("2024-01-10 23:00", short, NIGHT) == "2024-01-11 07:00"

    def test_a_day_without_end_still_ends(self) -> None:
        halves = (
            QuietHours(start=0, end=12 * 60, zone="UTC"),
            QuietHours(start=12 * 60, end=0, zone="UTC"),
        )
        assert held("2024-01-10 23:00", *halves) == "2024-01-11 23:00"

    def test_a_span_of_no_length_holds_nothing(self) -> None:
        assert held("2024-01-10 08:00", QuietHours(start=480, end=480, zone="UTC")) is None

    def test_an_end_that_comes_twice_is_taken_at_its_next_coming(self) -> None:
        """27 October 2024, London: 01:30 comes at 00:30 UTC and at 01:30 UTC."""
        span = QuietHours(start=0, end=90, zone="Europe/London")
        assert held("2024-10-27 00:15", span) == "2024-10-27 00:30"
        assert held("2024-10-27 01:10", span) == "2024-10-27 01:30"

    def test_an_end_that_never_comes_is_taken_an_hour_later(self) -> None:
        """31 March 2024, London: 01:30 is skipped, the clock says 02:30."""
        span = QuietHours(start=0, end=90, zone="Europe/London")
        assert held("2024-03-31 00:15", span) == "2024-03-31 01:30"

    @given(
        st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001
        st.integers(0, 1439),
        st.integers(0, 1440),
        st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    )
    def test_an_alert_is_let_out_at_the_end_and_within_a_day(
        self, naive: datetime, start: int, end: int, zone: str
    ) -> None:
        now = naive.replace(tzinfo=UTC)
        until = held_until(now, WARNING, [QuietHours(start=start, end=end, zone=zone)])
        local = now.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        inside = start <= minute < end if start <= end else minute >= start or minute < end
        assert (until is not None) == inside
        if until is not None:
            assert now < until <= now + timedelta(days=1)
            # Half an hour or an hour is skipped where clocks go forward.
            shown = until.astimezone(ZoneInfo(zone))
            skipped = (shown.hour * 60 + shown.minute - end) % 1440
            assert skipped in {0, 30, 60} or until == now + timedelta(days=1)


def hook(name: str = "leadership", **known: Any) -> WebhookSettings:
    return WebhookSettings(name=name, url=Secret("https://x.example"), **known)


def asks(webhook: WebhookSettings, type_: str = "incident.opened", **known: Any) -> bool:
    values: dict[str, Any] = {"level": WARNING, "brand": "Acme"}
    return wanted(webhook, type=type_, **values | known)


class TestWhatAWebhookAskedFor:
    @pytest.mark.parametrize(
        ("events", "type_", "told"),
        [
            (("incident.*",), "incident.opened", True),
            (("incident.*",), "source.blind", False),
            (("incident.*", "source.*"), "source.blind", True),
            (("incident.opened",), "incident.escalated", False),
            (("*",), "monitor.heartbeat", True),
            ((), "incident.opened", False),
            (("Incident.*",), "incident.opened", False),
        ],
    )
    def test_types(self, events: tuple[str, ...], type_: str, *, told: bool) -> None:
        assert asks(hook(events=events), type_) is told

    @pytest.mark.parametrize(
        ("min_level", "level", "told"),
        [
            (WATCH, WATCH, True),
            (WARNING, WATCH, False),
            (WARNING, WARNING, True),
            (WARNING, CRITICAL, True),
            (CRITICAL, WARNING, False),
        ],
    )
    def test_levels(self, min_level: Level, level: Level, *, told: bool) -> None:
        assert asks(hook(min_level=min_level), level=level) is told

    @pytest.mark.parametrize(
        ("brands", "brand", "told"),
        [((), "Acme", True), (("Acme",), "Acme", True), (("Umbrella",), "Acme", False)],
    )
    def test_brands(self, brands: tuple[str, ...], brand: str, *, told: bool) -> None:
        assert asks(hook(brands=brands), brand=brand) is told

    def test_operational_events_have_neither_level_nor_brand(self) -> None:
        strict = hook(events=("source.*",), min_level=CRITICAL, brands=("Umbrella",))
        assert asks(strict, "source.blind", level=None, brand=None)

    @pytest.mark.parametrize("closing", ["deescalated", "acknowledged", "resolved"])
    @pytest.mark.parametrize("alerted", [WARNING, CRITICAL])
    def test_who_was_alarmed_hears_the_end(self, closing: str, alerted: Level) -> None:
        assert asks(hook(), f"incident.{closing}", level=WATCH, alerted=alerted)

    @pytest.mark.parametrize("closing", ["dismissed", "merged"])
    def test_who_was_not_alarmed_does_not(self, closing: str) -> None:
        assert not asks(hook(), f"incident.{closing}", level=WATCH, alerted=WATCH)

    def test_a_statement_settles_it_too(self) -> None:
        settled = hook(events=("statement.*",))
        assert asks(settled, "statement.seen", level=WATCH, alerted=CRITICAL)

    def test_other_events_go_by_the_level_as_it_is(self) -> None:
        assert not asks(hook(), "incident.updated", level=WATCH, alerted=CRITICAL)

    def test_an_incident_without_a_record_of_alerts_goes_by_its_level(self) -> None:
        assert asks(hook(), "incident.resolved", level=WARNING)


def house(*hooks: WebhookSettings, steps: tuple[tuple[str, ...], ...] = ()) -> Settings:
    escalation = tuple(
        EscalationStep(after=timedelta(minutes=15 * n), webhooks=names)
        for n, names in enumerate(steps, start=1)
    )
    return Settings(
        database=Path("monitor.db"),
        model=Path("model"),
        webhooks=hooks,
        alerts=AlertSettings(escalation=escalation),
    )


class TestRecipients:
    HOUSE = house(
        hook("press"),
        hook("board"),
        hook("duty", min_level=WATCH),
        hook("chair"),
        steps=(("board",), ("chair", "board")),
    )

    @pytest.mark.parametrize(
        ("handed_on", "names"),
        [
            (0, ("press", "duty")),
            (1, ("press", "board", "duty")),
            (2, ("press", "board", "duty", "chair")),
        ],
    )
    def test_escalation_steps_wait_until_it_is_handed_on(
        self, handed_on: int, names: tuple[str, ...]
    ) -> None:
        told = recipients(
            self.HOUSE, type="incident.opened", level=WARNING, brand="Acme", handed_on=handed_on
        )
        assert told == names

    @pytest.mark.parametrize(
        ("type_", "level", "handed_on", "names"),
        [
            ("incident.handed_on", WARNING, 1, ("duty", "board")),
            ("incident.resolved", WARNING, 1, ("duty", "board")),
            # Nobody is chased below a warning: what it falls to is no call for help.
            ("incident.updated", WATCH, 1, ("duty",)),
            ("incident.opened", WARNING, 0, ("duty",)),
        ],
    )
    def test_whoever_it_is_handed_on_to_is_told_whatever_the_lowest_level_of_that_webhook(
        self, type_: str, level: Level, handed_on: int, names: tuple[str, ...]
    ) -> None:
        duty, board = hook("duty", min_level=WATCH), hook("board", min_level=CRITICAL)
        told = recipients(
            house(duty, board, steps=(("board",),)),
            type=type_,
            level=level,
            brand="Acme",
            handed_on=handed_on,
        )
        assert told == names

    def test_each_webhook_has_its_own_filter(self) -> None:
        told = recipients(self.HOUSE, type="incident.opened", level=WATCH, brand="Acme")
        assert told == ("duty",)

    def test_the_highest_level_told_counts_for_the_end(self) -> None:
        told = recipients(
            self.HOUSE, type="incident.resolved", level=WATCH, brand="Acme", alerted=WARNING
        )
        assert told == ("press", "duty")

    def test_operational_events_are_not_handed_on(self) -> None:
        everyone = house(hook("board", events=("source.*",)), hook("press"), steps=(("board",),))
        assert recipients(everyone, type="source.blind", level=None, brand=None) == ("board",)
