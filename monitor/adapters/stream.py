"""Read WebSocket streams: checked addresses, bounded frames, no compression, no redirects.

Does not read what a frame says, nor decide when to connect again (see `stages.stream`). RFC 6455,
by way of https://websockets.readthedocs.io.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from monitor.core.polling import Request
from monitor.errors import StreamError
from monitor.ports import Frames
from monitor.sources import cleaning

#: A connected socket to a host and port, or an `OSError` or `StreamError` that says why not.
Dial = Callable[[str, int], Awaitable[socket.socket]]

_TOO_BIG = 1009  # RFC 6455, section 7.4.1
#: Of what a server says, in a log or in `status`.
_LONGEST_WORDS = 200
_LONGEST_BODY = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """Seconds that the parts of a connection may take."""

    #: From the name to the answer of the server, TLS included.
    open: float = 15.0
    #: Between pings, and for the answer to one: a server that is gone without a word is noticed
    #: within the sum, however long it has nothing to say.
    ping: float = 20.0
    pong: float = 20.0
    #: To say goodbye: the end of the daemon waits for it.
    close: float = 1.0


class WebSocketStream:
    """Implements `ports.Stream`."""

    def __init__(
        self,
        dial: Dial,
        *,
        trust: ssl.SSLContext,
        user_agent: str,
        patience: Patience = Patience(),
        read_ahead: int = 64,
    ) -> None:
        """`dial` refuses forbidden addresses (see `transport`).

        Once `read_ahead` frames wait to be taken no more is read from the network: the server, or
        the buffers on the way, hold the rest.
        """
        self._dial = dial
        self._trust = trust
        self._user_agent = user_agent
        self._patience = patience
        self._read_ahead = read_ahead

    @asynccontextmanager
    async def open(
        self, request: Request, *, subprotocols: Sequence[str], largest_frame: int
    ) -> AsyncIterator[Frames]:
        connection = await self._connected(request, subprotocols, largest_frame)
        try:
            yield _Frames(connection, largest_frame=largest_frame)
        finally:
            await connection.close()

    async def _connected(
        self, request: Request, subprotocols: Sequence[str], largest_frame: int
    ) -> ClientConnection:
        try:
            async with asyncio.timeout(self._patience.open):
                return await self._shake_hands(request, subprotocols, largest_frame)
        except TimeoutError as e:
            raise StreamError(f"no connection within {self._patience.open:g} s") from e
        except InvalidStatus as e:
            raise _refusal(e) from e
        except (OSError, WebSocketException, ValueError) as e:
            # ValueError: an address that is none, or a redirect, which is not followed.
            raise StreamError(_plain(e)) from e

    async def _shake_hands(
        self, request: Request, subprotocols: Sequence[str], largest_frame: int
    ) -> ClientConnection:
        target = parse_uri(request.url)
        connecting = connect(
            request.url,
            sock=await self._dial(target.host, target.port),
            ssl=self._trust if target.secure else None,
            compression=None,
            proxy=None,
            subprotocols=[Subprotocol(name) for name in subprotocols] or None,
            additional_headers=dict(request.headers),
            user_agent_header=self._user_agent,
            open_timeout=None,
            ping_interval=self._patience.ping,
            ping_timeout=self._patience.pong,
            close_timeout=self._patience.close,
            max_size=largest_frame,
            max_queue=self._read_ahead,
        )
        return await connecting


class _Frames:
    """Implements `ports.Frames`."""

    def __init__(self, connection: ClientConnection, *, largest_frame: int) -> None:
        self._connection = connection
        self._largest_frame = largest_frame

    async def take(self, *, within: float, most: int) -> Sequence[bytes]:
        taken: list[bytes] = []
        try:
            async with asyncio.timeout(within):
                while len(taken) < most:
                    taken.append(await self._connection.recv(decode=False))
        except TimeoutError:
            pass
        except ConnectionClosed as e:
            if not taken:
                raise StreamError(self._farewell(e)) from e
        return taken

    def _farewell(self, closed: ConnectionClosed) -> str:
        if closed.sent and closed.sent.code == _TOO_BIG:
            return f"it sent a frame of more than {self._largest_frame} bytes"
        if closed.rcvd is None:
            return "the connection broke off"
        words = cleaning.line(closed.rcvd.reason, _LONGEST_WORDS)
        return f"the server hung up ({closed.rcvd.code}{': ' + words if words else ''})"


def _refusal(refused: InvalidStatus) -> StreamError:
    response = refused.response
    body = bytes((response.body or b"")[:_LONGEST_BODY])
    words = cleaning.line(body.decode("utf-8", "replace"), _LONGEST_WORDS)
    return StreamError(
        f"answered {response.status_code}{': ' + words if words else ''}",
        status=response.status_code,
        headers=_lower(response.headers.raw_items()),
        body=body,
    )


def _lower(headers: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers}


def _plain(error: Exception) -> str:
    return cleaning.line(str(error), _LONGEST_WORDS) or type(error).__name__
