"""What is signed and sent, judged by the JSON Schema that ships and by the contract's words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from monitor.core.brief_lines import brief_lines
from monitor.core.event import incident_body, iso, operational_body, with_late
from monitor.core.outbox import Coverage, IncidentEvent, ResponseTimes
from monitor.core.types import HARMS, Evidence, Forecast, Incident, Level, Part, Status

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCHEMA = json.loads(files("monitor").joinpath("schemas/incident.v1.json").read_text("utf-8"))
JUDGE = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


INCIDENT = Incident(
    id=7,
    brand="Nordwind Air",
    title="Crew drags passenger off flight",
    status=Status.OPEN,
    level=Level.WARNING,
    severity=3.456,
    risk=0.65432,
    opened_at=NOW,
    first_seen_at=after(minutes=-50),
    last_seen_at=after(minutes=-1, microseconds=5),
    harms=("mistreatment", "safety"),
    mention_count=14,
    repost_count=3,
    author_count=12,
    source_count=2,
    forecast=Forecast(
        now=14, p10=20.04, p50=55.55, p90=301.0, at=after(hours=24), viral_probability=0.123456
    ),
)
POST = Evidence(
    mention_id=1,
    url="https://social.example/1",
    source="social",
    author="@anna",
    published_at=after(minutes=-50),
    first_seen_at=after(minutes=-49),
    text="They dragged him down the aisle",
    engagement={"reposts": 3.0, "likes": 41.0, "score": 0.5},
)
EVENT = IncidentEvent(
    type="incident.opened",
    at=NOW,
    incident=INCIDENT,
    parts=(
        Part(name="alarm", value=0.5, sentence="An expert would show this."),
        Part(name="harm", value=0.15432, sentence="Severity 3.5 of 4."),
    ),
    reason="Risk 0.65 reached warning.",
    times=ResponseTimes(
        first_seen=after(minutes=-50),
        detected=NOW,
        acknowledge_by=after(minutes=15),
        statement_by=after(hours=1),
    ),
    evidence=(POST, replace(POST, url=None, author=None, published_at=None, engagement={})),
    coverage=Coverage(healthy=("news", "social"), stale=("forum",)),
    links={"inbox": "http://127.0.0.1:8300/inbox#incident-7"},
)


def message(event: IncidentEvent) -> dict[str, Any]:
    body = incident_body(event)
    made: dict[str, Any] = json.loads(body)
    JUDGE.validate(made)
    return made


def data(event: IncidentEvent = EVENT) -> dict[str, Any]:
    inner: dict[str, Any] = message(event)["data"]
    return inner


def with_incident(**changes: object) -> IncidentEvent:
    return replace(EVENT, incident=replace(INCIDENT, **changes))  # type: ignore[arg-type]


def test_the_schema_is_a_good_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_whole_message_word_for_word() -> None:
    assert incident_body(EVENT) == (
        '{"type":"incident.opened","timestamp":"2026-11-22T12:00:00Z","data":{'
        '"schema":"incident.v1","incident":{"id":7,"brand":"Nordwind Air",'
        '"title":"Crew drags passenger off flight","level":"warning","status":"open",'
        '"severity":3.46,"harms":["mistreatment","safety"],"opened_at":"2026-11-22T12:00:00Z",'
        '"first_seen_at":"2026-11-22T11:10:00Z","last_seen_at":"2026-11-22T11:59:00.000005Z",'
        '"mentions":14,"reposts":3,"authors":12,"sources":2},'
        '"brief":"Said of Nordwind Air: staff mistreated someone and people were hurt or put in '
        "danger. 14 mentions by 12 authors on 2 sources since 22 Nov 2026, 11:10 UTC. How grave: "
        'serious, rights, dignity or livelihood are at stake. “They dragged him down the aisle”",'
        '"risk":0.6543,"why":[{"name":"alarm","value":0.5,"sentence":"An expert would show this."'
        '},{"name":"harm","value":0.1543,"sentence":"Severity 3.5 of 4."}],'
        '"forecast":{"now":14,"p10":20.0,"p50":55.5,"p90":301.0,"at":"2026-11-23T12:00:00Z",'
        '"viral_probability":0.1235},"evidence":[{"url":"https://social.example/1",'
        '"source":"social","author":"@anna","published_at":"2026-11-22T11:10:00Z",'
        '"first_seen_at":"2026-11-22T11:11:00Z","text":"They dragged him down the aisle",'
        '"engagement":{"likes":41,"reposts":3,"score":0.5}},{"url":null,"source":"social",'
        '"author":null,"published_at":null,"first_seen_at":"2026-11-22T11:11:00Z",'
        '"text":"They dragged him down the aisle","engagement":{}}],'
        '"clock":{"first_seen":"2026-11-22T11:10:00Z","detected":"2026-11-22T12:00:00Z",'
        '"acknowledge_by":"2026-11-22T12:15:00Z","statement_by":"2026-11-22T13:00:00Z"},'
        '"coverage":{"healthy":["news","social"],"stale":["forum"],"healthy_count":2,'
        '"stale_count":1},"reason":"Risk 0.65 reached warning.",'
        '"links":{"inbox":"http://127.0.0.1:8300/inbox#incident-7"}}}'
    )


def test_facts_that_were_noted_are_overdue_in_no_message() -> None:
    asked = replace(EVENT.times, acknowledged_at=NOW, facts_by=after(minutes=-5))
    taken = with_incident(level=Level.CRITICAL, status=Status.ACKNOWLEDGED)

    def due_next(times: ResponseTimes) -> str:
        return brief_lines(data(replace(taken, times=times)), at=NOW)[-1].text

    assert "the facts are together: was due by" in due_next(asked)
    assert "the facts" not in due_next(replace(asked, facts_at=after(minutes=-9)))


def test_what_the_contract_lists_is_there() -> None:
    assert set(data()) >= {
        "schema",
        "incident",
        "brief",
        "why",
        "forecast",
        "evidence",
        "clock",
        "coverage",
        "reason",
        "links",
    }


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("status", Status)
def test_every_level_and_status_has_its_word(level: Level, status: Status) -> None:
    shown = data(with_incident(level=level, status=status))["incident"]
    assert (shown["level"], shown["status"]) == (level.name.lower(), status.value)


def test_without_a_forecast_there_is_null_and_not_zero() -> None:
    assert data(with_incident(forecast=None))["forecast"] is None


def test_a_forecast_without_a_calibrated_probability_says_null() -> None:
    forecast = Forecast(now=1, p10=1.0, p50=2.0, p90=3.0, at=NOW)
    assert data(with_incident(forecast=forecast))["forecast"]["viral_probability"] is None


def test_what_is_only_likely_to_go_viral_is_never_rounded_to_certain() -> None:
    likely = Forecast(
        now=14, p10=20.0, p50=55.0, p90=301.0, at=after(hours=24), viral_probability=0.99999
    )
    assert data(with_incident(forecast=likely))["forecast"]["viral_probability"] == 0.9999
    sure = replace(likely, viral_probability=1.0)
    assert data(with_incident(forecast=sure))["forecast"]["viral_probability"] == 1.0


@settings(deadline=None)
@given(st.lists(st.floats(-0.05, 0.05), max_size=12), st.floats(0, 0.5))
def test_the_parts_add_up_to_the_risk_exactly(values: list[float], risk: float) -> None:
    parts = tuple(Part(name="p", value=value, sentence="s") for value in values)
    made = data(replace(with_incident(risk=risk), parts=parts))
    total = sum(Decimal(str(part["value"])) for part in made["why"])
    assert total == Decimal(str(made["risk"]))


def test_at_most_five_texts_are_shown_as_evidence() -> None:
    assert len(data(replace(EVENT, evidence=(POST,) * 9))["evidence"]) == 5


def test_evidence_is_cut_at_the_end_of_a_word() -> None:
    shown = data(replace(EVENT, evidence=(replace(POST, text="dragged " * 90),)))["evidence"][0]
    assert shown["text"] == "dragged " * 34 + "dragged…"


URLS = {
    "https://a.example/" + "x" * 582: True,
    "https://a.example/" + "x" * 583: False,
    "https://a.example/" + "é" * 300: False,
    "https://a.example/\u202egnp": False,
    "https://a.example/\nx": False,
    "javascript:alert(1)": True,
}


@pytest.mark.parametrize("url", URLS)
def test_an_address_is_shown_whole_or_not_at_all(url: str) -> None:
    shown = data(replace(EVENT, evidence=(replace(POST, url=url),), links={"a": url}))
    assert shown["evidence"][0]["url"] == (url if URLS[url] else None)
    assert shown["links"] == ({"a": url} if URLS[url] else {})


def test_numbers_that_nobody_counted_are_left_out() -> None:
    counts = {
        "a": float("inf"),
        "b": float("nan"),
        "c": float("-inf"),
        "d": 10.0**16,
        "e": 10.0**15,
        "f": -2.0,
    }
    shown = data(replace(EVENT, evidence=(replace(POST, engagement=counts),)))["evidence"][0]
    assert shown["engagement"] == {"e": 10**15, "f": -2}


def test_endless_lists_are_cut_and_counted() -> None:
    many = tuple(f"source {n}" for n in range(500))
    shown = data(
        replace(
            EVENT,
            coverage=Coverage(healthy=many, stale=many[:21]),
            links={f"{n:02}": "https://a.example" for n in range(9)},
            evidence=(replace(POST, engagement={f"{n:02}": 1.0 for n in range(50)}),),
        )
    )
    assert shown["coverage"]["healthy"] == list(many[:20])
    assert len(shown["coverage"]["stale"]) == 20
    assert (shown["coverage"]["healthy_count"], shown["coverage"]["stale_count"]) == (500, 21)
    assert list(shown["links"]) == ["00", "01", "02", "03", "04"]
    assert len(shown["evidence"][0]["engagement"]) == 8


def hostile(filler: str) -> IncidentEvent:
    post = replace(
        POST,
        url="https://a.example/" + "y" * 580,
        source=filler,
        author=filler,
        text=filler,
        engagement={f"{n}{filler}": 12345.678 for n in range(99)},
    )
    return replace(
        with_incident(brand=filler, title=filler, harms=(filler,) * 99, mention_count=10**12),
        parts=tuple(Part(name=filler, value=0.01, sentence=filler) for _ in range(99)),
        reason=filler,
        evidence=(post,) * 99,
        coverage=Coverage(healthy=(filler,) * 99, stale=(filler,) * 99),
        links={f"{n}{filler}": "https://a.example/" + "z" * 580 for n in range(99)},
    )


FILLERS = [
    "🙂" * 999,
    '"' * 999,
    "\\" * 999,
    "\x00" * 999,
    "\u2028" * 999,
    "a " * 999,
    "\ud800" * 99,
]


@pytest.mark.parametrize("filler", FILLERS)
def test_a_message_stays_under_20_000_bytes_whatever_comes(filler: str) -> None:
    body = incident_body(hostile(filler))
    JUDGE.validate(json.loads(body))
    late = with_late(body, created_at=NOW, now=after(days=1))
    assert len(late) < 20_000


def test_evidence_goes_from_its_end_when_there_is_no_room() -> None:
    event = replace(hostile("🙂" * 999), parts=EVENT.parts)
    worst = replace(POST, text="the worst")
    made = data(replace(event, evidence=(worst, *event.evidence)))
    assert 0 < len(made["evidence"]) < 5
    assert made["evidence"][0]["text"] == "the worst"


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=30), st.integers(1, 60))
def test_any_text_makes_a_valid_message(text: str, times: int) -> None:
    body = incident_body(hostile(text * times))
    JUDGE.validate(json.loads(body))
    assert len(body.encode()) <= 19_900


def test_the_same_event_gives_the_same_bytes() -> None:
    turned = replace(POST, engagement={"score": 0.5, "likes": 41.0, "reposts": 3.0})
    links = {"b": "https://b.example", "a": "https://a.example"}
    again = dict(reversed(links.items()))
    assert incident_body(replace(EVENT, evidence=(turned,), links=links)) == incident_body(
        replace(EVENT, evidence=(POST,), links=again)
    )


# --- late


@pytest.mark.parametrize(
    ("minutes", "late"), [(0, False), (15, False), (15.01, True), (999, True)]
)
def test_data_says_late_more_than_15_minutes_after_the_event(minutes: float, late: bool) -> None:
    body = incident_body(EVENT)
    sent = with_late(body, created_at=NOW, now=after(minutes=minutes))
    assert json.loads(sent)["data"].get("late", False) is late
    JUDGE.validate(json.loads(sent))


def test_late_is_the_one_part_that_differs_between_attempts() -> None:
    body = incident_body(with_incident(brand="Zürich 日本"))
    assert with_late(body, created_at=NOW, now=NOW) == body.encode()
    late = with_late(body, created_at=NOW, now=after(hours=1)).decode()
    assert late == body.removesuffix("}}") + ',"late":true}}'


# --- operational events


def test_an_operational_event_says_what_happened_when() -> None:
    there = datetime(2026, 11, 22, 15, 0, tzinfo=timezone(timedelta(hours=3)))
    body = operational_body(
        "source.blind",
        there,
        {"source": "forum", "since": NOW, "polls": 3, "nested": {"at": [NOW]}, "none": None},
    )
    assert body == (
        '{"type":"source.blind","timestamp":"2026-11-22T12:00:00Z","data":{"source":"forum",'
        '"since":"2026-11-22T12:00:00Z","polls":3,"nested":{"at":["2026-11-22T12:00:00Z"]},'
        '"none":null}}'
    )
    JUDGE.validate(json.loads(body))


@pytest.mark.parametrize(
    "type_", ["source.blind", "source.recovered", "monitor.heartbeat", "webhook.test"]
)
def test_every_operational_type_is_in_the_schema(type_: str) -> None:
    body = operational_body(type_, NOW, {})
    JUDGE.validate(json.loads(with_late(body, created_at=NOW, now=after(hours=1))))


def test_texts_from_outside_are_cut_and_made_well_formed_in_it() -> None:
    body = operational_body("source.blind", NOW, {"note": "x\x00\ud800 " + "y" * 999})
    note = json.loads(body)["data"]["note"]
    assert note.startswith("x y")
    assert len(note) == 300


@pytest.mark.parametrize(("longer", "kept"), [(580, True), (581, False)])
def test_an_address_in_it_is_whole_or_none_for_a_cut_one_leads_nowhere(
    longer: int, *, kept: bool
) -> None:
    url = "https://n.example/a/" + "x" * longer
    body = operational_body("praise.digest", NOW, {"brands": [{"stories": [{"url": url}]}]})
    [brand] = json.loads(body)["data"]["brands"]
    assert brand["stories"] == [{"url": url if kept else None}]


def test_an_operational_event_that_is_too_big_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"monitor\.heartbeat: .* 19900 bytes"):
        operational_body("monitor.heartbeat", NOW, {"a": ["x" * 200] * 200})


def test_a_message_of_an_unknown_type_or_with_less_in_it_does_not_pass() -> None:
    made = message(EVENT)
    for broken in ({**made, "type": "incident.exploded"}, {**made, "data": {"schema": "x"}}):
        assert not JUDGE.is_valid(broken)


TIMES = {
    NOW: "2026-11-22T12:00:00Z",
    NOW + timedelta(microseconds=10): "2026-11-22T12:00:00.000010Z",
    datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))): "2025-12-31T23:30:00Z",
}


@pytest.mark.parametrize("at", TIMES)
def test_times_are_utc_and_end_in_z(at: datetime) -> None:
    assert iso(at) == TIMES[at]


def test_every_harm_of_the_label_guide_may_be_named() -> None:
    assert data(with_incident(harms=HARMS))["incident"]["harms"] == list(HARMS)
