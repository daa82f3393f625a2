"""`init` and `check`: a configuration to start from, and what is wrong with one.

Does not start anything.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import config_option, json_option, safe, say_json
from monitor.cli.groups import ConfigOption
from monitor.config import load
from monitor.config.remarks import remarks
from monitor.config.schema import written_pages
from monitor.core.event import iso
from monitor.core.settings import DAYS, QuietHours, Secret, Settings, Window
from monitor.errors import InputError

#: Keys of config.toml whose values bear another name in `Settings`.
_KEYS = {"secrets": "secret", "starts_at": "from", "ends_at": "until", "windows": "hours"}
#: How config.toml writes what is None here, by key; "" turns all else off.
_WRITTEN = {"backfill": "all"}
#: Of a silence by the week: config.toml has neither.
_LEFT_OUT = frozenset({"from", "until"})
#: Tables of their own beside [monitor].
_TABLES = ("brands", "sources", "webhooks", "alerts", "escalation", "silences")
_SPANS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


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


def as_written(settings: Settings) -> dict[str, Any]:
    """Settings under the keys of config.toml, which errors name as well."""
    rest = _document(settings)
    rest["http"] = _address(settings.http)
    rest["alerts"]["budget"] = written_pages(*settings.alerts.budget)
    rest["escalation"] = rest["alerts"].pop("escalation")
    tables = {name: rest.pop(name) for name in _TABLES}
    return {"path": rest.pop("path"), "monitor": rest} | tables


def _document(value: Any) -> Any:
    """Settings as JSON values; durations and quiet hours as they are written."""
    if isinstance(value, tuple):
        return [_document(one) for one in value]
    as_text = (Secret, QuietHours, Window)
    if dataclasses.is_dataclass(value) and not isinstance(value, as_text):
        names = [field.name for field in dataclasses.fields(value)]
        keys = [(_KEYS.get(name, name), getattr(value, name)) for name in names]
        return {key: _set(key, one) for key, one in keys if not _is_left_out(key, one)}
    return _scalar(value)


def _set(key: str, value: Any) -> Any:
    return _WRITTEN.get(key, "") if value is None else _document(value)


def _is_left_out(key: str, value: Any) -> bool:
    return value is None and key in _LEFT_OUT


def _address(address: tuple[str, int] | None) -> str:
    if address is None:
        return ""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _scalar(value: Any) -> Any:
    match value:
        case Secret() | Path():
            return str(value)
        case timedelta():
            return span(value)
        case QuietHours() | Window():
            return _hours(value)
        case datetime():
            return iso(value)
        case Enum():
            return value.name.lower()
        case _:
            return value


def _hours(value: QuietHours | Window) -> str:
    if isinstance(value, QuietHours):
        return f"{_clock(value.start)}-{_clock(value.end)} {value.zone}"
    days = ",".join(DAYS[day] for day in value.days)
    return f"{days} {_hours(value.hours)}".lstrip()


def span(value: timedelta) -> str:
    """A duration as config.toml writes it, in the largest whole unit."""
    seconds = int(value.total_seconds())
    unit, size = next(one for one in _SPANS if seconds % one[1] == 0)
    return f"{seconds // size}{unit}"


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


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
