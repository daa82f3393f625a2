"""Thresholds for a budget: the lowest that no brand exceeds, above what people dismissed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from monitor.core.settings import AlertSettings
from monitor.core.tuning import Heard, History, Label, solve

AT = datetime(2026, 11, 2, tzinfo=UTC)
THREE = AlertSettings(budget=(3, timedelta(weeks=1)))


def heard(*risks: float, brand: str = "a", answer: Label = Label.NONE) -> tuple[Heard, ...]:
    numbers = count(len(brand) * 1000)
    return tuple(
        Heard(
            story_id=next(numbers),
            incident_id=None,
            brand=brand,
            title="",
            risk=risk,
            at=AT,
            answer=answer,
        )
        for risk in risks
    )


def history(*stories: Heard, **weeks: float) -> History:
    return History(stories=stories, weeks=weeks or {"a": 2.0})


class TestTheBudget:
    def test_the_threshold_is_the_lowest_within_it(self) -> None:
        # Two weeks, six pages.
        risks = (0.9, 0.8, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4)
        tuned = solve(history(*heard(*risks)), THREE)
        assert tuned.warning == 0.51
        assert tuned.reason == "0.51 is the lowest that keeps every brand within its budget."
        assert [(rate.brand, rate.now, rate.tuned) for rate in tuned.rates] == [("a", 3.5, 3.0)]

    def test_the_busiest_brand_decides(self) -> None:
        quiet, loud = heard(0.9, 0.31), heard(*(0.7,) * 4, *(0.8,) * 3, brand="bb")
        tuned = solve(history(*quiet, *loud, a=1.0, bb=1.0), THREE)
        assert tuned.warning == 0.71
        assert [rate.tuned for rate in tuned.rates] == [1.0, 3.0]

    def test_less_than_a_week_counts_as_one(self) -> None:
        short = solve(history(*heard(0.9, 0.8, 0.7, 0.6), a=0.1), THREE)
        assert short.warning == 0.61

    def test_a_budget_is_a_limit_and_no_quota(self) -> None:
        assert solve(history(*heard(0.2, 0.1)), THREE).warning == 0.3

    def test_where_nothing_is_wanted_hardly_anything_is_told(self) -> None:
        none = AlertSettings(budget=(0, timedelta(weeks=1)))
        assert solve(history(*heard(0.94)), none).warning == 0.95

    def test_where_no_threshold_keeps_to_it_that_is_said_with_what_the_best_one_leaves(
        self,
    ) -> None:
        none = AlertSettings(budget=(0, timedelta(weeks=1)))
        quiet, loud = heard(0.4), heard(0.99, 0.97, brand="bb")
        tuned = solve(history(*quiet, *loud, a=2.0, bb=2.0), none)
        assert tuned.warning == 0.95
        assert tuned.reason == (
            "No threshold keeps every brand within its budget: 0.95, the highest that is tried, "
            "still leaves bb 1.0 pages a week."
        )

    def test_a_budget_by_the_day_or_month_is_one_by_the_week(self) -> None:
        stories = history(*heard(*(n / 100 for n in range(30, 95))))
        daily = solve(stories, AlertSettings(budget=(1, timedelta(days=1))))
        assert daily.rates[0].tuned == 7.0

    @pytest.mark.parametrize(
        ("days", "weeks", "needed"),
        [(7, 0.9, "7 days"), (30, 4.0, "30 days"), (1, 0.5, "7 days"), (7, 1.0, "")],
    )
    def test_a_history_shorter_than_the_budget_is_one_to_guess_on(
        self, days: int, weeks: float, needed: str
    ) -> None:
        alerts = AlertSettings(budget=(3, timedelta(days=days)))
        caution = solve(history(*heard(0.4), a=weeks), alerts).caution
        assert bool(caution) == bool(needed)
        assert needed in caution

    def test_nothing_judged_is_nothing_to_tune_on(self) -> None:
        with pytest.raises(ValueError, match="nothing has been judged yet"):
            solve(History(stories=(), weeks={}), THREE)


class TestTheOtherLevels:
    def test_watch_has_five_times_as_many_and_critical_a_fifth(self) -> None:
        risks = [n / 100 for n in range(10, 95)]
        tuned = solve(history(*heard(*risks), a=5.0), THREE)
        pages = [sum(risk >= level for risk in risks) for level in (tuned.watch, tuned.warning)]
        assert pages == [75, 15]
        assert sum(risk >= tuned.critical for risk in risks) == 3

    def test_they_stay_apart(self) -> None:
        tuned = solve(history(*heard(0.2)), THREE)
        assert (tuned.watch, tuned.warning, tuned.critical) == (0.1, 0.3, 0.35)
        all_alike = solve(history(*heard(*(0.9,) * 40)), THREE)
        assert (all_alike.watch, all_alike.warning) == (0.86, 0.91)
        assert all_alike.critical == 0.96


class TestWhatPeopleSaid:
    def test_false_alarms_below_everything_else_are_left_out(self) -> None:
        stories = (*heard(0.9, 0.6), *heard(0.41, 0.5, answer=Label.NOISE))
        tuned = solve(history(*stories), THREE)
        assert tuned.warning == 0.51
        assert tuned.reason == (
            "0.30 would keep to the budget; 0.51 leaves out 2 more that were dismissed, and "
            "nothing else."
        )

    @pytest.mark.parametrize("answer", [Label.REAL, Label.NONE])
    def test_one_that_nobody_dismissed_is_not_given_up_for_them(self, answer: Label) -> None:
        stories = (*heard(0.45, answer=answer), *heard(0.41, 0.6, answer=Label.NOISE))
        assert solve(history(*stories), THREE).warning == 0.42

    def test_a_false_alarm_as_high_as_a_real_one_stays(self) -> None:
        stories = (*heard(0.505, answer=Label.REAL), *heard(0.502, answer=Label.NOISE))
        tuned = solve(history(*stories), THREE)
        assert tuned.warning == 0.3
        assert "no false alarm lies clearly below the rest" in tuned.reason

    def test_false_alarms_alone_are_no_reason_to_fall_silent(self) -> None:
        tuned = solve(history(*heard(0.99, answer=Label.NOISE)), THREE)
        assert tuned.warning == 0.3


class TestWhatWouldHaveChanged:
    def test_pages_below_the_new_threshold_vanish_worst_first(self) -> None:
        tuned = solve(history(*heard(0.55, *(0.7,) * 5, 0.6, 0.58)), THREE)
        assert tuned.warning == 0.59
        assert [one.risk for one in tuned.pages.vanished] == [0.58, 0.55]
        assert tuned.pages.appeared == ()

    def test_stories_above_it_appear(self) -> None:
        tuned = solve(history(*heard(0.35, 0.49, 0.5, 0.25)), THREE)
        assert [one.risk for one in tuned.pages.appeared] == [0.49, 0.35]
        assert tuned.pages.vanished == ()

    def test_each_level_has_its_own(self) -> None:
        tuned = solve(history(*heard(0.9, 0.87, 0.55, 0.2), a=0.1), THREE)
        changes = {one.level: one for one in tuned.changes}
        assert list(changes) == ["watch", "warning", "critical"]
        critical = changes["critical"]
        assert (critical.now, critical.tuned) == (0.8, tuned.critical)
        assert [one.risk for one in critical.vanished] == [0.9, 0.87]
        assert [one.risk for one in changes["watch"].appeared] == [0.2]
