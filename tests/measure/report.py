"""How a figure is printed, and the exit code that goes with it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from tabulate import tabulate

#: What was measured, the value as text, the goal as text ("" if there is none), whether it is met.
Row = tuple[str, object, str, bool]


def say(note: str) -> None:
    """Progress, on stderr."""
    click.echo(note, err=True)


def report(title: str, rows: Sequence[Row]) -> None:
    """Print the table; leave with 1 if a goal is missed."""
    cells = [(what, value, goal, _word(goal, met=met)) for what, value, goal, met in rows]
    click.echo(f"\n{title}\n")
    click.echo(tabulate(cells, headers=["", "measured", "goal", ""], disable_numparse=True))
    if not all(met for *_, met in rows):
        sys.exit(1)


def _word(goal: str, *, met: bool) -> str:
    if not met:
        return "MISSED"
    return "met" if goal else ""
