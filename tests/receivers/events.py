"""Bodies of every type of event, some of an older release, some full of spite. Tests nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.event import incident_body, operational_body
from monitor.core.outbox import Coverage, IncidentEvent, ResponseTimes
from monitor.core.settings import Secret, WebhookSettings
from monitor.core.types import Evidence, Forecast, Incident, Level, Part, Status

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ROUTING_KEY = "e93facc04764012d7bfb002500d5d1a6"


def after(**span: float) -> datetime:
    return NOON + timedelta(**span)


INCIDENT = Incident(
    id=7,
    brand="Nordwind Air",
    title="Crew drags passenger off flight",
    status=Status.OPEN,
    level=Level.CRITICAL,
    severity=3.6,
    risk=0.9,
    opened_at=NOON,
    first_seen_at=after(hours=-6),
    last_seen_at=after(minutes=-1),
    harms=("mistreatment", "safety"),
    mention_count=180,
    repost_count=30,
    author_count=150,
    source_count=4,
    forecast=Forecast(
        now=180, p10=300.0, p50=555.0, p90=3010.0, at=after(hours=24), viral_probability=0.12
    ),
)
POST = Evidence(
    mention_id=1,
    url="https://social.example/@anna/1",
    source="social",
    author="@anna",
    published_at=after(hours=-6),
    first_seen_at=after(hours=-6),
    text="They dragged him down the aisle & nobody helped",
    engagement={"likes": 41.0},
)
EVENT = IncidentEvent(
    type="incident.opened",
    at=NOON,
    incident=INCIDENT,
    parts=(
        Part(name="alarm", value=0.5, sentence="An expert would show this to leadership."),
        Part(
            name="first-hand",
            value=0.25,
            sentence="Best first-hand evidence 0.95: the author saw it or shows it; that weighs.",
            measured=0.95,
        ),
        Part(name="harm", value=0.15, sentence="Severity 3.5 of 4."),
        Part(name="reach", value=0.0, sentence="0 followers known."),
    ),
    reason="Reached critical: risk 0.90, threshold 0.80.",
    times=ResponseTimes(
        first_seen=after(hours=-6),
        detected=NOON,
        acknowledge_by=after(minutes=15),
        statement_by=after(hours=1),
    ),
    evidence=(POST, replace(POST, url=None, author=None, source="news", text="Outrage grows")),
    coverage=Coverage(healthy=("social", "news"), stale=("forum",)),
    links={
        "inbox": "http://127.0.0.1:8300/inbox#incident-7",
        "acknowledge": "https://monitor.example/a/7/c2lnbmVkLXRva2Vu",
    },
)
#: What the status is by the time an event of the type is told.
STATUS = {
    "incident.acknowledged": Status.ACKNOWLEDGED,
    "incident.resolved": Status.RESOLVED,
    "incident.dismissed": Status.DISMISSED,
    "incident.merged": Status.MERGED,
}
INCIDENT_TYPES = (
    "incident.opened",
    "incident.escalated",
    "incident.updated",
    "incident.deescalated",
    "incident.acknowledged",
    "incident.resolved",
    "incident.reopened",
    "incident.reminder",
    "incident.handed_on",
    "incident.dismissed",
    "incident.merged",
)
OTHERS: dict[str, dict[str, Any]] = {
    "statement.seen": {
        "brand": "Nordwind Air",
        "incident": {"id": 7, "brand": "Nordwind Air", "title": "Crew drags", "status": "open"},
        "statement": {"url": "https://nordwind.example/press/1", "text": "We are sorry."},
        "lacks": ["what happens next"],
    },
    "source.blind": {
        "source": "forum",
        "kind": "feed",
        "state": "failing",
        "last_success_at": after(hours=-3),
        "note": "answered 503",
    },
    "source.recovered": {"source": "forum", "kind": "feed", "state": "healthy", "note": None},
    "monitor.heartbeat": {
        "healthy": ["social", "news"],
        "stale": ["forum"],
        "open_incidents": 1,
        "backlog": 0,
    },
    "praise.digest": {
        "brand": "Nordwind Air",
        "week": "2026-W47",
        "share": 0.31,
        "stories": [{"text": "The steward carried my bag", "url": "https://social.example/2"}],
    },
    "webhook.test": {"webhook": "leadership", "message": "A test of the connection."},
}


def incident(type_: str = "incident.opened", **changes: Any) -> bytes:
    """An event of the type; `changes` are of the incident."""
    status = STATUS.get(type_, Status.OPEN)
    told = replace(INCIDENT, **{"status": status, **changes})
    return incident_body(replace(EVENT, type=type_, incident=told)).encode()


def other(type_: str, **changes: Any) -> bytes:
    return operational_body(type_, NOON, {**OTHERS[type_], **changes}).encode()


#: As the first release might have stored it: less in it, and something that means nothing now.
OLD = json.dumps(
    {
        "type": "incident.opened",
        "timestamp": "2026-01-02T03:04:05Z",
        "data": {
            "schema": "incident.v1",
            "incident": {"id": 3, "brand": "Acme", "title": "A title", "level": "warning"},
            "brief": "Said of Acme: a product is faulty.",
            "forecast": None,
            "clock": None,
            "evidence": [{"url": 5, "text": None}],
            "why": [{"name": "alarm"}],
            "links": [],
            "mood": "blue",
        },
    }
).encode()
NOTHING = b'{"type":"incident.updated","timestamp":"soon","data":{}}'
BODIES: dict[str, bytes] = {
    **{type_: incident(type_) for type_ in INCIDENT_TYPES},
    **{type_: other(type_) for type_ in OTHERS},
    "old": OLD,
    "nothing": NOTHING,
}


def hostile(text: str) -> bytes:
    """The text wherever text from outside, or a careless configuration, can stand."""
    post = replace(
        POST,
        url=f"https://social.example/{text}",
        source=text,
        author=text,
        text=text,
    )
    event = replace(
        EVENT,
        incident=replace(INCIDENT, brand=text, title=text),
        parts=tuple(Part(name=f"p{n}", value=0.09, sentence=text) for n in range(10)),
        reason=text,
        evidence=(post, replace(post, url="https://social.example/" + "x" * 570)) * 3,
        coverage=Coverage(healthy=(text,), stale=(text,) * 30),
        links={text or "inbox": "https://monitor.example/" + "y" * 570, "a": f"https://b/{text}"},
    )
    return incident_body(event).encode()


def hostile_facts(text: str) -> bytes:
    """The same of an event about no incident."""
    told = {"brand": text, "source": text, **{f"{text[:9]}{n}": text for n in range(12)}}
    return operational_body("praise.digest", NOON, told).encode()


def webhook(format_: str, url: str = "https://hooks.example/services/T0/B0/x") -> WebhookSettings:
    secret = ROUTING_KEY if format_ == "pagerduty" else SECRET
    return WebhookSettings(
        name="leadership", url=Secret(url), secrets=(Secret(secret),), format=format_
    )
