"""What people did to an incident that becomes part of another one, and what of it still holds.

An acknowledgement is of what was known when it was given. So it holds for the incident that took
the other one in, unless that one stands at a higher level than people had seen: then somebody has
to look again. Does not merge, store or announce (see `stages.inheriting`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.duties import raised_at
from monitor.core.types import Incident, Level, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Legacy:
    """What an incident becomes that took another one in."""

    incident: Incident
    #: It counts as acknowledged now, though nobody said so of this very incident.
    is_acknowledged: bool
    #: For the timeline; empty: there was nothing to take over.
    note: str


def seen_at(incident: Incident) -> Level | None:
    """The level at which somebody acknowledged an incident; None: nobody has."""
    if incident.acknowledged_at is None:
        return None
    return max(incident.level, incident.alerted_level)


def known_at_least(kept: Incident, gone: Incident) -> Incident:
    """The survivor at the level that people acknowledged of the other: that is no news to them."""
    seen = seen_at(gone)
    if seen is None or seen <= kept.level or not kept.status.is_live:
        return kept
    return replace(kept, level=seen, alerted_level=max(seen, kept.alerted_level))


def inherited(kept: Incident, gone: Incident, *, now: datetime) -> Legacy:
    """What the survivor takes over of the incident that is part of it from `now` on."""
    if not kept.status.is_live:
        return Legacy(incident=kept, is_acknowledged=False, note="")
    heir = replace(
        kept,
        assigned_to=kept.assigned_to or gone.assigned_to,
        facts_at=_earlier(kept.facts_at, gone.facts_at),
        statement_at=_earlier(kept.statement_at, gone.statement_at),
        last_statement_at=_later(kept.last_statement_at, gone.last_statement_at),
    )
    seen = seen_at(gone)
    holds = kept.status is Status.OPEN and seen is not None and kept.level <= seen
    if holds:
        heir = _acknowledged(heir, gone, now)
    return Legacy(incident=heir, is_acknowledged=holds, note=_note(kept, heir, gone))


def _acknowledged(kept: Incident, gone: Incident, now: datetime) -> Incident:
    """The moment is that of the first acknowledgement, if this incident waited for one by then."""
    given = gone.acknowledged_at or now
    return replace(
        kept,
        status=Status.ACKNOWLEDGED,
        acknowledged_at=given if given >= raised_at(kept) else now,
        acknowledged_by=gone.acknowledged_by,
        reminders=0,
    )


def _note(kept: Incident, heir: Incident, gone: Incident) -> str:
    seen = seen_at(gone)
    took = []
    if heir.status is not kept.status:
        took.append(f"acknowledged by {gone.acknowledged_by}")
    elif kept.status is Status.OPEN and seen is not None:
        took.append(
            f"not its acknowledgement: {gone.acknowledged_by} had seen it at {seen.label}, this "
            f"one is at {kept.level.label}"
        )
    if heir.assigned_to != kept.assigned_to:
        took.append(f"assigned to {heir.assigned_to}")
    if heir.facts_at != kept.facts_at:
        took.append("what is known was noted")
    if heir.last_statement_at != kept.last_statement_at:
        took.append("the brand has spoken")
    return f"from incident {gone.id}: {'; '.join(took)}" if took else ""


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
