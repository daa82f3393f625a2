"""One incident with all that belongs to it, as values: for the incident page and the report.

Recomputes nothing.
"""

from __future__ import annotations

from monitor.adapters import query_why
from monitor.adapters.connect import Connection
from monitor.adapters.query_rows import Answer
from monitor.adapters.rows import maybe_moment, moment
from monitor.adapters.store_memory import evidence, incident, live_incidents, parts
from monitor.adapters.store_regroup import survivor_of
from monitor.core.dossier import Dossier, Sent, Statement, Step
from monitor.core.types import Incident, Status


def dossier(connection: Connection, incident_id: int, *, most: int) -> Dossier | None:
    """With `most` pieces of evidence; None if there is no such incident."""
    found = incident(connection, incident_id)
    shown = query_why.show_incident(connection, incident_id, evidence=0)
    if found is None or shown is None:
        return None
    return Dossier(
        incident=found,
        reason=shown["decision"]["reason"] if shown["decision"] else "",
        parts=parts(connection, incident_id),
        evidence=evidence(connection, incident_id, most),
        statements=tuple(_statement(row) for row in shown["statements"]),
        timeline=tuple(_step(row) for row in shown["timeline"]),
        deliveries=tuple(_sent(row) for row in shown["deliveries"]),
        others=tuple(one for one in live_incidents(connection) if _is_beside(one, found)),
        part_of=survivor_of(connection, incident_id) if found.status is Status.MERGED else None,
    )


def _is_beside(one: Incident, other: Incident) -> bool:
    return one.brand == other.brand and one.id != other.id


def _step(row: Answer) -> Step:
    return Step(
        at=moment(row["at"]),
        what=row["what"],
        who=row["who"] or "",
        detail=row["detail"] or "",
        reason=row["reason"] or "",
    )


def _sent(row: Answer) -> Sent:
    return Sent(
        type=row["type"],
        webhook=row["webhook"],
        state=row["state"],
        attempts=row["attempt"],
        made_at=moment(row["created_at"]),
        at=maybe_moment(row["delivered_at"] or row["next_attempt_at"]),
        error=row["last_error"] or "",
    )


def _statement(row: Answer) -> Statement:
    text = f"{row['title']}\n{row['text']}" if row["title"] else row["text"]
    return Statement(at=moment(row["at"]), url=row["url"], text=text, checks=row["checks"])
