"""How the replays are measured: leads, false pages, grouping, demands, on small made inputs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.train.measure_replays import (
    FOLDER,
    Lead,
    Page,
    Played,
    Truth,
    alarms,
    false_pages,
    grouping,
    is_met,
    lead,
    measure,
    play,
    read_truth,
    row,
    tells,
    weeks,
)
from models.train.replaying import first_seen, read_records
from monitor.adapters.growth_file import load_growth
from monitor.app import load_classifier
from monitor.config import load
from monitor.core.records import Record, parse
from monitor.core.settings import Settings
from monitor.core.types import Level
from tests.fakes import FakeClassifier

START = datetime(2026, 3, 2, tzinfo=UTC)
WATCH, WARNING, CRITICAL = Level.WATCH, Level.WARNING, Level.CRITICAL


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def truth(kind: str = "incident", *, peak: datetime | None = None) -> Truth:
    """Mentions fire0 to fire9 tell of a fire, sale0 to sale9 of a sale."""
    return Truth(
        brand="Acme",
        kind=kind,
        incident="fire" if kind in {"incident", "slow-burn"} else None,
        peak_at=peak,
        stories={f"{story}{n}": story for story in ("fire", "sale") for n in range(10)},
    )


def played(*pages: Page, filed: dict[str, int] | None = None) -> Played:
    """A remark at the start, then a mention of the fire every ten minutes from minute 100."""
    seen = {"chat": START} | {f"fire{n}": after(100 + 10 * n) for n in range(10)}
    return Played(seen=seen, pages=pages, filed=filed or {})


def page(minute: float, level: Level, *members: str, incident: int = 1) -> Page:
    return Page(at=after(minute), level=level, incident=incident, members=frozenset(members))


def test_truth_is_read_with_the_story_of_each_mention() -> None:
    text = json.dumps(
        {
            "brand": "Acme",
            "kind": "incident",
            "incident": "fire",
            "peak_at": "2026-03-02T05:00:00Z",
            "stories": {"fire": ["a", "b"], "sale": ["c"]},
            "voices": {},
        }
    )
    assert read_truth(text) == Truth(
        brand="Acme",
        kind="incident",
        incident="fire",
        peak_at=after(300),
        stories={"a": "fire", "b": "fire", "c": "sale"},
    )
    assert read_truth(text.replace('"voices": {}', '"besides": ["sale"]')).besides == ("sale",)
    assert read_truth(text.replace('"2026-03-02T05:00:00Z"', "null")).peak_at is None


@pytest.mark.parametrize(
    ("members", "kind", "expected"),
    [
        (["fire0"], "incident", True),
        (["fire0", "sale0"], "incident", True),
        (["fire0", "sale0", "chat"], "incident", False),
        (["chat"], "incident", False),
        ([], "incident", False),
        (["fire0"], "slow-burn", True),
        (["fire0"], "quiet", False),
        (["unlabelled"], "brigading", False),
    ],
)
def test_a_page_tells_of_the_incident_when_half_its_mentions_do(
    members: list[str], kind: str, expected: bool
) -> None:
    assert tells(page(1, WATCH, *members), truth(kind)) is expected


class TestLead:
    def test_counts_from_the_first_page_at_the_level_or_above(self) -> None:
        seen = played(
            page(50, CRITICAL, "chat"),
            page(130, WARNING, "fire0", incident=2),
            page(115, WATCH, "fire0"),
        )
        peak = after(400)
        assert lead(seen, truth(peak=peak), WATCH) == Lead(
            mentions=2,
            of=10,
            since_first=timedelta(minutes=15),
            before_peak=timedelta(minutes=285),
        )
        assert lead(seen, truth(peak=peak), WARNING) == Lead(
            mentions=4,
            of=10,
            since_first=timedelta(minutes=30),
            before_peak=timedelta(minutes=270),
        )
        assert lead(seen, truth(peak=peak), CRITICAL) is None

    def test_has_no_hours_to_a_peak_that_is_none(self) -> None:
        found = lead(played(page(100, WATCH, "fire0")), truth("slow-burn"), WATCH)
        assert found is not None
        assert found.before_peak is None


def test_a_warning_of_anything_else_is_false_and_a_watch_is_not() -> None:
    seen = played(
        page(10, WATCH, "chat"),
        page(20, WARNING, "chat"),
        page(30, CRITICAL, "sale0"),
        page(110, CRITICAL, "fire0"),
    )
    assert false_pages(seen, truth()) == 2
    assert false_pages(seen, truth("quiet")) == 3


def test_an_event_told_in_two_incidents_is_two_alarms() -> None:
    seen = played(
        page(110, WARNING, "fire0"),
        page(120, CRITICAL, "fire0"),
        page(130, WARNING, "fire1", incident=2),
        page(140, WATCH, "fire2", incident=3),
        page(150, WARNING, "sale0", incident=4),
    )
    assert alarms(seen, truth()) == 2


def test_weeks_run_from_the_first_mention_to_the_last() -> None:
    span = Played(seen={"b": after(0), "a": START + timedelta(days=14)}, pages=(), filed={})
    assert weeks(span) == 2


class TestGrouping:
    def test_looks_at_mentions_that_tell_a_story_and_were_filed(self) -> None:
        filed = {"fire0": 1, "fire1": 1, "fire2": 2, "chat": 1}
        assert grouping(played(filed=filed), truth()) == pytest.approx((1, 5 / 9))

    def test_of_nothing_is_nothing(self) -> None:
        assert grouping(played(filed={"chat": 1}), truth()) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "pages", "expected"),
    [
        ("incident", [page(130, WARNING, "fire0")], True),
        ("incident", [page(140, WARNING, "fire0")], True),  # the fifth mention
        ("incident", [page(145, WARNING, "fire0")], True),
        ("incident", [page(150, WARNING, "fire0")], False),
        ("incident", [page(100, WATCH, "fire0")], False),
        ("incident", [page(100, WARNING, "chat")], False),
        ("incident", [page(10, WARNING, "chat"), page(100, CRITICAL, "fire0")], True),
        ("slow-burn", [page(100, WARNING, "fire0")], False),  # one of ten is a tenth
        ("slow-burn", [page(100, WATCH, "fire0")], False),
        ("quiet", [page(100, WATCH, "chat")], True),
        ("quiet", [page(100, WARNING, "chat")], False),
        ("brigading", [], True),
        ("brigading", [page(100, CRITICAL, "fire0")], False),
    ],
)
def test_the_demand_is_that_of_the_kind(kind: str, pages: list[Page], expected: bool) -> None:
    assert is_met(played(*pages), truth(kind)) is expected


TWO = replace(truth(), besides=("sale",))
BOTH = {f"{story}{n}": after(100 + 10 * n) for n in range(10) for story in ("fire", "sale")}


@pytest.mark.parametrize(
    ("pages", "found", "false", "expected"),
    [
        ([page(100, WARNING, "fire0"), page(100, WARNING, "sale0", incident=2)], 2, 0, True),
        ([page(100, WARNING, "fire0")], 1, 0, False),
        ([page(100, WARNING, "sale0")], 1, 0, False),
        ([page(100, WARNING, "fire0", "sale0")], 1, 0, True),
        ([page(100, WARNING, "fire0", "sale0", "chat")], 0, 1, False),
        ([page(100, WARNING, "fire0"), page(200, WARNING, "sale0")], 1, 0, False),
    ],
    ids=["both told", "the first alone", "the second alone", "half each", "a third each", "late"],
)
def test_of_two_incidents_each_is_to_be_told_in_time(
    pages: list[Page], found: int, false: int, expected: bool
) -> None:
    both = Played(seen=BOTH, pages=tuple(pages), filed={})

    assert (alarms(both, TWO), false_pages(both, TWO)) == (found, false)
    assert is_met(both, TWO) is expected


def test_the_row_of_two_incidents_says_when_the_first_was_told() -> None:
    pages = page(100, WARNING, "sale0"), page(120, WARNING, "fire0", incident=2)

    told = row("acme", Played(seen=BOTH, pages=pages, filed={}), TWO)

    assert told["first at warning"] == "mention 3 of 10, after 20 min"
    assert (told["incidents"], told["false a week"], told["demand"]) == ("2", "0.00", "met")


def test_an_incident_is_soon_enough_after_half_an_hour_whatever_the_mentions() -> None:
    crowd = {f"fire{n}": after(100 + n) for n in range(10)}
    late = Played(seen=crowd, pages=(page(130, WARNING, "fire0"),), filed={})
    assert is_met(late, truth())
    assert not is_met(Played(seen=crowd, pages=(page(131, WARNING, "fire0"),), filed={}), truth())


def test_a_slow_burn_is_soon_enough_before_a_tenth_of_its_complaints() -> None:
    stories = {f"c{n}": "fire" for n in range(20)}
    slow = Truth(brand="Acme", kind="slow-burn", incident="fire", peak_at=None, stories=stories)
    seen = {id_: START + timedelta(weeks=n) for n, id_ in enumerate(stories)}
    first = Page(at=START, level=WARNING, incident=1, members=frozenset({"c0"}))
    second = Page(
        at=START + timedelta(weeks=1), level=WARNING, incident=1, members=frozenset({"c0"})
    )
    assert is_met(Played(seen=seen, pages=(first,), filed={}), slow)
    assert not is_met(Played(seen=seen, pages=(second,), filed={}), slow)


class TestRow:
    def test_says_what_came_when(self) -> None:
        pages = page(101, WATCH, "fire0"), page(115, WARNING, "fire0"), page(20, WARNING, "chat")
        seen = played(*pages, filed={"fire0": 1, "fire1": 2})
        assert row("acme", seen, truth(peak=after(220))) == {
            "replay": "acme",
            "mentions": "11",
            "first at watch": "mention 1 of 10, after 1 min",
            "first at warning": "mention 2 of 10, after 15 min",
            "before the peak": "1.8 h",
            "incidents": "1",
            "false a week": "53.05",
            "grouping P / R": "1.00 / 0.50",
            "demand": "met",
        }

    def test_says_what_did_not_come(self) -> None:
        line = row("acme", played(), truth("slow-burn"))
        assert line["first at watch"] == line["first at warning"] == line["before the peak"] == "-"
        assert line["demand"] == "MISSED"

    def test_counts_days_when_there_are_many(self) -> None:
        line = row("acme", played(page(100 + 3 * 1440, WARNING, "fire0")), truth())
        assert line["first at warning"] == "mention 10 of 10, after 3 days"


# --- through the pipeline

SETTINGS_TEXT = '[[brands]]\nname = "Acme"\naliases = ["Acme"]\n'


def line(number: int, minute: float, text: str, **changes: object) -> str:
    values = {
        "id": f"t{number}",
        "author": f"@a{number}",
        "text": text,
        "published_at": after(minute).isoformat(),
    }
    return json.dumps(values | changes)


LINES = [
    line(1, 0, "Acme has new tiles"),
    line(2, 60, "Acme guard dragged a woman out of the shop, she screams"),
    line(3, 61, "RT @a2: Acme guard dragged a woman out of the shop, she screams", repost_of="t2"),
    line(2, 60, "Acme guard dragged a woman out", seen_at=after(90).isoformat()),
    line(4, 95, "nothing of the brand"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "replays.toml"
    file.write_text(SETTINGS_TEXT)
    return load(file, env={})


def records() -> list[Record]:
    return [parse(line) for line in LINES]


def test_mentions_are_seen_once_each_in_order() -> None:
    assert list(first_seen(reversed(records())).items()) == [
        ("t1", after(0)), ("t2", after(60)), ("t3", after(61)), ("t4", after(95)),
    ]  # fmt: skip


def test_a_replay_is_played_through_the_pipeline(settings: Settings, tmp_path: Path) -> None:
    became = play(
        records(),
        settings=settings,
        classifier=FakeClassifier(),
        growth=load_growth(settings.model),
        database=tmp_path / "replay.db",
    )
    assert list(became.seen) == ["t1", "t2", "t3", "t4"]
    assert became.pages[0].at == after(60)
    assert became.pages[0].level >= WARNING
    assert became.pages[0].members == {"t2"}
    assert became.filed["t2"] == became.filed["t3"] != became.filed["t1"]
    assert "t4" not in became.filed


def test_one_replay_is_one_line_of_the_table(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "acme.jsonl").write_text("\n".join(LINES))
    (tmp_path / "acme.truth.json").write_text(
        json.dumps(
            {
                "brand": "Acme",
                "kind": "incident",
                "incident": "dragged",
                "peak_at": after(180).isoformat(),
                "stories": {"dragged": ["t2", "t3"]},
            }
        )
    )
    line = measure(
        tmp_path / "acme.jsonl",
        settings=settings,
        classifier=FakeClassifier(),
        growth=load_growth(settings.model),
    )
    assert line["replay"] == "acme"
    assert line["first at warning"] == "mention 1 of 2, after 0 min"
    assert line["before the peak"] == "2.0 h"
    assert line["grouping P / R"] == "1.00 / 1.00"
    assert line["demand"] == "met"


def test_the_shipped_model_warns_in_the_first_half_hour_of_flight_3411(tmp_path: Path) -> None:
    flight = FOLDER / "united-3411.jsonl"
    known = read_truth(flight.with_suffix(".truth.json").read_text(encoding="utf-8"))
    evening = [
        record
        for record in read_records(flight)
        if datetime(2017, 4, 9, 22, tzinfo=UTC)
        <= record.seen_at
        < datetime(2017, 4, 9, 23, 22, tzinfo=UTC)
    ]
    settings = load(FOLDER / "replays.toml", env={})
    became = play(
        evening,
        settings=settings,
        classifier=load_classifier(settings.model),
        growth=load_growth(settings.model),
        database=tmp_path / "replay.db",
    )
    assert is_met(became, known)
    assert false_pages(became, known) == 0


def test_the_bundled_replays_and_their_truth_are_found() -> None:
    for path in FOLDER.glob("*.jsonl"):
        known = read_truth(path.with_suffix(".truth.json").read_text(encoding="utf-8"))
        assert set(known.stories) <= set(first_seen(read_records(path)))
