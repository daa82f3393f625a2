"""How a group of commands lists them. Imports nothing heavy: every start needs it."""

from __future__ import annotations

import click

#: No first sentence is longer.
_ENDLESS = 1_000


class Listing(click.Group):
    """Tells what each command does in a whole sentence; click cuts it off at the end of a line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, one.get_short_help_str(_ENDLESS)) for name, one in found if one]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
