"""What the contract says of every command (section 3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from monitor.cli import cli
from monitor.errors import ConfigError

TINY = Path(__file__).parents[1] / "adapters" / "tiny_model"
#: What does something and says so in a sentence.
WITHOUT_JSON = {
    *(f"incident {verb}" for verb in ("ack", "assign", "dismiss", "note", "reopen", "resolve")),
    *("incident snooze", "incident statement", "silence add", "silence end"),
    *("deliveries retry", "webhook enable", "sources add", "import-opml", "init"),
    *("db backup", "db migrate", "db prune"),
}


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        elif command is not None:
            yield " ".join((*path, name)), command


EVERY = dict(commands(cli))


def options(command: str) -> set[str]:
    return {option for parameter in EVERY[command].params for option in parameter.opts}


@pytest.mark.parametrize("command", EVERY)
def test_every_command_takes_a_configuration(command: str) -> None:
    assert "--config" in options(command)


@pytest.mark.parametrize(
    "words",
    [
        ("--config", "mine.toml", "status"),
        ("--config", "mine.toml", "sources", "list"),
        ("sources", "--config", "mine.toml", "list"),
        ("--config", "other.toml", "sources", "--config", "mine.toml", "list"),
        ("--config", "other.toml", "status", "--config", "mine.toml"),
        ("deliveries", "--config", "mine.toml", "retry", "1"),
        ("--config", "mine.toml", "score", "growth"),
    ],
    ids=" ".join,
)
def test_a_configuration_may_be_named_before_the_command(words: tuple[str, ...]) -> None:
    """What is named nearest to the command holds; any of it goes before the environment's."""
    result = CliRunner().invoke(cli, words, env={"MONITOR_CONFIG": "environment.toml"})

    assert str(result.exception).startswith("mine.toml: not found")


def test_what_is_named_before_one_command_is_not_kept_for_the_next() -> None:
    CliRunner().invoke(cli, ["--config", "mine.toml", "status"])
    result = CliRunner().invoke(cli, ["status"], env={"MONITOR_CONFIG": "environment.toml"})

    assert str(result.exception).startswith("environment.toml: not found")


@pytest.mark.parametrize("words", ["--config {} status", "status --config {}"])
def test_a_configuration_that_may_not_be_read_is_no_mistake_of_usage(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("of another user [")
    monkeypatch.setattr("os.access", lambda *_: False)

    result = CliRunner().invoke(cli, words.format(path).split())

    assert isinstance(result.exception, ConfigError)


def test_every_command_that_prints_data_prints_json() -> None:
    assert {command for command in EVERY if "--json" not in options(command)} == WITHOUT_JSON


def test_what_prints_json_lines_anyway_prints_the_same_with_json() -> None:
    row = json.dumps({"series": "a", "time": 0, "count": 1})

    said = [
        CliRunner().invoke(cli, ["score", "volume", *given], input=row).stdout
        for given in ((), ("--json",))
    ]

    assert said[0] == said[1] != ""


def test_score_takes_the_model_of_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    brand = '[[brands]]\nname = "Zorvex"\naliases = ["Zorvex"]\n'
    config.write_text(f"[monitor]\nmodel = {json.dumps(str(TINY))}\n{brand}")
    row = json.dumps({"id": 1, "brand": "Zorvex", "text": "my kettle burned"})

    said = [
        CliRunner().invoke(cli, ["score", "text", *given], input=row).stdout
        for given in (("--config", str(config)), ("--model", str(TINY)))
    ]

    assert said[0] == said[1]
    assert json.loads(said[0])["id"] == 1
