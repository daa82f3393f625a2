"""Whether a stretch of a folded text stands there as a whole word, in any script.

Scripts with blanks between words part where the script changes; scripts without them (Han, kana,
Thai and their like) and Hangul, which attaches particles, part anywhere.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from monitor.core.text import is_unspaced

#: What binds a single letter into something else: X-ray, T-shirt, H&M, O'X, A/B, e.g.
_BINDERS = "-&'/+."
#: What goes on with an account: @united.bsky.social, @united@mastodon.social.
_ACCOUNT_GOES_ON = ".@"


def is_whole(text: str, start: int, end: int) -> bool:
    """`text[start:end]` is not part of a longer word, account, hashtag or address."""
    if _continues(text, start, -1) or _continues(text, end - 1, 1):
        return False
    if text[start] == "@":
        return not _account_goes_on(text, end)
    return end - start > 1 or not _is_bound(text, start)


def _continues(text: str, edge: int, step: int) -> bool:
    """The word at `edge` goes on in the direction of `step`."""
    beside = _at(text, edge + step)
    if beside == "_":
        return _kind(text[edge]) != "" and _kind(_at(text, edge + 2 * step)) != ""
    if _kind(beside) == "":
        return False
    if step > 0 and _kind(text[edge]) == "":
        return False  # "Yahoo!Japan", "C++11"
    return _same_word(text[edge], beside, after=step > 0)


def _same_word(edge: str, beside: str, *, after: bool) -> bool:
    kinds = _kind(edge), _kind(beside)
    if "mark" in kinds:
        return after or not is_unspaced(edge)
    if "free" in kinds:
        return False
    return "digit" in kinds or "" in kinds or kinds[0] == kinds[1]


def _account_goes_on(text: str, end: int) -> bool:
    beside = _at(text, end)
    return beside == "_" or (beside in _ACCOUNT_GOES_ON and _kind(_at(text, end + 1)) != "")


def _is_bound(text: str, place: int) -> bool:
    """A single letter with a binder and another letter at one side; "X's" is not bound."""
    before = _at(text, place - 1) in _BINDERS and _kind(_at(text, place - 2)) != ""
    after = _at(text, place + 1) in _BINDERS.replace("'", "")
    return before or (after and _kind(_at(text, place + 2)) != "")


def _at(text: str, place: int) -> str:
    """The character, or a blank beyond the ends."""
    return text[place] if 0 <= place < len(text) else " "


@lru_cache(maxsize=8192)
def _kind(char: str) -> str:
    """Empty: parts words. Otherwise "digit", "mark", "free" (parts anywhere) or the script."""
    category = unicodedata.category(char)
    if category == "Nd":
        return "digit"
    if category[0] not in "LM":
        return ""
    script = unicodedata.name(char, "?").split(" ")[0]
    if is_unspaced(char) or script == "HANGUL":
        return "free" if category[0] == "L" else "mark"
    return "mark" if script == "COMBINING" else script
