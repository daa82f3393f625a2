"""Ask on behalf of an app: its id and secret are exchanged for a token, which is renewed in time.

Does not know which sources need that (see `Request.grant`), and keeps tokens in memory alone. A
token is renewed shortly before it dies, and once after a 401: servers take tokens back.
https://www.rfc-editor.org/rfc/rfc6749#section-4.4
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import httpx

from monitor.core.polling import FetchFailed, FetchResult, Grant, Request
from monitor.ports import Fetcher
from monitor.sources import cleaning
from monitor.sources.kind import bearer

#: Seconds to the last byte, and bytes, of the answer with the token.
_WITHIN, _LARGEST = 20.0, 64 * 2**10
#: Seconds before its end at which it is renewed; or at the last tenth of its life, if later.
_MARGIN = 300.0
#: Seconds that a token lives if nothing is said, and at most.
_USUAL, _LONGEST = 3_600.0, 30 * 86_400.0
#: What stands behind a refusal; RFC 6749, section 5.2.
_WRONG = "it does not know this client id with this secret"
_NOT_APPROVED = "it refuses the app: it may not be approved, or the contact may be missing"
_NO_APP = "the app may not ask for itself: it must be of a type that has a secret"
_WORDS = {
    "invalid_client": _WRONG,
    "unauthorized_client": _NO_APP,
    "unsupported_grant_type": _NO_APP,
}
_STATUS_WORDS = {401: _WRONG, 403: _NOT_APPROVED}


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    #: By the clock of the fetcher.
    until: float


class GrantingFetcher:
    """Implements `ports.Fetcher`: requests that need a token get one, all go `beyond`."""

    def __init__(
        self,
        beyond: Fetcher,
        client: httpx.AsyncClient,
        *,
        now: Callable[[], float] = time.monotonic,
        within: float = _WITHIN,
    ) -> None:
        self._beyond = beyond
        self._client = client
        self._now = now
        self._within = within
        self._tokens: dict[Grant, _Token] = {}
        self._locks: defaultdict[Grant, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def fetch(self, request: Request) -> FetchResult:
        """Ask; with a token that is renewed once if the server does not take it any more."""
        grant = request.grant
        if grant is None:
            return await self._beyond.fetch(request)
        token = await self._token(grant)
        if isinstance(token, FetchFailed):
            return token
        answer = await self._beyond.fetch(bearer(request, token.text))
        if answer.status != HTTPStatus.UNAUTHORIZED:
            return answer
        token = await self._token(grant, instead_of=token)
        return token if isinstance(token, FetchFailed) else await self._again(request, token)

    async def _again(self, request: Request, token: _Token) -> FetchResult:
        return await self._beyond.fetch(bearer(request, token.text))

    async def _token(
        self, grant: Grant, *, instead_of: _Token | None = None
    ) -> _Token | FetchFailed:
        """One that lives; many who need it at a time ask for it once."""
        async with self._locks[grant]:
            known = self._tokens.get(grant)
            if known is not None and known != instead_of and self._now() < known.until:
                return known
            self._tokens.pop(grant, None)
            got = await self._asked(grant)
            if isinstance(got, _Token):
                self._tokens[grant] = got
            return got

    async def _asked(self, grant: Grant) -> _Token | FetchFailed:
        try:
            async with asyncio.timeout(self._within):
                return await self._posted(grant)
        except TimeoutError:
            return _failed(grant, f"no complete answer within {self._within:g} s")
        except (httpx.HTTPError, httpx.InvalidURL) as e:
            return _failed(grant, cleaning.line(str(e), 100) or "the connection broke off")

    async def _posted(self, grant: Grant) -> _Token | FetchFailed:
        asked = self._client.stream(
            "POST",
            grant.url,
            auth=httpx.BasicAuth(grant.client, grant.secret),
            data={"grant_type": "client_credentials"},
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )
        async with asked as response:
            body = await _beginning(response)
        told = _object(body)
        if response.is_success and isinstance(told.get("access_token"), str):
            return _Token(told["access_token"], self._now() + _life(told.get("expires_in")))
        headers = {name.lower(): value for name, value in response.headers.items()}
        return replace(
            _failed(grant, _why(response.status_code, told)),
            status=response.status_code,
            headers=headers,
        )


async def _beginning(response: httpx.Response) -> bytes:
    body = b""
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > _LARGEST:
            return b""
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _life(seconds: object) -> float:
    """Seconds for which a token is used."""
    told = seconds if isinstance(seconds, int | float) and not isinstance(seconds, bool) else 0
    life = float(min(told, _LONGEST)) if told > 0 else _USUAL
    return life - min(_MARGIN, life / 10)


def _why(status: int, told: dict[str, Any]) -> str:
    """In words; its own only if they are one of those that the standard knows."""
    if words := _WORDS.get(str(told.get("error"))) or _STATUS_WORDS.get(status):
        return f"{words} ({status})"
    return "its answer holds no token" if status == HTTPStatus.OK else f"it answered {status}"


def _failed(grant: Grant, why: str) -> FetchFailed:
    host = httpx.URL(grant.url).host
    return FetchFailed(reason=f"no token from {host}: {why}")
