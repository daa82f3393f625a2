"""Attacks on the link that acknowledges: what is tried, and what must not come of it.

`tried()` runs each on a house of its own and says what happened. Tests nothing by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from monitor.adapters.keyfile import key_path
from monitor.core.tickets import Purpose, Ticket, sealed
from monitor.core.types import Status
from tests.desk.house import HERE, NOON, House, house_at

Attack = Callable[[House], object]
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def tried(folder: Path) -> Iterator[tuple[str, int, bool]]:
    """(attack, requests, whether the incidents stand as they stood)."""
    for number, (name, attack) in enumerate(ATTACKS.items()):
        place = folder / str(number)
        place.mkdir()
        with house_at(place) as house:
            counted = Counted(house)
            attack(house)
            yield name, counted.requests, not house.actions()


class Counted:
    """Counts what is sent."""

    def __init__(self, house: House) -> None:
        self.requests = 0
        send = house.client.send

        def counting(*arguments: object, **more: object) -> object:
            self.requests += 1
            return send(*arguments, **more)

        house.client.send = counting


def guessing(house: House) -> None:
    for _ in range(300):
        house.post(f"/a/{secrets.token_urlsafe(42)}")


def guessing_the_seal(house: House) -> None:
    """All that is public is known: only the seal is guessed."""
    fields = base64.urlsafe_b64decode(house.link().removeprefix("/a/"))[:26]
    for _ in range(300):
        house.post("/a/" + base64.urlsafe_b64encode(fields + secrets.token_bytes(16)).decode())


def truncation(house: House) -> None:
    link = house.link()
    for length in range(3, len(link)):
        house.post(link[:length])


def bit_flips(house: House) -> None:
    raw = base64.urlsafe_b64decode(house.link().removeprefix("/a/"))
    for bit in range(8 * len(raw)):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        house.post("/a/" + base64.urlsafe_b64encode(bytes(flipped)).decode())


def replay_after_reopening(house: House) -> None:
    """Used once, the incident closed and opened again: the old link is tried again."""
    link = house.link()
    house.change(status=Status.RESOLVED)
    house.change(status=Status.OPEN, raised_at=NOON + timedelta(hours=1))
    house.now = NOON + timedelta(hours=2)
    for _ in range(3):
        house.post(link)


def after_a_rise(house: House) -> None:
    link = house.link()
    house.change(raised_at=NOON + timedelta(seconds=1))
    house.post(link)


def expiry(house: House) -> None:
    link = house.link()
    house.now = NOON + timedelta(days=7)
    house.post(link)
    house.now = NOON + timedelta(days=4_000)
    house.post(link)


def clock_set_back(house: House) -> None:
    link = house.link()
    house.now = NOON - timedelta(hours=1)
    house.post(link)


def prefetch(house: House) -> None:
    """What mail gateways, chat programs and browsers do with a link."""
    link = house.link()
    for headers in (
        {"user-agent": "Slackbot-LinkExpanding 1.0"},
        {"purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"user-agent": "Mozilla/5.0 SafeLinks"},
    ):
        house.get(link, **headers)
        house.client.head(link, headers=headers)
    house.client.options(link)


def other_methods(house: House) -> None:
    link = house.link()
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "post"):
        house.client.request(method, link)


def method_override(house: House) -> None:
    link = house.link()
    house.get(f"{link}?_method=POST")
    house.get(f"{link}?by=Ann&method=post")
    for name in ("x-http-method-override", "x-http-method", "x-method-override"):
        house.get(link, **{name: "POST"})
        house.client.head(link, headers={name: "POST"})


def another_incident(house: House) -> None:
    """The link of one is to answer the other."""
    other = base64.urlsafe_b64decode(house.link(2).removeprefix("/a/"))
    one = base64.urlsafe_b64decode(house.link(1).removeprefix("/a/"))
    for cut in (10, 18, 26):
        for mixed in (one[:cut] + other[cut:], other[:cut] + one[cut:]):
            house.post("/a/" + base64.urlsafe_b64encode(mixed).decode())


def other_purpose(house: House) -> None:
    """The token of a form as a link, and the link as the token of a form."""
    house.post(f"/a/{house.form()}")
    token = house.link().removeprefix("/a/")
    for verb in ("acknowledge", "resolve", "dismiss"):
        house.post(f"/incidents/1/{verb}", token=token, by="Eve", reason="not-us")


def algorithm_confusion(house: House) -> None:
    """Other algorithms, none at all, an empty or a public key."""
    fields = base64.urlsafe_b64decode(house.link().removeprefix("/a/"))[:26]
    for key in (b"", b"\0" * 32, b"secret", HERE.encode(), fields):
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.sha512):
            seal = hmac.digest(key, fields, digest)[:16].ljust(16, b"\0")
            house.post("/a/" + base64.urlsafe_b64encode(fields + seal).decode())
    house.post(
        "/a/" + base64.urlsafe_b64encode(fields + hashlib.sha256(fields).digest()[:16]).decode()
    )
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    claim = base64.urlsafe_b64encode(json.dumps({"incident": 1}).encode()).decode().rstrip("=")
    house.post(f"/a/{header}.{claim}.")


def other_version(house: House) -> None:
    raw = bytearray(base64.urlsafe_b64decode(house.link().removeprefix("/a/")))
    for version in range(256):
        if version != raw[0]:
            house.post("/a/" + base64.urlsafe_b64encode(bytes([version]) + raw[1:]).decode())


def huge(house: House) -> None:
    for length in (1_000, 30_000, 60_000):
        house.post("/a/" + "A" * length)
    house.post(house.link() + "?" + "x" * 60_000, headers={"content-type": "text/plain"})


def unicode_forms(house: House) -> None:
    """Letters that look or fold alike, joiners, blanks, percent signs."""
    token = house.link().removeprefix("/a/")
    wide = "".join(chr(ord(c) + 0xFEE0) for c in token)
    for other in (wide, token.swapcase(), "%00" + token, token + "%00", token + "%0a"):
        house.post("/a/" + other)
    for extra in ("%E2%80%8B", "%20", "%C2%A0", "%EF%BB%BF", "="):
        house.post("/a/" + token + extra)
        house.post("/a/" + extra + token)


def path_tricks(house: House) -> None:
    token = house.link().removeprefix("/a/")
    for path in (
        f"/a/../a/{token}/",
        f"/a/{token}/../../incidents/1/acknowledge",
        f"/a//{token}",
        f"/a/{token}%2f..%2facknowledge",
        f"/a/{token}/acknowledge",
        f"/A/{token}",
        "/a/%2e%2e/incidents/1/acknowledge",
        f"/a;x/{token}",
        "/incidents/1/acknowledge",
        "/incidents/01/acknowledge/",
        "/incidents/1/acknowledge%00",
    ):
        house.post(path, by="Eve")


def another_origin(house: House) -> None:
    """A page elsewhere has got hold of the link, or of none, and posts a form."""
    link = house.link()
    for headers in (
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": HERE + ".evil.example"},
        {"origin": "http://127.0.0.1:8301"},
        {"origin": "http://localhost:8300", "sec-fetch-site": "same-site"},
    ):
        house.post(link, headers, by="Eve")
        house.post("/incidents/1/acknowledge", headers, token=house.form(), by="Eve")


def simple_requests(house: House) -> None:
    """Bodies that a page elsewhere may send without asking first."""
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/json", ""):
        house.client.post(house.link(), content=b"by=Eve", headers={"content-type": kind})


def rebinding(house: House) -> None:
    """A name that is made to point here."""
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:8300", ""):
        house.post(house.link(), {"host": host}, by="Eve")


def parameter_pollution(house: House) -> None:
    """The seal of one incident, the number of another, in as many places as there are."""
    house.change(2, status=Status.RESOLVED)
    link = house.link(1)
    house.change(1, raised_at=NOON)
    body = b"by=Eve&by=Mallory&incident=2&incident_id=2&raised_at=0&ticket=x&purpose=2"
    form = {"content-type": "application/x-www-form-urlencoded"}
    house.client.post(f"{link}?incident=2&by=Eve", content=body, headers=form)
    house.client.post(f"{link}?incident=2", content=b"&".join([body] * 50), headers=form)


def after_it_is_over(house: House) -> None:
    link = house.link()
    for status in (Status.MERGED, Status.DISMISSED, Status.RESOLVED):
        house.change(status=status)
        house.post(link)


def key_rotated(house: House) -> None:
    link = house.link()
    key_path(house.database).unlink()
    house.post(link)


def key_of_another_house(house: House) -> None:
    ticket = Ticket(
        purpose=Purpose.ACKNOWLEDGE,
        incident_id=1,
        raised_at=house.incident().raised_at or NOON,
        issued_at=NOON,
    )
    house.post(f"/a/{sealed(secrets.token_bytes(32), ticket)}")


def longer_life(house: House) -> None:
    """The link is to be issued anew by who does not have the key: each field of it is moved."""
    raw = bytearray(base64.urlsafe_b64decode(house.link().removeprefix("/a/")))
    house.now = NOON + timedelta(days=8)
    for day in range(1, 9):
        issued = int((NOON + timedelta(days=day)).timestamp()).to_bytes(8, "big")
        moved = bytes(raw[:18]) + issued + bytes(raw[26:])
        house.post("/a/" + base64.urlsafe_b64encode(moved).decode())


def an_incident_that_is_not(house: House) -> None:
    """A true seal over an incident that was never there changes nothing of those that are."""
    key = key_path(house.database)
    house.link()
    for number in (0, -1, 3, 2**63 - 1):
        ticket = Ticket(
            purpose=Purpose.ACKNOWLEDGE, incident_id=number, raised_at=NOON, issued_at=NOON
        )
        house.post(f"/a/{sealed(key.read_bytes(), ticket)}")


ATTACKS: Mapping[str, Attack] = {
    "guessing whole links": guessing,
    "guessing the seal alone": guessing_the_seal,
    "cutting off": truncation,
    "flipping each bit": bit_flips,
    "replay after the incident was reopened": replay_after_reopening,
    "replay after the incident rose": after_a_rise,
    "after its week": expiry,
    "with the clock set back": clock_set_back,
    "giving it a longer life": longer_life,
    "prefetch, HEAD, link scanners": prefetch,
    "other methods": other_methods,
    "method override": method_override,
    "the link of another incident": another_incident,
    "an incident that is not there": an_incident_that_is_not,
    "a ticket of another purpose": other_purpose,
    "another algorithm, or none": algorithm_confusion,
    "another version": other_version,
    "huge links": huge,
    "look-alike letters, blanks, NUL": unicode_forms,
    "path tricks": path_tricks,
    "a form on another site": another_origin,
    "a simple request of another site": simple_requests,
    "a name that points here (rebinding)": rebinding,
    "parameter pollution": parameter_pollution,
    "after merge, dismissal, resolution": after_it_is_over,
    "after the key was changed": key_rotated,
    "the key of another monitor": key_of_another_house,
}
