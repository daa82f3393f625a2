"""What is to be said of incidents, before it becomes events: one piece for each, a batch.

Does not word or address alerts (see `announce`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.core.types import Incident, Part

OPENED = "incident.opened"
ESCALATED = "incident.escalated"
MERGED = "incident.merged"


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """An incident that something is to be said about."""

    story_id: int
    incident: Incident
    type: str
    parts: tuple[Part, ...]
    sentence: str
    #: Verb and text to log when a column changes that people own too (the status).
    action: tuple[str, str] | None = None


def settled(said: Iterable[News]) -> list[News]:
    """One piece of news for each incident, the last, in the order of the first.

    An incident that was opened and has risen since is told as opened. That one was merged away is
    news of its own.
    """
    last: dict[tuple[int, bool], News] = {}
    for news in said:
        key = news.incident.id, news.type == MERGED
        first = last.get(key)
        opened = first is not None and first.type == OPENED
        last[key] = replace(news, type=OPENED) if opened else news
    return list(last.values())
