"""Documents whose bytes show that they are UTF-8 or UTF-16, whatever is said of them.

Does not guess among other encodings: for those, header and document are believed.
"""

from __future__ import annotations

import codecs

_MARKED = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LOST = "\ufffd"


def in_utf8(body: bytes) -> bytes | None:
    """Write such a document in UTF-8, with U+FFFD for what is broken in it; None for any other.

    One text cut within a character, as many programs cut them, is not to make another encoding of
    all others. Text in other encodings, of any script, holds three times as many bytes that are
    no UTF-8 as characters that might be some.
    """
    if encoding := _mark(body):
        return body[2:].decode(encoding, "replace").encode()
    text = None if body.isascii() else mostly_utf8(body)
    return None if text is None else text.encode()


def mostly_utf8(body: bytes) -> str | None:
    """The text with U+FFFD for what is broken in it; None if more of it is broken than whole."""
    text = body.decode("utf-8", "replace")
    broken = text.count(_LOST) - body.count(_LOST.encode())
    whole = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if whole >= broken else None


def _mark(body: bytes) -> str | None:
    """What a byte order mark says is surer than a header: RFC 7303, section 3.3."""
    return None if body.startswith(codecs.BOM_UTF32_LE) else _MARKED.get(body[:2])
