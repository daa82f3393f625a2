"""Standard Webhooks 1.0: the headers of one attempt, and the check of a received one.

Does not send, nor decide when. Symmetric signatures (`v1`) only.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

PREFIX = "whsec_"
#: How far the clocks of sender and receiver may differ (the reference libraries' value).
TOLERANCE = timedelta(minutes=5)
_KEY_BYTES = range(24, 65)


def key_of(secret: str) -> bytes:
    """Decode a `whsec_` secret; `ValueError`, which never shows it, for anything else."""
    encoded = secret.removeprefix(PREFIX)
    if encoded == secret:
        raise ValueError(f"a webhook secret starts with {PREFIX}")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        # `from None`: the cause of an encoding error quotes what it could not read.
        raise ValueError("a webhook secret is base64 after its prefix") from None
    if len(key) not in _KEY_BYTES:
        raise ValueError(f"a webhook secret has 24 to 64 bytes, this one has {len(key)}")
    return key


def message_id(alert_id: int, body: str) -> str:
    """The `webhook-id` of an alert: the same for every attempt, another for every other alert.

    The body is hashed in, so that a new database, counting from 1 again, repeats no old id.
    """
    digest = hashlib.sha256(f"{alert_id}\n{body}".encode()).hexdigest()
    return f"msg_{digest[:32]}"


def signature(message: str, second: int, body: bytes, *, key: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    signed = f"{message}.{second}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def signed_headers(
    message: str, *, at: datetime, body: bytes, secrets: Sequence[str]
) -> dict[str, str]:
    """Headers of the attempt made at `at`; one signature per secret while one is rotated.

    `ValueError` for a bad secret, or for none.
    """
    if not secrets:
        raise ValueError("a webhook cannot be signed without a secret")
    second = int(at.timestamp())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(
            signature(message, second, body, key=key_of(secret)) for secret in secrets
        ),
    }


def refusal(
    headers: Mapping[str, str], *, body: bytes, secrets: Sequence[str], now: datetime
) -> str | None:
    """Why a received message is not to be believed; None if it is genuine and fresh.

    `headers` are asked by lower-case names. Every secret is tried on every `v1` signature.
    """
    message, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not (message and stamp and given):
        return "a webhook header is missing"
    # isdecimal() alone would let other scripts' digits through.
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return "the timestamp is not a number of seconds"
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return "the timestamp is more than five minutes off"
    right = [signature(message, int(stamp), body, key=key_of(secret)) for secret in secrets]
    if _any_equal(given.split(" "), right):
        return None
    return "no signature matches"


def _any_equal(given: Sequence[str], right: Sequence[str]) -> bool:
    # Compared in constant time, so that a forger learns nothing from how long it takes.
    return any(hmac.compare_digest(g.encode(), r.encode()) for g in given for r in right)
