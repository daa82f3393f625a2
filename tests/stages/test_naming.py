"""An ambiguous name is read by what it stood for so far, across batches and starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.reading import unread
from monitor.core.stories import Stories
from monitor.core.types import Mention
from monitor.core.volume import Volume
from monitor.stages.naming import Naming, outright
from monitor.stages.tracker import Tracker
from tests.fakes import FakeClassifier, verdict
from tests.stages.conftest import NOON, World, item

pytestmark = pytest.mark.anyio


def loose(number: int, **values: Any) -> Mention:
    ordinary: dict[str, Any] = {
        "id": number,
        "source_id": 1,
        "source": "a",
        "kind": "feed",
        "native_id": str(number),
        "brand": "Meridian Air",
        "url": None,
        "author": None,
        "author_followers": None,
        "title": None,
        "text": f"Meridian hour {number}",
        "language": None,
        "published_at": NOON,
        "seen_at": NOON,
        "fingerprint": "",
        "repost_of": None,
        "matched_by": "Meridian",
        "certain": False,
    }
    return Mention(**ordinary | values)


def after(naming: Naming, count: int, about: float) -> Naming:
    for number in range(count):
        naming.heard(loose(number), verdict(about=about))
        naming.written()
    return naming


async def test_a_name_that_mostly_meant_something_else_makes_a_doubtful_text_unlikely():
    said = after(Naming(), 300, 0.1).heard(loose(999), verdict(about=0.6))
    assert said.about < 0.3


async def test_a_name_that_means_the_brand_alone_is_believed_and_teaches_nothing():
    naming = after(Naming(), 300, 0.1)
    sure = replace(loose(998), certain=True)
    assert naming.heard(sure, verdict(about=0.6)).about == 0.6
    assumed = loose(997, matched_by="assumed")
    assert naming.heard(assumed, verdict(about=0.6)).about == 0.6


async def test_a_name_that_means_the_brand_alone_is_evidence_that_the_classifier_does_not_weigh():
    sure = loose(1, certain=True)
    assert outright(sure, verdict(about=0.25)).about == pytest.approx(0.6, abs=0.01)
    assert outright(sure, unread()) == unread()
    assert outright(loose(1), verdict(about=0.25)).about == 0.25
    assert (
        outright(loose(1, certain=True, matched_by="assumed"), verdict(about=0.25)).about == 0.25
    )


async def test_a_text_that_could_not_be_read_teaches_nothing():
    naming = Naming()
    for number in range(500):
        assert naming.heard(loose(number), unread()) == unread()
        naming.written()
    assert naming.heard(loose(999), verdict(about=0.6)).about == pytest.approx(0.6)


async def test_one_brand_learns_nothing_from_another():
    naming = after(Naming(), 300, 0.1)
    said = naming.heard(loose(999, brand="Castell Bank"), verdict(about=0.6))
    assert said.about == pytest.approx(0.6)


async def test_a_batch_that_is_taken_again_is_learnt_once():
    once, again = Naming(), Naming()
    for number in range(200):
        first = once.heard(loose(number), verdict(about=0.1))
        assert again.heard(loose(number), verdict(about=0.1)) == first
        assert again.heard(loose(number), verdict(about=0.1)) == first
    once.written()
    again.written()
    assert once.heard(loose(999), verdict()) == again.heard(loose(999), verdict())


class Doubtful(FakeClassifier):
    """Of a text that says it might be, nobody knows."""

    def classify(self, readings):
        return tuple(verdict(about=0.55 if "maybe" in r.text else 0.05) for r in readings)


async def test_the_daemon_keeps_what_it_learnt_over_a_restart(store: SqliteStore):
    world = World(store=store, classifier=Doubtful())
    await world.start()
    await world.see(*[item(n, f"Meridian hour number {n} strikes") for n in range(150)])
    await world.see(item("a", "Meridian maybe this, says the first"))
    last = abouts(world)[-1]
    assert last < 0.3
    assert world.rows("SELECT count(*) FROM story_mentions WHERE story_id IS NOT NULL") == [(0,)]

    naming = Naming()
    naming.restore(world.store.name_shares())
    [(brand, share)] = world.store.name_shares().items()
    assert (brand, share.mentions) == ("Meridian Air", 151)
    assert share.about == pytest.approx(sum(abouts(world)))
    said = naming.heard(loose(1), verdict(about=0.55))
    assert said.about == pytest.approx(last, abs=0.02)


def abouts(world: World) -> list[float]:
    return [
        float(str(about))
        for (about,) in world.rows("SELECT about FROM verdicts ORDER BY mention_id")
    ]


async def test_a_tracker_knows_of_no_share_before_it_is_restored():
    tracker = Tracker(stories=Stories(), volume=Volume())
    assert tracker.naming.heard(loose(1), verdict(about=0.4)).about == pytest.approx(0.4)
