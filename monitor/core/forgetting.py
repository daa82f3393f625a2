"""A person who asks to be forgotten: who that is, and what is left of a message without them.

Pure. A person is the names they give, each taken whole: who is called alike on another server, or
has a longer name, is somebody else. Does not look for nicknames, and does not decide whether the
law asks for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from urllib.parse import urlsplit

from monitor.core.blanking import GONE
from monitor.core.event import serialized
from monitor.core.plaintext import tidy
from monitor.core.text import nfkc
from monitor.core.types import DELETED
from monitor.core.wholewords import is_whole
from monitor.errors import InputError

#: Stands before the ids of posts whose author is forgotten; no source gives such ids.
MARK = "forgotten:"
#: What stands before an account in the address of a post.
_BEFORE_ACCOUNT = frozenset({"u", "user", "users", "profile", "author", "people"})
#: A shorter name stands for too many.
_SHORTEST = 2
#: So many characters of a name that was cut tell whose it is.
_CERTAIN = 30


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is to be forgotten, by the names they give: "@ann@social.example", "Ann Example"."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, given: Sequence[str]) -> Person:
        """`InputError` for a name that is none."""
        names = tuple(dict.fromkeys(tidy(nfkc(name)) for name in given))
        for name in names:
            if len(_account(name)) < _SHORTEST:
                raise InputError(f"{name!r} is too short for the name of a person")
        return cls(names)

    def is_author(self, author: str | None) -> bool:
        """Whether the author is called just so, whatever the case, with or without an "@"."""
        return author is not None and _account(author) in map(_account, self.names)

    def is_like(self, author: str | None) -> bool:
        """Whether the author is called so on some server: somebody else, unless they say so."""
        bare = {_account(name).partition("@")[0] for name in self.names}
        return author is not None and _account(author).partition("@")[0] in bare

    def is_cut(self, author: str) -> bool:
        """Whether this is the beginning of such a name: alerts hold no long ones."""
        beginning = _account(author.removesuffix("…"))
        is_long = author.endswith("…") and len(beginning) > _CERTAIN
        return is_long and any(_account(name).startswith(beginning) for name in self.names)

    def is_named_in(self, *texts: str | None) -> bool:
        return any(self._parts(nfkc(text))[1:] for text in texts if text)

    def may_be_named_in(self, body: str) -> bool:
        """A quick look at the JSON of a message; False only if it does not name them at all."""
        said = nfkc(body).casefold()
        # As `core.event.serialized` writes it; a long name stands there cut.
        beginnings = (_account(name)[:_CERTAIN] for name in self.names)
        return any(json.dumps(one, ensure_ascii=False)[1:-1] in said for one in beginnings)

    def without(self, text: str) -> str:
        """The text without the names; the same string if it holds none."""
        parts = self._parts(nfkc(text))
        return GONE.join(parts) if parts[1:] else text

    def has_address(self, address: str | None) -> bool:
        """Whether an address, or an id that is made like one, is that of a post of theirs."""
        if not address:
            return False
        try:
            found = urlsplit(address.casefold())
            host = found.hostname or ""
        except ValueError:
            return False
        accounts = frozenset(_accounts_in(found.scheme, found.netloc, found.path))
        return any(
            user in accounts and server in ("", host)
            for user, _, server in (_account(name).partition("@") for name in self.names)
        )

    def _parts(self, text: str) -> list[str]:
        """The text, parted where a name stands; of two that overlap, the first, or the longer."""
        found = sorted(
            (
                match.span()
                for name in self.names
                for match in re.finditer(_pattern(name), text, re.IGNORECASE)
                if is_whole(text, *match.span())
            ),
            key=lambda span: (span[0], -span[1]),
        )
        parts, end = [], 0
        for start, stop in found:
            if start >= end:
                parts.append(text[end:start])
                end = stop
        return [*parts, text[end:]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What an operator asks to be forgotten."""

    person: Person
    #: Name of the one source that is meant; None: all.
    source: str | None = None
    #: What others say that names the person, too.
    named: bool = False
    #: Only to see what would be done.
    is_trial: bool = False
    actor: str = "monitor"


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """What was blanked, in numbers, and what is left for people to see to."""

    #: Mentions of each author of that name: (author, source, how many).
    authors: tuple[tuple[str, str, int], ...] = ()
    #: Authors who are called alike on a server that was not given: (author, source, how many).
    alike: tuple[tuple[str, str, int], ...] = ()
    mentions: int = 0
    #: Mentions that passed theirs on.
    passed_on: int = 0
    #: Mentions of others that named them, and were asked for.
    named: int = 0
    statements: int = 0
    #: Incidents that were called by something of it.
    titles: int = 0
    alerts: int = 0
    decisions: int = 0
    #: Posts that were blanked before, whose address named them.
    addresses: int = 0
    #: Mentions and statements of others that still name them.
    named_left: int = 0
    #: Incidents with notes that name them: people wrote those, in words of their own.
    notes_in: tuple[int, ...] = ()

    @property
    def is_anything(self) -> bool:
        """Whether there was anything to forget."""
        changed = self.statements, self.titles, self.alerts, self.decisions
        return any((self.mentions, self.passed_on, self.named, self.addresses, *changed))


