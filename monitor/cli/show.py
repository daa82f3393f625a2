"""How `monitor incident show` tells one incident: what, how grave, who has it, what is due, why.

Does not ask the database, nor decide what is due (see `core.duties`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from monitor.cli.common import lines, plain, safe, say_table, with_title
from monitor.core import likeness
from monitor.core.brief import allegation, gravity
from monitor.core.dossier import Dossier
from monitor.core.duties import ASKED, Duty, owed, owner
from monitor.core.early import caution_of
from monitor.core.humanize import distance, is_sure, percent
from monitor.core.settings import AlertSettings
from monitor.core.steps import rows, told, words
from monitor.core.types import Forecast, Incident

#: Columns, and what they are called to people.
_HEAD = {
    "brand": "brand",
    "status": "status",
    "level": "level",
    "risk": "risk (0 to 1)",
    "severity": "severity (0 to 4)",
    "harms": "alleged",
    "mention_count": "mentions",
    "author_count": "authors",
    "source_count": "sources",
    "first_seen_at": "first said",
    "last_seen_at": "last said",
    "opened_at": "opened",
    "acknowledged_at": "acknowledged",
    "acknowledged_by": "acknowledged by",
    "snoozed_until": "silent until",
    "resolved_at": "resolved",
}
_STEP = ("at", "what", "who", "detail")
_TABLES = (
    ("Evidence", "evidence", ("published_at", "source", "author", "text", "url")),
    ("Timeline", "timeline", _STEP),
    ("Deliveries", "deliveries", ("id", "type", "webhook", "state", "attempt", "delivered_at")),
)
#: Of each state of a delivery the newest are shown: what was made needless is only counted.
_SHOWN: Mapping[str, int] = {"pending": 5, "delivered": 5, "superseded": 0, "dead": 5}


def show(found: Mapping[str, Any], story: Dossier, settings: AlertSettings, at: datetime) -> None:
    """Print it: what a leader asks first stands first."""
    incident = story.incident
    click.echo(safe(f"{incident.id}  {incident.title}"))
    said = allegation(incident.brand, incident.harms)
    click.echo(safe(f"{said} {gravity(incident.severity)}".rstrip()))
    lines(_due(incident, settings, at))
    lines((label, found.get(key)) for key, label in _HEAD.items())
    lines(_outlook(incident, at))
    if early := caution_of(incident, at):
        click.echo(early)
    _say_why(found)
    click.echo("\nRecovery")
    for line in found["recovery"]["sentences"]:
        click.echo(f"  {line}")
    _say_tables(found, story)


def _due(incident: Incident, settings: AlertSettings, at: datetime) -> Iterator[tuple[str, str]]:
    """Who has it, and what is owed of one that is live."""
    yield "who has it", owner(incident) or "nobody"
    for one in owed(incident, settings):
        if incident.status.is_live and one.done_at is None:
            yield ASKED[one.name].lower(), _by(one, at)


def _by(one: Duty, at: datetime) -> str:
    over = f"overdue: was due {plain(one.due)}, {distance(one.due, at)}"
    return over if one.is_over(at) else f"due {plain(one.due)}"


def _outlook(incident: Incident, at: datetime) -> Iterator[tuple[str, str]]:
    forecast = incident.forecast
    if forecast is None:
        return
    viral = forecast.viral_probability
    if incident.status.is_live:
        yield _expected(forecast, at)
    else:
        yield "mentions expected", f"no more: {incident.status.value}"
    if viral is not None and (incident.status.is_live or is_sure(viral)):
        yield "goes viral", f"{_viral(viral)}, reposts and replies counted"


def _expected(forecast: Forecast, at: datetime) -> tuple[str, str]:
    low, middle, high = (f"{n:,.0f}" for n in (forecast.p10, forecast.p50, forecast.p90))
    when = "mentions were expected" if forecast.at < at else "mentions expected"
    by = plain(forecast.at)
    return when, f"{low} to {high} by {by} (right 8 times in 10), most likely {middle}"


def _viral(probability: float) -> str:
    return "it has" if is_sure(probability) else f"{percent(probability)} likely"


def _say_why(found: Mapping[str, Any]) -> None:
    if decision := found["decision"]:
        click.echo(safe(f"why: {decision['reason']}"))
        for part in decision["parts"]:
            click.echo(safe(f"  {part['value']:+.2f}  {part['name']}: {part['sentence']}"))
    for line in likeness.lines(found):
        click.echo(safe(f"{line.label.lower()}: {line.text}"))


def _say_tables(found: Mapping[str, Any], story: Dossier) -> None:
    steps = told(story.timeline, story.deliveries)
    tables = {
        "evidence": [with_title(row) for row in found["evidence"]],
        "timeline": [dict(zip(_STEP, row, strict=True)) for row in rows(steps)],
        "deliveries": [one | {"type": words(one["type"])} for one in _newest(found["deliveries"])],
    }
    for title, key, columns in _TABLES:
        click.echo(f"\n{title}")
        say_table(tables[key], columns, none="  none")
    if left_out := _left_out(found["deliveries"]):
        click.echo(f"and {left_out}; --json has all")


def _newest(deliveries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those that are shown, in their order, which is that of time."""
    states = Counter(one["state"] for one in deliveries)
    shown = []
    for one in deliveries:
        if states[one["state"]] <= _SHOWN[one["state"]]:
            shown.append(dict(one))
        states[one["state"]] -= 1
    return shown


def _left_out(deliveries: Iterable[Mapping[str, Any]]) -> str:
    """How many are not shown: "12 more delivered, 3 superseded"; empty: none."""
    states = Counter(one["state"] for one in deliveries)
    more = {state: states[state] - shown for state, shown in _SHOWN.items()}
    return ", ".join(
        f"{count:,} {'more ' if _SHOWN[state] else ''}{state}"
        for state, count in more.items()
        if count > 0
    )
