"""`monitor replay FILE…`: dated mentions through the same pipeline on a virtual clock.

Does not touch the network.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from monitor.cli.common import config_option, json_option, plain, reading
from monitor.cli.jsonlines import Complaints
from monitor.core import records
from monitor.core.event import iso
from monitor.core.humanize import counted
from monitor.core.outbox import IncidentEvent
from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.adapters.store import SqliteStore


@click.command("replay")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the log in this new file; default: in memory.",
)
@config_option
@json_option
def replay_command(
    files: tuple[Path, ...], database: Path | None, config: Path, as_json: bool
) -> None:
    """Play recorded mentions (.jsonl, .jsonl.gz); print each alert as it would have been sent."""
    from monitor.adapters.growth_file import load_growth
    from monitor.app import load_classifier
    from monitor.config import library
    from monitor.replay import Replay

    settings = reading(config)
    _must_be_new(database)
    bad = Complaints()
    found = list(_records(files, bad))
    started = time.monotonic()
    with _store(database) as store:
        replay = Replay(
            settings=settings,
            store=store,
            classifier=load_classifier(settings.model),
            growth=load_growth(settings.model),
            on_event=show_json if as_json else _print_line,
            precedents=library.shipped(),
        )
        summary = asyncio.run(replay.play(found))
    seconds = time.monotonic() - started
    document = {
        "mentions": summary.mentions,
        "incidents": summary.incidents,
        "alerts": summary.alerts,
        "seconds": round(seconds, 3),
        "mentions_per_second": round(summary.mentions / seconds, 1) if seconds else None,
    }
    click.echo(json.dumps({"summary": document}) if as_json else _worded(document))
    bad.leave()


def _must_be_new(database: Path | None) -> None:
    """What is known already would not be replayed. An empty file is as good as none."""
    if database is not None and database.exists() and database.stat().st_size:
        raise InputError(f"{database} exists; a replay goes to a new file")


def _store(database: Path | None) -> AbstractContextManager[SqliteStore]:
    from monitor.adapters.store import SqliteStore

    return SqliteStore.in_memory() if database is None else SqliteStore.open(database)


def _records(files: Iterable[Path], bad: Complaints) -> Iterator[records.Record]:
    for path in files:
        try:
            with _open(path) as stream:
                yield from bad.without(stream, _record, where=f"{path} ")
        except (OSError, EOFError, zlib.error) as e:
            raise InputError(f"{path}: {getattr(e, 'strerror', None) or e}") from e


def _record(line: bytes) -> records.Record:
    return records.parse(line.decode())


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]


def show_json(event: IncidentEvent) -> None:
    """One line of JSON, see `shape`."""
    click.echo(json.dumps(shape(event), ensure_ascii=False))


def _print_line(event: IncidentEvent) -> None:
    row = shape(event)
    level = str(row["level"]).upper()
    click.echo(
        f"{plain(row['at'])}  {level:<8}  {row['type']}  #{row['incident']} "
        f"{plain(row['brand'])}: {plain(row['title'])} "
        f"({counted(event.incident.mention_count, 'mention')}, risk {plain(row['risk'])})"
    )


def shape(event: IncidentEvent) -> dict[str, object]:
    """An event as the contract writes it (section 6)."""
    incident = event.incident
    return {
        "at": iso(event.at),
        "type": event.type,
        "level": incident.level.label,
        "incident": incident.id,
        "brand": incident.brand,
        "title": incident.title,
        "reason": event.reason,
        "risk": round(incident.risk, 4),
        "viral_probability": incident.forecast.viral_probability if incident.forecast else None,
        "mentions": incident.mention_count,
        "first_seen_at": iso(incident.first_seen_at),
    }


def _worded(summary: Mapping[str, object]) -> str:
    return (
        f"{summary['mentions']} mentions, {summary['incidents']} incidents, "
        f"{summary['alerts']} alerts in {summary['seconds']} s"
    )
