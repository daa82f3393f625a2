"""What `monitor status` says of the alert budget and of silences.

Does not count (see `adapters.query_standing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from monitor.cli.common import lines, plain, safe, say_table
from monitor.core.humanize import counted
from monitor.core.spending import advice, read


def say_standing(found: Mapping[str, Any]) -> None:
    """Silences that hold, brands left behind, pages of each brand, what to do about too many."""
    lines(_silences(found["silences"]))
    lines(_unwatched(found["unwatched"]))
    click.echo()
    rows = [row | {"in": f"{row['days']} d"} for row in found["budget"]]
    say_table(rows, ("brand", "pages", "budget", "in"), none="no brands")
    if told := advice(read(found["budget"])):
        click.echo(safe(told))


def _unwatched(brands: list[Mapping[str, Any]]) -> Iterator[tuple[str, object]]:
    for one in brands:
        left = counted(one["incidents"], "open incident")
        told = "not in the configuration any more, nobody is reminded"
        yield "brand", f"{one['brand']}: {told}; {left}"


def _silences(silences: list[Mapping[str, Any]]) -> Iterator[tuple[str, object]]:
    for one in silences:
        if one["holds"]:
            brand = "all brands" if one["brand"] == "all" else one["brand"]
            yield "silence", f"until {plain(one['ends_at'])}, {brand}: {one['reason']}"
