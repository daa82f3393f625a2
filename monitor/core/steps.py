"""The timeline of an incident as people read it: one line for each thing that happened.

The log holds one thing up to four times: what was decided, what was done, what was sent of it,
where that arrived. Here it is one line, with what people were told: a decision in the midst of a
batch may have had another risk. Decides and stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from monitor.core.brief import headline
from monitor.core.dossier import Sent, Step
from monitor.core.humanize import counted, moment
from monitor.core.notice import WORDS as EVENTS

_FIRST = "first seen"
#: What is done to an incident, in words; an act and the event that tells of it have the same.
_ACTS: Mapping[str, str] = {
    _FIRST: "First seen",
    "acknowledge": EVENTS["incident.acknowledged"],
    "assign": "Assigned",
    "note": "Note",
    "snooze": "Snoozed",
    "statement": EVENTS["statement.seen"],
    "hear": EVENTS["statement.seen"],
    "resolve": EVENTS["incident.resolved"],
    "reopen": EVENTS["incident.reopened"],
    "dismiss": EVENTS["incident.dismissed"],
    "remind": EVENTS["incident.reminder"],
    "hand on": EVENTS["incident.handed_on"],
    "merge": EVENTS["incident.merged"],
    "split": "Split",
    "move": "Moved",
    "take over": "Taken over",
    "blank": "Text deleted",
    "forget": "Forgotten",
    "rename": "Renamed",
}
REMINDER = EVENTS["incident.reminder"]
#: Reminders in a row beyond so many are told in one line.
_MOST_REMINDERS = 3
#: Events that say which level an incident reached.
_LEVEL = "level "
_TURNS = frozenset(
    {"incident.opened", "incident.escalated", "incident.deescalated", "incident.reopened"}
)
_DELIVERED = "delivered"
#: Who acts when no person does.
MACHINE = frozenset({"", "monitor"})


def words(what: str) -> str:
    """What a step of the log is called to people."""
    if what.startswith(_LEVEL):
        return f"Level: {what.removeprefix(_LEVEL)}"
    return _ACTS.get(what) or EVENTS.get(what) or what


def told(steps: Sequence[Step], sent: Iterable[Sent] = ()) -> tuple[Step, ...]:
    """Each thing once, in the order of the first step of it, with those it was delivered to."""
    turns = {step.at for step in steps if step.what in _TURNS}
    arrived = [one for one in sent if one.state == _DELIVERED]
    groups: dict[object, list[Step]] = {}
    for step in steps:
        is_told = step.what.startswith(_LEVEL) and step.at in turns
        if step.what != _DELIVERED and not is_told:
            groups.setdefault((step.at, words(step.what)), []).append(step)
    return tuple(_one(group, arrived) for group in groups.values())


def rows(steps: Iterable[Step]) -> Iterator[tuple[str, ...]]:
    """When, what, who, details: as people read them, of many reminders in a row the ends."""
    for is_reminder, run in groupby(steps, lambda step: step.what == REMINDER):
        known = list(run)
        yield from _ends(known) if is_reminder else map(_row, known)


def _ends(run: Sequence[Step]) -> Iterator[tuple[str, ...]]:
    if len(run) <= _MOST_REMINDERS:
        yield from map(_row, run)
        return
    yield _row(run[0])
    yield ("\u2026", counted(len(run) - 2, "more reminder"), run[0].who, "")
    yield _row(run[-1])


def _row(step: Step) -> tuple[str, ...]:
    return moment(step.at), step.what, step.who, step.detail


def reason_told(steps: Iterable[Step]) -> str:
    """What people were told first; as it was decided, if no alert is kept. Empty: nothing was."""
    known = list(steps)
    alerts = (step.reason for step in known if step.what in _TURNS)
    decided = (step.detail for step in known if step.what.startswith(_LEVEL))
    return next(filter(None, (*alerts, *decided)), "")


def _one(group: Sequence[Step], arrived: Iterable[Sent]) -> Step:
    """What was done and the event that tells of it; the words are those of who did it."""
    acts = [step for step in group if step.what not in EVENTS]
    said = max((_act(step) for step in acts), key=len) if acts else _event(group[0])
    who = next((step.who for step in acts if step.who not in MACHINE), group[0].who)
    types = {step.what for step in group}
    to = (one.webhook for one in arrived if one.type in types and one.made_at == group[0].at)
    detail = " ".join(filter(None, (said, _delivered(to))))
    return Step(at=group[0].at, what=words(group[0].what), who=who, detail=detail)


def _act(step: Step) -> str:
    # What was said first may be a long article.
    return headline(step.detail) if step.what == _FIRST and step.detail else step.detail


def _event(step: Step) -> str:
    return ": ".join(filter(None, (step.detail, step.reason)))


def _delivered(webhooks: Iterator[str]) -> str:
    names = ", ".join(dict.fromkeys(webhooks))
    return f"(delivered to {names})" if names else ""
