"""Incidents, decisions and alerts to columns and back, and who owns which column.

The monitor and people write to the same incident from two processes. The machine's columns are
what it computes from the mentions; the people's columns are what a person decides, or the clock
that waits for people. Runs no SQL.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from monitor.adapters.connect import Row
from monitor.adapters.rows import (
    Values,
    json_text,
    maybe_moment,
    maybe_plain,
    maybe_time_text,
    moment,
    plain,
    time_text,
)
from monitor.core.filing import NewAction, NewDecision
from monitor.core.outbox import NewAlert
from monitor.core.types import Forecast, Incident, Level, Part, Resemblance, Status

#: Written by an explicit act only (`record_action`), never from what an assessment once read.
PEOPLE_COLUMNS = (
    "status",
    "acknowledged_at",
    "acknowledged_by",
    "assigned_to",
    "statement_at",
    "resolved_at",
    "snoozed_until",
    "facts_at",
    "last_statement_at",
    "breaches",
    "handed_on",
)


def incident_values(incident: Incident, *, story_id: int | None) -> Values:
    forecast = incident.forecast
    return {
        "id": incident.id,
        "brand": incident.brand,
        "title": plain(incident.title),
        "status": incident.status.value,
        "level": incident.level.label,
        "severity": incident.severity,
        "risk": incident.risk,
        **_forecast_values(forecast),
        "opened_at": time_text(incident.opened_at),
        "first_seen_at": time_text(incident.first_seen_at),
        "last_seen_at": time_text(incident.last_seen_at),
        "acknowledged_at": maybe_time_text(incident.acknowledged_at),
        "acknowledged_by": maybe_plain(incident.acknowledged_by),
        "assigned_to": maybe_plain(incident.assigned_to),
        "statement_at": maybe_time_text(incident.statement_at),
        "resolved_at": maybe_time_text(incident.resolved_at),
        "snoozed_until": maybe_time_text(incident.snoozed_until),
        "harms": json_text(incident.harms),
        "mention_count": incident.mention_count,
        "repost_count": incident.repost_count,
        "author_count": incident.author_count,
        "source_count": incident.source_count,
        "story_id": story_id or None,
        "alerted_level": incident.alerted_level.label,
        "last_alert_at": maybe_time_text(incident.last_alert_at),
        "raised_at": maybe_time_text(incident.raised_at),
        "reminders": incident.reminders,
        "handed_on": incident.handed_on,
        "facts_at": maybe_time_text(incident.facts_at),
        "last_statement_at": maybe_time_text(incident.last_statement_at),
        "breaches": json_text(incident.breaches),
        "resembles": json_text([_resemblance_values(one) for one in incident.resembles]),
    }


def _resemblance_values(found: Resemblance) -> Values:
    return asdict(found) | {"why": [_part_values(part) for part in found.why]}


def _forecast_values(forecast: Forecast | None) -> Values:
    names = ("forecast_now", "forecast_low", "forecast_mid", "forecast_high")
    if forecast is None:
        return dict.fromkeys((*names, "forecast_at", "viral_probability"))
    numbers = (forecast.now, forecast.p10, forecast.p50, forecast.p90)
    return {
        **dict(zip(names, numbers, strict=True)),
        "forecast_at": time_text(forecast.at),
        "viral_probability": forecast.viral_probability,
    }


def incident_from(row: Row) -> Incident:
    return Incident(
        id=row["id"],
        brand=row["brand"],
        title=row["title"],
        status=Status(row["status"]),
        level=Level.parse(row["level"]),
        severity=row["severity"],
        risk=row["risk"],
        opened_at=moment(row["opened_at"]),
        first_seen_at=moment(row["first_seen_at"]),
        last_seen_at=moment(row["last_seen_at"]),
        harms=tuple(json.loads(row["harms"])),
        mention_count=row["mention_count"],
        repost_count=row["repost_count"],
        author_count=row["author_count"],
        source_count=row["source_count"],
        forecast=_forecast_from(row),
        acknowledged_at=maybe_moment(row["acknowledged_at"]),
        acknowledged_by=row["acknowledged_by"],
        assigned_to=row["assigned_to"],
        statement_at=maybe_moment(row["statement_at"]),
        resolved_at=maybe_moment(row["resolved_at"]),
        snoozed_until=maybe_moment(row["snoozed_until"]),
        alerted_level=Level.parse(row["alerted_level"]),
        last_alert_at=maybe_moment(row["last_alert_at"]),
        raised_at=maybe_moment(row["raised_at"]),
        reminders=row["reminders"],
        handed_on=row["handed_on"],
        facts_at=maybe_moment(row["facts_at"]),
        last_statement_at=maybe_moment(row["last_statement_at"]),
        breaches=tuple(json.loads(row["breaches"])),
        resembles=tuple(map(_resemblance_from, json.loads(row["resembles"]))),
    )


def _forecast_from(row: Row) -> Forecast | None:
    if row["forecast_at"] is None:
        return None
    return Forecast(
        now=row["forecast_now"],
        p10=row["forecast_low"],
        p50=row["forecast_mid"],
        p90=row["forecast_high"],
        at=moment(row["forecast_at"]),
        viral_probability=row["viral_probability"],
    )


def _resemblance_from(stored: dict[str, Any]) -> Resemblance:
    return Resemblance(**stored | {"why": tuple(Part(**part) for part in stored["why"])})


def decision_values(decision: NewDecision) -> Values:
    return {
        "incident_id": decision.incident_id,
        "story_id": decision.story_id or None,
        "mention_id": decision.mention_id,
        "at": time_text(decision.at),
        "reason": plain(decision.reason),
        "level": decision.level.label,
        "risk": decision.risk,
        "parts": parts_text(decision.parts),
    }


def parts_from(text: str) -> tuple[Part, ...]:
    return tuple(Part(**part) for part in json.loads(text))


def parts_text(parts: Sequence[Part]) -> str:
    return json_text([_part_values(part) for part in parts])


def _part_values(part: Part) -> Values:
    return {name: value for name, value in asdict(part).items() if value is not None}


def action_values(action: NewAction) -> Values:
    return {
        "incident_id": action.incident_id,
        "at": time_text(action.at),
        "actor": plain(action.actor),
        "verb": action.verb,
        "text": plain(action.text),
    }


def alert_values(alert: NewAlert) -> Values:
    return {
        "incident_id": alert.incident_id,
        "type": alert.type,
        "level": None if alert.level is None else alert.level.label,
        "created_at": time_text(alert.created_at),
        "body": plain(alert.body),
    }


def delivery_values(*, alert_id: int, webhook: str, next_attempt_at: datetime) -> Values:
    return {
        "alert_id": alert_id,
        "webhook": webhook,
        "next_attempt_at": time_text(next_attempt_at),
    }
