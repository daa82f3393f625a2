"""What `run` and `once` show of an alert."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.adapters.store import SqliteStore
from monitor.cli.replay import shape, show_json
from monitor.cli.run import if_anybody_looks, show
from monitor.core.outbox import IncidentEvent
from tests.cli.conftest import DRAGGED
from tests.stages.conftest import World, item

ROOT = Path(__file__).parents[2]
#: The command, with a model that takes ten minutes to load.
SLOW = """
import time
from monitor.__main__ import main
from monitor.adapters.classifier import OnnxClassifier
OnnxClassifier.load = lambda _: time.sleep(600)
main()
"""
CONFIG = """
[monitor]
database = "monitor.db"
http = ""

[[brands]]
name = "Zorvex"
aliases = ["Zorvex"]
"""


class Closed:
    """A standard output whose reader has gone."""

    def write(self, _: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None:
        raise BrokenPipeError


@pytest.fixture(scope="module")
def event() -> IncidentEvent:
    with SqliteStore.in_memory() as store:
        world = World(store=store)
        asyncio.run(_seen(world))
    return world.events[0]


async def _seen(world: World) -> None:
    await world.start()
    await world.see(item(1, DRAGGED, url="https://x.example/1"))


def test_shows_level_title_brief_and_where_to_look(event, capsys):
    if_anybody_looks(show, event)
    head, brief, where = capsys.readouterr().out.splitlines()
    assert head.startswith(f"{event.incident.level.label.upper()}  incident.opened  ")
    assert "Meridian Air" in brief
    assert where == "  https://x.example/1"


def test_as_json_an_alert_is_one_line_of_the_shape_of_a_replay(event, capsys):
    show_json(event)
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line) == shape(event)


def test_cannot_be_steered_by_what_it_shows(event, capsys):
    show(event)
    assert "\x1b" not in capsys.readouterr().out


def test_goes_on_when_nobody_looks_any_more(event, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Closed())
    with pytest.raises(BrokenPipeError):
        show(event)
    if_anybody_looks(show, event)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_well_while_its_model_still_loads(tmp_path, number):
    (tmp_path / "config.toml").write_text(CONFIG)
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, "run"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    ) as process:
        try:
            while not (tmp_path / "monitor.db-wal").exists():
                assert process.poll() is None
                time.sleep(0.05)
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    assert json.loads(err.splitlines()[-1])["event"] == "stopped"
    assert not (tmp_path / "monitor.db-wal").exists(), "the database was closed"
