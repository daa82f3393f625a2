"""`monitor cases [ID]`: the library of well-known cases that alerts compare with.

Does not compare anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from monitor.cli.common import json_option, no_config_option, say_json, say_table
from monitor.core.precedents import Precedent
from monitor.errors import NotFoundError


@click.command("cases")
@click.argument("case_id", metavar="[ID]", required=False, default="")
@no_config_option
@json_option
def cases_command(case_id: str, as_json: bool) -> None:
    """List the well-known cases that alerts compare with, or tell one."""
    from monitor.config.library import shipped

    cases = shipped()
    if not case_id:
        _list(cases, as_json=as_json)
        return
    found = next((case for case in cases if case.id == case_id), None)
    if found is None:
        raise NotFoundError(f"there is no case {case_id!r}; `monitor cases` lists them")
    if as_json:
        say_json(document(found))
    else:
        click.echo("\n".join(_told(found)))


def _list(cases: tuple[Precedent, ...], *, as_json: bool) -> None:
    if as_json:
        say_json([document(case) for case in cases])
        return
    rows = [{"case": one.id, "year": one.year, "title": one.title} for one in cases]
    say_table(rows, ("case", "year", "title"), none="no cases")


def document(case: Precedent) -> dict[str, object]:
    """A case as JSON, what it is compared by as well."""
    return asdict(case) | {"sectors": sorted(case.sectors)}


def _told(case: Precedent) -> Iterator[str]:
    yield f"{case.title} ({case.company}, {case.sector}, {case.year})"
    yield ""
    yield f"What happened  {case.summary}"
    yield f"What was said  {case.response}"
    yield f"What followed  {case.outcome}"
    yield f"Lesson         {case.lesson}"
    yield ""
    yield from (f"{one.date:<10}  {one.kind:<8}  {one.text}" for one in case.timeline)
    yield ""
    yield from (f"{one.title}\n  {one.url}" for one in case.sources)
