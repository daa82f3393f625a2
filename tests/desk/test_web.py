"""The desk asked over HTTP, with what is behind it played by a small fake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from starlette.testclient import TestClient

from monitor.core.signing import signed_headers
from monitor.desk.health import Pulse
from monitor.desk.inbox import MAX_BODY, Inbox
from monitor.desk.metrics import Metrics
from monitor.desk.overview import Overview
from monitor.desk.web import Views, desk
from monitor.errors import DatabaseError
from tests.desk.alerts import NOON, incident_message, operational_message

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HERE = "http://127.0.0.1:8300"


@dataclass
class Behind:
    """What the desk asks of the rest of the program."""

    overview: Overview = field(default_factory=lambda: Overview(healthy=("news",), pending=2))
    logged: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    broken: bool = False

    async def tell(self) -> Overview:
        self._may_break()
        return self.overview

    async def recent(self) -> Sequence[str]:
        return self.logged

    async def not_ready(self) -> Sequence[str]:
        self._may_break()
        return self.reasons

    def _may_break(self) -> None:
        if self.broken:
            raise DatabaseError("monitor.db: disk full")


class Timer:
    at = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class World:
    client: TestClient
    behind: Behind
    timer: Timer

    def post(self, body: bytes, *, message: str = "msg_1", secret: str = SECRET) -> int:
        headers = signed_headers(message, at=NOON, body=body, secrets=[secret])
        return self.client.post("/inbox", content=body, headers=headers).status_code


def world_of(*hosts: str) -> World:
    behind, timer = Behind(), Timer()
    app = desk(
        Views(overview=behind.tell, recent=behind.recent, not_ready=behind.not_ready),
        inbox=Inbox(lambda: [SECRET]),
        metrics=Metrics(clock=lambda: NOON),
        clock=lambda: NOON,
        hosts=lambda: hosts,
        pulse=Pulse(timer=timer),
    )
    return World(TestClient(app, base_url=HERE, follow_redirects=False), behind, timer)


@pytest.fixture
def world() -> Iterator[World]:
    made = world_of()
    with made.client:
        yield made


def test_the_front_door_leads_to_the_inbox(world: World) -> None:
    answer = world.client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/inbox")


def test_an_alert_that_is_posted_is_on_the_page(world: World) -> None:
    assert "No alerts yet" in world.client.get("/inbox").text
    assert world.post(incident_message().encode()) == 204
    page = world.client.get("/inbox").text
    assert "Crew drags passenger off flight" in page
    assert "received" in page


def test_after_a_restart_the_page_has_what_the_log_knows(world: World) -> None:
    world.behind.logged = [incident_message()]
    page = world.client.get("/inbox").text
    assert "Crew drags passenger off flight" in page
    assert "from the log" in page


def test_the_same_message_twice_is_one_alert(world: World) -> None:
    body = operational_message("webhook.test").encode()
    assert [world.post(body), world.post(body)] == [204, 204]
    assert world.client.get("/inbox").text.count("Test") == 1


def test_a_forged_message_is_refused_and_nothing_of_it_is_shown(world: World) -> None:
    body = incident_message().encode()
    assert world.post(body, secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD") == 401
    assert world.client.post("/inbox", content=body).status_code == 401
    assert "No alerts yet" in world.client.get("/inbox").text


def test_what_is_signed_but_no_message_is_refused(world: World) -> None:
    assert world.post(b"[]") == 400


def test_a_body_of_64_kib_is_the_most(world: World) -> None:
    frame = '{{"type":"webhook.test","timestamp":"x","data":{{"a":"{}"}}}}'
    room = MAX_BODY - len(frame.format(""))
    assert world.post(frame.format("x" * room).encode()) == 204
    assert world.post(frame.format("x" * (room + 1)).encode(), message="msg_2") == 413


def test_without_a_database_the_page_still_shows_what_came_in(world: World) -> None:
    world.post(incident_message().encode())
    world.behind.broken = True
    answer = world.client.get("/inbox")
    assert answer.status_code == 200
    assert "Crew drags passenger off flight" in answer.text
    assert "the database did not answer" in answer.text


# --- health


def test_a_loop_that_turns_is_alive(world: World) -> None:
    answer = world.client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"alive": True, "lag_seconds": 0.0})


@pytest.mark.parametrize(("late", "status"), [(10.0, 200), (10.1, 503)])
def test_a_loop_that_stood_still_for_more_than_ten_seconds_is_not(
    world: World, late: float, status: int
) -> None:
    world.timer.at += 1.0 + late
    assert world.client.get("/livez").status_code == status


def test_ready_when_there_is_no_reason_against_it(world: World) -> None:
    answer = world.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})


def test_not_ready_with_the_reasons(world: World) -> None:
    world.behind.reasons = ["the model is not loaded yet"]
    answer = world.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reasons": ["the model is not loaded yet"]}


def test_a_database_that_does_not_answer_is_a_reason(world: World) -> None:
    world.behind.broken = True
    assert world.client.get("/readyz").json()["reasons"] == ["monitor.db: disk full"]


def test_metrics_in_the_format_of_prometheus(world: World) -> None:
    answer = world.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "outbox_pending 2.0" in answer.text
    world.behind.broken = True
    assert world.client.get("/metrics").status_code == 503


PATHS = ["/", "/inbox", "/livez", "/readyz", "/metrics"]


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_the_body(world: World, path: str) -> None:
    head, get = world.client.head(path), world.client.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""


@pytest.mark.parametrize(("path", "method"), [("/livez", "POST"), ("/inbox", "DELETE")])
def test_other_methods_are_refused(world: World, path: str, method: str) -> None:
    assert world.client.request(method, path).status_code == 405


def test_what_is_not_there_is_not_found(world: World) -> None:
    assert world.client.get("/inbox/../etc/passwd").status_code == 404
    assert world.client.get("/docs").status_code == 404


# --- what protects a browser


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
def test_every_answer_is_armoured(world: World, path: str) -> None:
    headers = world.client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_the_nonce_of_the_policy_is_that_of_the_page_and_never_used_twice(world: World) -> None:
    nonces = set()
    for _ in range(2):
        answer = world.client.get("/inbox")
        (allowed,) = set(re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"]))
        assert set(re.findall(r'nonce="([^"]+)"', answer.text)) == {allowed}
        nonces.add(allowed)
    assert len(nonces) == 2


HOSTS = {
    # Host header: is it answered, is it when monitor.http is 0.0.0.0?
    "127.0.0.1:8300": (True, True),
    "127.0.0.1": (True, True),
    "localhost:8300": (True, True),
    "LOCALHOST": (True, True),
    "[::1]:8300": (True, True),
    "[::1]": (True, True),
    "desk.example:8300": (True, True),
    "192.0.2.7:8300": (False, True),
    "[2001:db8::7]:8300": (False, True),
    "evil.example": (False, False),
    "127.0.0.1.evil.example": (False, False),
    "localhost.evil.example:8300": (False, False),
    "": (False, False),
    "[": (False, False),
}


@pytest.mark.parametrize("host", HOSTS)
def test_only_names_of_this_machine_are_answered(host: str) -> None:
    """A name that is made to point here (DNS rebinding) still says itself in Host."""
    on_loopback, on_every_address = HOSTS[host]
    for world, answered in (
        (world_of("127.0.0.1", "Desk.example"), on_loopback),
        (world_of("0.0.0.0", "desk.example"), on_every_address),  # noqa: S104 - a name
        (world_of("::", "desk.example"), on_every_address),
    ):
        for path in ("/inbox", "/metrics"):
            status = world.client.get(path, headers={"host": host}).status_code
            assert status == (200 if answered else 421)


def test_a_stranger_is_told_nothing(world: World) -> None:
    answer = world.client.get("/inbox", headers={"host": "evil.example"})
    assert answer.text == "this is not the host you are looking for\n"
    assert answer.headers["x-content-type-options"] == "nosniff"
