"""A home with a configuration and a database that has seen something."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.adapters.store import SqliteStore
from monitor.cli import cli
from monitor.config import load
from monitor.core.polling import FetchFailed, RawItem
from tests.fakes import FakeClock
from tests.stages.conftest import FEED, World

CONFIG = """
[monitor]
database = "monitor.db"
contact = "mailto:you@example.com"
http = ""
allow_private_hosts = ["127.0.0.1"]

[[brands]]
name = "Meridian Air"
aliases = ["Meridian Air"]
ambiguous = ["Meridian"]

[[sources]]
name = "a"
kind = "feed"
url = "https://feeds.example/a"

[[sources]]
name = "b"
kind = "feed"
url = "https://elsewhere.example/b"

[[webhooks]]
name = "leadership"
url = "env:HOOK_URL"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
min_level = "watch"
"""
DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle \x1b[31m"


#: A Friday: every command of a home runs at noon, whatever the machine's clock says.
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class Home:
    """A folder with config.toml; runs commands in it, at one moment."""

    path: Path
    now: datetime = NOON

    @property
    def config(self) -> Path:
        return self.path / "config.toml"

    def run(self, *arguments: str, **env: str) -> Result:
        line = [*arguments, "--config", str(self.config)]
        return CliRunner().invoke(cli, line, env=env, obj=lambda: self.now)

    def says(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def answers(self, *arguments: str):
        return json.loads(self.says(*arguments, "--json"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "config.toml").write_text(CONFIG)
    return Home(tmp_path)


@pytest.fixture
def lived_in(home: Home) -> Home:
    """One incident, one routine complaint, one source that fails."""
    settings = load(home.config, secret=False)
    now = home.now - timedelta(seconds=10)
    with SqliteStore.open(settings.database) as store:
        world = World(store=store, settings=settings, clock=FakeClock(now))
        world.fetcher.answers("https://elsewhere.example/b", FetchFailed(reason="refused"))
        asyncio.run(_live(world, now))
    return home


async def _live(world: World, now: datetime) -> None:
    ago = now - timedelta(minutes=3)
    assert world.settings.sources[0].url == FEED
    await world.start()
    await world.see(
        RawItem(
            native_id="1",
            text=DRAGGED,
            author="@mira",
            published_at=ago,
            url="https://x.example/1",
        ),
        RawItem(native_id="2", text="In the queue at Meridian Air", published_at=ago),
        RawItem(native_id="3", text="Meridian football", published_at=ago),
    )
    await world.respond.step(now)
