"""From the JSON of an event to what a person is shown, whatever the receiver: plain, unescaped.

Pure, and never fails for a stored event of an older release: what is missing is not shown. Does
not know any receiver (see `monitor.receivers`), and does not word the incident itself (see
`brief_lines`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.core import fields, likeness, praised
from monitor.core.brief import BRIEF_CHARS
from monitor.core.brief_lines import Line, brief_lines
from monitor.core.fields import Table
from monitor.core.humanize import counted, moment
from monitor.core.plaintext import clip, tidy

#: What the types of the contract are called to people.
WORDS = {
    "incident.opened": "New incident",
    "incident.escalated": "Escalated",
    "incident.updated": "Update",
    "incident.deescalated": "De-escalated",
    "incident.acknowledged": "Acknowledged",
    "incident.resolved": "Resolved",
    "incident.reopened": "Reopened",
    "incident.reminder": "Reminder",
    "incident.handed_on": "Handed on",
    "incident.dismissed": "Dismissed",
    "incident.merged": "Merged",
    "statement.seen": "Statement",
    "source.blind": "Source lost",
    "source.recovered": "Source is back",
    "monitor.heartbeat": "Heartbeat",
    "praise.digest": "Praise",
    "webhook.test": "Test",
}
SHOWN_QUOTES = 5
SHOWN_LINKS = 5
#: Parts of a risk below this are not worth a leader's second.
_WORTH = 0.005
_SHOWN_WHY = 5
_SHOWN_FACTS = 8
_SHOWN_NEWS = 4
#: Fields of an event that have a place of their own, or are for machines.
_SHOWN_ELSEWHERE = frozenset(
    {
        *("brief", "clock", "coverage", "evidence", "forecast", "incident"),
        *("late", "links", "reason", "resembles", "risk", "schema", "statement", "why"),
    }
)
#: What these say happened stands in their title, and in their lines; of all others the reason is
#: what people are woken for.
_SELF_EVIDENT = frozenset({"incident.opened", "incident.escalated"})
#: See `event.LATE_AFTER`.
_LATE = "Late: sent more than 15 minutes after the event."
_TITLE_CHARS = 140
_TEXT_CHARS = 300
_FACT_CHARS = 200
_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class Quote:
    """One piece of evidence: where it leads, who says it, what it says."""

    #: Host, source and author: a reader sees where a link leads before he follows it.
    label: str
    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """A button: "Inbox", "Acknowledge"."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """All that a message shows. Texts are one line each and of bounded length."""

    type: str
    #: The type in words.
    words: str
    at: datetime | None
    title: str
    #: Of an incident event: "watch", "warning", "critical"; else empty.
    level: str = ""
    status: str = ""
    incident_id: int | None = None
    brand: str = ""
    #: At most `BRIEF_CHARS`.
    brief: str = ""
    lines: tuple[Line, ...] = ()
    quotes: tuple[Quote, ...] = ()
    #: Sentences of the parts that weigh most.
    why: tuple[str, ...] = ()
    #: Small print: the reason, what could be seen, exact times.
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def page(self) -> str:
        """Where a person reads on, rather than answers; empty if there is no such place."""
        by_label = {link.label: link.url for link in reversed(self.links)}
        return by_label.get("Incident") or by_label.get("Inbox") or ""


def notice(body: bytes) -> Notice:
    """Read the message `{"type", "timestamp", "data"}`; `ValueError` for what is no JSON."""
    message = fields.table({"message": json.loads(body)}, "message")
    data = fields.table(message, "data")
    type_ = fields.text(message, "type") or "event"
    start = Notice(
        type=type_,
        words=WORDS.get(type_) or clip(type_, _NAME_CHARS),
        at=fields.moment_at(message, "timestamp"),
        title="",
        links=tuple(_links(data))[:SHOWN_LINKS],
    )
    if fields.table(data, "incident"):
        return _of_incident(start, data)
    return _of_praise(start, data) if praised.lines(data) else _of_facts(start, data)


def shorter(whole: Notice) -> Iterator[Notice]:
    """The notice, then with less and less of it: reasons go first, evidence last."""
    yield whole
    for count in range(len(whole.why) - 1, -1, -1):
        yield replace(whole, why=whole.why[:count])
    bare = replace(whole, why=())
    for count in range(len(whole.quotes) - 1, -1, -1):
        yield replace(bare, quotes=whole.quotes[:count])
    bare = replace(bare, quotes=())
    for count in range(len(whole.links) - 1, -1, -1):
        yield replace(bare, notes=(), links=whole.links[:count])


def _of_incident(start: Notice, data: Table) -> Notice:
    incident = fields.table(data, "incident")
    level = clip(fields.text(incident, "level"), _NAME_CHARS)
    brand = clip(fields.text(incident, "brand"), 60)
    of = ": ".join(filter(None, (start.words, brand, fields.text(incident, "title"))))
    news = () if start.type in _SELF_EVIDENT else tuple(_news(start, data))
    lines = (*news, *_standing(start, data))
    return replace(
        start,
        title=clip(f"[{level.upper()}] {of}" if level else of, _TITLE_CHARS),
        level=level,
        status=clip(fields.text(incident, "status"), _NAME_CHARS),
        incident_id=fields.count(incident, "id") or None,
        brand=brand,
        brief=clip(
            fields.text(data, "brief") or " ".join(x.text for x in lines) or of, BRIEF_CHARS
        ),
        lines=(*lines, *likeness.lines(data)),
        quotes=tuple(_quotes(data))[:SHOWN_QUOTES],
        why=tuple(_why(data))[:_SHOWN_WHY],
        notes=tuple(_notes(data, is_told=bool(news))),
    )


def _standing(start: Notice, data: Table) -> tuple[Line, ...]:
    """How the incident stands; of other news of it (a statement) what it says, and what is due."""
    lines = brief_lines(data, at=start.at)
    if start.type.startswith("incident."):
        return lines
    due = lines[-1:] if fields.table(data, "clock") else ()
    return (*_facts(data)[:_SHOWN_NEWS], *due)


def _news(start: Notice, data: Table) -> Iterator[Line]:
    """What happened to the incident: it comes before how it stands, and what is still due."""
    if reason := fields.text(data, "reason"):
        yield Line(start.words, clip(reason, _TEXT_CHARS))


def _of_praise(start: Notice, data: Table) -> Notice:
    """The week's good service: a line for each brand, and the stories themselves."""
    return replace(
        start,
        title=clip(f"{start.words}: {praised.names(data)}", _TITLE_CHARS),
        brief=clip(" ".join(praised.brief(data)), BRIEF_CHARS),
        lines=praised.lines(data),
        quotes=tuple(_quotes({"evidence": list(praised.stories(data))}))[:SHOWN_QUOTES],
    )


