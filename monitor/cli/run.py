"""`run` and `once`: the daemon, and one pass of it.

Does not wire anything (see `monitor.app`).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from monitor.cli.common import config_option, json_option, plain, safe
from monitor.cli.replay import show_json
from monitor.config import load
from monitor.core.brief import brief
from monitor.core.outbox import IncidentEvent


@click.command("run")
@config_option
@json_option
def run_command(config: Path, as_json: bool) -> None:
    """Run the daemon until SIGTERM or SIGINT; SIGHUP reloads the configuration."""
    _until_it_hears()
    from monitor import logs
    from monitor.service import serve

    logs.configure()
    if not asyncio.run(serve(load(config), config, show=_shown(as_json))):
        _at_once()


def _at_once() -> NoReturn:
    """End without waiting for a thread that nothing can end, and that holds nothing open."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _until_it_hears() -> None:
    """While libraries load there is no write in hand: an end is at once, and SIGHUP has to wait.

    From then on see `daemon.on_signals`.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])


@click.command("once")
@click.option("--all", "everything", is_flag=True, help="Every source, due or not.")
@config_option
@json_option
def once_command(everything: bool, config: Path, as_json: bool) -> None:
    """One pass: poll every due source, assess, deliver, exit."""
    from monitor import logs
    from monitor.service import once

    logs.configure()
    asyncio.run(once(load(config), everything=everything, show=_shown(as_json)))


def _shown(as_json: bool) -> Callable[[IncidentEvent], None]:
    return partial(if_anybody_looks, show_json if as_json else show)


def if_anybody_looks(say: Callable[[IncidentEvent], None], event: IncidentEvent) -> None:
    """A terminal or a pipe that is closed must not keep an alert from going out."""
    with suppress(OSError):
        say(event)


def show(event: IncidentEvent) -> None:
    """An alert on the terminal: its brief, and where to look."""
    incident = event.incident
    click.echo(safe(f"{incident.level.label.upper()}  {event.type}  {plain(incident.title)}"))
    click.echo(safe(f"  {brief(event)}"))
    for evidence in event.evidence[:1]:
        click.echo(safe(f"  {evidence.url or evidence.source}"))
