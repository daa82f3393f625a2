"""Attacks on the link that acknowledges: how many requests each made, and that none worked."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from tests.desk.attacks import tried
from tests.measure.report import Row, report


@click.command()
def links() -> None:
    """Try to acknowledge an incident without its link."""
    with tempfile.TemporaryDirectory() as folder:
        rows: list[Row] = [
            (
                name,
                f"{requests} requests, {'nothing' if held else 'ACKNOWLEDGED'}",
                "nothing",
                held,
            )
            for name, requests, held in tried(Path(folder))
        ]
    report("Acknowledging by an attack", rows)
