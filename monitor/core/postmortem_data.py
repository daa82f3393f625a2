"""The post-mortem as values for programs: the numbers that `postmortem` puts into sentences.

Times are ISO 8601 in UTC, spans are seconds, risks and thresholds 0 to 1. Words nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.core import recovery_lines
from monitor.core.dossier import Dossier, Step
from monitor.core.duties import Duty, owed_at_worst
from monitor.core.event import incident_summary, iso
from monitor.core.missed import Cost, Missed, MissedChance
from monitor.core.settings import AlertSettings

Json = dict[str, object]


def data(
    dossier: Dossier, found: Sequence[Missed], settings: AlertSettings, *, now: datetime
) -> Json:
    """`at`, `incident`, `delivered_at`, `duties`, `missed` by level, `recovery`, `timeline`."""
    return {
        "at": iso(now),
        "incident": incident_summary(dossier.incident) | {"risk": dossier.incident.risk},
        "delivered_at": _moment(dossier.delivered_at),
        "duties": [_duty(one, now) for one in owed_at_worst(dossier.incident, settings)],
        "missed": [_missed(one) for one in found],
        "recovery": recovery_lines.document(dossier.recovery) if dossier.recovery else None,
        "timeline": [_step(one) for one in dossier.timeline],
    }


def _duty(one: Duty, now: datetime) -> Json:
    return {
        "name": one.name,
        "due": iso(one.due),
        "done_at": _moment(one.done_at),
        "late_seconds": ((one.done_at or max(now, one.due)) - one.due).total_seconds(),
        "overdue": one.is_over(now),
        "by_statement": one.by_statement,
    }


def _missed(found: Missed) -> Json:
    return {
        "level": found.level.label,
        "told_at": _moment(found.told_at),
        "threshold": found.threshold,
        "stories_a_week_allowed": round(found.allowed, 4),
        "chances": [_chance(one) for one in found.chances],
        "affordable": _chance(found.affordable) if found.affordable else None,
        "unheeded": len(found.unheeded),
        "turned_away": len(found.turned_away),
    }


def _chance(one: MissedChance) -> Json:
    return {
        "at": iso(one.at),
        "risk": one.risk,
        "threshold": one.threshold,
        "lead_seconds": one.lead.total_seconds(),
        "cost": _cost(one.cost) if one.cost else None,
    }


def _cost(cost: Cost) -> Json:
    return {
        "weeks": round(cost.weeks, 4),
        "stories": cost.stories,
        "stories_a_week": round(cost.weekly, 4),
        "dismissed": cost.dismissed,
        "answered": cost.answered,
        "unjudged": cost.unjudged,
    }


def _step(one: Step) -> Json:
    return {"at": iso(one.at), "what": one.what, "who": one.who, "detail": one.detail}


def _moment(at: datetime | None) -> str | None:
    return None if at is None else iso(at)
