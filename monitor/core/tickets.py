"""Signed tickets: what a link or a form may do without a login, for whom, and how long.

A ticket names one purpose, one incident and the moment that incident was last raised: what was
signed for one of them opens no other, and an incident that rose or was reopened wants a new one.
HMAC-SHA256 cut to 128 bits (RFC 2104, section 5: no less than half of the output, and no less
than 80 bits), compared in constant time. There is one form only, so there is no algorithm to
choose (RFC 8725, section 2.1). Does not know what is done with a ticket; draws no key.
"""

from __future__ import annotations

import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum
from hashlib import sha256


class Purpose(IntEnum):
    """What a ticket is good for."""

    #: One click in an alert.
    ACKNOWLEDGE = 1
    #: The forms of the incident page: proof that whoever posts has read the page.
    FORM = 2


#: How long a ticket holds. An alert is read within the week or never.
LIFETIMES: Mapping[Purpose, timedelta] = {
    Purpose.ACKNOWLEDGE: timedelta(days=7),
    Purpose.FORM: timedelta(hours=12),
}
#: A clock may be set right by so much between two answers.
SKEW = timedelta(minutes=5)
_VERSION = 1
_FIELDS = struct.Struct(">BBqqQ")  # version, purpose, incident, raised (us), issued (s): 26 bytes
_MAC_BYTES = 16
#: 42 bytes are 56 characters with no bit to spare: each ticket has one spelling.
_FORM = re.compile(r"[A-Za-z0-9_-]{56}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """What was signed."""

    purpose: Purpose
    incident_id: int
    #: `duties.raised_at` of the incident when the ticket was made.
    raised_at: datetime
    #: Whole seconds.
    issued_at: datetime


class InvalidTicket(Enum):
    """Why a ticket does not count."""

    FORGED = "This link was not made by this monitor, or was cut off on its way."
    EXPIRED = "This link is too old."
    EARLY = "This link comes from the future: the clock of this machine was set back."


def sealed(key: bytes, ticket: Ticket) -> str:
    """56 characters that fit into a path or a form; `key` should be 32 random bytes."""
    fields = _FIELDS.pack(
        _VERSION,
        ticket.purpose,
        ticket.incident_id,
        (ticket.raised_at - _EPOCH) // _MICROSECOND,
        int((ticket.issued_at - _EPOCH).total_seconds()),
    )
    return urlsafe_b64encode(fields + _mac(key, fields)).decode()


def unsealed(key: bytes, text: str, *, purpose: Purpose, now: datetime) -> Ticket | InvalidTicket:
    """The ticket, or why it does not count; nothing of it is believed before its seal."""
    if not key or not _FORM.fullmatch(text):
        return InvalidTicket.FORGED
    raw = urlsafe_b64decode(text)
    fields, mac = raw[: _FIELDS.size], raw[_FIELDS.size :]
    if not hmac.compare_digest(mac, _mac(key, fields)):
        return InvalidTicket.FORGED
    version, found, incident_id, raised, issued = _FIELDS.unpack(fields)
    if (version, found) != (_VERSION, purpose):
        return InvalidTicket.FORGED
    ticket = Ticket(
        purpose=purpose,
        incident_id=incident_id,
        raised_at=_EPOCH + raised * _MICROSECOND,
        issued_at=_EPOCH + timedelta(seconds=issued),
    )
    return _in_time(ticket, now)


def _in_time(ticket: Ticket, now: datetime) -> Ticket | InvalidTicket:
    if now < ticket.issued_at - SKEW:
        return InvalidTicket.EARLY
    if now >= ticket.issued_at + LIFETIMES[ticket.purpose]:
        return InvalidTicket.EXPIRED
    return ticket


def _mac(key: bytes, fields: bytes) -> bytes:
    return hmac.new(key, fields, sha256).digest()[:_MAC_BYTES]
