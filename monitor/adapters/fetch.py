"""Ask one address for its document: conditional, in turn, bounded in time and size.

Does not decide when to ask, nor read what comes. Every failure that a server can cause is a value.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import stat
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from monitor.core.addresses import WITHOUT_SCHEME
from monitor.core.inflate import Inflater
from monitor.core.polling import Fetched, FetchFailed, FetchResult, NotModified, Request
from monitor.errors import FeedError

_PERMANENT = frozenset({301, 308})
_CONDITIONS = frozenset({"if-none-match", "if-modified-since"})
_CREDENTIALS = frozenset({"authorization", "cookie"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one poll may cost."""

    #: Seconds from the request to the last byte, redirects included.
    total: float = 20.0
    #: Bytes of a body, unpacked.
    decoded: int = 15 * 2**20
    #: Bytes of a compressed body, as it comes.
    encoded: int = 5 * 2**20
    redirects: int = 5
    #: Requests in flight, to all hosts.
    concurrency: int = 16
    #: Seconds after which a request that still hangs no longer holds up the others of its host:
    #: a hostile source is to cost that source alone.
    patience: float = 5.0


class HttpFetcher:
    """Implements `ports.Fetcher` for http, https and local files."""

    def __init__(self, client: httpx.AsyncClient, *, limits: Limits = Limits()) -> None:
        """`client` refuses forbidden addresses and does not follow redirects (see `transport`)."""
        self._client = client
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._turns: dict[str, asyncio.Lock] = {}
        #: When each host answered last, by the loop's clock.
        self._ended: dict[str, float] = {}

    async def fetch(self, request: Request) -> FetchResult:
        """Ask; wait for the host's turn first, which does not count towards the time limit."""
        try:
            path = _local_path(request.url)
            if path is not None:
                return await self._in_time(asyncio.to_thread(self._read, path, request))
            url = httpx.URL(request.url)
            pause = request.pause.total_seconds()
            async with self._turn(url.netloc.decode("ascii"), pause), self._slots:
                return await self._in_time(self._follow(url, request.headers))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as e:
            return FetchFailed(reason=_explain(e))

    @asynccontextmanager
    async def _turn(self, host: str, pause: float) -> AsyncIterator[None]:
        """One request in flight per host, unless the one before hangs; `pause` after it ended."""
        lock = self._turns.setdefault(host, asyncio.Lock())
        loop = asyncio.get_running_loop()
        await lock.acquire()
        held = True

        def pass_on() -> None:
            nonlocal held
            if held:
                held = False
                lock.release()

        overdue: asyncio.TimerHandle | None = None
        try:
            await asyncio.sleep(self._ended.get(host, -pause) + pause - loop.time())
            overdue = loop.call_later(self._limits.patience, pass_on)
            yield
        finally:
            self._ended[host] = loop.time()
            if overdue:
                overdue.cancel()
            pass_on()

    async def _in_time(self, answer: Awaitable[FetchResult]) -> FetchResult:
        """Whatever trickles in, and however slowly: it ends."""
        try:
            async with asyncio.timeout(self._limits.total):
                return await answer
        except TimeoutError:
            return FetchFailed(reason=f"no complete answer within {self._limits.total:g} s")

    async def _follow(self, url: httpx.URL, headers: Mapping[str, str]) -> FetchResult:
        """Ask, and go where we are sent; the client checks every address on the way."""
        hops: list[tuple[int, httpx.URL]] = []
        for _ in range(self._limits.redirects + 1):
            async with self._client.stream("GET", url, headers=_wire(headers)) as response:
                target = _target(response)
                if target is None:
                    moved_to = _moved_to(hops)
                    return await self._take(response, headers, moved_to=moved_to)
            hops.append((response.status_code, target))
            headers = headers if _same_origin(url, target) else _without_credentials(headers)
            url = target
        return FetchFailed(reason=f"more than {self._limits.redirects} redirects")

    async def _take(
        self, response: httpx.Response, asked: Mapping[str, str], *, moved_to: str | None
    ) -> FetchResult:
        status, headers = response.status_code, _lower(response)
        if status == HTTPStatus.NOT_MODIFIED and any(
            name.lower() in _CONDITIONS for name in asked
        ):
            return NotModified(headers=headers, moved_to=moved_to)
        if not response.is_success:
            reason = f"the server answered {_status(status)}"
            return FetchFailed(reason=reason, status=status, headers=headers)
        try:
            body = await self._body(response, headers.get("content-encoding", ""))
        except FeedError as e:
            return FetchFailed(reason=str(e), status=status, headers=headers)
        url = str(response.url.copy_with(userinfo=b""))
        return Fetched(status=status, headers=headers, body=body, url=url, moved_to=moved_to)

    async def _body(self, response: httpx.Response, encoding: str) -> bytes:
        """The raw stream, unpacked by ourselves: httpx hands over a gzip bomb in one piece."""
        limits = self._limits
        inflater = Inflater(encoding, encoded=limits.encoded, decoded=limits.decoded)
        pieces = [inflater.feed(piece) async for piece in response.aiter_raw()]
        inflater.finish()
        return b"".join(pieces)

    def _read(self, path: Path, request: Request) -> FetchResult:
        """A local feed; its time and size stand in for an ETag. Blocks."""
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                return FetchFailed(reason=f"{path}: not a regular file")
            with path.open("rb") as file:
                about = os.fstat(file.fileno())
                # Taken before the first byte: a change while we read is then seen next time.
                etag = f'"{about.st_mtime_ns:x}-{about.st_size:x}"'
                if request.headers.get("If-None-Match") == etag:
                    return NotModified(headers={"etag": etag})
                body = file.read(self._limits.decoded + 1)
        except FileNotFoundError as e:
            return FetchFailed(reason=f"{path}: {e.strerror}; {WITHOUT_SCHEME}")
        except OSError as e:
            return FetchFailed(reason=f"{path}: {e.strerror or e}")
        if len(body) > self._limits.decoded:
            return FetchFailed(reason=f"{path}: larger than {self._limits.decoded >> 20} MiB")
        return Fetched(status=200, headers={"etag": etag}, body=body, url=path.as_uri())


