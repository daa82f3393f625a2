"""`monitor incident merge|split|move`: people repair a wrong grouping.

Does not decide what a repair does (see `core.repairs` and `stages.repair`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import (
    Whole,
    by_option,
    config_option,
    incident_argument,
    json_option,
    now,
    reading,
    say_json,
)
from monitor.core.repairs import Hand, listed
from monitor.core.types import Incident

if TYPE_CHECKING:
    from monitor.stages.repair import Outcome, Repair


@click.command("merge")
@click.argument("kept", metavar="KEEP", type=Whole())
@click.argument("gone", metavar="GONE", type=Whole())
@by_option
@config_option
@json_option
def merge_command(kept: int, gone: int, by: str, config: Path, as_json: bool) -> None:
    """Make incident GONE a part of incident KEEP: its mentions, its story, its alerts."""
    _say(config, by, lambda repair, hand: repair.merge(kept, gone, hand=hand), as_json=as_json)


@click.command("split")
@incident_argument
@click.argument("mentions", metavar="MENTION...", type=Whole(), nargs=-1, required=True)
@by_option
@config_option
@json_option
def split_command(
    incident_id: int, mentions: tuple[int, ...], by: str, config: Path, as_json: bool
) -> None:
    """Part mentions from an incident: they become a story of their own.

    Copies and reposts of them go with them. The story becomes an incident if its risk reaches
    the level "watch", and is never joined with the old one again.
    """
    _say(
        config,
        by,
        lambda repair, hand: repair.split(incident_id, mentions, hand=hand),
        as_json=as_json,
    )


@click.command("move")
@click.argument("mention_id", metavar="MENTION", type=Whole())
@incident_argument
@by_option
@config_option
@json_option
def move_command(mention_id: int, incident_id: int, by: str, config: Path, as_json: bool) -> None:
    """Move a mention to another incident of its brand; copies and reposts of it follow."""
    _say(
        config,
        by,
        lambda repair, hand: repair.move(mention_id, incident_id, hand=hand),
        as_json=as_json,
    )


def _say(config: Path, by: str, act: Callable[[Repair, Hand], Outcome], *, as_json: bool) -> None:
    with _repair(config) as repair:
        done = act(repair, Hand(actor=by, at=now()))
    if as_json:
        say_json(_document(done))
    else:
        click.echo(f"{_sentence(done)} (by {by})")


@contextmanager
def _repair(config: Path) -> Iterator[Repair]:
    from monitor.adapters.growth_file import load_growth
    from monitor.adapters.store import SqliteStore
    from monitor.stages.repair import Repair

    settings = reading(config)
    growth = load_growth(settings.model)
    with SqliteStore.open(settings.database, create=False) as store:
        yield Repair(store=store, settings=settings, growth=growth)


def _sentence(done: Outcome) -> str:
    went = done.regrouping.mention_ids
    if done.regrouping.verb == "merge" and done.source and done.target:
        return f"incident {done.source.id} is part of incident {done.target.id}"
    are, own = ("is", "its") if len(went) == 1 else ("are", "their")
    if done.target is None:
        return f"{listed(went)} {are} a story of {own} own, which is no incident"
    level = f" ({done.target.level.label})" if done.regrouping.verb == "split" else ""
    return f"{listed(went)} {are} in incident {done.target.id}{level}"


def _document(done: Outcome) -> dict[str, object]:
    return {
        "verb": done.regrouping.verb,
        "by": done.regrouping.actor,
        "mentions": done.regrouping.mention_ids,
        "from": _row(done.source),
        "to": _row(done.target),
    }


def _row(incident: Incident | None) -> dict[str, object] | None:
    if incident is None:
        return None
    return {
        "id": incident.id,
        "status": incident.status.value,
        "level": incident.level.label,
        "risk": incident.risk,
        "title": incident.title,
        "mentions": incident.mention_count,
    }
