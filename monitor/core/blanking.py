"""Taking a deleted text out of what was made of it: alerts that quote it, titles, words of a risk.

Pure. Numbers, times, addresses and everything that others said stay. Knows a text by how alerts
show it: whole, or its beginning (see `plaintext.clip`); what people wrote in words of their own is
theirs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.core.brief import ALLEGED, HEADLINE_CHARS, LINK, REPLY
from monitor.core.event import serialized
from monitor.core.plaintext import clip, shown_text, tidy
from monitor.core.types import DELETED, full_text

#: Stands where a text was quoted within a sentence.
GONE = "[deleted]"
#: A shorter beginning may as well be that of another text; longer where nothing says it was cut.
_LEAST, _LEAST_UNCUT = 12, 30
_QUOTED = re.compile("“(.*?)”")
_LONGEST_QUOTED = re.compile("“(.*)”")
_MOVED_BY = re.compile(r" Moved most by (“.*”)\.$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """A post that was deleted where it was said."""

    url: str | None
    title: str | None
    text: str
    #: Others say the same, word by word: only who said it here is taken out.
    is_said_by_others: bool = False
    #: Its author asked to be forgotten: where it was said goes, too.
    is_forgotten: bool = False
    #: What its incident was called, and is called now; empty: it keeps its title.
    old_title: str = ""
    new_title: str = ""
    #: What it said before it was edited, as far as that is known.
    before: tuple[str, ...] = ()

    def is_source_of(self, quote: str) -> bool:
        """Whether `quote` is this text, or its beginning."""
        quote = tidy(quote)
        beginning = quote.rstrip("…").rstrip()
        least = _LEAST if beginning != quote else _LEAST_UNCUT
        return any(
            shown == quote or (len(beginning) >= least and shown.startswith(beginning))
            for shown in self._shown()
        )

    def holds(self, words: str) -> bool:
        """Whether these words were said in it."""
        return tidy(words).casefold() in tidy(full_text(self.title, self.text)).casefold()

    def _shown(self) -> set[str]:
        """The lines that alerts are cut from: titles of incidents come without links or "Re:"."""
        whole = full_text(self.title, self.text), shown_text(self.title, self.text)
        texts = *whole, self.title or "", self.text, self.old_title, *self.before
        lines = {tidy(text) for text in texts} | {tidy(LINK.sub(" ", text)) for text in texts}
        return (lines | {REPLY.sub("", line) for line in lines}) - {""}


def neutral_title(brand: str, harms: Sequence[str]) -> str:
    """What an incident is called when no text is left to call it by."""
    alleged = next((ALLEGED[harm] for harm in harms if harm in ALLEGED), "people criticise it")
    return clip(f"{clip(brand, HEADLINE_CHARS // 2)}: {alleged}", HEADLINE_CHARS)


def blanked(body: str, gone: Gone) -> str:
    """The body of an alert without what it quotes; the same string if it quotes nothing."""
    message = json.loads(body)
    earlier = (text.rstrip("…") for text in _versions(message, gone.url))
    without = _without(message, replace(gone, before=tuple(earlier)))
    return body if without == message else serialized(without)


def words_without(sentence: str, gone: Gone) -> str:
    """Which words moved an alarm is not told any more if one of them was said here."""
    found = _MOVED_BY.search(sentence)
    if found and any(gone.holds(words) for words in _QUOTED.findall(found[1])):
        return sentence[: found.start()]
    return sentence


def _versions(value: object, url: str | None) -> Iterator[str]:
    """What this alert says was said at an address: the post may have been edited since."""
    if isinstance(value, dict):
        if _is_at(value, url):
            yield value["text"]
        for each in value.values():
            yield from _versions(each, url)
    if isinstance(value, list):
        for each in value:
            yield from _versions(each, url)


def _is_at(value: dict[str, object], url: str | None) -> bool:
    return url is not None and value.get("url") == url and isinstance(value.get("text"), str)


def _without(value: object, gone: Gone) -> object:
    if isinstance(value, str):
        return _said_without(value, gone)
    if isinstance(value, list):
        return [_without(each, gone) for each in value]
    return _fields_without(value, gone) if isinstance(value, dict) else value


def _fields_without(value: dict[str, object], gone: Gone) -> dict[str, object]:
    without = {key: _without(each, gone) for key, each in value.items()}
    if gone.old_title and value.get("title") == gone.old_title:
        without["title"] = gone.new_title
    if _is_at(value, gone.url) or without.get("text") == DELETED:
        # A piece of evidence; whoever else says the same is another piece.
        nobody = {"author": None} if "author" in value else {}
        nowhere = {"url": None} if gone.is_forgotten and _is_at(value, gone.url) else {}
        return {**without, **nobody, **nowhere, "text": DELETED}
    return without


def _said_without(said: str, gone: Gone) -> str:
    if gone.is_said_by_others:
        return said
    if gone.is_source_of(said):
        return DELETED
    return words_without(_quotes_without(said, gone), gone)


def _quotes_without(said: str, gone: Gone) -> str:
    """A text may hold quotation marks itself: the longest quote is looked at first."""

    def left(found: re.Match[str]) -> str:
        return f"“{GONE}”" if gone.is_source_of(found[1]) else found[0]

    return _QUOTED.sub(left, _LONGEST_QUOTED.sub(left, said))
