"""How a group of commands lists them, and hands `--config` on to the one that is called.

Imports nothing heavy: every start needs it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

#: No first sentence is longer.
_ENDLESS = 1_000
#: Where a context keeps what was given before the command; its children share it.
_GIVEN = f"{__name__}.config"


class ConfigOption(click.Option):
    """`--config` of a command: what was given before the command goes before `MONITOR_CONFIG`."""

    def value_from_envvar(self, ctx: click.Context) -> Any:
        return ctx.meta.get(_GIVEN) or super().value_from_envvar(ctx)


def _hand_on(ctx: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
    if value is not None:
        ctx.meta[_GIVEN] = str(value)
    return value


def _before_the_command() -> click.Option:
    return click.Option(
        ["--config"],
        type=click.Path(path_type=Path, dir_okay=False, readable=False),
        expose_value=False,
        callback=_hand_on,
        help="The configuration file; the same as after the command.",
    )


class Listing(click.Group):
    """Tells what each command does in a whole sentence; click cuts it off at the end of a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [param for param in self.params if param.name == "config"]
        for param in own:
            # A group that is a command as well: what it reads, its commands read.
            param.callback = _hand_on
        self.params += [] if own else [_before_the_command()]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, one.get_short_help_str(_ENDLESS)) for name, one in found if one]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
