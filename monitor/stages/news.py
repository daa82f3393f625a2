"""What is to be said of incidents, before it becomes events: one piece for each, a batch.

Does not word or address alerts (see `announce`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.brief import headline
from monitor.core.filing import NewAction, Regrouping
from monitor.core.policy import Decision, reaching
from monitor.core.settings import AlertSettings
from monitor.core.types import Incident, Part, Status

OPENED = "incident.opened"
ESCALATED = "incident.escalated"
REOPENED = "incident.reopened"
MERGED = "incident.merged"
UPDATED = "incident.updated"
#: Who acts when no person does.
MONITOR = "monitor"


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
    #: Who did it.
    actor: str = MONITOR

    def logged(self, action: tuple[str, str], now: datetime) -> NewAction:
        """What is written of a change of the status."""
        verb, text = action
        return NewAction(
            incident_id=self.incident.id, at=now, actor=self.actor, verb=verb, text=text
        )


def decided(
    story_id: int,
    incident: Incident,
    *,
    before: Incident | None,
    decision: Decision,
    parts: tuple[Part, ...],
) -> News:
    """What a decision tells of an incident; a status that it changes is logged as well."""
    reopens = before is not None and before.status is not incident.status
    return News(
        story_id=story_id,
        incident=incident,
        type=decision.event or "",
        parts=parts,
        sentence=decision.sentence,
        action=("reopen", decision.sentence) if reopens else None,
    )


def merged(gone: Incident, kept_id: int, regrouping: Regrouping) -> News:
    """An incident is part of another one from now on."""
    how = f"by {regrouping.actor}" if regrouping.is_repair else regrouping.why
    return News(
        story_id=regrouping.to_story,
        incident=replace(gone, status=Status.MERGED),
        type=MERGED,
        parts=(),
        sentence=f"This incident is now part of incident {kept_id} ({how}).",
        action=("merge", f"into incident {kept_id}: {how}"),
        actor=regrouping.actor,
    )


def another_side(
    story_id: int, incident: Incident, *, parts: tuple[Part, ...], title: str, spread: str = ""
) -> News:
    """A story that would have been a page of its own is a side of an incident that is open.

    `spread` says where it is seen now and was not by the last alert: nothing says so later.
    """
    return News(
        story_id=story_id,
        incident=incident,
        type=UPDATED,
        parts=parts,
        sentence=f"Another side of it: “{headline(title)}”. {spread}".rstrip(),
    )


def renewed(news: News, alerts: AlertSettings) -> News:
    """The news of a rise with the sentence that fits the incident as it stands by now."""
    if news.type not in {OPENED, ESCALATED}:
        return news
    incident = news.incident
    return replace(news, sentence=reaching(incident.level, incident.risk, alerts))


def settled(said: Iterable[News]) -> list[News]:
    """One piece of news for each incident, the last, in the order of the first.

    An incident that was opened or reopened, and has risen since, is told as that. That one was
    merged away is news of its own.
    """
    last: dict[tuple[int, bool], News] = {}
    for news in said:
        key = news.incident.id, news.type == MERGED
        first = last.get(key)
        last[key] = news if first is None else _after(first, news)
    return list(last.values())


def _after(first: News, news: News) -> News:
    """The later news, with what the first one is to be told as, and to change."""
    type_ = first.type if first.type in {OPENED, REOPENED} else news.type
    return replace(news, type=type_, action=first.action or news.action)
