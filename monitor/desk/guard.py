"""What protects the desk in a browser: the Host header is checked, and every answer is armoured.

Does not know who may read the desk: it listens on loopback unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """ASGI middleware around the whole desk.

    A site whose name is made to point at this machine (DNS rebinding) still says its own name in
    Host. So only names of this machine are answered; `hosts` adds the configured ones, asked for
    at each request, as they change with the configuration. When one of those stands for every
    address (0.0.0.0, ::), any literal address is let in too: a name can be rebound, an address
    cannot.
    """

    def __init__(self, app: ASGIApp, *, hosts: Callable[[], Collection[str]]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def armoured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        inner = self._app if self._knows(Headers(scope=scope).get("host", "")) else _MISDIRECTED
        await inner(scope, receive, armoured)

    def _knows(self, host: str) -> bool:
        name = _without_port(host).casefold()
        known = _LOCAL | {host.strip("[]").casefold() for host in self._hosts() if host}
        any_address = bool({"0.0.0.0", "::"} & known)  # noqa: S104 - compared
        return name in known or (any_address and _is_address(name))


def is_foreign(headers: Mapping[str, str], *, opaque: bool = False) -> bool:
    """Whether a browser says that another site makes this request.

    `Sec-Fetch-Site` cannot be set by a page, but is left out over plain http on a network; then
    `Origin` tells. A page whose address is a secret is sent with `no-referrer`, for which browsers
    say `null` (https://fetch.spec.whatwg.org/#append-a-request-origin-header): `opaque` lets it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = headers.get("origin")
    if origin is None or (opaque and origin == "null"):
        return False
    return origin.partition("://")[2].casefold() != headers.get("host", "").casefold()


#: RFC 9110, section 15.5.20.
_MISDIRECTED = PlainTextResponse("this is not the host you are looking for\n", status_code=421)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
