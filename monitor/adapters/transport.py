"""An HTTP client that cannot be made to connect where it must not: feeds and webhooks use it.

Does not follow redirects, and takes no proxy from the environment (a proxy would resolve the name
itself, behind the back of the check).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from monitor import __version__
from monitor.core.addresses import forbidden

#: Seconds: a dead first address (IPv6 without a route) must leave time for the next.
_FIRST_TRY = 1.5

Outcome = tuple[list[str], Exception | None]
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


def user_agent(contact: str) -> str:
    """Say who asks, and how to reach whom to complain to (RFC 9110, 10.1.5)."""
    return f"brand-monitor/{__version__}" + (f" (+{contact})" if contact else "")


def guarded_client(
    *,
    user_agent: str,
    allow: Sequence[str] = (),
    connect_timeout: float = 5.0,
    timeout: float = 20.0,
    resolve: Resolve | None = None,
) -> httpx.AsyncClient:
    """Make a client that resolves a name once and refuses it unless every address is public.

    It connects to the very address that was checked, so a name that changes its mind between
    check and connection (DNS rebinding) gains nothing. `allow` is `allow_private_hosts`. A
    refusal is an `httpx.ConnectError`. Timeouts are seconds between two bytes, not totals.
    """
    return httpx.AsyncClient(
        transport=_transport(GuardedBackend(allow=allow, resolve=resolve or look_up)),
        headers={"user-agent": user_agent},
        timeout=httpx.Timeout(timeout, connect=connect_timeout),
        # A poll is not a visit: nothing that one answer sets is sent with the next request.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


def _transport(backend: GuardedBackend) -> httpx.AsyncHTTPTransport:
    """As httpx makes it; 0.28 has no argument for the network backend: the pool is replaced."""
    transport = httpx.AsyncHTTPTransport(trust_env=False)
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
        ssl_context=_trust(),
        max_connections=64,
        # Polls are far apart; an idle connection that the server closes just as it is used again
        # would look like a failure.
        max_keepalive_connections=0,
        network_backend=backend,
    )
    return transport


@cache
def _trust() -> ssl.SSLContext:
    """The environment may name a certificate authority (SSL_CERT_FILE), though no proxy."""
    return httpx.create_ssl_context(trust_env=True)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolve once, check every address, connect to a checked one."""

    def __init__(self, *, allow: Iterable[str], resolve: Resolve) -> None:
        self._allow = tuple(allow)
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - signature of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self.checked(host, port)
                return await self._connect_any(addresses, port, local_address, socket_options)
        except TimeoutError as e:
            raise httpcore.ConnectTimeout(f"no connection within {timeout:g} s") from e

    async def checked(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host; `httpcore.ConnectError` if one of them is forbidden."""
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as e:
            raise httpcore.ConnectError(f"the name {host} does not resolve: {e}") from e
        for address in addresses:
            if why := forbidden(address, host=host, port=port, allowed=self._allow):
                raise httpcore.ConnectError(why)
        return addresses

    async def _connect_any(
        self,
        addresses: Sequence[str],
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        """Try the addresses in the resolver's order; the last failure is told."""
        error: Exception = OSError("the name has no address")
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            limit = _FIRST_TRY if left else None
            try:
                return await self._inner.connect_tcp(
                    address, port, limit, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as e:
                error = e
        raise httpcore.ConnectError(f"port {port}: {_root(error)}") from error


class Dialer:
    """Connected sockets to checked addresses, for what speaks no HTTP after its first words."""

    def __init__(
        self,
        *,
        allow: Iterable[str] = (),
        resolve: Resolve | None = None,
        connect_timeout: float = 5.0,
    ) -> None:
        self._backend = GuardedBackend(allow=allow, resolve=resolve or look_up)
        self._timeout = connect_timeout
        #: What certificates are checked against.
        self.trust = _trust()

    async def __call__(self, host: str, port: int) -> socket.socket:
        """Raise `OSError` with plain words if there is no connection, or must not be one."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._connect_any(await self._backend.checked(host, port), port)
        except TimeoutError as e:
            raise OSError(f"no connection within {self._timeout:g} s") from e
        except httpcore.ConnectError as e:
            raise OSError(str(e)) from e

    async def _connect_any(self, addresses: Sequence[str], port: int) -> socket.socket:
        error: Exception = OSError("the name has no address")
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            try:
                async with asyncio.timeout(_FIRST_TRY if left else None):
                    return await _connected(address, port)
            except OSError as e:  # also TimeoutError
                error = e
        raise OSError(f"port {port}: {_root(error)}") from error


async def _connected(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)  # noqa: FBT003 - its signature
        await asyncio.get_running_loop().sock_connect(connection, (address, port))
    except BaseException:
        connection.close()
        raise
    return connection


def _root(error: BaseException) -> str:
    """What the system said; httpcore, anyio and asyncio wrap it in words of their own."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return str(error) or "no answer"


async def look_up(host: str, port: int) -> Sequence[str]:
    """Resolve a name to its addresses, in the order of the system. Raise `OSError`.

    Runs on a thread of its own that dies with the process: a resolver can hang for half a minute,
    and the threads of an executor would be waited for at exit.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def settle(addresses: list[str], error: Exception | None) -> None:
        if found.done():  # cancelled: the time for connecting was over
            return
        if error:
            found.set_exception(error)
        else:
            found.set_result(addresses)

    def work() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            outcome: Outcome = ([str(info[4][0]) for info in infos], None)
        except (OSError, UnicodeError) as e:
            outcome = ([], e)
        # The loop may have been closed while the resolver hung.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=work, name=f"resolve {host}", daemon=True).start()
    return await found
