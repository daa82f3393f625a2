"""What commands share: `--config`, `--json`, `--by`, printing.

Does not know any command.
"""

from __future__ import annotations

import getpass
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from monitor.cli.groups import ConfigOption
from monitor.cli.table import laid_out
from monitor.config import load
from monitor.config.schema import LONGEST, duration
from monitor.core.event import iso
from monitor.core.plaintext import shown_text, tidy
from monitor.core.settings import Settings

#: Of an integer in SQLite: https://www.sqlite.org/datatype3.html
_LARGEST = 2**63 - 1
#: Commands count on from a moment, and back: the calendar must not end there.
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

#: Control characters, and the marks that turn the direction of text around: a mention must not be
#: able to steer the terminal it is shown on.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


#: Whether it may be read is said by who reads it: a mistake of the configuration, not of usage.
_FILE = click.Path(path_type=Path, dir_okay=False, readable=False)


def config_option(command: F) -> F:
    """`--config FILE`, or `MONITOR_CONFIG`."""
    return click.option(
        "--config",
        cls=ConfigOption,
        type=_FILE,
        envvar="MONITOR_CONFIG",
        default=Path("config.toml"),
        show_default=True,
        help="The configuration file.",
    )(command)


def model_options(command: F) -> F:
    """`--model DIR` and `--config FILE`, of which neither is needed; see `model_of`."""
    model = click.option(
        "--model",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help="The model directory; default: that of --config, else the one that ships.",
    )
    config = click.option(
        "--config",
        cls=ConfigOption,
        type=_FILE,
        envvar="MONITOR_CONFIG",
        help="The configuration with the model.",
    )
    return model(config(command))


def no_config_option(command: F) -> F:
    """`--config FILE`, where nothing of it bears on the answer: every command takes it."""
    help_ = "Taken as by every command; nothing here depends on it."
    return click.option("--config", type=_FILE, expose_value=False, help=help_)(command)


def model_of(model: Path | None, config: Path | None) -> Path:
    """The model directory that was asked for."""
    from monitor.config.freeze import shipped_model

    return model or (reading(config).model if config else shipped_model())


def json_option(command: F) -> F:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def jsonlines_option(command: F) -> F:
    """`--json`, where JSON Lines are printed in any case."""
    help_ = "Taken as by every command that prints data; it is JSON Lines in any case."
    return click.option("--json", is_flag=True, expose_value=False, help=help_)(command)


def limit_option(default: int) -> Callable[[F], F]:
    """`--limit`: so many rows at most; see `one_more` and `within`."""
    return click.option(
        "--limit", type=Whole(1), default=default, show_default=True, help="At most."
    )


def one_more(limit: int) -> int:
    """How many rows to ask for, to know whether there are more than `limit`."""
    return min(limit + 1, _LARGEST)


def within(rows: list[T], limit: int) -> list[T]:
    """The first `limit` rows; that there are more is said: who counts them must not be misled."""
    if len(rows) > limit:
        click.echo(f"Only the newest {limit:,} are shown; --limit N shows more.", err=True)
    return rows[:limit]


class Somebody(click.ParamType[str]):
    """A name that can be read: it is told to others, and the log rests on it."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not tidy(value).strip():
            self.fail("say who it is", param, ctx)
        return str(value)


def by_option(command: F) -> F:
    """`--by NAME`: who answers."""
    by = click.option(
        "--by", type=Somebody(), default=_user, show_default="your user name", help="Who answers."
    )
    return by(command)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def now() -> datetime:
    """The time, UTC: that of the machine, or of the clock that the command line was called with.

    A clock is given as `cli.main(obj=clock)`: https://click.palletsprojects.com/en/stable/api/
    """
    context = click.get_current_context(silent=True)
    clock: Callable[[], datetime] | None = context.obj if context else None
    return clock() if clock else datetime.now(UTC)


def reading(config: Path) -> Settings:
    """Settings for a command that only looks: secrets stay unread."""
    return load(config, secret=False)


def say_json(document: object) -> None:
    """One JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def say_table(rows: Sequence[Mapping[str, object]], columns: Sequence[str], *, none: str) -> None:
    """Rows as a plain table, or the sentence `none`."""
    if not rows:
        click.echo(none)
        return
    cells = [[plain(row.get(column)) for column in columns] for row in rows]
    names = [column.replace("_", " ") for column in columns]
    click.echo(laid_out(cells, names, width=_width()))


def _width() -> int | None:
    """Of the terminal; a file or a pipe has none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def plain(value: object) -> str:
    """A value as one safe line of text."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.2f}"
        case datetime():
            return plain(iso(value))
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
            return f"{value[:16].replace('T', ' ')}Z"
        case list() | tuple():
            return ", ".join(plain(one) for one in value)
        case _:
            return clip(safe(str(value)))


def with_title(row: Mapping[str, Any]) -> dict[str, Any]:
    """A mention for a table of one line each: its title stands before its text."""
    return {**row, "text": shown_text(row["title"], row["text"])}


def safe(text: str) -> str:
    """Text from outside without what could steer a terminal."""
    return _UNSAFE.sub("", text)


def clip(text: str, length: int = 90) -> str:
    """One line of at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


class Whole(click.ParamType[int]):
    """A whole number that the database can hold: an id, or at least `least` of something."""

    name = "integer"

    def __init__(self, least: int | None = None) -> None:
        self._whole = click.INT if least is None else click.IntRange(least)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number: int = self._whole.convert(value, param, ctx)
        if abs(number) > _LARGEST:
            self.fail(f"{value} is too large", param, ctx)
        return number


#: ID: the number of an incident.
incident_argument = click.argument("incident_id", metavar="ID", type=Whole())


class Since(click.ParamType[datetime]):
    """A date and time, or a duration back from now: `2026-11-22`, `24h`."""

    name = "time"
    #: Which way a duration is counted.
    direction = -1

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = now() + self.direction * duration(value)
        except ValueError:
            moment = self._date(value, param, ctx)
        if not _FIRST <= moment <= _LAST:
            self.fail(f"{value!r} is before {_FIRST.year} or after {_LAST.year}", param, ctx)
        return moment

    def _date(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            most = f'such as "24h" (at most {LONGEST.days}d)'
            self.fail(f"{value!r} is neither a date nor a duration {most}", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Until(Since):
    """A date and time, or a duration from now on."""

    direction = 1


until_option = click.option(
    "--until",
    type=Until(),
    required=True,
    help="A date and time (UTC unless it says), or a span: 2h.",
)


def lines(pairs: Iterable[tuple[str, object]]) -> None:
    """`name  value` lines, empty values left out."""
    shown = [(name, plain(value)) for name, value in pairs if value not in (None, "", [], ())]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{width}}  {value}")
