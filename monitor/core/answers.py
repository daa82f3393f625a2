"""What people may do to an incident, and what it becomes.

Does not store or announce (see `stages.answer`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.duties import known_at, raised_at
from monitor.core.humanize import moment
from monitor.core.times import OLDEST
from monitor.core.types import Incident, Status
from monitor.errors import InputError

#: Why an incident was no incident; `monitor tune` learns from it.
DISMISSALS = ("false-alarm", "duplicate", "not-us")
#: A silence that outlives its reason hides the next bad day.
LONGEST_SNOOZE = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What somebody says to an incident."""

    #: A key of `EVENTS`.
    verb: str
    actor: str
    #: What is noted or stated, who it is assigned to, why it is dismissed.
    text: str = ""
    #: Of a statement: where it was published.
    url: str | None = None
    #: Of a statement: when the brand made it; None: now.
    said_at: datetime | None = None
    #: Of a snooze: its end.
    until: datetime | None = None
    #: What stops people from being chased is of the alert from then, and of none that came after.
    raised_at: datetime | None = None


#: The event that each verb is announced by; None: it is in the timeline, and nobody is told.
EVENTS: Mapping[str, str | None] = {
    "acknowledge": "incident.acknowledged",
    "assign": None,
    "note": None,
    "snooze": None,
    "statement": "statement.seen",
    "resolve": "incident.resolved",
    "reopen": "incident.reopened",
    "dismiss": "incident.dismissed",
}
#: What is answered to a verb that needs words and has none: nothing is recorded then.
_WORDS = {
    "assign": "say who it is assigned to",
    "note": "a note needs words",
    "statement": "say what was stated",
}
#: What was recorded by each verb that leaves the status as it was.
_KEPT = {
    "assign": "assigned to {}",
    "note": "the note was recorded",
    "statement": "the statement was recorded",
}
#: What is said in whole sentences has its full stop.
_ENDS = (".", "!", "?", "\u2026")
_PAST = {
    "acknowledge": "Acknowledged",
    "assign": "Assigned",
    "note": "Noted",
    "snooze": "Snoozed",
    "statement": "The brand's statement was recorded",
    "resolve": "Resolved",
    "reopen": "Reopened",
    "dismiss": "Dismissed",
}


def answered(incident: Incident, answer: Answer, *, now: datetime) -> Incident:
    """The incident after the answer. `InputError` when it cannot be given (any more)."""
    if answer.verb in _WORDS and not answer.text.strip():
        raise InputError(_WORDS[answer.verb])
    return _TAKEN[answer.verb](incident, answer, now)


def meant(incident: Incident, answer: Answer) -> Answer:
    """What is taken of an answer: of an acknowledgement that came second, its note."""
    is_second = answer.verb == "acknowledge" and incident.status is Status.ACKNOWLEDGED
    return replace(answer, verb="note") if is_second and answer.text.strip() else answer


def sentence(answer: Answer) -> str:
    """What the announcement says."""
    said = f": {answer.text}" if answer.text else ""
    whole = f"{_PAST[answer.verb]} by {answer.actor}{said}".rstrip()
    return whole if whole.endswith(_ENDS) else f"{whole}."


def dismissal(reason: str, note: str = "") -> str:
    """What is said of a dismissal: one of `DISMISSALS`, and why, if anybody says so."""
    return f"{reason}: {note}" if note.strip() else reason


def dismissed_as(text: str) -> str:
    """The one of `DISMISSALS` that it was."""
    return text.partition(":")[0]


def recorded(incident: Incident, answer: Answer, *, now: datetime) -> str:
    """What is answered to who said it at `now`; a note changes no status, so none is claimed."""
    first = (incident.acknowledged_by, incident.acknowledged_at)
    if answer.verb == "acknowledge" and first != (answer.actor, now):
        return f"{_acknowledged_already(incident)}; the note was recorded (by {answer.actor})"
    kept = _KEPT.get(answer.verb)
    if kept is None:
        return f"incident {incident.id} is {incident.status.value} (by {answer.actor})"
    said = kept.format(incident.assigned_to)
    return f"incident {incident.id}: {said} (by {answer.actor}); it is {incident.status.value}"


def logged(answer: Answer) -> str:
    """What the timeline says of it beside who, when and which verb."""
    if answer.said_at is not None:
        return f"of {moment(answer.said_at)}: {answer.text}"
    if answer.until is None:
        return answer.text
    return f"until {moment(answer.until)}{f': {answer.text}' if answer.text else ''}"


