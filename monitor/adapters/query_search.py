"""Finding mentions: words, brand, time, harm, stance, incident.

What a person types is quoted before it reaches FTS5, so no character of it is an operator. A `*`
at the end of a word asks for words that begin so; "double quotes" hold words together; @name is
also an author of that name. Does not rank: newest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.adapters.connect import Connection
from monitor.adapters.query_rows import Answer, answers
from monitor.adapters.rows import plain, time_text

_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"\w")
# Scripts without spaces between words: FTS5 would take a whole sentence of them for one word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
# CROSS JOIN fixes the order of the loops: from the newest mention on, not source by source. What
# is merged into another incident keeps its rows; its mentions are of that other one.
_SELECT = """
SELECT mentions.id, brand, sources.name AS source, author, author_followers, mentions.url, title,
  text, mentions.language, published_at, seen_at, said_at, deleted_at, repost_of, history, certain,
  model, about, negative, neutral, positive, alarm, complaint, outrage, firsthand, severity, harms,
  verdicts.language AS read_language, language_trained,
  (
    SELECT max(incident_id) FROM incident_mentions JOIN incidents ON incidents.id = incident_id
    WHERE mention_id = mentions.id AND status <> 'merged'
  ) AS incident
FROM mentions
CROSS JOIN sources ON sources.id = mentions.source_id
LEFT JOIN verdicts ON verdicts.mention_id = mentions.id
"""
_IN_FULL_TEXT = "mentions.id IN (SELECT rowid FROM mentions_fts WHERE mentions_fts MATCH ?)"
_IN_TEXT = "instr(coalesce(title || ' ', '') || text, ?)"
_ADDRESSED = "instr(lower(coalesce(title || ' ', '') || text), lower(?))"
# @ana is "@ana" and "Ana", on any server: what comes after the name begins with an @, or nothing.
_BY = "instr(lower(ltrim(author, '@')) || '@', lower(?)) = 1"
_IN_INCIDENT = "mentions.id IN (SELECT mention_id FROM incident_mentions WHERE incident_id = ?)"
# The likeliest stance counts, and a harm that is more likely than not.
_STANCE = """
CASE WHEN negative >= max(neutral, positive) THEN 'negative'
  WHEN positive > neutral THEN 'positive'
  WHEN neutral IS NOT NULL THEN 'neutral' END = ?
"""
_HARM = "(SELECT value FROM json_each(harms) WHERE key = ?) >= 0.5"


@dataclass(frozen=True, kw_only=True, slots=True)
class MentionFilter:
    """What a person looks for; what is empty or None does not narrow the search."""

    query: str = ""
    brand: str | None = None
    since: datetime | None = None
    harm: str | None = None
    #: "negative", "neutral" or "positive".
    stance: str | None = None
    incident: int | None = None
    limit: int = 50


def find_mentions(connection: Connection, wanted: MentionFilter) -> list[Answer]:
    """Newest first."""
    conditions = [*_words(plain(wanted.query)), *_facts(wanted)]
    where = " AND ".join(condition for condition, *_ in conditions) or "TRUE"
    statement = f"{_SELECT} WHERE {where} ORDER BY said_at DESC, mentions.id DESC LIMIT ?"
    values = [value for _, *given in conditions for value in given]
    return answers(connection, statement, [*values, wanted.limit])


def _words(query: str) -> Iterator[tuple[str, *tuple[object, ...]]]:
    """All of them must occur; what full text does not index is looked for in the text itself."""
    expression = []
    for phrase, word in _TERM.findall(query):
        term = phrase or word
        begins = not phrase and word.endswith("*")
        if _UNSPACED.search(term) or not _WORD.search(term):
            condition, value = _IN_TEXT, term
        else:
            condition, value = _IN_FULL_TEXT, _indexed(term, begins=begins)
        if term.startswith("@") and condition is _IN_FULL_TEXT:
            # Full text knows no @: somebody who is addressed is more than a word that is the same.
            spoken_to, name = term.rstrip("*"), _author(term, begins=begins)
            yield f"({condition} AND {_ADDRESSED} OR {_BY})", value, spoken_to, name
        elif term.startswith("@"):
            yield f"({condition} OR {_BY})", value, _author(term, begins=begins)
        elif condition is _IN_TEXT:
            yield condition, value
        else:
            expression.append(value)
    if expression:
        yield _IN_FULL_TEXT, " ".join(expression)


def _indexed(term: str, *, begins: bool) -> str:
    return f"{_quoted(term.rstrip('*'))} *" if begins else _quoted(term)


def _author(term: str, *, begins: bool) -> str:
    """What the name of an author must begin with, all of it unless `begins`."""
    return term.lstrip("@").rstrip("*") if begins else f"{term.lstrip('@')}@"


def _quoted(term: str) -> str:
    """Make an FTS5 string of a term: https://sqlite.org/fts5.html#fts5_strings."""
    return '"' + term.replace('"', '""') + '"'


def _facts(wanted: MentionFilter) -> Iterator[tuple[str, object]]:
    if wanted.brand is not None:
        yield "brand = ?", wanted.brand
    if wanted.since is not None:
        yield "said_at >= ?", time_text(wanted.since)
    if wanted.harm is not None:
        yield _HARM, wanted.harm
    if wanted.stance is not None:
        yield _STANCE, wanted.stance
    if wanted.incident is not None:
        yield _IN_INCIDENT, wanted.incident
