"""The replays in examples/replays: whole, in order, invented, and what their truth says of them.

Does not ask what the monitor makes of them: `make replays` does.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from models.train.alike import nearly_equal
from monitor.config import load
from monitor.core.brands import Matcher
from monitor.core.records import parse
from monitor.core.settings import Settings
from monitor.core.text import shingles
from monitor.core.types import full_text

FOLDER = Path(__file__).parents[1] / "examples" / "replays"
#: Kind, fewest and most records, of each replay.
REPLAYS = {
    "united-3411": ("incident", 350, 500),
    "volkswagen-2015": ("incident", 120, 200),
    "tsb-2018": ("incident", 250, 400),
    "slow-burn": ("slow-burn", 600, 1200),
    "quiet-airline": ("quiet", 200, 350),
    "quiet-retail": ("quiet", 200, 350),
    "brigading": ("brigading", 240, 300),
}
SCANDALS = tuple(name for name, (kind, *_) in REPLAYS.items() if kind == "incident")
VOICES = frozenset({
    "bot", "brand", "bystander", "customer", "employee", "expert", "investor", "joker",
    "journalist", "reposter", "victim", "witness",
})  # fmt: skip

Row = dict[str, Any]


def seen(row: Row) -> datetime:
    return datetime.fromisoformat(row.get("seen_at") or row["published_at"])


def words(row: Row) -> str:
    return full_text(row["title"], row["text"])


class Replay:
    """One file, with its truth."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind, self.fewest, self.most = REPLAYS[name]
        self.lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        self.rows: list[Row] = [json.loads(line) for line in self.lines]
        self.truth: dict[str, Any] = json.loads((FOLDER / f"{name}.truth.json").read_text())
        #: As first seen, by id.
        self.mentions: dict[str, Row] = {}
        for row in self.rows:
            self.mentions.setdefault(row["id"], row)

    @property
    def originals(self) -> list[Row]:
        return [row for row in self.mentions.values() if not row["repost_of"]]

    def times(self, story: str) -> list[datetime]:
        return sorted(seen(self.mentions[id_]) for id_ in self.truth["stories"][story])

    @property
    def incident(self) -> list[datetime]:
        return self.times(self.truth["incident"])


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(FOLDER / "replays.toml", env={})


@pytest.fixture(scope="module", params=REPLAYS)
def replay(request: pytest.FixtureRequest) -> Replay:
    return Replay(request.param)


def test_no_replay_lies_there_untested() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == set(REPLAYS)


class TestEveryReplay:
    def test_can_be_read_line_by_line_and_runs_in_the_order_of_time(self, replay: Replay) -> None:
        times = [parse(line).seen_at for line in replay.lines]
        assert times == sorted(times)
        assert replay.fewest <= len(times) <= replay.most

    def test_is_marked_synthetic_and_leads_to_no_real_address(self, replay: Replay) -> None:
        assert replay.truth["synthetic"] is True
        for row in replay.rows:
            assert (urlsplit(row["url"]).hostname or "").endswith(".example")
            assert "http" not in row["text"]

    def test_gives_an_id_again_only_as_a_later_and_higher_reading(self, replay: Replay) -> None:
        readings: dict[str, list[Row]] = {}
        for row in replay.rows:
            readings.setdefault(row["id"], []).append(row)
        pairs = [pair for rows in readings.values() for pair in pairwise(rows)]
        assert len(pairs) == len(replay.rows) - len(readings)
        for earlier, later in pairs:
            assert later["text"] == earlier["text"]
            assert seen(later) > seen(earlier)
            for name, value in earlier["engagement"].items():
                assert later["engagement"][name] >= value

    def test_reposts_say_again_what_somebody_else_said_before(self, replay: Replay) -> None:
        for row in replay.mentions.values():
            if row["repost_of"]:
                original = replay.mentions[row["repost_of"]]
                title = f"{original['title']}. " if original["title"] else ""
                assert row["text"] == f"RT {original['author']}: {title}{original['text']}"
                assert row["author"] != original["author"]
                assert seen(row) > seen(original)

    def test_names_a_brand_that_its_own_mentions_are_matched_to(
        self, replay: Replay, settings: Settings
    ) -> None:
        matcher = Matcher(settings.brands)
        brand = settings.brand(replay.truth["brand"]).name
        told = [id_ for ids in replay.truth["stories"].values() for id_ in ids]
        for id_ in told:
            assert brand in {m.brand for m in matcher.match(words(replay.mentions[id_]))}

    def test_every_mention_has_one_voice_and_at_most_one_story(self, replay: Replay) -> None:
        voices = Counter(id_ for ids in replay.truth["voices"].values() for id_ in ids)
        stories = Counter(id_ for ids in replay.truth["stories"].values() for id_ in ids)
        assert set(voices) == set(replay.mentions)
        assert set(stories) <= set(replay.mentions)
        assert {*voices.values(), *stories.values()} == {1}
        assert set(replay.truth["voices"]) <= VOICES

    def test_no_statement_of_the_brand_counts_as_a_mention(
        self, replay: Replay, settings: Settings
    ) -> None:
        owned = settings.brand(replay.truth["brand"]).owned
        statements = {id_ for id_, row in replay.mentions.items() if row["author"] in owned}
        assert statements == set(replay.truth["voices"].get("brand", ()))
        assert statements.isdisjoint(
            id_ for ids in replay.truth["stories"].values() for id_ in ids
        )

    def test_truth_says_what_kind_it_is_and_when_it_peaks(self, replay: Replay) -> None:
        assert replay.truth["kind"] == replay.kind
        assert (replay.truth["incident"] is None) == (replay.kind in {"quiet", "brigading"})
        assert (replay.truth["peak_at"] is None) == (replay.kind != "incident")


