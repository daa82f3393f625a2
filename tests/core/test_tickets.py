"""Tickets: one purpose, one incident, one moment, one key, one spelling."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.tickets import (
    LIFETIMES,
    SKEW,
    InvalidTicket,
    Purpose,
    Ticket,
    sealed,
    unsealed,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))
TICKET = Ticket(
    purpose=Purpose.ACKNOWLEDGE,
    incident_id=7,
    raised_at=NOON - timedelta(minutes=3, microseconds=17),
    issued_at=NOON,
)
SEALED = sealed(KEY, TICKET)


def read(
    text: str,
    *,
    key: bytes = KEY,
    purpose: Purpose = Purpose.ACKNOWLEDGE,
    now: datetime = NOON,
) -> Ticket | InvalidTicket:
    return unsealed(key, text, purpose=purpose, now=now)


def test_what_was_sealed_is_read_back_whole() -> None:
    assert read(SEALED) == TICKET
    assert len(SEALED) == 56


def test_the_seal_is_the_first_half_of_an_hmac_sha256_over_the_fields() -> None:
    """Judged by the standard library, so that links outlive a rewrite of the module."""
    raw = base64.urlsafe_b64decode(SEALED)
    fields, mac = raw[:26], raw[26:]
    assert mac == hmac.digest(KEY, fields, hashlib.sha256)[:16]
    assert fields[:10].hex() == "01010000000000000007"


@given(
    incident=st.integers(0, 2**63 - 1),
    raised=st.integers(-(2**52), 2**52),
    issued=st.integers(0, 2**32),
    purpose=st.sampled_from(Purpose),
)
def test_every_ticket_survives_the_way_there_and_back(
    incident: int, raised: int, issued: int, purpose: Purpose
) -> None:
    at = datetime.fromtimestamp(issued, UTC)
    then = NOON + timedelta(microseconds=raised)
    ticket = Ticket(purpose=purpose, incident_id=incident, raised_at=then, issued_at=at)
    assert unsealed(KEY, sealed(KEY, ticket), purpose=purpose, now=at) == ticket


@pytest.mark.parametrize("place", range(56))
def test_no_character_may_be_another(place: int) -> None:
    for other in (ascii_letters + digits + "-_").replace(SEALED[place], ""):
        assert read(SEALED[:place] + other + SEALED[place + 1 :]) is InvalidTicket.FORGED


WRONG = {
    "nothing": "",
    "cut off": SEALED[:-1],
    "longer": SEALED + "A",
    "padded": SEALED + "=",
    "with a line end": SEALED + "\n",
    "with a blank": " " + SEALED[1:],
    "the other alphabet": "+" * 56,
    "huge": "A" * 10_000_000,
    "no ASCII": "\u0661" * 56,
    "wide letters": "\uff21" * 56,
    "a token with no algorithm": "eyJhbGciOiJub25lIn0.eyJpbmNpZGVudCI6N30.",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_one_of_ours_is_refused(name: str) -> None:
    assert read(WRONG[name]) is InvalidTicket.FORGED


def test_another_key_opens_nothing_and_no_key_nothing_at_all() -> None:
    assert read(SEALED, key=KEY[::-1]) is InvalidTicket.FORGED
    assert read(sealed(b"", TICKET), key=b"") is InvalidTicket.FORGED


@pytest.mark.parametrize("made", Purpose)
@pytest.mark.parametrize("asked", Purpose)
def test_a_ticket_serves_the_purpose_it_was_made_for(made: Purpose, asked: Purpose) -> None:
    found = read(sealed(KEY, replace(TICKET, purpose=made)), purpose=asked)
    assert isinstance(found, Ticket) is (made is asked)


def test_another_version_is_not_guessed_at() -> None:
    fields = b"\x02" + base64.urlsafe_b64decode(SEALED)[1:26]
    mac = hmac.digest(KEY, fields, hashlib.sha256)[:16]
    assert read(base64.urlsafe_b64encode(fields + mac).decode()) is InvalidTicket.FORGED


@pytest.mark.parametrize("purpose", Purpose)
def test_it_holds_for_its_lifetime_and_not_a_second_longer(purpose: Purpose) -> None:
    text = sealed(KEY, replace(TICKET, purpose=purpose))
    end = NOON + LIFETIMES[purpose]
    almost = read(text, purpose=purpose, now=end - timedelta(seconds=1))
    assert isinstance(almost, Ticket)
    assert read(text, purpose=purpose, now=end) is InvalidTicket.EXPIRED


def test_a_clock_that_was_set_back_is_noticed() -> None:
    assert read(SEALED, now=NOON - SKEW) == TICKET
    assert read(SEALED, now=NOON - SKEW - timedelta(seconds=1)) is InvalidTicket.EARLY


def test_an_alert_can_be_answered_for_a_week_and_a_form_for_half_a_day() -> None:
    assert LIFETIMES[Purpose.ACKNOWLEDGE] == timedelta(days=7)
    assert LIFETIMES[Purpose.FORM] == timedelta(hours=12)
