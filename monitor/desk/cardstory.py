"""What an incident event says, as a card of the inbox page shows it.

Pure. Raises `ArithmeticError`, `AttributeError`, `KeyError`, `TypeError` or `ValueError` for a
body of another shape than expected; a card is then made without it (see `cards`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core import likeness
from monitor.core.brief_lines import known
from monitor.core.early import caution
from monitor.core.fields import web_url
from monitor.core.plaintext import tidy
from monitor.core.times import utc


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
    #: What it does not mean; empty: it can be taken for a forecast.
    caution: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardStory:
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


def story_of(data: Mapping[str, Any], *, at: datetime) -> CardStory:
    """All of it, as it was told at `at`."""
    clock, coverage = data["clock"], data["coverage"]
    return CardStory(
        incident=_incident(data["incident"]),
        brief=shown(data["brief"]),
        known=known(data),
        reason=shown(data["reason"]),
        risk=float(data["risk"]),
        bars=_bars(data["why"]),
        outlook=_outlook(data["forecast"], data["incident"], at) if data["forecast"] else None,
        quotes=tuple(_quote(one) for one in data["evidence"]),
        first_seen=sure(clock["first_seen"]),
        detected=sure(clock["detected"]),
        acknowledge_by=sure(clock["acknowledge_by"]),
        statement_by=sure(clock["statement_by"]),
        statement_at=moment(clock.get("statement_at")),
        sources_seen=int(coverage["healthy_count"]),
        sources_unseen=int(coverage["stale_count"]),
        unseen=tuple(shown(name) for name in coverage["stale"]),
        alike=" ".join(line.text for line in likeness.lines(data)),
        links=tuple((shown(k), url) for k, v in data["links"].items() if (url := web_url(v))),
    )


def _incident(incident: Mapping[str, Any]) -> Facts:
    return Facts(
        id=int(incident["id"]),
        brand=shown(incident["brand"]),
        title=shown(incident["title"]),
        level=shown(incident["level"]),
        status=shown(incident["status"]),
        mentions=int(incident["mentions"]),
        authors=int(incident["authors"]),
    )


def _outlook(forecast: Mapping[str, Any], incident: Mapping[str, Any], at: datetime) -> Outlook:
    viral = forecast["viral_probability"]
    posts, first = int(incident["mentions"]), sure(incident["first_seen_at"])
    return Outlook(
        low=float(forecast["p10"]),
        middle=float(forecast["p50"]),
        high=float(forecast["p90"]),
        at=sure(forecast["at"]),
        viral=None if viral is None else float(viral),
        caution=caution(posts, first=first, at=at, viral=viral),
    )


def _bars(parts: Sequence[Mapping[str, Any]]) -> tuple[Bar, ...]:
    """Parts that say something, the weightiest first."""
    weights = [(abs(float(part["value"])), part) for part in parts]
    most = max((weight for weight, _ in weights), default=0.0)
    weights.sort(key=lambda each: each[0], reverse=True)
    return tuple(
        Bar(
            name=shown(part["name"]),
            value=float(part["value"]),
            sentence=shown(part["sentence"]),
            width=round(100 * weight / most, 1),
        )
        for weight, part in weights
        if weight > 0
    )


def _quote(one: Mapping[str, Any]) -> Quote:
    counts = sorted(one["engagement"].items(), key=lambda each: (-float(each[1]), each[0]))
    return Quote(
        text=shown(one["text"]),
        source=shown(one["source"]),
        author=shown(one["author"] or ""),
        at=moment(one["published_at"]) or sure(one["first_seen_at"]),
        url=web_url(one["url"]),
        counts=tuple(f"{value:,g} {shown(name)}" for name, value in counts[:3]),
    )


def shown(value: object) -> str:
    """On one line, without what could harm a page's layout."""
    return tidy(str(value))


def moment(text: object) -> datetime | None:
    """A time; None for what is none."""
    try:
        return sure(text)
    except ValueError:
        return None


def sure(text: object) -> datetime:
    """A time in UTC; `ValueError` for what is none."""
    return utc(datetime.fromisoformat(str(text)))
