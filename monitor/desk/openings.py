"""The open incidents in one line each: who has it, and what the brand has said of it in public.

Pure; for the top of the inbox. The whole of it stands on the incident's own page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.core.brief import allegation
from monitor.core.duties import ACKNOWLEDGE, STATEMENT, duty, is_asked, owner, raised_at, spoken_at
from monitor.core.humanize import counted
from monitor.core.plaintext import clip, tidy
from monitor.core.settings import AlertSettings
from monitor.core.statements import NEEDS, denies, lacking
from monitor.core.types import Incident, Status

#: Shown at once; `monitor incidents --open` has all.
MOST = 30
_NAME_CHARS = 40

Checks = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A few words, and by when that is to change."""

    words: str
    due: datetime | None = None
    is_bad: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """One row."""

    id: int
    brand: str
    title: str
    level: str
    #: What is alleged of the brand, and by how many.
    said: str
    answer: Note
    #: None: no statement is asked for, and none was made.
    statement: Note | None


def openings(
    found: Iterable[tuple[Incident, Checks | None]], *, settings: AlertSettings, now: datetime
) -> tuple[Opening, ...]:
    """The gravest first. With each incident comes what was found in its newest statement."""
    ordered = sorted(found, key=lambda one: (-one[0].level, -one[0].risk, one[0].id))
    return tuple(_opening(*one, settings=settings, now=now) for one in ordered[:MOST])


def _opening(
    incident: Incident, checks: Checks | None, *, settings: AlertSettings, now: datetime
) -> Opening:
    return Opening(
        id=incident.id,
        brand=tidy(incident.brand),
        title=tidy(incident.title),
        level=incident.level.label,
        said=f"{allegation(incident.brand, incident.harms)} {_extent(incident)}",
        answer=_answer(incident, settings, now),
        statement=_statement(incident, checks, settings, now),
    )


def _extent(incident: Incident) -> str:
    by = f" by {counted(incident.author_count, 'author')}" if incident.author_count else ""
    return f"{counted(incident.mention_count, 'mention')}{by}."


def _answer(incident: Incident, settings: AlertSettings, now: datetime) -> Note:
    if incident.status is Status.SNOOZED:
        return Note(words="snoozed, ends", due=incident.snoozed_until)
    if incident.status is Status.ACKNOWLEDGED:
        return Note(words=f"{clip(owner(incident) or '', _NAME_CHARS) or 'somebody'} has it")
    given = clip(incident.assigned_to or "", _NAME_CHARS)
    waits = f"given to {given}, not acknowledged" if given else "nobody has acknowledged it"
    if not is_asked(ACKNOWLEDGE, incident.level):
        return Note(words=waits)
    due = raised_at(incident) + settings.acknowledge_within
    return _due(waits, due, is_over=now >= due)


def _statement(
    incident: Incident, checks: Checks | None, settings: AlertSettings, now: datetime
) -> Note | None:
    if spoken_at(incident) is not None:
        return _said(checks or {})
    due = duty(STATEMENT, incident, settings)
    if due is None or not is_asked(STATEMENT, incident.level):
        return None
    return _due("no statement yet", due.due, is_over=due.is_over(now))


def _due(words: str, at: datetime, *, is_over: bool) -> Note:
    return Note(words=f"{words}, {'was due' if is_over else 'due'}", due=at, is_bad=is_over)


def _said(checks: Checks) -> Note:
    missing = lacking(checks)
    if missing:
        # A hint from its phrases: no reason to frighten anybody.
        return Note(words=f"the statement seems to lack: {'; '.join(missing)}")
    if denies(checks):
        return Note(words="the statement says that the story is not true")
    if NEEDS.keys() <= checks.keys():
        return Note(words="the statement says what people need")
    return Note(words="the statement was not read: not in English, or too short")
