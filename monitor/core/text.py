"""What a text says, apart from how it was typed and who passed it on.

Normal form, fingerprint, shingles and links. Knows nothing of brands or stories (which texts are
almost one, see `wordings`), and does not look into languages, but for the English possessive.
Every function is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

#: A stretch that is normalised by itself. Unicode normalisation sorts runs of combining marks in
#: quadratic time (5 s for 60 kB of them); within 256 characters that does not matter.
_STRETCH = re.compile(r"\s*\S{1,256}|\s+")
_LINK = re.compile(
    r"(?:https?://|(?<!\w)www\.)\S+"
    # "pic.twitter.com/x", "bit.ly/x": the bounds keep the search linear
    r"|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}/\S*",
    re.IGNORECASE,
)
#: "@united", "@user@mastodon.social", with the words that pass a post on: "RT @x:", "via @x".
_HANDLE = re.compile(
    r"(?:(?<!\w)(?:rt|mt|via|cc|h/t)(?:\s{1,9}by)?\s{1,9})?(?<!\w)@\w+(?:@[\w-]+(?:\.[\w-]+)*)?"
)
#: Parameters that only say where a reader came from.
_TRACKING = re.compile(r"(?:[?&](?:utm_\w+|fbclid|gclid|ref|ref_src|cmpid)=[^&]*)+")
_AFTER_LINK = ".,;:!?)]}>\"'\u2026\u00bb\u201d\u2019"
_APOSTROPHES = "'\u2018\u2019\u02bc"
_POSSESSIVE = re.compile(r"['\u2019]s$")
_SHINGLE = 3


def normalise(text: str) -> str:
    """Words of the text in one blank each: NFKC, case-folded, without what varies in copies.

    Out go links, handles with their "RT" or "via", punctuation, variants of emoji, and white
    space. Hashtags stay as words.
    """
    return " ".join(_bare(text).translate(_MARKS).split())


def fingerprint(text: str) -> str:
    """Sixteen hexadecimal digits, equal for copies and plain reposts of a text.

    A text of which nothing is left (a link, a handle) is told apart by its raw form.
    """
    said = normalise(text) or f"\0{text}"
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def words(normal: str) -> tuple[str, ...]:
    """Words of a normal form; scripts without blanks between words give their characters."""
    return tuple(_WORD.findall(normal))


def shingles(text: str, size: int = _SHINGLE) -> frozenset[tuple[str, ...]]:
    """Runs of `size` words; a shorter text is one run."""
    said = words(normalise(text))
    if len(said) <= size:
        return frozenset({said}) if said else frozenset()
    return frozenset(said[i : i + size] for i in range(len(said) - size + 1))


def links(text: str) -> tuple[str, ...]:
    """Addresses in the text, once each: no scheme, "www.", fragment or tracking parameters."""
    found = (_address(match[0]) for match in _LINK.finditer(text))
    return tuple(dict.fromkeys(address for address in found if address))


def without_links(text: str, stand_in: str) -> str:
    """The text with `stand_in` in the place of every address."""
    return _LINK.sub(stand_in, text)


def nfkc(text: str) -> str:
    """Unicode form NFKC in linear time, also for texts made to be slow."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKC", part) for part in _STRETCH.findall(text))


def without_possessive(word: str) -> str:
    """A word, case-folded: "acme" of "Acme's"."""
    return _POSSESSIVE.sub("", word).casefold()


def _bare(text: str) -> str:
    folded = nfkc(nfkc(text).casefold())
    return _HANDLE.sub(" ", without_links(folded, " "))


def _address(link: str) -> str:
    address = link.partition("#")[0].rstrip(_AFTER_LINK)
    address = re.sub(r"^(?:https?://)?(?:www\.)?", "", address, flags=re.IGNORECASE)
    host, slash, path = address.partition("/")
    path = _TRACKING.sub("", path)
    return (host.casefold() + slash + path).rstrip("/")


class _Marks(dict[int, str]):
    """A table for `str.translate`, filled as characters turn up: what becomes of each."""

    def __missing__(self, code: int) -> str:
        self[code] = kept = _kept(chr(code))
        return kept


def _kept(char: str) -> str:
    """The character; a blank for one that parts words; nothing for one that only adorns."""
    category = unicodedata.category(char)
    if char in _APOSTROPHES or category in {"Cf", "Cs"} or _is_variation(char):
        return ""
    # Currencies and pictures say something, other signs do not.
    return char if category[0] in "LMN" or category in {"Sc", "So"} else " "


def _is_variation(char: str) -> bool:
    """Variation selectors and the skin tones of emoji."""
    return "\ufe00" <= char <= "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff"


@lru_cache(maxsize=8192)
def is_unspaced(char: str) -> bool:
    """The character belongs to a script that is written without blanks between words."""
    return bool(_UNSPACED.fullmatch(char))


_MARKS = _Marks()
#: Thai, Lao, Myanmar, Khmer; kana, bopomofo, Han. Hangul has blanks (with particles attached).
_UNSPACED_RANGES = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{_UNSPACED_RANGES}]")
_WORD = re.compile(f"[{_UNSPACED_RANGES}]|[^\\s{_UNSPACED_RANGES}]+")
