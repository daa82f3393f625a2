"""People are told which words moved the alarm, and nothing is read again for anybody else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from monitor.core.explain import BUDGET, Word
from monitor.core.outbox import IncidentEvent
from monitor.core.types import Reading, Verdict
from monitor.stages.explaining import explain
from tests.fakes import FakeClassifier, verdict
from tests.stages.conftest import World, item

pytestmark = pytest.mark.anyio

DRAGGED = "Crew of Meridian Air dragged a wheelchair user down the aisle, she was screaming"
MOVED = "Moved most by \u201cdragged\u201d."


class Adding:
    """Reads with what each word adds to the odds of alarm; remembers how much it read at once."""

    name = "adding"

    def __init__(self, **odds: float) -> None:
        self.odds = odds
        self.calls: list[int] = []

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        self.calls.append(len(readings))
        return tuple(self._read(reading.text.split()) for reading in readings)

    def _read(self, said: Sequence[str]) -> Verdict:
        odds = 0.01
        for word in said:
            odds *= self.odds.get(word, 1.0)
        return verdict(alarm=odds / (1 + odds))


def reading(text: str) -> Reading:
    return Reading(brand="Meridian Air", description="", text=text)


class TestExplaining:
    def test_words_are_told_by_what_they_did(self) -> None:
        model = Adding(burned=7.389056, calm=0.5, rude=1.5)
        [found] = explain(model, [reading("crew burned a calm guest rude")])
        assert [word.text for word in found[:4]] == ["burned", "calm", "rude", "crew"]
        assert [word.change for word in found[:3]] == pytest.approx(
            [2.0, -0.6931, 0.4055], abs=1e-4
        )

    def test_a_word_in_a_long_text_is_found_within_the_budget(self) -> None:
        model = Adding(burned=9.0)
        [found] = explain(model, [reading("one two " * 150 + "burned " + "three four " * 150)])
        assert found[0].text == "burned"
        assert sum(model.calls) <= BUDGET + 1

    def test_several_texts_are_read_together(self) -> None:
        model = Adding(burned=9.0, late=3.0)
        texts = [reading("it burned"), reading(""), reading("so late " + "and on " * 40)]
        first, second, third = explain(model, texts)
        assert (first[0].text, second, third[0].text) == ("burned", (), "late")
        assert model.calls[0] == 3
        assert model.calls[1] == 2 + 0 + 12

    def test_the_names_of_the_brand_are_no_cause(self) -> None:
        model = Adding(MA=9.0, Meridian=9.0, late=3.0)
        [found] = explain(model, [reading("MA Meridian late")], {"Meridian Air": ("MA",)})
        assert [word.text for word in found] == ["late"]

    def test_nothing_is_read_for_nothing(self) -> None:
        assert explain(Adding(), []) == ()

    def test_the_same_text_gives_the_same_words(self) -> None:
        model, text = Adding(burned=9.0, late=0.2), reading("late and burned " * 20)
        assert explain(model, [text]) == explain(model, [text, reading("other")])[:1]


def alarm_of(event: IncidentEvent) -> str:
    return next(part.sentence for part in event.parts if part.name == "alarm")


def sentences(world: World) -> list[str]:
    """Of the alarm, in all decisions about incidents."""
    rows = world.rows("SELECT parts FROM decisions WHERE incident_id IS NOT NULL ORDER BY id")
    return [json.loads(str(parts))[0]["sentence"] for (parts,) in rows]


async def test_an_alert_names_the_words_and_so_does_its_decision(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))

    [event] = world.events
    assert alarm_of(event).endswith(MOVED)
    assert sum(part.value for part in event.parts) == pytest.approx(event.incident.risk)
    assert [sentence[-len(MOVED) :] for sentence in sentences(world)] == [MOVED]
    [(body,)] = world.rows("SELECT body FROM alerts")
    assert MOVED in json.loads(str(body))["data"]["why"][0]["sentence"]


async def test_who_stays_silent_is_read_once(world: World):
    await world.start()
    await world.see(item(1, "Two hours in the queue at Meridian Air again"))

    assert len(world.classifier.asked) == 1


async def test_what_adds_nothing_new_is_not_explained_again_but_keeps_its_words(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    read = len(world.classifier.asked)
    world.clock.forward(timedelta(minutes=1))
    await world.see(item(2, f"{DRAGGED} as they laughed"))

    assert world.told == ["incident.opened"]
    assert len(world.classifier.asked) == read + 1
    assert [sentence[-len(MOVED) :] for sentence in sentences(world)] == [MOVED, MOVED]


async def test_of_many_grave_posts_at_once_the_leading_few_are_explained(world: World):
    await world.start()
    await world.see(*(item(n, f"{DRAGGED} {n}", ago=timedelta(seconds=n)) for n in range(60)))

    assert len(world.classifier.asked) <= 60 + 2 * 3 * (BUDGET + 1)


async def test_after_a_restart_an_incident_keeps_its_words(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    world.assess = world.new_assess()
    await world.start()
    world.clock.forward(timedelta(minutes=1))
    await world.see(item(2, f"{DRAGGED} again and again"))

    assert [sentence[-len(MOVED) :] for sentence in sentences(world)] == [MOVED, MOVED]


async def test_a_reminder_names_them_too(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    await world.respond.step(world.clock.forward(timedelta(minutes=16)))

    assert world.told[-1] == "incident.reminder"
    assert alarm_of(world.events[-1]).endswith(MOVED)


async def test_an_edited_post_is_explained_anew(world: World):
    await world.start()
    await world.see(item(1, DRAGGED))
    story = next(iter(world.assess._tracker._tracked.values()))
    story.words[1] = (Word("stale", 9.0),)
    await world.see(item(1, f"{DRAGGED} UPDATE she is safe"))

    assert sentences(world)[-1].endswith(MOVED)


class Stubborn(FakeClassifier):
    """Breaks on everything but whole texts."""

    def classify(self, readings: Sequence[Reading]) -> tuple[Verdict, ...]:
        if any("dragged" not in reading.text for reading in readings):
            raise RuntimeError("no")
        return super().classify(readings)


async def test_an_alert_goes_out_even_if_its_words_cannot_be_told(world: World):
    world.read_by(Stubborn())
    await world.start()
    await world.see(item(1, DRAGGED))

    [event] = world.events
    assert "Moved" not in alarm_of(event)


async def test_words_from_outside_are_only_words(world: World):
    hostile = (
        "<!channel> @here *Meridian Air* \u202e[dragged](https://x.example) \u201c]\x1b[31m`her`"
    )
    await world.start()
    await world.see(item(1, hostile))

    [event] = world.events
    assert alarm_of(event).endswith(MOVED)
