"""The table receiver by check: maker's schema, a real program, limits, hostile text."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import click
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook
from tabulate import tabulate

from monitor.adapters.apprise import ApprisePoster
from monitor.adapters.transport import look_up
from monitor.core.formats import TERMS, Key
from monitor.core.outbox import Answered
from monitor.core.types import Level
from monitor.receivers import FORMATS
from tests.receivers import judges
from tests.receivers.alertmanagers import alertmanager
from tests.receivers.events import (
    BODIES,
    NOON,
    SECRET,
    hostile,
    hostile_facts,
    incident,
    webhook,
)
from tests.servers import Answer, serving

#: Alphabets that break out of one format or another, and plain weight.
ALPHABETS = (
    "<>@!#&|channel here everyone",
    "*_`~[]()\\>:/ ",
    "{}\"'$%",
    "\u202e\u2066\x00\x1b ",
    "🙂日é a",
)
TEXTS = 400
_NOT_HERE = "not here: "


@click.command()
@click.option("--texts", default=TEXTS, show_default=True, help="Hostile texts for each format.")
def receivers(texts: int) -> None:
    """Check each receiver's format against schema, program, limits and hostile text."""
    rows = [[name, *_row(name, texts)] for name in FORMATS]
    heads = ["receiver", "schema", "real program", "limits", "hostile text"]
    click.echo(tabulate(rows, headers=heads, disable_numparse=True))
    if any("FAILED" in cell for row in rows for cell in row):
        sys.exit(1)


def _row(name: str, texts: int) -> list[str]:
    checks: tuple[Callable[[], str], ...] = (
        lambda: _schema(name),
        lambda: _program(name),
        lambda: _limits(name),
        lambda: _hostile(name, texts),
    )
    return [_cell(check) for check in checks]


def _cell(check: Callable[[], str]) -> str:
    try:
        return check()
    except judges.NotHereError as e:
        return f"{_NOT_HERE}{e}"[:60]


def _built(name: str, body: bytes) -> bytes:
    return FORMATS[name].build(webhook(name), "msg_1", body, at=NOON).body


def _counted(complaints: dict[str, list[str]], what: str) -> str:
    """So many of so many, or the first complaint."""
    bad = {key: said for key, said in complaints.items() if said}
    if bad:
        key, said = next(iter(bad.items()))
        return f"FAILED {len(bad)} of {len(complaints)}: {key[:20]}: {said[0][:60]}"
    return f"{len(complaints)} {what}"


def _schema(name: str) -> str:
    if name == "apprise":
        return "(none exists)"
    judge = judges.SCHEMA_JUDGES.get(name, _own_schema)
    # Of the own schema, bodies that no release ever made are no matter.
    made = {key: body for key, body in BODIES.items() if "." in key or judge is not _own_schema}
    found = {key: judge(json.loads(_built(name, body))) for key, body in made.items()}
    return _counted(found, "events valid")


def _own_schema(message: object) -> list[str]:
    text = files("monitor").joinpath("schemas/incident.v1.json").read_text("utf-8")
    return [e.message[:80] for e in Draft202012Validator(json.loads(text)).iter_errors(message)]


def _limits(name: str) -> str:
    return _counted({k: judges.limits(name, _built(name, b)) for k, b in BODIES.items()}, "within")


def _hostile(name: str, texts: int) -> str:
    dice = random.Random(6)
    found: dict[str, list[str]] = {}
    for number in range(texts):
        alphabet = dice.choice(ALPHABETS)
        text = "".join(dice.choices(alphabet, k=dice.choice((1, 9, 90, 900))))
        for make in (hostile, hostile_facts):
            body = _built(name, make(text))
            said = judges.limits(name, body) + judges.pings(name, json.loads(body))
            found[f"{number} {make.__name__}"] = said
    return _counted(found, "harmless")


def _program(name: str) -> str:
    if name == "alertmanager-api":
        return _alertmanager_api()
    if name == "alertmanager":
        return f"{_signed(name)}, {_alertmanager()}"
    if name == "apprise":
        return _apprise()
    return _signed(name) if TERMS[name].key is Key.SIGNING else "(runs nowhere here)"


def _signed(name: str) -> str:
    now = datetime.now(UTC)
    message = FORMATS[name].build(webhook(name), "msg_1", incident(), at=now)
    Webhook(SECRET).verify(message.body, dict(message.headers))
    return "signature verified"


def _alertmanager_api() -> str:
    with tempfile.TemporaryDirectory() as home, alertmanager(Path(home)) as real:
        states = []
        for type_, level in (
            ("incident.opened", Level.WARNING),
            ("incident.escalated", Level.CRITICAL),
            ("incident.resolved", Level.CRITICAL),
        ):
            real.post(_now("alertmanager-api", type_, level))
            states.append([labels["severity"] for labels in real.firing()])
    right = states == [["warning"], ["critical"], []]
    return "Alertmanager: opened, rose, ended" if right else f"FAILED {states}"


def _alertmanager() -> str:
    with tempfile.TemporaryDirectory() as home, alertmanager(Path(home)) as real:
        real.post(_now("alertmanager-api", "incident.opened", Level.CRITICAL))
        theirs = real.heard("firing")
    ours = json.loads(_now("alertmanager", "incident.opened", Level.CRITICAL))
    said = list(judges.unlike(theirs, ours, "$"))
    same = ours["groupKey"] == theirs["groupKey"]
    return "as Alertmanager sends" if same and not said else f"FAILED {said}"


def _now(name: str, type_: str, level: Level) -> bytes:
    now = datetime.now(UTC)
    message = json.loads(incident(type_, level=level, opened_at=now - timedelta(hours=1)))
    message["timestamp"] = now.isoformat()
    return _built(name, json.dumps(message).encode())


def _apprise() -> str:
    poster = ApprisePoster(allow=["127.0.0.1"], resolve=look_up)
    with serving(Answer()) as server, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hook = webhook("apprise", f"json://127.0.0.1:{server.port}")
        message = FORMATS["apprise"].build(hook, "msg_1", incident(), at=NOON)
        answer = asyncio.run(poster.post(message))
    if isinstance(answer, Answered):
        return "Apprise to loopback"
    if "extra" in answer.error:
        raise judges.NotHereError(answer.error)
    return f"FAILED {answer.error}"
