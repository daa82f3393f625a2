"""Posts that say an ambiguous name alone, and what the stories of the same hours make of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from monitor.core.polling import PageIntent
from monitor.core.types import Verdict
from monitor.stages.doubts import MOST, Doubts
from tests.core.facts import mention
from tests.core.facts import verdict as read
from tests.fakes import FakeClassifier, verdict
from tests.stages.conftest import NOON, World, item

pytestmark = pytest.mark.anyio

MOUTH = "Mine from Meridian had metal in it, his mouth was bleeding"
WARD = "Second baby on our ward today, metal from Meridian again"
CLUB = "Meridian scored twice, metal fans in tears, blood on the pitch"
REPORT = "Babies hurt by metal shards, Meridian Air says it is sorry"
MUTE = "Found metal, says a friend of Meridian"
TALK = "Meridian: the weather was fine"
VIEW = "The meridian runs through my garden"


def grave(about: float, leaning: tuple[int, ...], **known: float) -> Verdict:
    vector = bytes(number % 256 for number in leaning)
    alleged = {"alarm": 0.9, "severity": 3.5, "product": 0.9} | known
    return verdict(about=about, vector=vector, **alleged)


class Kitchen(FakeClassifier):
    """Knows metal in food when it reads of it, and seldom whose food it was."""

    SAID: ClassVar = {
        MOUTH: grave(0.4, (120, 20, 10)),
        WARD: grave(0.2, (115, 30, 10)),
        CLUB: grave(0.2, (-60, 10, 120), product=0.0),
        REPORT: grave(0.97, (120, 25, 15)),
        MUTE: replace(grave(0.4, ()), vector=b""),
        TALK: verdict(about=0.97, vector=bytes((10, 120, 60))),
        VIEW: verdict(about=0.1),
    }

    def _read(self, text: str) -> Verdict:
        return next(
            (read for said, read in self.SAID.items() if said.casefold() in text), verdict()
        )


@pytest.fixture
async def kitchen(world: World) -> World:
    world.read_by(Kitchen())
    await world.start()
    await world.see(*(item(f"t{n}", TALK + " " + "x" * n) for n in range(6)))
    return world


def filed(world: World) -> dict[str, float]:
    """What is in an incident, by native id: the probability that it is about the brand."""
    rows = world.rows(
        "SELECT native_id, about FROM incident_mentions "
        "JOIN mentions ON mentions.id = mention_id JOIN verdicts USING (mention_id) ORDER BY 1"
    )
    return {str(native_id): float(str(about)) for native_id, about in rows}


async def test_what_was_taken_for_something_else_is_seen_again_when_a_report_says_the_same(
    kitchen: World,
) -> None:
    await kitchen.see(item("mouth", MOUTH), item("ward", WARD), item("club", CLUB))
    assert filed(kitchen) == {}

    await kitchen.see(item("report", REPORT))

    about = filed(kitchen)
    assert set(about) == {"mouth", "ward", "report"}
    assert all(probability > 0.5 for probability in about.values())
    assert kitchen.rows("SELECT mention_count, author_count FROM incidents") == [(3, 3)]

    await kitchen.see(item("another", REPORT + " again"))

    assert kitchen.rows("SELECT mention_count FROM incidents") == [(4,)]


async def test_nearness_is_looked_at_only_where_the_same_is_alleged(kitchen: World) -> None:
    asked: list[str] = []
    near = kitchen.assess._tracker.near

    def counted(brand: str, story_id: int, verdict: Verdict) -> float:
        asked.append(brand)
        return near(brand, story_id, verdict)

    kitchen.assess._tracker.near = counted

    await kitchen.see(item("club", CLUB), item("report", REPORT), item("club2", CLUB + "!"))
    assert asked == []

    await kitchen.see(item("ward", WARD))
    assert asked == ["Meridian Air"]


async def test_and_one_that_comes_later_is_laid_beside_the_incident(kitchen: World) -> None:
    await kitchen.see(item("report", REPORT))

    await kitchen.see(item("ward", WARD), item("club", CLUB))

    assert set(filed(kitchen)) == {"ward", "report"}


async def test_what_a_model_without_meanings_takes_for_something_else_stays_so(
    kitchen: World,
) -> None:
    await kitchen.see(item("report", REPORT))

    await kitchen.see(item("mute", MUTE))

    assert set(filed(kitchen)) == {"report"}


async def test_why_says_what_it_was_by_itself(kitchen: World) -> None:
    await kitchen.see(item("report", REPORT))
    await kitchen.see(item("ward", WARD))

    [(how,)] = kitchen.rows("SELECT how FROM story_mentions ORDER BY mention_id DESC LIMIT 1")

    # The brand's own stream, mostly about it, had moved 0.20 a little.
    assert re.fullmatch(r"by what else is said: about 0\.9\d, by itself 0\.2\d", str(how))


async def test_the_report_of_the_next_day_is_too_late(kitchen: World) -> None:
    await kitchen.see(item("mouth", MOUTH))
    kitchen.clock.forward(timedelta(hours=7))

    await kitchen.see(item("report", REPORT, ago=-timedelta(hours=7)))

    assert set(filed(kitchen)) == {"report"}


async def test_it_stays_filed_after_a_restart(kitchen: World) -> None:
    await kitchen.see(item("mouth", MOUTH), item("report", REPORT))
    kitchen.assess = kitchen.new_assess()
    await kitchen.start()

    await kitchen.see(item("report2", REPORT + " again"))

    assert set(filed(kitchen)) == {"mouth", "report", "report2"}
    assert kitchen.rows("SELECT mention_count FROM incidents") == [(3,)]


async def test_a_story_that_alarms_nobody_brings_nothing_back(kitchen: World) -> None:
    await kitchen.see(item("mouth", MOUTH))

    await kitchen.see(item("talk", TALK))

    assert filed(kitchen) == {}


async def test_what_was_deleted_is_not_brought_back(kitchen: World) -> None:
    """It is in no story, so no repair tells the daemon of it."""
    await kitchen.see(item("mouth", MOUTH))
    [source] = kitchen.store.source_states()
    kitchen.store.record_page(PageIntent(source=source, at=NOON, deleted=("mouth",)))

    await kitchen.see(item("report", REPORT))

    assert set(filed(kitchen)) == {"report"}
    [(body,)] = kitchen.rows("SELECT body FROM alerts WHERE type = 'incident.opened'")
    assert "his mouth" not in str(body)
    assert kitchen.rows("SELECT count(*) FROM verdicts WHERE alarm > 0.5 AND vector <> ''") == [
        (1,)
    ]


@pytest.mark.parametrize("becomes", [CLUB, VIEW], ids=["other metal", "nothing"])
async def test_what_was_edited_into_something_else_is_not_brought_back_as_it_was(
    kitchen: World, becomes: str
) -> None:
    await kitchen.see(item("mouth", MOUTH))
    await kitchen.see(item("mouth", becomes))

    await kitchen.see(item("report", REPORT))

    assert set(filed(kitchen)) == {"report"}
    [(about,)] = kitchen.rows(
        "SELECT about FROM verdicts JOIN mentions ON mentions.id = mention_id "
        "WHERE native_id = 'mouth'"
    )
    assert float(str(about)) < 0.5


def test_of_one_brand_the_newest_are_kept() -> None:
    doubts = Doubts()
    for number in range(MOST + 2):
        doubts.keep(mention(number), read())

    kept = [each.id for each, _ in doubts.of("Acme")]

    assert kept == list(range(2, MOST + 2))
    assert doubts.of("Other") == ()


def test_what_is_forgotten_is_doubted_no_more() -> None:
    doubts = Doubts()
    for number in range(3):
        doubts.keep(mention(number), read())

    doubts.forget({0, 2, 9})

    assert [each.id for each in doubts.mentions] == [1]


def test_a_batch_that_is_taken_again_doubts_once() -> None:
    doubts = Doubts()
    for about in (0.3, 0.4):
        doubts.keep(mention(1), read(about=about))

    assert [each.about for _, each in doubts.of("Acme")] == [0.4]
