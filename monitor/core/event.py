"""Alert -> canonical JSON: what is signed, sent and stored, as `schemas/incident.v1.json` says.

Does not decide to alert, nor sign. The same event gives the same bytes: keys stand in a fixed
order, times are ISO 8601 UTC ending in Z, numbers are rounded. A body stays under 20,000 bytes
whatever the texts from outside are like.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from monitor.core import likeness
from monitor.core.brief import BRIEF_CHARS, brief
from monitor.core.outbox import Coverage, IncidentEvent, ResponseTimes, Said
from monitor.core.parts import exact_parts
from monitor.core.plaintext import clip, tidy
from monitor.core.statements import lacking, stored
from monitor.core.types import HARMS, Evidence, Forecast, Incident, Part

Json = dict[str, object]

SCHEMA = "incident.v1"
LATE_AFTER = timedelta(minutes=15)
#: The contract says under 20,000; `data.late` needs some of it.
MAX_BYTES = 19_900
MAX_EVIDENCE = 5
_EVIDENCE_CHARS = 280
_SENTENCE_CHARS = 200
_REASON_CHARS = 300
_TITLE_CHARS = 120
_NAME_CHARS = 40
#: A longer address is left out: a cut one leads somewhere else.
_URL_BYTES = 600
_MAX_NAMES = 20
_MAX_COUNTS = 8
#: More of anything than this was never counted.
_MOST = 10**15
_MAX_LINKS = 5


def incident_body(event: IncidentEvent) -> str:
    """The message `{"type", "timestamp", "data"}` of an incident event."""
    data = _incident_data(event)
    shown = [_evidence(one) for one in event.evidence[:MAX_EVIDENCE]]
    shorter = [{**data, "evidence": shown[:count]} for count in range(len(shown), -1, -1)]
    # Without evidence, names and cases everything left has a bound: one of them always fits.
    shorter.append({**shorter[-1], "coverage": _coverage(event.coverage, most=0)})
    shorter.append({key: shorter[-1][key] for key in shorter[-1] if key != "resembles"})
    bodies = (_message(event.type, event.at, each) for each in shorter)
    return next(body for body in bodies if len(body.encode()) <= MAX_BYTES)


def operational_body(type_: str, at: datetime, *data: Mapping[str, object]) -> str:
    """The message of an event that is about no incident, with the first `data` that fits.

    Texts in it are made well-formed and cut, a `url` is whole or none; times become ISO 8601.
    `ValueError` if none fits.
    """
    for each in data:
        body = _message(type_, at, {key: _plain(value) for key, value in each.items()})
        if len(body.encode()) <= MAX_BYTES:
            return body
    raise ValueError(f"{type_}: the data of an event must stay under {MAX_BYTES} bytes")


def heartbeats(
    coverage: Coverage, *, open_incidents: int, backlog: int
) -> Iterator[dict[str, object]]:
    """The data of monitor.heartbeat: with all names, then with those that fit in any case."""
    counts = _coverage(coverage)
    rest: Json = {"open_incidents": open_incidents, "backlog": backlog}
    yield counts | {"healthy": coverage.healthy, "stale": coverage.stale} | rest
    yield counts | rest


def with_late(body: str, *, created_at: datetime, now: datetime) -> bytes:
    """The bytes to send at `now`: `data.late` is true more than 15 minutes after the event.

    That is the one part of a body that may differ between attempts.
    """
    if now - created_at <= LATE_AFTER:
        return body.encode()
    message = json.loads(body)
    message["data"]["late"] = True
    return serialized(message).encode()


def iso(at: datetime) -> str:
    """ISO 8601 in UTC, ending in Z; to the microsecond only where there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _message(type_: str, at: datetime, data: Json) -> str:
    return serialized({"type": type_, "timestamp": iso(at), "data": data})


def serialized(message: object) -> str:
    """JSON as it is sent: no blanks, no NaN, keys as given (`chain.canonical` sorts them)."""
    return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _incident_data(event: IncidentEvent) -> Json:
    incident, alike = event.incident, event.incident.resembles
    return {
        "schema": SCHEMA,
        "incident": incident_summary(incident),
        "brief": clip(brief(event), BRIEF_CHARS),
        "risk": round(incident.risk, 4),
        "why": [_part(part) for part in exact_parts(event.parts, total=incident.risk)],
        "forecast": _forecast(incident.forecast),
        "evidence": [],
        "clock": _clock(event.times),
        "coverage": _coverage(event.coverage),
        "reason": clip(event.reason, _REASON_CHARS),
        "links": _links(event.links),
        **({"statement": _said(event.said)} if event.said else {}),
        **({"resembles": likeness.document(alike)} if alike else {}),
    }


