"""What a text picked up on its way and its author did not say: taken out before it is read.

Markup, addresses, invisible characters, pictures, letters of another script that look like Latin
ones, words glued to a hashtag, words drawn out. Knows no brand and no model, and nothing of it
is stored or shown. Every step is linear in the length of the text.
"""

from __future__ import annotations

import html
import re

from monitor.core.text import nfkc, without_links

LINK = "http"
#: With the semicolon and of bounded length: `html.unescape` fails on 5,000 digits.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});")
#: Tags as HTML writes them, so that "<a passenger was hurt>" stays; and marks of tokenizers.
_MARKUP = re.compile(
    r"</?(?:a|b|big|blockquote|br|center|div|em|figure|font|h[1-6]|hr|i|iframe|img|li|ol|p|pre|"
    r"small|span|strong|sub|sup|table|tbody|td|th|tr|u|ul)(?:\s[^<>=]{1,40}=[^<>]{0,500})?\s?/?>"
    r"|</?s>|<\|\w{1,20}\|>|\[(?:CLS|SEP|PAD|MASK|UNK)\]",
    re.IGNORECASE,
)
#: Format characters, fillers, variation selectors: they adorn, or hide a word from a reader like
#: ours. Halves of surrogate pairs are no characters.
_INVISIBLE = re.compile(
    "[\ud800-\udfff\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_HEARTS = re.compile("[\u2764\U0001f493-\U0001f49f\U0001f5a4\U0001f90d\U0001f90e\U0001f9e1]")
#: Emoji and other signs that the vocabulary lacks; NFKC would glue "\u2122" to its word as "TM".
_PICTURES = re.compile(
    "[\u2120\u2122\u2600-\u2604\u2607-\u265f\u2661\u2662\u2664\u2667-\u27bf\u2b00-\u2bff\u20e3"
    "\U0001f000-\U0001fbff]"
)
_LINKS = re.compile(rf"\b{LINK}(?:\s+{LINK}\b)+")
_TAG = re.compile(r"(?<![\w&/#])#(\w*[^\W\d]\w*)")
#: Between the words of "ShameOnYou", "NHSStaff", "flight3411", "shame_on_you".
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|_+")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
#: Letters that English hardly ever doubles.
_SINGLE = frozenset("aihjkquvwxyAIHJKQUVWXY")
_WORD = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u052f]")
#: Cyrillic and Greek letters that look like Latin ones (Unicode Technical Standard 39).
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u051b\u051d"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0408\u0405"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03bf\u03bd\u03c1\u03b9\u03ba",
    "aeopcxyijshdqwABEKMHOPCTXYIJSABEZHIKMNOPTYXaovpik",
)


def without_noise(text: str) -> str:
    """The words of a text; an address becomes `LINK`, several in a row one of them."""
    text = _MARKUP.sub(" ", _ENTITY.sub(_character, text))
    if not text.isascii():
        text = _latin(nfkc(_drawn(_INVISIBLE.sub("", text))))
    text = _LINKS.sub(LINK, without_links(text, LINK))
    return _DRAWN_OUT.sub(_shorter, _TAG.sub(_words_of_tag, text))


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def _drawn(text: str) -> str:
    return _PICTURES.sub(" ", _HEARTS.sub("\u2665", text))


def _latin(text: str) -> str:
    """Words of Latin letters and look-alikes in Latin letters alone, all others as they are."""
    return _WORD.sub(_undisguised, text) if _OTHER_SCRIPT.search(text) else text


def _undisguised(word: re.Match[str]) -> str:
    latin = word[0].translate(_LOOK_ALIKES)
    mixed = any(map(str.isascii, word[0])) and not _OTHER_SCRIPT.search(latin)
    return latin if mixed else word[0]


def _words_of_tag(tag: re.Match[str]) -> str:
    return _SEAM.sub(" ", tag[1])


def _shorter(run: re.Match[str]) -> str:
    """One letter, or two, of a run inside a word; "WWW" and "III" are words by themselves."""
    text, (start, end) = run.string, run.span()
    if not (text[max(start - 1, 0) : start].isalpha() or text[end : end + 1].isalpha()):
        return run[0]
    return run[1] if run[1] in _SINGLE else run[1] * 2