@pytest.mark.parametrize("name", [name for name in REPLAYS if name != "brigading"])
def test_no_two_people_write_the_same_but_in_the_brigading(name: str) -> None:
    originals = Replay(name).originals
    parts = [shingles(words(row)) for row in originals]
    for (one, a), (other, b) in combinations(zip(originals, parts, strict=True), 2):
        if not a.isdisjoint(b):
            assert not nearly_equal(words(one), words(other)), (one["id"], other["id"])


@pytest.mark.parametrize("name", [name for name in REPLAYS if name != "brigading"])
def test_no_beginning_of_four_words_serves_more_than_five_texts(name: str) -> None:
    beginnings = Counter(tuple(words(row).lower().split()[:4]) for row in Replay(name).originals)
    assert max(beginnings.values()) <= 5


@pytest.mark.parametrize("name", SCANDALS)
class TestScandal:
    def test_begins_small_and_peaks_hours_later(self, name: str) -> None:
        replay = Replay(name)
        times = replay.incident
        first_hour = [time for time in times if time < times[0] + timedelta(hours=1)]
        hours = Counter(time.replace(minute=0, second=0) for time in times)
        peak = datetime.fromisoformat(replay.truth["peak_at"])
        assert len(first_hour) <= 8
        assert hours[peak] == max(hours.values())
        assert peak > times[0] + timedelta(hours=12)

    def test_is_told_in_many_voices(self, name: str) -> None:
        replay = Replay(name)
        story = set(replay.truth["stories"][replay.truth["incident"]])
        told = {voice for voice, ids in replay.truth["voices"].items() if story & set(ids)}
        assert told >= {
            "bystander", "employee", "expert", "investor", "joker", "journalist", "reposter",
            "victim",
        }  # fmt: skip

    def test_comes_after_days_of_ordinary_talk(self, name: str) -> None:
        replay = Replay(name)
        before = [row for row in replay.originals if seen(row) < replay.incident[0]]
        assert len(before) >= 20
        assert seen(before[0]) < replay.incident[0] - timedelta(days=2)


def test_the_first_witnesses_of_flight_3411_have_few_followers() -> None:
    replay = Replay("united-3411")
    first = sorted(replay.truth["stories"]["dragged"])[:5]
    assert all(replay.mentions[id_]["author_followers"] < 1000 for id_ in first)


def test_the_slow_burn_never_bursts() -> None:
    times = Replay("slow-burn").incident
    weeks = (times[-1] - times[0]) / timedelta(weeks=1)
    assert weeks > 100
    assert len(times) / weeks == pytest.approx(1.2, abs=0.1)
    for time in times:
        assert sum(time <= other < time + timedelta(weeks=1) for other in times) <= 3


@pytest.mark.parametrize(
    ("name", "day"), [("quiet-airline", "sale day"), ("quiet-retail", "black friday")]
)
def test_the_busiest_day_of_a_quiet_fortnight_is_a_sale(name: str, day: str) -> None:
    replay = Replay(name)
    days = Counter(seen(row).date() for row in replay.mentions.values())
    (busiest, most), *_, (_, least) = days.most_common()
    assert replay.times(day)[0].date() == busiest
    assert most > 4 * least


def test_the_brigade_is_one_text_by_fresh_accounts_within_two_hours() -> None:
    replay = Replay("brigading")
    brigade = [replay.mentions[id_] for id_ in replay.truth["stories"]["brigade"]]
    times = replay.times("brigade")
    accusation = "Lumenbrook tea is full of banned pesticides and they have known it for years"
    copies = [row for row in brigade if nearly_equal(row["text"], brigade[1]["text"])]
    assert len(brigade) >= 150
    assert times[-1] - times[0] < timedelta(hours=2)
    assert all(row["author_followers"] < 10 for row in brigade)
    assert len({row["author"] for row in brigade}) > 0.95 * len(brigade)
    assert all(accusation in row["text"] for row in brigade)
    assert len(copies) > 100


SHORT = sorted((FOLDER / "short").glob("*.jsonl"))


@pytest.mark.parametrize("path", SHORT, ids=lambda path: path.stem)
def test_a_short_one_is_whole_in_order_and_leads_nowhere(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    truth = json.loads(path.with_suffix(".truth.json").read_text(encoding="utf-8"))
    told = [id_ for ids in truth["stories"].values() for id_ in ids]
    brands = {brand.name for brand in load(path.with_name("replays.toml"), env={}).brands}

    assert truth["synthetic"] is True
    assert truth["brand"] in brands
    assert truth["incident"] is None or truth["incident"] in truth["stories"]
    assert set(truth.get("besides", ())) <= set(truth["stories"]) - {truth["incident"]}
    # A later reading of likes and reposts says when it was made.
    posts = [row["id"] for row in rows if "seen_at" not in row]
    assert posts == list(dict.fromkeys(row["id"] for row in rows))
    assert set(told) <= {row["id"] for row in rows}
    assert [seen(row) for row in rows] == sorted(seen(row) for row in rows)
    assert all((urlsplit(row["url"]).hostname or "").endswith(".example") for row in rows)


def test_the_readme_names_every_short_one() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert len(SHORT) == 54
    for path in SHORT:
        assert f"`{path.stem}`" in text


def test_the_readme_names_every_file_and_says_that_all_is_invented() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "**Synthetic.** Every post" in text
    for path in FOLDER.glob("*.jsonl"):
        assert f"`{path.name}`" in text
