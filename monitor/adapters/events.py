"""Read streams of server-sent events: bounded, uncompressed, one redirect, nothing read ahead.

Does not read what an event says, nor decide when to connect again (see `stages.listen`).
https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import httpx

from monitor.core.polling import Request
from monitor.errors import StreamError
from monitor.ports import Frames
from monitor.sources import cleaning

#: Of what a server says, in a log or in `status`.
_LONGEST_WORDS = 200
_LONGEST_BODY = 10_000
_TYPE = "text/event-stream"
_OVER = StreamError("the server hung up")


class EventStream:
    """Implements `ports.Stream` over HTTP. A frame is one event, as it came, or one comment."""

    def __init__(
        self, client: httpx.AsyncClient, *, open_within: float = 15.0, read_ahead: int = 64
    ) -> None:
        """`client` refuses forbidden addresses and does not follow redirects (see `transport`).

        Once `read_ahead` events wait to be taken no more is read from the network.
        """
        self._client = client
        self._open_within = open_within
        self._read_ahead = read_ahead

    @asynccontextmanager
    async def open(
        self,
        request: Request,
        *,
        subprotocols: Sequence[str],  # noqa: ARG002 - those of another protocol
        largest_frame: int,
    ) -> AsyncIterator[Frames]:
        async with AsyncExitStack() as stack:
            response = await self._answered(request, stack)
            frames = _Frames(self._read_ahead)
            reading = asyncio.create_task(frames.fill(response, largest_frame))
            try:
                yield frames
            finally:
                reading.cancel()
                with suppress(asyncio.CancelledError):
                    await reading

    async def _answered(self, request: Request, stack: AsyncExitStack) -> httpx.Response:
        try:
            async with asyncio.timeout(self._open_within):
                url = httpx.URL(request.url)
                response = await self._asked(url, request, stack)
                if elsewhere := _elsewhere(response):
                    await response.aclose()
                    response = await self._asked(elsewhere, request, stack)
                await _check(response)
        except TimeoutError as e:
            raise StreamError(f"no answer within {self._open_within:g} s") from e
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as e:
            raise StreamError(_plain(e)) from e
        return response

    async def _asked(
        self, url: httpx.URL, request: Request, stack: AsyncExitStack
    ) -> httpx.Response:
        # Whether it says something is for the loop to watch, by its own clock.
        timeout = httpx.Timeout(None, connect=self._open_within)
        headers = {**request.headers, "Accept": _TYPE, "Accept-Encoding": "identity"}
        asked = self._client.stream("GET", url, headers=headers, timeout=timeout)
        return await stack.enter_async_context(asked)


class _Frames:
    """Implements `ports.Frames`."""

    def __init__(self, read_ahead: int) -> None:
        self._waiting: asyncio.Queue[bytes | StreamError] = asyncio.Queue(read_ahead)
        self._over: StreamError | None = None

    async def fill(self, response: httpx.Response, largest: int) -> None:
        """Read events until there are no more."""
        try:
            async for event in _events(response.aiter_raw(), largest):
                await self._waiting.put(event)
            over = _OVER
        except StreamError as e:
            over = e
        except (httpx.HTTPError, httpx.StreamError) as e:
            over = StreamError(_plain(e))
        await self._waiting.put(over)

    async def take(self, *, within: float, most: int) -> Sequence[bytes]:
        taken: list[bytes] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while len(taken) < most and self._over is None:
                    self._add(await self._waiting.get(), taken)
        if self._over is not None and not taken:
            raise self._over
        return taken

    def _add(self, frame: bytes | StreamError, taken: list[bytes]) -> None:
        if isinstance(frame, StreamError):
            self._over = frame
        else:
            taken.append(frame)


async def _events(pieces: AsyncIterator[bytes], largest: int) -> AsyncIterator[bytes]:
    """Events, of lines that an empty one ends, and comments, which stand for themselves."""
    event: list[bytes] = []
    size = 0
    async for line in _lines(pieces, largest):
        if line.startswith(b":"):
            yield line
        elif line:
            event.append(line)
            size += len(line) + 1
            _bound(size, largest)
        elif size:
            yield b"\n".join(event)
            event, size = [], 0


async def _lines(pieces: AsyncIterator[bytes], largest: int) -> AsyncIterator[bytes]:
    begun = bytearray()
    async for piece in pieces:
        start = 0
        while (end := piece.find(b"\n", start)) >= 0:
            begun += piece[start:end]
            yield bytes(begun).removesuffix(b"\r")
            begun.clear()
            start = end + 1
        begun += piece[start:]
        _bound(len(begun), largest)


def _bound(size: int, largest: int) -> None:
    if size > largest:
        raise StreamError(f"it sent an event of more than {largest} bytes")


def _elsewhere(response: httpx.Response) -> httpx.URL | None:
    """Where the server has its streams, if not here; it knows our token, for it gave it to us.

    But nobody on the way there is to learn it.
    """
    location = response.headers.get("location")
    if not (location and response.has_redirect_location):
        return None
    target = response.url.join(location)
    if target.scheme not in {"https", response.url.scheme}:
        raise StreamError(f"it sends us to {target.scheme}, which is not as safe")
    return target.copy_with(userinfo=b"")


async def _check(response: httpx.Response) -> None:
    """Raise `StreamError` unless it is a stream of events."""
    status, headers = response.status_code, {k.lower(): v for k, v in response.headers.items()}
    if not response.is_success:
        body = await _beginning(response)
        words = cleaning.line(body.decode("utf-8", "replace"), _LONGEST_WORDS)
        told = f"answered {status}{': ' + words if words else ''}"
        raise StreamError(told, status=status, headers=headers, body=body)
    if not headers.get("content-type", "").lower().startswith(_TYPE):
        raise StreamError("its answer is no stream of events")
    if headers.get("content-encoding", "identity") != "identity":
        raise StreamError("its answer is compressed, though we asked it not to")


async def _beginning(response: httpx.Response) -> bytes:
    body = b""
    async for piece in response.aiter_raw():
        body += piece
        if len(body) >= _LONGEST_BODY:
            break
    return body[:_LONGEST_BODY]


def _plain(error: Exception) -> str:
    """One plain sentence; never the address."""
    if isinstance(error, httpx.ReadError | httpx.RemoteProtocolError | httpx.StreamError):
        return "the connection broke off"
    return cleaning.line(str(error), _LONGEST_WORDS) or type(error).__name__
