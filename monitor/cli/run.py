"""`run` and `once`: the daemon, and one pass of it.

Does not wire anything (see `monitor.app`).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import click

from monitor.cli.common import config_option, plain, safe
from monitor.config import load
from monitor.core.brief import brief
from monitor.core.outbox import IncidentEvent


@click.command("run")
@config_option
def run_command(config: Path) -> None:
    """Run the daemon until SIGTERM or SIGINT; SIGHUP reloads the configuration."""
    from monitor import logs
    from monitor.service import serve

    logs.configure()
    asyncio.run(serve(load(config), config, show=show_if_anybody_looks))


@click.command("once")
@click.option("--all", "everything", is_flag=True, help="Every source, due or not.")
@config_option
def once_command(everything: bool, config: Path) -> None:
    """One pass: poll every due source, assess, deliver, exit."""
    from monitor import logs
    from monitor.service import once

    logs.configure()
    asyncio.run(once(load(config), everything=everything, show=show_if_anybody_looks))


def show_if_anybody_looks(event: IncidentEvent) -> None:
    """As `show`; a terminal or a pipe that is closed must not keep an alert from going out."""
    with suppress(OSError):
        show(event)


def show(event: IncidentEvent) -> None:
    """An alert on the terminal: its brief, and where to look."""
    incident = event.incident
    click.echo(safe(f"{incident.level.label.upper()}  {event.type}  {plain(incident.title)}"))
    click.echo(safe(f"  {brief(event)}"))
    for evidence in event.evidence[:1]:
        click.echo(safe(f"  {evidence.url or evidence.source}"))
