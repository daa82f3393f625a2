"""Posting over real sockets on loopback: every way in which a receiver can answer, or not."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from monitor.adapters.post import HttpPoster
from monitor.adapters.transport import guarded_client
from monitor.core.outbox import Answered, PostResult, SignedMessage, Unreachable
from tests.servers import RESET, Answer, serving

SECRET_PATH = "/services/T0/B0/verysecret"


def post(
    url: str,
    *,
    timeout: float = 5.0,
    client: Callable[[], httpx.AsyncClient] = lambda: httpx.AsyncClient(trust_env=False),
) -> PostResult:
    async def once() -> PostResult:
        async with client() as made:
            message = SignedMessage(
                url=url,
                headers={"content-type": "application/json", "webhook-id": "msg_1"},
                body='{"a":"é"}'.encode(),
            )
            return await HttpPoster(made, timeout=timeout).post(message)

    return asyncio.run(once())


def test_the_message_arrives_as_it_was_signed() -> None:
    with serving(Answer(status=204)) as server:
        assert isinstance(post(server.url + SECRET_PATH), Answered)
        (request,) = server.requests
    assert (request.method, request.path) == ("POST", SECRET_PATH)
    assert request.body == '{"a":"é"}'.encode()
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [200, 204, 301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
def test_every_status_is_an_answer_and_no_redirect_is_followed(status: int) -> None:
    headers = {"Location": "/elsewhere", "Retry-After": "7"}
    with serving(Answer(status=status, headers=headers)) as server:
        result = post(server.url)
        assert [request.path for request in server.requests] == ["/"]
    assert isinstance(result, Answered)
    assert result.status == status
    assert result.headers["retry-after"] == "7"


EXCERPTS = {
    "words": (b"no such\nteam", "no such team"),
    "control characters": (b"\x1b[31mred\x00", "[31mred"),
    "not utf-8": (b"caf\xe9", "caf\ufffd"),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize("name", EXCERPTS)
def test_the_first_words_of_the_answer_are_kept_for_people(name: str) -> None:
    body, expected = EXCERPTS[name]
    with serving(Answer(status=400, body=body)) as server:
        result = post(server.url)
    assert isinstance(result, Answered)
    assert result.excerpt == expected


def test_of_an_endless_answer_little_is_read() -> None:
    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n"
        while True:
            yield b"4000\r\n" + b"word " * 3276 + b"word\r\n"

    with serving(Answer(wire=endless())) as server:
        began = time.monotonic()
        result = post(server.url)
    assert isinstance(result, Answered)
    assert (result.status, len(result.excerpt)) == (500, 200)
    assert time.monotonic() - began < 4


def test_a_packed_answer_is_not_unpacked() -> None:
    with serving(Answer(status=500, body=b"x" * 50, headers={"Content-Encoding": "gzip"})) as on:
        result = post(on.url)
    assert isinstance(result, Answered)
    assert (result.status, result.excerpt) == (500, "")


def test_an_answer_cut_short_still_tells_its_status() -> None:
    """What matters was said: the status; the rest is only for people."""
    wire = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"]
    with serving(Answer(wire=wire)) as server:
        result = post(server.url)
    assert isinstance(result, Answered)
    assert (result.status, result.excerpt) == (200, "short")


SLOW = {
    "before the status": [2.0, b"HTTP/1.1 204 No Content\r\n\r\n"],
    "within the head": [b"HTTP/1.1 204", 2.0, b" No Content\r\n\r\n"],
    "drop by drop": [b"HTTP/1.1 204 No Content\r\n", *[0.1, b"a: b\r\n"] * 20, b"\r\n"],
}


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_receiver_is_left_after_the_time_limit(name: str) -> None:
    with serving(Answer(wire=SLOW[name])) as server:
        began = time.monotonic()
        result = post(server.url, timeout=0.5)
    assert result == Unreachable(error="no answer within 0.5 s", perhaps_taken=True)
    assert time.monotonic() - began < 1.9


def test_a_body_that_never_ends_does_not_undo_the_status() -> None:
    wire = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"fine", 2.0]
    with serving(Answer(wire=wire)) as server:
        result = post(server.url, timeout=0.5)
    assert isinstance(result, Answered)
    assert (result.status, result.excerpt) == (200, "fine")


def test_a_broken_connection_is_told_in_plain_words() -> None:
    with serving(Answer(wire=[RESET])) as server:
        result = post(server.url + SECRET_PATH)
    assert result == Unreachable(error="the connection was reset", perhaps_taken=True)


def test_what_is_not_http_is_told_in_plain_words() -> None:
    with serving(Answer(wire=[b"220 mail.example ESMTP\r\n"])) as server:
        said = "what came back is not HTTP"
        assert post(server.url) == Unreachable(error=said, perhaps_taken=True)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}{SECRET_PATH}") == Unreachable(error="connection refused")


def test_a_name_that_does_not_resolve() -> None:
    assert post(f"http://no-such-host.invalid{SECRET_PATH}") == Unreachable(
        error="the host's name cannot be resolved"
    )


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://127.0.0.1/x", "its address is neither http nor https"),
        ("http://[::1", "its address cannot be read"),
    ],
)
def test_an_address_that_is_none(url: str, error: str) -> None:
    assert post(url) == Unreachable(error=error)


def test_a_private_address_is_refused_with_the_way_out() -> None:
    def guarded() -> httpx.AsyncClient:
        return guarded_client(user_agent="test")

    with serving(Answer()) as server:
        result = post(server.url + SECRET_PATH, client=guarded)
        assert server.requests == []
    assert isinstance(result, Unreachable)
    assert "allow_private_hosts" in result.error
    assert "secret" not in result.error


def test_plain_http_where_tls_is_expected() -> None:
    with serving(Answer()) as server:
        result = post(server.url.replace("http://", "https://"))
    assert result == Unreachable(error="TLS failed")


def test_a_certificate_that_nobody_vouches_for(unvouched: str) -> None:
    assert post(unvouched) == Unreachable(
        error="its TLS certificate is not valid: self-signed certificate"
    )


def test_a_mistake_of_ours_is_no_answer() -> None:
    """Only what the network does is a value; a bug is raised."""

    class Broken(httpx.AsyncBaseTransport):
        async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        post("http://127.0.0.1/", client=lambda: httpx.AsyncClient(transport=Broken()))
