"""`monitor evidence export|verify`: what was seen of an incident, and whether it still is.

Does not write to the database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli.common import (
    config_option,
    incident_argument,
    json_option,
    jsonlines_option,
    now,
    reading,
    say_json,
)
from monitor.cli.groups import Listing
from monitor.core.bundle import bundle, complaints
from monitor.core.chain import START, ChainLine, Held, broken, differing
from monitor.core.event import iso
from monitor.core.humanize import counted
from monitor.errors import InputError


@click.group("evidence", cls=Listing)
def evidence_command() -> None:
    """Export the evidence of an incident, or check that nobody changed it."""


@evidence_command.command("export")
@incident_argument
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Into a file.")
@config_option
@jsonlines_option
def export_command(incident_id: int, output: Path | None, config: Path) -> None:
    """Write what was seen, verbatim, with the chain of hashes over it, as JSON Lines."""
    found, lines, held = _found(incident_id, config)
    about = {
        "incident": incident_id,
        "brand": found["brand"],
        "title": found["title"],
        "exported_at": iso(now()),
    }
    text = "".join(f"{row}\n" for row in bundle(about, lines, held))
    if output is None:
        click.echo(text, nl=False)
        return
    if output.exists():
        raise InputError(f"{output} exists; evidence goes to a new file")
    output.write_text(text, encoding="utf-8")
    click.echo(f"{counted(len(lines), 'line')}, head {_head(lines)}")


@evidence_command.command("verify")
@incident_argument
@click.option(
    "--bundle",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Also check this exported file, and that the database still says the same.",
)
@config_option
@json_option
def verify_command(incident_id: int, file: Path | None, config: Path, as_json: bool) -> None:
    """Check the chain, and that each mention still says what it said; exit code 1 if not."""
    found, lines, held = _found(incident_id, config)
    problems = list(broken(lines))
    if not problems:
        problems = list(differing(lines, held))
    if file is not None:
        about = {"incident": incident_id, "brand": found["brand"]}
        problems += complaints(_rows(file), lines, about=about)
    _say(lines, held, problems, as_json=as_json)
    if problems:
        raise click.exceptions.Exit(1)


def _found(
    incident_id: int, config: Path
) -> tuple[dict[str, Any], tuple[ChainLine, ...], tuple[Held, ...]]:
    from monitor.adapters.queries import Queries

    with Queries.open(reading(config).database) as queries:
        return (queries.incident(incident_id), *queries.chain(incident_id))


def _rows(file: Path) -> list[str]:
    try:
        with file.open(encoding="utf-8") as stream:
            # Not `splitlines`: words that were seen may hold other ends of lines, as U+2028.
            return list(stream)
    except UnicodeDecodeError as e:
        raise InputError(f"{file}: this is no file of evidence, or it is broken") from e


def _say(
    lines: tuple[ChainLine, ...], held: tuple[Held, ...], problems: list[str], *, as_json: bool
) -> None:
    blank = sum(one.content is None for one in held)
    if as_json:
        counts = {"lines": len(lines), "mentions": len(held), "blanked": blank}
        say_json({**counts, "head": _head(lines), "problems": problems})
        return
    for problem in problems:
        click.echo(problem)
    verdict = counted(len(problems), "problem") if problems else "whole"
    over = f"{counted(len(lines), 'line')} over {counted(len(held), 'mention')}"
    click.echo(f"{verdict}: {over} ({blank} blanked), head {_head(lines)}")


def _head(lines: tuple[ChainLine, ...]) -> str:
    return lines[-1].hash if lines else START
