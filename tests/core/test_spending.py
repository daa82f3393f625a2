"""Pages against the budget: what is counted, and what is said when there were too many."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.paper import Paper, Section
from monitor.core.settings import AlertSettings, Brand, Settings
from monitor.core.spending import Spent, advice, document, read, spent, told_in

SETTINGS = Settings(
    database=Path("x"),
    model=Path("x"),
    brands=(Brand(name="Zorvex"), Brand(name="Acme")),
    alerts=AlertSettings(budget=(3, timedelta(weeks=1))),
)


def of(pages: int) -> Spent:
    return Spent(brand="Acme", pages=pages, budget=3, days=7)


def test_each_brand_is_counted_in_the_order_of_the_configuration() -> None:
    found = spent({"Acme": 2, "Gone": 9}, SETTINGS)
    assert [(one.brand, one.pages, one.budget, one.days) for one in found] == [
        ("Zorvex", 0, 3, 7),
        ("Acme", 2, 3, 7),
    ]


@pytest.mark.parametrize(("pages", "is_over"), [(0, False), (3, False), (4, True)])
def test_as_many_as_wanted_are_not_too_many(pages: int, is_over: bool) -> None:
    assert of(pages).is_over is is_over
    assert bool(advice([of(pages)])) is is_over


def test_too_many_are_named_with_what_to_do() -> None:
    assert advice([of(4), Spent(brand="Zorvex", pages=1, budget=3, days=7)]) == (
        "More pages than the budget wants: Acme. monitor tune finds thresholds that keep to "
        "it; nothing is dropped for it."
    )


def test_they_are_part_of_the_digest() -> None:
    before = Paper(title="The week", sections=(Section(title="Praise"),), data={"brands": []})
    after = told_in(before, (of(4),))
    praise, made = after.sections
    assert (after.title, praise.title) == ("The week", "Praise")
    assert made.rows == (("Acme", "4", "3", "7"),)
    assert made.lines == (advice([of(4)]),)
    assert told_in(before, (of(3),)).sections[1].lines == ()
    assert after.data == {"brands": [], "budget": document([of(4)])}


def test_what_was_printed_can_be_read() -> None:
    printed = {"brand": "Acme", "pages": 4, "budget": 3, "days": 7, "over": True}
    assert document([of(4)]) == [printed]
    assert read([printed]) == (of(4),)
