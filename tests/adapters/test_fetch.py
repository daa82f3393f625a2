"""Real sockets: what a server can do to a poll, and what comes of it."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from monitor.adapters.fetch import HttpFetcher, Limits
from monitor.adapters.transport import guarded_client, user_agent
from monitor.core.polling import Fetched, FetchFailed, FetchResult, NotModified, Request
from tests.servers import RESET, Answer, Received, Script, serving

BODY = b"<rss version='2.0'><channel><title>News</title></channel></rss>"
OK = b"HTTP/1.1 200 OK\r\n"
ROOMY = Limits()
QUICK = Limits(total=0.6)
MIB = 2**20


@asynccontextmanager
async def fetcher(limits: Limits = ROOMY) -> AsyncIterator[HttpFetcher]:
    agent = user_agent("mailto:you@example.com")
    async with guarded_client(user_agent=agent, allow=["127.0.0.1"]) as client:
        yield HttpFetcher(client, limits=limits)


def fetch(
    url: str, headers: dict[str, str] | None = None, *, limits: Limits = ROOMY
) -> FetchResult:
    async def ask() -> FetchResult:
        async with fetcher(limits) as it:
            return await it.fetch(Request(url=url, headers=headers or {}))

    return asyncio.run(ask())


def failure(script: Script, *, limits: Limits = ROOMY) -> FetchFailed:
    with serving(script) as server:
        answer = fetch(server.url, limits=limits)
    assert isinstance(answer, FetchFailed), answer
    return answer


def success(script: Script, *, limits: Limits = ROOMY) -> Fetched:
    with serving(script) as server:
        answer = fetch(server.url, limits=limits)
    assert isinstance(answer, Fetched), answer
    return answer


class TestAnAnswer:
    def test_is_handed_on_with_its_body_and_lower_case_headers(self) -> None:
        with serving(Answer(body=BODY, headers={"ETag": '"a"', "X-Two": "1"})) as server:
            answer = fetch(f"{server.url}/feed?x=1")
            url = f"{server.url}/feed?x=1"
        assert isinstance(answer, Fetched)
        assert (answer.status, answer.body, answer.url, answer.moved_to) == (200, BODY, url, None)
        assert answer.headers["etag"] == '"a"'
        assert answer.headers["x-two"] == "1"

    def test_fields_that_repeat_are_joined(self) -> None:
        wire = (
            OK
            + b"Cache-Control: no-cache\r\ncache-control: max-age=5\r\nContent-Length: 1\r\n\r\nx"
        )
        assert success(Answer(wire=[wire])).headers["cache-control"] == "no-cache, max-age=5"

    def test_is_asked_for_with_a_contact_and_only_the_encodings_we_can_bound(self) -> None:
        with serving(Answer(body=BODY)) as server:
            fetch(server.url, {"Accept": "application/rss+xml"})
        asked = server.requests[0].headers
        assert asked["user-agent"].startswith("brand-monitor/")
        assert asked["user-agent"].endswith("(+mailto:you@example.com)")
        assert asked["accept-encoding"] == "gzip, deflate"
        assert asked["accept"] == "application/rss+xml"

    def test_the_password_of_an_address_is_sent_but_not_passed_on(self) -> None:
        with serving(Answer(body=BODY)) as server:
            answer = fetch(server.url.replace("http://", "http://me:secret@"))
        assert server.requests[0].headers["authorization"].startswith("Basic ")
        assert isinstance(answer, Fetched)
        assert "secret" not in answer.url

    def test_cookies_are_not_kept(self) -> None:
        async def twice(url: str) -> None:
            async with fetcher() as it:
                await it.fetch(Request(url=url))
                await it.fetch(Request(url=url))

        with serving(Answer(body=BODY, headers={"Set-Cookie": "id=1"})) as server:
            asyncio.run(twice(server.url))
        assert "cookie" not in server.requests[1].headers


class TestAConditionalRequest:
    def test_that_meets_nothing_new_is_not_modified(self) -> None:
        with serving(Answer(status=304, headers={"ETag": '"b"'})) as server:
            answer = fetch(server.url, {"If-None-Match": '"a"'})
        assert answer == NotModified(headers={"etag": '"b"'})
        assert server.requests[0].headers["if-none-match"] == '"a"'

    def test_sends_the_bytes_back_as_they_came(self) -> None:
        raw = OK + b'ETag: "\xe4\xff"\r\nContent-Length: 1\r\n\r\nx'
        seen: list[str] = []

        def remember(request: Received) -> Answer:
            seen.append(request.headers.get("if-none-match", ""))
            return Answer(wire=[raw])

        with serving(remember) as server:
            first = fetch(server.url)
            assert isinstance(first, Fetched)
            fetch(server.url, {"If-None-Match": first.headers["etag"]})
        assert seen[1].encode("latin-1") == b'"\xe4\xff"'

    def test_304_to_a_question_that_set_no_condition_is_a_failure(self) -> None:
        answer = failure(Answer(status=304))
        assert (answer.status, answer.reason) == (304, "the server answered 304 Not Modified")


class TestARefusal:
    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (404, "the server answered 404 Not Found"),
            (429, "the server answered 429 Too Many Requests"),
            (503, "the server answered 503 Service Unavailable"),
            (302, "the server answered 302 Found"),  # without a Location
            (599, "the server answered 599"),
        ],
    )
    def test_is_a_value_with_its_headers(self, status: int, reason: str) -> None:
        answer = failure(Answer(status=status, headers={"Retry-After": "60"}, body=b"x"))
        assert (answer.status, answer.reason) == (status, reason)
        assert answer.headers["retry-after"] == "60"


class TestCompression:
    @pytest.mark.parametrize(
        ("encoding", "packed"),
        [
            ("gzip", gzip.compress(BODY, mtime=0)),
            ("x-gzip", gzip.compress(BODY, mtime=0)),
            ("GZIP", gzip.compress(BODY, mtime=0)),
            ("identity, gzip", gzip.compress(BODY, mtime=0)),
            ("deflate", zlib.compress(BODY)),
            ("deflate", zlib.compress(BODY, wbits=-15)),
            ("", BODY),
            ("identity", BODY),
            ("gzip", b""),
        ],
    )
    def test_is_undone(self, encoding: str, packed: bytes) -> None:
        answer = success(Answer(body=packed, headers={"Content-Encoding": encoding}))
        assert answer.body == (BODY if packed else b"")

    @pytest.mark.parametrize(
        ("encoding", "packed", "reason"),
        [
            ("gzip", gzip.compress(BODY, mtime=0)[:-9], "the compressed body ends too early"),
            ("gzip", b"no gzip at all", "the compressed body cannot be unpacked"),
            (
                "gzip, gzip",
                gzip.compress(gzip.compress(BODY, mtime=0), mtime=0),
                "compressed 2 times over",
            ),
            ("br", b"x", "encoded as 'br', which was not asked for"),
        ],
    )
    def test_that_is_broken_or_not_asked_for_is_a_failure(
        self, encoding: str, packed: bytes, reason: str
    ) -> None:
        answer = failure(Answer(body=packed, headers={"Content-Encoding": encoding}))
        assert reason in answer.reason
        assert answer.status == 200


class TestSize:
    def test_a_body_of_15_mib_is_taken_and_one_byte_more_is_not(self) -> None:
        limits = Limits()
        assert len(success(Answer(body=b"x" * 15 * MIB), limits=limits).body) == 15 * MIB
        answer = failure(Answer(body=b"x" * (15 * MIB + 1)), limits=limits)
        assert answer.reason == "the body is larger than 15 MiB"

    def test_a_compressed_body_of_more_than_5_mib_is_refused(self) -> None:
        body = gzip.compress(os.urandom(5 * MIB))
        answer = failure(Answer(body=body, headers={"Content-Encoding": "gzip"}), limits=Limits())
        assert answer.reason == "the body is larger than 5 MiB"

    def test_a_gzip_bomb_stops_at_the_limit(self) -> None:
        bomb = gzip.compress(bytes(50 * MIB))
        answer = failure(Answer(body=bomb, headers={"Content-Encoding": "gzip"}), limits=Limits())
        assert answer.reason == "the body unpacks to more than 15 MiB"


def trickle() -> Iterator[bytes | float]:
    """A byte now and then, for ever: no timeout between two bytes ever strikes."""
    yield OK + b"Content-Length: 1000\r\n\r\n"
    while True:
        yield b"x"
        yield 0.05


def endless_chunks() -> Iterator[bytes]:
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"8000\r\n" + b"x" * 0x8000 + b"\r\n"


def endless_header() -> Iterator[bytes]:
    yield OK
    while True:
        yield b"X-Filler: " + b"x" * 1000 + b"\r\n"


class TestAHostileServer:
    @pytest.mark.parametrize(
        ("wire", "reason"),
        [
            (trickle, "no complete answer within 0.6 s"),
            (endless_chunks, "the body is larger than 1 MiB"),
            (endless_header, "the answer breaks HTTP"),
            (lambda: [5.0], "no complete answer within 0.6 s"),
            (lambda: [OK + b"Content-Length: 100\r\n\r\nshort"], "the answer breaks HTTP"),
            (
                lambda: [OK + b"Content-Length: 100\r\n\r\nshort", RESET],
                "the connection broke off",
            ),
            (lambda: [RESET], "the connection broke off"),
            (list, "the answer breaks HTTP"),
            (lambda: [b"I am no HTTP server\r\n"], "the answer breaks HTTP"),
            (lambda: [OK + b"Content-Length: -5\r\n\r\n"], "the answer breaks HTTP"),
            (
                lambda: [OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
                "the answer breaks HTTP",
            ),
        ],
        ids=lambda value: getattr(value, "__name__", None),
    )
    def test_costs_a_bounded_time_and_says_what_it_did(self, wire: object, reason: str) -> None:
        limits = Limits(total=0.6, decoded=MIB)
        start = time.monotonic()
        answer = failure(lambda _: Answer(wire=wire()), limits=limits)  # type: ignore[operator]
        assert reason in answer.reason
        assert time.monotonic() - start < 5

    def test_that_is_silent_between_two_bytes_for_too_long_is_cut_off(self) -> None:
        async def ask(url: str) -> FetchResult:
            async with guarded_client(user_agent="t", allow=["127.0.0.1"], timeout=0.1) as client:
                return await HttpFetcher(client).fetch(Request(url=url))

        with serving(Answer(delay=3)) as server:
            answer = asyncio.run(ask(server.url))
        assert answer == FetchFailed(reason="the server fell silent")

    def test_a_port_where_nobody_listens_is_named(self) -> None:
        with serving(Answer()) as server:
            url, port = server.url, server.port
        answer = fetch(url)
        assert answer == FetchFailed(reason=f"cannot connect: port {port}: Connection refused")

    @pytest.mark.parametrize("url", ["http://[::1", "nonsense", "ftp://example.com/x", "http://"])
    def test_an_address_that_is_none_is_a_failure(self, url: str) -> None:
        assert isinstance(fetch(url), FetchFailed)


class TestRedirects:
    def test_are_followed_and_the_final_address_is_told(self) -> None:
        script = {
            "/old": Answer(status=301, headers={"Location": "/new"}),
            "/new": Answer(status=308, headers={"Location": "newest"}),
            "/newest": Answer(body=BODY),
        }
        with serving(script) as server:
            answer = fetch(f"{server.url}/old")
        assert isinstance(answer, Fetched)
        assert (answer.url, answer.moved_to) == (f"{server.url}/newest", f"{server.url}/new")

    @pytest.mark.parametrize("status", [302, 303, 307])
    def test_one_that_is_not_permanent_moves_nothing(self, status: int) -> None:
        script = {
            "/old": Answer(status=301, headers={"Location": "/new"}),
            "/new": Answer(status=status, headers={"Location": "/newest"}),
            "/newest": Answer(body=BODY),
        }
        with serving(script) as server:
            answer = fetch(f"{server.url}/old")
        assert isinstance(answer, Fetched)
        assert answer.moved_to is None

    def test_that_lead_to_304_still_tell_where_it_moved(self) -> None:
        script = {
            "/old": Answer(status=301, headers={"Location": "/new"}),
            "/new": Answer(status=304),
        }
        with serving(script) as server:
            answer = fetch(f"{server.url}/old", {"If-Modified-Since": "yesterday"})
        assert answer == NotModified(headers={}, moved_to=f"{server.url}/new")

    def test_five_are_followed_and_a_sixth_is_not(self) -> None:
        def chain(length: int) -> Script:
            hops = {
                f"/{hop}": Answer(status=302, headers={"Location": f"/{hop + 1}"})
                for hop in range(length)
            }
            return {**hops, f"/{length}": Answer(body=BODY)}

        with serving(chain(5)) as server:
            assert isinstance(fetch(f"{server.url}/0"), Fetched)
        with serving(chain(6)) as server:
            assert fetch(f"{server.url}/0") == FetchFailed(reason="more than 5 redirects")
        assert len(server.requests) == 6

    @pytest.mark.parametrize(
        "location",
        ["file:///etc/passwd", "ftp://example.com/", "gopher://x", "http://[::1", "data:,"],
    )
    def test_to_anything_but_http_are_not_followed(self, location: str) -> None:
        with serving(Answer(status=302, headers={"Location": location})) as server:
            assert isinstance(fetch(server.url), FetchFailed)
        assert len(server.requests) == 1

    def test_are_checked_like_any_address(self) -> None:
        answer = failure(Answer(status=302, headers={"Location": "http://169.254.169.254/latest"}))
        assert "169.254.169.254 is a link-local address" in answer.reason

    def test_to_another_origin_leave_the_credentials_behind(self) -> None:
        secret = {"Authorization": "Bearer s", "If-None-Match": '"a"'}
        with serving(Answer(body=BODY)) as other:
            away = other.url.replace("http://", "http://you:guess@")
            with serving(Answer(status=302, headers={"Location": away})) as server:
                fetch(server.url.replace("http://", "http://me:pw@"), secret)
        assert "authorization" in server.requests[0].headers
        assert "authorization" not in other.requests[0].headers
        assert other.requests[0].headers["if-none-match"] == '"a"'

    def test_within_one_origin_keep_them(self) -> None:
        script = {
            "/old": Answer(status=302, headers={"Location": "/new"}),
            "/new": Answer(body=BODY),
        }
        with serving(script) as server:
            fetch(f"{server.url}/old", {"Authorization": "Bearer s"})
        assert server.requests[1].headers["authorization"] == "Bearer s"

    def test_share_one_time_limit(self) -> None:
        slow = Answer(status=302, headers={"Location": "/"}, delay=0.25)
        start = time.monotonic()
        assert failure(slow, limits=QUICK).reason == "no complete answer within 0.6 s"
        assert time.monotonic() - start < 5


class TestTurns:
    def test_one_host_is_asked_one_request_at_a_time(self) -> None:
        async def ask(url: str) -> None:
            async with fetcher() as it:
                await asyncio.gather(*(it.fetch(Request(url=f"{url}/{n}")) for n in range(5)))

        with serving(Answer(body=BODY, delay=0.02)) as server:
            asyncio.run(ask(server.url))
        assert len(server.requests) == 5
        assert server.most_in_flight == 1

    def test_a_source_that_hangs_does_not_hold_up_another_host(self) -> None:
        async def ask(slow: str, healthy: str) -> None:
            async with fetcher() as it:
                hanging = asyncio.create_task(it.fetch(Request(url=slow)))
                assert isinstance(await it.fetch(Request(url=healthy)), Fetched)
                assert not hanging.done()
                hanging.cancel()

        with serving(Answer(delay=30)) as slow, serving(Answer(body=BODY)) as healthy:
            asyncio.run(ask(slow.url, healthy.url))

    def test_a_source_that_hangs_gives_up_its_turn_after_a_while(self) -> None:
        async def ask(url: str) -> None:
            async with fetcher(Limits(patience=0.1)) as it:
                hanging = asyncio.create_task(it.fetch(Request(url=f"{url}/hangs")))
                await asyncio.sleep(0)
                healthy = Request(url=f"{url}/healthy")
                answers = await asyncio.gather(it.fetch(healthy), it.fetch(healthy))
                assert all(isinstance(answer, Fetched) for answer in answers)
                assert not hanging.done()
                hanging.cancel()

        script = {"/hangs": Answer(delay=30), "/healthy": Answer(body=BODY, delay=0.02)}
        with serving(script) as server:
            asyncio.run(ask(server.url))
        assert server.requests[0].path == "/hangs"
        assert server.most_in_flight == 2  # the two healthy ones still took turns

    def test_pauses_after_the_last_answer_of_the_host(self) -> None:
        async def ask(url: str) -> None:
            async with fetcher() as it:
                for pause in (0.0, 0.3, 0.0):
                    await it.fetch(Request(url=url, pause=timedelta(seconds=pause)))

        with serving(Answer(body=BODY)) as server:
            asyncio.run(ask(server.url))
        first, second, third = (request.at for request in server.requests)
        assert second - first >= 0.3
        assert third - second < 0.3

    def test_waiting_for_a_turn_does_not_count_towards_the_limit(self) -> None:
        async def ask(url: str) -> list[FetchResult]:
            async with fetcher(Limits(total=1.5)) as it:
                return await asyncio.gather(*(it.fetch(Request(url=url)) for _ in range(3)))

        with serving(Answer(body=BODY, delay=0.6)) as server:
            answers = asyncio.run(ask(server.url))
        assert all(isinstance(answer, Fetched) for answer in answers)

    def test_only_so_many_requests_are_in_flight_in_all(self) -> None:
        async def ask(urls: list[str]) -> None:
            async with fetcher(Limits(concurrency=1)) as it:
                await asyncio.gather(*(it.fetch(Request(url=url)) for url in urls))

        with serving(Answer(delay=0.1)) as one, serving(Answer(delay=0.1)) as other:
            asyncio.run(ask([one.url, other.url]))
        first, second = sorted([one.requests[0].at, other.requests[0].at])
        assert second - first >= 0.1


class TestALocalFeed:
    def test_is_read_by_its_path_or_its_address(self, tmp_path: Path) -> None:
        file = tmp_path / "a feed.xml"
        file.write_bytes(BODY)
        for url in (str(file), file.as_uri()):
            answer = fetch(url)
            assert isinstance(answer, Fetched)
            assert (answer.status, answer.body, answer.url) == (200, BODY, file.as_uri())

    def test_is_not_read_again_until_it_changes(self, tmp_path: Path) -> None:
        file = tmp_path / "feed.xml"
        file.write_bytes(BODY)
        first = fetch(str(file))
        assert isinstance(first, Fetched)
        known = {"If-None-Match": first.headers["etag"]}
        assert isinstance(fetch(str(file), known), NotModified)
        file.write_bytes(BODY + b"\n")
        assert isinstance(fetch(str(file), known), Fetched)

    def test_that_changes_its_time_alone_is_read_again(self, tmp_path: Path) -> None:
        file = tmp_path / "feed.xml"
        file.write_bytes(BODY)
        first = fetch(str(file))
        assert isinstance(first, Fetched)
        os.utime(file, ns=(1, 1))
        assert isinstance(fetch(str(file), {"If-None-Match": first.headers["etag"]}), Fetched)

    def test_that_is_missing_is_named(self, tmp_path: Path) -> None:
        answer = fetch(str(tmp_path / "none.xml"))
        assert answer == FetchFailed(
            reason=f"{tmp_path}/none.xml: No such file or directory; "
            "an address of the web begins with https://"
        )

    def test_that_is_too_large_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "feed.xml"
        file.write_bytes(b"x" * (MIB + 1))
        answer = fetch(str(file), limits=Limits(decoded=MIB))
        assert answer == FetchFailed(reason=f"{file}: larger than 1 MiB")

    def test_that_is_no_file_is_not_opened(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)  # opening it would wait for a writer for ever
        assert fetch(str(pipe)) == FetchFailed(reason=f"{pipe}: not a regular file")
        assert fetch(str(tmp_path)) == FetchFailed(reason=f"{tmp_path}: not a regular file")


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_plain_http_where_tls_is_asked_for_says_so(words: bytes) -> None:

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        writer.close()

    async def ask() -> FetchResult:
        async with (
            await asyncio.start_server(hang_up, "127.0.0.1", 0) as server,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            port = server.sockets[0].getsockname()[1]
            return await HttpFetcher(client).fetch(Request(url=f"https://127.0.0.1:{port}/"))

    said = "cannot connect: TLS failed; perhaps this port speaks plain http"
    assert asyncio.run(ask()) == FetchFailed(reason=said)


def test_a_certificate_that_nobody_vouches_for_is_named(unvouched: str) -> None:
    said = "cannot connect: its TLS certificate is not valid: self-signed certificate"
    assert fetch(unvouched) == FetchFailed(reason=said)


def test_other_errors_of_the_library_are_told_in_its_words() -> None:
    async def ask() -> FetchResult:
        def refuse(request: httpx.Request) -> httpx.Response:
            raise httpx.UnsupportedProtocol("no such protocol")

        async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
            return await HttpFetcher(client).fetch(Request(url="http://example.com/"))

    assert asyncio.run(ask()) == FetchFailed(reason="no such protocol")
