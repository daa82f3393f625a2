"""From the bodies of alerts to what the inbox page shows of them: cards, the newest first.

Pure. Everything in a body is text from outside: links are only made of http and https addresses,
and a body of another shape than expected is shown as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from monitor.core import likeness
from monitor.core.brief import tidy
from monitor.core.brief_lines import OVER, known
from monitor.core.fields import web_url
from monitor.core.notice import WORDS
from monitor.core.times import utc
from monitor.desk.inbox import Received

#: Shown at once; older ones are in the database.
MOST_CARDS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """One piece of evidence."""

    text: str
    source: str
    author: str
    at: datetime
    #: None: nothing to link to.
    url: str | None
    #: Known counts, as in "41 likes".
    counts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One part of the risk; `width` is its share of the largest, 0 to 100."""

    name: str
    value: float
    sentence: str
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """The incident itself."""

    id: int
    brand: str
    title: str
    level: str
    status: str
    mentions: int
    authors: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """How many mentions are expected at `at`."""

    low: float
    middle: float
    high: float
    at: datetime
    viral: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What an incident event adds to a card."""

    incident: Facts
    brief: str
    #: What is sure, and what is not.
    known: str
    reason: str
    risk: float
    bars: tuple[Bar, ...]
    outlook: Outlook | None
    quotes: tuple[Quote, ...]
    first_seen: datetime
    detected: datetime
    acknowledge_by: datetime
    statement_by: datetime
    #: When the brand spoke; None: not yet.
    statement_at: datetime | None
    sources_seen: int
    sources_unseen: int
    #: Names of those that could not be seen, as far as they fit into the message.
    unseen: tuple[str, ...]
    #: Which well-known case it resembles, and why; empty: none.
    alike: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One alert on the page."""

    #: Names it on the page, from one look to the next.
    id: str
    type: str
    words: str
    at: datetime
    late: bool
    #: When it came in; None: it is known from the log alone.
    received_at: datetime | None
    story: Story | None = None
    #: Of an event without a story.
    facts: tuple[tuple[str, str], ...] = ()
    #: A newer card tells of the same incident.
    outdated: bool = False

    @property
    def is_folded(self) -> bool:
        """An earlier state, or the end of an incident: neither is what is on now."""
        return self.outdated or (self.story is not None and self.story.incident.status in OVER)

    @property
    def incident_id(self) -> int | None:
        return self.story.incident.id if self.story else None


@dataclass(frozen=True, slots=True)
class _Found:
    message: dict[str, Any]
    received_at: datetime | None = None
    late: bool = field(default=False)


def cards(received: Sequence[Received], logged: Sequence[str]) -> tuple[Card, ...]:
    """Cards of what came in and of what the log knows besides, the newest event first.

    An alert that came in and is in the log is one card; of an alert that came in twice, the
    first arrival counts.
    """
    found: dict[str, _Found] = {}
    for body in logged:
        _add(found, body, received_at=None)
    for message in received:
        _add(found, message.body, received_at=message.at)
    made = sorted(
        (_card(one, name) for name, one in found.items()), key=lambda card: card.at, reverse=True
    )
    return _marked(made[:MOST_CARDS])


def _add(found: dict[str, _Found], body: str, *, received_at: datetime | None) -> None:
    try:
        message = json.loads(body)
        late = bool(message["data"].pop("late", False))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return
    identity = _identity(message)
    if received_at is not None and identity in found:
        # What was deleted since where it was said is blanked in the log alone.
        message = found[identity].message
    found[identity] = _Found(message, received_at, late)


def _identity(message: Mapping[str, Any]) -> str:
    """The same for an alert as it was sent and as it is kept: of an incident, what and when."""
    incident = message["data"].get("incident")
    told = incident.get("id") if isinstance(incident, dict) else None
    what = message if told is None else [message.get("type"), message.get("timestamp"), told]
    return json.dumps(what, sort_keys=True)


def _marked(made: Sequence[Card]) -> tuple[Card, ...]:
    seen: set[int] = set()
    marked = []
    for card in made:
        marked.append(replace(card, outdated=card.incident_id in seen))
        if card.incident_id is not None:
            seen.add(card.incident_id)
    return tuple(marked)


