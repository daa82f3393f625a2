"""Posts one signed message over HTTP: the answer or the failure as a value.

Does not sign, retry or follow redirects; which addresses may be reached is up to the client that
is handed in (see `transport`). No text that leaves here contains the address: it is a secret.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping

import httpx

from monitor.core.outbox import Answered, PostResult, SignedMessage, Unreachable
from monitor.core.plaintext import clip

#: From the look-up of the name to the status.
TIMEOUT_SECONDS = 15.0
_READ_BYTES = 4096
_BODY_SECONDS = 2.0
_EXCERPT_CHARS = 200


class HttpPoster:
    """Implements `ports.Poster`."""

    def __init__(self, client: httpx.AsyncClient, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = client
        self._timeout = timeout

    async def post(self, message: SignedMessage) -> PostResult:
        deadline = asyncio.get_running_loop().time() + self._timeout
        sent = _Sent()
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._client.send(
                    self._request(message, sent), stream=True, follow_redirects=False
                )
        except (TimeoutError, httpx.TimeoutException):
            said = f"no answer within {self._timeout:g} s"
            return Unreachable(error=said, perhaps_taken=sent.all)
        except (httpx.HTTPError, httpx.InvalidURL) as e:
            return Unreachable(error=_plain_words(e), perhaps_taken=sent.all)
        return await _answered(response, deadline)

    def _request(self, message: SignedMessage, sent: _Sent) -> httpx.Request:
        # Compressed answers are not asked for: they would have to be unpacked within bounds.
        headers = {**message.headers, "accept-encoding": "identity"}
        return self._client.build_request(
            message.method,
            message.url,
            content=message.body,
            headers=headers,
            timeout=self._timeout,
            extensions={"trace": sent},
        )


class _Sent:
    """Told by httpcore how far a request got: https://www.encode.io/httpcore/extensions/#trace."""

    def __init__(self) -> None:
        self.all = False

    async def __call__(self, step: str, _: Mapping[str, object]) -> None:
        self.all |= step.endswith("send_request_body.complete")


async def _answered(response: httpx.Response, deadline: float) -> Answered:
    """The status is the answer; a body that breaks or never ends does not undo it."""
    body = bytearray()
    patience = asyncio.get_running_loop().time() + _BODY_SECONDS
    try:
        with contextlib.suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout_at(min(deadline, patience)):
                await _read(response, into=body)
    finally:
        await response.aclose()
    return Answered(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        excerpt=_excerpt(response, bytes(body[:_READ_BYTES])),
    )


async def _read(response: httpx.Response, *, into: bytearray) -> None:
    async for chunk in response.aiter_raw():
        into += chunk
        if len(into) >= _READ_BYTES:
            return


def _excerpt(response: httpx.Response, body: bytes) -> str:
    """The first words of the body, for people; none of a packed one."""
    if "content-encoding" in response.headers:
        return ""
    return clip(body.decode("utf-8", "replace"), _EXCERPT_CHARS)


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
