"""All that is known of one incident, as it is shown to people. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.recovery import Recovery
from monitor.core.types import Evidence, Incident, Part


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line of the timeline."""

    at: datetime
    what: str
    who: str
    detail: str
    #: Of an alert: why it was sent, as it says itself.
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What became of one alert at one webhook."""

    type: str
    webhook: str
    #: "pending", "delivered", "superseded" or "dead".
    state: str
    attempts: int
    made_at: datetime
    #: When it arrived, or is tried next; None: neither.
    at: datetime | None
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What the brand said in public."""

    at: datetime
    url: str | None
    text: str
    #: What people need of a statement -> whether it is there; empty: not read.
    checks: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnedAway:
    """A mention with an ambiguous name alone that was taken for not being about the brand."""

    at: datetime
    alarm: float
    #: Probability of each harm.
    harms: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """One incident and what belongs to it."""

    incident: Incident
    #: Of the newest decision.
    reason: str
    parts: tuple[Part, ...]
    #: Worst first.
    evidence: tuple[Evidence, ...] = ()
    statements: tuple[Statement, ...] = ()
    #: Oldest first, both.
    timeline: tuple[Step, ...] = ()
    deliveries: tuple[Sent, ...] = ()
    #: How the brand recovered; None: not looked at.
    recovery: Recovery | None = None
    #: Live incidents of its brand besides it.
    others: tuple[Incident, ...] = ()
    #: The incident that a merged one is part of by now.
    part_of: int | None = None
    #: What alarmed of the brand, from the day before people were told on, oldest first.
    turned_away: tuple[TurnedAway, ...] = ()

    @property
    def delivered_at(self) -> datetime | None:
        """When anybody was first told."""
        arrived = [one.at for one in self.deliveries if one.state == "delivered" and one.at]
        return min(arrived, default=None)
