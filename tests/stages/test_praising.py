"""The digest of praise: once a week, for those who ask, and only if there is any."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.adapters.store import SqliteStore
from monitor.core.digest import Opinion
from monitor.core.settings import Settings
from monitor.stages.praising import Praising
from tests.stages.conftest import HOOK, NOON, SETTINGS

KIND = Opinion(
    brand="Meridian Air",
    at=NOON,
    source="a",
    author="@anna",
    url=None,
    text="The crew at Gate 7 were wonderful",
    praise=0.9,
    complaint=0.0,
)
DAY = timedelta(days=1)


@pytest.fixture
def store():
    with SqliteStore.in_memory() as made:
        made.opinions = lambda since, until: (KIND,)
        yield made


def made(store: SqliteStore) -> list[dict[str, object]]:
    rows = store._connection.execute("SELECT body FROM alerts ORDER BY id").fetchall()
    return [json.loads(row[0])["data"] for row in rows]


def praising(store: SqliteStore, settings: Settings = SETTINGS) -> Praising:
    return Praising(settings=settings, store=store)


def test_it_is_told_once_a_week(store):
    one = praising(store)
    for hour in range(24 * 15):
        one.step(NOON + timedelta(hours=hour))
    assert [data["until"] for data in made(store)] == [
        "2026-11-22T12:00:00Z",
        "2026-11-29T12:00:00Z",
        "2026-12-06T12:00:00Z",
    ]


def test_a_restart_does_not_tell_it_again(store):
    praising(store).step(NOON)
    praising(store).step(NOON + DAY)
    assert len(made(store)) == 1


def test_who_did_not_ask_is_told_nothing(store):
    praising(store, replace(SETTINGS, webhooks=(HOOK,))).step(NOON)
    assert made(store) == []


def test_without_praise_there_is_nothing_to_tell_until_there_is(store):
    looked = []

    def nothing(since, until):
        looked.append(until)
        return ()

    store.opinions = nothing
    one = praising(store)
    for minute in range(90):
        one.step(NOON + timedelta(minutes=minute))
    assert made(store) == []
    assert len(looked) == 4, "twice two weeks, an hour apart"
    store.opinions = lambda since, until: (KIND,)
    one.step(NOON + timedelta(hours=2))
    assert len(made(store)) == 1


def test_it_fits_into_a_message_however_much_is_said(store):
    long = [
        replace(KIND, brand=f"Brand {n % 20}", text="\u00e9" * 300, author="\u00e9" * 300)
        for n in range(200)
    ]
    store.opinions = lambda since, until: tuple(long)
    praising(store).step(NOON)
    [(body,)] = store._connection.execute("SELECT body FROM alerts").fetchall()
    assert len(body.encode()) <= 19_900
    assert made(store)[0]["brands"]
