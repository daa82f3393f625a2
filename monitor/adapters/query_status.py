"""How things stand: sources, languages, backlog, incidents, outbox, webhooks, last heartbeat.

Tells quiet from blind: a source that nobody asked in time is stale, whatever its last state says,
and without the daemon nothing is watched.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.adapters.connect import Connection
from monitor.adapters.query_rows import Answer, answers
from monitor.adapters.rows import maybe_moment, time_text
from monitor.adapters.store_sources import news_times
from monitor.core import blindness, expected, pushing
from monitor.core.schedule import instant
from monitor.core.types import Level

_OUTBOX = """
SELECT
  count(*) FILTER (WHERE state = 'pending') AS pending,
  count(*) FILTER (WHERE state = 'dead') AS dead,
  min(created_at) FILTER (WHERE state = 'pending') AS oldest_pending_at,
  count(*) FILTER (WHERE state = 'pending' AND attempt = 0 AND next_attempt_at > :now) AS held,
  min(next_attempt_at) FILTER (
    WHERE state = 'pending' AND attempt = 0 AND next_attempt_at > :now
  ) AS held_until
FROM deliveries JOIN alerts ON alerts.id = alert_id
WHERE state IN ('pending', 'dead')
"""
# What the last attempt of each webhook that tells nobody now came to.
_WEBHOOKS = """
SELECT delivery_health.*, CASE WHEN state IN ('failing', 'disabled') THEN (
  SELECT attempts.error FROM deliveries JOIN attempts ON attempts.delivery_id = deliveries.id
  WHERE deliveries.webhook = delivery_health.webhook ORDER BY attempts.id DESC LIMIT 1
) END AS last_error
FROM delivery_health
"""
_LEVELS = "SELECT level, count(*) AS n FROM open_incidents GROUP BY level"
_UNTRAINED = """
SELECT coalesce(language, 'und') AS language, count(*) AS n
FROM verdicts WHERE NOT language_trained AND at >= ?
GROUP BY language ORDER BY n DESC, language
"""
_HEARTBEAT = "SELECT max(at) FROM heartbeats"
#: A poll that is due may wait so long for its turn before its source is called stale.
GRACE = timedelta(minutes=5)
#: How far back mentions in languages that the model was not trained on are counted.
LATELY = timedelta(hours=24)


def status(connection: Connection, *, now: datetime) -> Answer:
    last = connection.execute(_HEARTBEAT).fetchone()[0]
    running = blindness.is_running(maybe_moment(last), now=now)
    return {
        "running": running,
        "sources": [
            _judged(_silent(connection, source, now=now), running=running, now=now)
            for source in answers(connection, "SELECT * FROM source_health")
        ],
        "untrained_languages": _untrained(connection, since=now - LATELY),
        "backlog": connection.execute("SELECT count(*) FROM unread").fetchone()[0],
        "incidents": _incidents(connection),
        "outbox": answers(connection, _OUTBOX, {"now": time_text(now)})[0],
        "webhooks": answers(connection, _WEBHOOKS),
        "last_heartbeat_at": last,
    }


def _untrained(connection: Connection, *, since: datetime) -> Answer:
    """How many mentions were read without understanding, by language, most first."""
    rows = answers(connection, _UNTRAINED, (time_text(since),))
    return {row["language"]: row["n"] for row in rows}


def _incidents(connection: Connection) -> Answer:
    found = {row["level"]: row["n"] for row in answers(connection, _LEVELS)}
    levels = {
        level.label: found.get(level.label, 0) for level in Level if level is not Level.QUIET
    }
    return {"open": sum(found.values()), **levels}


def _silent(connection: Connection, source: Answer, *, now: datetime) -> Answer:
    """The source as stored; stale if it answers and brings nothing new (see `core.blindness`)."""
    if source["state"] != "healthy" or not source["blind"]:
        return source
    seen = maybe_moment(source["last_success_at"])
    news = news_times(connection, source["id"], limit=expected.MOST)
    why = blindness.silent(news, seen=now if source["kind"] == pushing.KIND else seen)
    if not why:
        return source
    note = "; ".join(filter(None, (why, source["note"])))
    return {**source, "state": "stale", "state_since": time_text(news[-1]), "note": note}


def _judged(source: Answer, *, running: bool, now: datetime) -> Answer:
    """The source as stored, or stale if its poll is overdue: nobody is watching it."""
    due = maybe_moment(source["next_poll_at"])
    grace = GRACE if running else timedelta(0)
    if source["state"] != "healthy" or due is None or now - due <= grace:
        return source
    why = "" if running else ": the monitor is not running"
    note = f"due since {instant(due)} and not asked{why}"
    return {**source, "state": "stale", "state_since": source["next_poll_at"], "note": note}
