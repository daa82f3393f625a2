"""README and docs are true: every command runs, every command, key and link leads somewhere."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest

from monitor.cli import COMMANDS, cli
from monitor.config import load
from monitor.core.notice import WORDS
from monitor.core.settings import AlertSettings
from monitor.core.signing import signed_headers
from monitor.core.types import HARMS, Level
from monitor.errors import AddressError, ConfigError, DatabaseError, ModelError
from monitor.sources.registry import KINDS
from tests.acceptance.house import CONTRACT_END
from tests.measure.__main__ import main as MEASURES  # noqa: N812
from tests.measure.recorded import alert_in, five_lines
from tests.pages import DOCS, PAGES, README, ROOT, Page, broken, is_part
from tests.servers import Answer, serving

ALERT, DELETION, DESIGN, OPERATING, QUERYING = (
    Page(ROOT / "docs" / f"{name}.md")
    for name in ("alert", "deletion", "design", "operating", "querying")
)
#: Run by tests/acceptance and CI, as they do not end by themselves or would run this test again.
ELSEWHERE = {"make run", "make test", "monitor run --config watch/config.toml"}
#: Pages whose commands need a daemon with a push token: tests/test_push_page.py runs them.
TESTED_BY_ITSELF = {"docs/push.md"}
#: A probability read on another kind of processor may differ by as much.
ROUNDED = 0.05
#: A README is for a person in a hurry.
MOST_LINES = 120
ALL = [page for page in PAGES if page.name not in TESTED_BY_ITSELF]
HERE = dict.fromkeys(c for page in ALL for c in page.commands() if c not in ELSEWHERE)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example as a new user has it, after one pass; without the feeds of the internet."""
    path = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "examples", path / "examples")
    config = (ROOT / "config.toml").read_text(encoding="utf-8")
    tables = re.split(r"(?m)^(?=\[)", config)
    kept = [table for table in tables if "https://" not in table.split("url", 1)[-1][:20]]
    text = "".join(kept).replace('model = "models/incident"', "")
    (path / "config.toml").write_text(text, encoding="utf-8")
    with serving(Answer(status=204)) as server:
        os.environ["MONITOR__WEBHOOKS__0__URL"] = f"{server.url}/inbox"
        try:
            run("monitor once --all", path)
            yield path
        finally:
            del os.environ["MONITOR__WEBHOOKS__0__URL"]


