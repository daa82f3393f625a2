"""Streams over real sockets, from a server that does what servers do at their worst."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence

import pytest
from websockets.utils import accept_key

from monitor.adapters.stream import Patience, WebSocketStream
from monitor.adapters.transport import Dialer
from monitor.core.polling import Request
from monitor.errors import StreamError
from monitor.ports import Frames
from tests.jetstreams import RESET, Gate, HangUp, Refuse, Step, jetstream
from tests.servers import Answer, serving

pytestmark = pytest.mark.anyio

LARGEST = 1_000
QUICK = Patience(open=5.0, ping=0.05, pong=0.05, close=0.1)
CALM = Patience(close=0.1)


def stream(*, allow: Sequence[str] = ("127.0.0.1",), patience: Patience = CALM, ahead: int = 64):
    dial = Dialer(allow=allow)
    return WebSocketStream(
        dial, trust=dial.trust, user_agent="t/1", patience=patience, read_ahead=ahead
    )


def opened(
    url: str, reader: WebSocketStream | None = None, headers: Mapping[str, str] | None = None
):
    request = Request(url=url, headers=headers or {})
    return (reader or stream()).open(request, subprotocols=["a.b"], largest_frame=LARGEST)


async def all_of(frames: Frames) -> list[bytes]:
    """Every frame until the stream is over."""
    taken: list[bytes] = []
    try:
        while True:
            taken += await frames.take(within=5.0, most=10)
    except StreamError as e:
        return [*taken, str(e).encode()]


async def said(*steps: Step) -> list[bytes]:
    async with jetstream(steps) as server, opened(server.url) as frames:
        return await all_of(frames)


async def complaint(url: str, reader: WebSocketStream | None = None) -> StreamError:
    with pytest.raises(StreamError) as refused:
        async with opened(url, reader):
            raise AssertionError("it was opened")
    return refused.value


async def test_frames_come_in_their_order() -> None:
    assert await said(b"one", b"two", HangUp(1001, "see\n you")) == [
        b"one",
        b"two",
        b"the server hung up (1001: see you)",
    ]


async def test_who_asks_is_said_and_no_compression_is_offered() -> None:
    async with jetstream([b"x"]) as server, opened(server.url, headers={"x-a": "b"}) as frames:
        await frames.take(within=5.0, most=1)
    headers = server.headers[0]
    assert headers["user-agent"] == "t/1"
    assert headers["x-a"] == "b"
    assert headers["sec-websocket-protocol"] == "a.b"
    assert "sec-websocket-extensions" not in headers


async def test_a_take_ends_with_its_time() -> None:
    async with jetstream([b"one"]) as server, opened(server.url) as frames:
        assert await frames.take(within=5.0, most=1) == [b"one"]
        assert await frames.take(within=0.01, most=1) == []


async def test_a_take_ends_with_what_was_asked_for() -> None:
    async with jetstream([b"one", b"two", b"three"]) as server, opened(server.url) as frames:
        assert await frames.take(within=5.0, most=2) == [b"one", b"two"]
        assert await frames.take(within=5.0, most=1) == [b"three"]


async def test_what_came_before_the_end_is_not_lost() -> None:
    assert await said(b"one", RESET) == [b"one", b"the connection broke off"]


async def test_a_frame_that_is_too_large_ends_the_stream() -> None:
    assert await said(b"one", b"x" * (LARGEST + 1)) == [
        b"one",
        b"it sent a frame of more than 1000 bytes",
    ]


async def test_no_words_may_follow_the_goodbye() -> None:
    assert await said(HangUp(1008)) == [b"the server hung up (1008)"]


async def test_a_server_that_is_gone_without_a_word_is_noticed() -> None:
    """It accepts, and never answers a ping."""
    key = "Sec-WebSocket-Accept"

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked = next(x for x in head.split("\r\n") if x.lower().startswith("sec-websocket-key"))
        accept = accept_key(asked.split(": ")[1])
        lines = ("HTTP/1.1 101 x", "Upgrade: websocket", "Connection: Upgrade", f"{key}: {accept}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await reader.read()
        writer.close()

    server = await asyncio.start_server(deaf, "127.0.0.1", 0)
    async with server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with opened(url, stream(patience=QUICK)) as frames:
            assert await all_of(frames) == [b"the connection broke off"]


async def test_nothing_more_is_read_while_nobody_takes() -> None:
    """A server that says 30 MB finds a reader that took one frame: most of it stays there."""
    many, size = 300, 100_000
    async with (
        jetstream([b"x" * size] * many) as server,
        stream(ahead=4).open(
            Request(url=server.url), subprotocols=[], largest_frame=size
        ) as frames,
    ):
        await frames.take(within=5.0, most=1)
        before = -1
        while server.said != before:
            before = server.said
            await asyncio.sleep(0.05)
        assert server.said < many / 2
        taken = 1
        while taken < many:
            taken += len(await frames.take(within=5.0, most=1_000))
    assert taken == many


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1/", "isn't a valid URI"),
        ("ws://", "isn't a valid URI"),
        ("ws://127.0.0.1:1/", "port 1: Connection refused"),
        ("ws://does-not-exist.invalid/", "does not resolve"),
    ],
)
async def test_addresses_that_lead_nowhere(url: str, why: str) -> None:
    assert why in str(await complaint(url))


async def test_no_private_host_is_connected_to_unless_allowed() -> None:
    async with jetstream([b"x"]) as server:
        refused = await complaint(server.url, stream(allow=()))
        assert "127.0.0.1 is a loopback address" in str(refused)
        assert server.visits == []


async def test_a_name_that_means_this_machine_is_refused_after_dns() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    dial = Dialer(resolve=resolve)
    reader = WebSocketStream(dial, trust=dial.trust, user_agent="t/1")
    async with jetstream([b"x"]) as server:
        url = server.url.replace("127.0.0.1", "innocent.example")
        assert "innocent.example (127.0.0.1) is a loopback" in str(await complaint(url, reader))
        assert server.visits == []


async def test_the_next_address_is_tried_when_the_first_is_dead() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["::1", "127.0.0.1"]

    dial = Dialer(resolve=resolve, allow=["two.example"])
    reader = WebSocketStream(dial, trust=dial.trust, user_agent="t/1", patience=CALM)
    async with jetstream([b"x"]) as server:
        url = server.url.replace("127.0.0.1", "two.example")
        async with opened(url, reader) as frames:
            assert await frames.take(within=5.0, most=1) == [b"x"]


async def test_a_resolver_that_hangs_is_not_waited_for() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    dial = Dialer(resolve=resolve, connect_timeout=0.01)
    reader = WebSocketStream(dial, trust=dial.trust, user_agent="t/1")
    refused = await complaint("ws://slow.example/", reader)
    assert "no connection within 0.01 s" in str(refused)


async def test_a_name_without_addresses() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return []

    dial = Dialer(resolve=resolve)
    with pytest.raises(OSError, match="port 80: the name has no address"):
        await dial("nobody.example", 80)


async def test_a_refusal_is_told_with_its_answer() -> None:
    body = b'{"error":"CursorTooOld","message":"the floor is 9"}'
    async with jetstream([Refuse(400, body, (("Retry-After", "7"),))]) as server:
        refused = await complaint(server.url)
    assert str(refused) == f"answered 400: {body.decode()}"
    assert (refused.status, refused.body) == (400, body)
    assert refused.headers["retry-after"] == "7"


async def test_a_refusal_of_many_words_is_cut_short() -> None:
    async with jetstream([Refuse(503, b"x" * 50_000)]) as server:
        refused = await complaint(server.url)
    assert len(str(refused)) < 300
    assert len(refused.body) == 10_000


async def test_no_redirect_is_followed() -> None:
    async with jetstream([b"x"]) as target:
        away = Refuse(301, b"", (("Location", target.url),))
        async with jetstream([away]) as server:
            refused = await complaint(server.url)
    assert "redirect" in str(refused)
    assert target.visits == []


async def test_what_is_no_websocket_is_a_failure() -> None:
    with serving(Answer(body=b"hi")) as server:
        refused = await complaint(server.url.replace("http", "ws"))
        assert refused.status == 200
    with serving(Answer(wire=[b"SSH-2.0-x\r\n"])) as server:
        assert str(await complaint(server.url.replace("http", "ws")))


async def test_a_server_that_never_answers_is_left() -> None:
    with serving(Answer(wire=[60.0])) as server:
        reader = stream(patience=Patience(open=0.2))
        refused = await complaint(server.url.replace("http", "ws"), reader)
    assert str(refused) == "no connection within 0.2 s"


async def test_without_a_certificate_there_is_no_stream() -> None:
    async with jetstream([b"x"]) as server:
        refused = await complaint(server.url.replace("ws://", "wss://"))
    assert str(refused)
    assert server.visits == []


async def test_the_end_of_the_reader_ends_the_connection_at_once() -> None:
    loop = asyncio.get_running_loop()
    async with jetstream([b"x", Gate()]) as server:
        started = loop.time()
        async with opened(server.url) as frames:
            await frames.take(within=5.0, most=1)
        assert loop.time() - started < 2


async def test_a_reader_that_is_cancelled_leaves_nothing_behind() -> None:
    async with jetstream([b"x", Gate()]) as server:

        async def read() -> None:
            async with opened(server.url) as frames:
                await frames.take(within=60.0, most=2)

        task = asyncio.create_task(read())
        await server.heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_socket_that_cannot_be_connected_is_closed() -> None:
    dial = Dialer(allow=["127.0.0.1"])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        with pytest.raises(OSError, match="Connection refused"):
            await dial("127.0.0.1", taken.getsockname()[1])


def test_certificates_are_checked() -> None:
    trust = Dialer().trust
    assert trust.verify_mode is ssl.CERT_REQUIRED
    assert trust.check_hostname
