"""`monitor report ID` and `monitor digest`: papers for people, as HTML, Markdown or JSON.

Does not decide what is in them (see `core.postmortem`, `core.digest`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click
from click.core import ParameterSource

from monitor.cli.common import (
    Until,
    config_option,
    incident_argument,
    json_option,
    now,
    reading,
    safe,
    say_json,
)
from monitor.core import digest, missed, postmortem, spending
from monitor.core.paper import Paper, document, html, markdown

WEEK = timedelta(weeks=1)
_TEXTS: Mapping[str, Callable[[Paper], str]] = {"html": html, "md": markdown}
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(("html", "md", "json")),
    default="md",
    show_default=True,
    help="What to print.",
)


@click.command("report")
@incident_argument
@format_option
@config_option
@json_option
def report_command(incident_id: int, form: str, config: Path, as_json: bool) -> None:
    """The post-mortem of an incident: who acted when, what was missed, and at which price not."""
    from monitor.adapters.queries import Queries

    settings, at = reading(config), now()
    with Queries.open(settings.database) as queries:
        found = queries.dossier(incident_id)
        since = found.incident.opened_at - missed.BEFORE
        found = replace(
            found,
            recovery=queries.recovery(incident_id, now=at),
            turned_away=queries.turned_away(incident_id, since=since),
        )
        judged, history = queries.judged(incident_id), queries.history()
    _say(postmortem.paper(found, judged, history, settings.alerts, now=at), form, as_json)


@click.command("digest")
@click.option("--until", type=Until(), help="The end of the week; default: now.")
@format_option
@config_option
@json_option
def digest_command(until: datetime | None, form: str, config: Path, as_json: bool) -> None:
    """The week: praised service in the words of its authors, likes and dislikes by driver."""
    from monitor.adapters.queries import Queries

    end, settings = until or now(), reading(config)
    _, span = settings.alerts.budget
    with Queries.open(settings.database) as queries:
        this = queries.opinions(end - WEEK, end)
        before = queries.opinions(end - 2 * WEEK, end - WEEK)
        pages = queries.pages(since=end - span, until=end)
    found = digest.weeks(this, before, settings.brands)
    told = digest.paper(found, since=end - WEEK, until=end)
    paid = spending.spent(pages, settings)
    _say(spending.told_in(told, paid), form, as_json)


def _say(paper: Paper, form: str, as_json: bool) -> None:
    if _form(form, as_json) == "json":
        say_json(document(paper))
    else:
        click.echo(safe(_TEXTS[form](paper)), nl=False)


def _form(form: str, as_json: bool) -> str:
    """`--json` is `--format json`; beside another form it would be a riddle which is meant."""
    if not as_json:
        return form
    source = click.get_current_context().get_parameter_source("form")
    if form != "json" and source is not ParameterSource.DEFAULT:
        raise click.UsageError(f"--json and --format {form} are two forms; name one of them")
    return "json"
