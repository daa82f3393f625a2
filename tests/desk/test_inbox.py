"""The built-in receiver: what it believes, what it keeps."""

from __future__ import annotations

import pytest

from monitor.core.signing import signed_headers
from monitor.desk.inbox import KEPT, Inbox, Received
from tests.desk.alerts import NOON, after, operational_message

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = operational_message("webhook.test").encode()


def headers(body: bytes = BODY, *, message: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    return signed_headers(message, at=NOON, body=body, secrets=[secret])


def test_a_signed_message_is_kept() -> None:
    inbox = Inbox(lambda: [SECRET])
    receipt = inbox.receive(headers(), BODY, now=NOON)
    assert (receipt.status, receipt.reason) == (204, "")
    assert inbox.messages() == (Received(id="msg_1", at=NOON, body=BODY.decode()),)


def test_the_same_id_again_is_acknowledged_and_not_kept_twice() -> None:
    inbox = Inbox(lambda: [SECRET])
    inbox.receive(headers(), BODY, now=NOON)
    assert inbox.receive(headers(), BODY, now=after(seconds=9)).status == 204
    assert [message.at for message in inbox.messages()] == [NOON]


def test_a_forged_message_is_refused_with_the_reason() -> None:
    inbox = Inbox(lambda: [SECRET])
    receipt = inbox.receive(headers(secret=OTHER), BODY, now=NOON)
    assert (receipt.status, receipt.reason) == (401, "no signature matches")
    assert inbox.receive({}, BODY, now=NOON).status == 401
    assert inbox.messages() == ()


def test_without_a_secret_nobody_is_believed() -> None:
    receipt = Inbox(list).receive(headers(), BODY, now=NOON)
    assert (receipt.status, receipt.reason) == (
        401,
        "no webhook of the configuration points here",
    )


def test_secrets_may_change_while_it_runs() -> None:
    secrets = [SECRET]
    inbox = Inbox(lambda: secrets)
    secrets[:] = [OTHER]
    assert inbox.receive(headers(), BODY, now=NOON).status == 401
    assert inbox.receive(headers(secret=OTHER), BODY, now=NOON).status == 204


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"\xff", b"[]", b"{}", b'{"data": []}', b"[" * 60_000]
)
def test_what_is_signed_but_no_message_is_refused(body: bytes) -> None:
    inbox = Inbox(lambda: [SECRET])
    receipt = inbox.receive(headers(body), body, now=NOON)
    assert (receipt.status, receipt.reason) == (400, "the body is not a message")
    assert inbox.messages() == ()


def test_the_last_ones_are_kept_the_newest_first() -> None:
    inbox = Inbox(lambda: [SECRET])
    for number in range(KEPT + 2):
        inbox.receive(headers(message=f"msg_{number}"), BODY, now=NOON)
    kept = [message.id for message in inbox.messages()]
    assert kept == [f"msg_{number}" for number in range(KEPT + 1, 1, -1)]
