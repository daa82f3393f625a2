"""Every type of event in every format: good by the maker's schema, within limits, no ping."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from monitor.core.formats import TERMS, Key
from monitor.core.outbox import SignedMessage
from monitor.core.signing import refusal
from monitor.receivers import FORMATS
from tests.receivers import judges
from tests.receivers.events import (
    BODIES,
    NOON,
    SECRET,
    after,
    hostile,
    hostile_facts,
    incident,
    webhook,
)

SIGNED = [name for name, terms in TERMS.items() if terms.key is Key.SIGNING]


def built(format_: str, body: bytes) -> SignedMessage:
    return FORMATS[format_].build(webhook(format_), "msg_1", body, at=NOON)


def test_the_configuration_knows_the_same_formats_as_the_receivers() -> None:
    assert list(FORMATS) == list(TERMS)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", BODIES)
def test_every_type_of_event_is_json_within_limits(name: str, format_: str) -> None:
    message = built(format_, BODIES[name])
    assert judges.limits(format_, message.body) == []
    assert judges.pings(format_, json.loads(message.body)) == []


@pytest.mark.parametrize("format_", judges.SCHEMA_JUDGES)
@pytest.mark.parametrize("name", BODIES)
def test_every_type_of_event_is_good_by_the_makers_schema(name: str, format_: str) -> None:
    try:
        found = judges.SCHEMA_JUDGES[format_](json.loads(built(format_, BODIES[name]).body))
    except judges.NotHereError as e:
        pytest.skip(str(e))
    assert found == []


@pytest.mark.parametrize("format_", [name for name in FORMATS if name not in SIGNED])
def test_what_is_not_signed_is_the_same_in_every_attempt(format_: str) -> None:
    first, again = (
        FORMATS[format_].build(webhook(format_), "msg_1", incident(), at=at)
        for at in (NOON, after(hours=1))
    )
    assert first == again
    assert "webhook-signature" not in first.headers


@pytest.mark.parametrize("format_", SIGNED)
def test_what_is_signed_is_believed_and_its_body_is_the_same_in_every_attempt(
    format_: str,
) -> None:
    first, again = (
        FORMATS[format_].build(webhook(format_), "msg_1", incident(), at=at)
        for at in (NOON, after(hours=1))
    )
    assert first.body == again.body
    assert refusal(first.headers, body=first.body, secrets=[SECRET], now=NOON) is None
    assert first.headers["webhook-signature"] != again.headers["webhook-signature"]


@pytest.mark.parametrize("format_", SIGNED)
def test_the_independent_library_believes_it_too(format_: str) -> None:
    now = NOON.now(tz=NOON.tzinfo)
    message = FORMATS[format_].build(webhook(format_), "msg_1", incident(), at=now)
    assert Webhook(SECRET).verify(message.body, dict(message.headers)) == json.loads(message.body)


SPITEFUL = [
    "<!channel> <!here> <@U012AB3CD> <#C0123> <https://evil.example|click>",
    "@everyone @here <@1234567890> <@&1234> <#99> <:x:1> </cmd:1> <id:guide>",
    "[click](https://evil.example) **bold** `code` ||spoiler|| # head\n> quote",
    "{{DATE(2026-11-22T00:00:00Z,SHORT)}} <at>everyone</at> ${secret} @{triggerBody()}",
    "\u202egnp.exe \x00\x1b[31m \ud800 \u2066x\u2069",
    "https://good.example@evil.example/ javascript:alert(1)",
    '"}]} , {"type": "x"',
    "&amp;lt;!channel&gt;",
    "\\",
    "",
]
ENDLESS = ["a " * 999, *(char * 999 for char in '&<>@*\\"🙂é日')]


@pytest.mark.parametrize(
    "text", [*SPITEFUL, *(char * 999 for char in '&<>@*\\"🙂é日'), "a " * 999]
)
@pytest.mark.parametrize("format_", FORMATS)
def test_spite_stays_text(format_: str, text: str) -> None:
    good(format_, text)


CHARS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="<>@&!#|*_`~[]()\\/:{}\"' aé🙂", max_size=60),
    st.sampled_from(SPITEFUL),
)


@settings(deadline=None, max_examples=25)
@given(CHARS, st.sampled_from([1, 3, 20]))
@example("<!channel>", 40)
def test_any_text_stays_within_limits_and_calls_nobody(text: str, times: int) -> None:
    for format_ in FORMATS:
        good(format_, text * times)


def good(format_: str, text: str) -> None:
    for body in (hostile(text), hostile_facts(text)):
        message = built(format_, body)
        assert judges.limits(format_, message.body) == []
        assert judges.pings(format_, json.loads(message.body)) == []
        assert not any(
            ord(char) < 32 and char != "\n"
            for part in judges.texts(json.loads(message.body))
            for char in part
        )


@pytest.mark.parametrize("format_", judges.SCHEMA_JUDGES)
@pytest.mark.parametrize("text", ["<!channel>" * 99, "🙂" * 999])
def test_spite_is_good_by_the_makers_schema(format_: str, text: str) -> None:
    try:
        found = [
            complaint
            for body in (hostile(text), hostile_facts(text))
            for complaint in judges.SCHEMA_JUDGES[format_](json.loads(built(format_, body).body))
        ]
    except judges.NotHereError as e:
        pytest.skip(str(e))
    assert found == []


@pytest.mark.parametrize("format_", ["slack", "teams", "discord", "apprise", "pagerduty"])
def test_the_five_lines_the_evidence_and_every_link_are_shown(format_: str) -> None:
    shown = "\n".join(judges.texts(json.loads(built(format_, incident()).body)))
    plain = shown.replace("\\", "").replace("&amp;", "&").replace("\u200b", "").replace("%40", "@")
    for part in (
        "staff mistreated someone",
        "150 people in 180 posts",
        "300 to 3,010 posts",
        "someone who was there says or shows it",
        "a public statement by 22 Nov 2026, 13:00 UTC",
        "They dragged him down the aisle & nobody helped",
        "https://social.example/@anna/1",
        "An expert would show this to leadership",
        "Acknowledge",
        "https://monitor.example/a/7/c2lnbmVkLXRva2Vu",
        "Inbox",
        "http://127.0.0.1:8300/inbox#incident-7",
    ):
        assert part in plain


@pytest.mark.parametrize("format_", ["slack", "teams", "discord", "apprise"])
def test_evidence_comes_before_the_reasons(format_: str) -> None:
    shown = built(format_, incident()).body.decode()
    assert shown.index("They dragged him") < shown.index("An expert would show this to leadership")
