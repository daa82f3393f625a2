"""`why`: how a mention or an incident was matched, read, filed and decided.

Does not write; the database is opened read-only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import (
    Whole,
    config_option,
    json_option,
    limit_option,
    one_more,
    plain,
    reading,
    safe,
    say_json,
    within,
)
from monitor.core.nearest import nearest
from monitor.core.settings import AlertSettings
from monitor.core.types import Part, Risk
from monitor.errors import NotFoundError


@click.command("why")
@click.argument("number", metavar="MENTION|INCIDENT")
@limit_option(50)
@config_option
@json_option
def why_command(number: str, limit: int, config: Path, as_json: bool) -> None:
    """Say how a mention or incident was matched, read, filed and decided.

    A plain number is looked up as both; `m12` is a mention, `i3` an incident. Of the decisions on
    an incident the newest come first, at most --limit.
    """
    from monitor.adapters.queries import Queries

    match = re.fullmatch(r"([mi]?)(\d+)", number)
    if match is None:
        raise click.BadParameter("should be a number, m12 or i3", param_hint="MENTION|INCIDENT")
    row_id = Whole().convert(match[2], None, None)
    settings = reading(config)
    with Queries.open(settings.database) as queries:
        found = {
            kind: answer
            for kind, ask in (
                ("mention", queries.why_mention),
                ("incident", partial(queries.why_incident, limit=one_more(limit))),
            )
            if match[1] in {"", kind[0]} and (answer := _or_none(ask, row_id))
        }
    if not found:
        raise NotFoundError(f"there is no mention or incident {number}")
    if incident := found.get("incident"):
        incident["decisions"] = within(incident["decisions"], limit)
    for answer in found.values():
        _add_nearest(answer, settings.alerts)
    if as_json:
        say_json(found)
    else:
        _explain(found)


def _or_none(ask: Any, number: int) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] = ask(number)
    except NotFoundError:
        return None
    return answer


def _add_nearest(answer: Mapping[str, Any], alerts: AlertSettings) -> None:
    """Say of each decision which threshold was nearest, and what would have changed it."""
    for decision in answer["decisions"]:
        parts = tuple(Part(**part) for part in decision["parts"])
        decision["nearest"] = nearest(Risk(value=decision["risk"], parts=parts), alerts)


def _explain(found: Mapping[str, Any]) -> None:
    if mention := found.get("mention"):
        _explain_mention(mention)
    if incident := found.get("incident"):
        row = incident["incident"]
        click.echo(safe(f"Incident {row['id']}: {row['title']}"))
        _explain_decisions(incident["decisions"])


def _explain_mention(answer: Mapping[str, Any]) -> None:
    mention, verdict_ = answer["mention"], answer["verdict"]
    click.echo(safe(f"Mention {mention['id']}: {plain(mention['title'] or mention['text'])}"))
    sure = "certain" if mention["certain"] else "ambiguous, so the classifier decides"
    click.echo(safe(f"matched  {mention['brand']} by {mention['matched_by']!r} ({sure})"))
    if verdict_ is None:
        click.echo("read     not yet")
        return
    keys = ("about", "alarm", "complaint", "outrage", "firsthand", "severity", "negative")
    click.echo("read     " + ", ".join(f"{key} {plain(verdict_[key])}" for key in keys))
    if not verdict_["language_trained"]:
        click.echo(safe(f"language {verdict_['language']}: not trained on, so it is not weighed"))
    harms = [f"{name} {p:.2f}" for name, p in verdict_["harms"].items() if p >= 0.3]
    click.echo("harms    " + (", ".join(harms) or "none"))
    _explain_path(answer["filed"], answer["path"])
    for one in answer["incidents"]:
        stands = f"incident {one['id']} ({one['level']}, {one['status']}): {one['title']}"
        click.echo(safe(f"part of  {stands}"))
    _explain_decisions(answer["decisions"])


def _explain_path(filed: Mapping[str, Any] | None, path: Sequence[Mapping[str, Any]]) -> None:
    """To which story it was filed, and how it came to the one that it is in."""
    first = path[0]["from_story"] if path else filed and filed["story_id"]
    story = f"story {first} ({filed['how']})" if first and filed else "nowhere: not about it"
    click.echo(f"filed    {story}")
    for step in path:
        what = f"{step['verb']} into story {step['to_story']} by {step['actor']} ({step['why']})"
        click.echo(safe(f"then     {plain(step['at'])}  {what}"))


def _explain_decisions(decisions: Sequence[Mapping[str, Any]]) -> None:
    for decision in decisions:
        click.echo(safe(f"{plain(decision['at'])}  {decision['level']}: {decision['reason']}"))
        for part in decision["parts"]:
            click.echo(safe(f"    {part['value']:+.2f}  {part['name']}: {part['sentence']}"))
        click.echo(f"    nearest: {decision['nearest']}")
