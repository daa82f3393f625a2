"""What is to be learnt of an incident: who acted when, what came late, what was missed and why.

A missed chance is a moment at which the story had been judged and nobody was told: a lower
threshold would have told. Its price is how many more stories a week that threshold would have
brought, on the history that `monitor tune` learns from. Recomputes no risk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.brief import moment
from monitor.core.dossier import Dossier
from monitor.core.duties import Duty, duties
from monitor.core.paper import Paper, Section
from monitor.core.settings import AlertSettings
from monitor.core.statements import sentence
from monitor.core.tuning import WEEK, WIDER, History

#: Who acts when no person does.
_MACHINE = frozenset({"", "monitor"})
_MOST_CHANCES = 5
_WORDS = {
    "acknowledge": "Acknowledged",
    "facts": "Facts noted",
    "statement": "First statement",
    "update": "Next update",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One time that the story was judged."""

    at: datetime
    risk: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """A moment at which a lower threshold would have told."""

    at: datetime
    threshold: float
    #: How much earlier than people were told.
    lead: timedelta
    #: Stories a week at that threshold, beyond those of today; None: no history to say.
    more: float | None


def chances(
    dossier: Dossier, judged: Sequence[Judged], history: History, settings: AlertSettings
) -> tuple[Chance, ...]:
    """The earliest first; of the same threshold, the first moment only."""
    found: list[Chance] = []
    lowest_needed = 0.0
    brand, told = dossier.incident.brand, dossier.incident.opened_at
    for one in judged:
        threshold = int(100 * one.risk) / 100
        if one.at >= told or one.risk >= settings.watch or threshold <= lowest_needed:
            continue
        lowest_needed = threshold
        found.append(
            Chance(
                at=one.at,
                threshold=threshold,
                lead=told - one.at,
                more=_more(history, brand, threshold, settings),
            )
        )
    return tuple(found)


def affordable(
    found: Sequence[Chance], history: History, brand: str, settings: AlertSettings
) -> Chance | None:
    """The first chance whose threshold keeps to the budget of `watch`; None if none does."""
    count, span = settings.budget
    most = count / (span / WEEK) * WIDER
    for one in found:
        if brand in history.weeks and history.pages(brand, one.threshold) <= most:
            return one
    return None


def paper(
    dossier: Dossier,
    judged: Sequence[Judged],
    history: History,
    settings: AlertSettings,
    *,
    now: datetime,
) -> Paper:
    """The report for people."""
    incident = dossier.incident
    found = chances(dossier, judged, history, settings)
    best = affordable(found, history, incident.brand, settings)
    return Paper(
        title=f"Incident {incident.id}: {incident.title}",
        sections=(
            Section(title="What happened", lines=tuple(_told(dossier))),
            _missed(found, best),
            _clock(dossier, settings, now),
            _acted(dossier),
            _stated(dossier),
            _evidence(dossier),
            _timeline(dossier),
        ),
    )


def _more(history: History, brand: str, threshold: float, settings: AlertSettings) -> float | None:
    if brand not in history.weeks:
        return None
    return history.pages(brand, threshold) - history.pages(brand, settings.watch)


def _told(dossier: Dossier) -> Iterator[str]:
    incident = dossier.incident
    yield (
        f"{incident.brand}; {incident.level.label}, {incident.status.value}; "
        f"risk {incident.risk:.2f}."
    )
    yield (
        f"First said {moment(incident.first_seen_at)}, told {moment(incident.opened_at)} "
        f"({_span(incident.opened_at - incident.first_seen_at)} later), last said "
        f"{moment(incident.last_seen_at)}."
    )
    yield (
        f"{incident.mention_count:,} mentions by {incident.author_count:,} authors on "
        f"{incident.source_count:,} sources."
    )
    if dossier.reason:
        yield dossier.reason


def _missed(found: Sequence[Chance], best: Chance | None) -> Section:
    columns = ("at", "watch at", "earlier by", "more stories a week")
    lines = tuple(_learnt(found, best))
    return Section(title="Missed chances", lines=lines, columns=columns, rows=_rows(found))


def _learnt(found: Sequence[Chance], best: Chance | None) -> Iterator[str]:
    if not found:
        yield "None: people were told the first time that the story was judged."
        return
    first = found[0]
    yield (
        f"The first was {moment(first.at)}, {_span(first.lead)} before people were told: a "
        f"threshold of {first.threshold:.2f} for watch would have told then."
    )
    if best is None:
        yield "No threshold that would have told earlier keeps to the alert budget."
    else:
        cost = "" if best.more is None else f", for {best.more:.1f} more stories a week"
        yield (
            f"Within the alert budget, watch at {best.threshold:.2f} would have told "
            f"{_span(best.lead)} earlier{cost}."
        )


def _rows(found: Sequence[Chance]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            moment(one.at),
            f"{one.threshold:.2f}",
            _span(one.lead),
            "not known" if one.more is None else f"{one.more:.1f}",
        )
        for one in found[:_MOST_CHANCES]
    )


def _clock(dossier: Dossier, settings: AlertSettings, now: datetime) -> Section:
    rows = [
        (_WORDS[one.name], moment(one.due), *_done(one, now))
        for one in duties(dossier.incident, settings)
    ]
    arrived = dossier.delivered_at
    first = (
        "Delivered",
        moment(dossier.incident.opened_at),
        moment(arrived) if arrived else "never",
        "",
    )
    return Section(
        title="Response clock", columns=("what", "due", "done", ""), rows=(first, *rows)
    )


def _done(duty: Duty, now: datetime) -> tuple[str, str]:
    if duty.done_at is None:
        return "not done", "overdue" if duty.is_over(now) else ""
    return moment(duty.done_at), f"{_span(duty.done_at - duty.due)} late" if duty.was_late else ""


def _acted(dossier: Dossier) -> Section:
    people = [
        (moment(step.at), step.who, step.what, step.detail)
        for step in dossier.timeline
        if step.who not in _MACHINE and step.what not in {"delivered", "statement"}
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


def _timeline(dossier: Dossier) -> Section:
    rows = [(moment(step.at), step.what, step.who, step.detail) for step in dossier.timeline]
    return Section(title="Timeline", columns=("at", "what", "who", ""), rows=tuple(rows))


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    if abs(minutes) < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.1f} h" if abs(minutes) < 48 * 60 else f"{minutes / 1440:.1f} days"
