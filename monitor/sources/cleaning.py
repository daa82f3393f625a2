"""From the words of strangers to plain values: text, addresses, dates, ids.

Does not know any format; every kind of source uses it.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from monitor.core.polling import RawItem
from monitor.core.times import can_be_true, utc

#: Entries of one document that are read.
MAX_ITEMS = 500
#: Characters of markup that are looked at, before anything else is done with them.
MAX_MARKUP = 100_000
#: Above this many tags the tree would be built in quadratic time (nested `<div>`s are).
MAX_TAGS = 5_000
MAX_TITLE = 1_000
MAX_NAME = 200
MAX_URL = 4_000
#: Longer ids are hashed.
MAX_ID = 500

#: Control characters, lone surrogates, non-characters: nothing that text is made of.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
#: Python refuses to read a number of more than 4,300 digits.
_ENDLESS = re.compile(r"&#(?:\d{20,}|[xX][0-9a-fA-F]{20,});?")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")
_TAG = re.compile(r"<[a-zA-Z/!?][^>]*>?")
#: Closed, and no longer than one is: "a <b" is no tag.
_WHOLE_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,1000}>")
_BLOCK = re.compile(
    r"</?(?:address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header"
    r"|hr|li|main|ol|p|pre|section|table|td|th|tr|ul)\b",
    re.IGNORECASE,
)
_SILENT = ["script", "style", "template", "head"]
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)


def clean(text: str) -> str:
    """Take out what is not text, and all but single spaces and line ends."""
    text = _UNPRINTABLE.sub("", text.replace("\r", "\n"))
    return _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def line(text: str, limit: int) -> str:
    """Clean text on one line, at most `limit` characters."""
    return " ".join(clean(text[: 4 * limit]).split())[:limit].rstrip()


def plain(markup: str) -> str:
    """Give the words of HTML (or of text that may hold some): blocks on lines of their own."""
    markup = markup[:MAX_MARKUP]
    if not _TAG.search(markup):
        return clean(_unescaped(markup))
    broken = _BLOCK.sub(lambda tag: f"\n{tag[0]}", markup)
    if markup.count("<") > MAX_TAGS:
        return clean(_unescaped(_TAG.sub(" ", broken)))
    tree = LexborHTMLParser(broken.replace("\x00", ""))
    tree.strip_tags(_SILENT)
    return clean(tree.text(deep=True))


def words(text: str) -> str:
    """Give the words of text that rarely holds markup: tags out, and no tree built for it."""
    return clean(_unescaped(_WHOLE_TAG.sub(" ", text[:MAX_MARKUP])))


def _unescaped(text: str) -> str:
    """As browsers read references; one that means no character is U+FFFD, however long it is."""
    return html.unescape(_ENDLESS.sub("\ufffd", text))


def joined(parts: Iterable[str]) -> str:
    """Clean parts on lines of their own; not those that say what stands before them already."""
    said = ""
    for part in parts:
        said = said if part in said else f"{said}\n{part}".strip()
    return said


def title_line(markup: str) -> str | None:
    """A title on one line; None if nothing is left of it."""
    return line(plain(markup[:MAX_MARKUP]), MAX_TITLE) or None


def name_line(name: str) -> str | None:
    """A person's or an outlet's name; None if nothing is left of it."""
    return line(_unescaped(name[:MAX_MARKUP]), MAX_NAME) or None


def web_address(link: str, base: str) -> str | None:
    """An absolute http(s) address; None for anything else: it will be shown as a link."""
    link = "".join(clean(link[: 2 * MAX_URL]).split("\n"))
    try:
        address = urljoin(base, link)
        parts = urlsplit(address)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return address if link and is_web and len(address) <= MAX_URL else None


def sane_date(date: datetime | None, *, now: datetime) -> datetime | None:
    """In UTC, if it can be true."""
    if date is None:
        return None
    try:
        date = utc(date)
    except OverflowError:
        return None
    return date if can_be_true(date, now=now) else None


def language_code(tag: str) -> str | None:
    """Turn "en-GB" into "en"; None if it is no language tag."""
    found = _LANGUAGE.fullmatch(tag.strip()[:40])
    return found[1].lower() if found else None


def stable_id(given: str, *, link: str, content: str) -> str:
    """Give the id that a source gave, else its link, else a hash of what it says."""
    for known in (given, link):
        if name := line(known, MAX_ID + 1):
            return name if len(name) <= MAX_ID else hashed(known)
    return hashed(content)


def told(items: Iterable[RawItem]) -> Iterator[RawItem]:
    """Keep the items that say something, each id once (two would overwrite one another)."""
    seen: set[str] = set()
    for item in items:
        if (item.title or item.text) and item.native_id not in seen:
            seen.add(item.native_id)
            yield item


def hashed(text: str) -> str:
    """An id made of what is said, where a source gives none."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
