"""The timeline as people read it: each thing once, as they were told it."""

from __future__ import annotations

from monitor.core.dossier import Sent, Step
from monitor.core.humanize import moment
from monitor.core.steps import REMINDER, reason_told, rows, told, words
from tests.core.facts import MINUTE, NOON


def step(
    what: str, detail: str = "", *, who: str = "monitor", after: int = 0, why: str = ""
) -> Step:
    return Step(at=NOON + after * MINUTE, what=what, who=who, detail=detail, reason=why)


def sent(type_: str, webhook: str, *, state: str = "delivered") -> Sent:
    return Sent(
        type=type_, webhook=webhook, state=state, attempts=1, made_at=NOON, at=NOON, error=""
    )


def lines(*steps: Step, sent_: tuple[Sent, ...] = ()) -> list[tuple[str, str, str]]:
    return [(one.what, one.who, one.detail) for one in told(steps, sent_)]


def test_an_alert_is_one_line_with_what_it_said_and_whom_it_reached() -> None:
    deliveries = (
        sent("incident.opened", "inbox"),
        sent("incident.opened", "leaders"),
        sent("incident.opened", "slackish", state="dead"),
        sent("incident.reminder", "board"),
    )
    assert lines(
        step("level watch", "Reached watch: risk 0.28."),
        step("level critical", "Reached critical: risk 0.97."),
        step("incident.opened", "critical", why="Reached critical: risk 1.00."),
        step("delivered", "incident.opened", who="inbox"),
        step("delivered", "incident.opened", who="leaders", after=1),
        sent_=deliveries,
    ) == [
        (
            "New incident",
            "monitor",
            "critical: Reached critical: risk 1.00. (delivered to inbox, leaders)",
        )
    ]


def test_a_level_of_which_nobody_was_told_has_a_line_of_its_own() -> None:
    assert lines(step("level watch", "Reached watch.")) == [
        ("Level: watch", "monitor", "Reached watch.")
    ]


def test_what_somebody_did_and_the_event_that_tells_of_it_are_one_thing() -> None:
    assert lines(
        step("acknowledge", "calling the station", who="ann"),
        step("incident.acknowledged", "critical", why="Acknowledged by ann."),
        sent_=(sent("incident.acknowledged", "inbox"),),
    ) == [("Acknowledged", "ann", "calling the station (delivered to inbox)")]
    assert lines(
        step("remind", "Nobody acknowledged it."), step("incident.reminder", "critical")
    ) == [("Reminder", "monitor", "Nobody acknowledged it.")]


def test_a_statement_that_somebody_recorded_is_one_line_with_its_address() -> None:
    assert lines(
        step("statement", "We are sorry.", who="ann"),
        step("statement", "https://a.example/1 We are sorry.", who="Acme"),
        step("statement.seen", "critical", why="Recorded by ann."),
    ) == [("Statement", "ann", "https://a.example/1 We are sorry.")]


def test_one_that_was_heard_is_told_when_it_was_said_and_when_it_was_heard() -> None:
    assert lines(
        step("statement", "We are sorry.", who="Acme"),
        step("hear", "An owned account speaks of it.", after=2),
        step("statement.seen", "critical", after=2),
    ) == [
        ("Statement", "Acme", "We are sorry."),
        ("Statement", "monitor", "An owned account speaks of it."),
    ]


def test_one_that_was_heard_as_it_was_said_is_the_brands() -> None:
    assert lines(
        step("hear", "It speaks of it."),
        step("statement", "We are sorry, all of us.", who="Acme"),
    ) == [("Statement", "Acme", "We are sorry, all of us.")]


def test_what_was_said_first_is_cut_to_a_headline() -> None:
    assert lines(step("first seen", "They dragged her\n" + "on and on " * 50), step("note")) == [
        ("First seen", "monitor", "They dragged her"),
        ("Note", "monitor", ""),
    ]
    assert lines(step("first seen")) == [("First seen", "monitor", "")]


def test_a_verb_of_a_later_release_is_shown_as_it_is() -> None:
    assert words("ponder") == "ponder"


def test_people_were_told_what_the_first_alert_said_else_what_was_decided() -> None:
    decided = step("level critical", "risk 0.97")
    assert reason_told((decided, step("incident.opened", why="risk 1.00"))) == "risk 1.00"
    assert reason_told((decided, step("incident.opened"))) == "risk 0.97"
    assert reason_told(()) == ""


def test_neither_a_reminder_nor_a_note_is_what_people_were_told_first() -> None:
    reminder = step("incident.reminder", why="Nobody acknowledged it.")
    note = step("note", "calling the station", who="ann")
    assert reason_told((reminder, note)) == ""
    assert reason_told((note, reminder, step("level watch", "risk 0.30"))) == "risk 0.30"


def test_of_two_words_on_one_thing_the_longer_stand() -> None:
    assert lines(
        step("statement", "All of us at Acme are sorry for it.", who="Acme"),
        step("hear", "It speaks of it."),
    ) == [("Statement", "Acme", "All of us at Acme are sorry for it.")]


def test_of_many_reminders_in_a_row_the_ends_are_told() -> None:
    times = [NOON + n * 240 * MINUTE for n in range(6)]
    reminders = [Step(at=at, what=REMINDER, who="monitor", detail="") for at in times]
    note = Step(at=times[-1], what="Note", who="ann", detail="found")

    assert [row[:3] for row in rows((*reminders[:3], note, *reminders[:4]))] == [
        *((moment(at), REMINDER, "monitor") for at in times[:3]),
        (moment(note.at), "Note", "ann"),
        (moment(times[0]), REMINDER, "monitor"),
        ("\u2026", "2 more reminders", "monitor"),
        (moment(times[3]), REMINDER, "monitor"),
    ]
