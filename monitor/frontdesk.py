"""The desk as part of the daemon: inbox, metrics, push, and what it asks of the database.

Does not hold pages (see `desk`).
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from monitor.adapters.growth_file import load_growth
from monitor.adapters.keyfile import load_key
from monitor.adapters.queries import Queries
from monitor.adapters.store import SqliteStore
from monitor.app import clock
from monitor.core import spending
from monitor.core.answers import Answer
from monitor.core.dossier import Dossier
from monitor.core.recovery import Recovery
from monitor.core.reloading import RefusedReload
from monitor.core.repairs import Hand, Wish
from monitor.core.settings import Settings
from monitor.core.types import Incident
from monitor.desk.inbox import Inbox
from monitor.desk.incidents import IncidentDesk
from monitor.desk.metrics import Metrics
from monitor.desk.openings import openings
from monitor.desk.overview import Overview
from monitor.desk.push import PushDoor, Take
from monitor.desk.server import bind, serve
from monitor.desk.web import Views
from monitor.desk.web import desk as pages
from monitor.stages.answer import take
from monitor.stages.repair import Repair

#: Alerts of the log that the inbox shows.
RECENT = 100
_WRITES_NOTHING = "nothing was written to the database of late: is its disk full, or is it locked?"


class FrontDesk:
    """Serves the local pages; `settings` may be replaced while it does."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics(clock=clock)
        #: What is still missing before the monitor does its job, in plain words.
        self.missing = {"model": "the model is not loaded", "poll": "no poll round is done"}
        #: The reload since which `settings` are not those of the file.
        self.refused: RefusedReload | None = None
        self._inbox = Inbox(self._secrets)
        self._take: Take | None = None

    @contextmanager
    def taking(self, take: Take) -> Iterator[None]:
        """Hand what is pushed to `take` while inside; before and after, senders are to wait."""
        self._take = take
        try:
            yield
        finally:
            self._take = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve while inside. `AddressError` if the address is taken."""
        if self.settings.http is None:
            yield
            return
        host, port = self.settings.http
        with bind(host, port) as listener:
            async with self._served(listener):
                yield

    @asynccontextmanager
    async def _served(self, listener: socket.socket) -> AsyncIterator[None]:
        stop = asyncio.Event()
        app = pages(
            Views(overview=self._overview, recent=self._recent, not_ready=self._not_ready),
            inbox=self._inbox,
            metrics=self.metrics,
            push=PushDoor(token=self._push_token, take=lambda: self._take),
            incidents=self._incidents(),
            clock=clock,
            hosts=self._hosts,
        )
        serving = asyncio.create_task(serve(app, listener, stop=stop), name="desk")
        try:
            yield
        finally:
            stop.set()
            await serving

    def _hosts(self) -> Sequence[str]:
        """Under which names it may be asked; a reload may bring another public address."""
        host, _ = self.settings.http or ("", 0)
        return host, urlsplit(self.settings.public_url).hostname or ""

    def _secrets(self) -> Sequence[str]:
        """The secrets of those webhooks that point at this inbox."""
        return [
            secret.reveal()
            for hook in self.settings.webhooks
            if urlsplit(hook.url.reveal()).path == "/inbox"
            for secret in hook.secrets
        ]

    def _push_token(self) -> str | None:
        token = self.settings.push_token
        return token.reveal() if token else None

    def _incidents(self) -> IncidentDesk:
        return IncidentDesk(
            clock=clock,
            settings=lambda: self.settings.alerts,
            key=lambda: asyncio.to_thread(load_key, self.settings.database),
            dossier=lambda number: asyncio.to_thread(self._dossier, number),
            recovery=lambda number: asyncio.to_thread(self._recovery, number),
            take=lambda number, answer: asyncio.to_thread(self._answer, number, answer),
            repair=lambda number, wish, actor: asyncio.to_thread(
                self._repair, number, wish, actor
            ),
        )

    async def _overview(self) -> Overview:
        return await asyncio.to_thread(self._look)

    async def _recent(self) -> Sequence[str]:
        return await asyncio.to_thread(self._alerts)

    async def _not_ready(self) -> Sequence[str]:
        status = await asyncio.to_thread(self._status)
        # Seen from the database, it is not there: something keeps it from writing.
        writes = status["running"] or bool(self.missing)
        return list(self.missing.values()) + ([] if writes else [_WRITES_NOTHING])

    def _status(self) -> dict[str, Any]:
        now = clock()
        with Queries.open(self.settings.database) as queries:
            return queries.status(now) | queries.standing(self.settings, now=now)

    def _look(self) -> Overview:
        with Queries.open(self.settings.database) as queries:
            found = queries.open_ones()
        rows = openings(found, settings=self.settings.alerts, now=clock())
        return replace(
            overview_of(self._status()),
            open=rows,
            more=len(found) - len(rows),
            refused=self.refused,
        )

    def _dossier(self, number: int) -> Dossier:
        with Queries.open(self.settings.database) as queries:
            return queries.dossier(number)

    def _recovery(self, number: int) -> Recovery:
        with Queries.open(self.settings.database) as queries:
            return queries.recovery(number, now=clock())

    def _answer(self, number: int, answer: Answer) -> Incident:
        """A writer of its own: the store of the daemon belongs to another thread."""
        with SqliteStore.open(self.settings.database, create=False) as store:
            return take(store, self.settings, number, answer, now=clock())

    def _repair(self, number: int, wish: Wish, actor: str) -> None:
        """The daemon finds it in the database, as it does what is repaired on the command line."""
        growth = load_growth(self.settings.model)
        with SqliteStore.open(self.settings.database, create=False) as store:
            repair = Repair(store=store, settings=self.settings, growth=growth)
            repair.grant(number, wish, hand=Hand(actor=actor, at=clock()))

    def _alerts(self) -> list[str]:
        with Queries.open(self.settings.database) as queries:
            return [json.dumps(alert["body"]) for alert in queries.alerts(limit=RECENT)]


def overview_of(status: dict[str, Any]) -> Overview:
    """The answers of `Queries.status` and `.standing` as the desk shows them."""
    watched = [source for source in status["sources"] if source["state"] != "disabled"]
    oldest = status["outbox"]["oldest_pending_at"]
    return Overview(
        healthy=tuple(s["name"] for s in watched if s["state"] == "healthy"),
        failing=tuple(s["name"] for s in watched if s["state"] != "healthy"),
        brandless=not status["brands"],
        pending=status["outbox"]["pending"],
        dead=status["outbox"]["dead"],
        oldest_pending_at=datetime.fromisoformat(oldest) if oldest else None,
        incidents={k: n for k, n in status["incidents"].items() if k != "open"},
        pages=spending.read(status["budget"]),
        silences=tuple(
            (one["reason"], one["brand"], datetime.fromisoformat(one["ends_at"]))
            for one in status["silences"]
            if one["holds"]
        ),
    )