def _local_path(url: str) -> Path | None:
    """The file that a source names by its path or by a file: address; None for anything else."""
    if url.startswith("file:"):
        return Path(unquote(urlsplit(url).path))
    return Path(url) if Path(url).is_absolute() else None


def _wire(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Validators are opaque bytes: they go back as they came, through Latin-1."""
    asked = {**headers, "Accept-Encoding": "gzip, deflate"}
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in asked.items()]


def _lower(response: httpx.Response) -> dict[str, str]:
    """Header fields by lower-case name; fields that repeat are joined (RFC 9110, 5.3)."""
    fields: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def _target(response: httpx.Response) -> httpx.URL | None:
    """Where the answer sends us; None if it does not. Raise `InvalidURL` or `ValueError`."""
    location = response.headers.get("location")
    if not (location and response.has_redirect_location):
        return None
    target = response.url.join(location)
    if target.scheme not in {"http", "https"}:
        raise httpx.InvalidURL(f"a redirect to {target.scheme!r}, not to http or https")
    # A name and password that another server made up are not ours to send.
    return target if _same_origin(response.url, target) else target.copy_with(userinfo=b"")


def _same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _without_credentials(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _CREDENTIALS}


def _moved_to(hops: list[tuple[int, httpx.URL]]) -> str | None:
    """The first target, if no redirect on the way was a passing one."""
    if hops and all(status in _PERMANENT for status, _ in hops):
        return str(hops[0][1])
    return None


def _status(code: int) -> str:
    """Code and name; the server's own words are not repeated."""
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _explain(error: Exception) -> str:
    """One plain sentence; never the address, whose query may hold a secret."""
    words = str(error) or type(error).__name__
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return f"cannot connect: {_without_tls(error) or words}"
        case httpx.TimeoutException():
            return "the server fell silent"
        case httpx.RemoteProtocolError():
            return f"the answer breaks HTTP: {words}"
        case httpx.ReadError() | httpx.WriteError():
            return "the connection broke off"
        case httpx.InvalidURL() | ValueError():
            return f"the address cannot be used: {words}"
    return words


def _without_tls(error: BaseException | None) -> str | None:
    """Why there is no TLS, if that is what is wrong: httpx hands on OpenSSL's words, or none."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its TLS certificate is not valid: {error.verify_message}"
        if isinstance(error, ssl.SSLError):
            return "TLS failed; perhaps this port speaks plain http"
        error = error.__cause__ or error.__context__
    return None
