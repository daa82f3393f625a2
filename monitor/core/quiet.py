"""Who is told of an event, and until when it is held back.

Does not decide whether there is an event (see `policy`, `clock`) nor how it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from monitor.core.duties import CHASED_FROM
from monitor.core.outbox import Delivery
from monitor.core.settings import QuietHours, Settings, WebhookSettings
from monitor.core.types import Incident, Level

#: These end or settle what a webhook was told before: they reach all who heard of the incident
#: at its worst, whatever its level is now.
CLOSING = frozenset(
    {
        "incident.deescalated",
        "incident.acknowledged",
        "incident.resolved",
        "incident.dismissed",
        "incident.merged",
        "statement.seen",
    }
)
_DAY = timedelta(days=1)


def held_until(
    now: datetime, level: Level | None, quiet_hours: Sequence[QuietHours]
) -> datetime | None:
    """When quiet hours let an alert out; None: at once. What is critical is never held.

    Spans that follow each other hold on, but never longer than a day.
    """
    if level is Level.CRITICAL:
        return None
    until = now
    while until - now < _DAY:
        ends = [end for span in quiet_hours if (end := _end_of(span, until)) is not None]
        if not ends:
            break
        until = max(ends)
    return min(until, now + _DAY) if until > now else None


def _end_of(span: QuietHours, now: datetime) -> datetime | None:
    """The end of `span` if `now` lies in it, in UTC; correct where clocks change."""
    zone = ZoneInfo(span.zone)
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if not _holds(span, minute):
        return None
    day = local.date() + (_DAY if span.end <= minute else timedelta())
    wall = datetime.combine(day, time()) + timedelta(minutes=span.end)
    # A wall time that comes twice (clocks go back) may have been once already.
    passes = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return next((end for end in passes if end > now), None)


def _holds(span: QuietHours, minute: int) -> bool:
    if span.start <= span.end:
        return span.start <= minute < span.end
    return minute >= span.start or minute < span.end


def wanted(
    webhook: WebhookSettings,
    *,
    type: str,  # noqa: A002 - the name that the contract gives it
    level: Level | None,
    brand: str | None,
    alerted: Level = Level.QUIET,
) -> bool:
    """Whether a webhook asked for such an event.

    `level` and `brand` are None for operational events, which only the types filter; `alerted` is
    the highest level that people were told of the incident.
    """
    if not any(fnmatchcase(type, pattern) for pattern in webhook.events):
        return False
    if brand is not None and webhook.brands and brand not in webhook.brands:
        return False
    if level is None:
        return True
    return (max(level, alerted) if type in CLOSING else level) >= webhook.min_level


def recipients(
    settings: Settings,
    *,
    type: str,  # noqa: A002 - the name that the contract gives it
    level: Level | None,
    brand: str | None,
    alerted: Level = Level.QUIET,
    handed_on: int = 0,
) -> tuple[str, ...]:
    """Names of the webhooks that are told, in the order of the configuration.

    Those named in an [[escalation]] step are told nothing of an incident before it was handed on
    to that step, and of all that is chased from then on, whatever their `min_level`; `handed_on`
    is the number of steps taken.
    """
    steps = settings.alerts.escalation if level is not None else ()
    reached = {name for step in steps[:handed_on] for name in step.webhooks}
    waiting = {name for step in steps for name in step.webhooks} - reached
    return tuple(
        hook.name
        for hook in settings.webhooks
        if hook.name not in waiting
        and wanted(
            _called(hook) if hook.name in reached else hook,
            type=type,
            level=level,
            brand=brand,
            alerted=alerted,
        )
    )


def heirs(settings: Settings, delivery: Delivery, incident: Incident | None) -> tuple[str, ...]:
    """Who would be told of an alert now; `incident` is the one it is about, as it stands."""
    return recipients(
        settings,
        type=delivery.type,
        level=delivery.level,
        brand=incident.brand if incident else None,
        alerted=incident.alerted_level if incident else Level.QUIET,
        handed_on=incident.handed_on if incident else 0,
    )


def _called(hook: WebhookSettings) -> WebhookSettings:
    """One that an incident was handed on to: nobody else answered, so its level is no matter."""
    return replace(hook, min_level=min(hook.min_level, CHASED_FROM))
