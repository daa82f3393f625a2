"""Feeds that are out to break their reader, beside one that is well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.feeds import Site
from tests.acceptance.house import House, wait_for
from tests.acceptance.receiver import Receiver
from tests.acceptance.stories import GRAVE
from tests.servers import Answer

BOMBS = Path("/work/shared/data/xml-bombs")

pytestmark = pytest.mark.skipif(not BOMBS.is_dir(), reason=f"the hostile feeds are not in {BOMBS}")


def test_hostile_feeds_cost_themselves_alone(house: House, feeds: Site, leaders: Receiver) -> None:
    files = sorted(path for path in BOMBS.iterdir() if path.suffix in {".xml", ".gz"})
    for file in files:
        packed = {"Content-Encoding": "gzip"} if file.suffix == ".gz" else {}
        feeds.answers(f"/{file.name}", Answer(body=file.read_bytes(), headers=packed))
        house.source(file.name, feeds.url(f"/{file.name}"), every="5s")
    house.write()
    with house.daemon() as daemon:
        wait_for(lambda: all(feeds.asked(f"/{file.name}") for file in files))
        feeds.feed("/posts").publish(GRAVE.format(brand="Meridian Air"))
        wait_for(lambda: leaders.accepted, what=daemon.stderr.read_text)
        polled = "SELECT count(DISTINCT source_id) FROM polls"
        wait_for(
            lambda: house.count(polled) == len(files) + 1,
            what=lambda: house.rows("SELECT name, state, note FROM sources"),
        )
        states = {one["name"]: one["state"] for one in house.answers("status")["sources"]}
        assert daemon.process.poll() is None
        assert daemon.end() == 0
    assert states["posts"] == "healthy"
    assert states["gzip_bomb_50MB.gz"] == "failing"
    assert len(leaders.accepted) == 1
    assert not house.rows("SELECT text FROM mentions WHERE text LIKE '%root:%'")
    assert not house.count("SELECT count(*) FROM polls WHERE seconds > 28")
