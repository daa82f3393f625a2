"""A text made comparable, character for character.

Folds case, width, composed accents, white space, apostrophes and hyphens. Keeps accents, signs
and words as they are written. Linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: What may compose with the character before it: accents, kana voicing, vowels and finals of
#: Hangul. Thirty are more than any language needs (UAX 15, Stream-Safe Text Format).
_MARKS = (
    r"\u0300-\u036f\u0653-\u0655\u093c\u1161-\u1175\u11a8-\u11c2\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u20d0-\u20ff\u3099\u309a\uff9e\uff9f"
)
#: What is not seen and parts nothing: soft hyphens, joiners, directions of writing, variations.
_UNSEEN = r"\u00ad\u061c\u180e\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
#: White space, one that has no width too, with what is not seen between and after it.
_SPACE = rf"[\s\u200b][\s\u200b{_UNSEEN}]*"
_PIECE = re.compile(rf"(?P<plain>[!-~]+(?![{_MARKS}]))|(?P<space>{_SPACE})|\S[{_MARKS}]{{0,30}}")
_PLAIN = re.compile(r"(?:[!-~]| (?! ))*")
#: Compatibility forms that are the same letter in another dress; "™" is not "tm".
_DRESSES = ("<wide>", "<narrow>", "<font>")
#: Apostrophes and hyphens of all kinds. In Turkish the capital of i is \u0130, that of \u0131 is
#: I; readers of other languages write i for all of them.
_SAME = str.maketrans("\u2018\u2019\u02bc\u00b4\u2010\u2011\u0130\u0131", "''''--ii")


def fold(text: str) -> str:
    """Fold a text; single blanks stand for white space, lone surrogates become U+FFFD."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    return _PIECE.sub(_piece, text)


def _piece(match: re.Match[str]) -> str:
    if match["plain"]:
        return match[0].lower()
    return " " if match["space"] else _folded(match[0])


@lru_cache(maxsize=8192)
def _folded(piece: str) -> str:
    undressed = "".join(_undressed(char) for char in piece)
    composed = unicodedata.normalize("NFC", undressed).translate(_SAME)
    return composed.casefold().translate(_SAME)


def _undressed(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf" or "\ufe00" <= char <= "\ufe0f":
        return ""
    if category == "Cs":
        return "\ufffd"
    if unicodedata.decomposition(char).startswith(_DRESSES):
        return unicodedata.normalize("NFKC", char)
    return char
