"""Tokens for an app, from a real server: got once, renewed in time, refused in plain words."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from monitor.adapters.fetch import HttpFetcher
from monitor.adapters.grants import GrantingFetcher
from monitor.adapters.transport import guarded_client
from monitor.core.polling import Fetched, FetchFailed, FetchResult, Grant, Request
from tests.servers import RESET, Answer, Received, Server, serving

pytestmark = pytest.mark.anyio

DAY = 86_400
TOKEN = b'{"access_token": "%s", "token_type": "bearer", "expires_in": 86400}'


class Reddit:
    """Gives tokens t1, t2, …, and takes the last of them only."""

    def __init__(self, *tokens: Answer) -> None:
        self.tokens = list(tokens)
        self.given = 0
        self.logins: list[str] = []
        self.bodies: list[bytes] = []
        self.takes = True

    def __call__(self, request: Received) -> Answer:
        if request.path == "/token":
            assert request.method == "POST"
            self.logins.append(request.headers["authorization"])
            self.bodies.append(request.body)
            self.given += 1
            made = Answer(body=TOKEN % f"t{self.given}".encode())
            return self.tokens.pop(0) if self.tokens else made
        known = request.headers.get("authorization") == f"Bearer t{self.given}"
        return Answer(body=b"[]") if known and self.takes else Answer(status=401)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def asking(
    handler: Reddit, **options: Any
) -> AsyncIterator[tuple[GrantingFetcher, Request, Server]]:
    with serving(handler) as server:
        async with guarded_client(user_agent="agent/1", allow=["127.0.0.1"]) as client:
            grant = Grant(url=f"{server.url}/token", client="id", secret="hush")
            request = Request(url=f"{server.url}/list", grant=grant)
            yield GrantingFetcher(HttpFetcher(client), client, **options), request, server


def fetched(answer: FetchResult) -> bytes:
    assert isinstance(answer, Fetched), answer
    return answer.body


async def refused(*answers: Answer, **options: Any) -> FetchFailed:
    async with asking(Reddit(*answers), **options) as (fetcher, request, _):
        answer = await fetcher.fetch(request)
    assert isinstance(answer, FetchFailed)
    assert "hush" not in repr(answer)
    return answer


async def test_one_token_serves_many_requests():
    reddit = Reddit()
    async with asking(reddit) as (fetcher, request, server):
        answers = await asyncio.gather(*(fetcher.fetch(request) for _ in range(3)))
        assert [fetched(answer) for answer in answers] == [b"[]"] * 3
        agents = {one.headers["user-agent"] for one in server.requests}
    assert reddit.logins == [f"Basic {base64.b64encode(b'id:hush').decode()}"]
    assert reddit.bodies == [b"grant_type=client_credentials"]
    assert agents == {"agent/1"}


async def test_a_request_that_needs_none_goes_as_it_is():
    async with asking(Reddit()) as (fetcher, request, server):
        answer = await fetcher.fetch(replace(request, grant=None))
        assert isinstance(answer, FetchFailed)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("expires", "lives"),
    [
        (DAY, DAY - 300),
        (600, 540),
        ("soon", 3_300),
        (None, 3_300),
        (True, 3_300),
        (-5, 3_300),
        (10**400, 30 * DAY - 300),
    ],
)
async def test_it_is_renewed_before_it_dies(expires, lives):
    clock = Clock()
    told = "null" if expires is None else str(expires).lower() if expires is True else expires
    told = '"soon"' if told == "soon" else told
    first = Answer(body=f'{{"access_token": "t1", "expires_in": {told}}}'.encode())
    reddit = Reddit(first)
    async with asking(reddit, now=clock) as (fetcher, request, _):
        await fetcher.fetch(request)
        clock.now += lives - 1
        await fetcher.fetch(request)
        assert reddit.given == 1
        clock.now += 1
        assert fetched(await fetcher.fetch(request)) == b"[]"
        assert reddit.given == 2


async def test_one_that_is_not_taken_any_more_is_renewed_once():
    reddit = Reddit()
    async with asking(reddit) as (fetcher, request, server):
        await fetcher.fetch(request)
        reddit.given = 7  # it knows no other any more
        assert fetched(await fetcher.fetch(request)) == b"[]"
        reddit.takes = False
        server.requests.clear()
        answer = await fetcher.fetch(request)
        assert isinstance(answer, FetchFailed)
        assert answer.status == 401
        assert [one.path for one in server.requests] == ["/list", "/token", "/list"]


async def test_apps_have_tokens_of_their_own():
    reddit = Reddit()
    async with asking(reddit) as (fetcher, request, _):
        await fetcher.fetch(request)
        assert request.grant is not None
        await fetcher.fetch(replace(request, grant=replace(request.grant, client="other")))
    assert reddit.given == 2


@pytest.mark.parametrize(
    ("answer", "why", "status"),
    [
        (
            Answer(status=401, body=b'{"message": "Unauthorized", "error": 401}'),
            "it does not know this client id with this secret (401)",
            401,
        ),
        (
            Answer(status=403, body=b"<html>blocked"),
            "it refuses the app: it may not be approved, or the contact may be missing (403)",
            403,
        ),
        (
            Answer(status=400, body=b'{"error": "unsupported_grant_type"}'),
            "the app may not ask for itself: it must be of a type that has a secret (400)",
            400,
        ),
        (
            Answer(body=b'{"error": "invalid_client"}'),
            "it does not know this client id with this secret (200)",
            200,
        ),
        (Answer(body=b'{"error": "hush"}'), "its answer holds no token", 200),
        (Answer(body=b"[" * 10_000), "its answer holds no token", 200),
        (Answer(body=b"[]"), "its answer holds no token", 200),
        (Answer(body=TOKEN + b" " * 70_000), "its answer holds no token", 200),
        (Answer(status=503, headers={"Retry-After": "9"}), "it answered 503", 503),
        (Answer(status=302, headers={"Location": "/token"}), "it answered 302", 302),
        (Answer(wire=[b"HTTP/1.1 200 OK\r\n\r\n", RESET]), "", None),
    ],
)
async def test_a_refusal_is_told_in_words(answer: Answer, why: str, status: int | None):
    failed = await refused(answer)
    assert failed.reason.startswith(f"no token from 127.0.0.1: {why}")
    assert failed.status == status


async def test_when_to_come_back_is_told():
    failed = await refused(Answer(status=429, headers={"Retry-After": "9"}))
    headers: Mapping[str, str] = failed.headers
    assert headers["retry-after"] == "9"


async def test_a_server_that_does_not_answer_is_given_up():
    failed = await refused(Answer(delay=30), within=0.1)
    assert failed.reason == "no token from 127.0.0.1: no complete answer within 0.1 s"


async def test_a_failure_is_not_kept():
    reddit = Reddit(Answer(status=500))
    async with asking(reddit) as (fetcher, request, _):
        assert isinstance(await fetcher.fetch(request), FetchFailed)
        reddit.given = 0
        assert fetched(await fetcher.fetch(request)) == b"[]"


async def test_one_that_is_refused_when_it_is_renewed_is_told():
    reddit = Reddit()
    async with asking(reddit) as (fetcher, request, _):
        await fetcher.fetch(request)
        reddit.takes, reddit.tokens = False, [Answer(status=401)]
        failed = await fetcher.fetch(request)
        assert isinstance(failed, FetchFailed)
        assert failed.reason.startswith("no token from")
