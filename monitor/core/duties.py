"""What people owe an incident, and by when: acknowledge, facts, statement, next update.

Counted from the moment it was last raised (opened, rose, reopened). Facts within a quarter of an
hour and a first statement within the hour are what crisis guides ask for ("golden hour"). Does
not remind (see `clock`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.settings import AlertSettings
from monitor.core.types import Incident, Level, Status

ACKNOWLEDGE, FACTS, STATEMENT, UPDATE = "acknowledge", "facts", "statement", "update"
#: Below this level nobody is asked for anything.
CHASED_FROM = Level.WARNING
#: What was stated or noted so long before the incident was last raised is of what went before: it
#: came back, perhaps as a second accident, and the public waits for a word on that.
STALE = timedelta(days=3)
#: From which level on somebody is reminded. Every alert says when all would be due; a duty that
#: nobody is reminded of is none.
_ASKED_FROM = {ACKNOWLEDGE: CHASED_FROM}
#: What each asks for.
ASKED = {
    ACKNOWLEDGE: "Acknowledge",
    FACTS: "Note what is known",
    STATEMENT: "First statement",
    UPDATE: "Next update",
}
_UNDONE = {
    ACKNOWLEDGE: "nobody acknowledged it",
    FACTS: "nobody noted what is known",
    STATEMENT: "no statement of the brand was seen",
    UPDATE: "people went on talking after the brand's last statement",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """One thing that is owed."""

    #: "acknowledge", "facts", "statement" or "update".
    name: str
    due: datetime
    #: None: not done yet.
    done_at: datetime | None = None
    #: Nobody here did it: what the brand said in public says it too.
    by_statement: bool = False

    def is_over(self, now: datetime) -> bool:
        """Whether its time has come and it was not done."""
        return self.done_at is None and now >= self.due

    @property
    def was_late(self) -> bool:
        return self.done_at is not None and self.done_at > self.due


def duties(incident: Incident, settings: AlertSettings) -> tuple[Duty, ...]:
    """All that is or was owed, in the order in which it falls due as a rule."""
    return tuple(_all(incident, settings))


def duty(name: str, incident: Incident, settings: AlertSettings) -> Duty | None:
    """One of them; None if it is not asked for."""
    return next((one for one in _all(incident, settings) if one.name == name), None)


def is_asked(name: str, level: Level) -> bool:
    """Whether a duty is chased at this level: an answer from warning on, all else if critical."""
    return level >= _ASKED_FROM.get(name, Level.CRITICAL)


def owed(incident: Incident, settings: AlertSettings) -> tuple[Duty, ...]:
    """What is asked at the level of the incident, and what was done of any duty."""
    every = _all(incident, settings)
    return tuple(one for one in every if one.done_at or is_asked(one.name, incident.level))


def owed_at_worst(incident: Incident, settings: AlertSettings) -> tuple[Duty, ...]:
    """The same at the highest level that it had: what was asked of people then was asked."""
    return owed(replace(incident, level=max(incident.level, incident.alerted_level)), settings)


def raised_at(incident: Incident) -> datetime:
    """What the clock counts from: the last alert that asked for an answer."""
    return incident.raised_at or incident.last_alert_at or incident.opened_at


def owner(incident: Incident) -> str | None:
    """Who was given it, or took it; an acknowledgement from before it rose counts for nothing."""
    taken = None if incident.status is Status.OPEN else incident.acknowledged_by
    return incident.assigned_to or taken


def is_answered(incident: Incident) -> bool:
    """Whether somebody acknowledged it, and it has not risen since."""
    if incident.status is not Status.ACKNOWLEDGED:
        return False
    return incident.acknowledged_at is None or incident.acknowledged_at >= raised_at(incident)


def _is_taken(incident: Incident) -> bool:
    """Whether somebody acknowledged it as it was last raised, whatever became of it since."""
    taken = incident.acknowledged_at if incident.status is not Status.OPEN else None
    return taken is not None and taken >= raised_at(incident)


def known_at(incident: Incident) -> datetime | None:
    """When what is known of it was noted, as it was last raised."""
    return _still(incident.facts_at, incident)


def spoken_at(incident: Incident) -> datetime | None:
    """When the brand first spoke of it, as it was last raised."""
    first, last = incident.statement_at, incident.last_statement_at
    return _still(first, incident) or _still(last, incident)


def _still(done: datetime | None, incident: Incident) -> datetime | None:
    return done if done is not None and done >= raised_at(incident) - STALE else None


def left_undone(incident: Incident, settings: AlertSettings, now: datetime) -> tuple[str, ...]:
    """What was asked of an incident, and overdue when it was resolved."""
    over = [one.name for one in owed(incident, settings) if one.is_over(now)]
    return tuple(_UNDONE[name] for name in over)


def _all(incident: Incident, settings: AlertSettings) -> Iterator[Duty]:
    raised = raised_at(incident)
    answered = incident.acknowledged_at or raised
    yield Duty(
        name=ACKNOWLEDGE,
        due=raised + settings.acknowledge_within,
        # It was taken on all the same when it is over, or asleep, by now.
        done_at=answered if is_answered(incident) or _is_taken(incident) else None,
    )
    if settings.facts_within is not None:
        yield _facts(incident, settings.facts_within, max(raised, answered))
    if settings.statement_within is not None:
        due = raised + settings.statement_within
        yield Duty(name=STATEMENT, due=due, done_at=spoken_at(incident))
    yield from _update(incident, settings)


def _facts(incident: Incident, within: timedelta, answered: datetime) -> Duty:
    known = known_at(incident)
    # Whoever acknowledges late has as long to find out, unless it was known by then: that it came
    # late does not change afterwards.
    start = raised_at(incident) if known and known < answered else answered
    return Duty(
        name=FACTS,
        due=start + within,
        done_at=known,
        by_statement=known is not None and known == spoken_at(incident),
    )


def _update(incident: Incident, settings: AlertSettings) -> Iterator[Duty]:
    """Owed after a statement, as long as people go on talking."""
    last = _still(incident.last_statement_at, incident)
    if settings.update_every is not None and last and incident.last_seen_at > last:
        # What the brand said before anybody here was told is no reason to hurry them.
        yield Duty(name=UPDATE, due=max(last, raised_at(incident)) + settings.update_every)