def _card(found: _Found, name: str) -> Card:
    message = found.message
    type_ = _text(message.get("type"))
    card = Card(
        id=f"alert-{sha256(name.encode()).hexdigest()[:16]}",
        type=type_,
        words=WORDS.get(type_, type_),
        at=_moment(message.get("timestamp")) or datetime.min.replace(tzinfo=UTC),
        late=found.late,
        received_at=found.received_at,
    )
    try:
        return replace(card, story=_story(message["data"]))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return replace(card, facts=_facts(message["data"]))


def _story(data: Mapping[str, Any]) -> Story:
    clock, coverage = data["clock"], data["coverage"]
    return Story(
        incident=_incident(data["incident"]),
        brief=_text(data["brief"]),
        known=known(data),
        reason=_text(data["reason"]),
        risk=float(data["risk"]),
        bars=_bars(data["why"]),
        outlook=_outlook(data["forecast"]) if data["forecast"] else None,
        quotes=tuple(_quote(one) for one in data["evidence"]),
        first_seen=_sure(clock["first_seen"]),
        detected=_sure(clock["detected"]),
        acknowledge_by=_sure(clock["acknowledge_by"]),
        statement_by=_sure(clock["statement_by"]),
        statement_at=_moment(clock.get("statement_at")),
        sources_seen=int(coverage["healthy_count"]),
        sources_unseen=int(coverage["stale_count"]),
        unseen=tuple(_text(name) for name in coverage["stale"]),
        alike=" ".join(line.text for line in likeness.lines(data)),
        links=tuple((_text(k), url) for k, v in data["links"].items() if (url := web_url(v))),
    )


def _incident(incident: Mapping[str, Any]) -> Facts:
    return Facts(
        id=int(incident["id"]),
        brand=_text(incident["brand"]),
        title=_text(incident["title"]),
        level=_text(incident["level"]),
        status=_text(incident["status"]),
        mentions=int(incident["mentions"]),
        authors=int(incident["authors"]),
    )


def _outlook(forecast: Mapping[str, Any]) -> Outlook:
    viral = forecast["viral_probability"]
    return Outlook(
        low=float(forecast["p10"]),
        middle=float(forecast["p50"]),
        high=float(forecast["p90"]),
        at=_sure(forecast["at"]),
        viral=None if viral is None else float(viral),
    )


def _bars(parts: Sequence[Mapping[str, Any]]) -> tuple[Bar, ...]:
    """Parts that say something, the weightiest first."""
    weights = [(abs(float(part["value"])), part) for part in parts]
    most = max((weight for weight, _ in weights), default=0.0)
    weights.sort(key=lambda each: each[0], reverse=True)
    return tuple(
        Bar(
            name=_text(part["name"]),
            value=float(part["value"]),
            sentence=_text(part["sentence"]),
            width=round(100 * weight / most, 1),
        )
        for weight, part in weights
        if weight > 0
    )


def _quote(one: Mapping[str, Any]) -> Quote:
    counts = sorted(one["engagement"].items(), key=lambda each: (-float(each[1]), each[0]))
    return Quote(
        text=_text(one["text"]),
        source=_text(one["source"]),
        author=_text(one["author"] or ""),
        at=_moment(one["published_at"]) or _sure(one["first_seen_at"]),
        url=web_url(one["url"]),
        counts=tuple(f"{value:,g} {_text(name)}" for name, value in counts[:3]),
    )


def _facts(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    shown = ((key, value) for key, value in data.items() if value is not None and value != "")
    return tuple((_text(key).replace("_", " "), _said(value)) for key, value in shown)


def _said(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _text(", ".join(value) or "none")
    return _text(json.dumps(value, ensure_ascii=False))


def _text(value: object) -> str:
    return tidy(str(value))


def _moment(text: object) -> datetime | None:
    try:
        return _sure(text)
    except ValueError:
        return None


def _sure(text: object) -> datetime:
    return utc(datetime.fromisoformat(str(text)))
