"""What lies around the daemon: feeds and a webhook receiver on real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.feeds import Site, site
from tests.acceptance.house import House
from tests.acceptance.receiver import Receiver, receiver


@pytest.fixture
def feeds() -> Iterator[Site]:
    with site() as opened:
        yield opened


@pytest.fixture
def leaders() -> Iterator[Receiver]:
    with receiver() as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path, feeds: Site, leaders: Receiver) -> House:
    """One brand on one feed, and leaders who want to hear of it; not yet written down."""
    home = House(tmp_path)
    home.brand("Meridian Air", description="regional airline")
    home.source("posts", feeds.url("/posts"))
    feeds.feed("/posts")
    home.webhook("leadership", leaders.url)
    return home
