"""`monitor score growth|volume|stories`: JSON Lines in and out, as section 5 of the contract."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import cli
from monitor.cli.score_numbers import CHUNK

TINY = Path(__file__).parents[1] / "adapters" / "tiny_model"
START = datetime(2026, 11, 2, tzinfo=UTC)


def score(kind: str, *rows: object, options: tuple[str, ...] = ()) -> Result:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    return CliRunner().invoke(cli, ["score", kind, *options], input="\n".join(lines))


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def cascade(**changes: object) -> Mapping[str, object]:
    times = [30 * n for n in range(40)]
    row = {"id": "c", "times": times, "at": 900, "horizon": 604_800, "threshold": 400}
    return row | changes


HANDED_BACK = pytest.mark.parametrize(
    ("kind", "field", "row"),
    [
        ("growth", "id", {"times": [0], "at": 1, "horizon": 2, "threshold": 3}),
        ("volume", "series", {"time": 0, "count": 1}),
        ("stories", "id", {"brand": "Zorvex", "time": 0, "text": "late"}),
        ("text", "id", {"brand": "Zorvex", "text": "late"}),
    ],
)


@HANDED_BACK
def test_what_is_handed_back_must_be_json(kind: str, field: str, row: dict[str, object]) -> None:
    model = () if kind in {"volume", "growth"} else ("--model", str(TINY))
    result = score(kind, row | {field: float("nan")}, row | {field: "a"}, options=model)

    assert [answer[field] for answer in answers(result)] == ["a"]
    assert f"line 1: {field}: NaN and Infinity are no JSON" in result.stderr
    assert result.exit_code == 1


def nested(depth: int) -> str:
    return '{"a": ' * depth + "1" + "}" * depth


def deepest_read() -> int:
    """The limit of Python's own calls up to 3.11, one of the C code since."""

    def is_too_deep(depth: int) -> bool:
        try:
            json.loads(nested(depth))
        except RecursionError:
            return True
        return False

    enough = next(2**power for power in range(8, 24) if is_too_deep(2**power))
    return bisect_left(range(enough), True, key=is_too_deep)


@HANDED_BACK
def test_what_is_nested_too_deeply_to_be_handed_back_is_a_bad_line(
    kind: str, field: str, row: dict[str, object]
) -> None:
    def line(depth: int) -> str:
        return json.dumps(row | {field: "HERE"}).replace('"HERE"', nested(depth))

    # Between these depths lies the limit of reading, and beside it that of writing.
    deepest = deepest_read() + 20
    model = () if kind in {"volume", "growth"} else ("--model", str(TINY))
    result = score(
        kind, *map(line, range(deepest - 200, deepest)), row | {field: "a"}, options=model
    )

    assert answers(result)[-1][field] == "a"
    assert "nested too deeply" in result.stderr
    assert result.exit_code == 1


def test_a_long_value_is_not_told_at_length() -> None:
    result = score("volume", {"series": "a", "time": "9" * 100_000, "count": 1})

    assert result.stderr.startswith("line 1: time: not a time: '999")
    assert len(result.stderr) < 400
    assert result.exit_code == 1


@HANDED_BACK
def test_it_comes_back_as_it_was(kind: str, field: str, row: dict[str, object]) -> None:
    model = () if kind in {"volume", "growth"} else ("--model", str(TINY))
    odd = ["\ud83d", "\ude00\\ud83d", "\U0001f600 é", None, [1.0, {"a": True}]]
    result = score(kind, *(row | {field: each} for each in odd), options=model)

    assert [answer[field] for answer in answers(result)] == odd
    assert result.exit_code == 0


