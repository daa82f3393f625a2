"""The values of the assess loop: where a mention was filed, what was decided, what to write.

Does not decide (see `stories`, `risk`, `policy`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.outbox import NewAlert
from monitor.core.types import Incident, Level, Mention, Part, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
    """Which story a mention went to, and how that was found out."""

    mention_id: int
    story_id: int
    brand: str
    #: "same text", "repost", "similar 0.42", "new story", "not about the brand".
    how: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDecision:
    """One decision of the policy, the silent ones too."""

    at: datetime
    story_id: int
    incident_id: int | None
    reason: str
    level: Level
    risk: float
    parts: tuple[Part, ...]
    #: The mention that made it necessary; None when a timer did.
    mention_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAction:
    """Something a person, or the monitor itself, did to an incident."""

    incident_id: int
    at: datetime
    actor: str
    #: "acknowledge", "resolve", "dismiss", "reopen", "note", …
    verb: str
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remembered:
    """One mention read and filed before: what the stories are rebuilt from at the start."""

    mention: Mention
    verdict: Verdict
    story_id: int
    #: The incident its story became, if it did.
    incident_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessIntent:
    """All that one assessment wants written, in one transaction."""

    at: datetime
    verdicts: tuple[tuple[int, Verdict], ...] = ()
    filed: tuple[Filed, ...] = ()
    #: New and changed incidents, complete, each with the story it stands for.
    incidents: tuple[tuple[Incident, int], ...] = ()
    #: (incident id, mention id) pairs to be added.
    members: tuple[tuple[int, int], ...] = ()
    decisions: tuple[NewDecision, ...] = ()
    alerts: tuple[NewAlert, ...] = ()
    actions: tuple[NewAction, ...] = ()
    #: Sources whose `blind` mark is to be set or taken back: (source id, blind).
    blind: tuple[tuple[int, bool], ...] = ()
