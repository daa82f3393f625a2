"""docs/push.md is true: its commands give its answers, and its keys are keys."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.config import load
from monitor.core.pushing import COUNTS
from tests.acceptance.house import House, wait_for

PAGE = (Path(__file__).parents[1] / "docs" / "push.md").read_text(encoding="utf-8")
TOKEN = "only-for-this-test"


def examples() -> list[tuple[str, str]]:
    return re.findall(r"```console\n\$ (.*)\n(.*)\n```", PAGE)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_each_command_gives_the_answer_that_stands_below_it(tmp_path: Path) -> None:
    first = json.loads(re.findall(r"-d '(.*)'", PAGE)[0])
    rows = [first, first | {"id": "t2"}, {"id": "t3", "text": "sun"}, {"id": "t4", "text": 7}]
    rows[1]["text"] = "Meridian Air is late"
    (tmp_path / "mentions.jsonl.gz").write_bytes(
        gzip.compress("\n".join(map(json.dumps, rows)).encode())
    )
    house = House(tmp_path, monitor={"push_token": TOKEN})
    house.brand("Meridian Air")
    house.listen()
    house.write()
    env = {"MONITOR": f"http://{house.monitor['http']}", "MONITOR_PUSH_TOKEN": TOKEN}
    with house.daemon():
        for command, answer in examples():
            done = wait_for(lambda command=command: answered(command, tmp_path, env))  # type: ignore[misc]
            assert json.loads(done) == json.loads(answer)
    assert len(examples()) == 2


def answered(command: str, cwd: Path, env: dict[str, str]) -> str:
    """Sent again while the monitor starts, as the page says."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=cwd, env=env, capture_output=True, text=True, check=True
    )
    return "" if done.stdout.startswith('{"error":') else done.stdout


def test_its_configuration_is_one(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    brand = '[[brands]]\nname = "Meridian Air"\naliases = ["Meridian Air"]\n'
    (tmp_path / "config.toml").write_text("\n".join([*blocks, brand]), encoding="utf-8")
    settings = load(tmp_path / "config.toml", env={"MONITOR_PUSH_TOKEN": TOKEN})

    assert [(one.name, one.kind, one.url) for one in settings.sources] == [
        ("twitter", "push", "push:twitter")
    ]
    assert settings.push_token is not None
    assert settings.push_token.reveal() == TOKEN


def test_every_field_of_a_record_and_every_count_of_an_answer_is_explained() -> None:
    explained = set(re.findall(r"`([a-z_]+)`", PAGE))

    assert FIELDS | set(COUNTS) <= explained


#: Of the contract, section 6, and what is added to it.
FIELDS = {
    "id",
    "source",
    "url",
    "author",
    "author_followers",
    "text",
    "title",
    "published_at",
    "language",
    "engagement",
    "repost_of",
    "brand",
    "seen_at",
    "deleted",
}
