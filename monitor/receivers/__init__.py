"""One file per format: event bytes -> request, and what the receiver's answers mean. No I/O.

`FORMATS` is the one place where a format is made known; what it asks of the configuration stands
in `core.formats`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.core.outbox import PostResult, SignedMessage, Unreachable
from monitor.core.rulings import Fate, Judge, by_contract
from monitor.core.settings import WebhookSettings
from monitor.receivers import (
    alertmanager,
    alertmanager_api,
    apprise,
    cloudevents,
    discord,
    pagerduty,
    slack,
    standard,
    teams,
)


class Build(Protocol):
    """How the request of one attempt is built: pure."""

    def __call__(
        self, webhook: WebhookSettings, message_id: str, body: bytes, /, *, at: datetime
    ) -> SignedMessage: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A receiver's language: how it is spoken to, and what its answers mean."""

    build: Build
    judge: Judge = by_contract


def _unsigned(render: Callable[[WebhookSettings, bytes], SignedMessage]) -> Build:
    """A request in which nothing depends on the attempt."""

    def build(
        webhook: WebhookSettings,
        _message_id: str,
        body: bytes,
        /,
        *,
        at: datetime,  # noqa: ARG001 - for those that are signed
    ) -> SignedMessage:
        return render(webhook, body)

    return build


def complaint(webhook: WebhookSettings, answer: PostResult, *, now: datetime) -> str | None:
    """What is wrong with the answer to a message; None if it was taken."""
    if isinstance(answer, Unreachable):
        return answer.error
    ruling = FORMATS[webhook.format].judge(answer, now)
    return None if ruling.fate is Fate.DELIVERED else ruling.complaint


FORMATS: Mapping[str, Format] = {
    "standard": Format(build=standard.build),
    "slack": Format(build=_unsigned(slack.build), judge=slack.judge),
    "teams": Format(build=_unsigned(teams.build), judge=teams.judge),
    "discord": Format(build=_unsigned(discord.build), judge=discord.judge),
    "pagerduty": Format(build=_unsigned(pagerduty.build), judge=pagerduty.judge),
    "alertmanager": Format(build=alertmanager.build),
    "alertmanager-api": Format(build=alertmanager_api.build, judge=alertmanager_api.judge),
    "cloudevents": Format(build=cloudevents.build),
    "apprise": Format(build=_unsigned(apprise.build)),
}
