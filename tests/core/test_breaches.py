"""Duties of an incident, when they fall due, and what is said of those that were missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core.clock import after, due
from monitor.core.duties import Duty, duties, duty, is_answered, left_undone, raised_at
from monitor.core.humanize import moment
from monitor.core.settings import AlertSettings, EscalationStep
from monitor.core.types import Incident, Level, Status
from tests.core.facts import HOUR, MINUTE, NOON, incident

PLAIN = AlertSettings()
STEPS = AlertSettings(
    escalation=(
        EscalationStep(after=5 * HOUR, webhooks=("board",)),
        EscalationStep(after=9 * HOUR, webhooks=("chair",)),
    )
)
CRITICAL = Level.CRITICAL


def taken(**known: Any) -> Incident:
    """A critical incident that somebody has, and that people go on talking of."""
    values = {
        "status": Status.ACKNOWLEDGED,
        "acknowledged_at": NOON,
        "acknowledged_by": "kim",
        "last_seen_at": NOON + timedelta(days=2),
    }
    return incident(CRITICAL, **values | known)


def told(
    before: Incident, settings: AlertSettings = PLAIN, *, until: timedelta = 3 * HOUR
) -> list[tuple[int, str, str]]:
    """Minute by minute: (minute, type, reason)."""
    heard = []
    for minute in range(until // MINUTE):
        now = NOON + minute * MINUTE
        for event in due(before, settings, now):
            before = after(before, event, now=now)
            heard.append((minute, event.type.removeprefix("incident."), event.reason))
    return heard


class TestDuties:
    def test_three_are_owed_from_the_start(self) -> None:
        assert duties(incident(CRITICAL), PLAIN) == (
            Duty(name="acknowledge", due=NOON + 15 * MINUTE),
            Duty(name="facts", due=NOON + 15 * MINUTE),
            Duty(name="statement", due=NOON + HOUR),
        )

    def test_they_count_from_the_moment_it_was_last_raised(self) -> None:
        risen = incident(CRITICAL, raised_at=NOON + 2 * HOUR)
        expected = [NOON + 2 * HOUR + span for span in (15 * MINUTE, 15 * MINUTE, HOUR)]
        assert [one.due for one in duties(risen, PLAIN)] == expected

    def test_whoever_acknowledges_late_has_as_long_to_find_out(self) -> None:
        late = taken(acknowledged_at=NOON + 40 * MINUTE)
        found = duty("facts", late, PLAIN)
        assert found == Duty(name="facts", due=NOON + 55 * MINUTE)

    def test_a_late_acknowledgement_does_not_make_up_for_what_was_known_late_before_it(
        self,
    ) -> None:
        known = incident(CRITICAL, facts_at=NOON + 20 * MINUTE)
        later = taken(acknowledged_at=NOON + 25 * MINUTE, facts_at=NOON + 20 * MINUTE)
        before, after_ = (duty("facts", one, PLAIN) for one in (known, later))
        assert before == after_
        assert after_ is not None
        assert (after_.due, after_.was_late) == (NOON + 15 * MINUTE, True)

    def test_a_public_statement_settles_the_facts_and_is_told_as_such(self) -> None:
        at = NOON + 20 * MINUTE
        stated, noted = (
            duty("facts", taken(facts_at=at, **more), PLAIN) for more in ({"statement_at": at}, {})
        )
        assert stated is not None
        assert noted is not None
        assert (stated.by_statement, noted.by_statement) == (True, False)

    def test_what_was_done_is_done(self) -> None:
        done = taken(facts_at=NOON + MINUTE, statement_at=NOON + 2 * HOUR)
        assert [one.done_at for one in duties(done, PLAIN)] == [
            NOON,
            NOON + MINUTE,
            NOON + 2 * HOUR,
        ]
        assert [one.was_late for one in duties(done, PLAIN)] == [False, False, True]
        assert not any(one.is_over(NOON + 9 * HOUR) for one in duties(done, PLAIN))

    def test_an_answer_from_before_it_rose_is_none(self) -> None:
        assert duties(taken(raised_at=NOON + HOUR), PLAIN)[0].done_at is None

    def test_news_are_owed_after_a_statement_while_people_talk(self) -> None:
        stated = taken(last_statement_at=NOON)
        assert duties(stated, PLAIN)[-1] == Duty(name="update", due=NOON + 4 * HOUR)
        assert duty("update", replace(stated, last_seen_at=NOON), PLAIN) is None
        before = replace(stated, last_statement_at=NOON - 9 * HOUR)
        assert duty("update", before, PLAIN) == Duty(name="update", due=NOON + 4 * HOUR)
        assert duty("update", taken(), PLAIN) is None

    def test_what_is_turned_off_is_not_owed(self) -> None:
        off = AlertSettings(facts_within=None, statement_within=None, update_every=None)
        assert [one.name for one in duties(taken(last_statement_at=NOON), off)] == ["acknowledge"]

    def test_its_time_comes_on_the_minute(self) -> None:
        owed = Duty(name="facts", due=NOON)
        assert not owed.is_over(NOON - timedelta(microseconds=1))
        assert owed.is_over(NOON)
        assert not owed.was_late
        assert not Duty(name="facts", due=NOON, done_at=NOON).was_late

    @pytest.mark.parametrize(
        ("known", "counts_from"),
        [
            ({"raised_at": NOON + HOUR}, NOON + HOUR),
            ({"raised_at": None, "last_alert_at": NOON + MINUTE}, NOON + MINUTE),
            ({"raised_at": None, "last_alert_at": None}, NOON),
        ],
    )
    def test_the_last_alert_that_asked_counts(
        self, known: dict[str, Any], counts_from: datetime
    ) -> None:
        assert raised_at(incident(**known)) == counts_from

    def test_who_answered_is_on_it_unless_it_rose(self) -> None:
        assert is_answered(taken())
        assert is_answered(taken(acknowledged_at=None))
        assert not is_answered(taken(raised_at=NOON + MINUTE))
        assert not is_answered(incident(CRITICAL))


class TestBreaches:
    def test_each_is_said_once(self) -> None:
        assert told(taken()) == [
            (15, "reminder", "Nobody noted what is known within 15 minutes."),
            (60, "reminder", "No statement of the brand was seen within 60 minutes."),
        ]

    def test_and_handed_on_if_that_does_not_help(self) -> None:
        assert [(minute, type_) for minute, type_, _ in told(taken(), STEPS)] == [
            (15, "reminder"),
            (30, "handed_on"),
            (60, "reminder"),
            (75, "handed_on"),
        ]

    def test_the_next_step_is_told_and_no_more_than_there_are(self) -> None:
        now = NOON + 30 * MINUTE
        [event] = due(taken(breaches=("facts",)), STEPS, now)
        assert (event.webhooks, event.count, event.at) == (("board",), 1, now)
        handed = after(taken(breaches=("facts",)), event, now=now)
        assert (handed.handed_on, handed.breaches) == (1, ("facts", "facts>"))
        exhausted = taken(breaches=("facts",), handed_on=2)
        assert due(exhausted, STEPS, now) == ()

    def test_two_breaches_at_one_moment_do_not_skip_a_step(self) -> None:
        late = taken(breaches=("facts", "statement"))
        events = due(late, STEPS, NOON + 2 * HOUR)
        assert [event.count for event in events] == [1, 1]
        for event in events:
            late = after(late, event, now=NOON + 2 * HOUR)
        assert late.handed_on == 1
        assert due(late, STEPS, NOON + 3 * HOUR) == ()

    def test_what_is_done_in_time_is_not_spoken_of(self) -> None:
        assert told(taken(facts_at=NOON, statement_at=NOON)) == []

    def test_done_after_the_reminder_it_is_not_handed_on(self) -> None:
        late = taken(facts_at=NOON, breaches=("statement",), statement_at=NOON + 70 * MINUTE)
        assert told(late, STEPS) == []

    def test_who_does_not_answer_is_asked_for_no_update(self) -> None:
        """The reminder that nobody acknowledged names it, and comes minutes from it."""
        spoken = {"statement_at": NOON, "last_statement_at": NOON, "facts_at": NOON}
        silent = incident(CRITICAL, last_seen_at=NOON + timedelta(days=2), **spoken)
        reasons = {reason.partition(" for ")[0] for _, _, reason in told(silent, until=6 * HOUR)}
        assert reasons == {"Nobody acknowledged it"}

    def test_an_update_is_asked_for_after_each_statement(self) -> None:
        stated = taken(facts_at=NOON, statement_at=NOON, last_statement_at=NOON)
        reason = (
            f"People still talked of it at {moment(stated.last_seen_at)}, "
            "and the brand last spoke at 6 May 2024, 12:00 UTC."
        )
        assert told(stated, until=9 * HOUR) == [(240, "reminder", reason)]
        again = replace(
            stated,
            last_statement_at=NOON + HOUR,
            breaches=("facts", "update 2024-05-06T12:00:00+00:00"),
        )
        assert [minute for minute, *_ in told(again, until=9 * HOUR)] == [300]

    def test_of_updates_only_the_newest_is_remembered(self) -> None:
        known = ("facts", "update 2024-05-06T12:00:00+00:00", "update 2024-05-06T12:00:00+00:00>")
        spoke = {"facts_at": NOON, "statement_at": NOON, "last_statement_at": NOON + HOUR}
        stated = taken(**spoke, breaches=known)
        [event] = due(stated, PLAIN, NOON + 5 * HOUR)
        reminded = after(stated, event, now=NOON + 5 * HOUR)
        assert reminded.breaches == ("facts", "update 2024-05-06T13:00:00+00:00")
        [event] = due(reminded, STEPS, NOON + 6 * HOUR)
        handed = after(reminded, event, now=NOON + 6 * HOUR)
        assert handed.breaches == (
            "facts",
            "update 2024-05-06T13:00:00+00:00",
            "update 2024-05-06T13:00:00+00:00>",
        )

    def test_who_has_not_answered_is_asked_for_a_statement_and_not_for_facts(self) -> None:
        talked_of = incident(CRITICAL, last_seen_at=NOON + timedelta(days=2))
        assert [(minute, reason) for minute, _, reason in told(talked_of)] == [
            (15, "Nobody acknowledged it for 15 minutes."),
            (60, "No statement of the brand was seen within 60 minutes."),
        ]

    @pytest.mark.parametrize("level", [Level.WATCH, Level.WARNING])
    def test_below_critical_nobody_is_chased(self, level: Level) -> None:
        assert told(replace(taken(), level=level), STEPS) == []

    @pytest.mark.parametrize("status", [Status.RESOLVED, Status.DISMISSED, Status.MERGED])
    def test_nor_when_it_is_over(self, status: Status) -> None:
        assert told(taken(status=status)) == []

    def test_nor_while_it_is_snoozed(self) -> None:
        asleep = taken(status=Status.SNOOZED, snoozed_until=NOON + timedelta(days=1))
        assert told(asleep) == []

    def test_what_went_idle_is_closed_without_a_word_more(self) -> None:
        [event] = due(taken(last_seen_at=NOON), PLAIN, NOON + timedelta(hours=72))
        assert event.type == "incident.resolved"

    def test_the_reminders_of_the_acknowledgement_are_not_counted_with_them(self) -> None:
        [event] = due(taken(reminders=2), PLAIN, NOON + 15 * MINUTE)
        assert after(taken(reminders=2), event, now=NOON).reminders == 2


class TestLeftUndone:
    """Of an incident that was resolved two hours after it was opened."""

    def test_what_was_overdue_is_left_undone(self) -> None:
        resolved = incident(CRITICAL, status=Status.RESOLVED)
        assert left_undone(resolved, PLAIN, NOON + 2 * HOUR) == (
            "nobody acknowledged it",
            "nobody noted what is known",
            "no statement of the brand was seen",
        )

    def test_what_was_not_due_yet_is_not(self) -> None:
        assert left_undone(incident(CRITICAL, status=Status.RESOLVED), PLAIN, NOON) == ()

    def test_an_incident_that_was_acknowledged_is_owned(self) -> None:
        owned = taken(status=Status.RESOLVED, acknowledged_at=NOON, facts_at=NOON)
        assert left_undone(owned, PLAIN, NOON + 2 * HOUR) == (
            "no statement of the brand was seen",
        )

    def test_unless_it_has_risen_since(self) -> None:
        risen = taken(status=Status.RESOLVED, acknowledged_at=NOON, raised_at=NOON + MINUTE)
        assert left_undone(risen, PLAIN, NOON + 2 * HOUR)[0] == "nobody acknowledged it"

    def test_nobody_was_paged_for_a_watch(self) -> None:
        assert left_undone(incident(Level.WATCH), PLAIN, NOON + 2 * HOUR) == ()
