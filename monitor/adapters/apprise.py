"""Hands a title and a text to Apprise, in a thread: e-mail, ntfy, Telegram and many more.

Needs the extra `apprise`. Does not sign. The library opens its own connections, so the check of
`transport` does not stand around it: the host of the address is checked before, once, and
redirects are not followed. A name that points elsewhere a moment later gets past that; the
address comes from config.toml alone, and never from a text that was found.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from monitor.core.addresses import forbidden
from monitor.core.outbox import Answered, PostResult, SignedMessage, Unreachable
from monitor.core.plaintext import clip

#: As for other webhooks; the library's own limits, 4 s for each step, end the thread.
TIMEOUT_SECONDS = 15.0
_EXCERPT_CHARS = 200
_MISSING = "the extra is not installed: pip install 'brand-monitor[apprise]'"

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class ApprisePoster:
    """Implements `ports.Poster` for messages of the format "apprise"."""

    def __init__(
        self, *, allow: Sequence[str], resolve: Resolve, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        """`allow` is `allow_private_hosts`; `resolve` gives the addresses of a name."""
        self._allow = tuple(allow)
        self._resolve = resolve
        self._timeout = timeout

    async def post(self, message: SignedMessage) -> PostResult:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(message)
        except TimeoutError:
            return Unreachable(error=f"no answer within {self._timeout:g} s", perhaps_taken=True)

    async def _post(self, message: SignedMessage) -> PostResult:
        try:
            service = await asyncio.to_thread(_service, message.url)
        except ImportError:
            return Unreachable(error=_MISSING)
        if service is None:
            return Unreachable(error="Apprise does not know this kind of address")
        if why := await self._refusal(service):
            return Unreachable(error=why)
        return await asyncio.to_thread(_notify, service, json.loads(message.body))

    async def _refusal(self, service: Any) -> str | None:
        """Why its host must not be connected to; a host that is none (a topic) is no matter."""
        host, port = getattr(service, "host", None) or "", getattr(service, "port", None) or 443
        try:
            addresses = await self._resolve(host, port) if host else ()
        except (OSError, UnicodeError):
            return None
        refusals = (forbidden(ip, host=host, port=port, allowed=self._allow) for ip in addresses)
        return next(filter(None, refusals), None)


def _service(url: str) -> Any:
    """The service that an address stands for; None if there is no such kind. `ImportError`."""
    # Only here: it loads some hundred modules, and is an extra.
    import apprise  # noqa: PLC0415

    asset = apprise.AppriseAsset(app_id="brand-monitor", http_redirects=False)
    return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)


def _notify(service: Any, told: dict[str, str]) -> PostResult:
    """Tell it; what the library logs meanwhile is the reason of a failure."""
    with _Overheard() as overheard:
        # Plain text: what a service might read as markup is escaped by the library.
        taken = service.notify(
            title=told["title"],
            body=told["body"],
            notify_type=told["type"],
            body_format="text",
        )
    if taken:
        return Answered(status=200)
    reason = clip(" ".join(overheard.said), _EXCERPT_CHARS) or "it gives no reason"
    return Unreachable(error=f"Apprise could not deliver it: {reason}")


class _Overheard(logging.Handler):
    """Warnings that Apprise logs on this thread; addresses in them are masked by it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.said.append(record.getMessage())

    def __enter__(self) -> _Overheard:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
