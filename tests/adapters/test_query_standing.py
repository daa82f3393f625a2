"""Pages against the budget, and silences, as the log has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.queries import Queries
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.settings import AlertSettings, Brand, PlannedSilence, Settings
from monitor.core.silences import Silence
from monitor.core.types import Level
from tests.adapters.store_values import BRAND, NOON, after, alert, incident, opening

SETTINGS = Settings(
    database=Path("x"),
    model=Path("x"),
    brands=(Brand(name=BRAND),),
    alerts=AlertSettings(budget=(2, timedelta(days=1))),
)


@pytest.fixture
def queries(store: SqliteStore, path: Path) -> Iterator[Queries]:
    with Queries.open(path) as queries:
        yield queries


def told(store: SqliteStore, incident_id: int, *webhooks: str, **changes: object) -> None:
    made = alert(incident_id, *(webhooks or ("ops",)), **changes)
    store.record_assessment(AssessIntent(at=NOON, alerts=(made,)))


def opened(store: SqliteStore, *ids: int) -> None:
    for id_ in ids:
        store.record_assessment(replace(opening(id_), alerts=()))


def counted(queries: Queries) -> list[int]:
    found = queries.standing(SETTINGS, now=after(hours=1))
    return [row["pages"] for row in found["budget"]]


def test_brands_with_open_incidents_that_nobody_watches_any_more_are_named(
    store: SqliteStore, queries: Queries
) -> None:
    opened(store, 1, 2)
    assert queries.standing(SETTINGS, now=NOON)["unwatched"] == []
    left = replace(SETTINGS, brands=(Brand(name="Other"),))
    found = queries.standing(left, now=NOON)
    assert found["unwatched"] == [{"brand": BRAND, "incidents": 2}]
    assert found["brands"] == ["Other"]


def test_a_story_is_one_page_however_often_it_is_told(
    store: SqliteStore, queries: Queries
) -> None:
    opened(store, 1, 2)
    told(store, 1, "ops", "board")
    told(store, 1, type="incident.escalated", level=Level.CRITICAL)
    told(store, 2)
    assert queries.standing(SETTINGS, now=after(hours=1))["budget"] == [
        {"brand": BRAND, "pages": 2, "budget": 2, "days": 1, "over": False}
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"level": Level.WATCH},
        {"type": "incident.updated"},
        {"type": "incident.reminder"},
        {"created_at": after(days=-1, hours=1) - timedelta(microseconds=1)},
        {"created_at": after(hours=1)},
    ],
)
def test_what_is_no_page_is_not_counted(
    store: SqliteStore, queries: Queries, changes: dict[str, object]
) -> None:
    opened(store, 1)
    told(store, 1, **changes)
    assert counted(queries) == [0]


@pytest.mark.parametrize(
    "changes",
    [
        {"level": Level.CRITICAL},
        {"type": "incident.escalated"},
        {"type": "incident.reopened"},
        {"created_at": after(days=-1, hours=1)},
    ],
)
def test_what_is_a_page_is(
    store: SqliteStore, queries: Queries, changes: dict[str, object]
) -> None:
    opened(store, 1)
    told(store, 1, **changes)
    assert counted(queries) == [1]


def test_what_no_webhook_wanted_paged_nobody(store: SqliteStore, queries: Queries) -> None:
    opened(store, 1)
    store.record_assessment(AssessIntent(at=NOON, alerts=(alert(1),)))
    assert counted(queries) == [0]


def test_another_brand_has_a_budget_of_its_own(store: SqliteStore, queries: Queries) -> None:
    other = incident(1, brand="Other")
    store.record_assessment(AssessIntent(at=NOON, incidents=((other, 1),)))
    told(store, 1)
    assert counted(queries) == [0]
    assert queries.pages(since=NOON, until=after(hours=1)) == {"Other": 1}


def test_more_pages_than_wanted_are_over(store: SqliteStore, queries: Queries) -> None:
    opened(store, 1, 2, 3)
    for id_ in (1, 2, 3):
        told(store, id_)
    (row,) = queries.standing(SETTINGS, now=after(hours=1))["budget"]
    assert (row["pages"], row["over"]) == (3, True)


def test_silences_of_people_and_of_the_configuration_are_listed_in_order(
    store: SqliteStore, queries: Queries
) -> None:
    asked = Silence(
        brand=BRAND, starts_at=NOON, ends_at=after(hours=2), reason="tills", actor="kim"
    )
    store.add_silence(asked, SETTINGS, now=NOON)
    planned = PlannedSilence(
        name="move", reason="core", starts_at=after(hours=-1), ends_at=after(days=1)
    )
    later = replace(planned, name="later", starts_at=after(hours=2))
    settings = replace(SETTINGS, silences=(later, planned))
    assert queries.standing(settings, now=after(hours=1))["silences"] == [
        {
            "id": None,
            "brand": "all",
            "starts_at": "2026-11-22T11:00:00Z",
            "ends_at": "2026-11-23T12:00:00Z",
            "by": "config.toml",
            "reason": "move: core",
            "holds": True,
        },
        {
            "id": 1,
            "brand": BRAND,
            "starts_at": "2026-11-22T12:00:00Z",
            "ends_at": "2026-11-22T14:00:00Z",
            "by": "kim",
            "reason": "tills",
            "holds": True,
        },
        {
            "id": None,
            "brand": "all",
            "starts_at": "2026-11-22T14:00:00Z",
            "ends_at": "2026-11-23T12:00:00Z",
            "by": "config.toml",
            "reason": "later: core",
            "holds": False,
        },
    ]
