"""The command line: parse, call the app, print, exit code. Nothing heavy is imported at start.

Does not decide anything; each command group is a module of its own, loaded when it is called.
"""

from __future__ import annotations

import importlib

import click

from monitor import __version__
from monitor.cli.groups import Listing

#: Command -> module that holds it under the same name (with `_command` behind it).
COMMANDS = {
    "init": "start",
    "check": "start",
    "run": "run",
    "once": "run",
    "status": "look",
    "incidents": "look",
    "mentions": "look",
    "why": "why",
    "incident": "answer",
    "evidence": "evidence",
    "silence": "silence",
    "report": "report",
    "digest": "report",
    "cases": "cases",
    "deliveries": "send",
    "webhook": "send",
    "sources": "sources",
    "import-opml": "sources",
    "score": "score",
    "replay": "replay",
    "tune": "tune",
    "forget": "forget",
    "db": "upkeep",
}


class LazyGroup(Listing):
    """Loads the module of a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"monitor.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="monitor")
def cli() -> None:
    """Watch what is said about a brand and alert its leaders in time.

    Exit codes: 0 done, 1 failed, 2 usage, 3 configuration, 4 database, 5 model, 130 interrupted.
    """
