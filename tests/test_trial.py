"""A source that is followed live is tried both ways: its list, and its stream."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.settings import Secret, SourceSettings, WebhookSettings
from monitor.trial import OWN_INBOX, probe, try_source
from tests.servers import Answer, Received, serving
from tests.sources.onair import HEAD
from tests.stages.conftest import SETTINGS

pytestmark = pytest.mark.anyio

SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def source(url: str) -> SourceSettings:
    return SourceSettings(
        name="live",
        kind="mastodon",
        url=f"{url}/tags/united",
        every=timedelta(minutes=5),
        query=("",),
        token=Secret("t"),
        stream=True,
    )


async def test_an_inbox_that_does_not_run_yet_is_told_from_a_receiver_that_is_down():
    hooks = tuple(
        WebhookSettings(name=name, url=Secret(f"http://127.0.0.1:9/{name}"), secrets=(SECRET,))
        for name in ("inbox", "other")
    )
    settings = replace(
        SETTINGS,
        sources=(),
        webhooks=hooks,
        http=("127.0.0.1", 9),
        allow_private_hosts=("127.0.0.1",),
    )
    refused = "port 9: Connection refused"
    assert await probe(settings) == [
        ("webhook inbox", f"{refused}: {OWN_INBOX}"),
        ("webhook other", refused),
    ]


@pytest.mark.parametrize(
    ("listed", "streamed", "complaint"),
    [
        (Answer(body=b"[]"), Answer(wire=[HEAD + b":)\n", 5]), ""),
        (Answer(body=b"[]"), Answer(status=401), "no stream: answered 401"),
        (Answer(status=500), Answer(status=401), "the server answered 500 Internal Server Error"),
    ],
)
async def test_what_is_wrong_is_said(listed: Answer, streamed: Answer, complaint: str):
    def answer(request: Received) -> Answer:
        return streamed if "/streaming/" in request.path else listed

    with serving(answer) as server:
        settings = replace(SETTINGS, allow_private_hosts=("127.0.0.1",))
        tried = await try_source(settings, source(server.url))
    assert tried.complaint == complaint
