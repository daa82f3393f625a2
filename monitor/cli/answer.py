"""`monitor incident show|ack|assign|…`: one incident, and what people say to it.

Does not decide what an answer does (see `core.answers`); repairs are in `repair`.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli.common import (
    Since,
    by_option,
    config_option,
    incident_argument,
    json_option,
    now,
    reading,
    safe,
    say_json,
    until_option,
)
from monitor.cli.groups import Listing
from monitor.cli.repair import merge_command, move_command, split_command
from monitor.cli.show import show
from monitor.core import recovery_lines
from monitor.core.answers import DISMISSALS, Answer, dismissal, recorded
from monitor.core.duties import left_undone
from monitor.core.fields import web_url
from monitor.core.settings import Settings
from monitor.core.types import Incident


@click.group("incident", cls=Listing)
def incident_command() -> None:
    """Show one incident, answer it, or repair what it was made of."""


for command in (merge_command, split_command, move_command):
    incident_command.add_command(command)


@incident_command.command("show")
@incident_argument
@config_option
@json_option
def show_command(incident_id: int, config: Path, as_json: bool) -> None:
    """Show one incident: why it stands where it stands, the evidence, what was done."""
    from monitor.adapters.queries import Queries

    settings = reading(config)
    with Queries.open(settings.database) as queries:
        found = queries.incident(incident_id)
        story = None if as_json else queries.dossier(incident_id)
        found["recovery"] = recovery_lines.document(queries.recovery(incident_id, now=now()))
    if story is None:
        say_json(found)
    else:
        show(found, story, settings.alerts, now())


@incident_command.command("ack")
@incident_argument
@by_option
@click.option("--note", default="", help="What is being done.")
@config_option
def ack_command(incident_id: int, by: str, note: str, config: Path) -> None:
    """Acknowledge an incident: somebody is on it, reminders and escalation stop."""
    _answer(config, incident_id, Answer(verb="acknowledge", actor=by, text=note))


@incident_command.command("assign")
@incident_argument
@click.argument("who")
@by_option
@config_option
def assign_command(incident_id: int, who: str, by: str, config: Path) -> None:
    """Say who is in charge of an incident. It still waits to be acknowledged."""
    _answer(config, incident_id, Answer(verb="assign", actor=by, text=who))


@incident_command.command("note")
@incident_argument
@click.argument("text")
@by_option
@config_option
def note_command(incident_id: int, text: str, by: str, config: Path) -> None:
    """Write a note into the timeline: what is known, what was done."""
    _answer(config, incident_id, Answer(verb="note", actor=by, text=text))


@incident_command.command("snooze")
@incident_argument
@until_option
@click.option("--note", default="", help="Why.")
@by_option
@config_option
def snooze_command(incident_id: int, until: datetime, note: str, by: str, config: Path) -> None:
    """Silence an incident for a while; it speaks up earlier if its level rises."""
    _answer(config, incident_id, Answer(verb="snooze", actor=by, text=note, until=until))


@incident_command.command("statement")
@incident_argument
@click.argument("text")
@click.option("--url", help="Where it was published.")
@click.option(
    "--at",
    "said_at",
    type=Since(),
    help="When, if not now: a date and time (UTC unless it says), or so long ago: 2h.",
)
@by_option
@config_option
def statement_command(
    incident_id: int,
    text: str,
    *,
    url: str | None,
    said_at: datetime | None,
    by: str,
    config: Path,
) -> None:
    """Record what the brand said in public; the clock for the first statement stops."""
    if url and web_url(url) is None:
        raise click.BadParameter("should begin with http:// or https://", param_hint="--url")
    said = Answer(verb="statement", actor=by, text=text, url=url, said_at=said_at)
    _answer(config, incident_id, said)


@incident_command.command("reopen")
@incident_argument
@by_option
@click.option("--note", default="", help="Why.")
@config_option
def reopen_command(incident_id: int, by: str, note: str, config: Path) -> None:
    """Reopen an incident that was resolved or dismissed: it waits for an answer anew."""
    _answer(config, incident_id, Answer(verb="reopen", actor=by, text=note))


@incident_command.command("resolve")
@incident_argument
@by_option
@click.option("--note", default="", help="How it ended.")
@config_option
def resolve_command(incident_id: int, by: str, note: str, config: Path) -> None:
    """Resolve an incident: it is over. What people still owed it is said on stderr."""
    settings = reading(config)
    resolved = _taken(settings, incident_id, Answer(verb="resolve", actor=by, text=note))
    undone = left_undone(resolved, settings.alerts, now())
    if undone:
        click.echo(f"left undone: {'; '.join(undone)}", err=True)


@incident_command.command("dismiss")
@incident_argument
@by_option
@click.option("--reason", type=click.Choice(DISMISSALS), required=True, help="Why it is none.")
@click.option("--note", default="", help="How that is known.")
@config_option
def dismiss_command(incident_id: int, by: str, reason: str, note: str, config: Path) -> None:
    """Dismiss an incident: it was none."""
    said = dismissal(reason, note)
    _answer(config, incident_id, Answer(verb="dismiss", actor=by, text=said))


def _answer(config: Path, incident_id: int, answer: Answer) -> None:
    _taken(reading(config), incident_id, answer)


def _taken(settings: Settings, incident_id: int, answer: Answer) -> Incident:
    from monitor.adapters.store import SqliteStore
    from monitor.stages.answer import take

    at = now()
    with SqliteStore.open(settings.database, create=False) as store:
        incident = take(store, settings, incident_id, answer, now=at)
    click.echo(safe(recorded(incident, answer, now=at)))
    return incident
