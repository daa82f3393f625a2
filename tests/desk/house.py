"""A desk with real incidents behind it: a database on disk, links as alerts carry them.

Tests nothing; the tests and the measured attacks share it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient

from monitor.adapters.keyfile import load_key
from monitor.adapters.queries import Queries
from monitor.adapters.store import SqliteStore
from monitor.core.answers import Answer
from monitor.core.dossier import Dossier
from monitor.core.filing import NewAction
from monitor.core.growth import GrowthModel
from monitor.core.polling import OwnedPost
from monitor.core.recovery import Recovery
from monitor.core.repairs import Hand, Wish
from monitor.core.settings import Secret, Settings, WebhookSettings
from monitor.core.types import Incident, Level
from monitor.desk.inbox import Inbox
from monitor.desk.incidents import IncidentDesk
from monitor.desk.metrics import Metrics
from monitor.desk.overview import Overview
from monitor.desk.web import Views, desk
from monitor.stages import announce
from monitor.stages.answer import take
from monitor.stages.repair import Repair
from tests.adapters.store_values import after, decision, filed, mention, opening, poll, source
from tests.adapters.store_values import verdict as read

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HERE = "http://127.0.0.1:8300"
FORM = {"content-type": "application/x-www-form-urlencoded"}
HOOK = WebhookSettings(
    name="leadership", url=Secret("https://hooks.example/x"), min_level=Level.WATCH
)


@dataclass
class House:
    """Two incidents, a clock that is set by hand, and a browser in front of the desk."""

    database: Path
    now: datetime = NOON
    client: Any = None

    @property
    def settings(self) -> Settings:
        return Settings(database=self.database, model=Path("none"), webhooks=(HOOK,))

    def link(self, number: int = 1) -> str:
        """The path of the link in an alert of this incident."""
        with SqliteStore.open(self.database) as store:
            found = store.incident(number)
            assert found is not None
            links = announce.links(found, self.settings, key=store.link_key, now=self.now)
        return links["acknowledge"].removeprefix(HERE)

    def get(self, path: str, **headers: str) -> httpx.Response:
        answer: httpx.Response = self.client.get(path, headers=headers)
        return answer

    def post(self, path: str, headers: Any = None, **form: str) -> Any:
        """As a browser posts a form: with its type, whatever is in it."""
        return self.client.post(path, data=form, headers=FORM | (headers or {}))

    def form(self, number: int = 1) -> str:
        """The hidden token of the forms of the page."""
        page = self.get(f"/incidents/{number}").text
        (token,) = set(re.findall(r'name="token" value="([^"]+)"', page))
        return str(token)

    def incident(self, number: int = 1) -> Incident:
        with SqliteStore.open(self.database) as store:
            found = store.incident(number)
        assert found is not None
        return found

    def change(self, number: int = 1, **values: Any) -> None:
        """Let the world move on."""
        moved = replace(self.incident(number), **values)
        with SqliteStore.open(self.database) as store:
            done = NewAction(incident_id=number, at=self.now, actor="monitor", verb="test")
            store.record_action(moved, done, ())

    def actions(self) -> list[tuple[int, str, str]]:
        """What was done by anybody but the world: (incident, verb, actor)."""
        with SqliteStore.open(self.database) as store:
            rows = store._connection.execute(
                "SELECT incident_id, verb, actor FROM actions WHERE verb <> 'test' ORDER BY id"
            ).fetchall()
        return [tuple(row) for row in rows]

    def alerts(self) -> list[dict[str, Any]]:
        with SqliteStore.open(self.database) as store:
            rows = store._connection.execute("SELECT body FROM alerts ORDER BY id").fetchall()
        return [json.loads(row[0]) for row in rows]

    async def dossier(self, number: int) -> Dossier:
        with Queries.open(self.database) as queries:
            return queries.dossier(number)

    async def recovery(self, number: int) -> Recovery:
        with Queries.open(self.database) as queries:
            return queries.recovery(number, now=self.now)

    async def take(self, number: int, answer: Answer) -> Incident:
        with SqliteStore.open(self.database) as store:
            return take(store, self.settings, number, answer, now=self.now)

    async def repair(self, number: int, wish: Wish, actor: str) -> None:
        with SqliteStore.open(self.database) as store:
            repair = Repair(store=store, settings=self.settings, growth=GrowthModel.default())
            repair.grant(number, wish, hand=Hand(actor=actor, at=self.now))

    async def key(self) -> bytes:
        return load_key(self.database)


@contextmanager
def house_at(folder: Path, *, text: str = "They dragged him\ndown the aisle") -> Iterator[House]:
    """Open it; `text` is what the worst mention says."""
    house = House(folder / "monitor.db")
    _furnish(house.database, text)
    incidents = IncidentDesk(
        clock=lambda: house.now,
        settings=lambda: house.settings.alerts,
        key=house.key,
        dossier=house.dossier,
        recovery=house.recovery,
        take=house.take,
        repair=house.repair,
    )
    views = Views(overview=_overview, recent=_nothing, not_ready=_nothing)
    app = desk(
        views,
        inbox=Inbox(list),
        metrics=Metrics(clock=lambda: house.now),
        clock=lambda: house.now,
        incidents=incidents,
    )
    with TestClient(app, base_url=HERE, follow_redirects=False) as house.client:
        yield house


def _furnish(database: Path, text: str) -> None:
    with SqliteStore.open(database) as store:
        store.sync_sources([source()], now=NOON)
        (state,) = store.source_states()
        worst = mention("1", text=text, engagement={"likes": 4210.0})
        store.record_poll(poll(state, worst, mention("2"), owned=(_post(),)))
        for number in (1, 2):
            raised = after(minutes=-number)
            opened = opening(number, "leadership", raised_at=raised, opened_at=raised)
            store.record_assessment(
                replace(
                    opened,
                    verdicts=((number, read()),),
                    filed=(filed(number, number),),
                    members=((number, number),),
                    decisions=(decision(number, story_id=number),),
                )
            )


def _post() -> OwnedPost:
    return OwnedPost(
        native_id="s1", brand="Aurora Rail", url=None, title=None, text="We run again.", at=NOON
    )


async def _overview() -> Overview:
    return Overview()


async def _nothing() -> list[str]:
    return []
