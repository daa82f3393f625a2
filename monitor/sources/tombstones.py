"""Entries that an Atom feed says are deleted: `at:deleted-entry` of RFC 6721.

Told before the feed is parsed: feedparser keeps but the last of them. Does not parse XML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from monitor.sources import cleaning

_NAMESPACE = re.compile(
    rb"""\bxmlns:([\w.-]{1,50})\s*=\s*["']http://purl\.org/atompub/tombstones/1\.0["']"""
)
#: A CDATA section or a comment that is never closed goes on to the end.
_TOLD = (
    rb"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)"
    rb"|<(?P<close>/?)(?P<entry>(?:[\w.-]+:)?entry)[\s>]|<%s:deleted-entry\b(?P<tag>[^<>]{1,4000})>"
)
_REF = re.compile(rb"""\sref\s*=\s*(?:"([^"]+)"|'([^']+)')""")


def read(body: bytes) -> tuple[str, ...]:
    """Native ids of the entries, each once; of a long list the first."""
    space = _NAMESPACE.search(body)
    found = _ids(body, space[1]) if space else iter(())
    return tuple(dict.fromkeys(found))[: cleaning.MAX_ITEMS]


def _ids(body: bytes, space: bytes) -> Iterator[str]:
    """What stands within an entry is of its author, and says nothing of the feed."""
    is_within = False
    for told in re.finditer(_TOLD % re.escape(space), body, re.DOTALL):
        if told["entry"]:
            is_within = not told["close"]
        elif not is_within and (ref := _REF.search(told["tag"] or b"")):
            name = html.unescape((ref[1] or ref[2]).decode("utf-8", "replace"))
            yield cleaning.stable_id(name, link="", content="")
