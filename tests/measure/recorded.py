"""The alert that README and docs show, from the log of a daemon that ran on the example.

Writes the pages. Does not run the daemon: `make run`, then stop it, leaves the log.
"""

from __future__ import annotations

import json
import re
import sqlite3
import textwrap
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from monitor.core.brief_lines import brief_lines
from tests.pages import DOCS, README, Page

_ALERT = "SELECT body FROM alerts WHERE type = 'incident.opened' AND level = 'critical'"
#: What the README shows of it: of the alert, of its incident, of the case that it resembles.
_SHORT = ("incident", "brief", "risk", "why", "reason", "resembles")
_SHORT_INCIDENT = ("brand", "level", "mentions", "authors")
_SHORT_CASE = ("title", "similarity", "lesson")
_SHORT_PARTS = 3
_WIDTH, _LABEL = 107, 15


@click.command("alert")
@click.argument("database", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def recorded(database: Path) -> None:
    """Write the critical alert of DATABASE, a run of the example, into README and docs."""
    pages = {page.path.name: page for page in (README, *DOCS)}
    alert = alert_in(database)
    _put(pages["alert.md"], "alert", laid_out(alert), kind="json")
    _put(pages["README.md"], "alert: in short", laid_out(in_short(alert)), kind="json")
    _put(pages["receivers.md"], "alert: five lines", five_lines(alert), kind="text")


def alert_in(database: Path) -> dict[str, Any]:
    """The first critical alert of a log."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as log:
        (body,) = log.execute(f"{_ALERT} ORDER BY id").fetchone()
    return dict(json.loads(body))


def in_short(alert: dict[str, Any]) -> dict[str, Any]:
    """What a person in a hurry reads of it."""
    data = {key: alert["data"][key] for key in _SHORT}
    data["incident"] = {key: data["incident"][key] for key in _SHORT_INCIDENT}
    data["why"] = data["why"][:_SHORT_PARTS]
    data["resembles"] = [{key: one[key] for key in _SHORT_CASE} for one in data["resembles"]]
    return {"type": alert["type"], "data": data}


def five_lines(alert: dict[str, Any]) -> str:
    """What a message that is built for people says of it."""
    lines = brief_lines(alert["data"], at=datetime.fromisoformat(alert["timestamp"]))
    return "\n".join(_hanging(line.label, line.text) for line in lines)


def _hanging(label: str, text: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=label.ljust(_LABEL),
        subsequent_indent=" " * _LABEL,
        break_on_hyphens=False,
    )


def laid_out(alert: dict[str, Any]) -> str:
    """JSON with a line for each field of `data`, and for each item of its long lists."""
    head = {key: value for key, value in alert.items() if key != "data"}
    fields = ",\n".join(f"  {_plain(key)}: {_field(one)}" for key, one in alert["data"].items())
    return f'{_plain(head)[:-1]}, "data": {{\n{fields}\n}}}}'


def _field(value: Any) -> str:
    if not (isinstance(value, list) and len(value) > 1 and len(_plain(value)) > _WIDTH):
        return _plain(value)
    return "[\n{}\n  ]".format(",\n".join(f"    {_plain(item)}" for item in value))


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _put(page: Page, name: str, text: str, *, kind: str) -> None:
    marks = re.compile(rf"(<!-- {name} -->\n)```.*?```(\n<!-- /{name} -->)", re.DOTALL)
    new, times = marks.subn(lambda at: f"{at[1]}```{kind}\n{text}\n```{at[2]}", page.text)
    if times != 1:
        raise click.ClickException(f"{page.name}: no place for {name!r}")
    page.path.write_text(new, encoding="utf-8")