def _part(part: Part) -> Json:
    measured = {} if part.measured is None else {"measured": round(part.measured, 2)}
    return {
        "name": clip(part.name, _NAME_CHARS),
        "value": part.value,
        "sentence": clip(part.sentence, _SENTENCE_CHARS),
        **measured,
    }


def _said(said: Said) -> Json:
    """What the brand said, and what people will miss in it."""
    return {
        "at": iso(said.at),
        "url": _url(said.url),
        "text": clip(said.text, _EVIDENCE_CHARS),
        "lacks": list(lacking(stored(said.text))),
    }


def incident_summary(incident: Incident) -> Json:
    """What `data.incident` of an event says: names clipped, severity of 4, times in UTC."""
    return {
        "id": incident.id,
        "brand": clip(incident.brand, _TITLE_CHARS),
        "title": clip(incident.title, _TITLE_CHARS),
        "level": incident.level.label,
        "status": incident.status.value,
        "severity": round(incident.severity, 2),
        "harms": [harm for harm in dict.fromkeys(incident.harms) if harm in HARMS],
        "opened_at": iso(incident.opened_at),
        "first_seen_at": iso(incident.first_seen_at),
        "last_seen_at": iso(incident.last_seen_at),
        "mentions": incident.mention_count,
        "reposts": incident.repost_count,
        "authors": incident.author_count,
        "sources": incident.source_count,
    }


def _forecast(forecast: Forecast | None) -> Json | None:
    if forecast is None:
        return None
    viral = forecast.viral_probability
    return {
        "now": forecast.now,
        "p10": round(forecast.p10, 1),
        "p50": round(forecast.p50, 1),
        "p90": round(forecast.p90, 1),
        "at": iso(forecast.at),
        "viral_probability": None if viral is None else _probability(viral),
    }


def _probability(share: float) -> float:
    """In ten-thousandths; 1 is what has come to pass, and nothing that is only likely."""
    return 1.0 if share >= 1 else min(round(share, 4), 0.9999)


def _evidence(one: Evidence) -> Json:
    return {
        "url": _url(one.url),
        "source": clip(one.source, _NAME_CHARS),
        "author": None if one.author is None else clip(one.author, _NAME_CHARS),
        "published_at": None if one.published_at is None else iso(one.published_at),
        "first_seen_at": iso(one.first_seen_at),
        "text": clip(one.text, _EVIDENCE_CHARS),
        "engagement": _engagement(one.engagement),
    }


def _clock(times: ResponseTimes) -> Json:
    return {
        "first_seen": iso(times.first_seen),
        "detected": iso(times.detected),
        "acknowledge_by": iso(times.acknowledge_by),
        "statement_by": iso(times.statement_by),
        **{name: iso(at) for name, at in _more_times(times) if at is not None},
    }


def _more_times(times: ResponseTimes) -> Iterator[tuple[str, datetime | None]]:
    yield "facts_by", times.facts_by
    yield "next_update_by", times.update_by
    yield "acknowledged_at", times.acknowledged_at
    yield "facts_at", times.facts_at
    yield "statement_at", times.statement_at


def _coverage(coverage: Coverage, *, most: int = _MAX_NAMES) -> Json:
    """Names up to a limit, and all of them counted: with many sources the list is cut."""
    return {
        "healthy": _names(coverage.healthy[:most]),
        "stale": _names(coverage.stale[:most]),
        "healthy_count": len(coverage.healthy),
        "stale_count": len(coverage.stale),
    }


def _names(names: Sequence[str]) -> list[str]:
    return [clip(name, _NAME_CHARS) for name in names]


def _links(links: Mapping[str, str]) -> Json:
    shown = ((clip(name, _NAME_CHARS), _url(url)) for name, url in sorted(links.items()))
    return dict([(name, url) for name, url in shown if url][:_MAX_LINKS])


def _url(url: str | None) -> str | None:
    whole = url is not None and url == tidy(url) and len(url.encode()) <= _URL_BYTES
    return url if whole else None


def _engagement(counts: Mapping[str, float]) -> Json:
    """Numbers from outside: what is infinite, absurd or not a number is left out."""
    sane = [(name, value) for name, value in sorted(counts.items()) if abs(value) <= _MOST]
    return {
        clip(name, _NAME_CHARS): int(value) if value == int(value) else value
        for name, value in sane[:_MAX_COUNTS]
    }


def _field(key: object, value: object) -> object:
    return _url(value) if key == "url" and isinstance(value, str) else _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, str):
        return clip(value, _REASON_CHARS)
    if isinstance(value, Mapping):
        return {str(key): _field(key, inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
