"""What each webhook format asks of the configuration: a secret or none, an address or a default.

The one place where a format is named; `monitor.receivers` says how its requests are built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from monitor.core.addresses import names_host
from monitor.core.signing import key_of

PAGERDUTY = "https://events.pagerduty.com/v2/enqueue"
#: An integration key of the Events API v2.
_ROUTING_KEY = re.compile(r"[0-9A-Za-z]{32}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Key(Enum):
    """What `secret` is to a format."""

    #: One or more Standard Webhooks secrets: the message is signed.
    SIGNING = "signing"
    #: PagerDuty's routing key, sent in the body.
    ROUTING = "routing"
    #: The address is the secret, or the receiver knows none.
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What one format asks for."""

    key: Key = Key.NONE
    #: Where it goes if `url` is not given; empty: `url` must be.
    url: str = ""
    #: Addresses of other kinds than http and https are meant too.
    any_scheme: bool = False


TERMS: Mapping[str, Terms] = {
    "standard": Terms(key=Key.SIGNING),
    "slack": Terms(),
    "teams": Terms(),
    "discord": Terms(),
    "pagerduty": Terms(key=Key.ROUTING, url=PAGERDUTY),
    "alertmanager": Terms(key=Key.SIGNING),
    "alertmanager-api": Terms(),
    "cloudevents": Terms(key=Key.SIGNING),
    "apprise": Terms(any_scheme=True),
}


def secrets_complaint(name: str, secrets: int) -> str | None:
    """Say what is wrong with this number of secrets for a format; None if nothing is."""
    match TERMS[name].key, secrets:
        case Key.SIGNING, 0:
            return 'a signed webhook needs one ("whsec_…", env:NAME or file:PATH)'
        case Key.ROUTING, 0:
            return f"{name} needs the routing key of its integration here (env:NAME or file:PATH)"
        case Key.ROUTING, several if several > 1:
            return f"{name} takes one routing key"
        case Key.NONE, given if given:
            return f"{name} messages are not signed: leave it out"
    return None


def secret_complaint(name: str, secret: str) -> str | None:
    """Say what is wrong with the form of a secret, without showing it."""
    if TERMS[name].key is Key.ROUTING:
        good = _ROUTING_KEY.fullmatch(secret)
        return None if good else "a routing key has 32 letters and digits"
    try:
        key_of(secret)
    except ValueError as e:
        return str(e)
    return None


def url_complaint(name: str, url: str) -> str | None:
    """Say what is wrong with the form of an address, without showing it."""
    if TERMS[name].any_scheme:
        good = _SCHEME.match(url) is not None
        return None if good else "should be an address of Apprise, env:NAME or file:PATH"
    if url.lower().startswith(("http://", "https://")) and names_host(url):
        return None
    return "should be an http or https address, env:NAME or file:PATH"
