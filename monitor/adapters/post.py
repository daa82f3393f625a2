"""Posts one signed message over HTTP: the answer or the failure as a value.

Does not sign, retry or follow redirects; which addresses may be reached is up to the client that
is handed in (see `transport`). No text that leaves here contains the address: it is a secret.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator

import httpx

from monitor.core.brief import clip
from monitor.core.outbox import Answered, PostResult, SignedMessage, Unreachable

#: From the first byte of the name's look-up to the last byte read.
TIMEOUT_SECONDS = 15.0
_READ_BYTES = 4096
_EXCERPT_CHARS = 200


class HttpPoster:
    """Implements `ports.Poster`."""

    def __init__(self, client: httpx.AsyncClient, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = client
        self._timeout = timeout

    async def post(self, message: SignedMessage) -> PostResult:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._send(message)
        except (TimeoutError, httpx.TimeoutException):
            return Unreachable(error=f"no answer within {self._timeout:g} s")
        except (httpx.HTTPError, httpx.InvalidURL) as e:
            return Unreachable(error=_plain_words(e))

    async def _send(self, message: SignedMessage) -> Answered:
        # Compressed answers are not asked for: they would have to be unpacked within bounds.
        headers = {**message.headers, "accept-encoding": "identity"}
        async with self._client.stream(
            "POST",
            message.url,
            content=message.body,
            headers=headers,
            follow_redirects=False,
            timeout=self._timeout,
        ) as response:
            excerpt = await _excerpt(response)
            names = {name.lower(): value for name, value in response.headers.items()}
            return Answered(status=response.status_code, headers=names, excerpt=excerpt)


async def _excerpt(response: httpx.Response) -> str:
    """The first words of the body, for people."""
    if "content-encoding" in response.headers:
        return ""
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= _READ_BYTES:
            break
    return clip(body[:_READ_BYTES].decode("utf-8", "replace"), _EXCERPT_CHARS)


def _plain_words(error: BaseException) -> str:
    """What went wrong, from the innermost cause that says it."""
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return "the host's name cannot be resolved"
            case ssl.SSLCertVerificationError():
                return f"its TLS certificate is not valid: {cause.verify_message}"
            case ssl.SSLError():
                return "TLS failed"
            case ConnectionRefusedError():
                return "connection refused"
            case ConnectionResetError():
                return "the connection was reset"
    # A refusal of our own (a private address) says itself what is wrong.
    return _BY_KIND.get(type(error).__name__) or clip(str(error), _EXCERPT_CHARS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_BY_KIND = {
    "InvalidURL": "its address cannot be read",
    "LocalProtocolError": "the request could not be written",
    "ReadError": "the connection broke",
    "RemoteProtocolError": "what came back is not HTTP",
    "UnsupportedProtocol": "its address is neither http nor https",
    "WriteError": "the connection broke",
}
