"""An alert says which well-known case it resembles, and is sent even if that cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.types import Reading, Verdict
from monitor.stages import likening
from monitor.stages.likening import Likening
from tests.core.cases import ACCOUNTS, FLIGHT, MONEY, VIOLENCE
from tests.fakes import FakeClassifier
from tests.stages.conftest import World, item

pytestmark = pytest.mark.anyio
DRAGGED = "Orlan crew of Meridian Air dragged a screaming passenger down the aisle, see the video"


class Understanding(FakeClassifier):
    """Takes money and violence for what they mean."""

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        found = zip(readings, super().classify(readings), strict=True)
        return tuple(replace(one, vector=self._means(reading.text)) for reading, one in found)

    def _means(self, text: str) -> bytes:
        grave = "dragged" in text or "hauled" in text
        return VIOLENCE.packed if grave else MONEY.packed


@pytest.fixture
def reader() -> Understanding:
    return Understanding()


@pytest.fixture
def liking(world: World, reader: Understanding) -> World:
    world.assess._likening = Likening((ACCOUNTS, FLIGHT), reader)
    return world


async def test_an_alert_says_which_case_it_resembles(liking: World):
    await liking.start()
    await liking.see(item(1, DRAGGED))
    (event,) = liking.events

    assert [one.case for one in event.incident.resembles] == ["flight-1"]
    assert {"meaning", "words", "harms", "filmed"} <= {
        part.name for part in event.incident.resembles[0].why
    }


async def test_it_is_stored_with_the_incident_and_told_again_after_a_restart(liking: World):
    await liking.start()
    await liking.see(item(1, DRAGGED))
    stored = liking.store.incident(1)

    assert stored is not None
    assert stored.resembles == liking.events[0].incident.resembles
    await liking.respond.step(liking.clock.forward(timedelta(minutes=20)))
    assert liking.events[-1].type == "incident.reminder"
    assert liking.events[-1].incident.resembles == stored.resembles


async def test_a_story_that_stays_silent_is_not_compared(liking: World, reader: Understanding):
    await liking.start()
    await liking.see(item(1, "The queue at Meridian Air again"))

    assert (liking.events, reader.asked) == ([], [])


async def test_what_is_not_alike_resembles_nothing(world: World, reader: Understanding):
    world.assess._likening = Likening((ACCOUNTS,), reader)
    await world.start()
    await world.see(item(1, DRAGGED))

    assert world.events[0].incident.resembles == ()


async def test_an_alert_goes_out_though_the_cases_cannot_be_compared(liking: World, monkeypatch):
    def broken(self: Likening, asked: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Likening, "__call__", broken)
    await liking.start()
    await liking.see(item(1, DRAGGED))

    assert [event.incident.resembles for event in liking.events] == [()]


def ask(likening: Likening, *texts: str):
    readings = [Reading(brand="Aldane", description="ferries", text=text) for text in texts]
    return likening([readings])


def test_the_sentences_of_the_cases_are_read_once_as_of_a_nameless_brand(reader: Understanding):
    compare = Likening((ACCOUNTS, FLIGHT), reader)
    assert reader.asked == []
    first = ask(compare, DRAGGED)
    of_cases = [reading for reading in reader.asked if reading.brand == "the company"]

    assert [reading.text for reading in of_cases] == [*ACCOUNTS.told, *FLIGHT.told]
    assert [reading.description for reading in of_cases] == ["bank", "bank", "airline", "airline"]
    asked = len(reader.asked)
    assert ask(compare, DRAGGED) == first
    assert len(reader.asked) == asked


def test_of_a_story_that_has_grown_only_what_is_new_is_read(reader: Understanding):
    compare = Likening((FLIGHT,), reader)
    ask(compare, DRAGGED)
    reader.asked.clear()
    ask(compare, DRAGGED, "and another", "and another")

    assert [reading.text for reading in reader.asked] == ["and another"]


def test_what_was_read_is_not_remembered_without_end(reader: Understanding, monkeypatch):
    monkeypatch.setattr(likening, "_REMEMBERED", 1)
    compare = Likening((FLIGHT,), reader)
    ask(compare, DRAGGED, "two")
    reader.asked.clear()
    ask(compare, DRAGGED)

    assert [reading.text for reading in reader.asked] == [DRAGGED]


@pytest.mark.parametrize("cases", [(), (FLIGHT,)])
def test_without_cases_or_texts_nothing_is_read(reader: Understanding, cases):
    assert Likening(cases, reader)([[]]) == ((),)
    assert Likening((), reader)([[Reading(brand="A", description="", text="t")]]) == ((),)
    assert reader.asked == []
