"""Which incident a post of the brand itself is about: by links, by words, or by being an answer.

Brands post all day. Without a link, a post counts only if it reads like an answer (it is sorry,
is aware, investigates, denies …): a false match would stop the clock of a statement that nobody
made. Does not read how good the statement is (see `statements`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.stopwords import STOPWORDS
from monitor.core.types import Incident, Level

#: A post from so long after the incident was last spoken of is about something else.
FORGOTTEN_AFTER = timedelta(days=7)
#: Words that an answer must share with what is said of the incident.
FEWEST_SHARED = 2
_SHOWN = 3
_STEM = 6
_WORD = re.compile(r"[^\W\d_]{4,}|\d{3,}")
_ANSWERS = re.compile(
    r"\b(?:apolog\w+|sorry|regret\w*|aware of|investigat\w+|what happened|statement|responsib\w+|"
    r"refund\w*|recall\w*|we hear you|we(?:'ve| have) heard|our mistake|(?:fix|fixing|restor)\w*|"
    r"outage|disruption|incident|affected|update on|looking into|(?:is|are) (?:not true|false)|"
    r"untrue|(?:false|fake|misleading) (?:claims?|posts?|reports?|rumou?rs?|information|video)|"
    r"rumou?rs?|hoax|mis-?information|disinformation|unfounded|baseless|no truth|den(?:y|ies|ied)|"
    r"no evidence|unacceptable|suspended|entschuldig\w+|bedauern|tut uns "
    r"leid|disculpas?|lament\w+|désolés?|excuses?|scus\w+)\b",
    re.IGNORECASE,
)
#: Said in answers and elsewhere: these need words of the incident, whatever else is open. "There
#: is no better jar" praises; "there is no glass" denies.
_REPLIES = re.compile(
    r"\b(?:there (?:is|are|was|were|has been|have been|had been) (?:absolutely )?no (?!better|"
    r"doubt|place|need|reason|other|time|limit|way|excuse|substitute|such|end|easier|greater|"
    r"finer|nicer|shortage|secret|wonder|match|like\b)|"
    r"no ?(?:one|body|\w+) (?:is|are|was|were|has been|have been) (?:\w+ )?(?:hurt|injured|harmed|"
    r"ill|killed|stolen|accessed|compromised|leaked|exposed|lost|missing|involved|at risk)|"
    r"(?:everyone|everybody|all) (?:\w+ ){0,5}(?:is|are) (?:now )?safe|"
    r"we(?:'ve| have)? (?:checked|reviewed|confirmed)|we(?:'re| are) (?:checking|reviewing)|"
    r"we(?:'ve| have)? (?:seen|read) (?:\w+ ){0,2}(?:claims?|reports?|posts?|videos?|photos?|"
    r"footage|images?|messages|comments|allegations?|stories)|co-?operating with|"
    r"(?:takes?|taking|took) (?:\w+ ){0,5}seriously|out of context|condolences|"
    r"(?:thoughts|hearts?) (?:is|are|go out) (?:out )?(?:to|with)|"
    r"(?:technical|isolated) (?:issues?|problems?|faults?|difficult\w+|error)|"
    r"(?:got|were|was) (?:this |that |it )?wrong|"
    r"(?:police|authorities|inspectors|investigators|regulator))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A post of the brand's own site or account."""

    id: int
    brand: str
    at: datetime
    url: str | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An incident of the brand, and what is said of it."""

    incident: Incident
    texts: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribution:
    """The incident that a post is about, and how that was found out."""

    incident: Incident
    why: str


def about(spoken: Spoken, candidates: Sequence[Candidate]) -> Attribution | None:
    """The incident that the post is about; None if it is about none."""
    those = [one for one in candidates if _is_possible(spoken, one.incident)]
    return _by_link(spoken, those) or _as_answer(spoken, those)


def _is_possible(spoken: Spoken, incident: Incident) -> bool:
    if spoken.brand != incident.brand or not incident.status.is_live:
        return False
    return incident.first_seen_at <= spoken.at <= incident.last_seen_at + FORGOTTEN_AFTER


def _by_link(spoken: Spoken, those: Iterable[Candidate]) -> Attribution | None:
    for one in those:
        if any(_holds(spoken.text, url) for url in one.urls):
            return Attribution(
                incident=one.incident, why="It links to what is said of the incident."
            )
        if spoken.url and any(_holds(text, spoken.url) for text in one.texts):
            return Attribution(
                incident=one.incident, why="What is said of the incident links to it."
            )
    return None


def _holds(text: str, url: str) -> bool:
    """The whole address, not the beginning of a longer one."""
    return re.search(re.escape(url.rstrip("/")) + r"(?![\w/?#&=-])", text) is not None


def _as_answer(spoken: Spoken, those: Sequence[Candidate]) -> Attribution | None:
    is_answer = _ANSWERS.search(spoken.text) is not None
    if not those or not (is_answer or _REPLIES.search(spoken.text)):
        return None
    shared = [(_shared(spoken, one), one) for one in those]
    words, best = max(shared, key=lambda each: (len(each[0]), each[1].incident.last_seen_at))
    if len(words) >= FEWEST_SHARED:
        told = ", ".join(f"\u201c{word}\u201d" for word in words[:_SHOWN])
        why = f"It reads as an answer, in words of what is said: {told}."
        return Attribution(incident=best.incident, why=why)
    if is_answer and len(those) == 1 and best.incident.level >= Level.WARNING:
        return Attribution(
            incident=best.incident, why="It reads as an answer, and no other incident is open."
        )
    return None


def _shared(spoken: Spoken, candidate: Candidate) -> list[str]:
    """Words of the post that stand in what is said too, but for the name of the brand."""
    names = _stems([spoken.brand])
    said = _stems([candidate.incident.title, *candidate.texts]) - names
    found: dict[str, str] = {}
    for word in _words(spoken.text):
        if word[:_STEM] in said:
            found.setdefault(word[:_STEM], word)
    return list(found.values())


def _stems(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:_STEM] for text in texts for word in _words(text))


def _words(text: str) -> list[str]:
    """Words that mean something; answering words are in every statement and tell none apart."""
    bare = re.sub(r"https?://\S+", " ", _ANSWERS.sub(" ", text)).casefold()
    return [word for word in _WORD.findall(bare) if word not in STOPWORDS]
