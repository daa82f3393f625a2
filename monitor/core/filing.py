"""The values of the assess loop: where a mention was filed, what was decided, what to write.

Does not decide (see `stories`, `risk`, `policy`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.echoes import Count
from monitor.core.outbox import NewAlert
from monitor.core.types import Incident, Level, Mention, Part, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
    """Which story a mention went to, and how that was found out."""

    mention_id: int
    story_id: int
    brand: str
    #: "same text", "repost", "similar 0.42", "new story", "edited", "by what else is said: …".
    how: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """Where a mention is filed, and the incident that stands for that story."""

    mention_id: int
    story_id: int
    incident_id: int | None


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
    #: Of a statement: where and when it was published (None: `at`), and its words.
    url: str | None = None
    said_at: datetime | None = None
    said: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Remembered:
    """One mention read and filed before: what the stories are rebuilt from at the start."""

    mention: Mention
    verdict: Verdict
    #: 0: it belongs to none.
    story_id: int
    #: The incident its story became, if it did.
    incident_id: int | None
    #: What was counted on it, oldest first.
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Regrouping:
    """Mentions that went from one story to another: a merge, a split, a move."""

    at: datetime
    #: "monitor", or who repaired the grouping.
    actor: str
    #: "merge": a story went into another; "split": some left it for one of their own; "move": one
    #: mention went elsewhere, with its copies.
    verb: str
    brand: str
    #: None: they had been filed nowhere.
    from_story: int | None
    to_story: int
    mention_ids: tuple[int, ...]
    #: "similar 0.30", "from incident 3 to incident 5".
    why: str
    #: A person did it: the daemon takes it over, and never undoes it.
    is_repair: bool = False
    #: The two stories must not be joined again.
    apart: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Repaired:
    """What people repaired since somebody last asked."""

    #: Number of the newest repair, 0 if there was never one.
    last: int
    #: The stories concerned.
    stories: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessIntent:
    """All that one assessment wants written, in one transaction."""

    at: datetime
    verdicts: tuple[tuple[int, Verdict], ...] = ()
    filed: tuple[Filed, ...] = ()
    #: After `filed`: a mention may be filed to a story that is then joined to another.
    regroupings: tuple[Regrouping, ...] = ()
    #: New and changed incidents, complete, each with the story it stands for.
    incidents: tuple[tuple[Incident, int], ...] = ()
    #: (incident id, mention id) pairs to be added.
    members: tuple[tuple[int, int], ...] = ()
    decisions: tuple[NewDecision, ...] = ()
    alerts: tuple[NewAlert, ...] = ()
    actions: tuple[NewAction, ...] = ()
    #: Sources whose `blind` mark is to be set or taken back: (source id, blind).
    blind: tuple[tuple[int, bool], ...] = ()

    @property
    def mentions(self) -> frozenset[int]:
        """Those that have to be there when it is written."""
        filed = (one.mention_id for one in self.filed)
        members = (mention_id for _, mention_id in self.members)
        decided = (one.mention_id for one in self.decisions if one.mention_id is not None)
        return frozenset((*filed, *members, *decided))