def stand_in(salt: str, native_id: str) -> str:
    """What stands for the id of a forgotten post: it tells that the post comes again, no more."""
    digest = sha256(f"{salt}\0{native_id}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{MARK}{salt}:{digest}"


def salt_of(stand_in_: str) -> str:
    """The salt in what `stand_in` made."""
    return stand_in_.split(":")[1]


def body_without(body: str, asked: Asked) -> str:
    """The body of an alert without what the person said, and their names if that was asked for.

    The same string if there is nothing of them in it.
    """
    message = json.loads(body)
    without = _without(message, asked)
    return body if without == message else serialized(without)


def parts_without(
    parts: Iterable[Mapping[str, object]], person: Person
) -> list[Mapping[str, object]]:
    """The parts of a risk without the names."""
    return [{**one, "sentence": person.without(str(one["sentence"]))} for one in parts]


def _without(value: object, asked: Asked) -> object:
    if isinstance(value, str):
        # Which source a sentence rests on is not told.
        return asked.person.without(value) if asked.named and asked.source is None else value
    if isinstance(value, list):
        return [_without(each, asked) for each in value]
    return _fields_without(value, asked) if isinstance(value, dict) else value


def _fields_without(value: Mapping[str, object], asked: Asked) -> dict[str, object]:
    if _is_theirs(value, asked):
        nowhere = {key: None for key in ("author", "url") if key in value}
        return {**value, **nowhere, "text": DELETED}
    leads = {"url": None} if asked.named and asked.person.has_address(_url(value)) else {}
    return {key: _without(each, asked) for key, each in value.items()} | leads


def _url(value: Mapping[str, object]) -> str | None:
    url = value.get("url")
    return url if isinstance(url, str) else None


def _is_theirs(value: Mapping[str, object], asked: Asked) -> bool:
    """A piece of evidence of the source that is meant: theirs, or one that names them."""
    is_piece = "author" in value and isinstance(value.get("text"), str)
    if not is_piece or asked.source not in (None, value.get("source")):
        return False
    return _says(value, asked.person) or (asked.named and _names(value, asked.person))


def _says(piece: Mapping[str, object], person: Person) -> bool:
    author = piece["author"]
    return isinstance(author, str) and (person.is_author(author) or person.is_cut(author))


def _names(piece: Mapping[str, object], person: Person) -> bool:
    return person.is_named_in(str(piece["text"]))


def _pattern(name: str) -> str:
    return r"\s+".join(map(re.escape, name.split()))


def _account(name: str) -> str:
    return tidy(nfkc(name)).removeprefix("@").casefold()


def _accounts_in(scheme: str, host: str, path: str) -> Iterable[str]:
    """Whose address it may be: /ann/1, /@ann/1, /user/ann, at://did:plc:1/…, ann.example.org."""
    steps = [step for step in path.split("/") if step]
    yield from (step.removeprefix("@") for step in steps if step.startswith("@"))
    yield from (
        step.removeprefix("@") for before, step in pairwise(steps) if before in _BEFORE_ACCOUNT
    )
    yield from steps[:1]
    if scheme == "at":
        yield host
