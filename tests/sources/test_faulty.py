"""The measurement of faults itself: that it would see what is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.servers import Answer
from tests.sources import folders, services
from tests.sources.counters import RECOUNTS, Questions, recount
from tests.sources.faulty import FAULTS, follow
from tests.sources.flowing import FLOWS

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


@pytest.mark.slow
@pytest.mark.anyio
async def test_counts_that_go_wrong_are_right_in_the_end():
    found = await recount("stackexchange, counts", FAULTS["page again"])
    assert (found.lost, found.twice) == (frozenset(), 0)
    assert (found.said, found.faulty > 5) == (6, True)


@pytest.mark.slow
@pytest.mark.anyio
async def test_counts_that_are_wrong_would_be_seen(monkeypatch: pytest.MonkeyPatch):
    class Stuck(Questions):
        def truth(self, post: services.Post) -> float:
            return super().truth(post) + 1

    stuck = replace(RECOUNTS["stackexchange, counts"], service=Stuck)
    monkeypatch.setattr("tests.sources.counters.RECOUNTS", {"stackexchange, counts": stuck})
    found = await recount("stackexchange, counts", FAULTS["none"])
    assert len(found.lost) == 5, "all but the deleted one"


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("form", folders.FORMS)
async def test_a_folder_that_goes_wrong_loses_nothing_and_takes_nothing_in_twice(form):
    found = await folders.follow(form, "cut short, then whole")
    assert (found.lost, found.twice) == (frozenset(), 0)
    assert (found.said > 50, found.faulty) == (True, 4)


@pytest.mark.slow
@pytest.mark.anyio
async def test_what_a_folder_loses_would_be_seen(monkeypatch: pytest.MonkeyPatch):
    async def swallow(box: folders.Box, posts: list[services.Post]) -> None:
        """They are said, and never written."""

    monkeypatch.setattr("tests.sources.folders.WRONG", {"none": swallow})
    found = await folders.follow("JSON Lines", "none")
    assert found.lost
