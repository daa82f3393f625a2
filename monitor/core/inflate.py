"""Unpack a compressed stream piece by piece, never past a limit.

Does not know HTTP, and offers no brotli or zstd: their decoders cannot be told to stop early.
"""

from __future__ import annotations

import zlib

from monitor.errors import FeedError

_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_FORMATS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
#: A gzip stream may be several joined; more than a few of them is an attack on our time.
_MAX_MEMBERS = 64


class TooLargeError(FeedError):
    """The body breaks a limit, whatever it holds."""


class Inflater:
    """Takes the pieces of one body in, gives plain bytes out.

    Every method raises `FeedError` when the body breaks a limit or cannot be unpacked.
    """

    def __init__(self, content_encoding: str, *, encoded: int, decoded: int) -> None:
        """`encoded` limits what comes in if it is compressed, `decoded` what goes out (bytes)."""
        self._format = _format(content_encoding)
        self._encoded = encoded if self._format else decoded
        self._decoded = decoded
        self._received = 0
        self._produced = 0
        self._members = 1
        self._head = b""
        self._unpacker: zlib._Decompress | None = None

    def feed(self, data: bytes) -> bytes:
        """Unpack the next piece."""
        self._received += len(data)
        if self._received > self._encoded:
            raise TooLargeError(f"the body is larger than {_mib(self._encoded)}")
        return self._inflate(data) if self._format else data

    def finish(self) -> None:
        """Say that no more comes."""
        if self._format and self._received and not (self._unpacker and self._unpacker.eof):
            raise FeedError("the compressed body ends too early")

    def _inflate(self, data: bytes) -> bytes:
        self._head += data if self._unpacker is None else b""
        if self._unpacker is None:
            if len(self._head) < 2:
                return b""
            data, self._unpacker = self._head, zlib.decompressobj(self._window(self._head))
        try:
            return self._unpack(data)
        except zlib.error as e:
            raise FeedError(f"the compressed body cannot be unpacked: {e}") from e

    def _window(self, head: bytes) -> int:
        """Many servers that say "deflate" send it without the zlib header (RFC 9110, 8.4.1.2)."""
        has_header = head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0
        return _RAW if self._format == _ZLIB and not has_header else self._format

    def _unpack(self, data: bytes) -> bytes:
        pieces = []
        while data and self._unpacker:
            piece = self._unpacker.decompress(data, self._decoded - self._produced + 1)
            self._produced += len(piece)
            if self._produced > self._decoded:
                raise TooLargeError(f"the body unpacks to more than {_mib(self._decoded)}")
            pieces.append(piece)
            data = self._unpacker.unconsumed_tail or self._next_member()
        return b"".join(pieces)

    def _next_member(self) -> bytes:
        """What follows the end of a gzip stream, if that is another one; padding is not."""
        rest = self._unpacker.unused_data if self._unpacker else b""
        if not rest.startswith(b"\x1f\x8b"):
            return b""
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise FeedError("the compressed body has too many parts")
        self._unpacker = zlib.decompressobj(_GZIP)
        return rest


def _format(content_encoding: str) -> int:
    """The window of zlib for a Content-Encoding; 0 for none."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    if not names:
        return 0
    if len(names) > 1:
        raise FeedError(f"the body is compressed {len(names)} times over")
    if names[0] not in _FORMATS:
        raise FeedError(f"the body is encoded as {names[0][:40]!r}, which was not asked for")
    return _FORMATS[names[0]]


def _mib(size: int) -> str:
    return f"{size / 2**20:.3g} MiB"
