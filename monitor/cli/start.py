"""`init` and `check`: a configuration to start from, and what is wrong with one.

Does not start anything.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import config_option, json_option, safe, say_json
from monitor.cli.groups import ConfigOption
from monitor.config import load
from monitor.config.remarks import remarks
from monitor.config.writing import as_written
from monitor.core.settings import Settings
from monitor.errors import InputError


@click.command("init")
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), default=Path(), required=False
)
@click.option(
    "--config",
    cls=ConfigOption,
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    show_default=True,
    help="The file to write, seen from DIRECTORY.",
)
def init_command(directory: Path, config: Path) -> None:
    """Write a commented starter configuration into DIRECTORY."""
    path = directory / config
    text = files("monitor").joinpath("starter.toml").read_text(encoding="utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as e:
        raise InputError(f"{path} exists already; it is left as it is") from e
    except OSError as e:
        raise InputError(f"{path}: {e.strerror}") from e
    click.echo(f"wrote {path}; edit it, then try: monitor check --config {path}")


@click.command("check")
@click.option("--probe", is_flag=True, help="Fetch every source once and greet every webhook.")
@config_option
@json_option
def check_command(probe: bool, config: Path, as_json: bool) -> None:
    """Check the configuration and print it as it is understood, secrets hidden."""
    from monitor.adapters.classifier import look

    settings = load(config)
    look(settings.model)
    shown = as_written(settings)
    if not as_json:
        for line in flat(shown):
            click.echo(safe(line))
    for remark in remarks(settings):
        click.echo(safe(f"perhaps not meant: {remark}"), err=True)
    found = _probe(settings) if probe else {}
    if as_json:
        say_json(shown | ({"probe": found} if probe else {}))
    if any(found.values()):
        sys.exit(1)


def _probe(settings: Settings) -> dict[str, str | None]:
    """What each source and webhook has to complain of, said on stderr as well."""
    import asyncio

    from monitor.trial import probe

    found = dict(asyncio.run(probe(settings)))
    for name, complaint in found.items():
        click.echo(safe(f"{name}: {complaint or 'ok'}"), err=True)
    return found


def flat(tree: Any, key: str = "") -> Iterator[str]:
    """`sources[0].every = "5m"`, one line a value."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from flat(value, f"{key}.{name}" if key else name)
    elif isinstance(tree, list) and any(isinstance(one, dict) for one in tree):
        for at, value in enumerate(tree):
            yield from flat(value, f"{key}[{at}]")
    else:
        yield f"{key} = {json.dumps(tree, ensure_ascii=False)}"
