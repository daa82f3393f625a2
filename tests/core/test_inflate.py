"""Unpacking piece by piece: the same as all at once, and never past a limit."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.inflate import Inflater
from monitor.errors import FeedError

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda body: body,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": lambda body: zlib.compress(body, wbits=-15),
}


def inflate(
    encoding: str, pieces: Iterable[bytes], *, encoded: int = 1000, decoded: int = 1000
) -> bytes:
    inflater = Inflater(encoding, encoded=encoded, decoded=decoded)
    plain = b"".join(inflater.feed(piece) for piece in pieces)
    inflater.finish()
    return plain


def pieces_of(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


@given(
    body=st.binary(max_size=300), size=st.integers(1, 50), encoding=st.sampled_from(list(PACKERS))
)
def test_pieces_of_any_size_give_the_whole(body: bytes, size: int, encoding: str) -> None:
    assert inflate(encoding, pieces_of(PACKERS[encoding](body), size)) == body


@pytest.mark.parametrize("encoding", PACKERS)
def test_as_much_as_the_limit_is_given_and_not_a_byte_more(encoding: str) -> None:
    packed = PACKERS[encoding](bytes(1000))
    assert inflate(encoding, [packed], decoded=1000) == bytes(1000)
    with pytest.raises(FeedError, match="MiB"):
        inflate(encoding, [packed], decoded=999)


def test_the_limit_counts_all_pieces_together() -> None:
    packed = gzip.compress(bytes(1000))
    with pytest.raises(FeedError, match="unpacks to more than"):
        inflate("gzip", pieces_of(packed, 3), decoded=999)


def test_as_much_compressed_data_as_the_limit_is_taken_and_not_a_byte_more() -> None:
    packed = gzip.compress(b"hello")
    assert inflate("gzip", [packed], encoded=len(packed)) == b"hello"
    with pytest.raises(FeedError, match="the body is larger than"):
        inflate("gzip", [packed], encoded=len(packed) - 1)


def test_a_plain_body_is_limited_by_what_comes_out_alone() -> None:
    assert inflate("identity", [b"x" * 10], encoded=5, decoded=10) == b"x" * 10


def test_joined_gzip_streams_are_one_body() -> None:
    assert inflate("gzip", [gzip.compress(b"one, ") + gzip.compress(b"two")]) == b"one, two"


def test_padding_after_the_end_is_dropped() -> None:
    assert inflate("gzip", [gzip.compress(b"one") + bytes(20), b"\x1f\x8b more"]) == b"one"


def test_too_many_joined_streams_are_refused() -> None:
    member = gzip.compress(b"")
    assert inflate("gzip", [member * 64], encoded=10_000) == b""
    with pytest.raises(FeedError, match="too many parts"):
        inflate("gzip", [member * 65], encoded=10_000)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_an_empty_body_is_empty_in_every_encoding(encoding: str) -> None:
    assert inflate(encoding, []) == b""


@pytest.mark.parametrize(
    ("encoding", "packed", "reason"),
    [
        ("gzip", b"\x1f", "ends too early"),
        ("gzip", gzip.compress(b"hello", mtime=0)[:-1], "ends too early"),
        ("deflate", zlib.compress(b"hello")[:-1], "ends too early"),
        ("gzip", b"hello", "cannot be unpacked"),
        ("deflate", b"\xff\xff\xff", "cannot be unpacked"),
        ("zstd", b"", "encoded as 'zstd'"),
        ("gzip, deflate", b"", "compressed 2 times over"),
    ],
)
def test_what_is_broken_or_unknown_is_refused(encoding: str, packed: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        inflate(encoding, [packed])


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "x-gzip"]))
def test_nothing_but_a_feed_error_comes_of_nonsense(body: bytes, encoding: str) -> None:
    with suppress(FeedError):
        assert len(inflate(encoding, [body])) <= 1000
