"""`POST /push`: who may push, what a body may be, and how it is answered.

Does not read records nor store them: `Take` does, and has committed when it answers.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from monitor.core.inflate import Inflater, TooLargeError
from monitor.core.pushing import COUNTS, Receipt, Refusal
from monitor.errors import FeedError

log = structlog.get_logger()

#: Bytes of a body, packed and unpacked.
MAX_BODY = 5 * 2**20
#: Requests in hand: a sender with more of them waits.
MOST_AT_ONCE = 4
#: Seconds that a body may take to arrive.
PATIENCE = 30.0
_JSON = frozenset(
    {
        "application/json",
        "application/jsonl",
        "application/json-lines",
        "application/jsonlines",
        "application/ndjson",
        "application/x-jsonlines",
        "application/x-ndjson",
        "text/plain",
    }
)
_GZIP = frozenset({"application/gzip", "application/x-gzip"})
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
_WHO = "say who you are: Authorization: Bearer <monitor.push_token>"
_WANTED = "send application/json or application/x-ndjson, as it is or as Content-Encoding: gzip"


class Take(Protocol):
    """Stores what a body says; answers once it is committed."""

    def __call__(self, body: bytes, *, history: bool) -> Awaitable[Receipt | Refusal]: ...


class PushDoor:
    """`token` and `take` are asked for each time: they change with the configuration."""

    def __init__(
        self,
        *,
        token: Callable[[], str | None],
        take: Callable[[], Take | None],
        patience: float = PATIENCE,
    ) -> None:
        """`token` None: nobody may push. `take` None: there is nobody to store it yet."""
        self._token = token
        self._take = take
        self._patience = patience
        self._at_once = 0

    async def receive(self, request: Request) -> Response:
        """Answer one request."""
        refusal = admission(request.headers, token=self._token())
        if refusal is None and self._at_once >= MOST_AT_ONCE:
            refusal = Refusal(status=503, reason="busy with other requests", retry_after=1)
        if refusal is not None:
            return _answer(refusal)
        self._at_once += 1
        try:
            return _answer(await self._received(request))
        finally:
            self._at_once -= 1

    async def _received(self, request: Request) -> Receipt | Refusal:
        try:
            async with asyncio.timeout(self._patience):
                body = await _body(request)
        except TimeoutError:
            return Refusal(status=408, reason="the body did not come in time")
        except TooLargeError as e:
            return Refusal(status=413, reason=str(e))
        except FeedError as e:
            return Refusal(status=400, reason=str(e))
        except ClientDisconnect:
            return Refusal(status=400, reason="the body broke off")
        take = self._take()
        if take is None:
            return Refusal(status=503, reason="the monitor is starting", retry_after=2)
        return await take(body, history=_says_history(request))


def admission(headers: Mapping[str, str], *, token: str | None) -> Refusal | None:
    """Why a request is refused before its body is read; None if it is not.

    `headers` are asked by lower-case names.
    """
    if not token:
        return Refusal(status=403, reason="push is closed: monitor.push_token is not set")
    if not is_bearer(headers.get("authorization", ""), token):
        return Refusal(status=401, reason=_WHO)
    if _encoding(headers) not in _ENCODINGS or _type(headers) not in _JSON | _GZIP | {""}:
        return Refusal(status=415, reason=_WANTED)
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > MAX_BODY:
        return Refusal(status=413, reason=f"the body is larger than {MAX_BODY >> 20} MiB")
    return None


def is_bearer(authorization: str, token: str) -> bool:
    """RFC 6750, section 2.1; compared in a time that tells nothing of the token."""
    scheme, _, given = authorization.partition(" ")
    # What stands in a header came as bytes, and was read as Latin-1.
    same = hmac.compare_digest(given.strip().encode("latin-1", "replace"), token.encode())
    return same and scheme.lower() == "bearer"


def _encoding(headers: Mapping[str, str]) -> str:
    return headers.get("content-encoding", "").strip().lower()


def _type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _says_history(request: Request) -> bool:
    return request.query_params.get("history", "").lower() in {"1", "true", "yes"}


async def _body(request: Request) -> bytes:
    """The body, unpacked; `FeedError` as soon as it breaks a limit."""
    packed = "gzip" if _type(request.headers) in _GZIP else _encoding(request.headers)
    inflater = Inflater(packed, encoded=MAX_BODY, decoded=MAX_BODY)
    pieces = [inflater.feed(chunk) async for chunk in request.stream()]
    inflater.finish()
    return b"".join(pieces)


def _answer(said: Receipt | Refusal) -> Response:
    if isinstance(said, Refusal):
        log.warning("push refused", status=said.status, reason=said.reason)
        return JSONResponse({"error": said.reason}, said.status, headers=_headers(said))
    if said.errors:
        log.warning("push with errors", errors=len(said.errors), first=said.errors[0].error)
    counts = {name: getattr(said, name) for name in COUNTS}
    errors = [{"line": one.line, "error": one.error} for one in said.errors]
    return JSONResponse({**counts, "errors": errors})


def _headers(refusal: Refusal) -> dict[str, str]:
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else {}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="brand-monitor"'
    if refusal.status == 415:
        headers |= {"Accept": "application/json, application/x-ndjson", "Accept-Encoding": "gzip"}
    return headers
