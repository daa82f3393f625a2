"""The measurement of faults itself: that it would see what is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.servers import Answer
from tests.sources import services
from tests.sources.faulty import FAULTS, FLOWS, follow

GOOD = Answer(body=b'{"hits": [{"id": 1}, {"id": 2}]}')
FEED = Answer(body=b"<rss><item>1</item> <item>2</item></rss>")


def body(fault: str, good: Answer = GOOD) -> bytes:
    return FAULTS[fault](good, Answer(body=b"before")).body


def test_faults_are_what_they_are_called():
    assert json.loads(body("other names")) == {"hits_v9": [{"id_v9": 1}, {"id_v9": 2}]}
    assert json.loads(body("other order")) == {"hits": [{"id": 2}, {"id": 1}]}
    assert body("other order", FEED) == b"<rss><item>2</item> <item>1</item></rss>"
    assert b"<thing>1</thing>" in body("other names", FEED)
    assert body("page again") == b"before"
    assert body("none") == GOOD.body
    assert FAULTS["429, Retry-After"](GOOD, GOOD).headers == {"retry-after": "60"}


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_source_that_goes_wrong_loses_nothing_and_takes_nothing_in_twice():
    found = await follow("hackernews", FAULTS["cut off"])
    assert (found.lost, found.twice) == (frozenset(), 0)
    assert found.said > 50
    assert found.faulty > 5


@pytest.mark.slow
@pytest.mark.anyio
async def test_what_is_lost_would_be_seen(monkeypatch: pytest.MonkeyPatch):
    class Lossy(services.Algolia):
        """Shows every other post only."""

        def seen(self) -> list[services.Post]:
            return super().seen()[::2]

    lossy = replace(FLOWS["hackernews"], service=Lossy)
    monkeypatch.setattr("tests.sources.faulty.FLOWS", {"hackernews": lossy})
    found = await follow("hackernews", FAULTS["none"])
    assert found.lost
