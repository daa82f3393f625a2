"""The guarded client on real sockets, with a resolver that says what the test wants."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence

import httpcore
import httpx
import pytest

from monitor import __version__
from monitor.adapters import transport
from monitor.adapters.transport import GuardedBackend, Resolve, guarded_client, user_agent
from tests.servers import Answer, serving


def resolving(*answers: Sequence[str]) -> Resolve:
    """Answer each question with the next list of addresses; the last one repeats."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def get(url: str, *, allow: Sequence[str] = (), resolve: Resolve | None = None) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with guarded_client(user_agent="t", allow=allow, resolve=resolve) as client:
            return await client.get(url)

    return asyncio.run(ask())


def refusal(url: str, *, allow: Sequence[str] = (), resolve: Resolve | None = None) -> str:
    with pytest.raises(httpx.ConnectError) as caught:
        get(url, allow=allow, resolve=resolve)
    return str(caught.value)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "[::1]"],
)
def test_no_spelling_of_this_machine_is_connected_to(host: str) -> None:
    with serving(Answer()) as server:
        reason = refusal(f"http://{host}:{server.port}/")
    assert "loopback" in reason or "does not resolve" in reason  # without IPv6
    assert server.requests == []


def test_an_allowed_host_is_connected_to() -> None:
    with serving(Answer(body=b"hi")) as server:
        assert get(server.url, allow=["127.0.0.1"]).text == "hi"
        assert get(server.url, allow=[f"127.0.0.1:{server.port}"]).text == "hi"
        assert "loopback" in refusal(server.url, allow=["127.0.0.1:1"])


def test_one_forbidden_address_among_public_ones_refuses_the_name() -> None:
    resolve = resolving(["8.8.8.8", "10.0.0.5"])
    assert "feeds.example (10.0.0.5) is a private" in refusal(
        "http://feeds.example/", resolve=resolve
    )


def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    """A name that answers differently a second time (DNS rebinding) is not asked a second time."""
    with serving(Answer(body=b"hi")) as server:
        url = f"http://feeds.example:{server.port}/"
        resolve = resolving(["127.0.0.1"], ["169.254.169.254"])
        assert get(url, allow=["feeds.example"], resolve=resolve).text == "hi"
    assert server.requests[0].headers["host"] == f"feeds.example:{server.port}"


def test_a_dead_address_is_followed_by_the_next() -> None:
    with serving(Answer(body=b"hi")) as server:
        url = f"http://feeds.example:{server.port}/"
        resolve = resolving(["127.0.0.2", "127.0.0.1"])
        assert get(url, allow=["feeds.example"], resolve=resolve).text == "hi"


def test_the_last_failure_is_told_in_the_words_of_the_system() -> None:
    with serving(Answer()) as server:
        port = server.port
    reason = refusal(f"http://127.0.0.1:{port}/", allow=["127.0.0.1"])
    assert reason == f"port {port}: Connection refused"


def test_a_name_without_addresses_is_a_failure() -> None:
    reason = refusal("http://feeds.example:81/", resolve=resolving([]))
    assert reason == "port 81: the name has no address"


def test_a_name_that_does_not_exist_is_named() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    reason = refusal("http://feeds.example/", resolve=unknown)
    assert reason.startswith("the name feeds.example does not resolve: ")


def test_a_resolver_that_hangs_is_given_up_in_time() -> None:
    async def hang(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async def connect() -> None:
        backend = GuardedBackend(allow=[], resolve=hang)
        await backend.connect_tcp("feeds.example", 80, timeout=0.05)

    with pytest.raises(httpcore.ConnectTimeout, match=r"no connection within 0\.05 s"):
        asyncio.run(connect())


def test_redirects_are_left_to_the_caller() -> None:
    with serving(Answer(status=302, headers={"Location": "/b"})) as server:
        assert get(server.url, allow=["127.0.0.1"]).status_code == 302
    assert len(server.requests) == 1


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Answer(body=b"proxy")) as proxy, serving(Answer(body=b"hi")) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert get(server.url, allow=["127.0.0.1"]).text == "hi"
    assert proxy.requests == []


def test_the_client_says_who_asks_and_whom_to_write_to() -> None:
    assert user_agent("mailto:a@b.example") == f"brand-monitor/{__version__} (+mailto:a@b.example)"
    assert user_agent("") == f"brand-monitor/{__version__}"
    with serving(Answer()) as server:
        get(server.url, allow=["127.0.0.1"])
    assert server.requests[0].headers["user-agent"] == "t"


class TestLookingUp:
    def test_gives_the_addresses_of_a_name(self) -> None:
        assert "127.0.0.1" in asyncio.run(transport.look_up("localhost", 80))

    def test_raises_for_a_name_that_cannot_be(self) -> None:
        with pytest.raises(UnicodeError):
            asyncio.run(transport.look_up("a" * 70 + ".example", 80))

    @pytest.fixture
    def hanging(self, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
        """A resolver of the system that hangs until it is released."""
        release = threading.Event()

        def getaddrinfo(*_: object, **__: object) -> list[object]:
            release.wait(10)
            return []

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return release

    def test_that_is_given_up_leaves_no_thread_to_wait_for(self, hanging: threading.Event) -> None:
        async def give_up() -> list[threading.Thread]:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await transport.look_up("slow.example", 80)
            return [it for it in threading.enumerate() if it.name == "resolve slow.example"]

        (thread,) = asyncio.run(give_up())
        assert thread.daemon
        hanging.set()  # it answers to a loop that is closed by now
        thread.join(5)
        assert not thread.is_alive()

    def test_that_answers_after_it_was_given_up_is_ignored(self, hanging: threading.Event) -> None:
        async def answer_late() -> None:
            task = asyncio.create_task(transport.look_up("slow.example", 80))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            (thread,) = [it for it in threading.enumerate() if it.name == "resolve slow.example"]
            hanging.set()
            await asyncio.to_thread(thread.join, 5)
            await asyncio.sleep(0)

        asyncio.run(answer_late(), debug=False)
