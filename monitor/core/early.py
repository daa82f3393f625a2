"""What is said beside a forecast that has next to nothing to go by yet.

Does not forecast: it knows how much there was to forecast from.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.humanize import counted, is_sure
from monitor.core.types import Incident

#: So many posts tell nothing of which few stories grow.
FEW = 2
#: Silence for so long tells something: most stories of a post are over by then.
YOUNG = timedelta(hours=1)


def is_early(posts: int, *, first: datetime, at: datetime, viral: float | None) -> bool:
    """Whether a forecast at `at` knows hardly anything: few posts, and the first not long ago."""
    return posts <= FEW and at - first < YOUNG and not is_sure(viral or 0.0)


def caution(posts: int, *, first: datetime, at: datetime, viral: float | None) -> str:
    """What a low number does not mean; empty: the forecast can be taken for one."""
    if not is_early(posts, first=first, at=at, viral=viral):
        return ""
    heard = counted(posts, "post")
    return (
        f"Too early to tell: the forecast has only {heard} to go by, "
        "and takes the story for an everyday one."
    )


def caution_of(incident: Incident, at: datetime) -> str:
    """The caution beside the forecast of an incident as it stands at `at`."""
    if incident.forecast is None or not incident.status.is_live:
        return ""
    viral = incident.forecast.viral_probability
    return caution(incident.mention_count, first=incident.first_seen_at, at=at, viral=viral)
