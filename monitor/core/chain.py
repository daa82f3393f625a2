"""A chain of evidence: lines that each hold the hash of the one before, and what they prove.

A line says what was seen and when, in canonical JSON; of texts it holds a salted digest only, so
that a text may be blanked (its salt goes with it) while the line stays. Whoever changes a line
breaks the chain at it; whoever changes what a line was written about is found by its digest. Who
rewrites everything from one line on, salts included, is found by comparing with a bundle that was
exported before. Does not store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

Facts = Mapping[str, object]

#: What stands before the first line.
START = "0" * 64
#: Kinds of lines: a mention joined the incident, was edited, blanked or left; a count was read.
MENTION, EDIT, BLANKED, LEFT, READING = "mention", "edit", "blanked", "left", "reading"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainLine:
    """One line as it is stored."""

    number: int
    #: Canonical JSON.
    text: str
    #: SHA-256 of the text, hexadecimal.
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A mention as the database holds it now; None: there is none any more."""

    mention_id: int
    #: What is digested; None: it was blanked.
    content: Facts | None
    salt: str | None
    #: (name, seen_at) -> value.
    readings: Mapping[tuple[str, str], float] = field(default_factory=dict)


def canonical(value: object) -> str:
    """One spelling for one value (RFC 8785 for what we write: no floats beyond the plain ones)."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(salt: str, content: Facts) -> str:
    """SHA-256 of a text with all that was seen of it, and a salt against guessing."""
    return sha256(canonical({**content, "salt": salt}).encode()).hexdigest()


def forged(previous: ChainLine | None, kind: str, *, at: str, facts: Facts) -> ChainLine:
    """The line that follows `previous`."""
    number = previous.number + 1 if previous else 1
    text = canonical(
        {
            **facts,
            "kind": kind,
            "at": at,
            "number": number,
            "previous": previous.hash if previous else START,
        }
    )
    return ChainLine(number=number, text=text, hash=_hash(text))


def broken(lines: Sequence[ChainLine]) -> Iterator[str]:
    """What is wrong with the chain itself, in sentences."""
    previous = START
    for expected, line in enumerate(lines, start=1):
        if line.number != expected:
            yield f"line {expected} is missing"
            return
        if _hash(line.text) != line.hash:
            yield f"line {line.number} was changed"
            return
        said = json.loads(line.text)
        if (said.get("previous"), said.get("number")) != (previous, line.number):
            yield f"line {line.number} does not follow the line before it"
            return
        previous = line.hash


def differing(lines: Iterable[ChainLine], held: Iterable[Held]) -> Iterator[str]:
    """Where the database no longer holds what the lines were written about."""
    proven = _proven(lines)
    now = {one.mention_id: one for one in held}
    for mention_id in sorted(proven.keys() | now.keys()):
        if mention_id not in proven:
            yield f"mention {mention_id} was put into the incident without a line"
        elif mention_id not in now:
            yield f"mention {mention_id} was taken from the incident without a line"
        else:
            yield from _compared(proven[mention_id], now[mention_id])


@dataclass(slots=True)
class _Proven:
    """What the lines say of one mention."""

    digest: str
    blanked: bool = False
    readings: dict[tuple[str, str], float] = field(default_factory=dict)


def _proven(lines: Iterable[ChainLine]) -> dict[int, _Proven]:
    found: dict[int, _Proven] = {}
    for line in lines:
        said = json.loads(line.text)
        mention_id = said["mention"]
        match said["kind"]:
            case "mention":
                found[mention_id] = _Proven(said["digest"], blanked=said["digest"] == "")
            case "edit":
                found[mention_id].digest = said["digest"]
            case "blanked":
                found[mention_id].blanked = True
            case "left":
                found.pop(mention_id, None)
            case "reading" if mention_id in found:
                found[mention_id].readings[said["name"], said["seen_at"]] = said["value"]
    return found


def _compared(proven: _Proven, now: Held) -> Iterator[str]:
    name = f"mention {now.mention_id}"
    if now.content is None and not proven.blanked:
        yield f"{name} was blanked without a line"
    elif now.content is not None and proven.blanked:
        yield f"{name} was blanked, and holds a text again"
    elif now.content is not None and digest(now.salt or "", now.content) != proven.digest:
        yield f"{name} does not say what it said when it was seen"
    for key in sorted(proven.readings.keys() | now.readings.keys()):
        was, is_now = proven.readings.get(key), now.readings.get(key)
        if was != is_now:
            seen = f"{_count(was)} was seen, {_count(is_now)} is there"
            yield f"{key[0]} of {name}, read at {key[1]}: {seen}"


def _count(value: float | None) -> str:
    return "nothing" if value is None else f"{value:g}"


def _hash(text: str) -> str:
    # A file may hold what no text can (a lone surrogate): it has another hash, and that is all.
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
