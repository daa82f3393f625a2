"""Signing: the vectors of the spec and the independent `standardwebhooks` package judge it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from monitor.core.signing import key_of, message_id, refusal, signature, signed_headers

NOW = datetime(2026, 11, 22, 12, 0, 0, 700_000, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
VECTORS = Path("/work/shared/data/standard-webhooks/vectors.json")


def secret_of(size: int) -> str:
    return "whsec_" + base64.b64encode(bytes(range(size))).decode()


def headers(
    body: bytes = b"{}", *, at: datetime = NOW, secrets: tuple[str, ...] = (SECRET,)
) -> dict[str, str]:
    return signed_headers("msg_1", at=at, body=body, secrets=secrets)


def test_the_vector_of_the_spec() -> None:
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    body = b'{"test": 2432232314}'
    assert signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=body, secrets=[SECRET]) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@settings(deadline=None)
@given(text=st.text(), size=st.integers(24, 64))
def test_the_independent_library_believes_what_we_sign(text: str, size: int) -> None:
    body = json.dumps({"text": text}, ensure_ascii=True).encode()
    secret, at = secret_of(size), datetime.now(tz=UTC)
    signed = signed_headers("msg_é", at=at, body=body, secrets=[secret])
    assert Webhook(secret).verify(body, signed) == {"text": text}
    assert refusal(signed, body=body, secrets=[secret], now=at) is None


def test_while_a_secret_is_rotated_holders_of_either_believe_us() -> None:
    at, body = datetime.now(tz=UTC), '{"a":"é"}'.encode()
    signed = signed_headers("msg_1", at=at, body=body, secrets=[SECRET, OLD_SECRET])
    assert signed["webhook-signature"].count(" ") == 1
    for secret in (SECRET, OLD_SECRET):
        assert Webhook(secret).verify(body, signed) == {"a": "é"}
        assert refusal(signed, body=body, secrets=[secret], now=at) is None


def test_a_receiver_that_rotates_believes_either_of_its_secrets() -> None:
    signed = headers(secrets=(OLD_SECRET,))
    assert refusal(signed, body=b"{}", secrets=[SECRET, OLD_SECRET], now=NOW) is None


BAD_SECRETS = {
    "empty": ("", "starts with whsec_"),
    "prefix only": ("whsec_", "24 to 64 bytes, this one has 0"),
    "no prefix": (SECRET.removeprefix("whsec_"), "starts with whsec_"),
    "private key": ("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "starts with whsec_"),
    "23 bytes": (secret_of(23), "24 to 64 bytes, this one has 23"),
    "65 bytes": (secret_of(65), "24 to 64 bytes, this one has 65"),
    "not base64": ("whsec_hunter2-hunter2-hunter2-hunter2", "is base64 after its prefix"),
    "not ascii": ("whsec_" + "é" * 32, "is base64 after its prefix"),
    "one letter too many": (SECRET + "A", "is base64 after its prefix"),
}


@pytest.mark.parametrize("name", BAD_SECRETS)
def test_a_bad_secret_is_refused_without_being_shown(name: str) -> None:
    secret, message = BAD_SECRETS[name]
    with pytest.raises(ValueError, match=message) as caught:
        key_of(secret)
    shown = repr(caught.value) + repr(caught.value.__cause__)
    assert "hunter2" not in shown
    assert "MfKQ9" not in shown
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("size", [24, 25, 32, 64])
def test_a_secret_has_24_to_64_bytes_padded_or_not(size: int) -> None:
    assert key_of(secret_of(size)) == bytes(range(size))
    assert key_of(secret_of(size).rstrip("=")) == bytes(range(size))


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="without a secret"):
        headers(secrets=())


def changed(**given: str) -> dict[str, str]:
    return {**headers(), **{name.replace("_", "-"): value for name, value in given.items()}}


REFUSED = {
    "no id": (changed(webhook_id=""), "a webhook header is missing"),
    "no timestamp": (changed(webhook_timestamp=""), "a webhook header is missing"),
    "no signature": (changed(webhook_signature=""), "a webhook header is missing"),
    "nothing at all": ({}, "a webhook header is missing"),
    "words": (changed(webhook_timestamp="soon"), "the timestamp is not a number of seconds"),
    "fraction": (changed(webhook_timestamp="1.5"), "the timestamp is not a number of seconds"),
    "negative": (changed(webhook_timestamp="-1"), "the timestamp is not a number of seconds"),
    "arabic": (changed(webhook_timestamp="١٢٣"), "the timestamp is not a number of seconds"),
    "endless": (changed(webhook_timestamp="9" * 13), "the timestamp is not a number of seconds"),
    "longest": (
        changed(webhook_timestamp="9" * 12),
        "the timestamp is more than five minutes off",
    ),
    "other id": (changed(webhook_id="msg_2"), "no signature matches"),
    "other time": (
        changed(webhook_timestamp=str(int(NOW.timestamp()) + 1)),
        "no signature matches",
    ),
    "not ascii": (changed(webhook_signature="v1,é"), "no signature matches"),
    "cut": (changed(webhook_signature="v1,"), "no signature matches"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_forged_or_broken_message_is_refused_with_the_reason(name: str) -> None:
    given_headers, reason = REFUSED[name]
    assert refusal(given_headers, body=b"{}", secrets=[SECRET], now=NOW) == reason


def test_another_body_or_another_secret_is_refused() -> None:
    assert refusal(headers(), body=b"{ }", secrets=[SECRET], now=NOW) == "no signature matches"
    assert refusal(headers(), body=b"{}", secrets=[OLD_SECRET], now=NOW) == "no signature matches"
    assert refusal(headers(), body=b"{}", secrets=[], now=NOW) == "no signature matches"


@pytest.mark.parametrize(
    ("seconds", "believed"), [(300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_message_is_fresh_for_five_minutes(seconds: int, believed: bool) -> None:
    at = NOW.replace(microsecond=0)
    reason = refusal(
        headers(at=at), body=b"{}", secrets=[SECRET], now=at + timedelta(seconds=seconds)
    )
    assert (reason is None) is believed


def test_an_alert_keeps_its_id_and_no_other_alert_has_it() -> None:
    assert message_id(1, "{}") == message_id(1, "{}")
    assert message_id(1, "{}").startswith("msg_")
    assert len({message_id(1, "{}"), message_id(2, "{}"), message_id(1, "{ }")}) == 3
    assert message_id(12, "3") != message_id(1, "23")
    assert len(message_id(1, "é")) == 36


@pytest.mark.skipif(not VECTORS.exists(), reason=f"{VECTORS} is not on this machine")
class TestSharedVectors:
    def vectors(self, kind: str) -> list[dict[str, object]]:
        return json.loads(VECTORS.read_text())[kind]  # type: ignore[no-any-return]

    def test_every_signature_is_as_expected(self) -> None:
        for vector in self.vectors("sign"):
            made = signature(
                str(vector["id"]),
                int(str(vector["timestamp"])),
                str(vector["body"]).encode(),
                key=key_of(str(vector["secret"])),
            )
            assert made == vector["expected"]

    def test_every_message_is_believed_or_refused_as_expected(self) -> None:
        """Secrets are held to the form the configuration asks for: prefix, 24 bytes or more."""
        seen = 0
        for vector in self.vectors("verify"):
            secret = str(vector["secret"])
            try:
                key_of(secret)
            except ValueError:
                continue
            seen += 1
            reason = refusal(
                vector["headers"],  # type: ignore[arg-type]
                body=str(vector["body"]).encode(),
                secrets=[secret],
                now=datetime.fromtimestamp(float(str(vector["now"])), tz=UTC),
            )
            assert (reason is None) == vector["valid"], vector["name"]
        assert seen >= 15
