"""Server-sent events over a real socket: bounded, and every end has its words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from monitor.adapters.events import EventStream
from monitor.adapters.transport import guarded_client
from monitor.core.polling import Request
from monitor.errors import StreamError
from monitor.ports import Frames
from tests.servers import RESET, Answer, Server, serving

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
FIRST, SECOND = b"event: update\ndata: 1", b"event: delete\ndata: 2"


def says(*steps: Any) -> Answer:
    return Answer(wire=[HEAD, *steps])


@asynccontextmanager
async def opened(
    server: Server, *, largest: int = 1_000, allow: str = "127.0.0.1", **options: Any
) -> AsyncIterator[Frames]:
    async with guarded_client(user_agent="t", allow=[allow]) as client:
        stream = EventStream(client, **options)
        asked = Request(url=f"{server.url}/stream?tag=x", headers={"Authorization": "Bearer t"})
        async with stream.open(asked, subprotocols=(), largest_frame=largest) as frames:
            yield frames


async def taken(frames: Frames, count: int) -> list[bytes]:
    found: list[bytes] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            found += await frames.take(within=1.0, most=count - len(found))
    return found


async def ends(steps: Iterable[Any], **options: Any) -> str:
    """What the end of a stream is called."""
    with serving(says(*steps)) as server:
        async with opened(server, **options) as frames:
            with pytest.raises(StreamError) as caught:
                await taken(frames, 1_000)
    return str(caught.value)


async def refused(answer: Answer, **options: Any) -> StreamError:
    with serving(answer) as server, pytest.raises(StreamError) as caught:
        async with opened(server, **options):
            raise AssertionError("it was opened")
    return caught.value


@pytest.mark.parametrize(
    "steps",
    [
        [FIRST + b"\n\n:thump\n" + SECOND + b"\n\n"],
        [bytes([sign]) for sign in FIRST + b"\n\n:thump\n" + SECOND + b"\n\n"],
        [FIRST.replace(b"\n", b"\r\n") + b"\r\n\r\n\r\n", b":thump\r\n", SECOND + b"\n\n"],
    ],
    ids=["at once", "byte by byte", "other ends of lines"],
)
async def test_an_event_is_a_frame_and_so_is_a_comment(steps):
    with serving(says(*steps, 30)) as server:
        async with opened(server) as frames:
            got = await taken(frames, 3)
            assert [frame.replace(b"\r\n", b"\n") for frame in got] == [FIRST, b":thump", SECOND]
            assert await frames.take(within=0.01, most=1) == []
        headers = server.requests[0].headers
    assert headers["authorization"] == "Bearer t"
    assert headers["accept"] == "text/event-stream"
    assert headers["accept-encoding"] == "identity"


async def test_no_more_are_taken_than_were_asked_for():
    with serving(says(b":a\n:b\n:c\n", 30)) as server:
        async with opened(server) as frames:
            assert await frames.take(within=5, most=2) == [b":a", b":b"]
            assert await frames.take(within=5, most=1) == [b":c"]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([FIRST + b"\n\n"], "the server hung up"),
        ([FIRST, RESET], "the connection broke off"),
        ([b"data: " + b"x" * 1_000], "it sent an event of more than 1000 bytes"),
        ([b"data: x\n" * 200], "it sent an event of more than 1000 bytes"),
    ],
    ids=["at its end", "in the middle", "an endless line", "an endless event"],
)
async def test_the_end_is_told_in_words(steps, words):
    assert await ends(steps) == words


async def test_what_came_before_the_end_is_given_first():
    with serving(says(FIRST + b"\n\n" + SECOND + b"\n\n")) as server:
        async with opened(server) as frames:
            assert await taken(frames, 2) == [FIRST, SECOND]
            for _ in range(2):
                with pytest.raises(StreamError):
                    await frames.take(within=1, most=1)


async def test_a_reader_that_is_behind_holds_the_server_up():
    """What is not taken stays in the network, which is full before all of it is sent."""
    event = b"data: " + b"x" * 60_000 + b"\n\n"
    sent = 0

    def endless() -> Iterable[bytes]:
        nonlocal sent
        yield HEAD
        while sent < 2_000:
            sent += 1
            yield event

    with serving(Answer(wire=endless())) as server:
        async with opened(server, largest=100_000, read_ahead=2) as frames:
            await taken(frames, 1)
            before = -1
            async with asyncio.timeout(20):
                while before != sent:
                    before = sent
                    await asyncio.sleep(0.3)
            assert sent < 1_000


@pytest.mark.parametrize(
    ("answer", "words", "status"),
    [
        (Answer(status=401, body=b'{"error":"Missing token"}'), "answered 401: {", 401),
        (Answer(status=429, headers={"Retry-After": "60"}), "answered 429", 429),
        (Answer(status=500, body=b"x" * 50_000), "answered 500: xxx", 500),
        (Answer(body=b"<html>"), "its answer is no stream of events", None),
        (
            Answer(headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}),
            "its answer is compressed, though we asked it not to",
            None,
        ),
        (
            Answer(status=301, headers={"Location": "ftp://127.0.0.1/"}),
            "it sends us to ftp, which is not as safe",
            None,
        ),
    ],
)
async def test_a_refusal_is_told_in_words(answer, words, status):
    error = await refused(answer)
    assert str(error).startswith(words)
    assert len(str(error)) < 300
    assert error.status == status


async def test_when_to_come_back_is_told():
    error = await refused(Answer(status=429, headers={"Retry-After": "60"}))
    assert error.headers["retry-after"] == "60"


async def test_a_server_that_has_its_streams_elsewhere_is_followed_once():
    with serving(says(FIRST + b"\n\n", 30)) as there:
        moved = Answer(status=301, headers={"Location": f"{there.url}/there"})
        with serving(moved) as server:
            async with opened(server) as frames:
                assert await taken(frames, 1) == [FIRST]
        assert there.requests[0].path == "/there"
        assert there.requests[0].headers["authorization"] == "Bearer t"
    circle = Answer(status=302, headers={"Location": "/again"})
    assert (await refused(circle)).status == 302


async def test_a_forbidden_address_is_refused():
    error = await refused(says(), allow="10.0.0.1")
    assert "127.0.0.1" in str(error)


async def test_a_server_that_does_not_answer_is_given_up():
    assert str(await refused(Answer(delay=30), open_within=0.1)) == "no answer within 0.1 s"


async def test_an_address_that_is_none_is_refused():
    async with guarded_client(user_agent="t") as client:
        asked = Request(url="http://[")
        opening = EventStream(client).open(asked, subprotocols=(), largest_frame=9)
        with pytest.raises(StreamError):
            await opening.__aenter__()
