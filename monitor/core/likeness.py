"""In words: which well-known cases an incident resembles, why, and what is to be learnt of them.

From the JSON of an event, or from the incident as it is stored; both say the same. Compares
nothing (see `resemblance`), and does not escape for any receiver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.core import fields
from monitor.core.brief_lines import Line, denied
from monitor.core.fields import Table
from monitor.core.plaintext import clip
from monitor.core.types import Part, Resemblance

LABEL = "Resembles"
LINE_CHARS = 400
TITLE_CHARS = 120
SENTENCE_CHARS = 200
LESSON_CHARS = 200
URL_CHARS = 300
MOST = 2
_NAME_CHARS = 60
_SHOWN_WHY = 3


def document(resembles: Iterable[Resemblance]) -> list[dict[str, object]]:
    """`data.resembles` of an event."""
    return [_document(one) for one in resembles][:MOST]


def lines(data: Table) -> tuple[Line, ...]:
    """One line for the data of an event that resembles a case; none for one that does not."""
    found = fields.rows(data, "resembles")
    if not found:
        return ()
    best, *others = found
    said = " ".join(_said(best, _also(others), is_denied=_is_denied(data)))
    return (Line(LABEL, clip(said, LINE_CHARS)),)


def sentence(one: Resemblance) -> str:
    """The case, the similarity, the reasons that weigh most, and the lesson."""
    return " ".join(_said(_document(one), "", is_denied=False))


def _is_denied(data: Table) -> bool:
    """The lesson of a scandal that was one may be the wrong one for a rumour."""
    return denied(data) is not None


def _document(one: Resemblance) -> dict[str, object]:
    return {
        "case": clip(one.case, _NAME_CHARS),
        "title": clip(one.title, TITLE_CHARS),
        "similarity": one.similarity,
        "why": [_part(part) for part in one.why],
        "lesson": clip(one.lesson, LESSON_CHARS),
        "url": one.url if len(one.url) <= URL_CHARS else None,
    }


def _part(part: Part) -> dict[str, object]:
    return {
        "name": clip(part.name, _NAME_CHARS),
        "value": part.value,
        "sentence": clip(part.sentence, SENTENCE_CHARS),
    }


def _said(case: Table, also: str, *, is_denied: bool) -> Iterator[str]:
    title, similarity = fields.text(case, "title"), fields.number(case, "similarity") or 0.0
    yield f"{title} (similarity {similarity:.2f} of 1{also})."
    parts = [part for part in fields.rows(case, "why") if fields.number(part, "value")]
    yield from (fields.text(part, "sentence") for part in parts[:_SHOWN_WHY])
    yield f"Lesson{', if it is true' * is_denied}: {fields.text(case, 'lesson')}"


def _also(others: Iterable[Table]) -> str:
    """The case after the first, if there is one."""
    named = (
        f"; also {fields.text(one, 'title')}, {fields.number(one, 'similarity') or 0.0:.2f}"
        for one in others
    )
    return next(named, "")
