"""`sources list|add|test` and `import-opml`: what is watched.

Does not poll; a change of config.toml is taken over by a running daemon with SIGHUP.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import (
    config_option,
    json_option,
    now,
    plain,
    reading,
    safe,
    say_json,
    say_table,
)
from monitor.cli.groups import Listing
from monitor.config import load
from monitor.config.writing import span
from monitor.core.humanize import distance
from monitor.core.polling import RawItem
from monitor.core.settings import Settings, SourceSettings
from monitor.errors import InputError, NotFoundError

#: Items of a first page that are shown.
SHOWN = 5
RELOAD = "a running monitor takes it over with SIGHUP"


@click.group("sources", cls=Listing)
def sources_command() -> None:
    """What is watched: list, add, test."""


@sources_command.command("list")
@config_option
@json_option
def list_(config: Path, as_json: bool) -> None:
    """List the sources of the configuration, and how each of them stands."""
    settings = reading(config)
    known = _known(settings)
    rows = [_row(source, known.get(source.name, {})) for source in settings.sources]
    if as_json:
        say_json(rows)
        return
    columns = ("source", "kind", "every", "state", "last_success", "next_poll", "note")
    say_table(rows, columns, none="no sources")


def _known(settings: Settings) -> dict[str, Mapping[str, Any]]:
    """What the database says of each source; nothing before the first start."""
    from monitor.adapters.queries import Queries

    if not settings.database.exists():
        return {}
    with Queries.open(settings.database) as queries:
        return {source["name"]: source for source in queries.status(now())["sources"]}


def _row(source: SourceSettings, known: Mapping[str, Any]) -> dict[str, object]:
    return {
        "source": source.name,
        "kind": source.kind,
        "url": source.url,
        "every": span(source.pace),
        "state": known.get("state", "not asked yet"),
        "last_success": known.get("last_success_at"),
        "next_poll": known.get("next_poll_at"),
        "note": known.get("note", ""),
    }


@sources_command.command("add")
@click.argument("name")
@click.option("--kind", default="feed", show_default=True, help="See the table in the README.")
@click.option("--url", default="", help="Its address; some kinds have a home of their own.")
@click.option("--every", default="", help="How often, such as 5m.")
@click.option("--brand", "brands", multiple=True, help="Only for this brand; may be repeated.")
@click.option("--query", multiple=True, help="A name to search for; may be repeated.")
@click.option("--token", default="", help="env:NAME or file:PATH.")
@click.option("--stream", is_flag=True, help="Follow it live, where its kind can.")
@click.option("--accept-terms", is_flag=True, help="You agree to the terms of the source.")
@click.option("--assume-brand", is_flag=True, help="All of it is about the first --brand.")
@config_option
def add(config: Path, brands: tuple[str, ...], query: tuple[str, ...], **given: Any) -> None:
    """Add the source NAME to the configuration, and leave all else in it as it is."""
    from monitor.config.editing import add_sources
    from monitor.config.remarks import NO_SUCH_FILE, is_missing

    add_sources(config, [{**given, "brands": list(brands), "query": list(query)}])
    click.echo(safe(f"added {given['name']} to {config}; {RELOAD}"))
    source = load(config, secret=False).source(given["name"])
    if source and is_missing(source):
        click.echo(safe(f"{source.url}: {NO_SUCH_FILE}"), err=True)


@sources_command.command("test")
@click.argument("name")
@config_option
@json_option
def test(name: str, config: Path, as_json: bool) -> None:
    """Ask the source NAME once, and show what came; nothing is stored."""
    import asyncio

    from monitor.trial import try_source

    settings = load(config)
    source = settings.source(name)
    if source is None:
        raise NotFoundError(f"there is no source {name!r}")
    tried = asyncio.run(try_source(settings, source))
    items = tried.document.items if tried.document else ()
    if as_json:
        found = [_item(item) for item in items]
        say_json({"source": name, "complaint": tried.complaint or None, "items": found})
    else:
        click.echo(safe(f"{name}: {tried.complaint or f'ok, {len(items)} items'}"))
        _show(items)
    if tried.complaint:
        sys.exit(1)


def _item(item: RawItem) -> dict[str, object]:
    return {"id": item.native_id, "url": item.url, "title": item.title, "text": item.text}


def _show(items: tuple[RawItem, ...]) -> None:
    for item in items[:SHOWN]:
        when = distance(item.published_at, now()) if item.published_at else "no date"
        click.echo(f"  {when}  {plain(item.title or item.text)}")


@click.command("import-opml")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--every", default="", help="How often each is asked, such as 15m.")
@config_option
def import_opml_command(file: Path, every: str, config: Path) -> None:
    """Add the feeds of an OPML list to the configuration, those that it does not have yet."""
    from monitor.config.editing import add_sources
    from monitor.sources import opml

    try:
        found = opml.read(file.read_bytes())
    except OSError as e:
        raise InputError(f"{file}: {e.strerror}") from e
    except InputError as e:
        raise InputError(f"{file}: {e}") from e
    settings = reading(config)
    new = _new(found.feeds, settings, every)
    if new:
        add_sources(config, new)
    for address in found.unusable:
        click.echo(safe(f"left out, neither http nor https: {address}"), err=True)
    click.echo(safe(f"added {len(new)} of {len(found.feeds)} feeds to {config}; {RELOAD}"))


def _new(found: Any, settings: Settings, every: str) -> list[dict[str, object]]:
    """Feeds whose address is not there yet, each under a name of its own."""
    names = {source.name for source in settings.sources}
    urls = {source.url for source in settings.sources}
    tables: list[dict[str, object]] = []
    for feed in found:
        if feed.url not in urls:
            name = _free(feed.name, names)
            names.add(name)
            tables.append({"name": name, "kind": "feed", "url": feed.url, "every": every})
    return tables


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it if another source has it."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free
