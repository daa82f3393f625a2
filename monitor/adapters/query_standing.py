"""How things stand against what the configuration wants: pages and their budget, silences.

Counts what is in the log; does not judge.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from monitor.adapters import store_silences
from monitor.adapters.connect import Connection
from monitor.adapters.query_rows import Answer, answers
from monitor.adapters.rows import json_text, time_text
from monitor.core.event import iso
from monitor.core.planned import coming
from monitor.core.settings import Settings
from monitor.core.silences import Silence
from monitor.core.spending import document, spent

# Reminders and updates are of a page that was counted; what no webhook wanted paged nobody.
_PAGES = """
SELECT brand, count(DISTINCT incident_id) AS pages
FROM alerts JOIN incidents ON incidents.id = incident_id
WHERE type IN ('incident.opened', 'incident.escalated', 'incident.reopened')
  AND alerts.level IN ('warning', 'critical')
  AND created_at >= ? AND created_at < ?
  AND EXISTS (SELECT 1 FROM deliveries WHERE alert_id = alerts.id)
GROUP BY brand
"""
_LEFT = """
SELECT brand, count(*) AS incidents FROM open_incidents
WHERE brand NOT IN (SELECT value FROM json_each(?)) GROUP BY brand ORDER BY brand
"""


def pages(connection: Connection, *, since: datetime, until: datetime) -> dict[str, int]:
    """Stories of each brand that people were told at warning or above."""
    rows = connection.execute(_PAGES, (time_text(since), time_text(until)))
    return {row["brand"]: row["pages"] for row in rows}


def standing(connection: Connection, settings: Settings, *, now: datetime) -> Answer:
    """`brands`, `budget`, `silences` and `unwatched`, ready for `--json`.

    `brands`: names in the configuration; `unwatched`: brands that have open incidents and are not.
    """
    _, span = settings.alerts.budget
    found = spent(pages(connection, since=now - span, until=now), settings)
    silences = (*store_silences.not_over(connection, now), *coming(settings, now))
    brands = [brand.name for brand in settings.brands]
    return {
        "brands": brands,
        "budget": document(found),
        "silences": _rows(silences, now),
        "unwatched": answers(connection, _LEFT, (json_text(brands),)),
    }


def _rows(silences: Iterable[Silence], now: datetime) -> list[Answer]:
    return [
        {
            "id": one.id or None,
            "brand": one.brand or "all",
            "starts_at": iso(one.starts_at),
            "ends_at": iso(one.ends_at),
            "by": one.actor,
            "reason": one.reason,
            "holds": one.starts_at <= now,
        }
        for one in sorted(silences, key=lambda one: one.starts_at)
    ]
