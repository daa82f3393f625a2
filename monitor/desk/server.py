"""Serves the desk inside the daemon's event loop, without touching its signals.

Does not know what is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from monitor.errors import AddressError, ConfigError

#: Requests in hand get this long at the end, seconds.
_GRACE = 2
#: More connections at once than a person, a probe and a scraper need.
_MOST_CONNECTIONS = 64


def bind(host: str, port: int) -> socket.socket:
    """Take the address, before anything else starts; port 0 takes any free one.

    Raises:
        AddressError: It is taken, for now. Names `monitor.http`.
        ConfigError: It is not of this machine, or not allowed. Names `monitor.http`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as e:
        why = e.strerror or str(e)
        kind = AddressError if e.errno == errno.EADDRINUSE else ConfigError
        raise kind(f"monitor.http: cannot listen on {host}:{port}: {why}") from e


async def serve(app: ASGIApp, listener: socket.socket, *, stop: asyncio.Event) -> None:
    """Answer requests until `stop`; then end those in hand and close the socket."""
    server = _Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=_GRACE,
        )
    )
    ending = asyncio.create_task(_end(server, stop), name="end of desk")
    try:
        await server.serve(sockets=[listener])
    finally:
        ending.cancel()
        listener.close()


async def _end(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The daemon has its own."""
        yield
