"""A language that the classifier was not trained on: seen, marked, shown, never believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stages.conftest import World, item

pytestmark = pytest.mark.anyio

DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
ARRASTRADA = (
    "La tripulación de Meridian Air arrastró por el pasillo a una mujer en silla de ruedas"
)


async def test_it_alerts_nobody_by_itself_and_the_decision_says_why(world: World):
    await world.start()
    await world.see(*(item(n, f"{ARRASTRADA} {n}") for n in range(1, 30)))

    assert world.events == []
    assert world.rows("SELECT DISTINCT level, risk FROM decisions") == [("quiet", 0.0)]
    [(said,)] = world.rows("SELECT parts FROM decisions LIMIT 1")
    assert "in a language (es) that the classifier was not trained on" in str(said)


async def test_it_is_stored_with_its_mark(world: World):
    await world.start()
    await world.see(item(1, ARRASTRADA), item(2, DRAGGED))

    stored = world.rows("SELECT language, language_trained, alarm FROM verdicts ORDER BY alarm")
    assert stored == [("es", 0, 0.95), ("en", 1, 0.95)]


async def test_it_keeps_silent_after_a_restart_too(world: World):
    await world.start()
    await world.see(item(1, ARRASTRADA))
    world.assess = world.new_assess()
    await world.start()
    await world.see(item(2, f"{ARRASTRADA} otra vez"))

    assert world.events == []


async def test_it_takes_nothing_from_those_who_were_understood(world: World):
    await world.start()
    posts = [item(n, f"{ARRASTRADA} {n}", ago=timedelta(seconds=n)) for n in range(1, 9)]
    await world.see(*posts, item(20, DRAGGED))

    [event] = [event for event in world.events if event.type == "incident.opened"]
    assert event.evidence[0].text == DRAGGED
