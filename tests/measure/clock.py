"""The response clock of a critical incident that people answer late, minute by minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import click
from tabulate import tabulate

from monitor.core.answers import Answer, answered, stated
from monitor.core.clock import after, due
from monitor.core.settings import AlertSettings, EscalationStep
from monitor.core.types import Incident, Level
from tests.core.facts import NOON, incident

MINUTE = timedelta(minutes=1)
LADDER = AlertSettings(
    escalation=(
        EscalationStep(after=30 * MINUTE, webhooks=("board",)),
        EscalationStep(after=3 * 60 * MINUTE, webhooks=("chair",)),
    )
)
ACKNOWLEDGED, STATED, UNTIL = 40, 100, 400


@click.command("clock")
def clock() -> None:
    """Acknowledged after 40 minutes, a statement after 100, and then silence."""
    rows: list[tuple[str, str, str]] = []
    open_ = replace(incident(Level.CRITICAL), last_seen_at=NOON + timedelta(days=1))
    for minute in range(UNTIL):
        now = NOON + minute * MINUTE
        for event in due(open_, LADDER, now):
            told = ", ".join(event.webhooks) or "those told so far"
            rows.append((f"{minute} min", event.type, f"{event.reason} ({told})"))
            open_ = after(open_, event, now=now)
        open_ = _people(open_, minute, rows)
    click.echo(tabulate(rows, headers=["after", "event", "why (who)"]))


def _people(open_: Incident, minute: int, rows: list[tuple[str, str, str]]) -> Incident:
    now = NOON + minute * MINUTE
    if minute == ACKNOWLEDGED:
        rows.append((f"{minute} min", "(a person)", "acknowledges"))
        return answered(open_, Answer(verb="acknowledge", actor="kim"), now=now)
    if minute == STATED:
        rows.append((f"{minute} min", "(the brand)", "speaks in public"))
        return stated(open_, at=now)
    return open_
