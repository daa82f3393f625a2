"""Text from outside made fit to be shown: one well-formed line, cut to length.

Escapes for nobody, and does not compare texts (see `text`).
"""

from __future__ import annotations

import re

#: Characters that turn the reading direction around: a way to make a text show something else.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Control characters, and halves of surrogate pairs, which UTF-8 cannot carry.
_BROKEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

#: What closes a title; after anything else a text that is run on reads as one sentence with it.
_CLOSED = (".", "!", "?", "…", ":", ";", "\u3002", "\uff01", "\uff1f")


def shown_text(title: str | None, text: str) -> str:
    """Title and text, once each, as people are shown them: the title ends with a full stop.

    The classifier reads them as they came, see `types.full_text`.
    """
    if not title or text.startswith(title):
        return text
    closed = title.rstrip().endswith(_CLOSED)
    return f"{title.rstrip()}{'' if closed else '.'}\n{text}" if text else title


def tidy(text: str) -> str:
    """One line of well-formed text: no control characters, no direction tricks, single blanks."""
    return " ".join(_BROKEN.sub(" ", _BIDI.sub("", text)).split())


def clip(text: str, limit: int) -> str:
    """Cut a text to `limit` characters at the end of a word; an ellipsis says that it was cut.

    A first word that is itself too long, or a script without blanks, is cut where it must be.
    """
    text = tidy(text)
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if text[limit - 1] != " " and " " in head[limit // 2 :]:
        head = head[: head.rindex(" ")]
    return head.rstrip(" ,;:-") + "…"
