"""`monitor db migrate|backup|check|prune`: keeping the database well.

Does not migrate to copy or to check; the daemon migrates by itself at its start.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, now, reading, say_json
from monitor.cli.groups import Listing
from monitor.core.humanize import counted

CHUNK = 5_000


@click.group("db", cls=Listing)
def db_command() -> None:
    """Look after the database."""


@db_command.command("migrate")
@click.option("--no-backup", is_flag=True, help="Do not copy an older database first.")
@config_option
def migrate_command(no_backup: bool, config: Path) -> None:
    """Create the database, or bring an older one up to date.

    An older one is copied beside itself before; the last two copies are kept.
    """
    from monitor.adapters.store import SqliteStore

    database = reading(config).database
    SqliteStore.open(database, backup=not no_backup).close()
    click.echo(f"{database} is up to date")


@db_command.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@config_option
def backup_command(target: Path, config: Path) -> None:
    """Write a consistent copy to TARGET, also while the daemon runs.

    The database is read only, and may be of an older release; whoever may read it may read the
    copy.
    """
    from monitor.adapters.queries import Queries

    with Queries.open(reading(config).database, older=True) as queries:
        queries.backup(target)
    click.echo(f"written to {target}")


@db_command.command("check")
@config_option
@json_option
def check_command(config: Path, as_json: bool) -> None:
    """Check the file for damage and for rows that point nowhere; it is read only."""
    from monitor.adapters.queries import Queries

    with Queries.open(reading(config).database, older=True) as queries:
        complaints = queries.check()
    for complaint in complaints:
        click.echo(complaint, err=True)
    if as_json:
        say_json({"ok": not complaints, "problems": list(complaints)})
    else:
        click.echo("damaged" if complaints else "ok")
    sys.exit(1 if complaints else 0)


@db_command.command("prune")
@config_option
def prune_command(config: Path) -> None:
    """Delete mentions older than `retention` that belong to no incident.

    What is left of deleted words in the file is overwritten.
    """
    from monitor.adapters.store import SqliteStore

    settings = reading(config)
    gone = 0
    with SqliteStore.open(settings.database, create=False) as store:
        is_more = True
        while is_more:
            pruned = store.prune(before=now() - settings.retention, limit=CHUNK)
            gone, is_more = gone + pruned.mentions, pruned.is_more
        store.wipe()
    click.echo(f"{counted(gone, 'mention')} deleted")
