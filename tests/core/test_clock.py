"""The response clock: who did not answer, who is told next, what is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.core.answers import Answer, answered
from monitor.core.clock import ClockEvent, after, due, messages, response_times
from monitor.core.duties import is_answered
from monitor.core.settings import AlertSettings, EscalationStep
from monitor.core.types import Incident, Level, Status
from tests.core.facts import HOUR, MINUTE, NOON, incident

WATCH, WARNING, CRITICAL = Level.WATCH, Level.WARNING, Level.CRITICAL
#: The ladder of the acknowledgement alone; the other duties are in `test_breaches`.
OFF: dict[str, Any] = {"facts_within": None, "statement_within": None, "update_every": None}
PLAIN = AlertSettings(**OFF)
STEPS = AlertSettings(
    **OFF,
    escalation=(
        EscalationStep(after=timedelta(minutes=15), webhooks=("board",)),
        EscalationStep(after=timedelta(hours=1), webhooks=("chair", "press")),
    ),
)
DAY = timedelta(days=1)


def kept(
    open_: Incident, settings: AlertSettings, until: datetime, *, every: timedelta = 5 * MINUTE
) -> list[tuple[timedelta, ClockEvent]]:
    """All that the clock says when it is looked at regularly."""
    heard = []
    now = NOON
    while now <= until:
        for event in due(open_, settings, now):
            open_ = after(open_, event, now=now)
            heard.append((now - NOON, event))
        now += every
    return heard


def reminders(open_: Incident, until: datetime, **known: Any) -> list[timedelta]:
    alive = replace(open_, **{"last_seen_at": until} | known)
    heard = kept(alive, PLAIN, until)
    return [at for at, event in heard if event.type == "incident.reminder"]


def after_reminders(last_seen: datetime, until: datetime) -> set[timedelta]:
    """When an incident is repeated of which somebody speaks last at `last_seen`."""
    open_, heard = incident(CRITICAL), set()
    for minute in range((until - NOON) // MINUTE):
        now = NOON + minute * MINUTE
        open_ = replace(open_, last_seen_at=last_seen if now >= last_seen else NOON)
        for event in due(open_, PLAIN, now):
            open_ = after(open_, event, now=now)
            heard.add(now - NOON)
    return heard


def test_all_reminders_of_a_moment_are_one_message_and_each_handing_on_is_its_own() -> None:
    struck = due(incident(CRITICAL), replace(STEPS, statement_within=HOUR), NOON + 2 * HOUR)

    assert [[event.type for event in told] for told in messages(struck)] == [
        ["incident.reminder", "incident.reminder"],
        ["incident.handed_on"],
        ["incident.handed_on"],
    ]
    assert messages([]) == ()


class TestResponseTimes:
    def test_acknowledgement_and_statement_count_from_the_detection(self) -> None:
        times = response_times(incident(first_seen_at=NOON - HOUR), PLAIN)
        assert times.first_seen == NOON - HOUR
        assert times.detected == NOON
        assert times.acknowledge_by == NOON + 15 * MINUTE
        assert times.statement_by == NOON + 60 * MINUTE
        assert (times.facts_by, times.update_by) == (None, None)

    def test_one_that_was_raised_again_counts_anew(self) -> None:
        times = response_times(incident(raised_at=NOON + 5 * HOUR), AlertSettings())
        assert times.detected == NOON
        assert times.acknowledge_by == NOON + 5 * HOUR + 15 * MINUTE
        assert times.statement_by == NOON + 6 * HOUR

    def test_what_was_done_is_told_with_what_is_due_next(self) -> None:
        done: dict[str, Any] = {"acknowledged_at": NOON + MINUTE, "statement_at": NOON + HOUR}
        stated = incident(**done, last_statement_at=NOON + HOUR, last_seen_at=NOON + 2 * HOUR)
        times = response_times(stated, AlertSettings())
        assert times.facts_by == NOON + 16 * MINUTE
        assert times.update_by == NOON + 5 * HOUR
        assert (times.acknowledged_at, times.statement_at) == tuple(done.values())

    def test_what_was_noted_is_told_as_done(self) -> None:
        noted = incident(CRITICAL, facts_at=NOON + MINUTE)
        assert response_times(noted, AlertSettings()).facts_at == NOON + MINUTE
        assert response_times(incident(CRITICAL), AlertSettings()).facts_at is None
        assert response_times(noted, PLAIN).facts_at is None


class TestReminders:
    @pytest.mark.parametrize("level", [WARNING, CRITICAL])
    def test_the_first_comes_when_nobody_acknowledged_in_time(self, level: Level) -> None:
        assert due(incident(level), PLAIN, NOON + 15 * MINUTE - timedelta(seconds=1)) == ()
        assert due(incident(level), PLAIN, NOON + 15 * MINUTE) == (
            ClockEvent(
                type="incident.reminder",
                reason="Nobody acknowledged it for 15 minutes.",
                at=NOON + 15 * MINUTE,
                count=1,
            ),
        )

    def test_it_comes_once(self) -> None:
        assert reminders(incident(WARNING), NOON + 20 * HOUR) == [15 * MINUTE]

    def test_a_critical_one_is_repeated(self) -> None:
        expected = [15 * MINUTE + n * timedelta(hours=4) for n in range(6)]
        assert reminders(incident(CRITICAL), NOON + DAY) == expected

    def test_a_warning_is_repeated_daily(self) -> None:
        heard = reminders(incident(WARNING), NOON + 3 * DAY)
        assert heard == [15 * MINUTE, DAY + 15 * MINUTE, 2 * DAY + 15 * MINUTE]

    def test_an_idle_critical_one_is_repeated_daily_after_three(self) -> None:
        heard = reminders(incident(CRITICAL), NOON + 6 * DAY, last_seen_at=NOON)
        idle = [at for at in heard if at > timedelta(hours=72)]
        gaps = [later - earlier for earlier, later in pairwise(idle)]
        assert len(heard) > len(idle) >= 3
        assert set(gaps) == {DAY}
        assert [at - 15 * MINUTE for at in heard[5:8]] == [20 * HOUR, 44 * HOUR, 68 * HOUR]

    def test_three_times_it_is_repeated_as_often_as_asked_for(self) -> None:
        seldom = replace(PLAIN, repeat_after=12 * HOUR)
        heard = kept(incident(CRITICAL), seldom, NOON + 3 * DAY)
        assert [at - 15 * MINUTE for at, _ in heard] == [n * HOUR for n in (0, 12, 24, 48)]

    def test_after_a_day_a_critical_one_is_repeated_when_somebody_spoke_of_it_again(self) -> None:
        """A post on the third day, at 14:00, is told at the next quarter past four hours."""
        silent = after_reminders(NOON + timedelta(hours=1), NOON + 3 * DAY)
        spoken = after_reminders(NOON + 2 * DAY + 2 * HOUR, NOON + 3 * DAY)
        assert spoken - silent == {2 * DAY + 4 * HOUR + 15 * MINUTE}

    def test_of_what_is_said_after_days_of_silence_one_reminder_tells_the_next(self) -> None:
        """After five quiet days; a post is no reason to repeat what was due before."""
        raised = {"raised_at": NOON, "reminders": 25}
        spoken = incident(CRITICAL, last_seen_at=NOON + 9 * DAY, **raised)
        heard = kept(spoken, PLAIN, NOON + 9 * DAY + 12 * HOUR)
        assert [at for at, _ in heard] == [9 * DAY + 15 * MINUTE]

    def test_a_loud_one_is_repeated_as_often_as_asked_for(self) -> None:
        """Somebody speaks of it in the very second in which the reminder falls due."""
        open_, heard = incident(CRITICAL), []
        for hours in range(72):
            now = NOON + hours * HOUR + 15 * MINUTE
            open_ = replace(open_, last_seen_at=now + timedelta(seconds=1))
            for event in due(open_, PLAIN, now):
                open_ = after(open_, event, now=now)
                heard.append(hours)
        assert heard == list(range(0, 72, 4))

    @pytest.mark.parametrize(("seconds", "heard"), [(60, True), (61, False)])
    def test_a_post_of_a_minute_after_a_reminder_fell_due_is_of_before_it(
        self, seconds: int, *, heard: bool
    ) -> None:
        at = NOON + 2 * DAY + 15 * MINUTE
        said = at + timedelta(seconds=seconds)
        spoken = incident(CRITICAL, raised_at=NOON, reminders=12, last_seen_at=said)
        assert bool(due(spoken, PLAIN, said)) is heard

    def test_what_an_update_told_is_not_told_again_by_a_reminder(self) -> None:
        said = {"last_seen_at": NOON + 2 * DAY, "reminders": 12}
        at = NOON + 2 * DAY + 15 * MINUTE
        assert due(incident(CRITICAL, **said, raised_at=NOON), PLAIN, at)
        told = {"raised_at": NOON, "last_alert_at": NOON + 2 * DAY}
        assert not due(incident(CRITICAL, **said, **told), PLAIN, at)

    @pytest.mark.parametrize("level", [WARNING, CRITICAL])
    def test_one_of_which_nobody_spoke_for_a_week_is_repeated_weekly(self, level: Level) -> None:
        heard = reminders(incident(level), NOON + 30 * DAY, last_seen_at=NOON)
        idle = [at for at in heard if at > 7 * DAY]
        assert {later - earlier for earlier, later in pairwise(idle)} == {7 * DAY}
        assert len(idle) == 3

    def test_a_week_is_one_to_the_minute(self) -> None:
        heard = reminders(incident(WARNING), NOON + 8 * DAY, last_seen_at=NOON + 15 * MINUTE)
        assert heard[-1] == 6 * DAY + 15 * MINUTE

    def test_an_idle_one_that_was_not_repeated_three_times_is_not_slowed(self) -> None:
        idle = incident(CRITICAL, last_seen_at=NOON - 4 * DAY)
        heard = kept(idle, PLAIN, NOON + 12 * HOUR)
        assert [at for at, _ in heard] == [15 * MINUTE + n * 4 * HOUR for n in range(3)]

    def test_those_missed_while_it_was_off_come_once(self) -> None:
        [event] = due(incident(CRITICAL), PLAIN, NOON + 13 * HOUR)
        assert (event.count, event.at) == (4, NOON + 12 * HOUR + 15 * MINUTE)
        reminded = after(incident(CRITICAL), event, now=NOON + 13 * HOUR)
        assert reminded.reminders == 4
        assert due(reminded, PLAIN, NOON + 13 * HOUR) == ()
        assert due(reminded, PLAIN, NOON + 16 * HOUR + 15 * MINUTE) != ()

    def test_news_does_not_put_the_clock_back(self) -> None:
        updated = incident(WARNING, last_alert_at=NOON + 14 * MINUTE)
        assert due(updated, PLAIN, NOON + 15 * MINUTE) != ()

    @pytest.mark.parametrize(
        "known", [{"raised_at": None}, {"raised_at": None, "last_alert_at": None}]
    )
    def test_without_a_rise_it_counts_from_the_alert_or_the_opening(
        self, known: dict[str, Any]
    ) -> None:
        assert due(incident(WARNING, **known), PLAIN, NOON + 14 * MINUTE) == ()
        assert due(incident(WARNING, **known), PLAIN, NOON + 15 * MINUTE) != ()

    def test_the_reason_speaks_of_hours_from_two_on(self) -> None:
        settings = AlertSettings(acknowledge_within=timedelta(minutes=150), **OFF)
        [event] = due(incident(WARNING), settings, NOON + 3 * HOUR)
        assert event.reason == "Nobody acknowledged it for 3 hours."

    def test_one_minute_is_one_minute(self) -> None:
        settings = AlertSettings(acknowledge_within=MINUTE, **OFF)
        [event] = due(incident(WARNING), settings, NOON + HOUR)
        assert event.reason == "Nobody acknowledged it for 1 minute."


class TestEscalation:
    def test_each_step_is_taken_once_in_order(self) -> None:
        heard = kept(incident(WARNING), STEPS, NOON + 5 * HOUR)
        assert [(at, event.type, event.webhooks) for at, event in heard] == [
            (15 * MINUTE, "incident.handed_on", ("board",)),
            (15 * MINUTE, "incident.reminder", ()),
            (HOUR, "incident.handed_on", ("chair", "press")),
        ]

    def test_missed_steps_are_all_taken(self) -> None:
        events = due(incident(CRITICAL), STEPS, NOON + 2 * HOUR)
        assert [event.at - NOON for event in events] == [15 * MINUTE, 15 * MINUTE, HOUR]
        assert [event.count for event in events if event.webhooks] == [1, 2]

    def test_the_step_is_remembered(self) -> None:
        first = due(incident(WARNING), STEPS, NOON + 15 * MINUTE)[0]
        assert first.reason == "Nobody acknowledged it for 15 minutes. Told from now on: board."
        handed = after(incident(WARNING), first, now=NOON + 15 * MINUTE)
        assert (handed.handed_on, handed.reminders, handed.status) == (1, 0, Status.OPEN)


class TestWhoIsLeftAlone:
    @pytest.mark.parametrize(
        "status", [Status.ACKNOWLEDGED, Status.RESOLVED, Status.DISMISSED, Status.MERGED]
    )
    def test_nobody_is_reminded_of_what_is_answered(self, status: Status) -> None:
        answered = incident(CRITICAL, status=status, acknowledged_at=NOON)
        assert due(answered, STEPS, NOON + 2 * DAY) == ()

    def test_nor_of_a_watched_story(self) -> None:
        assert due(incident(WATCH), STEPS, NOON + 2 * DAY) == ()

    @pytest.mark.parametrize("until", [None, NOON + 3 * DAY])
    def test_nor_of_one_that_is_snoozed(self, until: datetime | None) -> None:
        snoozed = incident(CRITICAL, status=Status.SNOOZED, snoozed_until=until)
        assert due(snoozed, STEPS, NOON + 2 * DAY) == ()

    def test_an_acknowledgement_from_before_it_rose_is_no_answer(self) -> None:
        rose = incident(
            CRITICAL,
            status=Status.ACKNOWLEDGED,
            acknowledged_at=NOON,
            raised_at=NOON + MINUTE,
        )
        assert not is_answered(rose)
        assert due(rose, PLAIN, NOON + 16 * MINUTE) != ()

    def test_an_acknowledgement_without_a_time_is_one(self) -> None:
        assert is_answered(incident(status=Status.ACKNOWLEDGED, acknowledged_at=None))
        assert not is_answered(incident(status=Status.OPEN, acknowledged_at=NOON))

    def test_the_end_of_a_snooze_is_a_reminder_and_starts_the_clock(self) -> None:
        snoozed = incident(
            CRITICAL,
            status=Status.SNOOZED,
            snoozed_until=NOON + HOUR,
            raised_at=NOON - DAY,
            reminders=5,
            handed_on=1,
        )
        [event] = due(snoozed, PLAIN, NOON + HOUR)
        assert (event.type, event.at) == ("incident.reminder", NOON + HOUR)
        assert event.reason == "The silence asked for is over."
        awake = after(snoozed, event, now=NOON + HOUR)
        assert (awake.status, awake.snoozed_until) == (Status.OPEN, None)
        assert (awake.reminders, awake.handed_on) == (0, 1)
        assert due(awake, PLAIN, NOON + HOUR + 14 * MINUTE) == ()
        assert due(awake, PLAIN, NOON + HOUR + 15 * MINUTE) != ()


class TestIdle:
    @pytest.mark.parametrize(
        ("level", "status"),
        [
            (WATCH, Status.OPEN),
            (WATCH, Status.ACKNOWLEDGED),
            (WARNING, Status.ACKNOWLEDGED),
            (CRITICAL, Status.ACKNOWLEDGED),
        ],
    )
    def test_after_72_hours_without_a_mention_it_is_resolved(
        self, level: Level, status: Status
    ) -> None:
        idle = incident(level, status=status, acknowledged_at=NOON)
        end = NOON + 72 * HOUR
        assert due(idle, STEPS, end - timedelta(seconds=1)) == ()
        [event] = due(idle, STEPS, end)
        assert (event.type, event.at) == ("incident.resolved", end)
        assert event.reason == "No new mention for 3 days."
        closed = after(idle, event, now=end + MINUTE)
        assert (closed.status, closed.resolved_at) == (Status.RESOLVED, end + MINUTE)

    def test_whoever_takes_on_what_has_long_been_quiet_has_as_long_for_it(self) -> None:
        taken = NOON + 4 * DAY
        late = incident(CRITICAL, status=Status.ACKNOWLEDGED, acknowledged_at=taken)
        assert due(late, STEPS, taken + MINUTE) == ()
        [event] = due(late, STEPS, taken + 72 * HOUR)
        assert (event.type, event.at) == ("incident.resolved", taken + 72 * HOUR)

    def test_what_somebody_reopens_is_not_over_at_once(self) -> None:
        over = incident(WATCH, status=Status.RESOLVED, opened_at=NOON)
        said = Answer(verb="reopen", actor="ann")
        reopened = answered(over, said, now=NOON + 4 * DAY)
        assert due(reopened, STEPS, NOON + 4 * DAY + MINUTE) == ()
        [event] = due(reopened, STEPS, NOON + 7 * DAY)
        assert event.type == "incident.resolved"

    @pytest.mark.parametrize("level", [WARNING, CRITICAL])
    def test_what_nobody_answered_is_never_closed(self, level: Level) -> None:
        heard = kept(incident(level), STEPS, NOON + 10 * DAY, every=HOUR)
        assert {event.type for _, event in heard} == {"incident.reminder", "incident.handed_on"}
