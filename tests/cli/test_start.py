"""`init` and `check`: from nothing to a configuration that is known to be right."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from monitor.cli import cli
from monitor.config import load
from monitor.config.schema import File
from monitor.errors import ConfigError, InputError, ModelError
from tests.cli.conftest import Home


def run(*arguments: str):
    return CliRunner().invoke(cli, arguments)


def test_init_writes_a_starter_that_is_valid(tmp_path: Path):
    result = run("init", str(tmp_path / "new"))

    assert result.exit_code == 0
    settings = load(tmp_path / "new" / "config.toml", env={})
    assert settings.webhooks[0].name == "inbox"


def test_the_starter_names_each_key_in_its_table(tmp_path: Path):
    run("init", str(tmp_path))
    text = (tmp_path / "config.toml").read_text(encoding="utf-8")

    parts = re.split(r"(?m)^(?:# )?\[+(\w+)\]+", text)[1:]
    named = {
        name: set(re.findall(r"(?m)^(?:# )?(\w+) = ", keys))
        for name, keys in zip(parts[::2], parts[1::2], strict=True)
    }

    assert named == {name: keys_of(field) for name, field in File.model_fields.items()}


def keys_of(table: FieldInfo) -> set[str]:
    """As they are written: `from` is no name in Python."""
    (model,) = get_args(table.annotation) or (table.annotation,)
    assert issubclass(model, BaseModel)
    return {field.alias or name for name, field in model.model_fields.items()}


def test_init_writes_the_file_that_is_asked_for(tmp_path: Path):
    result = run("init", str(tmp_path), "--config", "deep/brand.toml")

    assert f"monitor check --config {tmp_path}/deep/brand.toml" in result.stdout
    assert load(tmp_path / "deep" / "brand.toml", env={}).brands


def test_init_leaves_what_is_there_alone(tmp_path: Path):
    (tmp_path / "config.toml").write_text("mine")

    assert isinstance(run("init", str(tmp_path)).exception, InputError)
    assert (tmp_path / "config.toml").read_text() == "mine"


def test_init_where_nothing_can_be_written_says_so(tmp_path: Path):
    (tmp_path / "file").write_text("")

    assert "Not a directory" in str(run("init", str(tmp_path / "file" / "deep")).exception)


def test_check_prints_what_is_understood_with_secrets_hidden(home: Home):
    result = home.run("check", HOOK_URL="https://hooks.example/T0/verysecret")

    assert result.exit_code == 0
    assert 'brands[0].name = "Meridian Air"' in result.stdout
    assert 'sources[0].every = "5m"' in result.stdout
    assert 'webhooks[0].url = "env:HOOK_URL"' in result.stdout
    assert "verysecret" not in result.output
    assert "whsec" not in result.output


def test_check_says_what_is_probably_not_meant(home: Home):
    result = home.run("check", HOOK_URL="https://h.example")
    assert result.exit_code == 0
    assert "perhaps not meant: monitor.contact: is still the example's" in result.stderr


def test_check_as_json(home: Home):
    found = json.loads(home.run("check", "--json", HOOK_URL="https://h.example").stdout)

    assert found["webhooks"][0]["min_level"] == "watch"
    assert found["alerts"]["acknowledge_within"] == "15m"
    assert found["monitor"]["http"] == ""


def test_check_prints_what_could_be_written_into_the_file_again(home: Home):
    """Its keys are those of config.toml, which errors name too; so are its values."""
    text = home.config.read_text().replace('http = ""', 'http = "[::1]:8300"')
    text = text.replace('kind = "feed"', 'kind = "feed"\nbackfill = "all"', 1)
    text += (
        '[alerts]\nbudget = "2/month"\n[[escalation]]\nafter = "15m"\nwebhooks = ["leadership"]\n'
    )
    home.config.write_text(text)
    found = json.loads(home.run("check", "--json", HOOK_URL="https://h.example").stdout)

    assert found["monitor"]["http"] == "[::1]:8300"
    assert found["sources"][0]["backfill"] == "all"
    assert found["webhooks"][0]["secret"] == ["***"]
    assert found["alerts"]["budget"] == "2/month"
    assert found["escalation"] == [{"after": "15m", "webhooks": ["leadership"]}]
    assert File.model_fields.keys() | {"path"} == found.keys()
    for name, table in found.items():
        for given in table if isinstance(table, list) else [table]:
            assert name == "path" or given.keys() - {"floor"} <= keys_of(File.model_fields[name])


def test_check_names_the_key_that_is_wrong(home: Home):
    home.config.write_text(home.config.read_text().replace("database", "databse"))
    error = home.run("check").exception

    assert isinstance(error, ConfigError)
    assert str(error) == "monitor.databse: unknown key; did you mean `database`?"


def test_what_is_turned_off_is_printed_as_it_is_written(home: Home):
    text = home.config.read_text().replace('kind = "feed"', 'kind = "feed"\nbackfill = "all"', 1)
    weekly = '[[silences]]\nname = "w"\nreason = "r"\nhours = ["Sat 22:00-02:00 UTC"]\n'
    home.config.write_text(text + weekly)
    shown = home.run("check", HOOK_URL="https://h.example").stdout

    assert 'sources[0].backfill = "all"\n' in shown
    assert 'http = ""\n' in shown
    assert "null" not in shown
    assert "].from = " not in shown


@pytest.mark.parametrize(
    ("made", "missing"),
    [(None, "model.onnx"), (["model.onnx", "config.json"], "tokenizer.json")],
)
def test_check_names_what_the_model_lacks(home: Home, made: list[str] | None, missing: str):
    for name in made or []:
        (home.path / "brain").mkdir(exist_ok=True)
        (home.path / "brain" / name).touch()
    home.config.write_text(
        home.config.read_text().replace("[monitor]", '[monitor]\nmodel="brain"')
    )
    error = home.run("check", HOOK_URL="https://h.example").exception

    assert isinstance(error, ModelError)
    assert error.exit_code == 5
    assert str(error).startswith(f"{home.path / 'brain' / missing}: no such file")


def test_quiet_hours_are_printed_as_they_are_written(home: Home):
    quiet = '[alerts]\nquiet_hours = ["22:05-07:00 Europe/London"]\n'
    home.config.write_text(home.config.read_text() + quiet)

    assert "22:05-07:00 Europe/London" in home.run("check", HOOK_URL="https://h.example").stdout


def test_the_example_configuration_loads():
    root = Path(__file__).parents[2]

    assert tomllib.loads((root / "config.toml").read_text())
    assert load(root / "config.toml", env={}).sources[0].url.endswith("examples/feed.xml")
