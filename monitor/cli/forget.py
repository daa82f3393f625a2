"""`monitor forget NAME…`: blank what is held of a person who asks for it.

Does not decide what is theirs (see `core.forgetting`). Asks nobody but the database.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import click

from monitor.cli.common import (
    by_option,
    config_option,
    json_option,
    lines,
    now,
    reading,
    safe,
    say_json,
)
from monitor.core.forgetting import Asked, Forgotten, Person
from monitor.core.humanize import counted
from monitor.errors import NotFoundError


@click.command("forget")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--named", is_flag=True, help="Also what others say that names them.")
@click.option("--source", help="Only what this source brought; default: all.")
@click.option(
    "--dry-run", "is_trial", is_flag=True, help="Say what would be done, and do nothing."
)
@by_option
@config_option
@json_option
def forget_command(
    *,
    names: tuple[str, ...],
    named: bool,
    source: str | None,
    is_trial: bool,
    by: str,
    config: Path,
    as_json: bool,
) -> None:
    """Blank what is held of a person: their mentions, and what passes them on or quotes them.

    NAME is what an author is called here, whole: "@ann@social.example", "Ann Example"; more than
    one may be given. Counts stay as they are. What was blanked is not taken in again.
    """
    from monitor.adapters.safety_copy import copies
    from monitor.adapters.store import SqliteStore

    asked = Asked(person=Person.of(names), source=source, named=named, is_trial=is_trial, actor=by)
    database = reading(config).database
    with SqliteStore.open(database, create=False) as store:
        done = store.forget(asked, now=now())
        is_wiped = is_trial or store.wipe()
    if not done.is_anything:
        raise NotFoundError(safe(_nobody(done)))
    if as_json:
        say_json({**_document(done), "dry_run": is_trial, "overwritten": is_wiped})
        return
    _say(done, is_trial=is_trial)
    for copy in copies(database):
        click.echo(f"A copy from before a migration is as it was: {copy}", err=True)
    if not is_wiped:
        click.echo("Somebody is reading: run `monitor db prune` later, for the log.", err=True)


def _say(done: Forgotten, *, is_trial: bool) -> None:
    click.echo("Nothing is done: this would be blanked." if is_trial else "This is blanked now.")
    lines(
        (
            *(
                (f"by {author}", f"{counted(n, 'mention')} of {of}")
                for author, of, n in done.authors
            ),
            ("passed on", done.passed_on or None),
            ("named by others", done.named or None),
            ("statements", done.statements or None),
            ("titles", done.titles or None),
            ("alerts", done.alerts or None),
            ("decisions", done.decisions or None),
            ("addresses", done.addresses or None),
        )
    )
    for left in _left(done):
        click.echo(left, err=True)


def _left(done: Forgotten) -> Iterable[str]:
    if done.named_left:
        yield f"{counted(done.named_left, 'text')} of others name them; --named blanks those, too."
    if done.notes_in:
        ids = ", ".join(map(str, done.notes_in))
        yield f"What people noted of incident {ids} names them; that is theirs to change."


def _nobody(done: Forgotten) -> str:
    alike = ", ".join(f"{author} ({of}, {counted(n, 'mention')})" for author, of, n in done.alike)
    told = (f"called alike: {alike}" if alike else "", *_left(done))
    return ". ".join(filter(None, ("nobody here is called so", *told))).removesuffix(".")


def _document(done: Forgotten) -> dict[str, object]:
    authors = [
        dict(zip(("author", "source", "mentions"), one, strict=True)) for one in done.authors
    ]
    rest = {name: value for name, value in dataclasses.asdict(done).items() if name != "alike"}
    return {**rest, "authors": authors}
