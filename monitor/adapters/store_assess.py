"""What an assessment and an act write: verdicts, filings, incidents, decisions, alerts.

Runs inside the transaction of its caller (see `store`). An assessment takes seconds, and a person
may acknowledge the incident meanwhile from another process, or the clock strike: it writes the
machine's columns only (see `rows_incident`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from monitor.adapters import sql, store_chain, store_silences
from monitor.adapters.connect import Connection
from monitor.adapters.rows import json_text, maybe_plain, plain, time_text, verdict_values
from monitor.adapters.rows_incident import (
    PEOPLE_COLUMNS,
    action_values,
    alert_values,
    decision_values,
    delivery_values,
    incident_values,
)
from monitor.adapters.store_regroup import add_to_story, regroup
from monitor.core.filing import AssessIntent, Filed, NewAction, NewDecision
from monitor.core.outbox import NewAlert
from monitor.core.statements import stored
from monitor.core.types import Incident, Verdict

_STORY_OF_INCIDENT = """
INSERT INTO stories (id, brand, last_added_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
"""
_FILE = """
INSERT INTO story_mentions (mention_id, story_id, how) VALUES (?, ?, ?)
ON CONFLICT (mention_id) DO UPDATE SET story_id = excluded.story_id, how = excluded.how
"""
# An edited text may turn out to be about something else; what people put there stays.
_UNFILE = """
DELETE FROM story_mentions WHERE mention_id = ? AND NOT EXISTS (
  SELECT 1 FROM regrouped_mentions JOIN regroupings ON regroupings.id = regrouping_id
  WHERE regrouped_mentions.mention_id = story_mentions.mention_id AND is_repair
)
"""
# Reopened by a person meanwhile: the later of the two moments counts. Reminders begin anew only if
# it rose: somebody may have been reminded meanwhile, and would be once more.
_RAISED = """
, raised_at = max(coalesce(incidents.raised_at, excluded.raised_at),
  coalesce(excluded.raised_at, incidents.raised_at))
, reminders = iif(excluded.raised_at > coalesce(incidents.raised_at, ''),
  excluded.reminders, incidents.reminders)
"""
_MEMBER = """
INSERT INTO incident_mentions (incident_id, mention_id, at) VALUES (?, ?, ?)
ON CONFLICT DO NOTHING
"""
_STATEMENT = """
INSERT INTO statements (incident_id, brand, at, url, text, checks) VALUES (?, ?, ?, ?, ?, ?)
"""


def record_assessment(connection: Connection, intent: AssessIntent) -> None:
    _write_verdicts(connection, intent.verdicts, at=intent.at)
    filed = {one.mention_id for one in intent.filed}
    elsewhere = ((id_,) for id_, _ in intent.verdicts if id_ not in filed)
    connection.executemany(_UNFILE, elsewhere)
    _file(connection, intent.filed, at=intent.at)
    regroup(connection, intent.regroupings)
    for incident, story_id in intent.incidents:
        _write_incident(connection, incident, story_id=story_id, at=intent.at)
    at = time_text(intent.at)
    for member in intent.members:
        if connection.execute(_MEMBER, (*member, at)).rowcount > 0:
            store_chain.added(connection, *member, at=at)
    _write_decisions(connection, intent.decisions)
    write_alerts(connection, intent.alerts)
    _write_actions(connection, intent.actions)
    blind = ((mark, source_id) for source_id, mark in intent.blind)
    connection.executemany("UPDATE sources SET blind = ? WHERE id = ?", blind)


def record_action(
    connection: Connection, incident: Incident, action: NewAction, alerts: Sequence[NewAlert]
) -> None:
    values = incident_values(incident, story_id=None)
    columns = tuple(column for column in values if column not in {"id", "story_id"})
    connection.execute(sql.update("incidents", columns, key="id"), values)
    _write_actions(connection, (action,))
    if action.verb == "statement":
        said_at, said = action.said_at or action.at, action.said or action.text
        where = time_text(said_at), maybe_plain(action.url), plain(said)
        checks = json_text(stored(said))
        connection.execute(_STATEMENT, (incident.id, incident.brand, *where, checks))
    write_alerts(connection, alerts)


def write_alerts(connection: Connection, alerts: Iterable[NewAlert]) -> None:
    """Put alerts into the outbox, each with its deliveries."""
    for alert in alerts:
        values = alert_values(alert)
        cursor = connection.execute(sql.insert("alerts", tuple(values)), values)
        held = store_silences.held_until(connection, alert)
        for delivery in alert.deliveries:
            add_delivery(
                connection,
                alert_id=cursor.lastrowid or 0,
                webhook=delivery.webhook,
                next_attempt_at=max(delivery.next_attempt_at, held or delivery.next_attempt_at),
            )


def add_delivery(
    connection: Connection, *, alert_id: int, webhook: str, next_attempt_at: datetime
) -> None:
    """Let an alert reach one more webhook; nothing happens if it is on its way there already."""
    values = delivery_values(alert_id=alert_id, webhook=webhook, next_attempt_at=next_attempt_at)
    statement = sql.insert("deliveries", tuple(values)) + " ON CONFLICT DO NOTHING"
    connection.execute(statement, values)


def _write_verdicts(
    connection: Connection, verdicts: Sequence[tuple[int, Verdict]], *, at: datetime
) -> None:
    rows = [verdict_values(verdict, mention_id=id_, at=at) for id_, verdict in verdicts]
    if rows:
        columns = tuple(rows[0])
        statement = sql.upsert("verdicts", columns, key="mention_id", update=columns[1:])
        connection.executemany(statement, rows)


def _file(connection: Connection, filed: Sequence[Filed], *, at: datetime) -> None:
    stories = {item.story_id: item.brand for item in filed if item.story_id}
    for story_id, brand in stories.items():
        add_to_story(connection, story_id, brand, at=at)
    rows = ((item.mention_id, item.story_id or None, plain(item.how)) for item in filed)
    connection.executemany(_FILE, rows)


def _write_incident(
    connection: Connection, incident: Incident, *, story_id: int, at: datetime
) -> None:
    if story_id:
        connection.execute(_STORY_OF_INCIDENT, (story_id, incident.brand, time_text(at)))
    values = incident_values(incident, story_id=story_id)
    columns = tuple(values)
    not_ours = {"id", "raised_at", "reminders", *PEOPLE_COLUMNS}
    update = tuple(column for column in columns if column not in not_ours)
    write = sql.upsert("incidents", columns, key="id", update=update) + _RAISED
    connection.execute(write, values)


def _write_decisions(connection: Connection, decisions: Sequence[NewDecision]) -> None:
    rows = [decision_values(decision) for decision in decisions]
    if rows:
        connection.executemany(sql.insert("decisions", tuple(rows[0])), rows)


def _write_actions(connection: Connection, actions: Sequence[NewAction]) -> None:
    rows = [action_values(action) for action in actions]
    if rows:
        connection.executemany(sql.insert("actions", tuple(rows[0])), rows)
