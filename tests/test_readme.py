"""The README is true: every command in it runs, every key and command it names exists."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from monitor.cli import COMMANDS
from tests.servers import Answer, serving

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: Run by tests/acceptance and CI, as they do not end by themselves or would run this test again.
ELSEWHERE = {"make run", "make test", "monitor run --config watch/config.toml"}


def commands() -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


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


def test_every_command_is_known_and_some_are_run_elsewhere():
    assert set(commands()) > ELSEWHERE


@pytest.mark.parametrize("command", [c for c in commands() if c not in ELSEWHERE])
def test_a_command_of_the_readme_runs(home: Path, command: str):
    if command.startswith("monitor init"):
        shutil.rmtree(home / "watch", ignore_errors=True)
    if "watch/config.toml" in command and not (home / "watch").exists():
        run("monitor init watch", home)
    if "evidence" in command:
        (home / "evidence.jsonl").unlink(missing_ok=True)
    if "evidence verify" in command:
        run("monitor evidence export 1 --output evidence.jsonl", home)
    if "incident ack" in command or "incident resolve" in command:
        reopen(home)

    assert run(command, home)


def reopen(home: Path) -> None:
    """Commands may come in any order; an answer needs an incident that waits for one."""
    import pysqlite3  # noqa: PLC0415 - Linux only, as in the package

    with pysqlite3.connect(home / "monitor.db") as connection:
        connection.execute("UPDATE incidents SET status = 'open' WHERE id = 1")


def test_the_alert_in_the_readme_is_one_that_a_receiver_would_accept():
    block = re.search(r"<!-- alert -->\n```json\n(.*?)```\n<!-- /alert -->", README, re.DOTALL)
    assert block is not None
    alert = json.loads(block[1])
    schema = json.loads((ROOT / "monitor/schemas/incident.v1.json").read_text(encoding="utf-8"))

    jsonschema.validate(alert, schema)
    parts = sum(part["value"] for part in alert["data"]["why"])
    assert parts == pytest.approx(alert["data"]["risk"])


def test_every_command_is_named_in_the_readme_or_its_help():
    named = set(re.findall(r"(?:\$|`) ?monitor ([\w-]+)", README))

    assert set(COMMANDS) - named <= {"once", "db"}


def test_what_the_readme_links_to_is_there():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = re.search(r"(?m)^dependencies = \[(.*?)^\]", text, re.DOTALL)
    assert block is not None
    names = re.findall(r'"([\w-]+)', block[1])
    design = README.split("**Why these dependencies?**")[1]

    assert [name for name in names if name not in design] == []
