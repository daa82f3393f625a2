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

from monitor.core.humanize import counted
from monitor.core.notice import WORDS
from monitor.core.plaintext import clip
from monitor.core.types import OVER
from monitor.desk.cardstory import CardStory, moment, shown, story_of
from monitor.desk.inbox import Received

#: Shown at once; older ones are in the database.
MOST_CARDS = 200
_HEADING_CHARS = 120


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
    story: CardStory | None = None
    #: Of an event without a story; its heading is one line, however many names it lists.
    facts: tuple[tuple[str, str], ...] = ()
    heading: str = ""
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
    type_ = shown(message.get("type"))
    card = Card(
        id=f"alert-{sha256(name.encode()).hexdigest()[:16]}",
        type=type_,
        words=WORDS.get(type_, type_),
        at=moment(message.get("timestamp")) or datetime.min.replace(tzinfo=UTC),
        late=found.late,
        received_at=found.received_at,
    )
    try:
        return replace(card, story=story_of(message["data"], at=card.at))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        data = message["data"]
        return replace(card, facts=_facts(data), heading=clip(_heading(data), _HEADING_CHARS))


def _heading(data: Mapping[str, Any]) -> str:
    """The sources counted, of an event that lists them; else the first of its facts."""
    seen, unseen = data.get("healthy_count"), data.get("stale_count")
    if isinstance(seen, int) and isinstance(unseen, int):
        return f"{counted(seen, 'source')} healthy, {unseen:,} stale"
    return next((value for _, value in _facts(data)), "")


def _facts(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    told = ((key, value) for key, value in data.items() if value is not None and value != "")
    return tuple((shown(key).replace("_", " "), _said(value)) for key, value in told)


def _said(value: object) -> str:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return shown(", ".join(value) or "none")
    return shown(json.dumps(value, ensure_ascii=False))
