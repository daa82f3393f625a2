"""Apprise itself, against a receiver on loopback; and every way in which it does not deliver."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
import warnings
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from monitor.adapters import apprise as adapter
from monitor.adapters.apprise import ApprisePoster
from monitor.adapters.switch import Switch
from monitor.adapters.transport import look_up
from monitor.core.outbox import Answered, PostResult, SignedMessage, Unreachable
from monitor.receivers import FORMATS
from tests.fakes import FakePoster
from tests.receivers.events import NOON, incident, webhook
from tests.servers import Answer, serving

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


def post(
    url: str,
    *,
    allow: Sequence[str] = ("127.0.0.1",),
    resolve: Resolve = look_up,
    timeout: float = 10.0,
) -> PostResult:
    message = FORMATS["apprise"].build(webhook("apprise", url), "msg_1", incident(), at=NOON)
    poster = ApprisePoster(allow=allow, resolve=resolve, timeout=timeout)
    return asyncio.run(poster.post(message))


@pytest.fixture
def library() -> Any:
    found = pytest.importorskip("apprise", reason="the extra `apprise` is not installed")
    # It loads its hundred plugins at the first address; what they warn of is their affair.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found.Apprise.instantiate("json://127.0.0.1")
    return found


def test_the_library_delivers_title_text_and_kind(library: Any) -> None:
    with serving(Answer(status=200)) as server:
        assert post(f"json://127.0.0.1:{server.port}/x") == Answered(status=200)
        (request,) = server.requests
    told = json.loads(request.body)
    assert told["title"].startswith("[CRITICAL] New incident: Nordwind Air")
    assert "\n\nsocial.example, @\u200banna: They dragged him" in told["message"]
    assert told["type"] == "failure"


def test_a_refusal_is_told_with_the_librarys_reason(library: Any) -> None:
    with serving(Answer(status=401)) as server:
        result = post(f"json://user:hunter2@127.0.0.1:{server.port}/secretpath")
    assert isinstance(result, Unreachable)
    assert result.error.startswith("Apprise could not deliver it: ")
    assert "401" in result.error
    assert "hunter2" not in result.error
    assert "secretpath" not in result.error


def test_a_redirect_is_not_followed(library: Any) -> None:
    with serving({"/x": Answer(status=307, headers={"Location": "/y"}), "/y": Answer()}) as server:
        assert isinstance(post(f"json://127.0.0.1:{server.port}/x"), Unreachable)
        assert [request.path.rstrip("/") for request in server.requests] == ["/x"]


def test_a_private_host_must_be_allowed(library: Any) -> None:
    with serving(Answer()) as server:
        result = post(f"json://localhost:{server.port}/x", allow=())
        assert server.requests == []
    assert isinstance(result, Unreachable)
    assert "allow_private_hosts does not name it" in result.error


def test_an_address_of_one_host_and_port_may_be_allowed_alone(library: Any) -> None:
    with serving(Answer()) as server:
        allowed = [f"127.0.0.1:{server.port}"]
        assert isinstance(post(f"json://127.0.0.1:{server.port}", allow=allowed), Answered)
        result = post(f"json://127.0.0.1:{server.port}", allow=["127.0.0.1:1"])
        assert isinstance(result, Unreachable)


def test_a_host_that_is_none_is_no_matter(library: Any) -> None:
    """Of many services it is a topic or a token: the library knows where to go."""

    async def nothing(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    with serving(Answer()) as server:
        assert isinstance(post(f"json://127.0.0.1:{server.port}", resolve=nothing), Answered)


def test_an_address_that_the_library_does_not_know(library: Any) -> None:
    assert post("pigeon://loft") == Unreachable(error="Apprise does not know this kind of address")


def test_a_slow_service_is_left_after_the_time_limit(library: Any) -> None:
    post("pigeon://warm-up")
    with serving(Answer(delay=2.0)) as server:
        result = post(f"json://127.0.0.1:{server.port}", timeout=0.5)
    assert result == Unreachable(error="no answer within 0.5 s", perhaps_taken=True)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    result = post("ntfy://topic")
    assert result == Unreachable(
        error="the extra is not installed: pip install 'brand-monitor[apprise]'"
    )


class Silent:
    """A service that fails and says nothing."""

    def notify(self, **_: Any) -> bool:
        return False


def test_a_failure_without_a_reason_says_so() -> None:
    result = adapter._notify(Silent(), {"title": "t", "body": "b", "type": "info"})
    assert result == Unreachable(error="Apprise could not deliver it: it gives no reason")


def test_each_message_goes_the_way_of_its_kind() -> None:
    web, other = FakePoster(Answered(status=201)), FakePoster(Answered(status=202))
    switch = Switch({"http": web, "apprise": other})
    plain = SignedMessage(url="https://a.example", headers={}, body=b"")
    told = SignedMessage(url="ntfy://t", headers={}, body=b"", via="apprise")
    assert asyncio.run(switch.post(plain)) == Answered(status=201)
    assert asyncio.run(switch.post(told)) == Answered(status=202)
    assert (web.sent, other.sent) == ([plain], [told])


def test_what_is_logged_on_another_thread_is_no_reason_of_ours() -> None:
    log = logging.getLogger("apprise")
    with adapter._Overheard() as overheard:
        log.warning("ours")
        log.info("not worth it")
        thread = threading.Thread(target=log.warning, args=("another's",))
        thread.start()
        thread.join()
    log.warning("too late")
    assert overheard.said == ["ours"]
