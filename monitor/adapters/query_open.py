"""The live incidents, each with what was found in the newest statement on it. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping

from monitor.adapters.connect import Connection
from monitor.adapters.store_memory import live_incidents
from monitor.core.types import Incident

# SQLite takes `checks` from the row of the maximum: https://sqlite.org/lang_select.html#bareagg
_NEWEST = """
SELECT incident_id, checks, max(at) FROM statements
WHERE incident_id IN (
  SELECT id FROM incidents WHERE status IN ('open', 'acknowledged', 'snoozed')
)
GROUP BY incident_id
"""


def open_ones(
    connection: Connection,
) -> tuple[tuple[Incident, Mapping[str, object] | None], ...]:
    """None: there is no statement."""
    checks = {row["incident_id"]: json.loads(row["checks"]) for row in connection.execute(_NEWEST)}
    return tuple((one, checks.get(one.id)) for one in live_incidents(connection))
