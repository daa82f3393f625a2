"""The evidence of an incident as a file of its own: JSON Lines that anybody can check.

The first line names the incident, the number of lines and the last hash, and holds a hash of all
that; each further line holds one line of the chain with its hash, and the text that it was written
about as far as that is still kept. To check one by hand: SHA-256 of `line` is `hash`; SHA-256 of
`content` as canonical JSON is the `digest` in `line`; SHA-256 of the first line as canonical JSON
without its `seal` is that (files of older releases have none).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from monitor.core.chain import START, ChainLine, Held, broken, canonical, digest
from monitor.errors import InputError

FORM = "brand-monitor evidence 1"


def bundle(
    about: Mapping[str, object], lines: Sequence[ChainLine], held: Sequence[Held]
) -> Iterator[str]:
    """The lines of the file; `about` says which incident, and when it was exported."""
    last = lines[-1].hash if lines else START
    head = {"form": FORM, **about, "lines": len(lines), "head": last}
    yield canonical({**head, "seal": _seal(head)})
    known = {
        digest(one.salt, one.content): {**one.content, "salt": one.salt}
        for one in held
        if one.content is not None and one.salt is not None
    }
    for line in lines:
        content = known.get(json.loads(line.text).get("digest", ""))
        yield canonical({"line": line.text, "hash": line.hash, "content": content})


def complaints(
    rows: Sequence[str],
    lines: Sequence[ChainLine] | None = None,
    *,
    about: Mapping[str, object] | None = None,
) -> Iterator[str]:
    """What is wrong with a file; with `lines` also where the database tells another story.

    `about` is what the database says of the incident for good: its title may have changed since.

    Raises:
        InputError: It is no such file.
    """
    head, told, contents = _read(rows)
    yield from (f"in the file, {problem}" for problem in broken(told))
    if (len(told), told[-1].hash if told else START) != (head["lines"], head["head"]):
        yield "the file was cut off, or its first line was changed"
    elif not _is_sealed(head) or any(head.get(k) != v for k, v in (about or {}).items()):
        yield "the first line of the file was changed"
    for line, content in zip(told, contents, strict=True):
        if content is not None and not _fits(line, content):
            yield f"in the file, the text of line {line.number} was changed"
    if lines is not None and [one.hash for one in lines[: len(told)]] != [o.hash for o in told]:
        yield "the database tells another story than the file"


def _is_sealed(head: Mapping[str, Any]) -> bool:
    """Whether it says what it said when it was exported; without a seal nobody knows."""
    try:
        said = _seal({key: value for key, value in head.items() if key != "seal"})
    except (ValueError, RecursionError):
        # Nothing that was ever sealed.
        return False
    return bool(head.get("seal", said) == said)


def _seal(head: Mapping[str, object]) -> str:
    return sha256(canonical(head).encode()).hexdigest()


def _fits(line: ChainLine, content: Any) -> bool:
    try:
        said = digest(content["salt"], content)
    except (ValueError, KeyError, TypeError, RecursionError):
        # Nothing that was ever digested.
        return False
    return bool(said == json.loads(line.text).get("digest"))


def _read(
    rows: Sequence[str],
) -> tuple[Mapping[str, Any], list[ChainLine], list[Any]]:
    try:
        head, *found = [json.loads(row) for row in rows]
        known = head["form"] == FORM and isinstance(head["lines"], int) and head["head"]
        lines = [
            ChainLine(number=json.loads(one["line"])["number"], text=one["line"], hash=one["hash"])
            for one in found
        ]
        contents = [one["content"] for one in found]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise InputError(_NONE) from e
    if not known:
        raise InputError(_NONE)
    return head, lines, contents


_NONE = "this is no file of evidence, or it is broken"
