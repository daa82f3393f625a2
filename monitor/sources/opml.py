"""OPML, the lists of feeds that readers write: http://opml.org/spec2.opml, "Subscription lists".

Does no I/O. Documents with a DTD are refused: nobody needs one here but attackers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

from monitor.errors import InputError
from monitor.sources import cleaning

#: Bytes; the longest lists of readers have a hundredth of it.
MAX_BYTES = 5 * 2**20
#: https://en.wikipedia.org/wiki/Feed_URI_scheme, as some readers still write it.
_FEED_SCHEME = re.compile(r"^feed:(?:(//)|(?=https?:))", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """One feed of a list."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriptions:
    """What a list holds."""

    #: Each once, in the order of the list.
    feeds: tuple[Subscription, ...]
    #: Addresses that are not of the web, as they stand in the list, on one line.
    unusable: tuple[str, ...] = ()


class _Refused(Exception):  # noqa: N818 - a signal to ourselves, through expat
    pass


def read(body: bytes) -> Subscriptions:
    """Give every feed of a list; `InputError` for what is no list."""
    if len(body) > MAX_BYTES:
        raise InputError(f"larger than {MAX_BYTES >> 20} MiB: no list of feeds")
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)  # noqa: FBT003 - its signature
    except expat.ExpatError as e:
        raise InputError(f"not OPML: {expat.ErrorString(e.code)} in line {e.lineno}") from e
    except _Refused as e:
        raise InputError(str(e)) from None
    return Subscriptions(feeds=tuple(reader.found.values()), unusable=tuple(reader.unusable))


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, Subscription] = {}
        self.unusable: list[str] = []
        self._is_list = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *_: object) -> None:
        raise _Refused("not OPML: it has a DTD")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._is_list and tag.lower() != "opml":
            raise _Refused(f"not OPML: its root is <{cleaning.line(tag, 40)}>")
        self._is_list = True
        told = {name.lower(): value for name, value in attributes.items()}
        if tag.lower() == "outline" and (address := told.get("xmlurl", "").strip()):
            self._take(address, told.get("title") or told.get("text") or "")

    def _take(self, address: str, title: str) -> None:
        url = cleaning.web_address(_FEED_SCHEME.sub(_http, address), "")
        if url is None:
            self.unusable.append(cleaning.line(address, 100))
            return
        name = cleaning.line(title or url, 100)
        self.found.setdefault(url, Subscription(name=name or url, url=url))


def _http(scheme: re.Match[str]) -> str:
    """`feed:https://…` is that address; `feed://…` stands for http."""
    return "" if scheme[1] is None else "http://"
