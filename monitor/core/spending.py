"""How many pages went out against the alert budget: what was wanted, and what it became.

A page is a story that people were told at warning or above, however often. Says so, and drops
nothing: an alert that the budget swallowed would be the one that mattered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from monitor.core.paper import Paper, Section
from monitor.core.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """The pages of one brand in the last days that its budget is meant for."""

    brand: str
    pages: int
    budget: int
    days: int

    @property
    def is_over(self) -> bool:
        return self.pages > self.budget


def spent(pages: Mapping[str, int], settings: Settings) -> tuple[Spent, ...]:
    """Of each brand of the configuration, in its order; `pages` by brand, none for no key."""
    budget, span = settings.alerts.budget
    days = span // timedelta(days=1)
    return tuple(
        Spent(brand=brand.name, pages=pages.get(brand.name, 0), budget=budget, days=days)
        for brand in settings.brands
    )


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Spent, ...]:
    """The same from `budget` of `monitor status --json`."""
    names = ("brand", "pages", "budget", "days")
    return tuple(Spent(**{name: row[name] for name in names}) for row in rows)


def document(found: Iterable[Spent]) -> list[dict[str, object]]:
    """As JSON; `read` reads it again."""
    return [asdict(one) | {"over": one.is_over} for one in found]


def advice(found: Iterable[Spent]) -> str:
    """What to do where there were more than wanted; empty if there were not."""
    over = [one.brand for one in found if one.is_over]
    if not over:
        return ""
    return (
        f"More pages than the budget wants: {', '.join(over)}. monitor tune finds thresholds "
        "that keep to it; nothing is dropped for it."
    )


def told_in(paper: Paper, found: tuple[Spent, ...]) -> Paper:
    """The weekly digest with a section on it, and `budget` in its data."""
    return replace(
        paper,
        sections=(*paper.sections, _section(found)),
        data={**paper.data, "budget": document(found)},
    )


def _section(found: tuple[Spent, ...]) -> Section:
    told = advice(found)
    return Section(
        title="Pages against the budget",
        lines=(told,) if told else (),
        columns=("brand", "pages", "budget", "in days"),
        rows=tuple((s.brand, str(s.pages), str(s.budget), str(s.days)) for s in found),
    )
