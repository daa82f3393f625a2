"""`monitor silence add|list|end`: hold back what is not critical while work is planned.

Does not decide what a silence holds (see `core.silences`).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli.common import (
    Until,
    Whole,
    by_option,
    config_option,
    json_option,
    now,
    plain,
    reading,
    safe,
    say_json,
    say_table,
    until_option,
)
from monitor.cli.groups import Listing
from monitor.core.event import iso
from monitor.core.planned import coming
from monitor.core.settings import Settings
from monitor.core.silences import Silence, asked
from monitor.errors import NotFoundError


@click.group("silence", cls=Listing)
def silence_command() -> None:
    """Hold back what is not critical for a while; nothing is lost, it goes out at the end."""


@silence_command.command("add")
@until_option
@click.option("--from", "start", type=Until(), help="As --until; default: now.")
@click.option("--brand", help="Only of this brand.")
@click.option("--reason", required=True, help="Why: people will ask.")
@by_option
@config_option
def add_command(
    *,
    until: datetime,
    start: datetime | None,
    brand: str | None,
    reason: str,
    by: str,
    config: Path,
) -> None:
    """Ask for silence."""
    from monitor.adapters.store import SqliteStore

    at = now()
    settings = reading(config)
    _must_know(settings, brand)
    wanted = Silence(brand=brand, starts_at=start or at, ends_at=until, reason=reason, actor=by)
    with SqliteStore.open(settings.database) as store:
        number = store.add_silence(asked(wanted, now=at), settings, now=at)
    click.echo(f"silence {number} until {plain(until)} (by {by}); what is critical is still told")


@silence_command.command("list")
@config_option
@json_option
def list_command(config: Path, as_json: bool) -> None:
    """Those that hold or will; of `[[silences]]` the span that holds, or the next."""
    from monitor.adapters.store import SqliteStore

    settings, at = reading(config), now()
    with SqliteStore.open(settings.database, create=False) as store:
        asked_for = store.silences(at)
    rows = [_row(one) for one in (*asked_for, *coming(settings, at))]
    if as_json:
        say_json(rows)
    else:
        columns = ("id", "brand", "starts_at", "ends_at", "by", "reason")
        say_table(rows, columns, none="no silences")


@silence_command.command("end")
@click.argument("silence_id", metavar="ID", type=Whole())
@config_option
def end_command(silence_id: int, config: Path) -> None:
    """End one now: what it held goes out, but for what quiet hours hold."""
    from monitor.adapters.store import SqliteStore

    settings = reading(config)
    with SqliteStore.open(settings.database, create=False) as store:
        ended = store.end_silence(silence_id, settings, now=now())
    click.echo(safe(f"silence {silence_id} is over: {ended.reason}"))


def _must_know(settings: Settings, brand: str | None) -> None:
    if brand is not None and brand not in {one.name for one in settings.brands}:
        raise NotFoundError(f"there is no brand {brand!r}")


def _row(silence: Silence) -> dict[str, object]:
    return {
        "id": silence.id or None,
        "brand": silence.brand or "all",
        "starts_at": iso(silence.starts_at),
        "ends_at": iso(silence.ends_at),
        "by": silence.actor,
        "reason": silence.reason,
    }
