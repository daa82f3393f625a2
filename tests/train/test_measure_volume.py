"""The NAB score as its authors define it, and the table beside published detectors."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.train import measure_volume
from models.train.nab import FALSE_ALARM, Scored, scored
from monitor.core.volume import VolumeRules

START = datetime(2026, 3, 1, tzinfo=UTC)
WINDOWS = ((2000, 2099), (4000, 4199))
ROWS = 6000


def sigmoid(x: float) -> float:
    return 2 / (1 + math.exp(5 * x)) - 1


class TestTheScore:
    def test_all_windows_at_their_first_row_are_a_hundred_and_silence_is_nothing(self) -> None:
        assert scored([2000, 4000], WINDOWS, ROWS).normalised == pytest.approx(100.0)
        assert scored([], WINDOWS, ROWS).normalised == 0.0

    @pytest.mark.parametrize(
        ("row", "earned"),
        [(2000, 1.0), (2050, sigmoid(-0.5) / sigmoid(-1)), (2099, sigmoid(-0.01) / sigmoid(-1))],
    )
    def test_a_late_hit_earns_less(self, row: int, earned: float) -> None:
        found = scored([row], WINDOWS, ROWS)
        assert found.raw == pytest.approx(earned - 1.0)
        assert (found.hit, found.windows, found.false_alarms) == (1, 2, 0)

    def test_only_the_first_in_a_window_counts(self) -> None:
        assert scored([2010, 2020, 2090], WINDOWS, ROWS) == scored([2010], WINDOWS, ROWS)

    @pytest.mark.parametrize(
        ("row", "cost"),
        [
            (1500, -1.0),
            (2100, sigmoid(1 / 99)),
            (2198, sigmoid(1.0)),
            (2396, sigmoid(297 / 99)),
            (2397, -1.0),
            (4249, sigmoid(50 / 199)),
        ],
    )
    def test_a_false_alarm_costs_more_the_farther_it_is_behind_a_window(
        self, row: int, cost: float
    ) -> None:
        found = scored([row], WINDOWS, ROWS)
        assert found.raw == pytest.approx(-2.0 + FALSE_ALARM * cost)
        assert found.false_alarms == 1

    def test_the_first_rows_are_not_scored(self) -> None:
        assert scored([749], WINDOWS, ROWS).false_alarms == 0
        assert scored([750], WINDOWS, ROWS).false_alarms == 1
        assert scored([149, 150], ((500, 600),), 1000).false_alarms == 1
        assert scored([], WINDOWS, ROWS).rows == ROWS - 750

    def test_files_are_added_up(self) -> None:
        one, other = scored([2000], WINDOWS, ROWS), scored([10, 900], ((700, 800),), 1000)
        both = one + other
        assert both.normalised == pytest.approx(100 * (one.raw + other.raw + 3) / 6)
        assert (both.windows, both.hit, both.false_alarms) == (3, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two companies with one burst each, and one published detector."""
    made = tmp_path / measure_volume.FOLDER
    made.mkdir()
    windows = {}
    for name, jump in (("AAA", 1500), ("BBB", 1800)):
        times = [START + timedelta(minutes=5 * row) for row in range(2400)]
        counts = [10 + row % 3 + (200 if jump <= row < jump + 12 else 0) for row in range(2400)]
        lines = [f"{t:%Y-%m-%d %H:%M:%S},{c}" for t, c in zip(times, counts, strict=True)]
        lines.insert(100, lines[99])
        file = f"Twitter_volume_{name}.csv"
        (made / file).write_text("\n".join(["timestamp,value", *lines]))
        ends = [times[jump - 10], times[jump + 40]]
        windows[file] = [[f"{end:%Y-%m-%d %H:%M:%S.%f}" for end in ends]]
    (made / "windows.json").write_text(json.dumps(windows))
    (made / "published_scores.csv").write_text(
        "detector,profile,series,threshold,score,tp,tn,fp,fn,total\n"
        "ARTime,standard,AAA,0.3,0.5,1,1,288,1,288\n"
        "ARTime,standard,BBB,0.3,0.5,1,1,0,1,288\n"
        "ARTime,reward_low_FN_rate,AAA,0.3,9,1,1,9,1,288\n"
        "expose,standard,AAA,0.3,0.5,1,1,1,1,288\n"
    )
    return made


def test_each_burst_is_found_once_and_a_repeated_time_does_no_harm(folder: Path) -> None:
    first, second = measure_volume.series(folder)
    assert (first.name, len(first.counts)) == ("AAA", 2401)
    # The row that was repeated moves all later ones by one.
    assert first.windows == ((1491, 1541),)
    assert measure_volume.bursts(first, VolumeRules()) == [1501]
    assert measure_volume.bursts(second, VolumeRules()) == [1801]
    assert measure_volume.delay(first, [1501]) == [50.0]
    assert measure_volume.delay(first, []) == []


def test_the_table_shows_ours_beside_what_was_published(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measure_volume.main([str(folder.parent)])
    shipped, learnt, artime, last = capsys.readouterr().out.splitlines()[2:]
    assert shipped.split()[-5:] == ["98.9", "2", "of", "2", "0"]
    assert learnt.startswith("threshold of other brands")
    assert artime.split() == ["ARTime", "75", "144"]
    assert last.endswith("50 min")


def test_a_threshold_is_learnt_on_the_other_series_alone() -> None:
    good, bad = Scored(raw=1.0, windows=1), Scored(raw=-1.0, windows=1)
    table = {
        "a": {digits: good if digits == 2.0 else bad for digits in measure_volume.DIGITS},
        "b": {digits: good if digits == 3.0 else bad for digits in measure_volume.DIGITS},
    }
    # Each is judged at what was best for the other.
    assert measure_volume.learnt_elsewhere(table).raw == -2.0
