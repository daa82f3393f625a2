"""`monitor tune`: thresholds for the alert budget, on the stored history.

Prints what to write into the configuration; changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import (
    Since,
    config_option,
    json_option,
    reading,
    say_json,
    say_table,
)
from monitor.config.schema import pages
from monitor.core.event import iso
from monitor.core.settings import AlertSettings
from monitor.core.tuning import Change, Heard, History, Tuned, solve
from monitor.errors import InputError

#: Stories that are listed, of those that would have reached a level, or not any more.
MOST = 20


@click.command("tune")
@click.option("--since", type=Since(), help="Learn from what was judged since then.")
@click.option("--budget", "wanted", help='Instead of the configured one, such as "2/week".')
@config_option
@json_option
def tune_command(since: datetime | None, wanted: str | None, config: Path, as_json: bool) -> None:
    """Find thresholds that meet the alert budget, and what they would have changed."""
    from monitor.adapters.queries import Queries

    settings = reading(config)
    alerts = _with_budget(settings.alerts, wanted)
    with Queries.open(settings.database) as queries:
        history = queries.history(since=since)
    try:
        tuned = solve(history, alerts)
    except ValueError as e:
        raise InputError(str(e)) from e
    if as_json:
        say_json(_document(tuned))
    else:
        _say(tuned, alerts, history)


def _with_budget(alerts: AlertSettings, wanted: str | None) -> AlertSettings:
    if wanted is None:
        return alerts
    try:
        return replace(alerts, budget=pages(wanted))
    except ValueError as e:
        raise click.BadParameter(str(e), param_hint="--budget") from e


def _document(tuned: Tuned) -> dict[str, Any]:
    changes = [_change(one) for one in tuned.changes]
    pages = changes[tuned.changes.index(tuned.pages)]
    return asdict(replace(tuned, changes=())) | {
        "changes": changes,
        "appeared": pages["appeared"],
        "vanished": pages["vanished"],
    }


def _change(one: Change) -> dict[str, Any]:
    return {
        "level": one.level,
        "now": one.now,
        "tuned": one.tuned,
        "appeared": _rows(one.appeared),
        "vanished": _rows(one.vanished),
    }


def _rows(stories: Iterable[Heard]) -> list[dict[str, Any]]:
    return [asdict(one) | {"at": iso(one.at), "answer": one.answer.value} for one in stories]


def _say(tuned: Tuned, alerts: AlertSettings, history: History) -> None:
    count, span = alerts.budget
    days = 7 * max(history.weeks.values())
    click.echo(
        f"Budget: {count} pages in {span.days} days for each brand. History: "
        f"{len(history.stories)} stories in {days:.0f} days."
    )
    if tuned.caution:
        click.echo(tuned.caution)
    click.echo(f"{tuned.reason}\n")
    levels = [{"level": one.level, "now": one.now, "tuned": one.tuned} for one in tuned.changes]
    say_table(levels, ("level", "now", "tuned"), none="")
    click.echo("\nPages a week")
    say_table([asdict(rate) for rate in tuned.rates], ("brand", "now", "tuned"), none="  none")
    for one in tuned.changes:
        _list(f"Would have reached {one.level}", one.appeared)
        _list(f"Would not have reached {one.level}", one.vanished)
    click.echo("\nTo take them, write under [alerts]:")
    for one in tuned.changes:
        click.echo(f"{one.level} = {one.tuned:.2f}")


def _list(title: str, stories: tuple[Heard, ...]) -> None:
    click.echo(f"\n{title}")
    say_table(
        _rows(stories[:MOST]),
        ("risk", "at", "brand", "incident_id", "answer", "title"),
        none="  none",
    )
    if len(stories) > MOST:
        click.echo(f"  and {len(stories) - MOST} more")