def run(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run one command as a shell would, with this Python's programs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", as_run(command)],
        cwd=cwd,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def as_run(command: str) -> str:
    """`monitor` as this checkout has it; Datasette answers once instead of serving."""
    command = re.sub(r"(^|\| )monitor ", rf"\1{shlex.quote(sys.executable)} -m monitor ", command)
    return f"{command} --get /monitor.json" if command.startswith("datasette") else command


def test_the_readme_is_for_a_person_in_a_hurry():
    assert len(README.text.splitlines()) <= MOST_LINES


def test_who_ran_make_run_is_told_how_the_shell_finds_the_program():
    made = re.search(r"^VENV \?= (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)

    assert made is not None
    assert f". {made[1]}/bin/activate" in README.text


def test_the_commands_that_are_run_elsewhere_are_in_the_readme():
    assert set(README.commands()) > ELSEWHERE


@pytest.mark.parametrize("command", HERE)
def test_a_command_of_readme_or_docs_runs(home: Path, command: str):
    prepare(home, command)

    assert run(command, home)


def prepare(home: Path, command: str) -> None:
    """Commands may come in any order: what one needs of another is made, or made anew."""
    if command.startswith("monitor init"):
        shutil.rmtree(home / "watch", ignore_errors=True)
    if "watch/config.toml" in command and not (home / "watch").exists():
        run("monitor init watch", home)
    if "evidence" in command:
        (home / "evidence.jsonl").unlink(missing_ok=True)
    if "evidence verify" in command:
        run("monitor evidence export 1 --output evidence.jsonl", home)
    if "incident ack" in command or "incident resolve" in command:
        change(home, "UPDATE incidents SET status = 'open' WHERE id = 1")
    if "db backup" in command:
        (home / "backup.db").unlink(missing_ok=True)
    if "silence end" in command:
        run('monitor silence add --until 2h --reason "fire drill"', home)
        change(home, "DELETE FROM silences WHERE id <> (SELECT max(id) FROM silences)")
        change(home, "UPDATE silences SET id = 1")


def change(home: Path, statement: str) -> None:
    import pysqlite3  # noqa: PLC0415 - Linux only, as in the package

    with closing(pysqlite3.connect(home / "monitor.db")) as connection, connection:
        connection.execute(statement)


def test_the_alert_in_the_docs_is_one_that_a_receiver_would_accept():
    alert = json.loads(ALERT.marked("alert"))
    schema = json.loads((ROOT / "monitor/schemas/incident.v1.json").read_text(encoding="utf-8"))

    jsonschema.validate(alert, schema)
    parts = sum(part["value"] for part in alert["data"]["why"])
    assert parts == pytest.approx(alert["data"]["risk"])


def test_the_alert_in_the_readme_is_that_of_the_docs_in_short():
    short = json.loads(README.marked("alert: in short"))

    assert {"brief", "risk", "why"} <= set(short["data"])
    assert is_part(short, json.loads(ALERT.marked("alert")))


def test_the_alert_in_the_docs_is_the_one_that_the_example_makes_today(home: Path):
    """Another processor may round otherwise, by a little."""
    shown, made = json.loads(ALERT.marked("alert"))["data"], alert_in(home / "monitor.db")["data"]

    for name in ("brand", "title", "level", "mentions", "authors", "first_seen_at"):
        assert shown["incident"][name] == made["incident"][name]
    assert alleged(shown) == pytest.approx(alleged(made), abs=ROUNDED)
    assert [one["case"] for one in shown["resembles"]] == [
        one["case"] for one in made["resembles"]
    ]


def alleged(data: dict[str, Any]) -> dict[str, float]:
    """How sure each harm is that is more than rounding above one half."""
    (said,) = (part["sentence"] for part in data["why"] if part["name"] == "harm")
    found = re.findall(r"(\w+) (0\.\d\d)", said)
    return {name: float(sure) for name, sure in found if float(sure) > 0.5 + ROUNDED}


def test_the_five_lines_in_the_docs_are_those_of_the_alert_in_the_docs():
    (receivers,) = (page for page in DOCS if page.name == "docs/receivers.md")

    shown = receivers.marked("alert: five lines")
    assert shown.split() == five_lines(json.loads(ALERT.marked("alert"))).split()


def test_the_docs_say_what_each_type_each_harm_and_each_level_means():
    types, harms, levels = (
        [name for row in ALERT.rows(head) for name in re.findall(r"`([\w.]+)`", row[0])]
        for head in (
            "| type | when |",
            "| harm | for instance |",
            "| level | at a risk of | says | asks for |",
        )
    )
    thresholds = [row[1] for row in ALERT.rows("| level | at a risk of | says | asks for |")]

    assert sorted(types) == sorted(WORDS)
    assert tuple(harms) == HARMS
    assert levels == [level.label for level in Level if level is not Level.QUIET]
    rules = AlertSettings()
    assert thresholds == [f"{one:g}" for one in (rules.watch, rules.warning, rules.critical)]


def test_the_escalation_in_the_docs_loads(tmp_path: Path):
    hook = '[[webhooks]]\nname = "board"\nurl = "https://board.example"\nsecret = "env:S"\n'
    brand = '[[brands]]\nname = "Meridian Air"\naliases = ["Meridian Air"]\n'
    path = tmp_path / "config.toml"
    path.write_text("\n".join([brand, hook, *ALERT.blocks("toml")]), encoding="utf-8")

    (step,) = load(path, env={"S": "whsec_" + "c2VjcmV0" * 4}).alerts.escalation
    assert step.webhooks == ("board",)


def test_an_alert_is_verified_as_the_docs_say():
    (code,) = ALERT.blocks("python")
    secret, body = "whsec_" + "c2VjcmV0" * 4, ALERT.marked("alert").encode()
    given = {
        "secret": secret,
        "body": body,
        "headers": signed_headers("msg_1", at=datetime.now(UTC), body=body, secrets=[secret]),
    }

    exec(code, given)  # noqa: S102 - our own page

    assert given["event"] == json.loads(body)


def test_the_unit_in_the_docs_starts_the_daemon_and_gives_it_the_time_to_end():
    (text,) = OPERATING.blocks("ini")
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment]
    unit.read_string(text)
    service = unit["Service"]

    program, *words = shlex.split(service["ExecStart"])
    cli.make_context(program, words).close()
    assert Path(program).name == "monitor"
    assert float(service["TimeoutStopSec"]) > CONTRACT_END
    assert service["RestartPreventExitStatus"].split() == [
        str(error.exit_code) for error in (click.UsageError, ConfigError, ModelError)
    ]
    passing = {str(error.exit_code) for error in (AddressError, DatabaseError)}
    assert passing.isdisjoint(service["RestartPreventExitStatus"].split())


def test_how_good_it_is_said_to_be_is_what_was_measured():
    card = Page(ROOT / "models/incident/README.md")
    rows = card.rows("| question | figure | model | best baseline | the model is |")
    measured = [[re.sub(r" \[.*?\]", "", cell) for cell in row[:4]] for row in rows]

    shown = README.rows("| question | measured by | this model | best baseline |")
    assert [row for row in shown if row not in measured] == []


def test_what_a_threshold_costs_is_what_was_measured():
    head = next(line for line in OPERATING.text.splitlines() if line.startswith("| threshold |"))
    shown = {float(row[0].split(",")[0]): row[1:] for row in OPERATING.rows(head)}
    page = Page(ROOT / "models/incident/FORECASTS.md")
    head = next(line for line in page.text.splitlines() if line.startswith("| threshold  "))
    measured = {float(row[0]): row[1:] for row in page.rows(head)}

    assert shown.items() <= measured.items()
    assert {AlertSettings().watch, AlertSettings().warning} <= set(shown)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_measure_that_a_page_names_is_there(page: Page):
    named = set(re.findall(r"python -m tests\.measure (\w[\w-]*)", page.text))

    assert named <= set(MEASURES.commands)


def test_the_silences_in_the_docs_are_planned_as_they_say(tmp_path: Path):
    brand = '[[brands]]\nname = "Meridian Air"\naliases = ["Meridian Air"]\n'
    path = tmp_path / "config.toml"
    path.write_text("\n".join([brand, *OPERATING.blocks("toml")]), encoding="utf-8")

    once, weekly = load(path, env={}).silences

    assert (once.brand, once.ends_at) == ("Meridian Air", datetime(2026, 12, 2, 5, tzinfo=UTC))
    assert [one.days for one in weekly.windows] == [(5, 6)]


def test_every_command_of_the_program_is_named_in_readme_or_docs():
    text = "\n".join(page.text for page in PAGES)
    named = set(re.findall(r"(?:\$|`) ?monitor ([\w-]+)", text))

    assert set(COMMANDS) - named <= {"once"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_one_of_the_program(page: Page):
    named = re.findall(r"(?:\$ |`|\| )monitor ([a-z][\w-]*(?: [a-z][\w-]*)*)", page.text)

    assert [words for words in named if not is_known(words.split())] == []


def is_known(words: list[str]) -> bool:
    """Whether the words lead down the groups to a command; what follows one is its own matter."""
    command: click.Command | None = cli
    for word in words:
        if not isinstance(command, click.Group):
            return command is not None
        command = command.get_command(click.Context(command), word)
    return command is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Page):
    assert broken(page) == []


def test_the_readme_leads_to_every_page_of_the_docs():
    assert {page.name for page in DOCS} - set(README.links()) == set()


def test_the_table_of_sources_says_of_each_kind_what_it_gives_needs_may_ask_for_and_its_terms():
    rows = README.rows("| source kind | gives | needs | limits | terms |")

    assert [row for row in rows if len(row) != 5 or not all(row)] == []
    assert {row[0] for row in rows} == {f"[`{kind}`](docs/sources.md#{kind})" for kind in KINDS}


def test_every_module_of_the_recipe_is_named_in_the_page_of_the_models():
    modules = {path.name for path in (ROOT / "models" / "train").glob("[a-z]*.py")}
    page = Page(ROOT / "models" / "README.md")

    assert modules <= set(re.findall(r"`(\w+\.py)`", page.text))
    assert broken(page) == []


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"(?m)^dependencies = \[(.*?)^\]", text, re.DOTALL)
    assert block is not None
    names = re.findall(r'"([\w-]+)', block[1])
    reasons = DESIGN.text.split("## Why these dependencies?")[1].split("\n## ")[0]

    assert [name for name in names if name not in reasons] == []


@pytest.mark.parametrize("statement", QUERYING.blocks("sql"))
def test_a_query_of_the_docs_finds_something_and_names_what_it_finds(home: Path, statement: str):
    with closing(sqlite3.connect(f"file:{home}/monitor.db?mode=ro", uri=True)) as connection:
        found = connection.execute(statement)
        assert found.fetchone()
        assert all(re.fullmatch(r"[a-z_]+", column) for column, *_ in found.description)


def test_a_person_of_the_docs_is_forgotten_as_they_say(home: Path, tmp_path: Path):
    shutil.copytree(home, tmp_path / "copy")
    copy = tmp_path / "copy"
    (block,) = DELETION.blocks("console")
    command, *shown = block.splitlines()

    said = run(command.removeprefix("$ "), copy).stdout.splitlines()
    assert [one for one in said if not one.startswith("decisions")] == shown
    assert b"mira_onwheels" in (copy / "monitor.db").read_bytes()

    run(command.removeprefix("$ ").removesuffix(" --dry-run"), copy)
    files = [one.read_bytes().lower() for one in copy.glob("monitor.db*")]
    assert [name for name in (b"mira_onwheels", b"tolvanen") for one in files if name in one] == []
