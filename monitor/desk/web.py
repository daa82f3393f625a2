"""The local pages: inbox, health, metrics; and `/push`. Wires requests to what answers them.

Does not listen (see `server`), and shows nothing that the alerts do not say.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor.desk.bodies import body_of
from monitor.desk.cards import cards
from monitor.desk.guard import Guard
from monitor.desk.health import MAX_LAG_SECONDS, Pulse
from monitor.desk.inbox import MAX_BODY, Inbox
from monitor.desk.incidents import IncidentDesk
from monitor.desk.metrics import Metrics
from monitor.desk.overview import Overview
from monitor.desk.page import inbox_page, policy
from monitor.desk.push import PushDoor
from monitor.errors import MonitorError
from monitor.ports import Clock

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Views:
    """What the desk asks of the rest of the program. All may raise `MonitorError`."""

    #: How sources, incidents and outbox do.
    overview: Callable[[], Awaitable[Overview]]
    #: Bodies of the newest alerts of the database.
    recent: Callable[[], Awaitable[Sequence[str]]]
    #: Why the monitor is not ready, in plain words; empty when it is.
    not_ready: Callable[[], Awaitable[Sequence[str]]]


def desk(
    views: Views,
    *,
    inbox: Inbox,
    metrics: Metrics,
    clock: Clock,
    push: PushDoor | None = None,
    incidents: IncidentDesk | None = None,
    hosts: Callable[[], Collection[str]] = tuple,
    pulse: Pulse | None = None,
) -> Starlette:
    """Make the app. `hosts`: names under which it may be asked, besides those of this machine."""
    pages = _Pages(views, inbox, metrics, clock, pulse or Pulse())
    return Starlette(
        routes=[
            Route("/", _to_inbox),
            Route("/inbox", pages.show_inbox),
            Route("/inbox", pages.receive, methods=["POST"]),
            Route("/livez", pages.livez),
            Route("/readyz", pages.readyz),
            Route("/metrics", pages.show_metrics),
            *([Route("/push", push.receive, methods=["POST"])] if push else []),
            *(incidents.routes() if incidents else []),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
        lifespan=pages.lifespan,
    )


async def _to_inbox(_: Request) -> Response:
    return RedirectResponse("/inbox")


@dataclass(frozen=True, slots=True)
class _Pages:
    views: Views
    inbox: Inbox
    metrics: Metrics
    clock: Clock
    pulse: Pulse

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        beating = asyncio.create_task(self.pulse.run(), name="pulse of desk")
        try:
            yield
        finally:
            beating.cancel()

    async def show_inbox(self, _: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        overview, logged = await self._known()
        page = inbox_page(
            cards(self.inbox.messages(), logged), overview=overview, now=self.clock(), nonce=nonce
        )
        return Response(
            page,
            media_type="text/html",
            headers={"Content-Security-Policy": policy(nonce)},
        )

    async def _known(self) -> tuple[Overview | None, Sequence[str]]:
        """The page is there to be seen in bad times: without a database it shows what came in."""
        try:
            return await self.views.overview(), await self.views.recent()
        except MonitorError as e:
            log.warning("inbox without database", error=str(e))
            return None, ()

    async def receive(self, request: Request) -> Response:
        body = await body_of(request, most=MAX_BODY)
        if body is None:
            return PlainTextResponse(f"more than {MAX_BODY} bytes\n", status_code=413)
        receipt = self.inbox.receive(request.headers, body, now=self.clock())
        if receipt.reason:
            log.warning("inbox refused", status=receipt.status, reason=receipt.reason)
            return PlainTextResponse(f"{receipt.reason}\n", status_code=receipt.status)
        return Response(status_code=receipt.status)

    async def livez(self, _: Request) -> Response:
        lag = round(self.pulse.lag, 3)
        alive = lag <= MAX_LAG_SECONDS
        return JSONResponse({"alive": alive, "lag_seconds": lag}, 200 if alive else 503)

    async def readyz(self, _: Request) -> Response:
        try:
            reasons = list(await self.views.not_ready())
        except MonitorError as e:
            reasons = [str(e)]
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    async def show_metrics(self, _: Request) -> Response:
        try:
            overview = await self.views.overview()
        except MonitorError as e:
            return PlainTextResponse(f"{e}\n", status_code=503)
        return Response(self.metrics.text(overview), headers={"Content-Type": CONTENT_TYPE_LATEST})
