"""Which language a text is in: what an identifier is shown, and when its guess is believed.

Cautious: a language that is taken for another one silences a reader who understood it. Does not
guess itself (see `adapters.classifier`), and knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from monitor.core.noise import LINK
from monitor.core.reading import spoken

#: "Undetermined" in ISO 639-2: surely another script than Latin, and nothing more is known.
UNDETERMINED = "und"
#: Languages that are told apart, ISO 639-1. Of 142 that the identifier knows, the small and the
#: mixed ones took English headlines for Nigerian Pidgin, and split what Spanish got. With these,
#: of 16,700 English tweets and headlines at most .2 % are taken for another language, many of
#: which are in one; of tweets in French, Spanish, Italian, Portuguese, Arabic 91 to 99 % are
#: told, of German 81 %, of Hindi, which is mostly written in Latin letters there, 4 %.
CANDIDATES = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "gu"),
    *("he", "hi", "hr", "hu", "id", "it", "ja", "ka", "kn", "ko", "lt", "lv", "mk", "ml", "mr"),
    *("ms", "my", "ne", "nl", "no", "pa", "pl", "pt", "ro", "ru", "si", "sk", "sl", "sq", "sr"),
    *("sv", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh"),
)
#: Characters of a text that are looked at, and the fewest letters from which it is told.
_CHARS = 400
_LETTERS = 20
_SURE = 0.6
#: Letters of another script that decide by themselves, when they are more than half.
_OTHER_LETTERS = 6
_NOT_WORDS = re.compile(rf"@\w+|\b{LINK}\b")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(
    "[A-Za-z\u00aa\u00ba\u00c0-\u02af\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f]"
)


def words_shown(text: str) -> str:
    """What the identifier is to see: no addresses, handles or pictures, and no capitals."""
    return _NOT_WORDS.sub(" ", spoken(text[:_CHARS]).lower())


def believed(words: str, guess: str, probability: float) -> str | None:
    """The language of these words; None when there are too few, or the guess is not sure."""
    letters = len(_LETTER.findall(words))
    other = letters - len(_LATIN.findall(words))
    is_other_script = other >= _OTHER_LETTERS and 2 * other > letters
    if probability >= _SURE and (is_other_script or letters >= _LETTERS):
        return guess
    return UNDETERMINED if is_other_script else None


def is_trained(language: str | None, trained: Collection[str]) -> bool:
    """Whether a verdict on such a text can be believed: an unknown language is taken for a known.

    A model that does not say what it was `trained` on is believed in every language.
    """
    return language is None or not trained or language in trained