class TestGrowth:
    def test_a_row_is_answered_with_an_interval_and_a_probability(self) -> None:
        result = score("growth", cascade(), cascade(id=2, at=300))
        first, second = answers(result)

        assert result.exit_code == 0
        assert set(first) == {"id", "now", "p10", "p50", "p90", "viral"}
        assert (first["id"], first["now"]) == ("c", 31)
        assert (second["id"], second["now"]) == (2, 11)
        assert first["now"] <= first["p10"] <= first["p50"] <= first["p90"]
        assert 0 <= first["viral"] <= 1

    def test_what_comes_after_the_moment_changes_nothing(self) -> None:
        known = list(range(0, 901, 30))
        cut, whole = answers(score("growth", cascade(times=known), cascade()))

        assert cut == whole

    def test_a_size_that_is_reached_is_certain_and_one_beyond_the_horizon_is_not_to_come(
        self,
    ) -> None:
        reached, over = answers(
            score("growth", cascade(threshold=31), cascade(horizon=900, threshold=32))
        )

        assert reached["viral"] == 1
        assert over["viral"] == 0
        assert over["now"] == over["p10"] == over["p90"] == 31

    def test_followers_may_be_given_and_must_fit(self) -> None:
        result = score(
            "growth",
            cascade(followers=[100] * 40),
            cascade(followers=None),
            cascade(followers=[100]),
        )

        assert len(answers(result)) == 2
        assert result.exit_code == 1
        assert "line 3: followers: 1 for 40 times" in result.stderr

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"times": 5}, "times: should be a list, not int"),
            ({"times": [0, "1"]}, "times[1]: should be a number, not str"),
            ({"times": [5, 3]}, "times: should be ascending"),
            ({"times": [-1]}, "times[0]: should be a finite number of 0 or more, not -1"),
            ({"at": True}, "at: should be a number, not bool"),
            ({"horizon": float("inf")}, "horizon: should be a finite number"),
            ({"threshold": 10**400}, "threshold: should be a finite number"),
            ({"threshold": None}, "threshold: should be a number, not NoneType"),
        ],
    )
    def test_a_bad_line_is_named_and_the_rest_goes_on(
        self, changes: dict[str, object], error: str
    ) -> None:
        result = score("growth", cascade(**changes), cascade(id="good"))

        assert result.exit_code == 1
        assert f"line 1: {error}" in result.stderr
        assert [answer["id"] for answer in answers(result)] == ["good"]

    def test_a_field_that_is_missing_is_named(self) -> None:
        for field in ("id", "times", "at", "horizon", "threshold"):
            row = {name: value for name, value in cascade().items() if name != field}
            assert f"line 1: {field}: missing" in score("growth", row).stderr

    def test_a_growth_model_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "growth.json").write_text("[]", encoding="utf-8")
        result = score("growth", cascade(), options=("--model", str(tmp_path)))

        assert result.exit_code != 0
        assert "growth.json" in str(result.exception)

    def test_a_model_without_one_of_its_own_takes_the_one_that_ships(self, tmp_path: Path) -> None:
        own = score("growth", cascade(), options=("--model", str(tmp_path)))
        assert own.stdout == score("growth", cascade()).stdout != ""


class TestVolume:
    @staticmethod
    def days(series: object, hours: int) -> list[dict[str, object]]:
        return [
            {
                "series": series,
                "time": (START + timedelta(hours=hour)).isoformat(),
                "count": 4 + hour % 3,
            }
            for hour in range(hours)
        ]

    def test_a_burst_is_an_onset_after_the_warm_up(self) -> None:
        rows = self.days("q", 96)
        rows[80]["count"] = rows[81]["count"] = 90
        found = answers(score("volume", *rows))

        assert [n for n, row in enumerate(found) if row["burst"]] == [80]
        assert found[80]["score"] > 0.5 > found[79]["score"]
        assert set(found[0]) == {"series", "time", "score", "burst", "warm"}
        assert not found[2]["warm"]
        assert found[95]["warm"]
        assert [row["time"] for row in found] == [row["time"] for row in rows]

    def test_series_are_kept_apart_whatever_they_are_called(self) -> None:
        one, other = self.days("1", 50), self.days(1, 50)
        mixed = [row for pair in zip(one, other, strict=True) for row in pair]
        found = answers(score("volume", *mixed))

        assert found[0::2] == answers(score("volume", *one))
        assert [row["series"] for row in found[:2]] == ["1", 1]

    def test_times_may_be_seconds_or_lack_an_offset(self) -> None:
        rows = self.days("q", 30)
        seconds = [row | {"time": 1_700_000_000 + 3600 * n} for n, row in enumerate(rows)]
        naive = [row | {"time": str(row["time"])[:19]} for row in rows]
        scores = [
            [row["score"] for row in answers(score("volume", *each))] for each in (rows, naive)
        ]

        assert scores[0] == scores[1]
        assert score("volume", *seconds).exit_code == 0

    def test_times_before_1970_may_be_seconds_too(self) -> None:
        rows = self.days("q", 3)
        seconds = [row | {"time": 3600 * (n - len(rows))} for n, row in enumerate(rows)]
        began = datetime.fromtimestamp(3600 * -len(rows), UTC)
        said = [
            row | {"time": (began + timedelta(hours=n)).isoformat()} for n, row in enumerate(rows)
        ]
        scores = [
            [row["score"] for row in answers(score("volume", *each))] for each in (seconds, said)
        ]
        assert scores[0] == scores[1]

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"time": "yesterday"}, "time: not a time: 'yesterday'"),
            ({"time": "9999-12-31T23:59:59-23:00"}, "time: not a time"),
            ({"time": 1e300}, "time: not a time"),
            ({"time": None}, "time: should be a number, not NoneType"),
            ({"count": 1.5}, "count: should be a whole number below 2^53, not 1.5"),
            ({"count": 1e200}, "count: should be a whole number below 2^53, not 1e+200"),
            ({"time": "2020-01-01T00:00:00Z"}, "time: 2020-01-01T00:00:00+00:00 is not later"),
        ],
    )
    def test_a_bad_row_is_named_and_learnt_from_by_nobody(
        self, changes: dict[str, object], error: str
    ) -> None:
        rows = self.days("q", 30)
        result = score("volume", *rows[:20], rows[20] | changes, *rows[20:])

        assert result.exit_code == 1
        assert f"line 21: {error}" in result.stderr
        assert answers(result) == answers(score("volume", *rows))


