"""When leadership is told: the ladder, silence on sameness, and what people said before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.humanize import moment
from monitor.core.milestones import Reached
from monitor.core.policy import Decision, Reason, decide, level_of
from monitor.core.settings import AlertSettings
from monitor.core.tally import StoryFacts, Tally
from monitor.core.types import Incident, Level, Part, Status
from tests.core.facts import (
    GRAVE,
    HOUR,
    MINUTE,
    NOON,
    incident,
    mention,
    risk,
    story,
    verdict,
)

SETTINGS = AlertSettings()
QUIET, WATCH, WARNING, CRITICAL = Level
DAY = timedelta(days=1)


def decided(
    before: Incident | None,
    value: float,
    *,
    now: datetime = NOON + 2 * HOUR,
    facts: StoryFacts | None = None,
    fresh: bool = True,
    parts: tuple[Part, ...] = (),
) -> Decision:
    known = facts or story(first_at=NOON, times=(0.0,))
    told = replace(risk(value), parts=parts)
    return decide(before, risk=told, facts=known, settings=SETTINGS, now=now, fresh=fresh)


@pytest.mark.parametrize(
    ("value", "level"),
    [(0, QUIET), (0.249, QUIET), (0.25, WATCH), (0.5, WARNING), (0.79, WARNING), (0.8, CRITICAL)],
)
def test_a_level_begins_at_its_threshold(value: float, level: Level) -> None:
    assert level_of(value, SETTINGS) is level


def test_reasons_read_as_sentences() -> None:
    for reason in Reason:
        assert reason.value.endswith(".")
        assert reason.value[0].isupper()


class TestANewStory:
    def test_below_watch_nothing_is_said(self) -> None:
        assert decided(None, 0.24) == Decision(
            reason=Reason.BELOW_WATCH,
            level=QUIET,
            event=None,
            sentence="Risk 0.24 is below watch at 0.25.",
        )

    @pytest.mark.parametrize(
        ("value", "level", "sentence"),
        [
            (0.3, WATCH, "Reached watch: risk 0.30, threshold 0.25."),
            (0.6, WARNING, "Reached warning: risk 0.60, threshold 0.50."),
            (0.9, CRITICAL, "Reached critical: risk 0.90, threshold 0.80."),
        ],
    )
    def test_it_opens_at_the_level_it_reached(
        self, value: float, level: Level, sentence: str
    ) -> None:
        assert decided(None, value) == Decision(
            reason=Reason.FIRST_ALERT, level=level, event="incident.opened", sentence=sentence
        )

    @pytest.mark.parametrize("value", [0.1, 0.9])
    def test_old_news_pages_nobody(self, value: float) -> None:
        told = decided(None, value, fresh=False)
        assert (told.reason, told.event, told.level) == (Reason.OLD_NEWS, None, QUIET)


class TestAnOpenIncident:
    @pytest.mark.parametrize(
        ("level", "value", "reached"),
        [(WATCH, 0.5, WARNING), (WATCH, 0.85, CRITICAL), (WARNING, 0.8, CRITICAL)],
    )
    def test_each_step_up_is_told_at_once(
        self, level: Level, value: float, reached: Level
    ) -> None:
        told = decided(incident(level), value, now=NOON + MINUTE)
        assert (told.reason, told.event) == (Reason.LEVEL_ROSE, "incident.escalated")
        assert (told.level, told.status) == (reached, Status.OPEN)
        assert told.sentence.startswith(f"Reached {reached.label}: ")

    @pytest.mark.parametrize(
        ("level", "value"), [(WATCH, 0.49), (WARNING, 0.5), (WARNING, 0.79), (CRITICAL, 1.0)]
    )
    def test_sameness_is_silent(self, level: Level, value: float) -> None:
        told = decided(incident(level), value)
        assert (told.reason, told.event, told.level) == (Reason.STILL_THE_SAME, None, level)

    @pytest.mark.parametrize(
        ("level", "value", "left_for"),
        [
            (WARNING, 0.44, WATCH),
            (CRITICAL, 0.74, WARNING),
            (CRITICAL, 0.1, WATCH),
            (WARNING, 0.451, WARNING),
            (CRITICAL, 0.76, CRITICAL),
            (WATCH, 0.0, WATCH),
        ],
    )
    def test_a_level_is_left_only_clearly_below_it(
        self, level: Level, value: float, left_for: Level
    ) -> None:
        told = decided(incident(level), value)
        assert told.level is left_for
        assert (told.event == "incident.deescalated") == (left_for is not level)

    def test_the_message_says_why_it_left(self) -> None:
        told = decided(incident(WARNING), 0.3)
        assert told.reason is Reason.DEESCALATED
        assert told.sentence == (
            "Left warning: risk 0.30, more than 0.05 below 0.50 "
            "an hour or more after the last alert."
        )

    def test_a_campaign_is_named_as_the_cause(self) -> None:
        copied = Part(name="credibility", value=-0.4, sentence="81% of the posts copy a text.")
        told = decided(incident(WARNING), 0.3, parts=(copied,))
        assert told.sentence.endswith("the last alert. 81% of the posts copy a text.")

    @pytest.mark.parametrize(("after", "falls"), [(59 * MINUTE, False), (HOUR, True)])
    def test_no_level_is_left_in_the_same_hour(self, after: timedelta, *, falls: bool) -> None:
        told = decided(incident(WARNING), 0.3, now=NOON + after)
        assert (told.event == "incident.deescalated") is falls

    def test_without_an_alert_the_hour_counts_from_the_opening(self) -> None:
        before = incident(WARNING, last_alert_at=None)
        assert decided(before, 0.3, now=NOON + 59 * MINUTE).event is None
        assert decided(before, 0.3, now=NOON + HOUR).event == "incident.deescalated"

    def test_history_that_joins_changes_nothing(self) -> None:
        told = decided(incident(WATCH), 0.9, fresh=False)
        assert (told.reason, told.event, told.level) == (Reason.OLD_NEWS, None, WATCH)

    def test_back_up_after_coming_down_is_told_again(self) -> None:
        came_down = incident(WATCH, alerted_level=WARNING)
        assert decided(came_down, 0.6).event == "incident.escalated"


class TestNews:
    """Something materially new, at most every half hour."""

    @staticmethod
    def grown(then: int, now: int, **known: Any) -> StoryFacts:
        times = tuple([0.0] * then + [3600.0] * (now - then))
        return story(first_at=NOON, mention_count=now, times=times, **known)

    @pytest.mark.parametrize(
        ("then", "now", "told"),
        [(4, 12, True), (4, 11, False), (1, 9, False), (1, 10, True), (40, 119, False)],
    )
    def test_three_times_the_mentions_are_news(self, then: int, now: int, *, told: bool) -> None:
        found = decided(incident(WARNING), 0.6, facts=self.grown(then, now))
        assert (found.event == "incident.updated") is told
        assert found.level is WARNING

    def test_it_says_how_many_and_since_when_for_reminders_came_between(self) -> None:
        found = decided(incident(WARNING), 0.6, facts=self.grown(4, 12))
        assert found.reason is Reason.NEWS
        since = moment(incident(WARNING).opened_at)
        assert found.sentence == f"From 4 to 12 mentions since {since}."

    @pytest.mark.parametrize(("after", "told"), [(29 * MINUTE, False), (30 * MINUTE, True)])
    def test_not_within_half_an_hour(self, after: timedelta, *, told: bool) -> None:
        found = decided(incident(WARNING), 0.6, facts=self.grown(4, 40), now=NOON + after)
        assert (found.event is not None) is told

    def test_a_death_is_news_at_once_and_only_once(self) -> None:
        reached = {"death": Reached(NOON + MINUTE, "Man dies")}
        found = decided(
            incident(CRITICAL), 0.9, facts=story(milestones=reached), now=NOON + MINUTE
        )
        assert (found.event, found.level) == ("incident.updated", CRITICAL)
        assert found.sentence == "Now also said: somebody died (“Man dies”)."
        told = incident(CRITICAL, last_alert_at=NOON + MINUTE)
        assert decided(told, 0.9, facts=story(milestones=reached)).event is None

    def test_nor_within_half_an_hour_of_an_alert_that_came_later_than_the_opening(self) -> None:
        before = incident(WARNING, last_alert_at=NOON + 100 * MINUTE)
        assert decided(before, 0.6, facts=self.grown(4, 40)).event is None

    def test_a_new_kind_of_platform_is_news(self) -> None:
        kinds = {"mastodon": NOON, "news": NOON + MINUTE, "feed": NOON + 2 * MINUTE}
        found = decided(incident(WARNING), 0.6, facts=story(kinds=kinds))
        assert found.event == "incident.updated"
        assert found.sentence == "Now also seen on: feed, news."

    def test_what_was_said_there_is_quoted(self) -> None:
        tally = Tally("Acme")
        paper = mention(1, kind="feed", title="Acme under fire")
        for one in (mention(-10), paper):
            tally.add(one, GRAVE)
        found = decided(incident(CRITICAL), 0.9, facts=tally.facts(NOON + HOUR))
        assert found.sentence == "Now also seen on: feed. “Acme under fire”."

    @pytest.mark.parametrize(
        "kinds", [{"mastodon": NOON}, {"mastodon": NOON + MINUTE}, {"a": NOON, "b": NOON}]
    )
    def test_the_kinds_it_was_told_with_are_not(self, kinds: dict[str, datetime]) -> None:
        assert decided(incident(WARNING), 0.6, facts=story(kinds=kinds)).event is None

    @pytest.mark.parametrize(("hours", "told"), [(23, False), (24, True)])
    def test_after_a_day_what_would_be_a_warning_alone_is_news(
        self, hours: int, *, told: bool
    ) -> None:
        """It may be another event: people who are on the first one know nothing of it."""
        tally = Tally("Acme")
        for minute in (-10, hours * 60 - 1):
            tally.add(mention(minute), GRAVE)
        before, now = incident(CRITICAL, status=Status.ACKNOWLEDGED), NOON + hours * HOUR
        found = decided(before, 0.9, facts=tally.facts(now), now=now)
        assert found.event == ("incident.updated" if told else None)
        assert found.status is Status.ACKNOWLEDGED

    def test_people_who_are_on_it_hear_it_too_and_keep_it(self) -> None:
        before = incident(WARNING, status=Status.ACKNOWLEDGED)
        found = decided(before, 0.6, facts=self.grown(4, 12))
        assert (found.event, found.status) == ("incident.updated", Status.ACKNOWLEDGED)

    def test_without_an_alert_it_counts_from_the_opening(self) -> None:
        before = incident(WARNING, last_alert_at=None)
        assert decided(before, 0.6, facts=self.grown(4, 12)).event == "incident.updated"


class TestWhatPeopleSaid:
    def test_acknowledged_and_the_same_is_silent(self) -> None:
        told = decided(incident(WARNING, status=Status.ACKNOWLEDGED), 0.7)
        assert (told.reason, told.event) == (Reason.ACKNOWLEDGED_SAME, None)
        assert told.status is Status.ACKNOWLEDGED

    def test_acknowledged_and_worse_wants_a_new_answer(self) -> None:
        told = decided(incident(WARNING, status=Status.ACKNOWLEDGED), 0.85)
        assert (told.event, told.status) == ("incident.escalated", Status.OPEN)

    def test_acknowledged_and_better_is_told_and_stays_with_them(self) -> None:
        told = decided(incident(WARNING, status=Status.ACKNOWLEDGED), 0.2)
        assert (told.event, told.status) == ("incident.deescalated", Status.ACKNOWLEDGED)

    @pytest.mark.parametrize("until", [None, NOON + 3 * HOUR])
    @pytest.mark.parametrize("value", [0.1, 0.79])
    def test_snoozed_is_silent(self, until: datetime | None, value: float) -> None:
        before = incident(WARNING, status=Status.SNOOZED, snoozed_until=until)
        told = decided(before, value)
        assert (told.reason, told.event, told.level) == (Reason.SNOOZED, None, WARNING)
        assert told.status is Status.SNOOZED

    def test_snoozed_and_somebody_died_is_told_and_stays_with_them(self) -> None:
        reached = {"death": Reached(NOON + HOUR, "Man dies")}
        asleep = incident(CRITICAL, status=Status.SNOOZED, snoozed_until=NOON + DAY)
        found = decided(asleep, 0.9, facts=story(milestones=reached))
        assert (found.event, found.status) == ("incident.updated", Status.SNOOZED)

    def test_snoozed_and_worse_wakes(self) -> None:
        before = incident(WARNING, status=Status.SNOOZED, snoozed_until=NOON + 3 * HOUR)
        told = decided(before, 0.8)
        assert (told.event, told.status) == ("incident.escalated", Status.OPEN)

    def test_a_snooze_ends_on_time(self) -> None:
        before = incident(WARNING, status=Status.SNOOZED, snoozed_until=NOON + 2 * HOUR)
        assert decided(before, 0.2).event == "incident.deescalated"

    @pytest.mark.parametrize("value", [0.1, 0.6, 0.79])
    def test_dismissed_is_silent(self, value: float) -> None:
        many = story(first_at=NOON, mention_count=900, times=(3600.0,) * 900)
        before = incident(WARNING, status=Status.DISMISSED, resolved_at=NOON)
        told = decided(before, value, facts=many)
        assert (told.reason, told.event, told.level) == (Reason.DISMISSED, None, WARNING)
        assert told.status is Status.DISMISSED

    def test_dismissed_and_above_what_they_saw_comes_back(self) -> None:
        told = decided(incident(WARNING, status=Status.DISMISSED), 0.8)
        assert (told.reason, told.event) == (Reason.REOPENED, "incident.reopened")
        assert (told.level, told.status) == (CRITICAL, Status.OPEN)

    def test_what_they_saw_is_the_worst_they_were_told(self) -> None:
        before = incident(WATCH, alerted_level=CRITICAL, status=Status.DISMISSED)
        assert decided(before, 0.9).reason is Reason.DISMISSED

    def test_merged_is_silent_whatever_happens(self) -> None:
        told = decided(incident(WATCH, status=Status.MERGED), 1.0)
        assert (told.reason, told.event) == (Reason.MERGED, None)


class TestResolved:
    BEFORE = incident(WARNING, status=Status.RESOLVED, resolved_at=NOON)

    @staticmethod
    def since(count: int) -> StoryFacts:
        """Routine complaints, each by another author, told after it was closed."""
        tally = Tally("Acme")
        for number in range(1, count + 1):
            tally.add(mention(number), verdict())
        return tally.facts(NOON + 2 * HOUR)

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_an_echo_is_silent(self, count: int) -> None:
        told = decided(self.BEFORE, 0.7, facts=self.since(count))
        assert (told.reason, told.event) == (Reason.STILL_RESOLVED, None)
        assert told.status is Status.RESOLVED

    def test_a_third_post_reopens_it(self) -> None:
        told = decided(self.BEFORE, 0.7, facts=self.since(3))
        assert (told.reason, told.event) == (Reason.REOPENED, "incident.reopened")
        assert (told.level, told.status) == (WARNING, Status.OPEN)
        assert told.sentence.endswith("(3 mentions in words of their own).")

    def test_what_was_told_after_the_last_mention_but_before_it_was_closed_is_no_news(
        self,
    ) -> None:
        closed = {"last_seen_at": NOON - HOUR, "resolved_at": NOON + HOUR}
        before = incident(WARNING, status=Status.RESOLVED, **closed)
        assert decided(before, 0.7, facts=self.since(3)).event is None

    def test_a_critical_one_comes_back_with_the_first_new_injury(self) -> None:
        before = incident(CRITICAL, status=Status.RESOLVED, resolved_at=NOON)
        tally = Tally("Acme")
        tally.add(mention(1), GRAVE)
        told = decided(before, 0.99, facts=tally.facts(NOON + HOUR))
        assert (told.reason, told.event) == (Reason.REOPENED, "incident.reopened")
        assert (told.level, told.status) == (CRITICAL, Status.OPEN)

    def test_a_dismissed_one_does_not(self) -> None:
        before = incident(CRITICAL, status=Status.DISMISSED, resolved_at=NOON)
        tally = Tally("Acme")
        tally.add(mention(1), GRAVE)
        told = decided(before, 0.99, facts=tally.facts(NOON + HOUR))
        assert (told.reason, told.event) == (Reason.DISMISSED, None)

    @pytest.mark.parametrize(("days", "event"), [(3, None), (4, "incident.reopened")])
    def test_a_dismissed_rumour_may_be_followed_by_the_real_thing(
        self, days: int, event: str | None
    ) -> None:
        before = incident(CRITICAL, status=Status.DISMISSED, resolved_at=NOON)
        tally = Tally("Acme")
        tally.add(mention(days * 24 * 60), GRAVE)
        told = decided(before, 0.9, facts=tally.facts(NOON + 5 * DAY))
        assert told.event == event
        if event:
            assert told.sentence.startswith("Since it was dismissed: “")

    def test_but_not_below_watch(self) -> None:
        assert decided(self.BEFORE, 0.2, facts=self.since(30)).event is None

    def test_worse_than_ever_reopens_it_at_once(self) -> None:
        told = decided(self.BEFORE, 0.8, facts=self.since(1))
        assert (told.event, told.level) == ("incident.reopened", CRITICAL)

    def test_without_a_time_it_counts_from_the_last_mention(self) -> None:
        before = incident(WARNING, status=Status.RESOLVED, last_seen_at=NOON + 5 * MINUTE)
        assert decided(before, 0.7, facts=self.since(5)).event is None


@given(st.lists(st.floats(0, 1), max_size=60))
def test_whatever_the_risk_does_no_level_is_told_twice_in_a_row(values: list[float]) -> None:
    """Flapping around a threshold is at most one alert up and one down an hour."""
    before: Incident | None = None
    told: list[tuple[datetime, Level]] = []
    for place, value in enumerate(values):
        now = NOON + place * 5 * MINUTE
        decision = decided(before, value, now=now)
        if decision.event:
            assert not told or told[-1][1] is not decision.level
            told.append((now, decision.level))
            before = incident(decision.level, last_alert_at=now)
        elif before:
            assert decision.level is before.level
    downs = [at for (at, to), (_, was) in zip(told[1:], told, strict=False) if to < was]
    assert all(later - earlier >= HOUR for later, earlier in zip(downs[1:], downs, strict=False))