def _of_facts(start: Notice, data: Table) -> Notice:
    """An event about no incident: why it was sent, then what it says, field by field."""
    reason = fields.text(data, "reason")
    repeated = {"note"} if reason.endswith(fields.text(data, "note")) else set()
    rest = {key: value for key, value in data.items() if key not in repeated}
    facts = (*_news(start, data), *_facts(rest))[:_SHOWN_FACTS]
    names = (fields.text(data, key) for key in ("source", "webhook", "brand"))
    about = next(filter(None, names), "")
    spoken = fields.text(data, "message") or "; ".join(f"{f.label}: {f.text}" for f in facts)
    return replace(
        start,
        title=clip(f"{start.words}: {about}" if about else start.words, _TITLE_CHARS),
        brand=clip(fields.text(data, "brand"), 60),
        brief=clip(spoken or start.words, BRIEF_CHARS),
        lines=facts,
        notes=(_LATE,) if data.get("late") else (),
    )


def _facts(data: Table) -> tuple[Line, ...]:
    """What no other part of the message shows."""
    return tuple(
        Line(clip(tidy(key).replace("_", " ").capitalize(), _NAME_CHARS), clip(said, _FACT_CHARS))
        for key, value in data.items()
        if key not in _SHOWN_ELSEWHERE and (said := _said(value))
    )


def _said(value: object) -> str:
    if value is None or isinstance(value, str):
        # "2026-W47" is a time to the parser, and none to people.
        at = fields.moment_at({"at": value}, "at") if (value or "")[10:11] == "T" else None
        return moment(at) if at else tidy(value or "")
    return tidy(json.dumps(value, ensure_ascii=False).strip("[]{}").replace('"', ""))


def _quotes(data: Table) -> Iterator[Quote]:
    """What the brand said, if that is the news, and the evidence."""
    stated = fields.table(data, "statement")
    brand = fields.text(fields.table(data, "incident"), "brand")
    statements = [{**stated, "author": brand}] if stated else []
    for one in (*statements, *fields.rows(data, "evidence")):
        url = fields.web_url(one.get("url"))
        host = urlsplit(url).hostname if url else ""
        source = fields.text(one, "source")
        # "birdnest.example, birdnest" would name it twice.
        named = source.casefold() in (host or "").split(".")
        names = (host, "" if named else source, fields.text(one, "author"), praised.size(one))
        label = ", ".join(dict.fromkeys(clip(name, _NAME_CHARS) for name in names if name))
        text = clip(fields.text(one, "text"), _TEXT_CHARS)
        if url or text:
            yield Quote(label=label or "no name", text=text, url=url)


def _why(data: Table) -> Iterator[str]:
    """Sentences of the parts, the weightiest first; those that weigh nothing say nothing."""
    weighed = [
        (abs(fields.number(part, "value") or 0.0), fields.text(part, "sentence"))
        for part in fields.rows(data, "why")
    ]
    for weight, sentence in sorted(weighed, key=lambda each: -each[0]):
        if weight >= _WORTH and sentence:
            yield clip(sentence, _TEXT_CHARS)


def _notes(data: Table, *, is_told: bool) -> Iterator[str]:
    """`is_told`: the reason stands above all else already."""
    if not is_told and (reason := fields.text(data, "reason")):
        yield clip(reason, _TEXT_CHARS)
    clock = fields.table(data, "clock")
    first, detected = (fields.moment_at(clock, key) for key in ("first_seen", "detected"))
    if first and detected:
        yield f"First seen {moment(first)}, detected {moment(detected)}."
    coverage = fields.table(data, "coverage")
    seen, unseen = fields.count(coverage, "healthy_count"), fields.count(coverage, "stale_count")
    if seen + unseen:
        yield f"{counted(seen, 'source')} could be seen, {unseen:,} could not."
    if data.get("late"):
        yield _LATE


def _links(data: Table) -> Iterator[Link]:
    for name, address in fields.table(data, "links").items():
        url = fields.web_url(address)
        label = clip(tidy(name).replace("_", " "), _NAME_CHARS)
        if url and label:
            yield Link(label=label[0].upper() + label[1:], url=url)
