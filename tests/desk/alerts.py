"""Messages as the monitor makes them, for the tests of the desk. Tests nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.event import incident_body, operational_body
from monitor.core.outbox import Coverage, IncidentEvent, ResponseTimes
from monitor.core.types import Evidence, Forecast, Incident, Level, Part, Status
from monitor.desk.inbox import Received

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def after(**span: float) -> datetime:
    return NOON + timedelta(**span)


POST = Evidence(
    mention_id=1,
    url="https://social.example/1",
    source="social",
    author="@anna",
    published_at=after(minutes=-50),
    first_seen_at=after(minutes=-49),
    text="They dragged him down the aisle",
    engagement={"reposts": 30.0, "likes": 4210.0, "score": 2.5, "views": 1.0},
)


def incident_message(
    *,
    number: int = 7,
    type_: str = "incident.opened",
    at: datetime = NOON,
    status: Status = Status.OPEN,
    level: Level = Level.WARNING,
    title: str = "Crew drags passenger off flight",
    text: str = POST.text,
    stale: tuple[str, ...] = ("forum",),
) -> str:
    incident = Incident(
        id=number,
        brand="Nordwind Air",
        title=title,
        status=status,
        level=level,
        severity=3.9,
        risk=0.65,
        opened_at=at,
        first_seen_at=after(minutes=-50),
        last_seen_at=at,
        harms=("mistreatment",),
        mention_count=14,
        author_count=12,
        source_count=2,
        forecast=Forecast(
            now=14, p10=20.0, p50=55.0, p90=3010.0, at=after(hours=24), viral_probability=0.12
        ),
    )
    event = IncidentEvent(
        type=type_,
        at=at,
        incident=incident,
        parts=(
            Part(name="harm", value=0.2, sentence="Severity 3.5 of 4."),
            Part(name="reach", value=0.0, sentence="Unknown."),
            Part(name="alarm", value=0.5, sentence="An expert would show this."),
            Part(name="credibility", value=-0.05, sentence="Copies."),
        ),
        reason="Risk 0.65 reached warning.",
        times=ResponseTimes(
            first_seen=after(minutes=-50),
            detected=at,
            acknowledge_by=after(minutes=15),
            statement_by=after(hours=1),
        ),
        evidence=(
            replace(POST, text=text),
            replace(POST, url="javascript:alert(1)", author=None, published_at=None),
        ),
        coverage=Coverage(healthy=("news", "social"), stale=stale),
        links={"inbox": "http://127.0.0.1:8300/inbox#incident-7"},
    )
    return incident_body(event)


def operational_message(type_: str, *, at: datetime = NOON, **data: object) -> str:
    return operational_body(type_, at, data)


def received(body: str, *, at: datetime = NOON) -> Received:
    return Received(id=f"msg_{hash(body)}", at=at, body=body)