class TestStories:
    @staticmethod
    def post(n: int, text: str, **changes: object) -> dict[str, object]:
        time = (START + timedelta(minutes=n)).isoformat()
        return {"id": f"p{n}", "brand": "Zorvex", "time": time, "text": text} | changes

    def test_each_text_gets_its_story_at_the_end_of_the_input(self) -> None:
        result = score(
            "stories",
            self.post(0, "Zorvex kettle exploded and burned a child in Aldermouth"),
            self.post(1, "Zorvex opens a shop in the harbour quarter"),
            self.post(2, "Another Zorvex kettle exploded, child burned in Aldermouth hospital"),
            self.post(3, "Zorvex kettle exploded and burned a child in Aldermouth", brand="Kel"),
        )
        found = answers(result)

        assert result.exit_code == 0
        assert [row["id"] for row in found] == ["p0", "p1", "p2", "p3"]
        assert found[0]["story"] == found[2]["story"]
        assert len({row["story"] for row in found}) == 3
        assert all(set(row) == {"id", "story", "story_at_arrival"} for row in found)

    def test_stories_that_grew_alike_are_one_in_the_end(self) -> None:
        rows = [
            self.post(0, "warehouse workers walk out over unpaid overtime"),
            self.post(1, "depot blocked: strike over night shifts in Aldermouth"),
            self.post(
                2, "warehouse workers strike over unpaid overtime, depot blocked in Aldermouth"
            ),
            self.post(
                3, "strike: depot blocked, warehouse workers over unpaid overtime night shifts"
            ),
        ]
        found = answers(score("stories", *rows))

        assert found[0]["story_at_arrival"] != found[1]["story_at_arrival"]
        assert len({row["story"] for row in found}) == 1

    def test_texts_that_the_model_takes_to_mean_the_same_are_one_in_the_end(self) -> None:
        rows = [
            self.post(n, text)
            for n, text in enumerate(("burned toaster", "kitchen burned", "love garden"))
        ]
        found = answers(score("stories", *rows, options=("--model", str(TINY))))

        assert [row["story_at_arrival"] for row in found] == [1, 2, 3]
        assert [row["story"] for row in found] == [1, 1, 3]

    def test_more_lines_than_are_read_ahead_are_grouped_in_their_order(self) -> None:
        rows = [self.post(n, f"toaster {n}") for n in range(CHUNK + 2)]
        found = answers(score("stories", *rows, options=("--model", str(TINY))))

        assert [row["id"] for row in found] == [row["id"] for row in rows]

    def test_a_bad_line_is_named_and_the_rest_is_grouped(self) -> None:
        rows = [self.post(n, f"text number {n}") for n in range(3)]
        result = score("stories", rows[0], rows[1] | {"text": 5}, "{", rows[2])

        assert result.exit_code == 1
        assert [row["id"] for row in answers(result)] == ["p0", "p2"]
        assert "line 2: text: should be text, not int" in result.stderr
        assert "line 3: not JSON" in result.stderr

    def test_nothing_in_gives_nothing_out(self) -> None:
        result = score("stories")

        assert (result.exit_code, result.stdout) == (0, "")
