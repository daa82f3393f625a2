"""What each format asks of the configuration."""

from __future__ import annotations

import pytest

from monitor.core.formats import (
    PAGERDUTY,
    TERMS,
    secret_complaint,
    secrets_complaint,
    url_complaint,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = "e93facc04764012d7bfb002500d5d1a6"

COUNTS = {
    ("standard", 0): "a signed webhook needs one",
    ("standard", 1): None,
    ("standard", 2): None,
    ("cloudevents", 0): "a signed webhook needs one",
    ("alertmanager", 0): "a signed webhook needs one",
    ("pagerduty", 0): "pagerduty needs the routing key of its integration",
    ("pagerduty", 1): None,
    ("pagerduty", 2): "pagerduty takes one routing key",
    **{(name, 0): None for name in ("slack", "teams", "discord", "apprise", "alertmanager-api")},
    ("slack", 1): "slack messages are not signed: leave it out",
    ("apprise", 2): "apprise messages are not signed: leave it out",
}


@pytest.mark.parametrize(("name", "count"), COUNTS)
def test_how_many_secrets_a_format_takes(name: str, count: int) -> None:
    expected = COUNTS[name, count]
    found = secrets_complaint(name, count)
    assert found is None if expected is None else found and found.startswith(expected)


SECRETS = [
    ("standard", SECRET, None),
    ("standard", KEY, "a webhook secret starts with whsec_"),
    ("pagerduty", KEY, None),
    ("pagerduty", KEY.upper(), None),
    ("pagerduty", KEY[1:], "a routing key has 32 letters and digits"),
    ("pagerduty", KEY + "0", "a routing key has 32 letters and digits"),
    ("pagerduty", KEY[:-1] + "-", "a routing key has 32 letters and digits"),
    ("pagerduty", SECRET, "a routing key has 32 letters and digits"),
]


@pytest.mark.parametrize(("name", "secret", "complaint"), SECRETS)
def test_the_form_of_a_secret(name: str, secret: str, complaint: str | None) -> None:
    assert secret_complaint(name, secret) == complaint


WEB = "should be an http or https address, env:NAME or file:PATH"
URLS = [
    ("slack", "https://hooks.slack.com/services/x", None),
    ("slack", "HTTP://127.0.0.1/x", None),
    ("slack", "mailto:me", WEB),
    ("slack", "https://", WEB),
    ("discord", "discord://1/2", WEB),
    ("apprise", "mailtos://u:p@mail.example", None),
    ("apprise", "ntfy://topic", None),
    ("apprise", "topic", "should be an address of Apprise, env:NAME or file:PATH"),
    ("apprise", "://topic", "should be an address of Apprise, env:NAME or file:PATH"),
]


@pytest.mark.parametrize(("name", "url", "complaint"), URLS)
def test_the_form_of_an_address(name: str, url: str, complaint: str | None) -> None:
    assert url_complaint(name, url) == complaint


def test_only_pagerduty_has_one_address_for_everybody() -> None:
    assert {name: terms.url for name, terms in TERMS.items() if terms.url} == {
        "pagerduty": PAGERDUTY
    }
    assert PAGERDUTY == "https://events.pagerduty.com/v2/enqueue"
