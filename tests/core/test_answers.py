"""What people may say to an incident, and what it becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.core.answers import (
    EVENTS,
    LONGEST_SNOOZE,
    Answer,
    answered,
    dismissal,
    dismissed_as,
    logged,
    meant,
    sentence,
)
from monitor.core.clock import due
from monitor.core.duties import is_answered
from monitor.core.settings import AlertSettings
from monitor.core.types import Incident, Level, Status
from monitor.errors import InputError
from tests.core.facts import HOUR, MINUTE, NOON, incident

LATER = NOON + HOUR
OPEN = incident(Level.CRITICAL)
#: What each verb needs to be taken.
GIVEN: dict[str, dict[str, Any]] = {
    "assign": {"text": "the station"},
    "note": {"text": "the crew was heard"},
    "snooze": {"until": LATER + HOUR},
    "statement": {"text": "We are sorry."},
}


def said(verb: str, **given: Any) -> Answer:
    return Answer(verb=verb, actor="kim", **(GIVEN.get(verb, {}) | given))


def take(before: Incident, verb: str, **given: Any) -> Incident:
    return answered(before, said(verb, **given), now=LATER)


def closed(status: Status) -> Incident:
    return replace(OPEN, status=status, resolved_at=NOON, reminders=3, handed_on=1)


CHANGES: dict[str, dict[str, Any]] = {
    "acknowledge": {
        "status": Status.ACKNOWLEDGED,
        "acknowledged_at": LATER,
        "acknowledged_by": "kim",
        "reminders": 0,
    },
    "assign": {"assigned_to": "the station"},
    "note": {"facts_at": LATER},
    "snooze": {"status": Status.SNOOZED, "snoozed_until": LATER + HOUR},
    "statement": {"statement_at": LATER, "last_statement_at": LATER, "facts_at": LATER},
    "resolve": {"status": Status.RESOLVED, "resolved_at": LATER},
    "dismiss": {"status": Status.DISMISSED, "resolved_at": LATER},
}


@pytest.mark.parametrize("verb", CHANGES)
def test_each_verb_changes_this_and_nothing_else(verb: str) -> None:
    before = replace(OPEN, reminders=2)
    assert take(before, verb) == replace(before, **CHANGES[verb])


def test_a_statement_that_is_recorded_late_counts_from_when_it_was_made() -> None:
    told = take(OPEN, "statement", said_at=NOON)
    assert (told.statement_at, told.last_statement_at, told.facts_at) == (NOON, NOON, NOON)
    assert logged(said("statement", text="Sorry.", said_at=NOON)) == (
        "of 6 May 2024, 12:00 UTC: Sorry."
    )


@pytest.mark.parametrize("off", [LATER + MINUTE, datetime(17, 4, 10, tzinfo=UTC)])
def test_a_statement_of_the_future_or_of_another_age_is_refused(off: datetime) -> None:
    with pytest.raises(InputError, match="when was that"):
        take(OPEN, "statement", said_at=off)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.DISMISSED])
def test_what_is_reopened_waits_for_an_answer_anew(status: Status) -> None:
    acknowledged = replace(closed(status), acknowledged_at=NOON, acknowledged_by="ann")
    reopened = take(acknowledged, "reopen")
    assert reopened == replace(
        OPEN, status=Status.OPEN, raised_at=LATER, last_alert_at=LATER, handed_on=1
    )
    assert not is_answered(reopened)
    assert [e.type for e in due(reopened, AlertSettings(), LATER + 15 * MINUTE)] == [
        "incident.reminder"
    ]


@pytest.mark.parametrize("status", [Status.OPEN, Status.ACKNOWLEDGED, Status.SNOOZED])
def test_what_is_live_cannot_be_reopened(status: Status) -> None:
    with pytest.raises(InputError, match=f"is {status.value}: nothing to reopen"):
        take(replace(OPEN, status=status), "reopen")


@pytest.mark.parametrize("verb", ["acknowledge", "assign", "snooze", "resolve", "dismiss"])
@pytest.mark.parametrize("status", [Status.RESOLVED, Status.DISMISSED, Status.MERGED])
def test_what_is_over_takes_no_such_answer(verb: str, status: Status) -> None:
    with pytest.raises(InputError, match=f"incident 1 is {status.value} already"):
        take(closed(status), verb)


@pytest.mark.parametrize("verb", ["reopen", "statement"])
def test_one_that_was_merged_away_is_answered_where_it_went(verb: str) -> None:
    with pytest.raises(InputError, match="part of another one"):
        take(closed(Status.MERGED), verb)


@pytest.mark.parametrize("status", list(Status))
def test_a_note_may_be_written_at_any_time(status: Status) -> None:
    assert take(closed(status), "note") == replace(closed(status), facts_at=LATER)


def test_a_second_acknowledgement_says_who_was_first() -> None:
    with pytest.raises(InputError, match="was acknowledged by kim already"):
        take(take(OPEN, "acknowledge"), "acknowledge")


@pytest.mark.parametrize(
    ("before", "text", "verb"),
    [(True, "calling", "note"), (True, " ", "acknowledge"), (False, "calling", "acknowledge")],
    ids=["what was noted is a note", "nothing was noted", "the first"],
)
def test_what_is_taken_of_an_acknowledgement_that_came_second(
    before: bool, text: str, verb: str
) -> None:
    incident = take(OPEN, "acknowledge") if before else OPEN
    assert meant(incident, said("acknowledge", text=text)).verb == verb


def test_one_that_sleeps_wakes_when_it_is_acknowledged() -> None:
    awake = take(take(OPEN, "snooze"), "acknowledge")
    assert (awake.status, awake.snoozed_until) == (Status.ACKNOWLEDGED, None)


@pytest.mark.parametrize(
    "until", [None, NOON, LATER, LATER + LONGEST_SNOOZE + timedelta(seconds=1)]
)
def test_a_snooze_ends_after_now_and_in_the_foreseeable(until: Any) -> None:
    with pytest.raises(InputError, match="within 30 days; until when"):
        take(OPEN, "snooze", until=until)
    assert take(OPEN, "snooze", until=LATER + LONGEST_SNOOZE).status is Status.SNOOZED


def test_a_second_statement_leaves_the_time_of_the_first() -> None:
    again = take(replace(OPEN, statement_at=NOON, last_statement_at=NOON), "statement")
    assert (again.statement_at, again.last_statement_at) == (NOON, LATER)


def test_whoever_acknowledges_with_words_has_noted_what_is_known() -> None:
    assert take(OPEN, "acknowledge", text="the pump failed").facts_at == LATER
    known = replace(OPEN, facts_at=NOON)
    assert take(known, "acknowledge", text="the pump failed").facts_at == NOON
    assert take(known, "note").facts_at == NOON


@pytest.mark.parametrize("verb", ["assign", "note", "statement"])
@pytest.mark.parametrize("text", ["", "  \n"])
def test_what_lives_of_words_needs_some(verb: str, text: str) -> None:
    with pytest.raises(InputError):
        take(OPEN, verb, text=text)


def test_every_verb_is_announced_or_known_not_to_be() -> None:
    assert {verb for verb, type_ in EVENTS.items() if type_ is None} == {
        "assign",
        "note",
        "snooze",
    }
    assert {*CHANGES, "reopen"} == set(EVENTS)


def test_the_announcement_says_who_and_what() -> None:
    assert sentence(said("resolve")) == "Resolved by kim."
    assert sentence(said("dismiss", text="not-us")) == "Dismissed by kim: not-us."
    assert sentence(said("reopen", text="a video")) == "Reopened by kim: a video."


@pytest.mark.parametrize("text", ["We are sorry.", "We are sorry. ", "Why?", "Stop!"])
def test_what_is_a_whole_sentence_gets_no_second_full_stop(text: str) -> None:
    assert sentence(said("statement", text=text)).endswith(f"by kim: {text.strip()}")


def test_a_dismissal_says_how_that_is_known_behind_its_reason() -> None:
    assert dismissal("not-us", "it is of the town") == "not-us: it is of the town"
    assert dismissal("not-us", " ") == "not-us"
    assert [dismissed_as(dismissal("duplicate", note)) for note in ("", "of 3: the van")] == [
        "duplicate",
        "duplicate",
    ]


def test_the_timeline_says_until_when() -> None:
    until = NOON.replace(hour=18)
    assert logged(said("snooze", until=until)) == "until 6 May 2024, 18:00 UTC"
    assert logged(said("snooze", until=until, text="a fair")) == (
        "until 6 May 2024, 18:00 UTC: a fair"
    )
    assert logged(said("note")) == "the crew was heard"
