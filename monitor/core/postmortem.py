"""What is to be learnt of an incident: who acted when, what came late, what was missed and why.

A paper for people: what was missed is found in `missed`, how the brand recovered in `recovery`.
Recomputes no risk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from monitor.core import likeness, recovery_lines
from monitor.core.brief import allegation, gravity
from monitor.core.dossier import Dossier
from monitor.core.duties import Duty, owed_at_worst, owner
from monitor.core.humanize import compact, counted, moment
from monitor.core.missed import Judged, Missed, MissedChance, least, missed
from monitor.core.paper import Paper, Section
from monitor.core.postmortem_data import data
from monitor.core.recovery import Recovery
from monitor.core.settings import AlertSettings
from monitor.core.statements import sentence
from monitor.core.steps import MACHINE, reason_told, rows, told, words
from monitor.core.tuning import History
from monitor.core.types import Incident, Level

_MOST_CHANCES = 5
_WORDS = {
    "acknowledge": "Acknowledged",
    "facts": "Facts noted",
    "statement": "First statement",
    "update": "Next update",
}


def paper(
    dossier: Dossier,
    judged: Sequence[Judged],
    history: History,
    settings: AlertSettings,
    *,
    now: datetime,
) -> Paper:
    """The report for people."""
    incident, found = dossier.incident, missed(dossier, judged, history, settings)
    return Paper(
        title=f"Incident {incident.id}: {incident.title}",
        sections=(
            Section(title="What happened", lines=tuple(_told(dossier, now))),
            *map(_missed, found),
            _clock(dossier, settings, now),
            _acted(dossier),
            _stated(dossier),
            *([_aftermath(dossier.recovery)] if dossier.recovery else []),
            *([_resembled(incident)] if incident.resembles else []),
            _evidence(dossier),
            _timeline(dossier),
        ),
        data=data(dossier, found, settings, now=now),
    )


def _resembled(incident: Incident) -> Section:
    lines = (f"{likeness.sentence(one)} {one.url}" for one in incident.resembles)
    return Section(title="What it resembled", lines=tuple(lines))


def _told(dossier: Dossier, now: datetime) -> Iterator[str]:
    incident = dossier.incident
    yield f"{allegation(incident.brand, incident.harms)} {gravity(incident.severity)}".rstrip()
    yield (
        f"{incident.brand}; {incident.level.label}, {incident.status.value}; "
        f"risk {incident.risk:.2f} of 1. As it was {moment(now)}."
    )
    if incident.status.is_live:
        yield f"Who has it: {owner(incident) or 'nobody'}."
    yield f"{_began(incident)}, last said {moment(incident.last_seen_at)}."
    yield (
        f"{counted(incident.mention_count, 'mention')} by "
        f"{counted(incident.author_count, 'author')} on "
        f"{counted(incident.source_count, 'source')}."
    )
    why = reason_told(dossier.timeline)
    if why:
        yield f"People were told because: {why}"
    if dossier.reason and dossier.reason != why:
        yield f"The newest decision on it: {dossier.reason}"


def _began(incident: Incident) -> str:
    first, opened = incident.first_seen_at, incident.opened_at
    if first > opened:
        return (
            f"People were told {moment(opened)}, before the earliest mention that is still part "
            f"of it was made: first said {moment(first)}"
        )
    return f"First said {moment(first)}, told {moment(opened)} ({compact(opened - first)} later)"


def _missed(found: Missed) -> Section:
    return Section(
        title="Missed chances" if found.level is Level.WATCH else "Missed chances to page",
        lines=(*_learnt(found), *_faint(found), *_turned_away(found)),
        columns=(
            *("at", "risk", f"{found.level.label} at", "earlier by", "more stories a week"),
            *("known false alarms", "answered", "nobody said"),
        ),
        rows=tuple(map(_row, found.chances[:_MOST_CHANCES])),
    )


def _learnt(found: Missed) -> Iterator[str]:
    if not found.chances:
        yield "None: people were told the first time that the story stood out."
        return
    first, best, name = found.chances[0], found.affordable, found.level.label
    yield (
        f"The first was {moment(first.at)}, {compact(first.lead)} before people were told: its "
        f"risk was {first.risk:.2f}, and a threshold of {first.threshold:.2f} for {name} (it is "
        f"{found.threshold:.2f}) would have told then{_price(first)}."
    )
    budget = f"the alert budget ({found.allowed:,.1f} stories a week at {name})"
    if best is None:
        yield f"No threshold that would have told earlier is known to keep to {budget}."
    else:
        yield (
            f"Within {budget}, {name} at {best.threshold:.2f} would have told "
            f"{compact(best.lead)} earlier{_price(best)}."
        )
    if first.cost is not None:
        yield (
            "What it costs: the stories of this brand that were judged in "
            f"{first.cost.weeks:.1f} weeks and would have alerted besides. Those that people "
            "dismissed are false alarms for sure; those of which nobody said may be."
        )


def _faint(found: Missed) -> Iterator[str]:
    if faint := found.unheeded:
        yield (
            f"Before, it had been judged {counted(len(faint), 'time')} at a risk of "
            f"{max(one.risk for one in faint):.2f} at most: for {found.level.label}, monitor tune "
            f"never proposes less than {least(found.level):.2f}."
        )


def _turned_away(found: Missed) -> Iterator[str]:
    if away := found.turned_away:
        worst = max(one.alarm for one in away)
        yield (
            f"In the day before, {counted(len(away), 'post')} that alleged the same with an "
            "ambiguous name alone went by as not about the brand: the first "
            f"{moment(away[0].at)}, the highest alarm {worst:.2f}."
        )


def _price(chance: MissedChance) -> str:
    return "" if chance.cost is None else f", for {chance.cost.weekly:.1f} more stories a week"


def _row(one: MissedChance) -> tuple[str, ...]:
    told = (moment(one.at), f"{one.risk:.2f}", f"{one.threshold:.2f}", compact(one.lead))
    if one.cost is None:
        return (*told, "not known", "", "", "")
    cost = one.cost
    counts = (str(cost.dismissed), str(cost.answered), str(cost.unjudged))
    return (*told, f"{cost.weekly:.1f}", *counts)


def _clock(dossier: Dossier, settings: AlertSettings, now: datetime) -> Section:
    rows = [
        (_WORDS[one.name], moment(one.due), *_done(one, now))
        for one in owed_at_worst(dossier.incident, settings)
    ]
    arrived = dossier.delivered_at
    nobody = "never" if dossier.deliveries else "to nobody: no webhook wanted it"
    done = moment(arrived) if arrived else nobody
    first = ("Delivered", moment(dossier.incident.opened_at), done, "")
    return Section(
        title="Response clock", columns=("what", "due", "done", ""), rows=(first, *rows)
    )


def _done(duty: Duty, now: datetime) -> tuple[str, str]:
    if duty.done_at is None:
        return "not done", "overdue" if duty.is_over(now) else ""
    late = f"{compact(duty.done_at - duty.due)} late" if duty.was_late else ""
    by = "by the brand's statement" if duty.by_statement else ""
    return moment(duty.done_at), ", ".join(filter(None, (late, by)))


def _acted(dossier: Dossier) -> Section:
    people = [
        (moment(step.at), step.who, words(step.what), step.detail)
        for step in dossier.timeline
        if step.who not in MACHINE and step.what not in {"delivered", "statement"}
    ]
    nobody = () if people else ("Nobody acted.",)
    return Section(
        title="Who acted when", lines=nobody, columns=("at", "who", "what", ""), rows=tuple(people)
    )


def _stated(dossier: Dossier) -> Section:
    lines = [
        f"{moment(one.at)}: \u201c{one.text}\u201d {sentence(one.checks)}"
        for one in dossier.statements
    ]
    return Section(title="What the brand said", lines=tuple(lines) or ("Nothing was seen.",))


def _evidence(dossier: Dossier) -> Section:
    rows = [
        (moment(one.first_seen_at), one.author or "", one.source, one.text, one.url or "")
        for one in dossier.evidence
    ]
    columns = ("first seen", "author", "source", "text", "address")
    return Section(title="Evidence", columns=columns, rows=tuple(rows))


def _aftermath(found: Recovery) -> Section:
    return Section(
        title="Recovery",
        lines=recovery_lines.lines(found),
        columns=recovery_lines.COLUMNS,
        rows=recovery_lines.rows(found),
    )


def _timeline(dossier: Dossier) -> Section:
    steps = told(dossier.timeline, dossier.deliveries)
    return Section(title="Timeline", columns=("at", "what", "who", ""), rows=tuple(rows(steps)))
