"""How the monitor does, as far as the desk shows it: a value that whoever serves the desk fills.

Does not ask the database itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.reloading import RefusedReload
from monitor.core.spending import Spent
from monitor.desk.openings import Opening


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """Sources, open incidents and the outbox at one moment."""

    #: Names of sources that can be seen, and of those that cannot.
    healthy: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    #: The configuration names no brand, so that nothing is looked for.
    brandless: bool = False
    #: Deliveries that wait, when the oldest of their alerts was made, and dead letters.
    pending: int = 0
    oldest_pending_at: datetime | None = None
    dead: int = 0
    #: Live incidents by level: "watch", "warning", "critical".
    incidents: Mapping[str, int] = field(default_factory=dict)
    #: The same, one by one, the gravest first.
    open: tuple[Opening, ...] = ()
    #: How many live ones there are besides those.
    more: int = 0
    #: Pages of each brand against their budget.
    pages: tuple[Spent, ...] = ()
    #: The reload since which the configuration is not that of the file.
    refused: RefusedReload | None = None
    #: What holds back alerts that are not critical: why, for whom, until when.
    silences: tuple[tuple[str, str, datetime], ...] = ()
