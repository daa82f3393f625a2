"""Try things out for a person: a source is asked once, a webhook is greeted. Nothing is stored.

Does not wire the loops (see `app`); needs no database and no model.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

from monitor.adapters.events import EventStream
from monitor.app import asking, client_for, clock, poster_for, stream_for
from monitor.core.event import operational_body
from monitor.core.outbox import PostResult, Unreachable
from monitor.core.settings import Settings, SourceSettings, WebhookSettings
from monitor.errors import NotFoundError
from monitor.receivers import FORMATS, complaint
from monitor.sources.registry import KINDS, STREAMS
from monitor.stages.stream import try_live, try_out
from monitor.stages.trying import Tried, try_page

GREETING = "A test of the connection; there is nothing to do."
OWN_INBOX = "it is the monitor's own inbox, which answers while `monitor run` runs"


async def greet(settings: Settings, name: str) -> PostResult:
    """Send a signed `webhook.test` to one webhook, now. `NotFoundError` if there is none."""
    webhook = settings.webhook(name)
    if webhook is None:
        raise NotFoundError(f"there is no webhook {name!r}")
    at = clock()
    body = operational_body("webhook.test", at, {"webhook": name, "message": GREETING})
    message = FORMATS[webhook.format].build(webhook, f"msg_{uuid4().hex}", body.encode(), at=at)
    async with client_for(settings) as client:
        return await poster_for(settings, client).post(message)


async def probe(settings: Settings) -> list[tuple[str, str | None]]:
    """Fetch every source once and greet every webhook: (what, complaint or None)."""
    tried = [(source, await try_source(settings, source)) for source in settings.sources]
    sources = [(f"source {source.name}", one.complaint or None) for source, one in tried]
    hooks = [(f"webhook {w.name}", await _greeting(settings, w)) for w in settings.webhooks]
    return [*sources, *hooks]


async def try_source(settings: Settings, source: SourceSettings) -> Tried:
    """Ask one source once, whether it is due or not. Nothing is stored."""
    kind = KINDS[source.kind]
    if source.kind in STREAMS:
        complaint_ = await try_out(source, stream_for(settings), now=clock())
        return Tried(complaint=complaint_ or "")
    if not kind.polled:
        return Tried()
    async with client_for(settings) as client, asking(client) as asks:
        tried = await try_page(source, kind, fetcher=asks.fetcher, reader=asks.reader, clock=clock)
        if source.stream and not tried.complaint:
            wrong = await try_live(source, EventStream(client))
            return replace(tried, complaint=f"no stream: {wrong}" if wrong else "")
        return tried


async def _greeting(settings: Settings, webhook: WebhookSettings) -> str | None:
    answer = await greet(settings, webhook.name)
    wrong = complaint(webhook, answer, now=clock())
    if isinstance(answer, Unreachable) and _is_own_inbox(webhook, settings):
        return f"{wrong}: {OWN_INBOX}"
    return wrong


def _is_own_inbox(webhook: WebhookSettings, settings: Settings) -> bool:
    url = urlsplit(webhook.url.reveal())
    return (url.hostname, url.port) == settings.http and url.path == "/inbox"
