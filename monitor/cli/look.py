"""`status`, `incidents`, `mentions`: the log answers questions.

Does not write; the database is opened read-only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor import lock
from monitor.cli.common import (
    Since,
    Whole,
    config_option,
    json_option,
    limit_option,
    lines,
    now,
    one_more,
    plain,
    reading,
    safe,
    say_json,
    say_table,
    with_title,
    within,
)
from monitor.cli.standing import say_standing
from monitor.config import database_of
from monitor.core.brandnames import one_of
from monitor.core.event import iso
from monitor.core.humanize import counted, distance
from monitor.core.reloading import RefusedReload, sentence
from monitor.core.settings import Settings
from monitor.core.types import HARMS, LEVELS, Level
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.adapters.queries import Queries

brand_option = click.option("--brand", help="Only of this brand.")
since_option = click.option("--since", type=Since(), help="A date (UTC), or back from now: 24h.")


@click.command("status")
@config_option
@json_option
def status_command(config: Path, as_json: bool) -> None:
    """How things stand: sources, backlog, incidents, outbox. Quiet is told apart from blind."""
    from monitor.adapters.queries import Queries

    settings = _settings(config)
    at = now()
    with Queries.open(settings.database) as queries:
        found = queries.status(at) | queries.standing(settings, now=at)
    found["held_by"] = lock.holder(settings.database)
    refused = _refused(settings.database) if found["held_by"] or found["running"] else None
    found["reload_refused"] = refused and {"at": iso(refused.at), "error": refused.error}
    if as_json:
        say_json(found)
        return
    click.echo(verdict(found, at))
    if refused:
        click.echo(safe(f"Not on this configuration: {sentence(refused, at)}"))
    say_table(
        [_source(source, at) for source in found["sources"]],
        ("source", "state", "last_success", "next_poll", "note"),
        none="no sources",
    )
    outbox = found["outbox"]
    lines((("incidents", _counts(found["incidents"])), ("outbox", _outbox(outbox))))
    lines((("held back", _held(outbox)),))
    lines(_unreached(found["webhooks"], {webhook.name for webhook in settings.webhooks}))
    # Nothing was made of them: what cannot be read must not look like silence.
    lines((("languages not trained on, 24 h", _counts(found["untrained_languages"])),))
    lines((("backlog", found["backlog"]), ("daemon last seen", found["last_heartbeat_at"])))
    say_standing(found)


def _settings(config: Path) -> Settings:
    """Whoever spoiled the file wants to know what became of the daemon."""
    try:
        return reading(config)
    except ConfigError as e:
        if pid := lock.holder(database_of(config)):
            runs = f"the monitor that runs (process {pid}) goes on with the one from before"
            raise ConfigError(f"{e}\n{runs}") from e
        raise


def _refused(database: Path) -> RefusedReload | None:
    return RefusedReload.read(lock.noted(database))


def verdict(found: Mapping[str, Any], at: datetime) -> str:
    """The state of things in one sentence."""
    if not found["running"]:
        return _unwatched(found, at)
    watched = [s for s in found["sources"] if s["state"] != "disabled"]
    blind = [s for s in watched if s["state"] != "healthy"]
    seeing = f"{len(watched) - len(blind)} of {len(watched)} sources seen"
    if found["incidents"]["open"]:
        return f"{counted(found['incidents']['open'], 'open incident')}; {seeing}."
    if not (watched and found["brands"]):
        return f"Blind: no {'brand' if watched else 'source'} is watched."
    if len(blind) == len(watched):
        return "Blind: no source can be seen, so nothing is known."
    return f"All quiet, as far as can be seen: {seeing}." if blind else f"All quiet: {seeing}."


def _unwatched(found: Mapping[str, Any], at: datetime) -> str:
    """Whatever the sources looked like when somebody looked last."""
    last, count = found["last_heartbeat_at"], found["incidents"]["open"]
    since = f" since {plain(last)} ({distance(datetime.fromisoformat(last), at)})" if last else ""
    left = f" {counted(count, 'open incident')}." if count else ""
    if found["held_by"]:
        why = "it is starting, its disk is full, or its database is locked"
        runs = f"the monitor runs (process {found['held_by']})"
        return f"Blind: {runs}, but has written nothing{since or ' yet'}: {why}.{left}"
    return f"Blind: the monitor is not running{since}, so nothing is watched.{left}"


def _source(source: Mapping[str, Any], at: datetime) -> dict[str, object]:
    last = source["last_success_at"]
    return {
        "source": source["name"],
        "state": source["state"],
        "last_success": distance(datetime.fromisoformat(last), at) if last else "never",
        "next_poll": source["next_poll_at"],
        "note": source["note"],
    }


def _counts(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{plain(value)} {name}" for name, value in row.items() if value is not None)


def _outbox(row: Mapping[str, Any]) -> str:
    counts = _counts({name: row[name] for name in ("pending", "dead")})
    oldest = row["oldest_pending_at"]
    return f"{counts}, the oldest waits since {plain(oldest)}" if oldest else counts


def _held(row: Mapping[str, Any]) -> str:
    """Of what is pending, what quiet hours and silences keep back: nobody is to look for it."""
    held = row["held"]
    return f"{held:,} of them, the first until {plain(row['held_until'])}" if held else ""


def _unreached(
    webhooks: Sequence[Mapping[str, Any]], used: AbstractSet[str]
) -> Iterator[tuple[str, str]]:
    """Those of the configuration that tell nobody now: that must not look like quiet."""
    for one in webhooks:
        name, since = one["webhook"], one["disabled_at"] or one["failing_since"]
        if name in used and since:
            until = f" until `monitor webhook enable {name}`" if one["disabled_at"] else ""
            said = f": {plain(one['last_error'])}" if one["last_error"] else ""
            yield "webhook", f"{name} is {one['state']} since {plain(since)}{until}{said}"


@click.command("incidents")
@click.option("--open", "open_only", is_flag=True, help="Only those still open.")
@brand_option
@since_option
@click.option("--level", type=click.Choice(LEVELS), help="This level and above.")
@limit_option(50)
@config_option
@json_option
def incidents_command(
    *,
    open_only: bool,
    brand: str | None,
    since: datetime | None,
    level: str | None,
    limit: int,
    config: Path,
    as_json: bool,
) -> None:
    """List incidents, the latest first."""
    from monitor.adapters.queries import Queries

    settings = reading(config)
    with Queries.open(settings.database) as queries:
        found = queries.incidents(
            open_only=open_only,
            brand=_brand(brand, settings, queries),
            since=since,
            level=Level.parse(level) if level else Level.QUIET,
            limit=one_more(limit),
        )
    columns = ("id", "level", "status", "brand", "title", "mentions", "risk", "last_said")
    found = within(found, limit)
    shown = found if as_json else [_incident(row) for row in found]
    _say(shown, columns, as_json=as_json, none="no incidents")


def _incident(row: Mapping[str, Any]) -> dict[str, object]:
    return {**row, "mentions": row["mention_count"], "last_said": row["last_seen_at"]}


@click.command("mentions")
@click.argument("query", required=False, default="")
@brand_option
@since_option
@click.option("--harm", type=click.Choice(HARMS), help="Alleging this harm.")
@click.option(
    "--stance", type=click.Choice(("negative", "neutral", "positive")), help="Mostly so."
)
@click.option("--incident", type=Whole(), help="Only of this incident.")
@limit_option(50)
@config_option
@json_option
def mentions_command(
    *,
    query: str,
    brand: str | None,
    since: datetime | None,
    harm: str | None,
    stance: str | None,
    incident: int | None,
    limit: int,
    config: Path,
    as_json: bool,
) -> None:
    """Search the mentions, full text, the newest first.

    All words of QUERY must occur in the title or the text, in any order and in either case.
    "Words in quotes" stand together, `wheel*` is a word that begins so, and `@name` is an author
    or somebody who is addressed. Without QUERY: all.
    """
    from monitor.adapters.queries import Queries
    from monitor.adapters.query_search import MentionFilter

    settings = reading(config)
    with Queries.open(settings.database) as queries:
        if incident is not None:
            # One that there is not must not look like one of which nothing was said.
            queries.why_incident(incident, limit=1)
        wanted = MentionFilter(
            query=query,
            brand=_brand(brand, settings, queries),
            since=since,
            harm=harm,
            stance=stance,
            incident=incident,
            limit=one_more(limit),
        )
        found = queries.mentions(wanted)
    columns = ("id", "said_at", "brand", "source", "author", "alarm", "text")
    found = within(found, limit)
    shown = found if as_json else [with_title(row) for row in found]
    _say(shown, columns, as_json=as_json, none="no mentions")


def _brand(given: str | None, settings: Settings, queries: Queries) -> str | None:
    """A misspelt brand must not look like a quiet one."""
    if given is None:
        return None
    return one_of(given, [*(brand.name for brand in settings.brands), *queries.brands()])


def _say(
    found: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, none: str
) -> None:
    if as_json:
        say_json(found)
    else:
        say_table(found, columns, none=none)