def _acknowledged(incident: Incident, answer: Answer, now: datetime) -> Incident:
    _must_be_live(incident)
    if incident.status is Status.ACKNOWLEDGED:
        raise InputError(_acknowledged_already(incident))
    _must_be_as_seen(incident, answer)
    return replace(
        incident,
        status=Status.ACKNOWLEDGED,
        acknowledged_at=now,
        acknowledged_by=answer.actor,
        snoozed_until=None,
        reminders=0,
        facts_at=known_at(incident) or (now if answer.text.strip() else incident.facts_at),
    )


def _acknowledged_already(incident: Incident) -> str:
    return f"incident {incident.id} was acknowledged by {incident.acknowledged_by} already"


def _assigned(incident: Incident, answer: Answer, _: datetime) -> Incident:
    _must_be_live(incident)
    return replace(incident, assigned_to=answer.text)


def _noted(incident: Incident, _: Answer, now: datetime) -> Incident:
    """Of what is over, too: what was learnt comes late."""
    return replace(incident, facts_at=known_at(incident) or now)


def _snoozed(incident: Incident, answer: Answer, now: datetime) -> Incident:
    _must_be_live(incident)
    _must_be_as_seen(incident, answer)
    if answer.until is None or not now < answer.until <= now + LONGEST_SNOOZE:
        raise InputError(
            f"a snooze ends after now and within {LONGEST_SNOOZE.days} days; until when?"
        )
    return replace(incident, status=Status.SNOOZED, snoozed_until=answer.until)


def _stated(incident: Incident, answer: Answer, now: datetime) -> Incident:
    """The first statement stops the clock as of when it was made; it may come when all is over."""
    _must_not_be_merged(incident)
    if answer.said_at is not None and not OLDEST <= answer.said_at <= now:
        raise InputError("a statement is recorded once it was made; when was that?")
    return stated(incident, at=answer.said_at or now)


def stated(incident: Incident, *, at: datetime) -> Incident:
    """The incident after the brand spoke at `at`: the clock of the first statement stops."""
    return replace(
        incident,
        statement_at=min(incident.statement_at or at, at),
        last_statement_at=max(incident.last_statement_at or at, at),
        facts_at=known_at(incident) or at,
    )


def _resolved(incident: Incident, answer: Answer, now: datetime) -> Incident:
    _must_be_live(incident)
    _must_be_as_seen(incident, answer)
    return replace(incident, status=Status.RESOLVED, resolved_at=now)


def _dismissed(incident: Incident, answer: Answer, now: datetime) -> Incident:
    _must_be_live(incident)
    _must_be_as_seen(incident, answer)
    return replace(incident, status=Status.DISMISSED, resolved_at=now)


def _reopened(incident: Incident, _: Answer, now: datetime) -> Incident:
    """It waits for an answer anew, from the start of the ladder."""
    _must_not_be_merged(incident)
    if incident.status.is_live:
        raise InputError(f"incident {incident.id} is {incident.status.value}: nothing to reopen")
    return replace(
        incident,
        status=Status.OPEN,
        acknowledged_at=None,
        acknowledged_by=None,
        resolved_at=None,
        snoozed_until=None,
        raised_at=now,
        last_alert_at=now,
        reminders=0,
        breaches=(),
    )


def _must_be_live(incident: Incident) -> None:
    if not incident.status.is_live:
        raise InputError(f"incident {incident.id} is {incident.status.value} already")


def _must_be_as_seen(incident: Incident, answer: Answer) -> None:
    """Who looked at it before it rose has not seen what they would silence."""
    if answer.raised_at is not None and answer.raised_at != raised_at(incident):
        raise InputError(f"incident {incident.id} has risen since, or was reopened: look again")


def _must_not_be_merged(incident: Incident) -> None:
    if incident.status is Status.MERGED:
        raise InputError(f"incident {incident.id} is part of another one: answer that one")


_TAKEN: Mapping[str, Callable[[Incident, Answer, datetime], Incident]] = {
    "acknowledge": _acknowledged,
    "assign": _assigned,
    "note": _noted,
    "snooze": _snoozed,
    "statement": _stated,
    "resolve": _resolved,
    "reopen": _reopened,
    "dismiss": _dismissed,
}
