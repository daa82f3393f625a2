"""How training texts are disturbed."""

from __future__ import annotations

from random import Random

import pytest

from models.train.augment import Habits, altered
from models.train.noise import ORDERS, WAYS, disturbed, glued, mistyped, ordered, shouted
from models.train.rows import Row, calm
from monitor.core.types import Reading
from tests.disturbances import ORDER

TEXT = "The steward of Zorvex dragged my mother down the aisle"


def test_a_text_is_shouted_or_its_shouting_taken_back() -> None:
    assert shouted(TEXT, Random(1)) == TEXT.upper()
    assert shouted(TEXT.upper(), Random(1)) == TEXT.lower()


@pytest.mark.parametrize("seed", range(30))
def test_a_typo_spares_the_ends_and_the_short_words(seed: int) -> None:
    found = mistyped(TEXT, Random(seed)).split()
    changed = [pair for pair in zip(TEXT.split(), found, strict=True) if pair[0] != pair[1]]
    # Two equal neighbours may change places.
    assert len(changed) <= 2
    for was, now in changed:
        assert len(was) >= 5
        assert len(was) - len(now) in {0, 1}
        assert was[0] == now[0]
        assert sorted(was) == sorted(now) or len(now) == len(was) - 1


def test_typos_do_happen_and_a_text_of_short_words_has_none() -> None:
    assert len({mistyped(TEXT, Random(seed)) for seed in range(30)}) > 10
    assert mistyped("a few of us met", Random(1)) == "a few of us met"


@pytest.mark.parametrize("seed", range(20))
def test_words_are_glued_in_their_order(seed: int) -> None:
    found = glued(TEXT, Random(seed))
    assert found.count("#") == 1
    assert found.replace("#", "").replace(" ", "").casefold() == TEXT.replace(" ", "").casefold()
    assert len(TEXT.split()) - len(found.split()) in {1, 2}


def test_too_few_words_are_not_glued() -> None:
    assert glued("two words", Random(1)) == "two words"


def test_orders_come_before_or_behind_and_never_the_one_that_is_tested() -> None:
    found = {ordered(TEXT, Random(seed)) for seed in range(60)}
    assert any(each.startswith(TEXT) for each in found)
    assert any(each.endswith(TEXT) for each in found)
    assert ORDER not in ORDERS
    assert all(TEXT in each for each in found)


def test_every_way_is_taken() -> None:
    found = {disturbed(TEXT, Random(seed)) for seed in range(80)}
    assert TEXT.upper() in found
    assert any("#" in each for each in found)
    assert any(each.endswith(ORDERS) for each in found)
    assert len(WAYS) == 4


def test_a_disturbed_row_keeps_its_labels_and_others_their_text() -> None:
    reading = Reading(brand="Zorvex", description="airline", text=TEXT)
    row = Row(origin="own", group="g", reading=reading, targets={"about": 1.0, **calm()})
    always, never = Habits(masked=0.0, disturbed=1.0), Habits(masked=0.0, disturbed=0.0)
    assert all(altered(row, always, Random(n)).targets == row.targets for n in range(20))
    assert all(altered(row, always, Random(n)).reading.text != TEXT for n in range(20))
    assert all(altered(row, never, Random(n)).reading.text == TEXT for n in range(20))
