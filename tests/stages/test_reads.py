"""Reports that alarm are read a second time: only what they say of the brand."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.core.brands import Matcher
from monitor.stages.naming import Naming
from monitor.stages.reads import Reads
from monitor.stages.running import inline
from tests.core.facts import mention
from tests.fakes import FakeClassifier
from tests.stages.conftest import BRAND

pytestmark = pytest.mark.anyio

ELSEWHERE = {
    "title": "Passenger of Norwind dragged from his seat",
    "text": "He bled. Meridian Air flies the route as well.",
}
OURS = {"title": "Passenger dragged off Meridian Air", "text": "He bled."}


async def read(classifier: FakeClassifier, **known: Any) -> float:
    """The alarm of one mention."""
    reads = Reads(
        classifier=classifier,
        model=inline,
        naming=Naming(),
        brands=[BRAND],
        matcher=Matcher([BRAND]),
    )
    one = mention(1, **{"brand": BRAND.name, "kind": "feed"} | known)
    [verdict] = await reads.verdicts([one], lambda _: None)
    return verdict.alarm


async def test_what_befell_a_competitor_is_not_held_against_the_brand() -> None:
    classifier = FakeClassifier()

    assert await read(classifier, **ELSEWHERE) < 0.1
    assert [each.text for each in classifier.asked] == [
        f"{ELSEWHERE['title']}\n{ELSEWHERE['text']}",
        "Meridian Air flies the route as well.",
    ]
    assert classifier.asked[1].brand == BRAND.name
    assert classifier.asked[1].description == BRAND.description


async def test_what_befell_its_own_passenger_is() -> None:
    assert await read(FakeClassifier(), **OURS) == pytest.approx(0.95)


async def test_a_headline_with_its_name_keeps_more_of_the_alarm() -> None:
    told = {"title": "Meridian Air in the news", "text": "A passenger was dragged out."}

    assert 0.3 < await read(FakeClassifier(), **told) < 0.5


@pytest.mark.parametrize(
    "known",
    [
        {"title": None, "text": "dragged him off! that was Meridian Air for you. never again"},
        {**ELSEWHERE, "kind": "forum"},
        {"title": "Queue at the desk", "text": "Long. Meridian Air says sorry."},
        {"title": "Passenger dragged", "text": "No brand is named."},
    ],
    ids=["a post", "a forum", "nothing that alarms", "no sentence names it"],
)
async def test_all_else_is_read_once(known: dict[str, Any]) -> None:
    classifier = FakeClassifier()
    await read(classifier, **known)

    assert len(classifier.asked) == 1
