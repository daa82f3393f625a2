"""The desk on a real socket: binding, answering, ending."""

from __future__ import annotations

import asyncio
import signal
import socket

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from monitor.desk.server import bind, serve
from monitor.errors import AddressError, ConfigError


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body = await Request(scope, receive).body()
    await PlainTextResponse(b"hello " + body)(scope, receive, send)


def test_it_answers_until_it_is_told_to_stop_and_leaves_the_port_free() -> None:
    async def story() -> None:
        listener, stop = bind("127.0.0.1", 0), asyncio.Event()
        port = listener.getsockname()[1]
        before = signal.getsignal(signal.SIGTERM)
        serving = asyncio.create_task(serve(hello, listener, stop=stop))
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"http://127.0.0.1:{port}/", content=b"you")
            assert answer.text == "hello you"
            assert "server" not in answer.headers
            # The daemon's signals are its own.
            assert signal.getsignal(signal.SIGTERM) is before
        stop.set()
        await asyncio.wait_for(serving, timeout=10)
        bind("127.0.0.1", port).close()

    asyncio.run(story())


def test_it_can_be_cut_off() -> None:
    async def story() -> None:
        listener = bind("127.0.0.1", 0)
        serving = asyncio.create_task(serve(hello, listener, stop=asyncio.Event()))
        await asyncio.sleep(0)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert listener.fileno() == -1

    asyncio.run(story())


def test_a_connection_that_says_nothing_does_not_hold_up_the_end() -> None:
    async def story() -> None:
        listener, stop = bind("127.0.0.1", 0), asyncio.Event()
        serving = asyncio.create_task(serve(hello, listener, stop=stop))
        _, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
        await writer.drain()
        stop.set()
        await asyncio.wait_for(serving, timeout=10)
        writer.close()

    asyncio.run(story())


def test_ipv6_has_its_own_form() -> None:
    try:
        listener = bind("::1", 0)
    except ConfigError:
        pytest.skip("this machine has no IPv6 loopback")
    assert listener.family == socket.AF_INET6
    listener.close()


def test_a_port_that_is_taken_may_be_free_the_next_time() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError) as caught:
            bind("127.0.0.1", port)
    assert str(caught.value).startswith(f"monitor.http: cannot listen on 127.0.0.1:{port}: ")
    assert "in use" in str(caught.value)
    bind("127.0.0.1", port).close()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_a_mistake_in_the_configuration(host: str) -> None:
    with pytest.raises(ConfigError, match=r"^monitor\.http: cannot listen on "):
        bind(host, 0)
